"""What the parts of the bench run and what they feed it: the programs that are built, the engines, the inputs."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

from measure import fail

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build/bench"
RELEASE = ROOT / "build/release"
SCRIPTS = ROOT / "examples/wrongbook"
FLINK_VERSION = "1.20.3"
CHECKED_EVENTS = 5_000
FLINK_OPENS = ("java.base/java.util", "java.base/java.lang", "java.base/java.time")


def program(name):
    path = RELEASE / name
    if not path.is_file():
        fail(f"{path.relative_to(ROOT)} is missing; `tools/build.sh release sluice bench_programs` builds it")
    return path


class Sluice:
    def __init__(self):
        self.path = program("sluice")

    def job(self, script, events, database, *arguments):
        return [self.path, "run", script, "--quiet", "--var", f"events={events}", "--var", f"db={database}", *arguments]


class Flink:
    """The pom of bench/flink brings Flink from the machine's Maven repository; built when its sources are newer."""

    def __init__(self):
        for tool in ("java", "mvn"):
            if shutil.which(tool) is None:
                fail(f"{tool} is missing; `tools/setup.sh bench` installs it, --without-flink does without")
        sources = ROOT / "bench/flink"
        jar, class_path = WORK / "flink/bench-flink.jar", WORK / "flink/classpath"
        newest = max(path.stat().st_mtime for path in sources.rglob("*") if path.is_file())
        if not class_path.is_file() or not jar.is_file() or jar.stat().st_mtime < newest:
            print(f"Building the job for Flink {FLINK_VERSION} with Maven", flush=True)
            maven = ["mvn", "-q", "-B", f"-Dflink.version={FLINK_VERSION}", "-f", sources / "pom.xml", "package"]
            subprocess.run(maven, check=True)
        opens = [part for name in FLINK_OPENS for part in ("--add-opens", f"{name}=ALL-UNNAMED")]
        self.java = ["java", *opens, "-cp", f"{jar}:{class_path.read_text().strip()}", "sluice.bench.RunScript"]

    def job(self, script, events, database):
        return [*self.java, script, "--var", f"events={events}", "--var", f"db={database}"]


# -- inputs ------------------------------------------------------------------------------------------------------------


def events_file(count, form):
    """The seeded events as JSON lines, made once; payload form "object" or "string"."""
    path = WORK / f"events-{form}-{count}.jsonl"
    if not path.exists():
        print(f"Writing {count:,} events with the payload as {form}", flush=True)
        arguments = ["--string"] if form == "string" else []
        unfinished = path.with_suffix(".part")
        subprocess.run([program("bench/write_events"), unfinished, str(count), "1", *arguments], check=True)
        unfinished.rename(path)
    return path


def dimensions_file():
    path = WORK / "dimensions.db"
    source = SCRIPTS / "dimensions.sql"
    if not path.exists() or path.stat().st_mtime < source.stat().st_mtime:
        path.unlink(missing_ok=True)
        database = sqlite3.connect(path)
        database.executescript(source.read_text(encoding="utf-8"))
        database.close()
    return path
