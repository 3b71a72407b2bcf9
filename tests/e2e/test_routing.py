"""Routed jobs: which processor handles which event is data, and changes while the job runs."""

import json
import signal
import sqlite3
import time
import unittest

from harness import TIMEOUT_S, SluiceTest

TABLES = """
CREATE TABLE business_event (
  domain STRING, type STRING, `timestamp` BIGINT, eventId STRING, payload STRING, proc_time AS PROCTIME()
) WITH ('connector' = 'filesystem', 'path' = 'events', 'format' = 'json'{options});
CREATE TABLE wide (
  id STRING, kind STRING, word STRING, n INT, PRIMARY KEY (id) NOT ENFORCED
) WITH ('connector' = 'changelog-file', 'path' = 'wide.jsonl');
CREATE TABLE alerts (id STRING, kind STRING) WITH ('connector' = 'changelog-file', 'path' = 'alerts.jsonl');
"""
JOB = """
domains: book
tables: tables.sql
events: business_event
sinks: {{main: wide, alert_topic: alerts}}
routes: {routes}
{more}
"""
ADD = "SELECT JSON_VALUE(payload, '$.id') AS id, 'add' AS kind, JSON_VALUE(payload, '$.word') AS word FROM events"
FIX = "SELECT JSON_VALUE(payload, '$.id') AS id, 'fix' AS kind, CAST(JSON_VALUE(payload, '$.n') AS INT) AS n FROM events"
PLAIN_TABLE = """CREATE TABLE flink_routing_config (
  id INTEGER PRIMARY KEY, event_type VARCHAR(100), processor_class VARCHAR(200), enabled TINYINT, hot_deployable TINYINT,
  priority INT DEFAULT 100, version VARCHAR(20), create_time TIMESTAMP)"""
FULL_TABLE = """CREATE TABLE flink_routing_config (
  id INTEGER PRIMARY KEY, domain VARCHAR(50), event_type VARCHAR(100), processor_class VARCHAR(200), output_config JSON,
  is_enabled TINYINT, priority INT, create_time TIMESTAMP, update_time TIMESTAMP, UNIQUE (domain, event_type))"""


def event(kind, id, domain="book", **payload):
    return json.dumps({"domain": domain, "type": kind, "timestamp": 1, "eventId": f"e{id}", "payload": {"id": id, **payload}},
                      ensure_ascii=False)


class RoutingTest(SluiceTest):
    def job(self, routes="routes.yaml", more="", options=""):
        self.write("tables.sql", TABLES.format(options=options))
        self.write("job.yaml", JOB.format(routes=routes, more=more))
        (self.folder / "events").mkdir()
        (self.folder / "processors").mkdir()
        self.write("processors/add@1.sql", ADD)
        self.write("processors/fix@1.sql", FIX)

    def events(self, name, *lines):
        hidden = self.write(f".{name}", "".join(line + "\n" for line in lines))
        hidden.rename(self.folder / "events" / name)  # a file appears as a whole

    def routes(self, *routes):
        self.write("routes.yaml", "routes:\n" + "".join(f"  - {route}\n" for route in routes))

    def ledger(self, result):
        line = [line for line in result.stderr.splitlines() if line.startswith("ledger: ")][-1]
        words = line.split()
        self.assertEqual(words[-1], "balanced", line)
        return {key: int(value) for key, value in (word.split("=") for word in words[1:-1])}

    def run_job(self):
        result = self.sluice("run", "job.yaml")
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def table(self, name="wide.jsonl"):
        """The table that the changes make, by id."""
        path = self.folder / name
        rows = {}
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
            kind, id, *rest = json.loads(line)
            rows[id] = rest
        return rows

    def until(self, condition, what):
        deadline = time.monotonic() + TIMEOUT_S
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.02)


class Routes(RoutingTest):
    def test_events_go_where_their_routes_say(self):
        self.job()
        self.routes("{domain: book, type: add, processor: add}",
                    "{domain: book, type: fix, processor: com.acme.impl.FixProcessor, sinks: [book_wide_table, alert_topic]}",
                    "{domain: book, type: off, processor: nothing, enabled: false}")
        self.events("a.jsonl", event("add", "1", word="词🙂"), event("fix", "2", n=7), event("off", "3"), event("new", "4"),
                    event("add", "5", domain="user"))
        ledger = self.ledger(self.run_job())
        self.assertEqual(self.table(), {"1": ["add", "词🙂", None], "2": ["fix", None, "7"]})
        self.assertEqual(self.table("alerts.jsonl"), {"2": ["fix"]})
        self.assertEqual(ledger, {"in": 5, "routed": 2, "filtered": 1, "dead": 0, "parked": 0, "dropped": 2, "in_flight": 0})

    def test_rows_of_one_key_keep_the_order_of_their_events(self):
        self.job()
        self.routes("{domain: book, type: add, processor: add}", "{domain: book, type: fix, processor: fix}")
        kinds = ["add" if (i * 7919) % 11 < 5 else "fix" for i in range(6000)]
        self.events("a.jsonl", *[event(kind, f"{i % 97}", n=i, word=f"w{i}") for i, kind in enumerate(kinds)])
        self.run_job()
        rows = [json.loads(line)[1:3] for line in self.lines("wide.jsonl")]
        self.assertEqual(rows, [[f"{i % 97}", kind] for i, kind in enumerate(kinds)])

    def test_priority_wildcards_and_all_match(self):
        self.job(more="route-mode: ALL_MATCH")
        self.routes("{domain: 'b*', type: '*', processor: add, sinks: [alert_topic], priority: 1}",
                    "{type: fix, processor: fix, priority: 5}")
        self.events("a.jsonl", event("fix", "1", n=1), event("other", "2"))
        # Of the columns of `add`, alerts takes those that it has; `word` would be lost.
        self.assertIn("no sink of the route has a column `word`", self.run_job().stderr)
        self.assertEqual(self.table(), {"1": ["fix", None, "1"]})
        self.write("processors/add@1.sql", "SELECT JSON_VALUE(payload, '$.id') AS id, 'all' AS kind FROM events")
        ledger = self.ledger(self.run_job_again())
        self.assertEqual(self.table("alerts.jsonl"), {"1": ["all"], "2": ["all"]})
        self.assertEqual(ledger["routed"], 2)

    def run_job_again(self):
        result = self.sluice("run", "job.yaml", "--fresh")
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def test_a_bad_event_concerns_only_itself(self):
        self.job(more="on-unknown: dead-letter")
        self.routes("{domain: book, type: add, processor: add}", "{domain: book, type: fix, processor: fix}")
        self.events("a.jsonl", event("fix", "1", n=1), event("fix", "2", n="x"), "no json", event("new", "3"),
                    "[" + event("add", "4") + "," + event("add", "5") + "]", event("add", "6", word="w"))
        ledger = self.ledger(self.run_job())
        self.assertEqual(set(self.table()), {"1", "6"})
        self.assertEqual((ledger["in"], ledger["routed"], ledger["dead"]), (6, 2, 4))
        letters = self.json_lines((self.folder / ".sluice/job/dead-letters.jsonl").read_text(encoding="utf-8"))
        self.assertEqual(sorted(letter["code"] for letter in letters), ["SL3001", "SL3001", "SL3002", "SL3011"])
        failed = [letter for letter in letters if letter["code"] == "SL3002"][0]
        self.assertIn("fix@1", failed["operator"])
        self.assertEqual(json.loads(failed["record"])["eventId"], "e2")

    def test_several_workers_and_one_sink(self):
        self.job()
        self.routes("{domain: book, type: add, processor: add}")
        for file in range(4):
            self.events(f"{file}.jsonl", *[event("add", f"{file}-{i}") for i in range(500)])
        result = self.sluice("run", "job.yaml", "-p", "2")
        self.assertEqual(self.ledger(result)["routed"], 2000)
        self.assertEqual(len(self.table()), 2000)

    def test_processors_are_found_in_their_highest_version(self):
        self.job()
        self.write("processors/add@1.9.sql", ADD.replace("'add'", "'nine'"))
        self.write("processors/add@1.10.sql", ADD.replace("'add'", "'ten'"))
        self.routes("{domain: book, type: add, processor: add}", "{domain: book, type: fix, processor: add@1.9}")
        self.events("a.jsonl", event("add", "1"), event("fix", "2"))
        self.run_job()
        self.assertEqual([row[0] for row in self.table().values()], ["ten", "nine"])


class Mistakes(RoutingTest):
    def test_bad_routes_are_rejected_one_by_one(self):
        self.job()
        self.write("processors/bad@1.sql", "SELECT JSON_VALUE(payload, '$.id') AS idd FROM events")
        self.write("processors/sum@1.sql", "SELECT type AS id, CAST(COUNT(*) AS INT) AS n FROM events GROUP BY type")
        self.routes("{domain: book, type: add, processor: add}", "{domain: book, type: a, processor: addd}",
                    "{domain: book, type: b, processor: bad}", "{domain: book, type: c, processor: sum}",
                    "{domain: book, type: d, processor: add, sinks: [audit_topic]}", "{domain: book, processor: add}",
                    "{domain: book, type: f, processor: add, enabld: false}")
        self.events("a.jsonl", event("add", "1"))
        result = self.sluice("validate", "job.yaml")
        self.assertEqual(result.returncode, 2)
        for said in ["there is no processor addd; there are add@1", "`idd`", "NOT NULL", "keeps rows in memory", "the side output audit_topic leads nowhere",
                     "the key `type` is missing", "did you mean `enabled`?", "1 of 7 routes"]:
            self.assertIn(said, result.stdout)
        # The good one runs all the same.
        self.assertEqual(self.ledger(self.run_job())["routed"], 1)

    def test_a_job_file_says_where_it_is_wrong(self):
        self.job(more="on-unknown: keep")
        self.routes()
        self.assertRegex(self.refused(2, "run", "job.yaml"), r"job\.yaml:7:13: `on-unknown` has to be drop or dead-letter")
        self.write("job.yaml", "tables: tables.sql\nevents: business_events\nsinks: wide\nroutes: routes.yaml\n")
        self.assertIn("did you mean `business_event`?", self.refused(2, "validate", "job.yaml"))
        self.write("job.yaml", "tabels: tables.sql\n")
        self.assertIn("did you mean `tables`?", self.refused(2, "run", "job.yaml"))


class HotDeployment(RoutingTest):
    OPTIONS = ", 'source.monitor-interval' = '20 ms'"

    def setUp(self):
        super().setUp()
        self.database = self.folder / "jobs.db"
        self.number = 0

    def says(self, running, text):
        running.wait_until(lambda: text in running.stderr, f"the words {text!r}")

    def sql(self, *statements):
        connection = sqlite3.connect(self.database)
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    def table_job(self, table):
        self.job(routes="{url: 'jdbc:sqlite:jobs.db', table-name: flink_routing_config, poll-interval: 20 ms}",
                 options=self.OPTIONS)
        self.sql(table)

    def send(self, kind, id, **payload):
        self.number += 1
        self.events(f"{self.number:04}.jsonl", event(kind, id, **payload))

    def send_until(self, kind, prefix, expected):
        """Sends events until one of them makes a row of this kind; `expected` is None when it is to make none."""
        for i in range(1000):
            self.send(kind, f"{prefix}{i}", n=i)
            self.send("add", f"mark-{prefix}{i}")
            self.until(lambda: f"mark-{prefix}{i}" in self.table(), "the job goes on")
            row = self.table().get(f"{prefix}{i}")
            if (row and row[0]) == expected:
                return
        self.fail(f"no {expected} for {kind}")

    def test_a_table_of_routes_is_followed(self):
        self.table_job(FULL_TABLE)
        self.sql("INSERT INTO flink_routing_config VALUES (1, 'book', 'add', 'com.x.AddProcessor', '{\"sinks\":[\"w\"]}', 1, 5, '', '')",
                 "INSERT INTO flink_routing_config VALUES (2, 'book', 'fix', 'com.x.FixProcessor', NULL, 0, 5, '', '')")
        running = self.start("run", "job.yaml")
        self.send_until("fix", "disabled", None)
        self.sql("UPDATE flink_routing_config SET is_enabled = 1 WHERE id = 2")
        self.send_until("fix", "enabled", "fix")
        # A broken processor is rejected; what was in force goes on.
        self.write("processors/fix@2.sql", "SELECT nothing FROM events")
        self.says(running, "fix@2.sql:1:8: error SL1102")
        self.send_until("fix", "still", "fix")
        # A new version of a processor is a change, too.
        self.write("processors/fix@2.sql", FIX.replace("'fix'", "'second'"))
        self.send_until("fix", "second", "second")
        self.sql("DELETE FROM flink_routing_config WHERE id = 2")
        self.send_until("fix", "deleted", None)
        running.signal(signal.SIGINT)
        self.assertEqual(running.wait(), 0)
        self.assertRegex(running.stderr, r"ledger: .* in_flight=0 balanced")
        self.check_history()

    def check_history(self):
        """Each version is kept, and on each file its number only grows."""
        kept = self.folder / ".sluice/job/routes"
        snapshots = [json.loads(path.read_text()) for path in sorted(kept.glob("*.json"))]
        self.assertEqual([each["version"] for each in snapshots], list(range(1, len(snapshots) + 1)))
        self.assertIn("second", snapshots[-2]["processors"]["fix@2"])
        last = {}
        for line in (kept / "activations.jsonl").read_text().splitlines():
            activation = json.loads(line)
            self.assertGreater(activation["version"], last.get(activation["origin"], 0))
            last[activation["origin"]] = activation["version"]

    def test_rows_that_are_not_hot_wait_for_a_restart(self):
        self.table_job(PLAIN_TABLE)
        self.sql("INSERT INTO flink_routing_config VALUES (1, 'add', 'AddProcessor', 1, 1, 100, '1', '')",
                 "INSERT INTO flink_routing_config VALUES (2, 'fix', 'FixProcessor', 1, 0, 100, '1', '')")
        running = self.start("run", "job.yaml")
        self.send_until("fix", "first", "fix")
        self.sql("UPDATE flink_routing_config SET enabled = 0 WHERE id = 2")
        self.says(running, "is not hot-deployable: the change waits for a restart")
        self.send_until("fix", "waits", "fix")
        running.signal(signal.SIGINT)
        self.assertEqual(running.wait(), 0)
        running = self.start("run", "job.yaml")
        self.says(running, "routes version")
        self.send_until("fix", "restarted", None)
        running.signal(signal.SIGINT)
        self.assertEqual(running.wait(), 0)

    def test_a_change_that_cannot_be_warmed_is_rejected(self):
        self.table_job(PLAIN_TABLE)
        with open(self.folder / "tables.sql", "a", encoding="utf-8") as tables:
            tables.write("CREATE TABLE dim (id STRING, word STRING) WITH ('connector' = 'filesystem', 'path' = 'dim.csv', "
                         "'format' = 'csv');")
        self.write("processors/look@1.sql", "SELECT JSON_VALUE(e.payload, '$.id') AS id, 'look' AS kind, d.word FROM events AS e "
                   "LEFT JOIN dim FOR SYSTEM_TIME AS OF e.proc_time AS d ON d.id = JSON_VALUE(e.payload, '$.id')")
        self.sql("INSERT INTO flink_routing_config VALUES (1, 'add', 'AddProcessor', 1, 1, 100, '1', '')",
                 "INSERT INTO flink_routing_config VALUES (2, 'fix', 'FixProcessor', 1, 1, 100, '1', '')")
        running = self.start("run", "job.yaml")
        self.send_until("fix", "first", "fix")
        self.sql("UPDATE flink_routing_config SET processor_class = 'look' WHERE id = 2")
        self.says(running, "the new routes are rejected")
        self.send_until("fix", "still", "fix")
        self.write("dim.csv", "x,y\n")
        self.sql("UPDATE flink_routing_config SET priority = 101 WHERE id = 2")
        self.send_until("fix", "there", "look")
        running.signal(signal.SIGINT)
        self.assertEqual(running.wait(), 0)

    def test_the_last_good_routes_serve_when_the_source_is_away(self):
        self.table_job(PLAIN_TABLE)
        self.sql("INSERT INTO flink_routing_config VALUES (1, 'add', 'AddProcessor', 1, 1, 100, '1', '')")
        running = self.start("run", "job.yaml")
        self.send_until("add", "first", "add")
        running.signal(signal.SIGINT)
        self.assertEqual(running.wait(), 0)
        self.database.rename(self.folder / "away.db")
        running = self.start("run", "job.yaml")
        self.says(running, "the job starts with the last good routes, version 1")
        self.send_until("add", "away", "add")
        (self.folder / "away.db").rename(self.database)
        self.sql("UPDATE flink_routing_config SET enabled = 0 WHERE id = 1",
                 "INSERT INTO flink_routing_config VALUES (2, 'add', 'FixProcessor', 1, 1, 1, '1', '')")
        self.until(lambda: (self.send("add", f"{self.number}", n=1), self.table().get("1"))[1] is None
                   and any(row[0] == "fix" for row in self.table().values()), "the source is followed again")
        running.signal(signal.SIGINT)
        self.assertEqual(running.wait(), 0)


if __name__ == "__main__":
    unittest.main()
