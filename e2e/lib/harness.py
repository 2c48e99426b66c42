"""What a test gets: a folder, servers and phones that end with it."""

import subprocess
from pathlib import Path

from .server import ROOT, Server
from .sip import Phone
from .wait import check, equal, never, until

SIPP = ROOT / "e2e/sipp"


class Test:
    """One test's world."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self._ends = []
        self._server = None
        self.notes = []

    check, equal, until, never = staticmethod(check), staticmethod(equal), staticmethod(until), staticmethod(never)

    def note(self, text):
        """Something worth printing with the result."""
        self.notes.append(text)

    def at_end(self, action):
        """Done when the test is over, last first."""
        self._ends.append(action)

    @property
    def server(self):
        """The test's server; the first use starts it."""
        if not self._server:
            self.start()
        return self._server

    def start(self, *args, demo=True, environment=None):
        """Starts the test's server with these flags, and with these variables beside our own."""
        self._server = Server(self.folder, args, demo=demo, environment=environment)
        self.at_end(self._server.stop)
        self._server.start()
        return self._server

    def phone(self, user, secret=None, **how):
        """A phone at the test's server."""
        phone = Phone(self.server.sip, str(user), secret, **how)
        self.at_end(phone.close)
        return phone

    def caller(self, number="13800000001", **how):
        """A customer who comes in by the trunk."""
        return self.phone(number, **how)

    def agent(self, number, **how):
        """An agent's phone, registered, and so ready."""
        phone = self.phone(number, f"demo-{number}", **how).register()
        return phone

    def prompt(self, name, language="zh"):
        """A shipped clip."""
        return ROOT / "prompts" / language / f"{name}.opus"

    def hears(self, call, name, timeout=12, language="zh"):
        """The call hears this clip; gives the search that found it."""
        return call.rtp.wait_clip(self.prompt(name, language), timeout)

    def run(self, *command, **how):
        """A child that ends with the test."""
        out = open(self.folder / f"{Path(str(command[0])).name}-{len(self._ends)}.log", "wb")
        how = {"stdin": subprocess.DEVNULL, "cwd": self.folder, **how}
        child = subprocess.Popen(list(map(str, command)), stdout=out, stderr=subprocess.STDOUT, **how)
        child.log = Path(out.name)
        out.close()
        self.at_end(lambda: (child.kill(), child.wait()))
        return child

    def sipp(self, scenario, *args):
        """A sipp with one of our scenarios."""
        name = scenario if scenario.startswith("-") else SIPP / scenario
        how = ["-sn", name[1:]] if isinstance(name, str) else ["-sf", name]
        return self.run("sipp", *how, "-nostdin", "-trace_err", "-i", "127.0.0.1", *args)

    def wait_child(self, child, timeout=30):
        """Waits until a child has ended well."""
        try:
            code = child.wait(timeout)
        except subprocess.TimeoutExpired:
            code = "no end in time"
        check(code == 0, lambda: f"{child.args[0]} gave {code}: {child.log.read_text(errors='replace')[-3000:]}")

    def close(self):
        """Ends everything."""
        for action in reversed(self._ends):
            try:
                action()
            except Exception as error:  # an end that fails must not keep the others from ending
                self.note(f"at the end: {error!r}")
