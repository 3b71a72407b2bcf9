#!/usr/bin/env python3
"""Makes an ordinary job of a golden case: golden_job.py CASE.test OUT_FOLDER RUN_FOLDER

OUT_FOLDER gets job.sql, the inputs, and expected.txt: the rows that Flink gave, sorted, as the connector changelog-file
writes them to RUN_FOLDER/kept.txt. RUN_FOLDER is where OUT_FOLDER stands when the job runs.
"""

import json
import pathlib
import re
import shutil
import sys


def sections(text):
    """(heading, body) of each section."""
    parts = re.split(r"^-- (.*)$", text, flags=re.M)
    return list(zip(parts[1::2], (body.strip() for body in parts[2::2])))


def with_real_connectors(table, run_folder):
    name = re.match(r"CREATE TABLE `?(\w+)", table).group(1)
    table = re.sub(r"'connector' = 'golden(-lookup)?'", f"'connector' = 'filesystem', 'path' = '{run_folder}/{name}'", table)
    return table.replace("'connector' = 'golden-sink'", f"'connector' = 'changelog-file', 'path' = '{run_folder}/kept.txt'")


def main(case, out, run_folder):
    out.mkdir(parents=True, exist_ok=True)
    script, expected = [], []
    last = ""
    for heading, body in sections(case.read_text(encoding="utf-8")):
        if heading == "settings":
            pairs = (line.split(" = ") for line in body.splitlines())
            script += [f"SET '{key}' = '{value}';" for key, value in pairs]
        elif heading == "table":
            tables = body.rstrip(";").split(";\n")
            script += [with_real_connectors(table, run_folder) + ";" for table in tables]
        elif heading.startswith("input "):
            table, file = heading.removeprefix("input ").split(" < ")
            shutil.copy(case.parent / file, out / table)
        elif heading.startswith("script "):
            script.append(body)
        elif heading.startswith("expect append ") and last.startswith("script "):
            rows = (json.loads(line)[1:] for line in body.splitlines())  # without the sink's name
            expected += [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
        last = heading
    (out / "job.sql").write_text("\n".join(script) + "\n", encoding="utf-8")
    (out / "expected.txt").write_text("\n".join(sorted(expected)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3])
