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

    def test_lint_milliseconds_as_seconds(self):
        text = self.lint("SELECT CAST(TO_TIMESTAMP_LTZ(1703123456789, 0) AS STRING) FROM s")
        self.assertIn("SL2001", text)
        self.assertIn("job.sql:4", text)

    def test_lint_hash_code_as_key(self):
        self.assertIn("SL2002", self.lint("SELECT HASH_CODE(b) FROM s", "k INT NOT NULL, PRIMARY KEY (k) NOT ENFORCED"))

    def test_lint_nullable_into_not_null(self):
        self.assertIn("SL2003", self.lint("SELECT b FROM s", "x STRING NOT NULL"))

    def test_lint_password_in_the_script(self):
        text = self.findings("""CREATE TABLE t (a INT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:x.db',
  'table-name' = 't', 'password' = 'hunter2');
INSERT INTO t SELECT 1;
""")
        self.assertIn("SL2005", text)
        self.assertNotIn("hunter2", text)

    def test_lint_path_spelled_differently(self):
        text = self.lint("SELECT CASE WHEN a = 1 THEN JSON_VALUE(payload, '$.userId') WHEN a = 2 THEN "
                         "JSON_VALUE(payload, '$.userId') ELSE JSON_VALUE(payload, '$.userid') END FROM s")
        self.assertIn("SL2006", text)

    def test_lint_vendor_syntax(self):
        text = self.findings("""CREATE TABLE s (a BIGINT) WITH ('connector' = 'datagen');
CREATE TABLE d (a BIGINT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:x.db', 'table-name' = 'd');
CREATE TABLE t (a BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO t SELECT s.a FROM s JOIN d FOR SYSTEM_TIME AS OF PROCTIME() ON d.a = s.a;
""")
        self.assertIn("SL2007", text)

    def test_connectors_of_other_engines_validate(self):
        self.assertIn("", self.findings("""CREATE TABLE s (a BIGINT) WITH ('connector' = 'datagen');
CREATE TABLE t (a BIGINT) WITH ('connector' = 'odps', 'endpoint' = 'x', 'tablename' = 't');
INSERT INTO t SELECT a FROM s;
"""))

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


class Shell(QueryTest):
    def test_statements_from_standard_input(self):
        out = self.ok("sql", stdin=ORDERS + "SHOW TABLES;\nDESCRIBE orders;\nSELECT id, name\nFROM orders\nWHERE id = 2;\n")
        for word in ("orders", "amount", "DECIMAL(10, 2)", "b"):
            self.assertIn(word, out)

    def test_an_error_does_not_end_it(self):
        result = self.sluice("sql", stdin=ORDERS + "SELECT nothing FROM orders;\nSELECT id FROM orders WHERE id = 3;\n")
        self.assertIn("SL1102", result.stdout + result.stderr)
        self.assertIn("3", result.stdout)


if __name__ == "__main__":
    unittest.main()
