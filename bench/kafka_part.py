"""The wrongbook job from topic to topic, on a real broker that the bench starts as the tests do: what it costs the client and
the broker, against a loop that only reads and writes, and Flink; and how long an event is under way."""

import json
import re
import signal
import statistics
import subprocess
import time
from dataclasses import dataclass, field

from measure import fail, output_of, promise, server_cpu_s, usage_of
from programs import CHECKED_EVENTS, SCRIPTS, WORK, events_file, program
from servers import KafkaBroker

EVENTS_TOPIC = "business_event"
PARTITIONS = 4
LATENCY_RATE = 20_000
LATENCY_S = 10
WARM_UP_S = 5

# A broker as it is run, with the quick start that tests want left out.
JAVA = ["java", "-Xmx1g"]
# What the engine sets by itself, or the script says.
SAME_SETTINGS = [
    "consumer.isolation.level=read_uncommitted", "consumer.queued.max.messages.kbytes=16384",
    "producer.enable.idempotence=true", "producer.partitioner=murmur2_random", "producer.linger.ms=2",
    "producer.compression.type=lz4", "producer.queue.buffering.max.messages=10000000",
    "producer.queue.buffering.max.kbytes=2097151"
]
# Flink's producer at its best.
TUNED = {"properties.linger.ms": "20", "properties.batch.size": "262144"}


@dataclass
class KafkaCase:
    """A program that reads events and writes rows, and what its runs have used."""

    name: str
    command: object  # (topic of the rows) -> command
    num_events: int
    num_rows: int
    rounds: int
    runs: list = field(default_factory=list)  # (usage, seconds of CPU of the broker)

    def client_ns(self):
        return statistics.median(usage.cpu_s for usage, _ in self.runs) / self.num_events * 1e9

    def broker_ns(self):
        return statistics.median(cpu_s for _, cpu_s in self.runs) / self.num_events * 1e9

    def wall_s(self):
        return statistics.median(usage.wall_s for usage, _ in self.runs)


def script(name, source=None, sink=None):
    """job_kafka.sql with further options of its topics."""
    text = (SCRIPTS / "job_kafka.sql").read_text(encoding="utf-8")
    for anchor, options in (("'scan.startup.mode' = 'earliest-offset'", source), ("'key.format' = 'raw'", sink)):
        more = "".join(f",\n  '{key}' = '{value}'" for key, value in (options or {}).items())
        text, count = re.subn(anchor, anchor + more, text)
        if count != 1:
            fail(f"job_kafka.sql should have one line {anchor} and has {count}")
    path = WORK / f"job_kafka_{name}.sql"
    path.write_text(text, encoding="utf-8")
    return path


def first_events(count):
    """Options of a source that ends after so many events, which lie in the partitions in turn."""
    ends = ";".join(f"partition:{p},offset:{count // PARTITIONS}" for p in range(PARTITIONS))
    return {"scan.bounded.mode": "specific-offsets", "scan.bounded.specific-offsets": ends}


def contents(rows):
    """What messages say, whatever their order and that of their fields."""
    return sorted((key, json.dumps(json.loads(value), sort_keys=True)) for key, value in rows)


class KafkaPart:
    def __init__(self, options, sluice, flink, database):
        self.options = options
        self.sluice = sluice
        self.flink = flink
        self.database = database
        self.broker = KafkaBroker(java=JAVA)
        self.num_topics = 0

    def run(self):
        """(lines of a table, results, promises)"""
        with self.broker:
            self.load()
            cases = self.cases()
            for number in range(max(case.rounds for case in cases)):
                print(f"Kafka, round {number + 1}", flush=True)
                for case in cases:
                    if number < case.rounds:
                        case.runs.append(self.usage(case))
            latency = self.latency()
        return self.report({case.name: case for case in cases}, latency)

    def load(self):
        print(f"Sending {self.options.events:,} events to a broker", flush=True)
        self.broker.create_topic(EVENTS_TOPIC, PARTITIONS)
        with open(events_file(self.options.events, "object"), "rb") as events:
            self.broker.produce(EVENTS_TOPIC, (line.rstrip(b"\n") for line in events))

    def topic(self):
        self.num_topics += 1
        name = f"wide_{self.num_topics}"
        self.broker.create_topic(name, PARTITIONS)
        return name

    def engine(self, engine, path):
        variables = ["--var", f"servers={self.broker.servers}"]
        return lambda topic: [*engine.job(path, EVENTS_TOPIC, self.database), *variables, "--var", f"wide={topic}"]

    def rows_of(self, num_events):
        """How many rows so many events give, as the job by hand counts them."""
        events = events_file(num_events, "object")
        return json.loads(output_of([program("bench/limit_ondemand"), events, self.database])[-1])["rows"]

    def rows(self, command):
        """The rows of a few events, as they are in the topic."""
        topic = self.topic()
        usage_of(command(topic))
        found = [(message.key(), message.value()) for message in self.broker.messages(topic)]
        self.broker.delete_topic(topic)
        return found

    def cases(self):
        """The programs, once they are known to give the same rows."""
        options, few = self.options, script("few", first_events(CHECKED_EVENTS))
        rows = self.rows(self.engine(self.sluice, few))
        if self.flink is not None:
            if contents(self.rows(self.engine(self.flink, few))) != contents(rows):
                fail("Flink writes other rows to the topic")
            print(f"Same {len(rows):,} rows of Sluice and Flink, from topic to topic", flush=True)
        sent = WORK / "rows.tsv"
        sent.write_bytes(b"".join(key + b"\t" + value + b"\n" for key, value in rows))
        num_rows = self.rows_of(options.events)

        def loop(topic):
            return [program("bench/limit_kafka"), self.broker.servers, EVENTS_TOPIC, topic, sent, str(options.events),
                    str(num_rows), *SAME_SETTINGS]

        whole = self.engine(self.sluice, script("all", first_events(options.events)))
        cases = [KafkaCase("limit_kafka", loop, options.events, num_rows, options.rounds),
                 KafkaCase("sluice", whole, options.events, num_rows, options.rounds)]
        if self.flink is not None:
            count = options.kafka_flink_events
            path = script("tuned", first_events(count), TUNED)
            cases.append(KafkaCase("flink, tuned producer", self.engine(self.flink, path), count, self.rows_of(count),
                                   options.flink_rounds))
        return cases

    def usage(self, case):
        topic = self.topic()
        before_s = server_cpu_s(self.broker.process.pid)
        usage = usage_of(case.command(topic))
        broker_s = server_cpu_s(self.broker.process.pid) - before_s
        if (rows := self.broker.count(topic)) != case.num_rows:
            fail(f"{case.name} wrote {rows:,} rows instead of {case.num_rows:,}")
        self.broker.delete_topic(topic)
        return usage, broker_s

    def latency(self):
        """Percentiles of the time from the sending of an event to the arrival of its first row."""
        source, sink = "live_events", self.topic()
        self.broker.create_topic(source, PARTITIONS)
        seconds = LATENCY_S + WARM_UP_S
        print(f"Sending {LATENCY_RATE:,} events a second for {seconds} s", flush=True)
        job = self.sluice.job(script("live"), source, self.database, "--var", f"servers={self.broker.servers}", "--var",
                              f"wide={sink}")
        with subprocess.Popen(job, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as running:
            try:
                time.sleep(1)
                command = [program("bench/kafka_latency"), self.broker.servers, source, sink,
                           events_file(self.options.events, "object"), str(LATENCY_RATE), str(LATENCY_S), str(WARM_UP_S)]
                found = subprocess.run(command, capture_output=True, text=True)
            finally:
                running.send_signal(signal.SIGTERM)
        if found.returncode != 0 or running.returncode != 0:
            fail(f"the latency cannot be measured: {found.stderr}")
        return json.loads(found.stdout)

    def report(self, cases, latency):
        lines = [f"{'from topic to topic':34}{'events':>11}{'client ns/event':>17}{'broker ns/event':>17}{'wall s':>9}"]
        for case in cases.values():
            lines.append(f"{case.name:34}{case.num_events:>11,}{case.client_ns():>17,.0f}{case.broker_ns():>17,.0f}"
                         f"{case.wall_s():>9.2f}")
        own = cases["sluice"].client_ns()
        found = [promise("Kafka to Kafka, times a bare loop's client CPU", own / cases["limit_kafka"].client_ns(), "x", "<=", 2.5)]
        if "flink, tuned producer" in cases:
            found.append(promise("Flink, tuned producer, times Sluice's client CPU",
                                 cases["flink, tuned producer"].client_ns() / own, "x", ">=", 15))
        for name, bar in (("p50", 5), ("p99", 25)):
            what = f"Kafka to Kafka at {LATENCY_RATE:,} events/s, {name}"
            found.append(promise(what, latency[f"{name}_ms"], "ms", "<=", bar))
        results = {
            "cases": [{
                "name": case.name,
                "events": case.num_events,
                "client_ns_per_event": case.client_ns(),
                "broker_ns_per_event": case.broker_ns(),
                "runs": [{**vars(usage), "broker_cpu_s": broker_s} for usage, broker_s in case.runs],
            } for case in cases.values()],
            "latency": latency,
        }
        return lines, results, found
