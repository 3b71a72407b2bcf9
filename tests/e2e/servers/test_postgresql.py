"""The jdbc connector on a real PostgreSQL."""

import json
import time

from database_jobs import Common, DatabaseTests, wrongbook_tables
from postgresql import PASSWORD, USER, PostgreSql


class Postgresql(Common, DatabaseTests):
    server_class = PostgreSql
    user, password = USER, PASSWORD
    text_type = "TEXT"
    one_second = "?socketTimeout=1&connectTimeout=1"
    wrongbook_tables = wrongbook_tables("VARCHAR(190)", "TIMESTAMP(3)")

    def num_queries(self):
        """Transactions, of which a query is one here."""
        self.sql("SELECT pg_stat_clear_snapshot(); SELECT pg_stat_force_next_flush()")
        return int(self.sql("SELECT xact_commit FROM pg_stat_database WHERE datname = 'shop'")[0][0])

    def test_types(self):
        self.sql("""
            DROP TABLE IF EXISTS types; DROP TYPE IF EXISTS colour; CREATE TYPE colour AS ENUM ('红', '绿');
            CREATE TABLE types (id INT PRIMARY KEY, b BOOLEAN, s SMALLINT, l BIGINT, n NUMERIC(38, 10), r REAL,
              f DOUBLE PRECISION, e colour, j JSONB, u UUID, octets BYTEA, day DATE, t TIME(3), ts TIMESTAMP(6),
              tz TIMESTAMPTZ(3), c CHAR(5), v VARCHAR(20), ip INET);
            INSERT INTO types VALUES (1, true, -32768, -9223372036854775808, 1234567890123456789012345678.0123456789, 0.1,
              'Infinity', '绿', '{"a": [1]}', '00000000-0000-0000-0000-00000000000f', '\\x00ff', '2024-02-29', '23:59:59.999',
              '2024-02-29 12:34:56.123456', '2024-06-01 00:00:00+08', 'x', '长', '10.0.0.1');
            INSERT INTO types (id) VALUES (2);
            DROP TABLE IF EXISTS copy; CREATE TABLE copy (LIKE types INCLUDING ALL)""")
        columns = ("id INT, b BOOLEAN, s SMALLINT, l BIGINT, n DECIMAL(38, 10), r FLOAT, f DOUBLE, e STRING, j STRING, u STRING, "
                   "octets BYTES, `day` DATE, t TIME(3), ts TIMESTAMP(6), tz TIMESTAMP_LTZ(3), c CHAR(5), v STRING, ip STRING, "
                   "PRIMARY KEY (id) NOT ENFORCED")
        self.run_script("SET 'table.local-time-zone' = 'America/New_York';\n" + self.table("types", columns) +
                        self.table("copied", columns, stored="public.copy") + "INSERT INTO copied SELECT * FROM types;")
        rows = self.sql("SELECT * FROM types ORDER BY id")
        self.assertEqual(len(rows), 2)
        self.assertEqual(self.sql("SELECT * FROM copy ORDER BY id"), rows)

    def test_arrays_are_refused(self):
        self.sql("DROP TABLE IF EXISTS tags; CREATE TABLE tags (id INT, tags TEXT[])")
        error = self.refused_script(1, self.table("tags", "id INT, tags STRING") +
                                    "CREATE TABLE found (id INT, t STRING) WITH ('connector' = 'blackhole');\n"
                                    "INSERT INTO found SELECT * FROM tags;")
        self.assertIn("column 'tags' is text[] there, which cannot be read as STRING", error)

    def test_names_are_found_in_either_case(self):
        self.sql('DROP TABLE IF EXISTS "Mixed"; CREATE TABLE "Mixed" (id INT PRIMARY KEY, "userName" TEXT); '
                 'DROP TABLE IF EXISTS folded; CREATE TABLE folded (id INT PRIMARY KEY, username TEXT)')
        for stored in ("Mixed", "FOLDED"):
            self.run_script(self.table("t", "id INT, userName STRING, PRIMARY KEY (id) NOT ENFORCED", stored=stored) +
                            "INSERT INTO t SELECT 1, 'a';")
        self.assertEqual(self.sql('SELECT * FROM "Mixed"') + self.sql("SELECT * FROM folded"), [("1", "a")] * 2)

    def test_keys_that_no_row_can_have_find_nothing(self):
        self.sql("DROP TABLE IF EXISTS small; CREATE TABLE small (id SMALLINT, t TEXT, v TEXT); "
                 "INSERT INTO small VALUES (7, 'a', 'seven')")
        rows = [{"id": 7, "t": "a"}, {"id": 3000000000, "t": "a"}, {"id": 7, "t": "a\0"}]
        self.run_script(self.events("id BIGINT, t STRING, p AS PROCTIME()", rows) +
                        self.table("small", "id BIGINT, t STRING, v STRING") +
                        "CREATE TABLE found (id BIGINT, v STRING) WITH ('connector' = 'changelog-file', 'path' = 'out.txt');\n"
                        "INSERT INTO found SELECT e.id, s.v FROM events AS e LEFT JOIN small FOR SYSTEM_TIME AS OF e.p AS s "
                        "ON s.id = e.id AND s.t = e.t;")
        self.assertEqual([json.loads(line)[1:] for line in self.lines("out.txt")],
                         [["7", "seven"], ["3000000000", None], ["7", None]])

    def test_encryption_that_the_server_lacks_is_told_at_once(self):
        self.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (a INT)")
        started = time.monotonic()
        error = self.refused_script(1, self.table("t", "a INT", url=self.server.url("?sslmode=require")) +
                                    "INSERT INTO t SELECT 1;")
        self.assertIn("SSL", error)
        self.assertLess(time.monotonic() - started, 10)

    def test_nul_in_a_text_is_a_bad_row(self):
        self.sql("DROP TABLE IF EXISTS texts; CREATE TABLE texts (id INT PRIMARY KEY, v TEXT)")
        rows = [{"id": 1, "v": "a\0b"}, {"id": 2, "v": "good"}]
        self.run_script("SET 'dead-letter.path' = 'dead.jsonl';\n" + self.events("id INT, v STRING", rows) +
                        self.table("texts", "id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED") +
                        "INSERT INTO texts SELECT * FROM events;")
        self.assertEqual(self.sql("SELECT * FROM texts"), [("2", "good")])
        self.assertIn("NUL", self.lines("dead.jsonl")[0])

    def test_schema_of_the_url(self):
        self.sql("DROP SCHEMA IF EXISTS other CASCADE; CREATE SCHEMA other AUTHORIZATION sluice; CREATE TABLE other.t (a INT); "
                 "GRANT ALL ON other.t TO sluice")
        self.run_script(self.table("t", "a INT", url=self.server.url("?currentSchema=other")) + "INSERT INTO t SELECT 7;")
        self.assertEqual(self.sql("SELECT * FROM other.t"), [("7",)])

    def test_killed_session(self):
        job, add = self.endless_sink()
        running = self.start_script(job)
        add(0, 100)
        running.wait_until(lambda: self.num_arrived() == 100, "the first rows")
        self.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{USER}'")
        add(100, 200)
        running.wait_until(lambda: self.num_arrived() == 200, "rows after the kill")
        self.finish(running)

    def test_read_only_server_is_never_a_dead_letter(self):
        job, add = self.endless_sink()
        running = self.start_script("SET 'dead-letter.path' = 'dead.jsonl';\n" + job)
        add(0, 100)
        running.wait_until(lambda: self.num_arrived() == 100, "the first rows")
        self.addCleanup(self.sql, "ALTER ROLE sluice RESET default_transaction_read_only")
        self.sql("ALTER ROLE sluice SET default_transaction_read_only = on; "
                 f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{USER}'")
        add(100, 200)
        running.wait_until(lambda: "SQLSTATE 25006" in running.stderr, "a word about the read-only server")
        self.sql("ALTER ROLE sluice RESET default_transaction_read_only; "
                 f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{USER}'")
        running.wait_until(lambda: self.num_arrived() == 200, "all rows")
        self.finish(running)
        self.assertEqual(self.lines("dead.jsonl") if (self.folder / "dead.jsonl").exists() else [], [])

    def test_vendor_name(self):
        self.sql("DROP TABLE IF EXISTS vendor; CREATE TABLE vendor (id INT PRIMARY KEY, v TEXT); "
                 "INSERT INTO vendor VALUES (1, 'one')")
        table = ("CREATE TABLE target (id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'hologres', "
                 f"'endpoint' = '127.0.0.1:{self.server.port}', 'dbname' = 'shop', 'tablename' = 'public.vendor', "
                 f"'username' = '{USER}', 'password' = '${{file:{self.password_file}}}'{{}});\n")
        rows = self.events("id INT, v STRING", [{"id": 1, "v": "uno"}, {"id": 2, "v": "due"}])
        insert = "INSERT INTO target SELECT * FROM events;"
        self.run_script(rows + table.replace("{}", "") + insert)
        self.assertEqual(self.sql("SELECT * FROM vendor ORDER BY id"), [("1", "one"), ("2", "due")])
        self.run_script(rows + table.replace("{}", ", 'mutateType' = 'insertOrUpdate'") + insert)
        self.assertEqual(self.sql("SELECT * FROM vendor ORDER BY id"), [("1", "uno"), ("2", "due")])
