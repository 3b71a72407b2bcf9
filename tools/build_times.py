#!/usr/bin/env python3
"""Where the time of a build goes: the slowest steps in a build folder's .ninja_log, and whether any file is too slow.

    tools/build_times.py [FOLDER] [--limit SECONDS] [--top N]

Exits with 1 when a source file took longer than the limit (10 s). Run it after a build from nothing, with `CCACHE_DISABLE=1`:
what comes out of the cache takes no time.
"""

import argparse
import pathlib
import sys


def last_steps(log):
    """(seconds, output) of the last run of each step."""
    steps = {}
    for line in log.read_text().splitlines()[1:]:
        begin_ms, end_ms, _, output, _ = line.split("\t")
        steps[output] = (int(end_ms) - int(begin_ms)) / 1000
    return sorted(((seconds, output) for output, seconds in steps.items()), reverse=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default="build/dev", type=pathlib.Path)
    parser.add_argument("--limit", default=10.0, type=float)
    parser.add_argument("--top", default=15, type=int)
    options = parser.parse_args()
    steps = last_steps(options.folder / ".ninja_log")
    objects = [(seconds, output) for seconds, output in steps if output.endswith(".o")]
    for seconds, output in steps[:options.top]:
        print(f"{seconds:7.1f} s  {output}")
    slow = [output for seconds, output in objects if seconds > options.limit]
    print(f"{sum(seconds for seconds, _ in objects):.0f} s in {len(objects)} files, {len(slow)} above {options.limit:g} s")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
