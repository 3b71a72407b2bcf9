#!/usr/bin/env python3
"""Tests of the tools that judge everything else: what tidy.py finds, and how run_tests.py counts."""

import pathlib
import sys
import tempfile
import unittest

import run_tests
import tidy


class Tidy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(setattr, tidy, "ROOT", tidy.ROOT)
        tidy.ROOT = pathlib.Path(folder.name)
        for name in ("base/status.h", "sql/parser.h", "formats/json.h", "formats/csv.h", "operators/calc.h"):
            self.write(name, "#pragma once\n")

    def write(self, name, text):
        path = tidy.ROOT / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def findings(self, name, text):
        self.write(name, text)
        return [f"{line}: {message}" for line, message in tidy.check(pathlib.PurePosixPath("src") / name)]

    def assert_one(self, findings, words):
        self.assertEqual(len(findings), 1, findings)
        self.assertIn(words, findings[0])

    def test_layers(self):
        self.assertEqual(self.findings("sql/x.cc", '#include "base/status.h"\n#include "sql/parser.h"\n'), [])
        self.assert_one(self.findings("formats/x.cc", '#include "sql/parser.h"\n'), "1: src/formats must not include sql/parser.h")

    def test_no_operator_sees_another(self):
        self.assertEqual(self.findings("operators/calc.cc", '#include "operators/calc.h"\n'), [])
        self.assert_one(self.findings("operators/top_n.cc", '#include "operators/calc.h"\n'), "do not see each other")

    def test_connectors_share_what_lies_beside_their_folders(self):
        self.write("connectors/output_file.h", "#pragma once\n")
        self.write("connectors/jdbc/dialect.h", "#pragma once\n")
        own = '#include "connectors/jdbc/dialect.h"\n#include "connectors/output_file.h"\n'
        self.assertEqual(self.findings("connectors/jdbc/jdbc.cc", own), [])
        self.assert_one(self.findings("connectors/kafka/kafka.cc", own), "must not include connectors/jdbc/dialect.h")

    def test_unknown_folder(self):
        self.assert_one(self.findings("misc/x.cc", "\n"), "not in MAY_INCLUDE")

    def test_jails(self):
        self.assertEqual(self.findings("formats/json_x.cc", "#include <simdjson.h>\n"), [])
        self.assert_one(self.findings("formats/csv.cc", "#include <simdjson.h>\n"), "may be included only in")
        self.assert_one(self.findings("sql/x.cc", "std::thread t;\n"), "std::thread belongs in")
        self.assertEqual(self.findings("sql/x.cc", "// std::thread would be too slow\nauto id = std::thread::id();\n"), [])

    def test_slow_headers(self):
        self.assert_one(self.findings("sql/x.h", "#include <chrono>\n"), "too slow for a header")
        self.assert_one(self.findings("sql/x.h", "#include <fmt/format.h>\n"), "belongs in a .cc file")
        self.assertEqual(self.findings("sql/x.cc", "#include <chrono>\n#include <fmt/format.h>\n"), [])

    def test_long_functions(self):
        body = "  a();\n" * 69
        text = f"namespace sluice {{\nclass C {{\n  int a = 1;\n}};\nvoid F(int x) {{\n{body}}}\n}}\n"
        self.assert_one(self.findings("sql/x.cc", text), "5: a function of 71 lines")
        self.assertEqual(self.findings("sql/x.cc", text.replace("void F", "// tidy: long function, a switch\nvoid F")), [])
        self.assertEqual(self.findings("sql/x.cc", text.replace("  a();\n", "", 1)), [])

    def test_braces_in_text_and_comments_do_not_count(self):
        text = "void F() {\n  a('{', \"{{\", R\"x({)x\");  // {\n}\n" + "void G() {\n  b();\n}\n" * 30
        self.assertEqual(self.findings("sql/x.cc", text), [])

    def test_long_files(self):
        self.assert_one(self.findings("sql/x.h", "int a;\n" * 251), "251 lines, at most 250")
        self.assertEqual(self.findings("sql/x.h", "// tidy: long file, a table\n" + "int a;\n" * 250), [])

    def test_text(self):
        self.assert_one(self.findings("sql/x.cc", "int a; \n"), "blanks at the end")
        self.assert_one(self.findings("sql/x.cc", "\tint a;\n"), "a tab")
        self.assert_one(self.findings("sql/x.cc", "// TO" "DO: more\n"), "work left undone")
        self.assert_one(self.findings("sql/x.cc", "int a;"), "no line end")
        self.assert_one(self.findings("sql/x.cc", f"int {'a' * 120};\n"), "125 columns")


class Counting(unittest.TestCase):
    def test_googletest(self):
        self.assertEqual(run_tests.count_cases("[  PASSED  ] 8 tests.\n", True), (8, 0))
        failed = "[  PASSED  ] 1 test.\n[  FAILED  ] 2 tests, listed below:\n"
        self.assertEqual(run_tests.count_cases(failed, False), (1, 2))

    def test_skipped_is_failed(self):
        self.assertEqual(run_tests.count_cases("[  PASSED  ] 1 test.\n[  SKIPPED ] 1 test, listed below:\n", True), (1, 1))

    def test_the_line_of_our_own_runners(self):
        self.assertEqual(run_tests.count_cases("something\n12 passed, 3 failed\n", False), (12, 3))

    def test_a_program_that_counts_nothing_is_one_case(self):
        self.assertEqual(run_tests.count_cases("fine\n", True), (1, 0))
        self.assertEqual(run_tests.count_cases("Segmentation fault\n", False), (0, 1))

    def test_a_crash_behind_the_last_case(self):
        self.assertEqual(run_tests.count_cases("[  PASSED  ] 8 tests.\nERROR: LeakSanitizer\n", False), (8, 1))


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=1)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(1 if bad else 0)
