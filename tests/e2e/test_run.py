"""sluice run: whole jobs, as a user starts, watches and stops them."""

import fcntl
import json
import re
import signal
import subprocess
import sys
import termios
import time
import unittest

from harness import EXAMPLES, TIMEOUT_S, SluiceTest

EVENTS = """CREATE TABLE events (type STRING, `timestamp` BIGINT, eventId STRING, payload STRING)
  WITH ('connector' = 'filesystem', 'path' = '${events:-events.jsonl}', 'format' = 'json'{options});
"""
KEPT = """CREATE TABLE kept (eventId STRING, user_id STRING)
  WITH ('connector' = 'changelog-file', 'path' = 'kept.txt'{options});
"""
INSERT = "INSERT INTO kept SELECT eventId, JSON_VALUE(payload, '$.userId') FROM events WHERE type = 'wrongbook_fix';\n"


def job(source_options="", sink_options="", insert=INSERT):
    return EVENTS.replace("{options}", source_options) + KEPT.replace("{options}", sink_options) + insert


class Demo(SluiceTest):
    """The job of examples/wrongbook on a small input."""

    def run_demo(self, num_events, *arguments, options=()):
        database = self.dimensions()
        self.ok("events", "--count", num_events, "--out", "events.jsonl", *options)
        out = self.ok("run", EXAMPLES / "job.sql", "--var", "events=events.jsonl", "--var", f"db={database}", *arguments)
        return database, out

    def test_fills_the_wide_table(self):
        database, _ = self.run_demo(2000)
        wanted = kept = 0
        for line in self.lines("events.jsonl"):
            event = json.loads(line)
            wanted += 1
            kept += event["type"] == "wrongbook_fix" and event["payload"]["isDelete"] == 0
        self.assertEqual(wanted, 2000)
        rows = self.rows(database, "SELECT count(DISTINCT event_id), count(*) FROM wrongbook_wide")
        self.assertEqual(rows[0][0], kept)
        self.assertGreaterEqual(rows[0][1], kept)
        self.assertEqual(self.rows(database, "SELECT count(*) FROM wrongbook_wide WHERE pattern_name IS NULL"), [(0,)])

    def test_workers_make_no_difference(self):
        query = "SELECT * FROM wrongbook_wide ORDER BY event_id, teaching_type_id"
        one = self.rows(self.run_demo(2000, "-p", 1)[0], query)
        self.assertEqual(self.rows(self.run_demo(2000, "-p", 3)[0], query), one)

    def test_payload_as_string_gives_the_same_rows(self):
        query = "SELECT * FROM wrongbook_wide ORDER BY event_id, teaching_type_id"
        objects = self.rows(self.run_demo(500)[0], query)
        strings = self.rows(self.run_demo(500, options=["--payload-as-string"])[0], query)
        self.assertEqual(strings, objects)

    def test_books_balance(self):
        _, out = self.run_demo(3000, "--json", "--dead-letter", "dead.jsonl", options=["--bad-share", "0.05"])
        totals = self.json_lines(out)[-1]
        self.assertEqual(totals["numRecordsIn"], 3000)
        self.assertGreater(totals["numRecordsFiltered"], 0)
        self.assertGreater(totals["numRecordsSkipped"], 0)
        self.assertEqual(totals["numDeadLetters"], len(self.lines("dead.jsonl")))


class Output(SluiceTest):
    def setUp(self):
        super().setUp()
        self.write("job.sql", job())
        self.ok("events", "--count", 1000, "--out", "events.jsonl")

    def test_says_which_flink_level_is_in_force(self):
        self.assertRegex(self.sluice("run", "job.sql").stderr, r"Flink.*1\.20")
        self.assertRegex(self.sluice("run", "job.sql", "--flink-version", "2.3").stderr, r"Flink.*2\.3")

    def test_totals_at_the_end(self):
        result = self.sluice("run", "job.sql")
        self.assertEqual(result.returncode, 0, result.stderr)
        for word in ("in", "out", "filtered", "dead"):
            self.assertRegex(result.stderr, rf"(?i)\b{word}\b")

    def test_quiet_says_nothing(self):
        result = self.sluice("run", "job.sql", "--quiet")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_json_lines_for_machines(self):
        lines = self.json_lines(self.ok("run", "job.sql", "--json"))
        self.assertEqual(lines[-1]["state"], "finished")
        self.assertEqual(lines[-1]["numRecordsIn"], 1000)
        self.assertEqual(lines[-1]["numRecordsOut"], len(self.lines("kept.txt")))

    def test_progress_line_on_a_terminal(self):
        self.write("job.sql", job(", 'source.monitor-interval' = '100ms'"))
        terminal = self.on_terminal("run", "job.sql")
        terminal.wait_for(r"\r +[\d.]+ s  in 1,000 \([\d,]+/s\)  out [\d,]+ \([\d,]+/s\)  filtered [\d,]+  dead 0\x1b\[K")
        terminal.send("\x03")
        terminal.wait_for(r"\r\x1b\[Kstopped after \d")  # in its place
        self.assertEqual(terminal.wait(), 0, terminal.text)

    def test_no_progress_line_between_rows(self):
        self.write("print.sql", "CREATE TABLE s (a INT) WITH ('connector' = 'datagen', 'number-of-rows' = '2000');\n"
                   "CREATE TABLE p (a INT) WITH ('connector' = 'print');\nINSERT INTO p SELECT a FROM s;\n")
        terminal = self.on_terminal("run", "print.sql")
        self.assertEqual(terminal.wait(), 0, terminal.text)
        self.assertNotIn("\x1b[K", terminal.text)
        self.assertEqual(len(re.findall(r"^\+I\[-?\d+\]\r$", terminal.text, re.M)), 2000)

    def test_print_and_plain_select_write_rows_to_standard_output(self):
        self.write("print.sql", EVENTS.replace("{options}", "") +
                   "CREATE TABLE p (type STRING) WITH ('connector' = 'print');\n"
                   "INSERT INTO p SELECT type FROM events;\n")
        lines = self.ok("run", "print.sql", "--quiet").splitlines()
        self.assertEqual(len(lines), 1000)
        for line in lines:
            self.assertRegex(line, r"^\+I\[\w+\]$")

    def test_several_inserts_share_one_job(self):
        other = "CREATE TABLE other (a STRING, b STRING) WITH ('connector' = 'changelog-file', 'path' = 'other.txt');\n"
        self.write("two.sql", job() + other + INSERT.replace("INSERT INTO kept", "INSERT INTO other"))
        totals = self.json_lines(self.ok("run", "two.sql", "--json"))[-1]
        self.assertEqual(totals["numRecordsIn"], 1000)  # one scan
        self.assertEqual(sorted(self.lines("other.txt")), sorted(self.lines("kept.txt")))

    def test_replace_swaps_a_connector(self):
        self.ok("run", "job.sql", "--replace", "kept=blackhole", "--quiet")
        self.assertFalse((self.folder / "kept.txt").exists())
        rows = self.ok("run", "job.sql", "--replace", "kept=print", "--quiet").splitlines()
        self.assertGreater(len(rows), 500)

    def test_catalog_brings_the_tables(self):
        (self.folder / "ddl").mkdir()
        self.write("ddl/tables.sql", EVENTS.replace("{options}", "") + KEPT.replace("{options}", ""))
        self.write("only_insert.sql", INSERT.replace("kept", "`vvp`.`default`.kept").replace("events", "`vvp`.`default`.events"))
        self.ok("run", "only_insert.sql", "--catalog", "vvp=ddl", "--quiet")
        self.assertGreater(len(self.lines("kept.txt")), 500)


class Signals(SluiceTest):
    def start_endless(self):
        self.write("job.sql", job(", 'source.monitor-interval' = '100ms'"))
        self.ok("events", "--count", 500, "--out", "events.jsonl")
        kept = self.folder / "kept.txt"
        kept.unlink(missing_ok=True)
        running = self.start("run", "job.sql", "-p", "2")
        running.wait_until(lambda: kept.exists() and kept.stat().st_size > 0, "rows in the sink")
        return running

    def test_first_signal_drains_and_tells_the_totals(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                running = self.start_endless()
                running.signal(number)
                self.assertEqual(running.wait(), 0, running.stderr)
                expected = sum(json.loads(line)["type"] == "wrongbook_fix" for line in self.lines("events.jsonl"))
                self.assertEqual(len(self.lines("kept.txt")), expected)
                self.assertRegex(running.stderr, r"\b500\b")

    def start_stuck(self):
        """A job that prints more than its pipe holds."""
        self.write("job.sql", job(", 'source.monitor-interval' = '100ms'"))
        self.ok("events", "--count", 5000, "--types", "wrongbook_fix", "--out", "events.jsonl")
        process = subprocess.Popen([self.binary, "run", "job.sql", "--replace", "kept=print"], cwd=self.folder, text=True,
                                   env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        waiting = bytearray(4)
        deadline = time.monotonic() + TIMEOUT_S
        while int.from_bytes(waiting, sys.byteorder) < 32768:
            self.assertIsNone(process.poll(), "it ended")
            self.assertLess(time.monotonic(), deadline, "it prints nothing")
            time.sleep(0.01)
            fcntl.ioctl(process.stdout, termios.FIONREAD, waiting)
        return process

    def test_first_signal_waits_for_the_sink(self):
        process = self.start_stuck()
        process.send_signal(signal.SIGINT)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        out, error = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0, error)
        self.assertEqual(len(out.splitlines()), 5000)
        self.assertIn("stopped after", error)

    def test_second_signal_exits_at_once(self):
        process = self.start_stuck()
        process.send_signal(signal.SIGINT)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(timeout=0.3)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=5), 130)

    def test_new_files_are_picked_up(self):
        (self.folder / "incoming").mkdir()
        self.write("job.sql", job(", 'source.monitor-interval' = '100ms'"))
        self.ok("events", "--count", 500, "--types", "wrongbook_fix", "--out", "incoming/first.jsonl")
        running = self.start("run", "job.sql", "--var", "events=incoming")
        kept = self.folder / "kept.txt"
        running.wait_until(lambda: kept.exists() and len(self.lines("kept.txt")) == 500, "the first file")
        self.ok("events", "--count", 100, "--seed", 9, "--types", "wrongbook_fix", "--out", "more.jsonl")
        (self.folder / "more.jsonl").rename(self.folder / "incoming/more.jsonl")
        running.wait_until(lambda: len(self.lines("kept.txt")) == 600, "the second file")
        running.signal(signal.SIGTERM)
        self.assertEqual(running.wait(), 0, running.stderr)


class BadInput(SluiceTest):
    BROKEN = b'{"type": "wrongbook_fix", "eventId": '
    GOOD = b'{"type": "wrongbook_fix", "eventId": "e", "payload": {"userId": "u"}}\n'
    NASTY = {
        "broken": BROKEN + b"\n",
        "wrong type": b'{"type": "wrongbook_fix", "timestamp": "soon", "eventId": "e"}\n',
        "invalid UTF-8": b'{"type": "wrongbook_fix", "eventId": "\xff\xfe"}\n',
        "NUL byte": b'{"type": "wrongbook_fix", "eventId": "\x00"}\n',
        "deep": b'{"a":' * 20000 + b"1" + b"}" * 20000 + b"\n",
        "only brackets": b"[" * 100000 + b"\n",
        "lone surrogate": b'{"type": "wrongbook_fix", "eventId": "\\ud800"\n',
    }

    def test_fails_the_job_by_default_and_names_the_record(self):
        self.write("job.sql", job())
        self.write("events.jsonl", self.GOOD + self.BROKEN + b"\n" + self.GOOD)
        error = self.refused(1, "run", "job.sql")
        self.assertIn("SL3001", error)
        self.assertIn("events.jsonl", error)

    def test_skipped_and_counted(self):
        self.write("job.sql", job(", 'json.ignore-parse-errors' = 'true'"))
        for name, line in self.NASTY.items():
            with self.subTest(name):
                self.write("events.jsonl", self.GOOD + line + self.GOOD)
                totals = self.json_lines(self.ok("run", "job.sql", "--json"))[-1]
                self.assertEqual(totals["numRecordsIn"], 3)
                self.assertEqual(len(self.lines("kept.txt")) + totals["numRecordsSkipped"] + totals["numRecordsFiltered"], 3)

    def test_dead_letters_keep_bytes_position_and_reason(self):
        self.write("job.sql", "SET 'dead-letter.path' = 'dead.jsonl';\n" + job())
        self.write("events.jsonl", self.GOOD + self.BROKEN + b"\n" + self.GOOD)
        totals = self.json_lines(self.ok("run", "job.sql", "--json"))[-1]
        self.assertEqual(totals["numDeadLetters"], 1)
        self.assertEqual(len(self.lines("kept.txt")), 2)
        letters = self.lines("dead.jsonl")
        self.assertEqual(len(letters), 1)
        self.assertIn("events.jsonl", letters[0])
        self.assertIn("SL3001", letters[0])

    def test_failing_expression_makes_a_dead_letter(self):
        insert = "INSERT INTO kept SELECT eventId, CAST(CAST(JSON_VALUE(payload, '$.userId') AS INT) AS STRING) FROM events;\n"
        self.write("events.jsonl", self.GOOD)
        self.write("job.sql", job(insert=insert))
        self.assertIn("SL3002", self.refused(1, "run", "job.sql"))
        self.write("job.sql", "SET 'dead-letter.path' = 'dead.jsonl';\n" + job(insert=insert))
        self.ok("run", "job.sql", "--quiet")
        letter = self.lines("dead.jsonl")[0]
        for word in ("CAST", "SL3002", "u"):
            self.assertIn(word, letter)

    def test_messages_show_text_as_it_is(self):
        self.write("job.sql", job(insert="INSERT INTO kept SELECT CAST(CAST(eventId AS INT) AS STRING), type FROM events;\n"))
        self.write("events.jsonl", '{"type": "错题😀", "eventId": "题\\"7\\u001b"}\n')
        error = self.refused(1, "run", "job.sql")
        self.assertIn("SL3002", error)
        self.assertIn('错题😀', error)
        self.assertIn(r'"题\"7', error)
        self.assertNotIn("\x1b", error)
        self.write("job.sql", job())
        self.write("events.jsonl", '{"type": "错题😀", "eventId": \n')
        self.assertIn('{"type": "错题😀", "eventId": )', self.refused(1, "run", "job.sql"))

    def test_huge_record(self):
        self.write("job.sql", job(", 'json.ignore-parse-errors' = 'true'"))
        huge = b'{"type": "wrongbook_fix", "eventId": "' + b"x" * 50_000_000 + b'"}\n'
        self.write("events.jsonl", self.GOOD + huge + self.GOOD)
        totals = self.json_lines(self.ok("run", "job.sql", "--json"))[-1]
        self.assertEqual(totals["numRecordsIn"], 3)

    def test_last_line_without_an_end(self):
        self.write("job.sql", job())
        self.write("events.jsonl", self.GOOD + self.GOOD[:-1])
        self.ok("run", "job.sql", "--quiet")
        self.assertEqual(len(self.lines("kept.txt")), 2)


class Mistakes(SluiceTest):
    def test_missing_script(self):
        self.assertIn("nothing.sql", self.refused(2, "run", "nothing.sql"))

    def test_syntax_error_shows_the_place(self):
        self.write("job.sql", "CREATE TABLE t (a INT) WITH ('connector' = 'datagen');\nINSERT INTO t SELEC a FROM t;\n")
        error = self.refused(2, "run", "job.sql")
        self.assertRegex(error, r"job\.sql:2:15\b")
        self.assertIn("INSERT INTO t SELEC a FROM t;", error)
        self.assertRegex(error, r"(?m)^[ |]*\^")
        self.assertRegex(error, r"SL1\d\d\d")

    def test_missing_input_file(self):
        self.write("job.sql", job())
        self.assertIn("events.jsonl", self.refused(1, "run", "job.sql"))

    def test_missing_variable(self):
        self.write("job.sql", job().replace("${events:-events.jsonl}", "${events}"))
        self.assertIn("events", self.refused(2, "run", "job.sql"))

    def test_known_connector_that_cannot_run_yet(self):
        self.write("job.sql", job().replace("'changelog-file'", "'odps'"))
        self.ok("events", "--count", 1, "--out", "events.jsonl")
        error = self.refused(2, "run", "job.sql")
        self.assertIn("odps", error)
        self.assertIn("--replace", error)

    def test_unknown_option_names_the_nearest(self):
        self.write("job.sql", job(", 'json.ignore-parse-eror' = 'true'"))
        self.assertIn("json.ignore-parse-errors", self.refused(2, "run", "job.sql"))

    def test_windows_are_refused_clearly(self):
        self.write("job.sql", EVENTS.replace("{options}", "") + "SELECT count(*) FROM TABLE("
                   "TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start;\n")
        self.assertRegex(self.refused(2, "run", "job.sql"), r"SL\d{4}")


class Secrets(SluiceTest):
    def test_never_show(self):
        secret = "s3cr3t-9f1c"
        self.write("pw", secret + "\n")
        for reference, env in (("${env:DB_PASSWORD}", {"DB_PASSWORD": secret}), (f"${{file:{self.folder}/pw}}", {})):
            self.write("job.sql", "CREATE TABLE t (a INT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:missing/x.db',\n"
                       f"  'table-name' = 't', 'username' = 'u', 'password' = '{reference}');\n"
                       "INSERT INTO t SELECT 1;\n")
            for arguments in (["run", "job.sql"], ["explain", "job.sql"], ["validate", "job.sql"]):
                result = self.sluice(*arguments, env=env)
                self.assertNotIn(secret, result.stdout + result.stderr)

    def test_missing_secret_is_an_error(self):
        self.write("job.sql", job().replace("'events.jsonl'", "'x'").replace("${events:-events.jsonl}", "${env:NOT_SET}"))
        error = self.refused(2, "run", "job.sql")
        self.assertIn("NOT_SET", error)
        self.assertIn("SL1309", error)


if __name__ == "__main__":
    unittest.main()
