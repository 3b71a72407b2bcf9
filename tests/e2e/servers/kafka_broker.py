"""A real Kafka broker for tests: one node in KRaft mode, from the jars of kafka/pom.xml, on free ports of 127.0.0.1, with
its data in a temporary folder. It ends with the `with` block, or with the process that started it.

    with KafkaBroker() as broker:
        broker.create_topic("orders", partitions=4)
        broker.produce("orders", [b"{}"])
"""

import atexit
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic
from proxy import Proxy

HERE = pathlib.Path(__file__).resolve().parent
START_TIMEOUT_S = 60
TIMEOUT_S = 30

# One short-lived JVM on two cores: the quick compiler and one collector thread start the fastest.
JAVA = ["java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]

SETTINGS = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners={listeners},PROXIED://127.0.0.1:{proxied},CONTROLLER://127.0.0.1:{controller}
advertised.listeners={listeners},PROXIED://127.0.0.1:{proxy}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CLIENT:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,SASL_TLS:SASL_SSL,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
listener.name.sasl.sasl.enabled.mechanisms=PLAIN
listener.name.sasl_tls.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_tls.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\
  user_sluice="{password}";
listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\
  user_sluice="{password}";
listener.name.sasl_tls.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_tls.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={folder}/broker.pem
log.dirs={data}
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
"""
PASSWORD = "tell nobody"  # of the user `sluice` on the ports of sasl_servers and sasl_tls_servers
CLUSTER_ID = "c2x1aWNlLXRlc3RzLWthZg"


def classpath():
    """The jars of the broker; Maven is asked only once."""
    pom = HERE / "kafka/pom.xml"
    known = HERE / "kafka/target/classpath"
    if known.exists() and known.stat().st_mtime > pom.stat().st_mtime:
        jars = known.read_text()
        if all(pathlib.Path(jar).exists() for jar in jars.split(":")):
            return jars
    subprocess.run(["mvn", "-q", "-B", "-f", pom, "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath",
                    f"-Dmdep.outputFile={known}"], check=True, timeout=600)
    return known.read_text()


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class KafkaBroker:
    def __init__(self, java=JAVA):
        self.java = java
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-kafka-"))
        self.process = None
        self.admin = None
        self.producer = None
        atexit.register(self.close)
        port, sasl, tls, sasl_tls, proxied, controller = free_ports(6)
        self.servers = f"127.0.0.1:{port}"
        self.sasl_servers = f"127.0.0.1:{sasl}"
        self.tls_servers = f"localhost:{tls}"
        self.sasl_tls_servers = f"localhost:{sasl_tls}"
        self.proxy = Proxy(proxied)
        self.proxied_servers = f"127.0.0.1:{self.proxy.port}"
        listeners = (f"CLIENT://{self.servers},SASL://{self.sasl_servers},TLS://{self.tls_servers},"
                     f"SASL_TLS://{self.sasl_tls_servers}")
        self.authority = self.make_authority("authority")
        self.make_certificate()
        (self.folder / "server.properties").write_text(
            SETTINGS.format(folder=self.folder, data=self.folder / "data", listeners=listeners, proxied=proxied, proxy=self.proxy.port, controller=controller, password=PASSWORD))
        scram = [f'--add-scram={mechanism}=[name=sluice,password="{PASSWORD}"]'
                 for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")]
        self.run([*JAVA, "-cp", classpath(), "kafka.tools.StorageTool", "format", "--cluster-id", CLUSTER_ID, "--config",
                  "server.properties", *scram])

    def run(self, command):
        result = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if result.returncode != 0:
            raise AssertionError(f"{command[0]}: {result.stdout}{result.stderr}")

    def make_authority(self, name):
        """A certificate that can sign others; its path."""
        self.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN=Test {name}",
                  "-keyout", f"{name}.key", "-out", f"{name}.pem"])
        return self.folder / f"{name}.pem"

    def make_certificate(self):
        """The broker's key and certificate for localhost, in one file."""
        self.run(["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-addext",
                  "subjectAltName=DNS:localhost", "-keyout", "broker.key", "-out", "broker.csr"])
        self.run(["openssl", "x509", "-req", "-in", "broker.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-days",
                  "2", "-copy_extensions", "copy", "-out", "broker.crt"])
        (self.folder / "broker.pem").write_text("".join((self.folder / name).read_text()
                                                        for name in ("broker.key", "broker.crt", "authority.pem")))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Starts the broker, or starts it again with the data and the ports that it had."""
        with open(self.folder / "log.txt", "ab") as log:
            self.process = subprocess.Popen([*self.java, "-cp", classpath(), "kafka.Kafka", self.folder / "server.properties"],
                                            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                self.admin = AdminClient({"bootstrap.servers": self.servers, "log_level": 0})
                self.admin.list_topics(timeout=1)
                return
            except KafkaException as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    log = (self.folder / "log.txt").read_text(errors="replace")
                    raise AssertionError(f"the Kafka broker does not start: {error}\n{log[-3000:]}") from error

    def stop(self):
        """The broker goes away; start() brings it back. Killed outright it would be locked out of its cluster at first."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        atexit.unregister(self.close)
        self.proxy.close()
        self.producer = None
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def create_topic(self, name, partitions=1, **config):
        settings = {key.replace("_", "."): str(value) for key, value in config.items()}
        self._done(self.admin.create_topics([NewTopic(name, partitions, 1, config=settings)], operation_timeout=TIMEOUT_S))

    def add_partitions(self, name, total):
        self._done(self.admin.create_partitions([NewPartitions(name, total)], operation_timeout=TIMEOUT_S))
        self.producer = None  # the next one knows them

    def delete_topic(self, name):
        self._done(self.admin.delete_topics([name], operation_timeout=TIMEOUT_S))

    @staticmethod
    def _done(futures):
        for future in futures.values():
            future.result(TIMEOUT_S)

    def produce(self, topic, values, partition=None, keys=None, **options):
        """Sends the values, to one partition if it is named, else to all in turn; returns when the broker has them."""
        if self.producer is None:
            self.producer = Producer({"bootstrap.servers": self.servers, "log_level": 0, "linger.ms": 1})
        producer = self.producer
        count = len(self.partitions(topic))
        for i, value in enumerate(values):
            place = i % count if partition is None else partition
            while True:
                try:
                    producer.produce(topic, value, None if keys is None else keys[i], partition=place, **options)
                    break
                except BufferError:
                    producer.poll(1)
        if producer.flush(TIMEOUT_S):
            raise AssertionError(f"{topic} did not take all messages")

    def partitions(self, topic):
        """Waits for them: a topic that was just created is listed a moment before its partitions are."""
        deadline = time.monotonic() + TIMEOUT_S
        while not (found := self.admin.list_topics(topic, timeout=TIMEOUT_S).topics[topic].partitions):
            if time.monotonic() > deadline:
                raise AssertionError(f"{topic} has no partitions")
            time.sleep(0.05)
        return sorted(found)

    def consumer(self, group="sluice-tests", **options):
        return Consumer({"bootstrap.servers": self.servers, "log_level": 0, "group.id": group, "enable.auto.commit": False,
                         "auto.offset.reset": "earliest", **options})

    def count(self, topic):
        """How many messages the topic holds, as its offsets say."""
        consumer = self.consumer()
        try:
            total = 0
            for partition in self.partitions(topic):
                low, high = self.offsets(consumer, topic, partition)
                total += high - low
            return total
        finally:
            consumer.close()

    @staticmethod
    def offsets(consumer, topic, partition):
        """The first offset and the end of a partition; a new one may still be without a leader."""
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            try:
                return consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=TIMEOUT_S)
            except KafkaException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def messages(self, topic):
        """All messages of the topic, partition by partition."""
        consumer = self.consumer()
        try:
            ends = {}
            for partition in self.partitions(topic):
                low, high = self.offsets(consumer, topic, partition)
                if high > low:
                    ends[partition] = high
            consumer.assign([TopicPartition(topic, partition, 0) for partition in ends])
            read = []
            while ends:
                message = consumer.poll(TIMEOUT_S)
                if message is None or message.error():
                    raise AssertionError(f"{topic} cannot be read: {message and message.error()}")
                read.append(message)
                if message.offset() + 1 >= ends.get(message.partition(), 0):
                    ends.pop(message.partition(), None)
            return sorted(read, key=lambda message: (message.partition(), message.offset()))
        finally:
            consumer.close()

    def values(self, topic):
        return [message.value() for message in self.messages(topic)]

    def committed(self, group, topic):
        """The offsets kept for the group, by partition; only those that there are."""
        consumer = self.consumer(group)
        try:
            wanted = [TopicPartition(topic, partition) for partition in self.partitions(topic)]
            return {each.partition: each.offset for each in consumer.committed(wanted, timeout=TIMEOUT_S) if each.offset >= 0}
        finally:
            consumer.close()

    def commit(self, group, topic, offsets):
        consumer = self.consumer(group)
        try:
            consumer.commit(offsets=[TopicPartition(topic, *each) for each in offsets.items()], asynchronous=False)
        finally:
            consumer.close()
