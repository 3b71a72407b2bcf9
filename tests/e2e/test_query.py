"""sluice query, explain, validate and the interactive shell."""

import json
import unittest

from harness import EXAMPLES, SluiceTest

ORDERS = """CREATE TABLE orders (id INT, name STRING, amount DECIMAL(10, 2))
  WITH ('connector' = 'filesystem', 'path' = 'orders.jsonl', 'format' = 'json');
"""
ROWS = """{"id": 1, "name": "a", "amount": 1.5}
{"id": 2, "name": "b", "amount": 2}
{"id": 3, "name": "a", "amount": 4}
{"id": 4, "name": null, "amount": null}
"""


class QueryTest(SluiceTest):
    def setUp(self):
        super().setUp()
        self.write("orders.jsonl", ROWS)

    def query(self, select, *arguments):
        self.write("query.sql", ORDERS + select + ";\n")
        return self.ok("query", "query.sql", *arguments)


class Query(QueryTest):
    def test_text_is_one_json_array_a_line(self):
        lines = self.json_lines(self.query("SELECT id, name, amount FROM orders", "--output", "text"))
        self.assertEqual(lines, [["1", "a", "1.50"], ["2", "b", "2.00"], ["3", "a", "4.00"], ["4", None, None]])

    def test_updates_are_folded(self):
        lines = self.json_lines(self.query("SELECT name, COUNT(*) FROM orders GROUP BY name", "--output", "text"))
        self.assertCountEqual(lines, [["a", "2"], ["b", "1"], [None, "1"]])

    def test_changelog_names_the_kind(self):
        lines = self.json_lines(self.query("SELECT id, name FROM orders WHERE id < 2", "--output", "text", "--changelog"))
        self.assertEqual(lines, [["+I", "1", "a"]])

    def test_json_objects(self):
        lines = self.json_lines(self.query("SELECT id, name FROM orders WHERE id IN (1, 4)", "--output", "json"))
        self.assertEqual(lines, [{"id": 1, "name": "a"}, {"id": 4, "name": None}])

    def test_table_is_the_default(self):
        text = self.query("SELECT id, name FROM orders")
        self.assertIn("id", text.splitlines()[0] + text.splitlines()[1])
        self.assertIn("NULL", text)

    def test_explain_shows_the_plan(self):
        text = self.query("EXPLAIN PLAN FOR SELECT name, COUNT(*) FROM orders GROUP BY name")
        self.assertIn("GroupAggregate", text)
        self.assertIn("decodes: name", text)
        self.assertIn("changes [I,UB,UA,D]", text)

    def test_explain_finds_the_errors_of_its_query(self):
        self.write("query.sql", ORDERS + "EXPLAIN SELECT nmae FROM orders;\n")
        self.assertIn("SL1102", self.refused(2, "query", "query.sql"))

    def test_expression_on_the_command_line(self):
        self.assertEqual(self.json_lines(self.ok("query", "-e", "SELECT 1 + 1, 'x'", "--output", "text")), [["2", "x"]])

    def test_only_rows_on_standard_output(self):
        for line in self.query("SELECT id FROM orders", "--output", "text").splitlines():
            json.loads(line)

    def test_unknown_column_names_the_nearest(self):
        self.write("query.sql", ORDERS + "SELECT nmae FROM orders;\n")
        error = self.refused(2, "query", "query.sql")
        self.assertIn("SL1102", error)
        self.assertIn("name", error)

    def test_all_errors_at_once(self):
        self.write("query.sql", ORDERS + "SELECT nmae, LOWWER(name) FROM orders;\n")
        error = self.refused(2, "query", "query.sql")
        self.assertIn("SL1102", error)
        self.assertIn("SL1201", error)


class Explain(QueryTest):
    def test_shows_what_is_pushed_down_and_cached(self):
        database = self.dimensions()
        text = self.ok("explain", EXAMPLES / "job.sql", "--var", "events=e.jsonl", "--var", f"db={database}")
        for word in ("business_event", "$.isDelete", "pattern", "teaching_type_pt", "wrongbook_wide"):
            self.assertIn(word, text)

    def test_json_is_one_document(self):
        self.write("query.sql", ORDERS + "SELECT id FROM orders WHERE id > 1;\n")
        self.assertIsInstance(json.loads(self.ok("explain", "query.sql", "--json")), (dict, list))

    def test_starts_nothing(self):
        self.write("query.sql", ORDERS.replace("orders.jsonl", "not-there.jsonl") + "SELECT id FROM orders;\n")
        self.ok("explain", "query.sql")


class Validate(SluiceTest):
    def findings(self, script, code=0):
        self.write("job.sql", script)
        result = self.sluice("validate", "job.sql")
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def lint(self, select, columns="x STRING", more=""):
        return self.findings(f"""CREATE TABLE s (a BIGINT, b STRING, payload STRING) WITH ('connector' = 'datagen');
CREATE TABLE t ({columns}) WITH ('connector' = 'blackhole'{more});
INSERT INTO t
{select};
""")

    def test_example_is_clean(self):
        out = self.ok("validate", EXAMPLES / "job.sql")
        self.assertNotRegex(out, r"SL[12]\d{3}")

    def assert_finding(self, text, line, code, remedy, severity="warning"):
        """The finding stands in the text with its line, its code, a caret and what to do."""
        self.assertRegex(text, rf"(?m)^job\.sql:{line}:\d+: {severity} {code}: .*\n {line} \| .*\n +\| +\^~*\n   = .*{remedy}")

    def test_lint_milliseconds_as_seconds(self):
        text = self.lint("SELECT CAST(TO_TIMESTAMP_LTZ(1703123456789, 0) AS STRING) FROM s")
        self.assert_finding(text, 4, "SL2001", r"TO_TIMESTAMP_LTZ\(1703123456789, 3\)")
        text = self.lint("SELECT CAST(TO_TIMESTAMP_LTZ(a, 0) AS STRING) FROM s")
        self.assert_finding(text, 4, "SL2001", r"TO_TIMESTAMP_LTZ\(a, 3\)")
        for seconds in ("a, 3", "a / 1000, 0", "1703123456, 0", "UNIX_TIMESTAMP(), 0"):
            self.assertNotIn("SL2001", self.lint(f"SELECT CAST(TO_TIMESTAMP_LTZ({seconds}) AS STRING) FROM s"), seconds)

    def test_lint_hash_code_as_key(self):
        key = "k INT NOT NULL, v STRING, PRIMARY KEY (k) NOT ENFORCED"
        self.assert_finding(self.lint("SELECT HASH_CODE(b), b FROM s WHERE b IS NOT NULL", key), 3, "SL2002", "SHA256")
        self.assertNotIn("SL2002", self.lint("SELECT 1, CAST(HASH_CODE(b) AS STRING) FROM s", key))

    def test_lint_nullable_into_not_null(self):
        self.assert_finding(self.lint("SELECT b FROM s", "x STRING NOT NULL"), 3, "SL2003", "COALESCE")
        self.assertNotIn("SL2003", self.lint("SELECT COALESCE(b, '') FROM s", "x STRING NOT NULL"))
        self.assertNotIn("SL2003", self.lint("SELECT b FROM s WHERE b IS NOT NULL", "x STRING NOT NULL"))

    def test_lint_exchanged_columns(self):
        columns = "first_name STRING, last_name STRING"
        text = self.lint("SELECT b AS last_name, payload AS first_name FROM s", columns)
        self.assert_finding(text, 3, "SL2004", "INSERT INTO t")
        self.assertNotIn("SL2004", self.lint("SELECT b AS first_name, payload AS last_name FROM s", columns))

    def test_lint_password_in_the_script(self):
        text = self.findings("""CREATE TABLE t (a INT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:x.db',
  'table-name' = 't', 'password' = 'hunter2');
INSERT INTO t SELECT 1;
""")
        self.assert_finding(text, 2, "SL2005", r"\$\{env:NAME\}")
        self.assertNotIn("hunter2", text)

    def test_lint_path_spelled_differently(self):
        text = self.lint("SELECT CASE WHEN a = 1 THEN JSON_VALUE(payload, '$.userId') WHEN a = 2 THEN\n"
                         "JSON_VALUE(payload, '$.userId') ELSE JSON_VALUE(payload, '$.userid') END FROM s")
        self.assert_finding(text, 5, "SL2006", "case-sensitive")
        self.assertIn("'$.userid' is spelled '$.userId' in 2 other places", text)

    def test_lint_vendor_syntax(self):
        text = self.findings("""CREATE TABLE s (a BIGINT) WITH ('connector' = 'datagen');
CREATE TABLE d (a BIGINT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:x.db', 'table-name' = 'd');
CREATE TABLE t (a BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO t SELECT s.a FROM s JOIN d FOR SYSTEM_TIME AS OF PROCTIME() ON d.a = s.a;
""")
        self.assert_finding(text, 4, "SL2007", "PROCTIME", severity="note")

    def test_lint_unknown_setting(self):
        text = self.findings("SET 'table.local-time-zne' = 'UTC';\nSELECT 1;\n")
        self.assert_finding(text, 1, "SL2008", "table.local-time-zone")

    def test_settings_whose_promise_is_not_kept(self):
        text = self.findings("SET 'table.exec.state.ttl' = '1 h';\nSELECT 1;\n")
        self.assertRegex(text, r"(?m)^job\.sql: note: SL2009 table\.exec\.state\.ttl = 1 h: state is kept")

    def test_hints_that_are_not_obeyed(self):
        text = self.lint("SELECT /*+ LOOKUP('table'='s', 'retry-predicate'='lookup_miss') */ b FROM s")
        self.assert_finding(text, 4, "SL2009", "cache-missing-key")
        self.assertIn("SL2009", self.lint("SELECT /*+ STATE_TTL('s'='1d') */ b FROM s"))
        self.assertIn("SL2008", self.lint("SELECT /*+ BROADCAST(s) */ b FROM s"))
        self.assertNotRegex(self.lint("SELECT /*+ LOOKUP('table'='s', 'async'='true') */ b FROM s"), r"SL\d{4}")
        script = "CREATE TABLE s (b STRING) WITH ('connector' = 'datagen');\nSELECT /*+ LOOKUP('tabel'='s') */ b FROM s;\n"
        self.assert_finding(self.findings(script, code=2), 2, "SL1115", "'table'", severity="error")

    def test_findings_for_machines(self):
        self.write("job.sql", "SET 'table.local-time-zne' = 'UTC';\nSET 'table.exec.state.ttl' = '1 h';\nSELECT nothing;\n")
        self.write("good.sql", "SELECT 1;\n")
        result = self.sluice("validate", "job.sql", "good.sql", "--json")
        self.assertEqual(result.returncode, 2)
        document = json.loads(result.stdout)
        self.assertEqual((document["errors"], document["warnings"]), (1, 1))
        places = [(finding["file"], finding["line"], finding["code"]) for finding in document["findings"]]
        self.assertCountEqual(places, [("job.sql", 1, "SL2008"), ("job.sql", 3, "SL1102")])

    ELSEWHERE = """CREATE TABLE s (a BIGINT) WITH ('connector' = 'sls', 'endpoint' = 'x', 'project' = 'p', 'logstore' = 'l');
CREATE TABLE d (a BIGINT, b STRING) WITH ('connector' = 'adbpg', 'endpoint' = 'x', 'dbname' = 'd', 'tablename' = 't');
CREATE TABLE t (a BIGINT, b STRING) WITH ('connector' = 'odps', 'endpoint' = 'x', 'tablename' = 't');
INSERT INTO t SELECT s.a, d.b FROM s JOIN d FOR SYSTEM_TIME AS OF PROCTIME() ON d.a = s.a;
"""

    def test_connectors_of_other_engines_validate(self):
        text = self.findings(self.ELSEWHERE)
        for table, connector, instead in (("s", "sls", "file:PATH"), ("d", "adbpg", "file:PATH"), ("t", "odps", "print")):
            self.assertIn(f"job.sql: note: SL1302 table `{table}`: the connector '{connector}' cannot run yet; "
                          f"to run the job: --replace {table}={instead}", text)
        self.assertIn("job.sql: no errors, no warnings", text)

    def test_connectors_of_other_engines_run_when_they_are_replaced(self):
        self.write("job.sql", self.ELSEWHERE)
        error = self.refused(2, "run", "job.sql")
        for remedy in ("--replace s=file:PATH", "--replace d=file:PATH", "--replace t=print"):
            self.assertIn("SL1302", error)
            self.assertIn(remedy, error)
        self.write("s.jsonl", '{"a": 1}\n{"a": 2}\n')
        self.write("d.jsonl", '{"a": 2, "b": "two"}\n')
        out = self.ok("run", "job.sql", "--replace", "s=file:s.jsonl", "--replace", "d=file:d.jsonl", "--replace", "t=print")
        self.assertEqual(out, "+I[2, two]\n")

    def test_tables_come_from_a_catalog(self):
        (self.folder / "ddl").mkdir()
        self.write("ddl/a.sql", "CREATE TABLE s (a BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '3');\n")
        self.write("ddl/b.sql", "CREATE TABLE t (a BIGINT) WITH ('connector' = 'odps', 'endpoint' = 'x', 'tablename' = 't');\n")
        self.write("job.sql", "INSERT INTO `vvp`.`default`.`t` SELECT a FROM `vvp`.`default`.`s`;\n")
        self.assertIn("vvp", self.refused(2, "run", "job.sql"))
        for arguments in (["validate", "job.sql"], ["explain", "job.sql"]):
            self.ok(*arguments, "--catalog", "vvp=ddl")
        for name in ("t", "vvp.default.t"):
            out = self.ok("run", "job.sql", "--catalog", "vvp=ddl", "--replace", f"{name}=print")
            self.assertEqual(len(out.splitlines()), 3)
        out = self.ok("query", "--catalog", "vvp=ddl", "-e", "SELECT COUNT(*) FROM vvp.`default`.s", "--output", "text")
        self.assertEqual(self.json_lines(out), [["3"]])

    def test_mistakes_in_a_catalog_name_its_file(self):
        (self.folder / "ddl").mkdir()
        self.write("ddl/a.sql", "CREATE TABLE s (a BIGNT) WITH ('connector' = 'datagen');\n")
        self.write("job.sql", "SELECT 1;\n")
        result = self.sluice("validate", "job.sql", "--catalog", "vvp=ddl")
        self.assertEqual(result.returncode, 2)
        self.assertIn("ddl/a.sql:1:19", result.stdout + result.stderr)
        self.assertIn("did you mean BIGINT?", result.stdout + result.stderr)

    def test_errors_are_for_the_user(self):
        text = self.findings("INSERT INTO nowhere SELECT 1;\n", code=2)
        self.assertIn("SL1101", text)

    def test_several_files(self):
        self.write("a.sql", "INSERT INTO nowhere SELECT 1;\n")
        self.write("b.sql", "SELECT * FROM nothing;\n")
        error = self.sluice("validate", "a.sql", "b.sql")
        self.assertEqual(error.returncode, 2)
        for name in ("a.sql:1", "b.sql:1"):
            self.assertIn(name, error.stdout + error.stderr)

    def test_a_file_that_cannot_be_read_does_not_hide_the_others(self):
        self.write("b.sql", "SELECT * FROM nothing;\n")
        result = self.sluice("validate", "missing.sql", "b.sql")
        self.assertEqual(result.returncode, 2)
        self.assertIn("cannot read missing.sql", result.stderr)
        self.assertIn("b.sql:1", result.stdout)


class Shell(QueryTest):
    def test_statements_from_standard_input(self):
        out = self.ok("sql", stdin=ORDERS + "SHOW TABLES;\nDESCRIBE orders;\nSELECT id, name\nFROM orders\nWHERE id = 2;\n")
        for word in ("orders", "amount", "DECIMAL(10, 2)", "b"):
            self.assertIn(word, out)

    def test_explain_is_a_statement(self):
        result = self.sluice("sql", stdin=ORDERS + "EXPLAIN SELECT id FROM orders;\nSELECT 7 AS seven;\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("Source: orders", result.stdout)
        self.assertIn("seven", result.stdout)

    def test_an_error_does_not_end_it(self):
        result = self.sluice("sql", stdin=ORDERS + "SELECT nothing FROM orders;\nSELECT id FROM orders WHERE id = 3;\n")
        self.assertIn("SL1102", result.stdout + result.stderr)
        self.assertIn("3", result.stdout)

    def test_a_failed_statement_shows_in_the_exit_code(self):
        self.assertEqual(self.sluice("sql", stdin=ORDERS + "SELECT nothing FROM orders;\n").returncode, 2)
        self.assertEqual(self.sluice("sql", stdin=ORDERS + "SELECT id FROM orders;\n").returncode, 0)


class ShellOnATerminal(QueryTest):
    PROMPT = r"(?<=\n)sluice> "

    def setUp(self):
        super().setUp()
        self.terminal = self.on_terminal("sql", env={"HOME": str(self.folder)})
        self.terminal.wait_for(self.PROMPT)

    def type(self, text):
        """Types a line; returns what is shown up to the next prompt."""
        self.terminal.send(text + "\n")
        return self.terminal.wait_for(self.PROMPT)

    def define_orders(self):
        first, second = ORDERS.strip().splitlines()
        self.terminal.send(first + "\n")
        self.terminal.wait_for(r"   \.\.\.> ")
        self.assertIn("OK", self.type(second))

    def test_statements_of_several_lines(self):
        self.define_orders()
        self.terminal.send("SELECT id, name\n")
        self.terminal.wait_for(r"   \.\.\.> ")
        shown = self.type("FROM orders WHERE id = 2;")
        self.assertIn("|  2 | b    |", shown)
        self.assertIn("1 row in", shown)

    def test_commands(self):
        self.define_orders()
        self.assertIn("| orders ", self.type("\\d"))
        self.assertIn("| DECIMAL(10, 2) |", self.type("\\d orders"))
        self.type("\\output text")
        self.assertIn('["2"]\r\n["3"]\r\n', self.type("SELECT id FROM orders WHERE id IN (2, 3);"))
        self.assertIn("every change", self.type("\\changelog"))
        self.assertIn('["+I","3"]', self.type("SELECT id FROM orders WHERE id = 3;"))
        self.assertIn("there is no command \\x", self.type("\\x"))
        self.terminal.send("\\q\n")
        self.assertEqual(self.terminal.wait(), 0)

    def test_control_c_stops_a_query_not_the_session(self):
        self.type("CREATE TABLE endless (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '100');")
        self.terminal.send("SELECT COUNT(*) AS n FROM endless;\n")
        self.terminal.wait_for(r"in \d+ \(\d+/s\)")
        self.assertRegex(self.terminal.press("\x03", self.PROMPT), r"\|\s+\d+ \|")
        self.assertIn("2", self.type("SELECT 1 + 1;"))

    def test_control_c_takes_back_what_was_typed(self):
        self.terminal.send("SELECT nonsense\n")
        self.terminal.wait_for(r"   \.\.\.> ")
        self.terminal.press("\x03", self.PROMPT)
        self.assertNotIn("nonsense", self.type("SELECT 7;"))

    def test_history_outlives_the_session(self):
        self.terminal.send("SELECT 40 +\n")
        self.terminal.wait_for(r"   \.\.\.> ")
        self.assertIn("| 42", self.type("2;").replace("     ", " "))
        self.assertEqual(self.terminal.end(), 0)
        again = self.on_terminal("sql", env={"HOME": str(self.folder)})
        again.wait_for(self.PROMPT)
        again.send("\x1b[A\n")
        again.wait_for(r"SELECT 40 \+ 2;(?s:.*) 42 \|")


if __name__ == "__main__":
    unittest.main()
