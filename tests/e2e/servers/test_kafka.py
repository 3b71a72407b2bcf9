"""kafka: whole jobs on a real broker, from start to crash and restart."""

import collections
import json
import signal
import time

from confluent_kafka import libversion
from harness import EXAMPLES, SluiceTest
from kafka_broker import PASSWORD, KafkaBroker

broker = None


def setUpModule():
    global broker
    broker = KafkaBroker()
    broker.start()


def tearDownModule():
    broker.close()


def events(count, first=0):
    return [json.dumps({"id": i, "name": f"事件 {i} 😀"}, ensure_ascii=False).encode() for i in range(first, first + count)]


class KafkaTest(SluiceTest):
    def setUp(self):
        super().setUp()
        self.topic = f"in.{self.id().rsplit('.', 1)[1]}"

    def source(self, options="", columns="id BIGINT, name STRING", name="events", topic=None, **more):
        given = {"connector": "kafka", "topic": topic or self.topic, "properties.bootstrap.servers": broker.servers,
                 "scan.startup.mode": "earliest-offset"} | {key: value for key, value in more.items()}
        if "'format'" not in options and "value.format" not in options:
            given["format"] = "json"
        text = ", ".join(f"'{key}' = '{value}'" for key, value in given.items() if value is not None)
        return f"CREATE TABLE {name} ({columns}) WITH ({text}{', ' + options if options else ''});\n"

    def kept(self, columns="id BIGINT, name STRING"):
        return f"CREATE TABLE kept ({columns}) WITH ('connector' = 'changelog-file', 'path' = 'kept.txt');\n"

    def job(self, source_options="'scan.bounded.mode' = 'latest-offset'", **more):
        """Copies the topic to kept.txt."""
        return self.source(source_options, **more) + self.kept() + "INSERT INTO kept SELECT id, name FROM events;\n"

    def run_job(self, text, *arguments, **options):
        self.write("job.sql", text)
        return self.ok("run", "job.sql", *arguments, **options)

    def ids(self):
        """The ids of the rows written so far, but of a line that is being written."""
        return ids_in(self.folder / "kept.txt")

    def query(self, text):
        self.write("job.sql", text)
        return self.json_lines(self.ok("query", "job.sql", "--output", "json"))


class Reading(KafkaTest):
    def test_all_messages_of_all_partitions(self):
        broker.create_topic(self.topic, partitions=4)
        broker.produce(self.topic, events(5000))
        self.run_job(self.job(), "-p", "3")
        self.assertEqual(sorted(self.ids()), list(range(5000)))
        self.assertIn("事件 77 😀", (self.folder / "kept.txt").read_text(encoding="utf-8"))

    def test_tombstones_make_no_rows_but_are_counted(self):
        broker.create_topic(self.topic)
        broker.produce(self.topic, [None, *events(10), None])
        totals = self.json_lines(self.run_job(self.job(), "--json"))[-1]
        self.assertEqual((totals["numRecordsIn"], totals["numRecordsSkipped"]), (12, 2))
        self.assertEqual(self.ids(), list(range(10)))

    def test_several_topics_and_patterns(self):
        for name in ("a", "b"):
            broker.create_topic(f"{self.topic}-{name}", partitions=2)
        broker.create_topic(f"{self.topic}x")
        broker.produce(f"{self.topic}-a", events(10))
        broker.produce(f"{self.topic}-b", events(10, first=10))
        broker.produce(f"{self.topic}x", events(1, first=99))
        self.run_job(self.job(topic=f"{self.topic}-a;{self.topic}-b"))
        self.assertEqual(sorted(self.ids()), list(range(20)))
        (self.folder / "kept.txt").unlink()
        self.run_job(self.job("'scan.bounded.mode' = 'latest-offset', 'topic-pattern' = '" + self.topic + "-[ab]'")
                     .replace(f"'topic' = '{self.topic}', ", ""))
        self.assertEqual(sorted(self.ids()), list(range(20)))

    def test_metadata_columns(self):
        broker.create_topic(self.topic, partitions=2)
        broker.produce(self.topic, events(2), partition=1, timestamp=1700000000123, headers=[("trace", b"abc"), ("n", None)])
        rows = self.query(self.source(
            "'scan.bounded.mode' = 'latest-offset'",
            columns="id BIGINT, t STRING METADATA FROM 'topic', `partition` INT METADATA, `offset` BIGINT METADATA, "
                    "ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp', kind STRING METADATA FROM 'timestamp-type', "
                    "`leader-epoch` INT METADATA, headers MAP<STRING, BYTES> METADATA")
            + "SELECT id, t, `partition`, `offset`, CAST(ts AS STRING) AS ts, kind, CAST(headers['trace'] AS STRING) AS trace, "
              "headers['n'] IS NULL AS `none` FROM events;\n")
        self.assertEqual(rows[1], {"id": 1, "t": self.topic, "partition": 1, "offset": 1, "ts": "2023-11-14 22:13:20.123",
                                   "kind": "CreateTime", "trace": "abc", "none": True})

    def test_keys(self):
        broker.create_topic(self.topic)
        broker.produce(self.topic, [b'{"v":1}', b'{"v":2}', b'{"v":3}'], keys=[b'{"id":7}', None, b'{"id":9}'])
        rows = self.query(self.source(
            "'key.format' = 'json', 'key.fields' = 'k_id', 'key.fields-prefix' = 'k_', 'value.format' = 'json', "
            "'value.fields-include' = 'EXCEPT_KEY', 'scan.bounded.mode' = 'latest-offset'", columns="k_id INT, v INT")
            + "SELECT k_id, v FROM events;\n")
        self.assertEqual(rows, [{"k_id": 7, "v": 1}, {"k_id": 9, "v": 3}])

    def test_raw_keys_and_values_may_be_null(self):
        broker.create_topic(self.topic)
        broker.produce(self.topic, [b"x", None, "值".encode()], keys=[None, b"k", "键".encode()])
        rows = self.query(self.source(
            "'key.format' = 'raw', 'key.fields' = 'k', 'value.format' = 'raw', 'value.fields-include' = 'EXCEPT_KEY', "
            "'scan.bounded.mode' = 'latest-offset'", columns="k STRING, v STRING") + "SELECT k, v FROM events;\n")
        self.assertEqual(rows, [{"k": None, "v": "x"}, {"k": "k", "v": None}, {"k": "键", "v": "值"}])

    def test_csv_values(self):
        broker.create_topic(self.topic)
        broker.produce(self.topic, [b'1,"a,b"', b"2,c"])
        rows = self.query(self.source("'value.format' = 'csv', 'scan.bounded.mode' = 'latest-offset'")
                          + "SELECT id, name FROM events;\n")
        self.assertEqual(rows, [{"id": 1, "name": "a,b"}, {"id": 2, "name": "c"}])

    def test_transactions_that_were_aborted_are_left_out_when_asked(self):
        from confluent_kafka import Producer
        broker.create_topic(self.topic)
        producer = Producer({"bootstrap.servers": broker.servers, "transactional.id": self.topic, "log_level": 0})
        producer.init_transactions(30)
        for first, commits in ((0, True), (10, False)):
            producer.begin_transaction()
            for value in events(10, first):
                producer.produce(self.topic, value)
            producer.flush(30)
            (producer.commit_transaction if commits else producer.abort_transaction)(30)
        self.run_job(self.job(**{"properties.isolation.level": "read_committed", "scan.bounded.mode": "latest-offset"},
                              source_options=""))
        self.assertEqual(self.ids(), list(range(10)))
        (self.folder / "kept.txt").unlink()
        self.run_job(self.job())
        self.assertEqual(self.ids(), list(range(20)))


class Modes(KafkaTest):
    def filled(self, partitions=1):
        broker.create_topic(self.topic, partitions=partitions)
        broker.produce(self.topic, events(10), partition=0, timestamp=1700000000000)
        broker.produce(self.topic, events(10, first=10), partition=0, timestamp=1700000060000)

    def expect(self, ids, **options):
        self.run_job(self.job(source_options="", **({"scan.bounded.mode": "latest-offset"} | options)))
        self.assertEqual(self.ids(), list(ids))

    def test_timestamp(self):
        self.filled()
        self.expect(range(10, 20), **{"scan.startup.mode": "timestamp", "scan.startup.timestamp-millis": 1700000000001})

    def test_specific_offsets(self):
        self.filled()
        self.expect(range(15, 20), **{"scan.startup.mode": "specific-offsets",
                                      "scan.startup.specific-offsets": "partition:0,offset:15"})

    def test_latest_offset_has_nothing_to_read(self):
        self.filled()
        self.expect([], **{"scan.startup.mode": "latest-offset"})

    def test_group_offsets_go_on_where_the_group_was(self):
        self.filled()
        broker.commit(self.topic, self.topic, {0: 12})
        self.expect(range(12, 20), **{"scan.startup.mode": None, "properties.group.id": self.topic})
        self.assertEqual(broker.committed(self.topic, self.topic), {0: 20})

    def test_group_without_offsets_says_what_to_set(self):
        self.filled()
        self.write("job.sql", self.job(**{"scan.startup.mode": None, "properties.group.id": "nobody"}))
        message = self.refused(1, "run", "job.sql")
        self.assertIn(f"the group nobody has no committed offset for {self.topic}[0]", message)
        self.assertIn("properties.auto.offset.reset", message)
        self.expect(range(20), **{"scan.startup.mode": None, "properties.group.id": "nobody",
                                  "properties.auto.offset.reset": "earliest"})

    def test_bounded_by_timestamp(self):
        self.filled()
        self.expect(range(10), **{"scan.bounded.mode": "timestamp", "scan.bounded.timestamp-millis": 1700000000001})

    def test_bounded_by_specific_offsets(self):
        self.filled()
        self.expect(range(3), **{"scan.bounded.mode": "specific-offsets",
                                 "scan.bounded.specific-offsets": "partition:0,offset:3"})

    def test_bounded_by_group_offsets(self):
        self.filled()
        broker.commit("bound", self.topic, {0: 4})
        self.expect(range(4), **{"scan.bounded.mode": "group-offsets", "properties.group.id": "bound"})

    def test_two_jobs_with_one_group_both_read_everything(self):
        broker.create_topic(self.topic, partitions=2)
        broker.produce(self.topic, events(100))
        self.write("a.sql", self.job("", **{"properties.group.id": "shared"}).replace("kept.txt", "a.txt"))
        self.write("b.sql", self.job("", **{"properties.group.id": "shared"}).replace("kept.txt", "b.txt"))
        jobs = [self.start("run", name, "--set", "execution.checkpointing.interval=100ms") for name in ("a.sql", "b.sql")]
        for job, name in zip(jobs, ("a.txt", "b.txt")):
            path = self.folder / name
            job.wait_until(lambda: path.exists() and len(path.read_text().splitlines()) == 100, "all rows")

    def test_new_partitions_are_read_from_their_first_message(self):
        broker.create_topic(self.topic)
        self.write("job.sql", self.job("", **{"scan.startup.mode": "latest-offset",
                                              "scan.topic-partition-discovery.interval": "200 ms"}))
        job = self.start("run", "job.sql", "--set", "execution.checkpointing.interval=100ms", "-p", "2")
        broker.produce(self.topic, [b'{"id":-1}'])  # until the job is under way
        time.sleep(1)
        broker.add_partitions(self.topic, 3)
        broker.produce(self.topic, events(50), partition=2)
        job.wait_until(lambda: set(range(50)) <= set(self.ids()), "the rows of the new partition")


class Writing(KafkaTest):
    def setUp(self):
        super().setUp()
        self.out = self.topic.replace("in.", "out.")
        broker.create_topic(self.topic, partitions=2)

    def copy(self, sink_options="", sink_columns="id BIGINT, name STRING", query="SELECT id, name FROM events",
             source_columns="id BIGINT, name STRING", arguments=(), partitions=4, **more):
        broker.create_topic(self.out, partitions=partitions)
        self.run_job(
            self.source("'scan.bounded.mode' = 'latest-offset'", columns=source_columns)
            + self.source(sink_options, columns=sink_columns, name="copy", topic=self.out, **({"scan.startup.mode": None} | more))
            + f"INSERT INTO copy {query};\n", *arguments)
        return broker.messages(self.out)

    def test_every_row_arrives(self):
        broker.produce(self.topic, events(20000))
        messages = self.copy(arguments=("-p", "2"))
        self.assertEqual(sorted(json.loads(each.value())["id"] for each in messages), list(range(20000)))
        self.assertEqual(json.loads(messages[0].value())["name"], f"事件 {json.loads(messages[0].value())['id']} 😀")

    def test_keys_decide_the_partition_as_javas_client_does(self):
        broker.produce(self.topic, events(100))
        messages = self.copy("'key.format' = 'raw', 'key.fields' = 'name', 'value.format' = 'json', "
                             "'value.fields-include' = 'EXCEPT_KEY'",
                             query="SELECT id, CONCAT('k', CAST(MOD(id, 10) AS STRING)) FROM events")
        places = collections.defaultdict(set)
        for each in messages:
            places[each.key()].add(each.partition())
            self.assertEqual(list(json.loads(each.value())), ["id"])
        self.assertEqual(len(places), 10)
        self.assertTrue(all(len(partitions) == 1 for partitions in places.values()))
        # (murmur2("k0") & 0x7fffffff) % 4 and so on, as org.apache.kafka.common.utils.Utils computes them
        self.assertEqual([places[f"k{i}".encode()].copy().pop() for i in range(10)], [murmur2(b"k%d" % i) % 4 for i in range(10)])

    def test_fixed_partitioner(self):
        broker.produce(self.topic, events(100))
        messages = self.copy("'sink.partitioner' = 'fixed'", arguments=("-p", "2"))
        self.assertEqual({each.partition() for each in messages}, {0, 1})

    def test_headers_timestamps_and_nulls(self):
        broker.produce(self.topic, events(1))
        messages = self.copy(
            "'value.format' = 'raw', 'key.format' = 'raw', 'key.fields' = 'k', 'value.fields-include' = 'EXCEPT_KEY'",
            sink_columns="k STRING, v STRING, h MAP<STRING, BYTES> METADATA FROM 'headers', "
                         "ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp'",
            query="SELECT name, CAST(NULL AS STRING), MAP['a', CAST('1' AS BYTES)], TO_TIMESTAMP_LTZ(1700000000123, 3) FROM events")
        self.assertEqual(len(messages), 1)
        self.assertEqual((messages[0].key(), messages[0].value()), ("事件 0 😀".encode(), None))
        self.assertEqual(messages[0].headers(), [("a", b"1")])
        self.assertEqual(messages[0].timestamp()[1], 1700000000123)

    def test_compressed_and_tuned(self):
        broker.produce(self.topic, events(1000))
        messages = self.copy(**{"properties.compression.type": "lz4", "properties.linger.ms": "20",
                                "properties.batch.size": "262144", "properties.acks": "1",
                                "properties.enable.idempotence": "false"})
        self.assertEqual(len(messages), 1000)

    def test_a_message_that_is_too_large(self):
        broker.produce(self.topic, events(1))
        broker.create_topic(self.out)
        self.write("job.sql", self.source("'scan.bounded.mode' = 'latest-offset'")
                   + self.source(name="copy", topic=self.out, **{"scan.startup.mode": None})
                   + "INSERT INTO copy SELECT id, REPEAT('x', 2000000) FROM events;\n")
        message = self.refused(1, "run", "job.sql")
        self.assertIn(self.out, message)
        self.assertIn("properties.max.request.size", message)


def murmur2(data):
    """org.apache.kafka.common.utils.Utils.murmur2, made positive."""
    mask, multiplier = 0xffffffff, 0x5bd1e995
    h = (0x9747b28c ^ len(data)) & mask
    for i in range(0, len(data) - len(data) % 4, 4):
        k = int.from_bytes(data[i:i + 4], "little") * multiplier & mask
        k = (k ^ (k >> 24)) * multiplier & mask
        h = (h * multiplier & mask) ^ k
    rest = data[len(data) - len(data) % 4:]
    if rest:
        h = (h ^ int.from_bytes(rest, "little")) * multiplier & mask
    h = (h ^ (h >> 13)) * multiplier & mask
    return (h ^ (h >> 15)) & 0x7fffffff


class Restart(KafkaTest):
    """A job that is killed goes on where it was."""

    def test_nothing_is_missing_after_kill_9(self):
        broker.create_topic(self.topic, partitions=3)
        # latest-offset: only the first start looks at it.
        text = self.job("", **{"scan.startup.mode": "latest-offset"})
        seen, produced = set(), 0
        for run in range(4):
            self.write("job.sql", text.replace("kept.txt", f"kept{run}.txt"))
            job = self.start("run", "job.sql", "--state-dir", "state", "--set", "execution.checkpointing.interval=50ms", "-p", "2")
            if run == 0:
                job.wait_until(lambda: (self.folder / "state/positions").exists(), "a first flush")
            for _ in range(5):
                broker.produce(self.topic, events(500, first=produced))
                produced += 500
                time.sleep(0.05)
            path = self.folder / f"kept{run}.txt"
            if run < 3:
                job.wait_until(lambda: path.exists() and path.stat().st_size > 0, "rows")
                job.signal(signal.SIGKILL)
                job.wait()
                broker.produce(self.topic, events(200, first=produced))  # while it is down
                produced += 200
            else:
                job.wait_until(lambda: len(set(all_ids(self.folder))) == produced, "all rows")
                job.signal(signal.SIGTERM)
                self.assertEqual(job.wait(), 0)
        rows = all_ids(self.folder)
        self.assertEqual(set(rows), set(range(produced)))
        repeats = len(rows) - produced
        self.assertGreaterEqual(repeats, 0)
        self.assertLess(repeats, produced)

    def test_partitions_that_appeared_while_it_was_down(self):
        broker.create_topic(self.topic)
        self.write("job.sql", self.job("", **{"scan.startup.mode": "latest-offset"}))
        job = self.start("run", "job.sql", "--state-dir", "state", "--set", "execution.checkpointing.interval=50ms")
        job.wait_until(lambda: (self.folder / "state/positions").exists(), "a first flush")
        job.signal(signal.SIGKILL)
        job.wait()
        broker.add_partitions(self.topic, 2)
        broker.produce(self.topic, events(10), partition=1)
        self.run_job(self.job(**{"scan.startup.mode": "latest-offset"}), "--state-dir", "state")
        self.assertEqual(self.ids(), list(range(10)))

    def test_fresh_starts_anew(self):
        broker.create_topic(self.topic)
        broker.produce(self.topic, events(10))
        text = self.job()
        self.run_job(text, "--state-dir", "state")
        self.run_job(text.replace("kept.txt", "second.txt"), "--state-dir", "state")
        self.assertEqual(self.lines("second.txt") if (self.folder / "second.txt").exists() else [], [])
        broker.produce(self.topic, events(5, first=10))
        self.run_job(text.replace("kept.txt", "third.txt"), "--state-dir", "state")
        self.assertEqual(len(self.lines("third.txt")), 5)
        self.run_job(text.replace("kept.txt", "fourth.txt"), "--state-dir", "state", "--fresh")
        self.assertEqual(len(self.lines("fourth.txt")), 15)

    def test_offsets_of_the_group_follow_the_flushes(self):
        broker.create_topic(self.topic)
        broker.produce(self.topic, events(10))
        self.write("job.sql", self.job("", **{"properties.group.id": self.topic}))
        job = self.start("run", "job.sql", "--set", "execution.checkpointing.interval=100ms")
        job.wait_until(lambda: broker.committed(self.topic, self.topic) == {0: 10}, "the commit")
        self.assertEqual(len(self.ids()), 10)


def ids_in(path):
    """The ids of the whole lines of a changelog file, which may still grow."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [int(json.loads(line)[1]) for line in text.split("\n")[:-1]]


def all_ids(folder):
    return [each for path in folder.glob("kept*.txt") for each in ids_in(path)]


class Failures(KafkaTest):
    def refused_job(self, text, code=1):
        self.write("job.sql", text)
        return self.refused(code, "run", "job.sql")

    def test_missing_topics(self):
        message = self.refused_job(self.job(topic="nowhere"))
        self.assertIn("topic nowhere", message)
        self.assertIn("create the topic, or correct 'topic'", message)
        broker.create_topic(self.topic)
        message = self.refused_job(self.source("'scan.bounded.mode' = 'latest-offset'")
                                   + self.source(name="copy", topic="nowhere") + "INSERT INTO copy SELECT * FROM events;\n")
        self.assertIn("topic nowhere", message)

    def test_server_that_does_not_answer(self):
        message = self.refused_job(self.job(**{"properties.bootstrap.servers": "127.0.0.1:1",
                                               "properties.default.api.timeout.ms": "1500"}))
        self.assertIn("Kafka at 127.0.0.1:1", message)
        self.assertIn("Connection refused", message)
        self.assertIn("properties.bootstrap.servers", message)

    def test_wrong_password(self):
        broker.create_topic(self.topic)
        sasl = {"properties.bootstrap.servers": broker.sasl_servers, "properties.security.protocol": "SASL_PLAINTEXT",
                "properties.sasl.mechanism": "PLAIN"}
        jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="sluice" password="{}";'
        message = self.refused_job(self.job(**sasl, **{"properties.sasl.jaas.config": jaas.format("wr0ng!")}))
        self.assertIn("properties.sasl.jaas.config", message)
        self.assertNotIn("wr0ng!", message)
        broker.produce(self.topic, events(3))
        self.run_job(self.job(**sasl, **{"properties.sasl.jaas.config": jaas.format(PASSWORD)}))
        self.assertEqual(self.ids(), [0, 1, 2])

    def tls(self, authority=None):
        return {"properties.bootstrap.servers": broker.tls_servers, "properties.broker.address.family": "v4",
                "properties.security.protocol": "SSL", "properties.ssl.truststore.location": authority or broker.authority,
                "properties.ssl.truststore.type": "PEM"}

    def login(self, mechanism="PLAIN", password=PASSWORD):
        module = f"{'plain.Plain' if mechanism == 'PLAIN' else 'scram.Scram'}LoginModule"
        jaas = f'org.apache.kafka.common.security.{module} required username="sluice" password="{password}";'
        return self.tls() | {"properties.bootstrap.servers": broker.sasl_tls_servers, "properties.security.protocol": "SASL_SSL",
                             "properties.sasl.mechanism": mechanism, "properties.sasl.jaas.config": jaas}

    def copied(self, name, options):
        """What a job copies when it reads and writes with these options; makes the topic."""
        out = f"{self.topic}.{name}"
        broker.create_topic(out)
        self.run_job(self.source("'scan.bounded.mode' = 'latest-offset'", **options)
                     + self.source(name="copy", topic=out, **options | {"scan.startup.mode": None})
                     + "INSERT INTO copy SELECT id, name FROM events;\n")
        return [json.loads(value)["id"] for value in broker.values(out)]

    def test_reading_and_writing_through_tls(self):
        broker.create_topic(self.topic)
        broker.produce(self.topic, events(3000))
        for name, options in (("tls", self.tls()), ("login", self.login())):
            with self.subTest(name):
                self.assertEqual(self.copied(name, options), list(range(3000)))

    def test_scram(self):
        """Brokers of Kafka 4 do not take SCRAM from librdkafka before 2.6.1, whatever the password: it sends a nonce twice."""
        broker.create_topic(self.topic)
        broker.produce(self.topic, events(10))
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
            with self.subTest(mechanism):
                if libversion()[1] >= 0x020601ff:
                    self.assertEqual(self.copied(mechanism, self.login(mechanism)), list(range(10)))
                    continue
                message = self.refused_job(self.job(**self.login(mechanism)))
                self.assertIn("cannot log in with SCRAM at Kafka 4", message)
                self.assertNotIn(PASSWORD, message)

    def test_wrong_password_through_tls(self):
        broker.create_topic(self.topic)
        for mechanism in ("PLAIN", "SCRAM-SHA-512"):
            with self.subTest(mechanism):
                message = self.refused_job(self.job(**self.login(mechanism, "wr0ng!")))
                self.assertIn("properties.sasl.jaas.config", message)
                self.assertNotIn("wr0ng!", message)

    def test_broker_that_nobody_known_vouches_for(self):
        broker.create_topic(self.topic)
        message = self.refused_job(self.job(**self.login() | {
            "properties.ssl.truststore.location": broker.make_authority("stranger")}))
        self.assertIn(f"Kafka at {broker.sasl_tls_servers}", message)
        self.assertIn("certificate verify failed", message)
        self.assertIn("properties.ssl.truststore.location", message)
        self.assertNotIn(PASSWORD, message)

    def test_broker_that_goes_away_and_comes_back(self):
        broker.create_topic(self.topic, partitions=2)
        out = self.topic.replace("in.", "out.")
        broker.create_topic(out, partitions=2)
        self.write("job.sql", self.source("") + self.source(name="copy", topic=out, **{"scan.startup.mode": None})
                   + "INSERT INTO copy SELECT * FROM events;\n")
        job = self.start("run", "job.sql", "--set", "execution.checkpointing.interval=100ms")
        broker.produce(self.topic, events(100))
        job.wait_until(lambda: broker.count(out) >= 100, "the first rows")
        broker.stop()
        time.sleep(1)
        broker.start()
        broker.produce(self.topic, events(100, first=100))
        job.wait_until(lambda: broker.count(out) >= 200, "the rows after the restart")
        self.assertIn("Connect", job.stderr)
        job.signal(signal.SIGTERM)
        self.assertEqual(job.wait(), 0, job.stderr)
        self.assertEqual({json.loads(value)["id"] for value in broker.values(out)}, set(range(200)))

    def through_the_proxy(self, **more):
        """A job behind the broker's proxy that has read 10 messages."""
        broker.create_topic(self.topic)
        broker.produce(self.topic, events(10))
        self.write("job.sql", self.job("", **{"properties.bootstrap.servers": broker.proxied_servers} | more))
        job = self.start("run", "job.sql", "--json", "--set", "execution.checkpointing.interval=100ms")
        job.wait_until(lambda: len(self.ids()) == 10, "the first rows")
        return job

    def cut_off(self):
        broker.proxy.refusing = True
        self.addCleanup(setattr, broker.proxy, "refusing", False)
        broker.proxy.cut()

    def test_broker_that_stays_away(self):
        job = self.through_the_proxy(**{"connection.max-retry-timeout": "2 s"})
        began = time.monotonic()
        self.cut_off()
        self.assertEqual(job.wait(), 1, job.stderr)
        self.assertLess(time.monotonic() - began, 20)
        self.assertIn("next try in", job.stderr)
        self.assertIn(f"table events: Kafka at {broker.proxied_servers}: {self.topic}[0]", job.stderr)
        self.assertIn("check 'properties.bootstrap.servers'", job.stderr)
        self.assertIn("waited for 2 s, as 'connection.max-retry-timeout' says", job.stderr)

    def test_broker_that_is_cut_off_for_a_while(self):
        job = self.through_the_proxy(**{"connection.max-retry-timeout": "1 min"})
        self.cut_off()
        job.wait_until(lambda: '"numRetrying":1' in job.stdout, "trying again")
        broker.proxy.refusing = False
        broker.produce(self.topic, events(10, first=10))
        job.wait_until(lambda: len(self.ids()) == 20, "the rows after it")
        job.wait_until(lambda: "answers again" in job.stderr, "word that it is back")
        job.wait_until(lambda: '"numRetrying":0' in job.stdout.splitlines()[-1], "the end of trying")
        job.signal(signal.SIGTERM)
        self.assertEqual(job.wait(), 0, job.stderr)
        self.assertEqual(self.ids(), list(range(20)))

    def test_topic_that_is_deleted_under_the_job(self):
        broker.create_topic(self.topic)
        broker.produce(self.topic, events(10))
        self.write("job.sql", self.job("", **{"properties.topic.metadata.refresh.interval.ms": "500",
                                              "properties.topic.metadata.propagation.max.ms": "500"}))
        job = self.start("run", "job.sql", "--set", "execution.checkpointing.interval=100ms")
        job.wait_until(lambda: len(self.ids()) == 10, "the rows")
        broker.delete_topic(self.topic)
        self.assertEqual(job.wait(), 1)
        self.assertIn(self.topic, job.stderr)
        self.assertIn("create the topic", job.stderr)

    def test_messages_that_are_gone(self):
        broker.create_topic(self.topic)
        broker.produce(self.topic, events(5))
        gone = {"scan.startup.mode": "specific-offsets", "scan.startup.specific-offsets": "partition:0,offset:99"}
        message = self.refused_job(self.job("", **gone))
        self.assertIn(f"{self.topic}[0]", message)
        self.assertIn("'properties.auto.offset.reset' = 'earliest'", message)
        self.write("job.sql", self.job("", **gone, **{"properties.auto.offset.reset": "earliest"}))
        job = self.start("run", "job.sql", "--set", "execution.checkpointing.interval=100ms")
        job.wait_until(lambda: len(self.ids()) == 5, "the messages that are left")
        self.assertIn("offset reset", job.stderr)

    def test_metadata_of_the_wrong_type(self):
        for columns, insert, words in (
                ("id BIGINT, h MAP<STRING, INT> METADATA FROM 'headers'", "kept SELECT id, 'x' FROM events", "is MAP<"),
                ("id BIGINT, name STRING, t BIGINT METADATA FROM 'timestamp'", "events SELECT id, name, id FROM events",
                 "declare the column as TIMESTAMP_LTZ(3)"),
                ("id BIGINT, name STRING, o BIGINT METADATA FROM 'offset'", "events SELECT id, name, id FROM events",
                 "declare the column as METADATA VIRTUAL")):
            with self.subTest(columns=columns):
                self.assertIn(words, self.refused_job(self.source("", columns=columns) + self.kept() + f"INSERT INTO {insert};\n", 2))

    def test_options_that_cannot_be(self):
        for options, words in (
                ({"scan.startup.mod": "x"}, "did you mean 'scan.startup.mode'?"),
                ({"scan.startup.mode": "specific-offsets", "scan.startup.specific-offsets": "0:1"}, "should follow the format"),
                ({"scan.startup.mode": "timestamp"}, "'scan.startup.timestamp-millis' is required"),
                ({"topic-pattern": ".*"}, "shouldn't be set together"),
                ({"key.fields": "id"}, "can only be declared if a key format is defined"),
                ({"key.format": "raw"}, "requires the declaration of one or more of key fields"),
                ({"key.format": "raw", "key.fields": "nam"}, "did you mean 'name'?"),
                ({"properties.acks": "many"}, "properties.acks"),
                ({"properties.ssl.truststore.location": "trust.jks"}, "keytool -exportcert"),
                ({"sink.transactional-id-prefix": "x"}, "not supported yet"),
                ({"sink.delivery-guarantee": "exactly-once"}, "at-least-once, none")):
            with self.subTest(options=options):
                self.assertIn(words, self.refused_job(self.job(**options), code=2))

    def test_properties_without_effect_are_named(self):
        broker.create_topic(self.topic)
        self.write("job.sql", self.job(**{"properties.max.poll.records": "500", "properties.fetch.min.byte": "1"}))
        result = self.sluice("run", "job.sql")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("'properties.max.poll.records' has no effect", result.stderr)
        self.assertIn("did you mean 'properties.fetch.min.bytes'?", result.stderr)


class Wrongbook(KafkaTest):
    """The job of examples/wrongbook, from topic to topic, gives what it gives on files."""

    def test_same_rows_as_on_files(self):
        out = self.topic.replace("in.", "out.")
        broker.create_topic(self.topic, partitions=3)
        broker.create_topic(out, partitions=3)
        database = self.dimensions()
        self.ok("events", "--count", 2000, "--out", "events.jsonl")
        broker.produce(self.topic, [line.encode() for line in self.lines("events.jsonl")])
        variables = ["--var", f"db={database}", "--var", f"servers={broker.servers}", "--var", f"events={self.topic}",
                     "--var", f"wide={out}"]
        job = self.start("run", EXAMPLES / "job_kafka.sql", *variables, "-p", "2", "--set", "execution.checkpointing.interval=200ms")
        self.ok("run", EXAMPLES / "job.sql", "--var", "events=events.jsonl", "--var", f"db={database}")
        wide = self.rows(database, "SELECT event_id, teaching_type_id, pattern_name FROM wrongbook_wide")
        job.wait_until(lambda: len(distinct(out)) >= len(wide), "all rows")
        self.assertEqual(distinct(out), {tuple(row) for row in wide})


def distinct(topic):
    rows = [json.loads(value) for value in broker.values(topic)]
    return {(row["event_id"], row["teaching_type_id"], row["pattern_name"]) for row in rows}


class CommandLine(KafkaTest):
    def test_events_to_a_topic_and_a_look_at_it(self):
        broker.create_topic(self.topic)
        url = f"kafka://{broker.servers}/{self.topic}"
        self.ok("events", "--count", 3000, "--to", url)
        self.ok("events", "--count", 3000, "--out", "events.jsonl")
        self.assertEqual(sorted(value.decode() for value in broker.values(self.topic)), sorted(self.lines("events.jsonl")))
        self.assertEqual(self.ok("topic", "count", url), "3000\n")
        shown = self.json_lines(self.ok("topic", "peek", url, "--limit", 2, "--from", "partition:0,offset:1"))
        self.assertEqual([(each["from"], each["offset"], each["key"]) for each in shown],
                         [(f"{self.topic}[0]", 1, None), (f"{self.topic}[0]", 2, None)])
        self.assertIn("eventId", json.loads(shown[0]["value"]))

    def test_topics_that_are_not_there(self):
        self.assertIn("write kafka://HOST:PORT/TOPIC", self.refused(2, "topic", "count", "orders"))
        self.assertIn("create the topic", self.refused(2, "topic", "count", f"kafka://{broker.servers}/nowhere"))
        self.assertIn("create the topic", self.refused(2, "events", "--count", 1, "--to", f"kafka://{broker.servers}/nowhere"))
