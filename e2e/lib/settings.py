"""A centre's settings by the command line, against a running server or a data folder."""

import os
import subprocess

from .server import BINARY
from .wait import check


def command(server, *args, code=0):
    """Runs `lingtong …` against a running server and gives what it printed; its errors where it has to fail."""
    where = ["--url", f"http://{server.http[0]}:{server.http[1]}"]
    env = {**os.environ, "LINGTONG_TOKEN": server.token("admin")}
    return run(*args, *where, code=code, env=env)


def run(*args, code=0, env=None):
    """Runs `lingtong …`, which has to end with this code."""
    done = subprocess.run(list(map(str, [BINARY, *args])), capture_output=True, text=True, timeout=60, env=env,
                          stdin=subprocess.DEVNULL)
    check(done.returncode == code, lambda: f"{args[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stderr if code == 1 else done.stdout

