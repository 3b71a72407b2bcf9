"""The limit programs against each other: the same totals and rows, byte for byte, whatever the events look like.

The plain program decodes every line with simdjson; the tuned one must never differ from it, with any of its kernels.
Called by ctest with the paths of the programs. Prints what differs and exits with 1.
"""

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

NO_KERNEL = 77  # limit/program.h
KERNELS = ("portable", "avx2", "avx512")
# Of these, hardly any line may need the generic reader: shapes that never fit would make the comparison empty.
LEARNED = ("objects", "strings")


def generated(write_events, folder):
    """(name, bytes) of events from the generator: whole, damaged, with the payload in a string."""
    cases = {
        "objects": ["10000", "1"],
        "strings": ["10000", "2", "--string"],
        "damaged objects": ["10000", "3", "--bad", "0.3"],
        "damaged strings": ["10000", "4", "--string", "--bad", "0.3"],
        "all damaged": ["5000", "5", "--bad", "1"],
    }
    texts = {}
    for name, arguments in cases.items():
        path = folder / "events"
        subprocess.run([write_events, path, *arguments], check=True)
        texts[name] = path.read_bytes()
    return texts


def mixed(texts):
    """Both forms and damage in one file, so that shapes and forms change all the time."""
    lines = [line for text in texts.values() for line in text.split(b"\n")[:3000]]
    random.Random(6).shuffle(lines)
    return b"\n".join(lines)  # without a line end behind the last


def with_bytes_changed(text, seed):
    """Each other line with a byte replaced by one that means something in JSON, in UTF-8 or to the block index.

    The lines between are whole, so that shapes stay learned and are tried on the changed ones.
    """
    draw = random.Random(seed)
    telling = [b'"', b"\\", b"{", b"}", b"[", b"]", b":", b",", b" ", b"\t", b"\r", b"\0", b"\x1f", b"-", b"0", b"e", b"n",
               b"\x80", b"\xbf", b"\xc0", b"\xe4", b"\xed", b"\xf0", b"\xf4", b"\xff", b"\xe4\xb8\xad", b"\xed\xa0\x80",
               b'\\"', b'\\\\"', b'\\\\\\"', b'\\\\\\\\"', b"\\u0022", b"\\u000a"]
    lines = []
    for line in text.split(b"\n"):
        at = draw.randrange(len(line) + 1)
        lines += [line, line[:at] + draw.choice(telling) + line[at + draw.randrange(2):]]
    return b"\n".join(lines) + b"\n"


def with_backslash_before(quoted, text):
    """Each other line with a backslash before that quote: where the payload is a string, it looks like one of its own."""
    lines = text.split(b"\n")[:4000]
    return b"\n".join(each for line in lines for each in (line, line.replace(quoted, b"\\" + quoted))) + b"\n"


def utf8_questions():
    """Two, three and four bytes of which the first two take all values that matter, the others those at the borders."""
    high = range(0x80, 0x100)
    yield from (bytes((first, second)) for first in high for second in high)
    yield from (bytes((first, second, third)) for first in range(0xe0, 0x100) for second in high for third in b"A\x80\xbf\xc0")
    yield from (bytes((first, second, third, fourth)) for first in range(0xf0, 0x100) for second in range(0x80, 0xc0)
                for third in b"A\x80\xbf" for fourth in b"A\x80\xbf")


def special():
    """Lines at the borders: empty file, no line, lines longer than a chunk, runs of backslashes across blocks."""
    head = b'{"domain":"wrongbook","type":"wrongbook_fix","timestamp":1703123456789,"eventId":"e","payload":'
    payload = (b'{"id":1,"wrongId":"w","userId":"u","subject":"MATH","question":"%s","patternId":"pt-00001",'
               b'"isDelete":0,"collectTime":1,"fixTime":2,"fixResult":1}}\n')
    plain = head + payload % b"q"
    quotes = [b"x" * pad + b"\\" * run + b'"y' for pad in range(0, 70, 3) for run in range(7)]
    runs = b"".join(plain + head + payload % quote for quote in quotes)
    ids = [b"01", b"-1", b"-0", b"1.5", b"1e3", b"9" * 16, b"9" * 17, b"9" * 19, b"9" * 20, b"+1", b"1 ", b" 1", b"0", b"00",
           b"null", b'"7"']
    numbers = b"".join(plain + plain.replace(b'"id":1', b'"id":' + number) for number in ids)
    return {
        "empty file": b"",
        "one line end": b"\n",
        "long line": plain * 3 + head + payload % (b"\xe4\xb8\xad" * 200_000) + plain * 3,
        "runs of backslashes": runs,
        "numbers": numbers,
        "all beginnings of characters": b"".join(head + payload % question for question in utf8_questions()),
        "other key order": (b'{"payload":{"isDelete":0,"patternId":"pt-00002","id":5},"type":"wrongbook_fix","eventId":"e2",'
                            b'"domain":"wrongbook"}\n') * 5,
        "unfinished character before a line end": plain * 2 + plain[:-1] + b"\xe4\xb8\n" + plain * 2,
    }


def run(program, events, database, rows, kernel):
    environment = dict(os.environ, **({"LIMIT_KERNEL": kernel} if kernel else {}))
    command = [program, events, database, "--rows", rows]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def compare(name, arguments, folder):
    """How many kernels agree with the plain program on folder/events, and its totals; exits on a difference."""
    events, database = folder / "events", folder / "dimensions.db"
    plain_rows, tuned_rows = folder / "plain", folder / "tuned"
    plain = run(arguments.ondemand, events, database, plain_rows, None)
    if plain.returncode != 0:
        sys.exit(f"{name}: {arguments.ondemand} failed: {plain.stderr}")
    num_agreeing = 0
    for kernel in KERNELS:
        tuned = run(arguments.tuned, events, database, tuned_rows, kernel)
        if tuned.returncode == NO_KERNEL:
            continue
        if tuned.returncode != 0:
            sys.exit(f"{name}, {kernel}: {arguments.tuned} failed with {tuned.returncode}: {tuned.stderr}")
        wanted, got = plain_rows.read_bytes().split(b"\n"), tuned_rows.read_bytes().split(b"\n")
        for number, (row, other) in enumerate(zip(wanted, got), 1):
            if row != other:
                sys.exit(f"{name}, {kernel}: row {number} differs:\n{row.decode()}\n{other.decode()}")
        if len(wanted) != len(got) or plain.stdout != tuned.stdout:
            sys.exit(f"{name}, {kernel}: totals differ:\n{plain.stdout}{tuned.stdout}")
        num_generic = json.loads(tuned.stderr)["generic"]
        if name in LEARNED and num_generic * 10 > json.loads(tuned.stdout)["events"]:
            sys.exit(f"{name}, {kernel}: {num_generic} lines were left to the generic reader")
        num_agreeing += 1
    return num_agreeing, plain.stdout.strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write-events", required=True)
    parser.add_argument("--ondemand", required=True)
    parser.add_argument("--tuned", required=True)
    parser.add_argument("--dimensions", required=True, help="examples/wrongbook/dimensions.sql")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with sqlite3.connect(folder / "dimensions.db") as database:
            database.executescript(Path(arguments.dimensions).read_text(encoding="utf-8"))
        database.close()
        texts = generated(arguments.write_events, folder)
        texts["mixed"] = mixed(texts)
        texts["changed objects"] = with_bytes_changed(texts["objects"], 7)
        texts["changed strings"] = with_bytes_changed(texts["strings"], 8)
        for form in ("objects", "strings"):
            texts[f"{form}, escaped end"] = with_backslash_before(b'","payload"', texts[form])
        texts.update(special())
        for name, text in texts.items():
            (folder / "events").write_bytes(text)
            num_agreeing, totals = compare(name, arguments, folder)
            print(f"{name}: {num_agreeing} kernels agree: {totals}")


if __name__ == "__main__":
    main()
