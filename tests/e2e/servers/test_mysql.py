"""The jdbc connector on a real MariaDB."""

import json
import subprocess
import time

from database_jobs import Common, DatabaseTests, wrongbook_tables
from mariadb import PASSWORD, USER, EncryptedMariaDb, MariaDb


class Mysql(Common, DatabaseTests):
    server_class = MariaDb
    user, password = USER, PASSWORD
    text_type = "TEXT"
    one_second = "?socketTimeout=1000&connectTimeout=1000"
    wrongbook_tables = wrongbook_tables("VARCHAR(190)", "DATETIME(3)")

    def num_queries(self):
        return self.server.counter("Com_select") + self.server.counter("Com_insert")

    def test_types(self):
        self.sql("""
            DROP TABLE IF EXISTS types;
            CREATE TABLE types (id INT PRIMARY KEY, b TINYINT(1), bits BIT(1), wide BIT(20), u BIGINT UNSIGNED, i INT UNSIGNED,
              d DECIMAL(38,10), f DOUBLE, e ENUM('红','绿'), j JSON, y YEAR, octets VARBINARY(20), day DATE, t TIME(3),
              dt DATETIME(6), ts TIMESTAMP(3) NULL, c CHAR(5), long_text LONGTEXT);
            INSERT INTO types VALUES (1, 1, b'1', b'10000000000000000001', 18446744073709551615, 4294967295,
              1234567890123456789012345678.0123456789, 0.1, '绿', '{"a": [1]}', 2024, X'00ff', '2024-02-29', '23:59:59.999',
              '2024-02-29 12:34:56.123456', '2024-06-01 00:00:00', 'x', '长');
            INSERT INTO types (id) VALUES (2)""")
        columns = ("id INT, b BOOLEAN, bits BOOLEAN, wide INT, u DECIMAL(20, 0), i BIGINT, d DECIMAL(38, 10), f DOUBLE, e STRING, "
                   "j STRING, y INT, octets BYTES, `day` DATE, t TIME(3), dt TIMESTAMP(6), ts TIMESTAMP_LTZ(3), c CHAR(5), "
                   "long_text STRING, PRIMARY KEY (id) NOT ENFORCED")
        self.sql("DROP TABLE IF EXISTS copy; CREATE TABLE copy LIKE types")
        self.run_script("SET 'table.local-time-zone' = 'America/New_York';\n" + self.table("types", columns) +
                        self.table("copied", columns, stored="copy") + "INSERT INTO copied SELECT * FROM types;")
        compared = "id, b, bits + 0, wide + 0, u, i, d, f, e, j, y, HEX(octets), day, t, dt, ts, c, long_text"
        rows = self.sql(f"SELECT {compared} FROM types ORDER BY id")
        self.assertEqual(len(rows), 2)
        self.assertEqual(self.sql(f"SELECT {compared} FROM copy ORDER BY id"), rows)

    def test_timestamp_is_an_instant_and_datetime_is_not(self):
        self.sql("DROP TABLE IF EXISTS times; CREATE TABLE times (id INT PRIMARY KEY, dt DATETIME, ts TIMESTAMP NULL); "
                 "SET time_zone = '+00:00'; INSERT INTO times VALUES (1, '2024-07-01 12:00:00', '2024-07-01 12:00:00')")
        table = self.table("times", "id INT, dt TIMESTAMP(0), ts TIMESTAMP(0)")
        self.write("select.sql", "SET 'table.local-time-zone' = 'Asia/Shanghai';\n" + table +
                   "SELECT CAST(dt AS STRING), CAST(ts AS STRING) FROM times;")
        self.assertEqual(self.json_lines(self.ok("query", "select.sql", "--output", "json")),
                         [{"EXPR$0": "2024-07-01 12:00:00", "EXPR$1": "2024-07-01 20:00:00"}])

    def test_encryption_that_the_server_lacks_is_told_at_once(self):
        self.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (a INT)")
        started = time.monotonic()
        error = self.refused_script(1, self.table("t", "a INT", url=self.server.url("?sslMode=REQUIRED")) +
                                    "INSERT INTO t SELECT 1;")
        self.assertIn("SSL", error)
        self.assertLess(time.monotonic() - started, 10)

    def test_lock_timeouts_are_tried_again(self):
        """Another session holds a row for longer than the job's session waits for it."""
        job, add = self.endless_sink()
        job = job.replace(self.server.url(), self.server.url("?sessionVariables=innodb_lock_wait_timeout=1"))
        running = self.start_script(job)
        add(0, 10)
        running.wait_until(lambda: self.num_arrived() == 10, "the first rows")
        holder = subprocess.Popen([*self.server.client(), "shop"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self.addCleanup(holder.wait)
        self.addCleanup(holder.stdin.close)
        holder.stdin.write("BEGIN; UPDATE arrived SET v = 'held' WHERE id = 5; SELECT SLEEP(0.01);\n")
        holder.stdin.flush()
        time.sleep(0.5)
        add(5, 20)
        running.wait_until(lambda: "error 1205" in running.stderr, "a word about the lock")
        holder.stdin.write("COMMIT;\n")
        holder.stdin.flush()
        running.wait_until(lambda: self.num_arrived() == 20, "all rows")
        self.assertEqual(self.sql("SELECT v FROM arrived WHERE id = 5"), [("v5",)])
        self.finish(running)

    def test_table_that_goes_away_under_the_job(self):
        job, add = self.endless_sink()
        running = self.start_script(job)
        add(0, 10)
        running.wait_until(lambda: self.num_arrived() == 10, "the first rows")
        self.sql("ALTER TABLE arrived DROP COLUMN v")
        add(10, 20)
        self.assertEqual(running.wait(), 1)
        self.assertIn("Unknown column 'v'", running.stderr)
        self.assertIn("table arrived", running.stderr)

    def test_zero_dates(self):
        self.sql("DROP TABLE IF EXISTS zero; CREATE TABLE zero (id INT, d DATE, dt DATETIME); "
                 "SET sql_mode = ''; INSERT INTO zero VALUES (1, '0000-00-00', '0000-00-00')")
        select = "SELECT CAST(d AS STRING) AS d, CAST(dt AS STRING) AS dt FROM zero;"

        def run(parameters):
            self.write("select.sql", self.table("zero", "id INT, d DATE, dt TIMESTAMP(0)", url=self.server.url(parameters)) + select)
            return self.sluice("query", "select.sql", "--output", "json")

        self.assertIn("zeroDateTimeBehavior=CONVERT_TO_NULL", run("").stderr)
        self.assertEqual(self.json_lines(run("?zeroDateTimeBehavior=convertToNull").stdout), [{"d": None, "dt": None}])
        self.assertEqual(self.json_lines(run("?zeroDateTimeBehavior=ROUND").stdout),
                         [{"d": "0001-01-01", "dt": "0001-01-01 00:00:00"}])

    def test_lookup_takes_for_equal_what_the_server_does(self):
        self.sql("DROP TABLE IF EXISTS ci; CREATE TABLE ci (k VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci "
                 "PRIMARY KEY, v INT); INSERT INTO ci VALUES ('Abc', 1), ('straße', 2)")
        rows = [{"k": key} for key in ("abc", "ABC", "abc ", "abd", "STRASSE", "straße", "🏆")]
        self.run_script(self.events("k STRING, p AS PROCTIME()", rows) + self.table("ci", "k STRING, v INT") +
                        "CREATE TABLE found (k STRING, v INT) WITH ('connector' = 'changelog-file', 'path' = 'out.txt');\n"
                        "INSERT INTO found SELECT e.k, c.v FROM events AS e JOIN ci FOR SYSTEM_TIME AS OF e.p AS c ON c.k = e.k;")
        found = [row["k"] for row in rows[:-1] if self.sql(f"SELECT v FROM ci WHERE k = '{row['k']}'")]
        self.assertEqual([json.loads(line)[1] for line in self.lines("out.txt")], found)
        self.assertGreaterEqual(len(found), 4)

    def test_read_only_server_is_never_a_dead_letter(self):
        """As in a fail-over: the old primary turns read-only under the job."""
        job, add = self.endless_sink()
        running = self.start_script("SET 'dead-letter.path' = 'dead.jsonl';\n" + job)
        add(0, 100)
        running.wait_until(lambda: self.num_arrived() == 100, "the first rows")
        self.sql("SET GLOBAL read_only = 1")
        self.addCleanup(self.sql, "SET GLOBAL read_only = 0")
        add(100, 200)
        running.wait_until(lambda: "error 1290" in running.stderr, "a word about the read-only server")
        self.sql("SET GLOBAL read_only = 0")
        running.wait_until(lambda: self.num_arrived() == 200, "all rows")
        self.finish(running)
        self.assertEqual(self.lines("dead.jsonl") if (self.folder / "dead.jsonl").exists() else [], [])

    def test_killed_session(self):
        job, add = self.endless_sink()
        running = self.start_script(job)
        add(0, 100)
        running.wait_until(lambda: self.num_arrived() == 100, "the first rows")
        for (session,) in self.sql(f"SELECT id FROM information_schema.processlist WHERE user = '{USER}'"):
            self.sql(f"KILL {session}")
        add(100, 200)
        running.wait_until(lambda: self.num_arrived() == 200, "rows after the kill")
        self.finish(running)

    def test_password_that_changed_under_the_job(self):
        job, add = self.endless_sink(options=", 'connection.max-retry-timeout' = '1s'")
        running = self.start_script(job)
        add(0, 100)
        running.wait_until(lambda: self.num_arrived() == 100, "the first rows")
        escaped = PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
        self.addCleanup(self.sql, f"ALTER USER {USER} IDENTIFIED BY '{escaped}'")
        self.sql(f"ALTER USER {USER} IDENTIFIED BY 'other'")
        for (session,) in self.sql(f"SELECT id FROM information_schema.processlist WHERE user = '{USER}'"):
            self.sql(f"KILL {session}")
        add(100, 200)
        self.assertEqual(running.wait(), 1)
        self.assertIn("check 'username' and 'password'", running.stderr)

    def test_vendor_names(self):
        self.sql("DROP TABLE IF EXISTS vendor; CREATE TABLE vendor (id INT PRIMARY KEY, v VARCHAR(20)); "
                 "INSERT INTO vendor VALUES (1, 'one')")
        secret = f"${{file:{self.password_file}}}"
        columns = "id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED"
        mysql = (f"CREATE TABLE dim ({columns}) WITH ('connector' = 'mysql', 'hostname' = '127.0.0.1', "
                 f"'port' = '{self.server.port}', 'username' = '{USER}', 'password' = '{secret}', 'database-name' = 'shop', "
                 "'table-name' = 'vendor', 'lookup.cache.strategy' = 'LRU', 'lookup.cache.max-rows' = '100', "
                 "'lookup.cache.ttl' = '10 min');\n")
        rds = (f"CREATE TABLE target ({columns}) WITH ('connector' = 'rds', 'url' = '{self.server.url()}', "
               f"'userName' = '{USER}', 'password' = '{secret}', 'tableName' = 'vendor', 'ignoreDelete' = 'true');\n")
        self.run_script(self.events("id INT, p AS PROCTIME()", [{"id": 1}, {"id": 2}]) + mysql + rds +
                        "INSERT INTO target SELECT e.id + 10, COALESCE(d.v, 'none') FROM events AS e "
                        "LEFT JOIN dim FOR SYSTEM_TIME AS OF e.p AS d ON d.id = e.id;")
        self.assertEqual(self.sql("SELECT * FROM vendor ORDER BY id"), [("1", "one"), ("11", "one"), ("12", "none")])


class Encrypted(DatabaseTests):
    server_class = EncryptedMariaDb
    user, password = USER, PASSWORD

    def session(self, parameters):
        """Writes a row into a table whose trigger notes the cipher of the session."""
        self.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (a INT, cipher VARCHAR(100)); "
                 "CREATE TRIGGER note BEFORE INSERT ON t FOR EACH ROW SET NEW.cipher = "
                 "(SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'SSL_CIPHER')")
        self.write("job.sql", self.table("t", "a INT", url=self.server.url(parameters)) + "INSERT INTO t (a) SELECT 1;")
        result = self.sluice("run", "job.sql")
        return result, self.sql("SELECT cipher FROM t")

    def test_encrypts_if_it_can_or_must(self):
        certificate = self.server.folder / "certificate.pem"
        for parameters in ("", "?sslMode=REQUIRED", "?useSSL=true", f"?sslMode=VERIFY_IDENTITY&serverSslCert={certificate}"):
            with self.subTest(parameters):
                result, rows = self.session(parameters)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertRegex(rows[0][0], "^TLS_|^ECDHE")
        for parameters in ("?useSSL=false", "?sslMode=DISABLED"):
            with self.subTest(parameters):
                self.assertEqual(self.session(parameters)[1], [("",)])

    def test_a_certificate_that_nobody_vouches_for_is_refused(self):
        result, rows = self.session("?sslMode=VERIFY_CA")
        self.assertEqual((result.returncode, rows), (1, []), result.stderr)
        self.assertRegex(result.stderr, "(?i)certificate|SSL")
