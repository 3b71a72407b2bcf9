"""The documents: every fenced block of SQL or shell in README*.md and docs/ is run, in a folder of its own for each document.

A block that cannot run here has a line `<!-- not run: REASON -->` above its fence, and stands in NOT_RUN.
"""

import collections
import os
import pathlib
import re
import subprocess
import unittest

from harness import ROOT, TIMEOUT_S, SluiceTest

# document -> reasons, in order
NOT_RUN = {
    "README.md": ["builds everything"],
    "README.zh-CN.md": ["builds everything"],
    "docs/connectors.md": ["needs a server"],
}

Block = collections.namedtuple("Block", "line language text not_run")


def documents():
    return sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")])


def name_of(path):
    return str(path.relative_to(ROOT))


def blocks_of(path):
    text = path.read_text(encoding="utf-8")
    fence = re.compile(r"^(?:<!-- not run: (?P<reason>.*) -->\n)?```(?P<language>.*)\n(?P<text>(?s:.*?))^```$", re.M)
    return [Block(text.count("\n", 0, match.start("language")) + 1, match["language"], match["text"], match["reason"])
            for match in fence.finditer(text)]


def without_comments(text):
    return [re.sub(r"\s+(#|--) .*", "", line) for line in text.splitlines()]


class Docs(SluiceTest):
    def shell(self, text, folder):
        environment = self.environment()
        environment["PATH"] = f"{pathlib.Path(self.binary).parent}:{environment['PATH']}"
        result = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=folder, env=environment, capture_output=True,
                                text=True, errors="replace", timeout=TIMEOUT_S)
        self.assertEqual(result.returncode, 0, f"{text}\n{result.stdout[-2000:]}\n{result.stderr[-2000:]}")

    def run_document(self, path):
        """Shell blocks run in order, with the last SQL above them as job.sql; then every block of SQL runs as a job."""
        folder = self.folder / name_of(path).replace("/", "-")
        folder.mkdir()
        (folder / "examples").symlink_to(ROOT / "examples")
        runnable = [block for block in blocks_of(path) if block.not_run is None]
        for block in runnable:
            with self.subTest(f"{name_of(path)}:{block.line}"):
                if block.language == "sql":
                    (folder / "job.sql").write_text(block.text, encoding="utf-8")
                elif block.language == "sh":
                    self.shell(block.text, folder)
                elif block.language == "yaml":  # routes of the job of the shell blocks above it
                    (folder / "routed/routes.yaml").write_text(block.text, encoding="utf-8")
                    self.shell("sluice validate routed/job.yaml", folder)
                else:
                    self.fail(f"a block must be sql, sh or yaml, not '{block.language}'")
        for block in runnable:
            if block.language != "sql":
                continue
            with self.subTest(f"{name_of(path)}:{block.line}"):
                (folder / "job.sql").write_text(block.text, encoding="utf-8")
                self.shell("sluice validate job.sql && sluice run job.sql", folder)
        return len(runnable)

    def test_every_block_runs(self):
        counts = {name_of(path): self.run_document(path) for path in documents()}
        self.assertGreaterEqual(counts["README.md"], 2)
        self.assertGreaterEqual(counts["docs/connectors.md"], 2)

    def test_what_is_not_run_is_listed(self):
        marked = {name_of(path): [block.not_run for block in blocks_of(path) if block.not_run] for path in documents()}
        marked = {name: reasons for name, reasons in marked.items() if reasons}
        print(f"blocks that are not run: {marked}", flush=True)
        self.assertEqual(marked, NOT_RUN)

    def test_no_block_is_overlooked(self):
        for path in documents():
            fences = re.findall(r"^\s*(?:```|~~~)", path.read_text(encoding="utf-8"), re.M)
            self.assertEqual(len(fences), 2 * len(blocks_of(path)), path)

    def test_both_languages_say_the_same(self):
        english, chinese = (blocks_of(ROOT / name) for name in ("README.md", "README.zh-CN.md"))
        self.assertEqual([(block.language, without_comments(block.text)) for block in english],
                         [(block.language, without_comments(block.text)) for block in chinese])

    def test_links_lead_somewhere(self):
        for path in [*documents(), *(ROOT / name for name in ("ARCHITECTURE.md", "CONTRIBUTING.md", "STYLE.md"))]:
            for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
                if not re.match(r"\w+:", target):
                    self.assertTrue(os.path.exists(path.parent / target), f"{name_of(path)}: {target}")


if __name__ == "__main__":
    unittest.main()
