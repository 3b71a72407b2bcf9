"""The command line itself: help, version, mistakes, completion."""

import re
import subprocess
import unittest

from harness import SluiceTest

VERBS = ("run", "validate", "explain", "query", "sql", "functions", "errors", "events", "completion")


class Help(SluiceTest):
    def test_lists_every_verb_with_a_summary(self):
        text = self.ok("--help")
        for verb in VERBS:
            self.assertRegex(text, rf"(?m)^  {verb} {{2,}}\S")
        self.assertIn("Examples", text)
        self.assertIn("Exit codes", text)

    def test_every_verb_has_usage_options_and_examples(self):
        for verb in VERBS:
            with self.subTest(verb):
                text = self.ok(verb, "--help")
                self.assertTrue(text.startswith(f"Usage: sluice {verb}"), text)
                examples = text[text.index("\nExamples\n"):]
                self.assertIn(f"sluice {verb}", examples)

    def test_fits_a_terminal(self):
        for arguments in [["--help"], *([verb, "--help"] for verb in VERBS)]:
            for line in self.ok(*arguments).splitlines():
                self.assertLessEqual(len(line), 100, line)

    def test_help_is_also_a_word(self):
        self.assertEqual(self.ok("help"), self.ok("--help"))
        self.assertEqual(self.ok("help", "events"), self.ok("events", "--help"))

    def test_has_no_escapes_outside_of_a_terminal(self):
        self.assertNotIn("\033", self.ok("--help"))

    def test_no_command_shows_help_and_is_an_error(self):
        self.assertIn("Usage: sluice", self.refused(2))


class Version(SluiceTest):
    def test_tells_version_commit_flink_and_kernels(self):
        text = self.ok("--version")
        self.assertRegex(text, r"^sluice \d+\.\d+\.\d+\n")
        self.assertRegex(text, r"(?m)^  commit +(unknown|[0-9a-f]{7,40}(-dirty)?)$")
        self.assertRegex(text, r"(?m)^  Flink level +1\.20\b.*\b2\.3\b")
        self.assertRegex(text, r"(?m)^  CPU kernels +\S+")


class Mistakes(SluiceTest):
    def test_unknown_command(self):
        self.assertIn("did you mean events?", self.refused(2, "event"))

    def test_unknown_option(self):
        error = self.refused(2, "events", "--coutn", "3")
        self.assertIn("sluice events: there is no option --coutn; did you mean --count?", error)
        self.assertIn("sluice events --help", error)

    def test_unknown_option_with_value(self):
        self.assertIn("did you mean --count?", self.refused(2, "events", "--cuont=3"))

    def test_value_of_the_wrong_kind(self):
        self.assertIn("--count", self.refused(2, "events", "--count", "many"))

    def test_argument_too_many(self):
        self.assertIn("'extra' is one argument too many", self.refused(2, "events", "extra"))


class Completion(SluiceTest):
    def complete(self, *words):
        """What bash offers for the last word."""
        script = self.write("completion.bash", self.ok("completion", "bash"))
        quoted = " ".join(f"'{word}'" for word in ("sluice", *words))
        code = f"source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words)}; _sluice; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        return subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=True).stdout.split()

    def test_bash_completes_verbs_and_options(self):
        self.assertEqual(self.complete("ev"), ["events"])
        self.assertEqual(self.complete("events", "--co"), ["--count"])
        self.assertEqual(self.complete("events", "x"), [])

    def test_every_verb_is_in_every_script(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.ok("completion", shell)
            for verb in VERBS:
                self.assertTrue(re.search(rf"\b{verb}\b", script), f"{shell}: {verb}")

    def test_unknown_shell(self):
        self.assertIn("fish", self.refused(2, "completion", "tcsh"))


if __name__ == "__main__":
    unittest.main()
