"""What the private database servers of the tests have in common: a folder of their own that goes away with them, a free
port, a process that can be killed and started again. They serve tests: what is committed survives the death of the
process, but is never synced to the disk."""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

START_S = 60


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class DatabaseServer:
    """One server. Subclasses say how its files are made, how it is run and how SQL is sent to it."""

    name = ""
    account = None  # the user that runs it when the tests run as root; None: root itself
    stop_signal = signal.SIGTERM

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"sluice-{self.name}-"))
        self.port = free_port()
        self.process = None
        try:
            if os.geteuid() == 0 and self.account is not None:
                owner = pwd.getpwnam(self.account)
                os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self.create_files()
            self.start()
            self.prepare()
        except BaseException:
            self.remove()
            raise

    def create_files(self):
        raise NotImplementedError

    def command(self):
        raise NotImplementedError

    def is_up(self):
        raise NotImplementedError

    def prepare(self):
        """Makes the users and databases that the tests expect."""

    def as_account(self, command):
        if os.geteuid() == 0 and self.account is not None:
            return ["setpriv", f"--reuid={self.account}", f"--regid={self.account}", "--clear-groups", *command]
        return command

    def run(self, command, **options):
        """Runs a program to its end; fails with what it said."""
        result = subprocess.run(command, capture_output=True, cwd=self.folder, **options)
        if result.returncode != 0:
            raise AssertionError(f"{command[0]}: {result.stderr.decode(errors='replace')}{result.stdout.decode(errors='replace')}")
        return result.stdout.decode()

    @property
    def log(self):
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def start(self):
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(self.as_account(self.command()), cwd=self.folder, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
        deadline = time.monotonic() + START_S
        while not self.is_up():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{self.name} does not start:\n{self.log}")
            time.sleep(0.05)

    def stop(self):
        """An orderly shutdown."""
        self.end(self.stop_signal)

    def kill(self):
        """As when the machine loses power."""
        self.end(signal.SIGKILL)

    def end(self, number):
        if self.process is None:
            return
        self.process.send_signal(number)
        self.process.wait(START_S)
        self.process = None

    def remove(self):
        if self.process is not None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
