"""The program under test: started on free ports with a folder of its own, and its HTTP interface."""

import json
import os
import random
import re
import resource
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .wait import Failed, check, until

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("LINGTONG_BIN") or ROOT / "target/debug/lingtong")
START_S = 30
"""A first start seeds the demo tenant; a slow machine runs a debug build."""


_RESERVED = []
"""Names that stand for ports which this process has been given; they end with it."""


def _reserve(port):
    """Whether no other test has been given that port and has yet to use it."""
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        mark.bind(f"\0lingtong-e2e-port-{port}")
    except OSError:
        mark.close()
        return False
    _RESERVED.append(mark)
    return True


def free_port(ip="127.0.0.1"):
    """A port that is free for TCP and UDP, below those that the system gives to whoever asks for any."""
    return free_ports(1, (ip,))


def free_ports(count, ips):
    """The lowest, an even one, of as many such ports in a row, free at all these addresses."""
    for _ in range(50):
        low = random.randrange(10_000, 32_000 - count, 2)
        ports = range(low, low + count)
        if all(_is_free(ip, port) for ip in ips for port in ports) and all(_reserve(port) for port in ports):
            return low
    raise Failed(f"no {count} free ports in a row")


def _is_free(ip, port):
    with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        try:
            tcp.bind((ip, port))
            udp.bind((ip, port))
        except OSError:
            return False
    return True


class Server:
    """`lingtong serve`, by default with `--demo`, in a folder."""

    def __init__(self, folder, args=(), ip="127.0.0.1", demo=True, environment=None):
        self.folder = Path(folder)
        self.environment = {**os.environ, **{name: str(value) for name, value in (environment or {}).items()}}
        self.sip = (ip, free_port(ip))
        self.http = ("127.0.0.1", free_port())
        self.args = [*(["--demo"] if demo else []), *args]
        self.log = self.folder / "server.log"
        self.process = None
        self._tokens = {}

    def start(self):
        """Starts and waits for the line that says ready; gives the seconds that it took."""
        check(BINARY.exists(), f"{BINARY} is missing: build it (cargo build -p lingtong) or set LINGTONG_BIN")
        command = [
            BINARY, "serve", "--data", self.folder / "data", "--sip", "%s:%d" % self.sip,
            "--http", "%s:%d" % self.http, *self.args,
        ]
        began = time.monotonic()
        out = self.folder / "server.out"
        out.write_bytes(b"")
        # Python ignores the signal that a file is as long as it may be, and so does this child: it gets an error.
        with open(out, "ab") as stdout, open(self.log, "ab") as stderr:
            self.process = subprocess.Popen(list(map(str, command)), stdout=stdout, stderr=stderr, restore_signals=False,
                                            env=self.environment)

        def ready():
            if self.process.poll() is not None:
                raise Failed(f"the server ended with {self.process.returncode}: {self.log.read_text()[-2000:]}")
            return re.search(r"^lingtong ready http=\S+ sip=\S+$", out.read_text(), re.M)

        until(ready, START_S, "the server's ready line", 0.005)
        return time.monotonic() - began

    def no_file_beyond(self, length=resource.RLIM_INFINITY):
        """From now on nothing is written into any file behind this length, as on a disk that is full."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (length, resource.RLIM_INFINITY))

    def cpu_s(self):
        """Seconds of a processor that it has used."""
        user, system = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def kill(self):
        """As a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(5)

    def stop(self):
        """Ends it at once, in order where it still can."""
        if self.process and self.process.poll() is None:
            for _ in range(2):
                self.process.send_signal(signal.SIGINT)
                time.sleep(0.05)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    # ---- HTTP ----

    def fetch(self, path, user="admin", method="GET", body=None, headers=None):
        """Status, headers and bytes of an answer; a body of bytes goes as it is, any other as JSON."""
        request = urllib.request.Request(f"http://{self.http[0]}:{self.http[1]}{path}", method=method)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        if user:
            request.add_header("Authorization", f"Bearer {self.token(user)}")
        if body is not None:
            plain = isinstance(body, bytes)
            request.add_header("Content-Type", "application/octet-stream" if plain else "application/json")
            request.data = body if plain else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def token(self, user):
        """A token of a demo user."""
        if user not in self._tokens:
            self._tokens[user] = self.login(user, f"demo-{user}")
        return self._tokens[user]

    def sign_in(self, user, password, tenant=None):
        """From now on this user asks for everything that no other is named for; gives its token."""
        self._tokens["admin"] = self.login(user, password, tenant)
        return self._tokens["admin"]

    def login(self, user, password, tenant=None):
        """A new token."""
        login = {"username": user, "password": password, **({"tenant": tenant} if tenant else {})}
        status, _, body = self.fetch("/api/v1/login", None, "POST", login)
        check(status == 200, f"login of {user}: {status} {body[:200]!r}")
        return json.loads(body)["token"]

    def get(self, path, user="admin"):
        """The JSON of a page that must be there."""
        status, _, body = self.fetch(path, user)
        check(status == 200, f"GET {path}: {status} {body[:300]!r}")
        return json.loads(body)

    def apply(self, *resources):
        """Changes settings, which hold at once."""
        status, _, body = self.fetch("/api/v1/settings", "admin", "POST", {"resources": resources})
        check(status == 200, f"settings: {status} {body[:500]!r}")

    def live(self):
        """What goes on."""
        return self.get("/api/v1/live")

    def agent(self, number):
        """An agent as the live view shows it."""
        return next(a for a in self.live()["agents"] if a["number"] == str(number))

    def wait_agent(self, number, state, reason=None, timeout=8):
        """Waits until an agent is in a state."""
        found = {}

        def so():
            found.update(self.agent(number))
            return found["state"] == state and (reason is None or found.get("reason") == reason)

        until(so, timeout, lambda: f"agent {number} {state} {reason or ''}; it is {found}", 0.1)
        return found

    def wait_idle(self, timeout=8):
        """Waits until no interaction goes on."""
        found = []

        def idle():
            found[:] = self.live()["interactions"]
            return not found

        until(idle, timeout, lambda: f"no interaction going on; there are {found}", 0.1)

    def wait_live(self, state, timeout=10):
        """Waits until some interaction is in a state, and gives it."""

        def so():
            return next((i for i in self.live()["interactions"] if i["state"] == state), None)

        return until(so, timeout, lambda: f"an interaction that is {state}: {self.live()['interactions']}", 0.1)

    def interactions(self, number=""):
        """All that have ended, newest first; those of a number."""
        items, cursor = [], None
        while True:
            narrowed = (f"&number={number}" if number else "") + (f"&cursor={cursor}" if cursor else "")
            page = self.get(f"/api/v1/interactions?limit=500{narrowed}")
            items += page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return items

    def record(self, call, timeout=8):
        """The record of the interaction that a call of ours began or took part in."""
        number = "" if call.incoming else call.phone.user

        def find():
            for item in self.interactions(number):
                detail = self.get(f"/api/v1/interactions/{item['id']}")
                if any(leg["sip_call_id"] == call.call_id for leg in detail["legs"]):
                    return detail
            return None

        return until(find, timeout, f"the record of {call}", 0.2)

    def audio(self, recording, path):
        """A recording as a file."""
        status, headers, body = self.fetch(f"/api/v1/recordings/{recording['id']}/audio")
        check(status == 200, f"audio: {status} {body[:200]!r}")
        check("wav" in headers.get("content-type", headers.get("Content-Type", "")), f"audio is no WAV: {headers}")
        Path(path).write_bytes(body)
        return path
