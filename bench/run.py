#!/usr/bin/python3
"""The bench: the wrongbook job on Sluice, on Flink, and as hand-written programs, in one run on one machine.

Programs take turns, so that a slow minute of the machine hits all of them; medians are compared. What is compared is CPU
time (user and system) per event. First all are checked to give the same rows. README.md tells how to read the table.
"""

import argparse
import collections
import json
import os
import platform
import re
import shlex
import statistics
import subprocess
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from database_part import DatabasePart
from kafka_part import KafkaPart
from measure import fail, first_row_s, output_of, promise, usage_of
from programs import CHECKED_EVENTS, ROOT, SCRIPTS, WORK, Flink, Sluice, dimensions_file, events_file, program

PARTS = ("files", "kafka", "databases")
LIMITS = ("limit_ondemand", "limit_tuned")
TWO_LIMITS = "limit_tuned, two at once"
FLINK_FORMS = {"STRING": "job_blackhole.sql", "ROW": "job_row.sql"}


@dataclass
class Case:
    """A command whose time is taken, and the events that it reads."""

    name: str
    command: list
    events: Path
    num_events: int
    num_bytes: int
    rounds: int
    runs: list = field(default_factory=list)

    def median(self, what):
        return statistics.median(getattr(run, what) for run in self.runs)

    def cpu_ns(self):
        return self.median("cpu_s") / self.num_events * 1e9

    def gb_per_s(self):
        return self.num_bytes / self.median("cpu_s") / 1e9


# -- scripts ------------------------------------------------------------------------------------------------------------


def printing(script):
    """The script with its result printed instead of thrown away."""
    path = WORK / f"{script.stem}_print.sql"
    text, count = re.subn("'connector' = 'blackhole'", "'connector' = 'print'", script.read_text(encoding="utf-8"))
    if count != 1:
        fail(f"{script.name} should have one blackhole and has {count}")
    path.write_text(text, encoding="utf-8")
    return path


# -- the same rows -----------------------------------------------------------------------------------------------------


def local_time(text):
    """A time as Java prints a LocalDateTime: no seconds where they are zero, milliseconds as three digits."""
    if text is None:
        return None
    value = datetime.fromisoformat((text + "000")[:23] if "." in text else text)
    unit = "milliseconds" if value.microsecond else "seconds" if value.second else "minutes"
    return value.isoformat(timespec=unit)


def printed_row(line):
    """A row of a limit program in the form of the print connector."""
    row = json.loads(line)
    for column in ("collect_time", "fix_time", "event_time"):
        row[column] = local_time(row[column])
    return "+I[" + ", ".join("null" if value is None else str(value) for value in row.values()) + "]"


def check_rows(sluice, flink, database):
    """All programs, on a few events in each form, must give the same rows, in any order. Returns how many."""
    counts = {}
    for form in ("object", "string"):
        events = events_file(CHECKED_EVENTS, form)
        wanted = None
        jobs = {name: [program(f"bench/{name}"), events, database, "--rows", "-"] for name in LIMITS}
        for engine in filter(None, (sluice, flink)):
            for script in ("job_blackhole.sql", "job_row.sql") if form == "object" else ("job_blackhole.sql",):
                jobs[f"{type(engine).__name__} on {script}"] = engine.job(printing(SCRIPTS / script), events, database)
        for name, command in jobs.items():
            lines = output_of(command)
            rows = [printed_row(line) for line in lines] if name.startswith("limit_") else lines
            rows = collections.Counter(row for row in rows if row.startswith("+I["))
            wanted = wanted or rows
            if rows != wanted:
                first = next(iter((rows - wanted) or (wanted - rows)))
                fail(f"{name} gives other rows than limit_ondemand, payload as {form}; for example {first}")
        counts[form] = wanted.total()
        print(f"Same {wanted.total():,} rows of {len(jobs)} programs, payload as {form}", flush=True)
    return counts


# -- taking turns ------------------------------------------------------------------------------------------------------


def plan(options, sluice, flink, database):
    cases = {}
    job = SCRIPTS / "job_blackhole.sql"

    def add(name, command, events, count, rounds=options.rounds, copies=1):
        cases[name] = Case(name, command, events, count * copies, events.stat().st_size * copies, rounds)

    for form in ("object", "string"):
        events = events_file(options.events, form)
        for name in LIMITS:
            add(f"{name}, {form}", [program(f"bench/{name}"), events, database], events, options.events)
        if sluice is not None:
            add(f"sluice, {form}", sluice.job(job, events, database), events, options.events)
    if sluice is not None:
        events = events_file(options.events, "object")
        add("sluice, ROW", sluice.job(SCRIPTS / "job_row.sql", events, database), events, options.events)
        add("sluice, two workers", sluice.job(job, events, database, "-p", "2"), events, options.events)
        two_columns = sluice.job(ROOT / "bench/two_columns.sql", events, database)
        add("sluice, two columns", two_columns, events, options.events)
        add("sluice, two columns, AVX2", ["env", "SLUICE_CPU_KERNEL=AVX2", *two_columns], events, options.events)
        # What two cores of this machine give to programs that share nothing: the limit of any speed-up.
        limit = shlex.join(map(str, [program("bench/limit_tuned"), events, database]))
        add(TWO_LIMITS, ["bash", "-c", f"{limit} & {limit} & wait"], events, options.events, copies=2)
    if flink is not None:
        for count in (options.flink_events // 2, options.flink_events):
            events = events_file(count, "object")
            for name, script in FLINK_FORMS.items():
                command = flink.job(SCRIPTS / script, events, database)
                add(f"flink, {name}, {count}", command, events, count, options.flink_rounds)
    return cases


def take_turns(cases):
    for path in {case.events for case in cases.values()}:
        with open(path, "rb") as events:  # into the page cache
            while events.read(1 << 20):
                pass
    num_rounds = max(case.rounds for case in cases.values())
    for number in range(num_rounds):
        print(f"Round {number + 1} of {num_rounds}", flush=True)
        for case in cases.values():
            if number < case.rounds:
                case.runs.append(usage_of(case.command))


# -- results -----------------------------------------------------------------------------------------------------------


def flink_slope_ns(cases, name, options):
    """CPU per further event: what the larger of two inputs takes more. Start-up and most of the warm-up fall out."""
    half = options.flink_events // 2
    small_s, large_s = (cases[f"flink, {name}, {count}"].median("cpu_s") for count in (half, options.flink_events))
    return (large_s - small_s) / (options.flink_events - half) * 1e9


def flink_forms_run(cases, options):
    return [name for name in FLINK_FORMS if f"flink, {name}, {options.flink_events}" in cases]


def bars(cases, options, first_rows):
    """(what, value, unit, sense, bar): each promise whose programs have run."""
    found = []

    def bar(what, unit, sense, limit, names, value):
        if all(name in cases for name in names):
            found.append(promise(what, value(), unit, sense, limit))

    def ns(name):
        return cases[name].cpu_ns()

    tuned, engine = "limit_tuned, object", "sluice, object"
    full = f", {options.flink_events}"
    bar("tuned program, times as fast as the plain one", "x", ">=", 1.7, (tuned,),
        lambda: ns("limit_ondemand, object") / ns(tuned))
    bar("Sluice, times the tuned program's CPU: payload object", "x", "<=", 3, (engine,), lambda: ns(engine) / ns(tuned))
    bar("Sluice, times the tuned program's CPU: payload string", "x", "<=", 4, (engine,),
        lambda: ns("sluice, string") / ns("limit_tuned, string"))
    bar("Flink, times Sluice's CPU: same script", "x", ">=", 60, (engine, "flink, STRING" + full),
        lambda: ns("flink, STRING" + full) / ns(engine))
    bar("Flink's best form (ROW), times Sluice's CPU", "x", ">=", 30, (engine, "flink, ROW" + full),
        lambda: ns("flink, ROW" + full) / ns(engine))
    has_avx512 = "avx512_vbmi2" in Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else False
    two = "sluice, two columns"
    if has_avx512:
        bar("Sluice, two columns, AVX-512", "GB/s", ">=", 3, (two,), lambda: cases[two].gb_per_s())
    bar("Sluice, two columns, AVX2", "GB/s", ">=", 2, (two + ", AVX2",), lambda: cases[two + ", AVX2"].gb_per_s())
    bar("Sluice, two workers: times as fast as one (wall time)", "x", ">=", 1.7, ("sluice, two workers",),
        lambda: cases[engine].median("wall_s") / cases["sluice, two workers"].median("wall_s"))
    bar("Sluice, peak memory", "MB", "<=", 100, (engine,), lambda: cases[engine].median("rss_mb"))
    if "sluice" in first_rows:
        bar("Sluice, start to first row", "ms", "<=", 50, (), lambda: first_rows["sluice"] * 1e3)
    return found


def print_table(cases, options, first_rows):
    print(f"\n{'median of each':34}{'events':>11}{'CPU ns/event':>14}{'GB/s of CPU':>13}{'wall s':>9}{'peak MB':>9}")
    for case in cases.values():
        print(f"{case.name:34}{case.num_events:>11,}{case.cpu_ns():>14,.0f}{case.gb_per_s():>13.2f}"
              f"{case.median('wall_s'):>9.2f}{case.median('rss_mb'):>9.0f}")
    for name in flink_forms_run(cases, options):
        label, more = f"flink, {name}, further events", options.flink_events - options.flink_events // 2
        slope_ns = flink_slope_ns(cases, name, options)
        times = f"   {slope_ns / cases['sluice, object'].cpu_ns():.1f} times Sluice" if "sluice, object" in cases else ""
        print(f"{label:34}{more:>11,}{slope_ns:>14,.0f}{times}")
    if TWO_LIMITS in cases:
        speedup = 2 * cases["limit_tuned, object"].median("wall_s") / cases[TWO_LIMITS].median("wall_s")
        print(f"\nTwo limit programs at once do {speedup:.2f} times what one does in the same time: the limit of two workers.")
    for name, seconds in first_rows.items():
        print(f"{name + ', start to first row':34}{seconds * 1e3:>34,.0f} ms")


def print_promises(found):
    print(f"\n{'promise':64}{'measured':>12}{'bar':>12}")
    for each in found:
        measured, limit = f"{each['value']:.2f} {each['unit']}", f"{each['sense']} {each['bar']} {each['unit']}"
        print(f"{each['what']:64}{measured:>12}{limit:>12}  {'met' if each['met'] else 'MISSED'}")


def file_results(cases, options, rows, first_rows):
    return {
        "checked_rows": rows,
        "cases": [{
            "name": case.name,
            "events": case.num_events,
            "bytes": case.num_bytes,
            "cpu_ns_per_event": case.cpu_ns(),
            "runs": [vars(run) for run in case.runs],
        } for case in cases.values()],
        "flink_further_events_cpu_ns": {
            name: flink_slope_ns(cases, name, options) for name in flink_forms_run(cases, options)
        },
        "first_row_s": first_rows,
    }


def write_results(path, results, found):
    machine = {"cpu": cpu_name(), "cores": os.cpu_count(), "system": platform.platform()}
    results = {"when": datetime.now().isoformat(timespec="seconds"), "commit": commit(), "machine": machine, **results,
               "bars": found}
    path.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def commit():
    command = ["git", "-C", ROOT, "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def cpu_name():
    match = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return match.group(1) if match else platform.machine()


def run_files(options, sluice, flink, database):
    """From a file to nowhere: (results, promises)."""
    rows = check_rows(sluice, flink, database)
    events = events_file(CHECKED_EVENTS, "object")
    engines = {name: engine for name, engine in (("sluice", sluice), ("flink", flink)) if engine is not None}
    script = printing(SCRIPTS / "job_blackhole.sql")
    first_rows = {
        name: statistics.median(first_row_s(engine.job(script, events, database)) for _ in range(3))
        for name, engine in engines.items()
    }
    cases = plan(options, sluice, flink, database)
    take_turns(cases)
    print_table(cases, options, first_rows)
    return file_results(cases, options, rows, first_rows), bars(cases, options, first_rows)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure (default: everything)")
    parser.add_argument("--events", type=int, default=2_000_000, help="for the native programs (default: %(default)s)")
    parser.add_argument("--flink-events", type=int, default=2_000_000, help="for Flink, which also gets half of them")
    parser.add_argument("--kafka-flink-events", type=int, default=1_000_000, help="for Flink, from topic to topic")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each native program")
    parser.add_argument("--flink-rounds", type=int, default=3)
    parser.add_argument("--without-flink", action="store_true", help="native programs only: a minute instead of ten")
    parser.add_argument("--without-sluice", action="store_true", help="the limit programs, and Flink; files only")
    return parser.parse_args()


def main():
    options = parse_options()
    WORK.mkdir(parents=True, exist_ok=True)
    sluice = None if options.without_sluice else Sluice()
    flink = None if options.without_flink else Flink()
    database = dimensions_file()
    results, found = {}, []
    if "files" in options.parts:
        results, found = run_files(options, sluice, flink, database)
    servers = {"kafka": KafkaPart(options, sluice, flink, database), "databases": DatabasePart(options, sluice, database)}
    for name, part in servers.items():
        if sluice is None or name not in options.parts:
            continue
        lines, results[name], promises = part.run()
        print("", *lines, sep="\n")
        found += promises
    print_promises(found)
    write_results(WORK / "results.json", results, found)
    print(f"\nWritten to {(WORK / 'results.json').relative_to(ROOT)}; bench/README.md tells what the columns mean.")


if __name__ == "__main__":
    main()
