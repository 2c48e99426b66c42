"""Firefox without a screen, steered by WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/) over its WebSocket."""

import json
import os
import re
import shutil
import socket
import struct
import subprocess
import time

from .page import Page
from .wait import Failed, check, until

START_S = 40
"""A first start makes a profile."""
ANSWER_S = 20
PREFERENCES = {
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "toolkit.telemetry.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    # Sound may begin by itself: a person has clicked before.
    "media.autoplay.default": 0,
    # The server is at 127.0.0.1, where no telephone of a page is otherwise.
    "media.peerconnection.ice.loopback": True,
    # A test reads candidates; and names of them would be asked for by multicast.
    "media.peerconnection.ice.obfuscate_host_addresses": False,
}


def speaker(test):
    """A sound card that nobody hears, for a machine without one: Firefox's sound stands still without. Its environment."""
    program = shutil.which("pulseaudio")
    check(program, "PulseAudio is missing: apt-get install pulseaudio")
    place = test.folder / "pulse"
    place.mkdir(mode=0o700)
    told = {"HOME": str(test.folder), "XDG_RUNTIME_DIR": str(place), "PULSE_SERVER": f"unix:{place}/native"}
    loaded = ["module-null-sink", f"module-native-protocol-unix socket={place}/native auth-anonymous=1"]
    test.run(program, "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes",
             *(f"--load={one}" for one in loaded), env={**os.environ, **told})
    until((place / "native").exists, 10, "a sound card")
    return told


class Firefox(Page):
    """One Firefox with one page."""

    def __init__(self, test, language="zh-CN", size=(1366, 768), voice_hz=None):
        """`voice_hz`: a tone that the page hears as its microphone, without being asked for leave."""
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        check(program, "Firefox is missing: apt-get install firefox-esr")
        profile = test.folder / "firefox"
        profile.mkdir()
        wanted = {**PREFERENCES, "intl.accept_languages": language}
        if voice_hz:
            wanted |= {"permissions.default.microphone": 1, "media.navigator.streams.fake": True, "media.navigator.audio.fake_frequency": voice_hz}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in wanted.items()]
        (profile / "user.js").write_text("\n".join(lines))
        quiet = speaker(test)
        log = test.folder / "firefox.log"
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                [program, "--headless", "--no-remote", "--profile", profile, "--width", str(size[0]), "--height",
                 str(size[1]), "--remote-debugging-port", "0", "about:blank"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **quiet})
        test.at_end(self._end)
        listening = until(lambda: re.search(rb"BiDi listening on ws://127\.0\.0\.1:(\d+)", log.read_bytes()), START_S,
                          lambda: f"Firefox that can be steered: {log.read_text(errors='replace')[-1000:]}", 0.1)
        self._number, self._buffer, self.errors = 0, b"", []
        self._connect(int(listening[1]))
        self.command("session.new", capabilities={})
        self.command("session.subscribe", events=["log.entryAdded"])
        self._context = self.command("browsingContext.getTree")["contexts"][0]["context"]

    def _end(self):
        self._socket.close()
        self.process.kill()
        self.process.wait()

    # ---- the WebSocket (RFC 6455) ----

    def _connect(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_S)
        self._socket.sendall(f"GET /session HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\n"
                             "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Key: bGluZ3Rvbmctd2ViZHJpdg==\r\n\r\n".encode())
        while b"\r\n\r\n" not in self._buffer:
            self._receive()
        answer, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        check(b" 101 " in answer.split(b"\r\n")[0] + b" ", f"Firefox answers {answer!r}")

    def _receive(self):
        try:
            data = self._socket.recv(1 << 20)
        except TimeoutError:
            raise Failed("Firefox does not answer") from None
        check(data, "Firefox has ended")
        self._buffer += data

    def _exactly(self, count):
        while len(self._buffer) < count:
            self._receive()
        found, self._buffer = self._buffer[:count], self._buffer[count:]
        return found

    def _message(self):
        """The next text; a server masks nothing, and may send it in parts."""
        text = b""
        while True:
            kind, size = self._exactly(2)
            if size >= 126:
                size = int.from_bytes(self._exactly(2 if size == 126 else 8))
            body = self._exactly(size)
            if kind & 0x0F in (0, 1):
                text += body
                if kind & 0x80:
                    return json.loads(text)

    def _send(self, text):
        data, mask = text.encode(), os.urandom(4)
        length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
        if len(data) > 0xFFFF:
            length = b"\xff" + struct.pack(">Q", len(data))
        masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(data))
        self._socket.sendall(b"\x81" + length + mask + masked)

    # ---- commands ----

    def command(self, method, **params):
        """A command to the browser."""
        self._number += 1
        self._send(json.dumps({"id": self._number, "method": method, "params": params}))
        deadline = time.monotonic() + ANSWER_S
        while time.monotonic() < deadline:
            message = self._message()
            if message.get("id") == self._number:
                if message["type"] == "error":
                    raise Failed(f"{method}: {message['error']}: {message['message']}")
                return message["result"]
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self.errors.append(message["params"]["text"])
        raise Failed(f"no answer to {method}")

    def on_each_page(self, script):
        """Done first in each page from now on."""
        self.command("script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}")

    def open(self, url):
        """Goes to a page."""
        self.command("browsingContext.navigate", context=self._context, url=url, wait="interactive")

    def reload(self):
        """Loads the page anew."""
        self.command("browsingContext.reload", context=self._context, wait="none")

    def js(self, expression):
        """The value of an expression, promises awaited, as if by a person's gesture."""
        told = self.command("script.callFunction", target={"context": self._context}, awaitPromise=True,
                            userActivation=True, functionDeclaration=f"async () => JSON.stringify(await ({expression}))")
        if told["type"] == "exception":
            raise Failed(f"{expression}: {told['exceptionDetails']['text']}")
        return json.loads(told["result"]["value"]) if told["result"]["type"] == "string" else None

    def _act(self, kind, *actions, **more):
        self.command("input.performActions", context=self._context,
                     actions=[{"type": kind, "id": kind, "actions": list(actions), **more}])

    def click_at(self, x, y):
        """Clicks there as a mouse would."""
        self._act("pointer", {"type": "pointerMove", "x": int(x), "y": int(y)}, {"type": "pointerDown", "button": 0},
                  {"type": "pointerUp", "button": 0})

    def insert(self, text):
        """Types into what has the focus."""
        self.key(*text)

    def key(self, *keys):
        """Keys of the keyboard, one after the other."""
        told = [{"Enter": "\uE007", "Escape": "\uE00C"}.get(key, key) for key in keys]
        self._act("key", *({"type": kind, "value": key} for key in told for kind in ("keyDown", "keyUp")))
