"""Dimensions in MariaDB, and rows into MariaDB and PostgreSQL, on servers that the bench starts as the tests do: how many queries
a cold cache asks, what a warm one costs, and how fast rows are written against a program made for just that."""

import re
import sqlite3
import statistics
from dataclasses import dataclass, field

from measure import fail, promise, server_cpu_s, usage_of
from programs import SCRIPTS, WORK, events_file, program
from servers import mariadb, postgresql, wrongbook_tables

DIMENSIONS = ("pattern", "teaching_type", "teaching_type_pt")
NUM_KEYS = 200_000  # each is written twice: once as a new row, once as a change
PASSWORD = "bench"  # the limit programs get it as an argument

DIMENSION_TYPES = wrongbook_tables("VARCHAR(190)", "DATETIME(3)")
TARGET = "CREATE TABLE target (id BIGINT PRIMARY KEY, user_id VARCHAR(40), name VARCHAR(80), score INT, amount DECIMAL(10, 2), ts {})"
SINK = """CREATE TABLE source (id BIGINT, user_id STRING, name STRING, score INT, amount DECIMAL(10, 2), ts TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = '{path}', 'format' = 'csv');
CREATE TABLE target (id BIGINT, user_id STRING, name STRING, score INT, amount DECIMAL(10, 2), ts TIMESTAMP(3),
  PRIMARY KEY (id) NOT ENFORCED)
WITH ('connector' = 'jdbc', 'url' = '{url}', 'table-name' = 'target', 'username' = '{user}', 'password' = '{password}');
INSERT INTO target SELECT * FROM source;
"""


class Mysql:
    name = "mysql"
    user, database = mariadb.USER, mariadb.DATABASE
    target = TARGET.format("DATETIME(3)")
    set_password = f"SET PASSWORD FOR {mariadb.USER} = PASSWORD('{PASSWORD}')"
    start = mariadb.MariaDb


class Postgresql:
    name = "postgresql"
    user, database = postgresql.USER, postgresql.DATABASE
    target = TARGET.format("TIMESTAMP(3)")
    set_password = f"ALTER ROLE {postgresql.USER} PASSWORD '{PASSWORD}'"
    start = postgresql.PostgreSql


@dataclass
class DatabaseCase:
    """A program on a server, and what its runs have used."""

    name: str
    command: list
    count: int
    rounds: int
    runs: list = field(default_factory=list)  # (usage, seconds of CPU of the server)

    def client_ns(self):
        return statistics.median(usage.cpu_s for usage, _ in self.runs) / self.count * 1e9

    def server_ns(self):
        return statistics.median(cpu_s for _, cpu_s in self.runs) / self.count * 1e9

    def wall_s(self):
        return statistics.median(usage.wall_s for usage, _ in self.runs)

    def run(self, server):
        before_s = server_cpu_s(server.process.pid)
        usage = usage_of(self.command)
        self.runs.append((usage, server_cpu_s(server.process.pid) - before_s))


class DatabasePart:
    def __init__(self, options, sluice, database):
        self.options = options
        self.sluice = sluice
        self.database = database

    def run(self):
        """(lines of a table, results, promises)"""
        lines = [f"{'on databases':34}{'rows':>11}{'client ns/row':>17}{'server ns/row':>17}{'wall s':>9}"]
        results, found = {"cases": []}, []

        def report(cases):
            for case in cases:
                lines.append(f"{case.name:34}{case.count:>11,}{case.client_ns():>17,.0f}{case.server_ns():>17,.0f}"
                             f"{case.wall_s():>9.2f}")
                results["cases"].append({
                    "name": case.name, "rows": case.count, "client_ns_per_row": case.client_ns(),
                    "server_ns_per_row": case.server_ns(),
                    "runs": [{**vars(usage), "server_cpu_s": server_s} for usage, server_s in case.runs],
                })

        server = self.start(Mysql)
        try:
            cases, queries, keys = self.lookups(server)
            report(cases)
            results["lookups"] = {"keys": keys, "queries": queries}
            lines.append(f"{keys:,} keys of a cold cache were asked for with {queries:,} queries")
            found.append(promise("MariaDB, cold cache: keys for each query", keys / queries, "", ">=", 20))
            found.append(promise("Dimensions in MariaDB, times the CPU of embedded ones",
                                 cases[1].client_ns() / cases[0].client_ns(), "x", "<=", 1.1))
            cases = self.sinks(server, Mysql)
        finally:
            server.remove()
        report(cases)
        found.append(self.sink_promise("MariaDB", cases))
        server = self.start(Postgresql)
        try:
            cases = self.sinks(server, Postgresql)
        finally:
            server.remove()
        report(cases)
        found.append(self.sink_promise("PostgreSQL", cases))
        return lines, results, found

    @staticmethod
    def start(kind):
        server = kind.start()
        server.sql(kind.set_password)
        return server

    @staticmethod
    def sink_promise(name, cases):
        limit, own = cases
        return promise(f"{name}, rows a second, share of a program made for it", limit.wall_s() / own.wall_s() * 100, "%", ">=", 80)

    # -- Lookups --

    def lookups(self, server):
        """The job on embedded dimensions and on those of the server; queries and keys of its cold cache."""
        server.sql(DIMENSION_TYPES)
        rows = sqlite3.connect(self.database)
        for table in DIMENSIONS:
            found = rows.execute(f"SELECT * FROM {table}").fetchall()
            values = ", ".join("(" + ", ".join(f"'{v}'" if isinstance(v, str) else str(v) for v in row) + ")" for row in found)
            server.sql(f"INSERT INTO {table} VALUES {values}; ANALYZE TABLE {table}")
        keys = sum(int(server.sql(f"SELECT COUNT(DISTINCT {key}) FROM {table}")[0][0])
                   for table, key in (("pattern", "id"), ("teaching_type", "id"), ("teaching_type_pt", "pt_id")))
        account = f"'url' = '{server.url()}',\n  'username' = '{Mysql.user}',\n  'password' = '{PASSWORD}'"
        text = (SCRIPTS / "job_blackhole.sql").read_text(encoding="utf-8")
        text, count = re.subn(r"'url' = 'jdbc:sqlite:[^']*'", account, text)
        if count != len(DIMENSIONS):
            fail(f"job_blackhole.sql should have {len(DIMENSIONS)} dimensions and has {count}")
        path = WORK / "job_mariadb.sql"
        path.write_text(text, encoding="utf-8")
        options = self.options
        events = events_file(options.events, "object")
        cases = [
            DatabaseCase("sluice, embedded dimensions",
                         self.sluice.job(SCRIPTS / "job_blackhole.sql", events, self.database), options.events, options.rounds),
            DatabaseCase("sluice, dimensions in MariaDB", self.sluice.job(path, events, self.database), options.events,
                         options.rounds),
        ]
        queries = []
        for number in range(options.rounds):
            print(f"Lookups, round {number + 1} of {options.rounds}", flush=True)
            for case in cases:
                before = server.counter("Com_select")
                case.run(server)
                queries.append(server.counter("Com_select") - before)
        return cases, int(statistics.median(queries[1::2])), keys

    # -- Sinks --

    def rows_file(self):
        path = WORK / f"upserts-{NUM_KEYS}.csv"
        if not path.exists():
            with open(path, "w", encoding="utf-8") as rows:
                for turn in range(2):
                    for n in range(NUM_KEYS):
                        key = n * 7919 % NUM_KEYS
                        rows.write(f"{key},u-{n * 31 % 100_003:06},一元二次方程·第{n % 977}组,{(n + turn) % 101},"
                                   f"{n % 9973}.{n % 100:02},2024-05-01 12:{n % 60:02}:{n % 59:02}.{n % 1000:03}\n")
        return path

    def sinks(self, server, kind):
        """[the program made for it, the engine], on an empty table each time."""
        path, count = self.rows_file(), 2 * NUM_KEYS
        script = WORK / f"upsert_{kind.name}.sql"
        script.write_text(SINK.format(path=path, url=server.url(), user=kind.user, password=PASSWORD), encoding="utf-8")
        limit = [program("bench/limit_upsert"), kind.name, "127.0.0.1", str(server.port), kind.user, PASSWORD, kind.database,
                 "target", path]
        cases = [DatabaseCase(f"limit_upsert, {kind.name}", limit, count, self.options.rounds),
                 DatabaseCase(f"sluice, {kind.name} sink", [self.sluice.path, "run", script, "--quiet"], count, self.options.rounds)]
        kept = []
        for number in range(self.options.rounds):
            print(f"Writing to {server.name}, round {number + 1} of {self.options.rounds}", flush=True)
            for case in cases:
                server.sql(f"DROP TABLE IF EXISTS target; {kind.target}")
                if kind is Postgresql:
                    server.sql(f"ALTER TABLE target OWNER TO {kind.user}")
                case.run(server)
                kept.append(server.sql("SELECT COUNT(*), SUM(id), SUM(score), SUM(amount), MIN(ts), MAX(name) FROM target")[0])
        if len(set(kept)) != 1 or int(kept[0][0]) != NUM_KEYS:
            fail(f"the programs leave other rows in {server.name}: {sorted(set(kept))}")
        return cases
