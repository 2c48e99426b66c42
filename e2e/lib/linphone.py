"""linphone's console telephone with a tone for a microphone and a file for an ear."""

import re
import subprocess

from . import audio
from .server import free_port
from .wait import until

SETTINGS = """[sip]
sip_port={port}
sip_tcp_port=0
sip_tls_port=0
use_ipv6=0
guess_hostname=0
contact=sip:{user}@127.0.0.1
default_proxy={proxy}
[rtp]
audio_rtp_port={rtp}
[net]
firewall_policy=0
"""
ACCOUNT = """[auth_info_0]
username={user}
passwd={secret}
realm=demo
[proxy_0]
reg_proxy=<sip:{server}>
reg_identity=sip:{user}@{server}
reg_expires=300
reg_sendregister=1
publish=0
"""
HEAD = 44
"""Bytes of a WAV file before its samples."""


class Linphone:
    """One linphonec, steered by what is typed. It answers by itself, unless `auto` is false."""

    def __init__(self, test, user, secret=None, tone=500, auto=True):
        self.user, self.server = user, "%s:%d" % test.server.sip
        self.folder = test.folder / f"linphone-{user}"
        (self.folder / ".local/share/linphone").mkdir(parents=True)
        audio.write_tone_wav(self.folder / "tone.wav", tone, 60)
        what = {"user": user, "secret": secret, "server": self.server, "port": free_port(), "rtp": free_port()}
        text = SETTINGS.format(**what, proxy=0 if secret else -1) + (ACCOUNT.format(**what) if secret else "")
        (self.folder / "rc").write_text(text)
        # It reads what is typed through a pipe, and stops when its terminal is no more.
        self.process = test.run("linphonec", *(["-a"] if auto else []), "-c", self.folder / "rc", stdin=subprocess.PIPE, cwd=self.folder,
                                env={"HOME": str(self.folder), "PATH": "/usr/bin:/bin"})
        self._read = 0
        self.wait_said(r"linphonec> ")
        self.type("soundcard use files")
        self.wait_said(r"Using wav files")
        self.type(f"play {self.folder}/tone.wav")
        self.type(f"record {self.folder}/ear.wav")
        if secret:
            until(self._registered, 10, lambda: f"linphone's registration: {self.said()[-1500:]}", 0.3)

    def type(self, line):
        """A line as if typed."""
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def said(self):
        """All that it has said."""
        return self.process.log.read_text(errors="replace")

    def wait_said(self, pattern, timeout=15):
        """Waits until it says this, behind what was waited for before."""

        def found():
            return re.compile(pattern).search(self.said(), self._read)

        self._read = until(found, timeout, lambda: f"linphone {self.user} saying {pattern}: {self.said()[-1500:]}").end()

    def _registered(self):
        self.type("status register")
        return "registered, identity=" in self.said()

    def dial(self, number):
        """Calls a number of the server's."""
        self.type(f"call sip:{number}@{self.server}")
        self.wait_said("connected")

    def heard(self):
        """What its last call has heard, samples and rate, as far as it is in the file yet."""
        path = self.folder / "ear.wav"
        # The head is written when the call is over; until then it is room of the same size.
        data = path.read_bytes()[HEAD:] if path.exists() else b""
        return list(memoryview(data[: len(data) // 2 * 2]).cast("h")), audio.RATE

    def hears(self, frequency):
        """Whether the last fifth of a second of what is in the file is that tone."""
        samples, rate = self.heard()
        last = samples[-rate // 5 :]
        return len(last) >= rate // 5 and audio.tone_share(last, frequency, rate) > 0.5

    def wait_tone(self, frequency, timeout=10):
        """Waits until it hears that tone."""
        until(lambda: self.hears(frequency), timeout, f"{frequency} Hz at linphone {self.user}", 0.1)
