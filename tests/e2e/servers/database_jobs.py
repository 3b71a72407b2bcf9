"""What the tests of both kinds of database servers share: the tables of a job, and the tests themselves where the two
servers have to behave alike. A test module mixes `DatabaseTests` in and names its server."""

import json
import re
import signal
import time

from harness import EXAMPLES, SluiceTest
from proxy import Proxy

TEXTS = ["一元二次方程", "emoji 🏆👩‍🎓", "it's \"quoted\" \\ back", "tab\tnew\nline", "", "NULL", "ü", "%_'; DROP TABLE t; --"]


class DatabaseTests(SluiceTest):
    server_class = None
    server = None  # of the class: started once

    @classmethod
    def setUpClass(cls):
        if cls.server_class is None:
            return
        cls.server = cls.server_class()

    @classmethod
    def tearDownClass(cls):
        if cls.server is not None:
            cls.server.remove()

    def setUp(self):
        super().setUp()
        if self.server.process is None:
            self.server.start()
        self.password_file = self.write("password", self.password)

    # ---- Scripts ----

    def table(self, name, columns, options="", stored=None, url=None, password=None):
        """The DDL of a table in the server's database."""
        password = password or f"${{file:{self.password_file}}}"
        return (f"CREATE TABLE {name} ({columns}) WITH ('connector' = 'jdbc', 'url' = '{url or self.server.url()}', "
                f"'table-name' = '{stored or name}', 'username' = '{self.user}', 'password' = '{password}'{options});\n")

    def events(self, columns, rows, name="events", options=""):
        """The DDL of a table over these rows in a file."""
        self.write(f"{name}.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        return (f"CREATE TABLE {name} ({columns}) WITH ('connector' = 'filesystem', 'path' = '{name}.jsonl', "
                f"'format' = 'json'{options});\n")

    def run_script(self, text, *arguments, **options):
        self.write("job.sql", text)
        return self.ok("run", "job.sql", *arguments, **options)

    def refused_script(self, code, text, *arguments, **options):
        self.write("job.sql", text)
        return self.refused(code, "run", "job.sql", *arguments, **options)

    def start_script(self, text, *arguments):
        self.write("job.sql", text)
        return self.start("run", "job.sql", *arguments)

    def sql(self, text):
        return self.server.sql(text)

    def proxy(self):
        proxy = Proxy(self.server.port)
        self.addCleanup(proxy.close)
        return proxy


class Common:
    """Tests that both servers pass."""

    # ---- Reading ----

    def test_scan_reads_every_row_once(self):
        self.sql("DROP TABLE IF EXISTS numbers; CREATE TABLE numbers (id INT PRIMARY KEY, name VARCHAR(20)); " +
                 "".join(f"INSERT INTO numbers VALUES {', '.join(f'({n}, {chr(39)}n{n}{chr(39)})' for n in range(b, b + 5000))};"
                         for b in range(0, 20000, 5000)))
        sink = "CREATE TABLE found (id INT, name STRING) WITH ('connector' = 'changelog-file', 'path' = 'out.txt');\n"
        self.run_script(self.table("numbers", "id INT, name STRING") + sink + "INSERT INTO found SELECT * FROM numbers;")
        self.assertEqual(len(set(self.lines("out.txt"))), 20000)
        self.run_script(self.table("numbers", "id INT, name STRING",
                                   ", 'scan.partition.column' = 'id', 'scan.partition.num' = '7', "
                                   "'scan.partition.lower-bound' = '100', 'scan.partition.upper-bound' = '19899'") +
                        sink + "INSERT INTO found SELECT * FROM numbers;", "-p", 3)
        lines = self.lines("out.txt")
        self.assertEqual((len(lines), len(set(lines))), (19800, 19800))

    def test_lookup_asks_for_many_keys_at_once(self):
        self.sql("DROP TABLE IF EXISTS dimension; CREATE TABLE dimension (id VARCHAR(40) PRIMARY KEY, name VARCHAR(100))")
        for begin in range(0, 10000, 2500):
            self.sql("INSERT INTO dimension VALUES " +
                     ", ".join(f"('键-{n}', '名字 🏆 {n}')" for n in range(begin, begin + 2500)))
        keys = [{"k": f"键-{n * 7919 % 12000}"} for n in range(12000)]
        job = (self.events("k STRING, p AS PROCTIME()", keys) +
               "CREATE TABLE found (k STRING, name STRING) WITH ('connector' = 'changelog-file', 'path' = 'out.txt');\n")
        insert = ("INSERT INTO found SELECT e.k, d.name FROM events AS e LEFT JOIN dimension FOR SYSTEM_TIME AS OF e.p AS d "
                  "ON d.id = e.k;")
        before = self.num_queries()
        self.run_script(job + self.table("dimension", "id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED",
                                         ", 'lookup.cache' = 'PARTIAL', 'lookup.partial-cache.max-rows' = '20000'") + insert)
        queries = self.num_queries() - before
        self.assertLessEqual(queries, 12000 // 20)
        self.assertGreater(queries, 0)
        partial = sorted(self.lines("out.txt"))
        self.assertEqual(len(partial), 12000)
        self.assertEqual(sum("名字" in line for line in partial), 10000)
        self.assertIn("键-77", "".join(partial))
        self.run_script(job + self.table("dimension", "id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED",
                                         ", 'lookup.cache' = 'FULL'") + insert)
        self.assertEqual(sorted(self.lines("out.txt")), partial)
        self.run_script(job + self.table("dimension", "id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED") + insert)
        self.assertEqual(sorted(self.lines("out.txt")), partial)

    def test_lookup_by_several_columns(self):
        self.sql("DROP TABLE IF EXISTS pairs; CREATE TABLE pairs (a INT, b VARCHAR(20), d DATE, v VARCHAR(20)); "
                 "INSERT INTO pairs VALUES (1, 'x', '2024-02-29', 'one'), (1, 'x', '2024-02-29', 'uno'), "
                 "(1, 'y', '2024-02-29', 'two'), (2, 'x', '2024-03-01', 'three'), (NULL, 'x', '2024-03-01', 'none')")
        rows = [{"a": 1, "b": "x", "d": "2024-02-29"}, {"a": 2, "b": "x", "d": "2024-03-01"},
                {"a": 2, "b": "y", "d": "2024-03-01"}, {"a": 1, "b": "y", "d": "2024-03-01"}]
        self.run_script(
            self.events("a INT, b STRING, d DATE, p AS PROCTIME()", rows) +
            self.table("pairs", "a INT, b STRING, d DATE, v STRING") +
            "CREATE TABLE found (a INT, b STRING, v STRING) WITH ('connector' = 'changelog-file', 'path' = 'out.txt');\n"
            "INSERT INTO found SELECT e.a, e.b, q.v FROM events AS e JOIN pairs FOR SYSTEM_TIME AS OF e.p AS q "
            "ON q.a = e.a AND q.b = e.b AND q.d = e.d;")
        self.assertEqual(sorted(line.split(",")[-1].strip(' "])') for line in self.lines("out.txt")), ["one", "three", "uno"])

    # ---- Writing ----

    def test_upserts_and_deletes(self):
        self.sql("DROP TABLE IF EXISTS latest; CREATE TABLE latest (k VARCHAR(20) PRIMARY KEY, total BIGINT)")
        rows = [{"k": f"k{n % 100}", "n": n} for n in range(5000)]
        self.run_script(self.events("k STRING, n BIGINT", rows) +
                        self.table("latest", "k STRING, total BIGINT, PRIMARY KEY (k) NOT ENFORCED") +
                        "INSERT INTO latest SELECT k, SUM(n) FROM events GROUP BY k HAVING SUM(n) < 122550;")
        expected = {}
        for row in rows:
            expected[row["k"]] = expected.get(row["k"], 0) + row["n"]
        expected = sorted((k, str(total)) for k, total in expected.items() if total < 122550)
        self.assertTrue(0 < len(expected) < 100)
        self.assertEqual(sorted(self.sql("SELECT k, total FROM latest")), expected)

    def test_texts_survive(self):
        self.sql(f"DROP TABLE IF EXISTS texts; CREATE TABLE texts (id INT PRIMARY KEY, v {self.text_type})")
        rows = [{"id": n, "v": text} for n, text in enumerate(TEXTS)] + [{"id": 99, "v": None}]
        table = self.table("texts", "id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED")
        self.run_script(self.events("id INT, v STRING", rows) + table + "INSERT INTO texts SELECT * FROM events;")
        self.write("select.sql", table + "SELECT * FROM texts;")
        read = {row["id"]: row["v"] for row in self.json_lines(self.ok("query", "select.sql", "--output", "json"))}
        self.assertEqual(read, {row["id"]: row["v"] for row in rows})

    def partial_update(self, order, rows, version):
        self.sql("DROP TABLE IF EXISTS wide; CREATE TABLE wide (id INT PRIMARY KEY, a VARCHAR(20), b VARCHAR(20), "
                 "c VARCHAR(20), ts BIGINT)")
        options = ", 'sink.partial-update' = 'true'" + (", 'sink.version-column' = 'ts'" if version else "")
        table = self.table("wide", "id INT, a STRING, b STRING, c STRING, ts BIGINT, PRIMARY KEY (id) NOT ENFORCED", options)
        for kind in order:
            self.run_script(self.events("id INT, v STRING, ts BIGINT", rows[kind]) + table +
                            f"INSERT INTO wide (id, {kind}, ts) SELECT id, v, ts FROM events;")
        return sorted(self.sql("SELECT id, a, b, c, ts FROM wide"))

    def test_partial_updates_in_any_order(self):
        rows = {kind: [{"id": n, "v": f"{kind}{n}", "ts": 100 + n + offset} for n in range(300)]
                for offset, kind in enumerate("abc")}
        # An older value of a column comes late, in one batch with the newer one.
        for kind in "abc":
            rows[kind] += [{"id": n, "v": "older", "ts": 50} for n in range(0, 300, 3)]
        expected = sorted((str(n), f"a{n}", f"b{n}", f"c{n}", str(102 + n)) for n in range(300))
        for order in ("abc", "cba", "bca"):
            with self.subTest(order):
                self.assertEqual(self.partial_update(order, rows, True), expected)

    def test_several_writers_of_one_table(self):
        """As three types of events that fill one wide row, in one job: no deadlock stops them."""
        self.sql("DROP TABLE IF EXISTS shared; CREATE TABLE shared (id INT PRIMARY KEY, a VARCHAR(20), b VARCHAR(20), "
                 "c VARCHAR(20))")
        rows = [{"id": n * 7919 % 20000, "t": kind} for n in range(20000) for kind in "abc"]
        rows.sort(key=lambda row: (row["id"] * 31 % 977, row["t"]))
        table = self.table("shared", "id INT, a STRING, b STRING, c STRING, PRIMARY KEY (id) NOT ENFORCED",
                           ", 'sink.partial-update' = 'true'")
        inserts = "".join(f"INSERT INTO shared (id, {kind}) SELECT {order}, t FROM events WHERE t = '{kind}';\n"
                          for kind, order in (("a", "id"), ("b", "19999 - id"), ("c", "MOD(id * 3, 20000)")))
        self.run_script(self.events("id INT, t STRING", rows) + table + inserts, "-p", 2)
        self.assertEqual(self.sql("SELECT count(a), count(b), count(c), count(*) FROM shared"),
                         [("20000", "20000", str(len({n * 3 % 20000 for n in range(20000)})), "20000")])

    def test_null_does_not_overwrite_if_asked_for(self):
        self.sql("DROP TABLE IF EXISTS kept; CREATE TABLE kept (id INT PRIMARY KEY, a VARCHAR(20), b VARCHAR(20)); "
                 "INSERT INTO kept VALUES (1, 'old', 'old')")
        rows = [{"id": 1, "a": "new", "b": None}, {"id": 2, "a": None, "b": "x"}, {"id": 2, "a": "y", "b": None}]
        self.run_script(self.events("id INT, a STRING, b STRING", rows) +
                        self.table("kept", "id INT, a STRING, b STRING, PRIMARY KEY (id) NOT ENFORCED",
                                   ", 'sink.ignore-null-when-update' = 'true'") + "INSERT INTO kept SELECT * FROM events;")
        self.assertEqual(sorted(self.sql("SELECT * FROM kept")), [("1", "new", "old"), ("2", "y", "x")])

    def bad_rows(self):
        self.sql("DROP TABLE IF EXISTS strict; CREATE TABLE strict (id INT PRIMARY KEY, v VARCHAR(5) NOT NULL)")
        rows = [{"id": n, "v": "ok"} for n in range(1000)]
        rows[137]["v"] = "much too long"
        rows[900]["v"] = None
        return (self.events("id INT, v STRING", rows) +
                self.table("strict", "id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED") +
                "INSERT INTO strict SELECT * FROM events;")

    def test_a_bad_row_fails_the_job_with_its_key(self):
        error = self.refused_script(1, self.bad_rows())
        self.assertIn("SL3010", error)
        self.assertIn("id = 137", error)

    def test_bad_rows_become_dead_letters(self):
        self.run_script("SET 'dead-letter.path' = 'dead.jsonl';\n" + self.bad_rows())
        self.assertEqual(self.sql("SELECT count(*) FROM strict"), [("998",)])
        letters = [json.loads(line) for line in self.lines("dead.jsonl")]
        self.assertEqual([letter["code"] for letter in letters], ["SL3010"] * 2)
        for letter, key in zip(letters, ("id = 137", "id = 900")):
            self.assertIn(key, letter["reason"])

    # ---- Failures ----

    def feed(self, columns, options=", 'source.monitor-interval' = '50ms'"):
        """A job's endless source: the DDL, and a function that adds rows to it."""
        (self.folder / "incoming").mkdir()
        count = [0]

        def add(rows):
            count[0] += 1
            part = self.write("part", "".join(json.dumps(row) + "\n" for row in rows))
            part.rename(self.folder / f"incoming/{count[0]:05}.jsonl")

        return (f"CREATE TABLE events ({columns}) WITH ('connector' = 'filesystem', 'path' = 'incoming', 'format' = 'json'"
                f"{options});\n"), add

    def endless_sink(self, port=None, options=""):
        self.sql("DROP TABLE IF EXISTS arrived; CREATE TABLE arrived (id INT PRIMARY KEY, v VARCHAR(20))")
        source, add = self.feed("id INT, v STRING")
        job = ("SET 'execution.checkpointing.interval' = '200ms';\n" + source +
               self.table("arrived", "id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED", options,
                          url=self.server.url(port=port)) + "INSERT INTO arrived SELECT * FROM events;")
        return job, lambda begin, end: add([{"id": n, "v": f"v{n}"} for n in range(begin, end)])

    def num_arrived(self):
        return int(self.sql("SELECT count(*) FROM arrived")[0][0])

    def finish(self, running):
        running.signal(signal.SIGTERM)
        self.assertEqual(running.wait(), 0, running.stderr)

    def test_server_killed_and_restarted_under_a_sink(self):
        job, add = self.endless_sink()
        running = self.start_script(job)
        add(0, 1000)
        running.wait_until(lambda: self.num_arrived() == 1000, "the first rows")
        self.server.kill()
        for part in range(1, 6):
            add(part * 1000, part * 1000 + 1000)
        running.wait_until(lambda: "next try" in running.stderr, "a word about the lost server")
        self.server.start()
        running.wait_until(lambda: self.num_arrived() == 6000, "all rows")
        self.finish(running)

    def test_connections_cut_under_a_sink(self):
        proxy = self.proxy()
        job, add = self.endless_sink(proxy.port)
        running = self.start_script(job)
        for part in range(20):
            if part % 4 == 1:
                proxy.cut()
            if part % 4 == 3:
                proxy.cut_after_bytes = 3000  # in the middle of a statement
            add(part * 500, part * 500 + 500)
            running.wait_until(lambda: self.num_arrived() >= part * 500, "the rows of before")
        running.wait_until(lambda: self.num_arrived() == 10000, "all rows")
        self.assertGreater(proxy.num_connections, 5)
        self.finish(running)

    def test_server_down_at_the_start(self):
        job, add = self.endless_sink()
        add(0, 10)
        self.server.stop()
        running = self.start_script(job)
        running.wait_until(lambda: "it is tried again" in running.stderr, "a word about the missing server")
        self.server.start()
        running.wait_until(lambda: self.num_arrived() == 10, "all rows")
        self.finish(running)

    def test_gives_up_with_a_clear_word(self):
        job, add = self.endless_sink(options=", 'connection.max-retry-timeout' = '1s', 'sink.max-retries' = '1'")
        add(0, 10)
        running = self.start_script(job)
        running.wait_until(lambda: self.num_arrived() == 10, "the first rows")
        self.server.stop()
        add(10, 20)
        self.assertEqual(running.wait(), 1)
        error = running.stderr.splitlines()[-1] if running.stderr else ""
        self.assertIn("SL3005", running.stderr)
        self.assertIn(f"127.0.0.1:{self.server.port}", running.stderr, error)
        self.assertIn("check that the server runs", running.stderr)

    def test_lookups_survive_cut_connections_and_a_restart(self):
        self.sql("DROP TABLE IF EXISTS names; CREATE TABLE names (id INT PRIMARY KEY, v VARCHAR(20)); INSERT INTO names VALUES " +
                 ", ".join(f"({n}, 'v{n}')" for n in range(5000)))
        proxy = self.proxy()
        source, add = self.feed("id INT, p AS PROCTIME()")
        running = self.start_script(
            source + self.table("names", "id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED",
                                ", 'lookup.cache' = 'PARTIAL', 'lookup.partial-cache.max-rows' = '10000'",
                                url=self.server.url(port=proxy.port)) +
            "CREATE TABLE found (id INT, v STRING) WITH ('connector' = 'changelog-file', 'path' = 'out.txt');\n"
            "INSERT INTO found SELECT e.id, n.v FROM events AS e LEFT JOIN names FOR SYSTEM_TIME AS OF e.p AS n ON n.id = e.id;")

        def arrived():
            return self.lines("out.txt") if (self.folder / "out.txt").exists() else []

        add([{"id": n} for n in range(1000)])
        running.wait_until(lambda: len(arrived()) == 1000, "the first rows")
        proxy.cut()
        add([{"id": n} for n in range(1000, 2000)])
        running.wait_until(lambda: len(arrived()) == 2000, "rows after the cut")
        self.server.kill()
        add([{"id": n} for n in range(2000)])  # all of them cached
        running.wait_until(lambda: len(arrived()) == 4000, "cached rows while the server is down")
        add([{"id": n} for n in range(2000, 3000)])
        running.wait_until(lambda: "lookup in table names" in running.stderr, "a word about the lost server")
        self.server.start()
        running.wait_until(lambda: len(arrived()) == 5000, "rows after the restart")
        self.assertFalse([line for line in arrived() if "NULL" in line or "null" in line])
        self.finish(running)

    def test_corrupted_and_slow_connections(self):
        proxy = self.proxy()
        job, add = self.endless_sink(proxy.port)
        job = job.replace(self.server.url(port=proxy.port), self.server.url(self.one_second, port=proxy.port))
        running = self.start_script(job)
        add(0, 100)
        running.wait_until(lambda: self.num_arrived() == 100, "the first rows")
        proxy.delay_s = 0.05
        add(100, 200)
        running.wait_until(lambda: self.num_arrived() == 200, "rows through a slow connection")
        proxy.delay_s = 0
        proxy.corrupting = True
        add(200, 300)
        running.wait_until(lambda: "next try" in running.stderr, "a word about the garbled connection")
        proxy.corrupting = False
        running.wait_until(lambda: self.num_arrived() == 300, "rows through a sound connection")
        self.finish(running)

    def test_a_silent_server_is_taken_for_lost(self):
        proxy = self.proxy()
        job, add = self.endless_sink(proxy.port)
        job = job.replace(self.server.url(port=proxy.port), self.server.url(self.one_second, port=proxy.port))
        running = self.start_script(job)
        add(0, 100)
        running.wait_until(lambda: self.num_arrived() == 100, "the first rows")
        proxy.stalled = True
        add(100, 200)
        running.wait_until(lambda: "next try" in running.stderr, "a word about the silent server")
        proxy.stalled = False
        running.wait_until(lambda: self.num_arrived() == 200, "all rows")
        self.finish(running)

    # ---- Mistakes ----

    def test_wrong_password(self):
        self.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (a INT)")
        started = time.monotonic()
        error = self.refused_script(1, self.table("t", "a INT", password="wr0ng-pass") + "INSERT INTO t SELECT 1;")
        self.assertLess(time.monotonic() - started, 10)
        self.assertIn("check 'username' and 'password'", error)
        self.assertIn("127.0.0.1", error)
        self.assertNotIn("wr0ng-pass", error)

    def test_missing_database_and_table(self):
        error = self.refused_script(1, self.table("nowhere", "a INT") + "INSERT INTO nowhere SELECT 1;")
        self.assertIn("no table 'nowhere'", error)
        url = self.server.url().replace("/shop", "/nothing")
        error = self.refused_script(1, self.table("t", "a INT", url=url) + "INSERT INTO t SELECT 1;")
        self.assertIn("nothing", error)

    def test_all_mismatches_in_one_message(self):
        self.sql("DROP TABLE IF EXISTS other; CREATE TABLE other (id INT PRIMARY KEY, user_name VARCHAR(20), n VARCHAR(20), "
                 "must INT NOT NULL)")
        error = self.refused_script(
            1, self.table("other", "id INT, username STRING, n INT, PRIMARY KEY (id) NOT ENFORCED") +
            "INSERT INTO other SELECT 1, 'a', 2;")
        self.assertIn("SL1310", error)
        for part in ("no column 'username' (but 'user_name')", "cannot hold INT", "'must' is NOT NULL there"):
            self.assertIn(part, error)
        self.sql("DROP TABLE IF EXISTS nokey; CREATE TABLE nokey (id INT)")
        error = self.refused_script(1, self.table("nokey", "id INT, PRIMARY KEY (id) NOT ENFORCED") +
                                    "INSERT INTO nokey SELECT 1;")
        self.assertIn("no PRIMARY KEY or unique index", error)

    def test_unknown_parameters_of_the_url_are_named(self):
        self.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (a INT)")
        self.write("job.sql", self.table("t", "a INT", url=self.server.url("?connectTimeut=1000")) + "INSERT INTO t SELECT 1;")
        result = self.sluice("run", "job.sql")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("'connectTimeut' is not known", result.stderr)
        self.assertIn("did you mean 'connectTimeout'", result.stderr)

    def test_validate_tries_the_connections(self):
        self.sql("DROP TABLE IF EXISTS good; CREATE TABLE good (id INT PRIMARY KEY, v VARCHAR(20)); "
                 "DROP TABLE IF EXISTS narrow; CREATE TABLE narrow (id INT PRIMARY KEY)")
        columns = "id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED"
        good, narrow = self.table("good", columns), self.table("narrow", columns)
        self.write("good.sql", good + "INSERT INTO good SELECT 1, 'a';")
        out = self.ok("validate", "good.sql", "--connect")
        self.assertRegex(out, r"good\W+write\W+jdbc\W+ok")
        self.assertEqual(self.sql("SELECT count(*) FROM good"), [("0",)])
        self.write("bad.sql", good + narrow + "INSERT INTO narrow SELECT * FROM good;")
        result = self.sluice("validate", "bad.sql", "--connect")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertRegex(result.stdout, r"good\W+read\W+jdbc\W+ok")
        self.assertIn("no column 'v'", result.stdout)
        self.assertEqual(self.sluice("validate", "bad.sql").returncode, 0)

    # ---- The example's job ----

    def test_wrongbook(self):
        """Its three dimensions and its wide table on this server give the rows that SQLite gives."""
        self.dimensions()
        self.ok("events", "--count", 3000, "--out", "events.jsonl")
        self.ok("run", EXAMPLES / "job.sql", "--var", "events=events.jsonl", "--var", "db=wrongbook.db", "--quiet")
        query = "SELECT * FROM wrongbook_wide ORDER BY event_id, teaching_type_id"
        expected = [tuple("NULL" if value is None else str(value) for value in row)
                    for row in self.rows(self.folder / "wrongbook.db", query)]
        self.sql(self.wrongbook_tables)
        for name in ("pattern", "teaching_type", "teaching_type_pt"):
            rows = self.rows(self.folder / "wrongbook.db", f"SELECT * FROM {name}")
            for begin in range(0, len(rows), 1000):
                values = ", ".join("(" + ", ".join(str(v) if isinstance(v, int) else f"'{v}'" for v in row) + ")"
                                   for row in rows[begin:begin + 1000])
                self.sql(f"INSERT INTO {name} VALUES {values}")
        account = (f"'url' = '{self.server.url()}', 'username' = '{self.user}', "
                   f"'password' = '${{file:{self.password_file}}}'")
        script = (EXAMPLES / "job.sql").read_text(encoding="utf-8").replace("'url' = 'jdbc:sqlite:${db:-wrongbook.db}'", account)
        before = self.num_queries()
        self.run_script(script, "--var", "events=events.jsonl")
        self.assertLess(self.num_queries() - before, 200)
        self.assertEqual(self.comparable(self.sql(query)), self.comparable(expected))

    @staticmethod
    def comparable(rows):
        """Sorted, and without the zeros at the end of a fraction, which not every server shows."""
        return sorted(tuple(re.sub(r"(:\d\d(\.\d*[1-9])?)\.?0*$", r"\1", value) for value in row) for row in rows)


def wrongbook_tables(text, timestamp):
    """The example's tables, in a server's types."""
    return f"""
DROP TABLE IF EXISTS pattern; DROP TABLE IF EXISTS teaching_type;
DROP TABLE IF EXISTS teaching_type_pt; DROP TABLE IF EXISTS wrongbook_wide;
CREATE TABLE pattern (id {text} NOT NULL PRIMARY KEY, name {text} NOT NULL, is_delete INTEGER NOT NULL);
CREATE TABLE teaching_type (id BIGINT NOT NULL PRIMARY KEY, name {text} NOT NULL, is_delete INTEGER NOT NULL);
CREATE TABLE teaching_type_pt (id BIGINT NOT NULL PRIMARY KEY, pt_id {text} NOT NULL, teaching_type_id BIGINT NOT NULL,
  is_delete INTEGER NOT NULL);
CREATE INDEX teaching_type_pt_by_pattern ON teaching_type_pt (pt_id);
CREATE TABLE wrongbook_wide (
  event_id {text} NOT NULL, fix_id BIGINT, wrong_id {text}, user_id {text}, subject {text}, subject_name {text},
  question {text}, pattern_id {text}, pattern_name {text}, teaching_type_id BIGINT NOT NULL, teaching_type_name {text},
  collect_time {timestamp}, fix_time {timestamp}, fix_result INTEGER, fix_result_desc {text}, event_time {timestamp},
  PRIMARY KEY (event_id, teaching_type_id));
"""
