"""A database beside the centre that flows look into: a real PostgreSQL of the test's own."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path

from lib.server import free_port

USER = "postgres"


class Postgres:
    """Runs from its making on; `run` takes SQL, `stop` and `start` are a server that is lost and comes back, `freeze` is one
    that keeps its connections and says nothing."""

    def __init__(self, test):
        self.bin = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self.folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
        self.port, self.data = free_port(), self.folder / "data"
        if os.geteuid() == 0:
            subprocess.run(["chown", USER, self.folder], check=True)
        self.folder.chmod(0o700)
        self._do("initdb", "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D", self.data)
        hba = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        subprocess.run([*self._as_user(), "tee", self.data / "pg_hba.conf"], input=hba, text=True, check=True,
                       stdout=subprocess.DEVNULL)
        self.start()
        test.at_end(self._end)

    @property
    def host(self):
        """Its address and port."""
        return f"127.0.0.1:{self.port}"

    def start(self):
        """It answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off"
        self._do("pg_ctl", "-w", "-o", options, "-l", self.folder / "log", "-D", self.data, "start")

    def stop(self):
        """It is lost, and with it all its connections."""
        self._do("pg_ctl", "-w", "-m", "immediate", "-D", self.data, "stop")

    def freeze(self):
        """Nothing of it moves."""
        self._signal(signal.SIGSTOP)

    def thaw(self):
        """It goes on."""
        self._signal(signal.SIGCONT)

    def run(self, sql):
        """Runs SQL as its owner; what it prints."""
        done = subprocess.run([*self._as_user(), self.bin / "psql", "-qtA", "-v", "ON_ERROR_STOP=1", "-h", self.folder,
                               "-p", str(self.port), "-U", USER], input=sql, text=True, check=True, capture_output=True, cwd="/")
        return done.stdout.strip()

    def _signal(self, which):
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        for pid in [first, *self._children(first)]:
            os.kill(pid, which)

    @staticmethod
    def _children(pid):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    @staticmethod
    def _as_user():
        return ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []

    def _do(self, program, *words):
        subprocess.run([*self._as_user(), self.bin / program, *map(str, words)], check=True, cwd="/",
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _end(self):
        if (self.data / "postmaster.pid").exists():
            self.thaw()
            self.stop()
        subprocess.run(["rm", "-rf", self.folder], check=True)
