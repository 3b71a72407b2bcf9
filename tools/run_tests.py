#!/usr/bin/env python3
"""Builds and runs everything that `make test` promises, through ctest, and ends with one line: N passed, N failed.

    tools/run_tests.py [STAGE...]     stages: dev asan tsan fuzz package; when none is named: DEFAULT_STAGES

Counted are test cases, not binaries: what GoogleTest, the golden runner and unittest report as passed and failed. A test
that prints no count is one case. Skipped cases, a build that fails and a test that cannot be started count as failed:
nothing that was promised goes missing silently. A stage whose build fails does not keep the others from running.
"""

import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
JOBS = str(os.cpu_count() or 2)

# name -> (what it proves, build type, ctest arguments)
STAGES = {
    "dev": ("unit tests, golden SQL, end to end, project rules", "dev", ["-LE", "package"]),
    "asan": ("unit tests and golden SQL under AddressSanitizer and UBSan", "asan", ["-L", "unit|golden"]),
    "tsan": ("tests with threads under ThreadSanitizer", "tsan", ["-L", "threads"]),
    "fuzz": ("every fuzz target for FUZZ_SECONDS (60)", "fuzz", ["-L", "fuzz"]),
    "package": ("the Debian package in a clean root", "release", ["-L", "package"]),
}

# What `make test` and continuous integration run.
DEFAULT_STAGES = tuple(STAGES)

# What each stage needs of its build.
TARGETS = {"dev": ["all", "headers_alone"], "asan": ["unit_tests"], "tsan": ["thread_tests"], "fuzz": ["fuzzers"], "package": ["sluice"]}

GTEST_COUNTS = {
    "passed": re.compile(r"^\[  PASSED  \] (\d+) tests?\.", re.M),
    "failed": re.compile(r"^\[  FAILED  \] (\d+) tests?, listed below", re.M),
    "skipped": re.compile(r"^\[  SKIPPED \] (\d+) tests?, listed below", re.M),
}
COUNT_LINE = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)


def count_cases(output, succeeded):
    """(passed, failed) of one ctest test, by what it printed."""
    passed = failed = 0
    for kind, pattern in GTEST_COUNTS.items():
        for match in pattern.finditer(output):
            if kind == "passed":
                passed += int(match.group(1))
            else:
                failed += int(match.group(1))
    for match in COUNT_LINE.finditer(output):
        passed += int(match.group(1))
        failed += int(match.group(2))
    if passed + failed == 0:
        return (1, 0) if succeeded else (0, 1)
    if not succeeded and failed == 0:
        failed = 1  # all cases passed, then it crashed, leaked or was told off by a sanitizer
    return passed, failed


def read_results(path):
    passed = failed = 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        succeeded = case.get("status") == "run"
        output = case.findtext("system-out") or ""
        case_passed, case_failed = count_cases(output, succeeded)
        passed += case_passed
        failed += case_failed
    return passed, failed


def run_stage(name):
    """Builds and runs one stage; returns (passed, failed)."""
    purpose, build_type, arguments = STAGES[name]
    print(f"\n== {name}: {purpose}", flush=True)
    build = ROOT / "build" / build_type
    if subprocess.run([ROOT / "tools/build.sh", build_type, *TARGETS.get(name, [])]).returncode != 0:
        print(f"== {name}: the build failed", flush=True)
        return 0, 1
    results = build / "results.xml"
    results.unlink(missing_ok=True)
    command = ["ctest", "--test-dir", str(build), "-j", JOBS, "--timeout", "900", "--output-on-failure", "--no-tests=error",
               "--output-junit", str(results), "--test-output-size-passed", "1000000",
               "--test-output-size-failed", "1000000", *arguments]
    if name == "tsan":
        command = ["setarch", "--addr-no-randomize", *command]  # the sanitizer's memory map wants it on newer kernels
    code = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
    if not results.exists():
        print(f"== {name}: ctest ran no test", flush=True)
        return 0, 1
    passed, failed = read_results(results)
    return passed, failed or (1 if code != 0 else 0)


def main(names):
    unknown = [name for name in names if name not in STAGES]
    if unknown:
        sys.exit(f"run_tests.py: no stage is called {unknown[0]}; there are {', '.join(STAGES)}")
    rows = []
    for name in names or DEFAULT_STAGES:
        begin = time.monotonic()
        passed, failed = run_stage(name)
        rows.append((name, passed, failed, time.monotonic() - begin))
    print("\n  stage      passed  failed   seconds")
    for name, passed, failed, seconds in rows:
        print(f"  {name:<9} {passed:>7} {failed:>7} {seconds:>9.0f}")
    total_failed = sum(row[2] for row in rows)
    print(f"\n{sum(row[1] for row in rows)} passed, {total_failed} failed", flush=True)
    return 1 if total_failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
