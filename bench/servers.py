"""The real servers of the tests, which the bench starts the same way. Their client libraries come with Debian's own Python."""

import sys

from programs import ROOT

sys.path[:0] = [str(ROOT / "tests/e2e/servers"), str(ROOT / "tests/e2e")]

import mariadb  # noqa: E402, F401
import postgresql  # noqa: E402, F401
from database_jobs import wrongbook_tables  # noqa: E402, F401
from kafka_broker import KafkaBroker  # noqa: E402, F401
