#!/usr/bin/env python3
"""What the end-to-end tests share. Each test runs the real program in a folder of its own, so tests may run side by side.

    harness.py BINARY MODULE...     runs the tests of the modules and ends with `N passed, N failed`
"""

import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples/wrongbook"
TIMEOUT_S = 60


class Running:
    """A program that was started and is still running; both its outputs go to files, so that no pipe fills up."""

    def __init__(self, arguments, folder, environment):
        self.out_path = folder / "stdout.txt"
        self.err_path = folder / "stderr.txt"
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.process = subprocess.Popen(arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                            env=environment)

    @property
    def stdout(self):
        return self.out_path.read_text(encoding="utf-8", errors="replace")

    @property
    def stderr(self):
        return self.err_path.read_text(encoding="utf-8", errors="replace")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout_s=TIMEOUT_S):
        return self.process.wait(timeout_s)

    def wait_until(self, condition, what):
        """Polls until the condition holds; fails when it never does or the program ends before."""
        deadline = time.monotonic() + TIMEOUT_S
        while not condition():
            if self.process.poll() is not None and not condition():
                raise AssertionError(f"the program ended before {what}: {self.process.returncode}\n{self.stderr}")
            if time.monotonic() > deadline:
                raise AssertionError(f"no sign of {what} after {TIMEOUT_S} s\n{self.stderr}")
            time.sleep(0.01)

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Terminal:
    """A program on a terminal of its own, 100 columns wide; `text` is all that it has written there."""

    def __init__(self, arguments, folder, environment):
        self.parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        self.process = subprocess.Popen(arguments, cwd=folder, env=environment | {"TERM": "xterm"}, stdin=child,
                                        stdout=child, stderr=child, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))  # so that ^C is a signal
        os.close(child)
        self.text = ""
        self.seen = 0
        self.is_open = True

    def read(self, timeout_s):
        """Takes in what there is to read within the time; false when nothing is, or the program has gone."""
        if not self.is_open or not select.select([self.parent], [], [], timeout_s)[0]:
            return False
        try:
            chunk = os.read(self.parent, 65536)
        except OSError:
            chunk = b""  # how the end of a terminal looks
        self.is_open = bool(chunk)
        self.text += chunk.decode(errors="replace")
        return self.is_open

    def wait_for(self, pattern):
        """Reads until the pattern stands behind what earlier calls have found; returns the text up to its end."""
        deadline = time.monotonic() + TIMEOUT_S
        while not (match := re.compile(pattern).search(self.text, self.seen)):
            if not self.read(0.1) and not self.is_open or time.monotonic() > deadline:
                raise AssertionError(f"no sign of {pattern!r} in {self.text[self.seen:]!r}")
        found = self.text[self.seen:match.end()]
        self.seen = match.end()
        return found

    def send(self, text):
        os.write(self.parent, text.encode())

    def wait(self):
        """Reads to the end of the program; returns its exit code."""
        while self.read(TIMEOUT_S):
            pass
        return self.process.wait(TIMEOUT_S)

    def press(self, key, pattern):
        """Types a control key until the pattern is there; returns the text up to its end.

        Ctrl-C is lost when its signal comes between the prompt and the line editor's wait for a key.
        """
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            self.send(key)
            while self.read(1):
                if re.compile(pattern).search(self.text, self.seen):
                    break
            if re.compile(pattern).search(self.text, self.seen):
                break
        return self.wait_for(pattern)

    def end(self):
        """Types Ctrl-D; returns the exit code of the program."""
        self.send("\x04")
        return self.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.parent)


class SluiceTest(unittest.TestCase):
    binary = None  # set by main()
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def environment(self, extra=None):
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
        return keep | {"LC_ALL": "C.UTF-8", "TZ": "UTC"} | (extra or {})

    def sluice(self, *arguments, stdin="", env=None, timeout_s=TIMEOUT_S):
        """Runs the program to its end."""
        result = subprocess.run([self.binary, *map(str, arguments)], cwd=self.folder, input=stdin.encode(),
                                env=self.environment(env), capture_output=True, timeout=timeout_s)
        # Decoded here: text mode would take a carriage return for a line end.
        result.stdout = result.stdout.decode(errors="replace")
        result.stderr = result.stderr.decode(errors="replace")
        return result

    def ok(self, *arguments, **options):
        """Runs the program, which must succeed; returns its standard output."""
        result = self.sluice(*arguments, **options)
        self.assertEqual(result.returncode, 0, f"sluice {' '.join(map(str, arguments))}\n{result.stdout}{result.stderr}")
        return result.stdout

    def refused(self, code, *arguments, **options):
        """Runs the program, which must end with this exit code; returns its standard error."""
        result = self.sluice(*arguments, **options)
        self.assertEqual(result.returncode, code, f"{result.stdout}{result.stderr}")
        self.assertTrue(result.stderr.strip(), "no word about why")
        return result.stderr

    def start(self, *arguments, env=None):
        running = Running([self.binary, *map(str, arguments)], self.folder, self.environment(env))
        self.addCleanup(running.stop)
        return running

    def on_terminal(self, *arguments, program=None, env=None):
        terminal = Terminal([program or self.binary, *map(str, arguments)], self.folder, self.environment(env))
        self.addCleanup(terminal.stop)
        return terminal

    def write(self, name, text):
        path = self.folder / name
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, encoding="utf-8")
        return path

    def lines(self, name):
        return (self.folder / name).read_text(encoding="utf-8").splitlines()

    def dimensions(self, name="wrongbook.db"):
        """The database of the example: its dimension tables and the empty wide table."""
        path = self.folder / name
        with sqlite3.connect(path) as connection:
            connection.executescript((EXAMPLES / "dimensions.sql").read_text(encoding="utf-8"))
        connection.close()
        return path

    def rows(self, database, query):
        connection = sqlite3.connect(database)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def json_lines(self, text):
        return [json.loads(line) for line in text.splitlines() if line]


def main(binary, modules):
    SluiceTest.binary = str(pathlib.Path(binary).resolve())
    # The tests import this file by its name and would else see a second SluiceTest.
    sys.modules["harness"] = sys.modules["__main__"]
    suite = unittest.defaultTestLoader.loadTestsFromNames(modules)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    bad = result.failures + result.errors + result.skipped
    failed = len({getattr(test, "test_case", test).id() for test, _ in bad})  # of a case's parts, one failure is enough
    failed += len(result.unexpectedSuccesses) + len(result.expectedFailures)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed or result.testsRun == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
