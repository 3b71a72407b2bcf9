"""sluice events: the same events for the same seed, in the proportions asked for."""

import collections
import json
import unittest

from harness import SluiceTest


class Events(SluiceTest):
    def generate(self, *arguments):
        return self.ok("events", *arguments).split("\n")[:-1]

    def test_are_json_lines_in_the_envelope(self):
        lines = self.generate("--count", 1000)
        self.assertEqual(len(lines), 1000)
        for line in lines:
            event = json.loads(line)
            self.assertEqual(list(event), ["domain", "type", "timestamp", "eventId", "payload"])
            self.assertIsInstance(event["payload"], dict)

    def test_a_seed_always_gives_the_same_events(self):
        self.assertEqual(self.generate("--count", 500, "--seed", 7), self.generate("--count", 500, "--seed", 7))
        self.assertNotEqual(self.generate("--count", 500, "--seed", 7), self.generate("--count", 500, "--seed", 8))

    def test_fewer_events_are_a_prefix(self):
        self.assertEqual(self.generate("--count", 100), self.generate("--count", 5000)[:100])

    def test_types_follow_their_weights(self):
        lines = self.generate("--count", 4000, "--types", "wrongbook_fix:3,user_login:1")
        counts = collections.Counter(json.loads(line)["type"] for line in lines)
        self.assertEqual(set(counts), {"wrongbook_fix", "user_login"})
        self.assertAlmostEqual(counts["wrongbook_fix"] / 4000, 0.75, delta=0.03)

    def test_payload_as_string(self):
        for line in self.generate("--count", 100, "--payload-as-string"):
            self.assertIsInstance(json.loads(json.loads(line)["payload"]), dict)

    def test_domain(self):
        lines = self.generate("--count", 50, "--types", "wrongbook_add", "--domain", "errata")
        self.assertEqual({json.loads(line)["domain"] for line in lines}, {"errata"})

    def test_bad_share_breaks_some(self):
        lines = self.ok("events", "--count", 2000, "--bad-share", 0.2).split("\n")[:-1]
        self.assertEqual(len(lines), 2000)
        clean = self.generate("--count", 2000)
        broken = sum(line not in set(clean) for line in lines)
        self.assertAlmostEqual(broken / 2000, 0.2, delta=0.05)

    def test_writes_a_file(self):
        self.assertEqual(self.ok("events", "--count", 10, "--out", "events.jsonl"), "")
        self.assertEqual(self.lines("events.jsonl"), self.generate("--count", 10))

    def test_no_events(self):
        self.assertEqual(self.ok("events", "--count", 0), "")


class Mistakes(SluiceTest):
    def test_unknown_type_names_the_known_ones(self):
        error = self.refused(2, "events", "--types", "wrongbook_fixx:1")
        self.assertIn("wrongbook_fixx", error)
        self.assertIn("homework_submit", error)

    def test_values_out_of_range(self):
        self.refused(2, "events", "--count", -1)
        self.refused(2, "events", "--bad-share", 1.5)

    def test_file_that_cannot_be_written(self):
        self.assertIn("no/such/folder", self.refused(2, "events", "--count", 1, "--out", "no/such/folder/x"))

    def test_full_disk(self):
        self.assertIn("/dev/full", self.refused(1, "events", "--count", 10, "--out", "/dev/full"))


if __name__ == "__main__":
    unittest.main()
