"""A private MariaDB for tests: on a free port of 127.0.0.1 and a socket in its folder."""

import os
import subprocess

from database_server import DatabaseServer

USER = "sluice"
PASSWORD = "s3cr'et \"π\"\\"  # what has to be quoted somewhere
DATABASE = "shop"


class MariaDb(DatabaseServer):
    name = "mariadb"

    def create_files(self):
        self.run(["mariadb-install-db", "--no-defaults", f"--datadir={self.folder}/data", "--skip-test-db",
                  "--auth-root-authentication-method=normal", "--innodb-flush-method=nosync", *self.as_root()])

    def command(self):
        return ["mariadbd", "--no-defaults", f"--datadir={self.folder}/data", f"--socket={self.folder}/socket",
                f"--pid-file={self.folder}/pid", "--bind-address=127.0.0.1", f"--port={self.port}",
                "--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--sync-binlog=0",
                "--innodb-buffer-pool-size=64M", "--character-set-server=utf8mb4", *self.tls_arguments(), *self.as_root()]

    def tls_arguments(self):
        return []

    @staticmethod
    def as_root():
        return ["--user=root"] if os.geteuid() == 0 else []

    def client(self):
        return ["mariadb", "--no-defaults", f"--socket={self.folder}/socket", "--user=root", "--batch", "--raw",
                "--skip-column-names", "--default-character-set=utf8mb4"]

    def is_up(self):
        return subprocess.run([*self.client(), "-e", "SELECT 1"], capture_output=True).returncode == 0

    def prepare(self):
        password = PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
        self.sql(f"CREATE DATABASE {DATABASE}; CREATE USER {USER} IDENTIFIED BY '{password}'; "
                 f"GRANT ALL ON {DATABASE}.* TO {USER}", database=None)

    def sql(self, text, database=DATABASE):
        """Runs SQL as root; the rows, columns as text, NULL as "NULL"."""
        out = self.run([*self.client(), *([database] if database else [])], input=text.encode())
        return [tuple(line.split("\t")) for line in out.splitlines()]

    def counter(self, name):
        """A status variable of the whole server."""
        return int(self.sql(f"SHOW GLOBAL STATUS LIKE '{name}'")[0][1])

    def url(self, parameters="", port=None):
        return f"jdbc:mysql://127.0.0.1:{port or self.port}/{DATABASE}{parameters}"


class EncryptedMariaDb(MariaDb):
    """The same with a certificate of its own for 127.0.0.1."""

    def create_files(self):
        super().create_files()
        self.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                  "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "certificate.pem"])

    def tls_arguments(self):
        return [f"--ssl-cert={self.folder}/certificate.pem", f"--ssl-key={self.folder}/key.pem"]
