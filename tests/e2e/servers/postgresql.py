"""A private PostgreSQL for tests: on a free port of 127.0.0.1 and a socket in its folder."""

import glob
import signal
import subprocess

from database_server import DatabaseServer

USER = "sluice"
PASSWORD = "s3cr'et \"π\"\\"  # what has to be quoted somewhere
DATABASE = "shop"


def program(name):
    """Debian keeps the server's programs out of the path."""
    return max(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))


class PostgreSql(DatabaseServer):
    name = "postgresql"
    account = "postgres"  # it refuses to run as root
    stop_signal = signal.SIGINT  # the fast shutdown, which does not wait for clients

    def create_files(self):
        self.run(self.as_account([program("initdb"), "--pgdata", f"{self.folder}/data", "--no-sync", "--username=postgres",
                                  "--encoding=UTF8", "--locale=C.UTF-8", "--auth-local=trust",
                                  "--auth-host=scram-sha-256"]))

    def command(self):
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.folder,
                    "fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}
        command = [program("postgres"), "-D", f"{self.folder}/data"]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def client(self, database):
        return ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--field-separator=\t",
                "--pset=null=NULL", "--set=ON_ERROR_STOP=1", f"--host={self.folder}", f"--port={self.port}",
                "--username=postgres", f"--dbname={database}"]

    def is_up(self):
        return subprocess.run([*self.client("postgres"), "-c", "SELECT 1"], capture_output=True).returncode == 0

    def prepare(self):
        password = PASSWORD.replace("'", "''")
        self.sql(f"CREATE ROLE {USER} LOGIN PASSWORD '{password}'", database="postgres")
        self.sql(f"CREATE DATABASE {DATABASE} OWNER {USER}", database="postgres")
        self.sql(f"ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {USER}; GRANT ALL ON SCHEMA public TO {USER}")

    def sql(self, text, database=DATABASE):
        """Runs SQL as the superuser; the rows, columns as text, NULL as "NULL"."""
        out = self.run(self.client(database), input=text.encode())
        return [tuple(line.split("\t")) for line in out.splitlines() if line]

    def url(self, parameters="", port=None):
        return f"jdbc:postgresql://127.0.0.1:{port or self.port}/{DATABASE}{parameters}"
