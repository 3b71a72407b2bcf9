"""The command line itself: help, version, mistakes, completion."""

import re
import subprocess
import unittest

from harness import SluiceTest

VERBS = ("run", "validate", "explain", "query", "sql", "connectors", "functions", "errors", "events", "topic",
         "completion")


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

    def test_options_name_what_they_take(self):
        text = self.ok("run", "--help")
        self.assertRegex(text, r"(?m)^  -p, --parallelism N {2,}\S")
        self.assertRegex(text, r"(?m)^ +--flink-version 1\.20\|2\.3$")
        self.assertRegex(text, r"(?m)^ +--output table\|json\|text$")

    def test_is_bold_on_a_terminal(self):
        terminal = self.on_terminal("--help")
        self.assertEqual(terminal.wait(), 0)
        self.assertIn("\x1b[1mRun jobs\x1b[0m", terminal.text)

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

    def test_numbers_and_choices(self):
        for arguments, message in ((["-p", "0"], "--parallelism: '0' is no whole number from 1 to 128"),
                                   (["-p", "two"], "--parallelism: 'two' is no whole number from 1 to 128"),
                                   (["--flink-version", "1.19"], "--flink-version: '1.19' is none of 1.20, 2.3"),
                                   (["--output", "xml"], "--output: 'xml' is none of table, json, text")):
            self.assertIn(f"sluice run: {message}\n", self.refused(2, "run", "job.sql", *arguments))

    def test_missing_argument(self):
        self.assertIn("sluice run: FILE.sql is missing\n", self.refused(2, "run"))
        self.assertIn("sluice completion: bash|zsh|fish is missing\n", self.refused(2, "completion"))

    def test_a_query_comes_from_one_place(self):
        self.assertIn("give a FILE.sql, or the query with -e", self.refused(2, "query"))
        self.assertIn("not both", self.refused(2, "query", "a.sql", "-e", "SELECT 1"))

    def test_settings_and_replacements(self):
        self.write("job.sql", "CREATE TABLE t (a INT) WITH ('connector' = 'blackhole');\nINSERT INTO t SELECT 1;\n")
        self.assertIn("write --var name=value", self.refused(2, "run", "job.sql", "--var", "x"))
        self.assertIn("did you mean t?", self.refused(2, "run", "job.sql", "--replace", "tt=print"))
        self.assertIn("TABLE=file:PATH", self.refused(2, "run", "job.sql", "--replace", "t=kafka"))
        self.assertIn("no-such-folder", self.refused(2, "run", "job.sql", "--catalog", "c=no-such-folder"))
        result = self.sluice("run", "job.sql", "--set", "parallelism.defualt=2")
        self.assertEqual(result.returncode, 0)
        self.assertIn("did you mean parallelism.default?", result.stderr)

    def test_look_ups_name_the_nearest(self):
        self.assertIn("did you mean 'filesystem'?", self.refused(2, "connectors", "filesystm"))
        self.assertIn("did you mean JSON_VALUE?", self.refused(2, "functions", "JSON_VALU"))
        self.assertIn("SL9999", self.refused(2, "errors", "9999"))

    def test_argument_too_many(self):
        self.assertIn("'extra' is one argument too many", self.refused(2, "events", "extra"))


class Completion(SluiceTest):
    def complete(self, *words):
        """What bash offers for the last word."""
        script = self.write("completion.bash", self.ok("completion", "bash"))
        quoted = " ".join(f"'{word}'" for word in ("sluice", *words))
        code = f"source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words)}; _sluice; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        return subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=True).stdout.split()

    def test_bash(self):
        self.assertEqual(self.complete("ev"), ["events"])
        self.assertEqual(self.complete("events", "--co"), ["--count"])
        self.assertEqual(self.complete("events", "x"), [])
        self.assertEqual(self.complete("query", "--output", ""), ["table", "json", "text"])
        self.assertEqual(self.complete("run", "job.sql", "--flink-version", "2"), ["2.3"])
        self.assertEqual(self.complete("completion", ""), ["bash", "zsh", "fish"])
        self.assertEqual(self.complete("help", "valid"), ["validate"])

    def test_zsh(self):
        self.write("completion.zsh", self.ok("completion", "zsh"))
        self.write("job.sql", "")
        shell = self.on_terminal("-f", "-i", program="zsh", env={"HOME": str(self.folder)})
        shell.send("show() { print -r -- \"<$BUFFER>\" }; zle -N show; bindkey '^T' show\n")
        shell.send("autoload -Uz compinit; compinit -u; source completion.zsh; echo loa''ded\n")
        shell.wait_for("loaded")
        shell.wait_for(r"\x1b\[\?2004h")  # now it edits lines by itself
        for typed, completed in (("sluice ev", "sluice events "), ("sluice events --co", "sluice events --count "),
                                 ("sluice query --output js", "sluice query --output json "),
                                 ("sluice completion fi", "sluice completion fish "),
                                 ("sluice run j", "sluice run job.sql ")):
            shell.send(f"{typed}\t\x14\x15")  # completes the line, shows it and takes it away
            shell.wait_for(re.escape(f"<{completed}>"))
        shell.send("exit\n")
        self.assertEqual(shell.wait(), 0, shell.text)

    def test_fish(self):
        self.write("completion.fish", self.ok("completion", "fish"))
        self.write("job.sql", "")
        for typed, offered in (("sluice ev", ["events"]), ("sluice events --co", ["--count"]),
                               ("sluice query --output ", ["json", "table", "text"]),
                               ("sluice completion ", ["bash", "fish", "zsh"]), ("sluice run j", ["job.sql"])):
            result = subprocess.run(["fish", "--no-config", "-c", f"source completion.fish; complete -C '{typed}'"], cwd=self.folder,
                                    env=self.environment({"HOME": str(self.folder)}), capture_output=True, text=True, check=True)
            self.assertEqual(sorted(line.split("\t")[0] for line in result.stdout.splitlines()), offered, typed)

    def test_every_verb_is_in_every_script(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.ok("completion", shell)
            for verb in VERBS:
                self.assertTrue(re.search(rf"\b{verb}\b", script), f"{shell}: {verb}")

    def test_unknown_shell(self):
        self.assertIn("fish", self.refused(2, "completion", "tcsh"))


if __name__ == "__main__":
    unittest.main()
