"""Runs a program and tells what it used: the one place of the bench that starts processes and reads clocks."""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    cpu_s: float  # user and system time of the process and all its threads
    wall_s: float
    rss_mb: float  # peak


def fail(message):
    sys.exit(f"bench: {message}")


def promise(what, value, unit, sense, bar):
    """A figure and what it should be; sense is "<=" or ">="."""
    met = value >= bar if sense == ">=" else value <= bar
    return {"what": what, "value": value, "unit": unit, "sense": sense, "bar": bar, "met": met}


def server_cpu_s(pid):
    """User and system time of a server so far: of the process, of those that it started, and of those that have ended."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    ticks = sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return ticks / os.sysconf("SC_CLK_TCK") + sum(map(server_cpu_s, children))


def _check(command, status, errors):
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        errors.seek(0)
        text = errors.read().decode(errors="replace")
        fail(f"exit code {code} of: {' '.join(map(str, command[:1] + command[-8:]))}\n{text[:2000]}")


def _watch_memory(pid):
    """Waits until the process ends; returns the peak of its memory in MB.

    What wait4 reports would not do: a process inherits the peak of its parent, which this interpreter exceeds.
    """
    peak_kb = 0
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    peak_kb = max(peak_kb, int(line.split()[1]))
        time.sleep(0.005)
    return peak_kb / 1024


def usage_of(command):
    """Runs the command to its end with its output thrown away."""
    with tempfile.TemporaryFile() as errors:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        peak_mb = _watch_memory(process.pid)
        wall_s = time.monotonic() - begin
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = 0  # it is waited for; Popen must not do it again
        _check(command, status, errors)
    return Usage(used.ru_utime + used.ru_stime, wall_s, peak_mb)


def output_of(command):
    """What the command prints on standard output, in lines."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
        output, _ = process.communicate()
        if process.returncode != 0:
            _check(command, process.returncode << 8, errors)
    return output.decode().splitlines()


def first_row_s(command):
    """Seconds from the start to the first line that is a row in the form of the print connector."""
    begin = time.monotonic()
    ignored = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=ignored, stdout=subprocess.PIPE, stderr=ignored) as process:
        for line in process.stdout:
            if line.startswith(b"+I["):
                seconds = time.monotonic() - begin
                process.kill()
                return seconds
    fail(f"no row came out of: {' '.join(map(str, command[:1] + command[-8:]))}")
