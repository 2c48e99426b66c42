"""baresip with a tone for a microphone and a file for an ear."""

import json
import re
import socket

from . import audio
from .server import free_port
from .wait import Failed, until

MODULES = "/usr/lib/baresip/modules"


class Baresip:
    """One baresip, steered by its ctrl_tcp module."""

    def __init__(self, test, user, secret=None, tone=500, codec="PCMA/8000/1", auto=True, account="", tls=None):
        """`account`: further parameters of the account. `tls`: the address of SIP over TLS and the file
        of whom to trust there; the phone then insists on SRTP."""
        self.user, self.server = user, tls[0] if tls else test.server.sip
        self.way = ";transport=tls" if tls else ""
        self.folder = test.folder / f"baresip-{user}"
        self.folder.mkdir()
        control = free_port()
        audio.write_tone_wav(self.folder / "tone.wav", tone, 60)
        (self.folder / "config").write_text("\n".join([
            f"sip_listen 127.0.0.1:{free_port()}", "call_local_timeout 120", "audio_level no",
            f"audio_source aufile,{self.folder}/tone.wav", "audio_player aubridge,ear",
            "audio_alert aubridge,bell", "ausrc_srate 8000", "auplay_srate 8000", "ausrc_channels 1",
            f"module_path {MODULES}", "module g711.so", "module g722.so", "module opus.so", "module aufile.so",
            "module aubridge.so", "module sndfile.so", f"snd_path {self.folder}", "module_tmp uuid.so",
            "module_tmp account.so", "module_app menu.so", "module ctrl_tcp.so", f"ctrl_tcp_listen 127.0.0.1:{control}",
            "rtp_stats no", *(["module srtp.so", f"sip_cafile {tls[1]}"] if tls else []), "",
        ]))
        login = f";auth_user={user};auth_pass={secret};regint=300" if secret else ";regint=0"
        answer = "auto" if auto else "manual"
        host = "%s:%d" % self.server
        account += ";mediaenc=srtp-mand" if tls else ""
        (self.folder / "accounts").write_text(
            f"<sip:{user}@{host}{self.way}>{login}{account};answermode={answer};audio_codecs={codec}\n")
        (self.folder / "contacts").write_text("")
        self.process = test.run("baresip", "-f", self.folder, "-v")
        self.events = []
        self._buffer = b""
        self._control = until(lambda: self._connect(control), 10, f"baresip's control port; {self.process.log}", 0.05)
        test.at_end(self._control.close)
        if secret:
            # Its event may have come before anybody listened.
            until(lambda: "200 OK" in self.process.log.read_text(errors="replace"), 10,
                  lambda: f"baresip's registration: {self.process.log.read_text(errors='replace')[-1500:]}")

    def wait_registered(self, flows, timeout=10):
        """Waits until so many flows of its own (RFC 5626) have been registered, first ones and renewed ones."""

        def confirmed():
            log = self.process.log.read_text(errors="replace")
            return len(re.findall(r"\{\d/TCP/v4\} 200 OK", log)) >= flows

        until(confirmed, timeout, lambda: f"{flows} registrations: {self.process.log.read_text(errors='replace')[-1500:]}")

    def _connect(self, port):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1)
        except OSError:
            return None

    def command(self, name, params=""):
        """A command as if typed."""
        text = json.dumps({"command": name, "params": params, "token": "t"}).encode()
        self._control.sendall(b"%d:%s," % (len(text), text))

    def _poll(self):
        self._control.settimeout(0.05)
        try:
            self._buffer += self._control.recv(65536)
        except TimeoutError:
            pass
        while found := re.match(rb"(\d+):", self._buffer):
            start, size = found.end(), int(found.group(1))
            if len(self._buffer) < start + size + 1:
                return
            self.events.append(json.loads(self._buffer[start : start + size]))
            self._buffer = self._buffer[start + size + 1 :]

    def wait_event(self, kind, timeout=10):
        """Waits until baresip tells of something, once for each time that it does."""

        def come():
            self._poll()
            return next((e for e in self.events if e.get("type") == kind), None)

        try:
            event = until(come, timeout, f"{kind} from baresip {self.user}")
        except Failed as failed:
            seen = [e.get("type") for e in self.events]
            log = self.process.log.read_text(errors="replace")[-1500:]
            raise Failed(f"{failed}; it told of {seen}\n{log}") from None
        self.events.remove(event)
        return event

    def dial(self, number):
        """Calls a number of the server's."""
        self.command("dial", f"sip:{number}@{self.server[0]}:{self.server[1]}{self.way}")
        self.wait_event("CALL_ESTABLISHED")

    def hang_up(self):
        """Hangs up."""
        self.command("hangup")

    def heard(self):
        """What its last call has heard, samples and rate, as far as it is in the file yet."""
        dumps = sorted(self.folder.glob("dump-*-dec.wav"), key=lambda p: p.stat().st_mtime)
        if not dumps:
            return [], 8000
        data = dumps[-1].read_bytes()
        channels, rate = int.from_bytes(data[22:24], "little"), int.from_bytes(data[24:28], "little")
        at = data.find(b"data") + 8
        samples = memoryview(data[at : at + (len(data) - at) // 2 * 2]).cast("h")
        return list(samples[::channels]), rate

    def hears(self, frequency):
        """Whether a fifth of a second of that tone is at the end of what it has heard."""
        samples, rate = self.heard()
        last = samples[-rate // 5 :]
        return len(last) >= rate // 5 and audio.tone_share(last, frequency, rate) > 0.5

    def wait_tone(self, frequency, timeout=10):
        """Waits until it hears that tone."""
        until(lambda: self.hears(frequency), timeout, f"{frequency} Hz at baresip {self.user}", 0.1)
