"""Chromium without a screen, steered by the DevTools protocol over a pipe."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time

from .page import Page
from .wait import Failed, check, until

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-default-browser-check",
    "--disable-dev-shm-usage", "--mute-audio", "--remote-debugging-pipe",
]


class Browser(Page):
    """One Chromium, and the page in it that commands go to."""

    def __init__(self, test, language="zh-CN", size=(1440, 900), microphone=None, profile="own", flags=()):
        """`microphone`: a WAV file that the page hears as its microphone, without being asked for leave;
        `profile`: whose, where a test has two; `flags`: further ones of the command line."""
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        check(program, "Chromium is missing: apt-get install chromium")
        profile = test.folder / f"chromium-{language}-{profile}"
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (theirs_in, theirs_out)]

        def hand_over():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        command = [program, *FLAGS, *flags, f"--user-data-dir={profile}", f"--lang={language}", "--window-size=%d,%d" % size]
        if microphone:
            command += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                        f"--use-file-for-fake-audio-capture={microphone}"]
        with open(test.folder / "chromium.log", "ab") as log:
            self.process = subprocess.Popen(
                [*command, f"--accept-lang={language}", "about:blank"], preexec_fn=hand_over, pass_fds=(3, 4),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, "HOME": str(test.folder)})
        for fd in (theirs_in, theirs_out, *high):
            os.close(fd)
        test.at_end(self._end)
        self._number, self._buffer, self.errors = 0, b"", []
        self._attach(until(self._page, 20, "a page in Chromium", 0.1))

    def _attach(self, target):
        self._session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True}, None)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.command(f"{domain}.enable")

    def new_tab(self):
        """Opens a second page beside the first; commands go to it from now on."""
        self._attach(self._call("Target.createTarget", {"url": "about:blank"}, None)["targetId"])

    def cover(self):
        """Puts another page before this one, which commands still go to."""
        self._call("Target.createTarget", {"url": "about:blank"}, None)

    def allow(self, origin, *permissions):
        """What a page may, as if a person had been asked."""
        self._call("Browser.grantPermissions", {"origin": origin, "permissions": permissions}, None)

    def kill(self):
        """As a crash would: without a word to anybody."""
        self.process.kill()
        self.process.wait()

    def _end(self):
        self.process.kill()
        self.process.wait()
        os.close(self._out)
        os.close(self._in)

    def _page(self):
        targets = self._call("Target.getTargets", {}, None)["targetInfos"]
        return next((t["targetId"] for t in targets if t["type"] == "page"), None)

    def _call(self, method, params, session):
        self._number += 1
        request = {"id": self._number, "method": method, "params": params}
        if session:
            request["sessionId"] = session
        os.write(self._out, json.dumps(request).encode() + b"\0")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            message = self._read(deadline)
            if message.get("id") == self._number:
                if "error" in message:
                    raise Failed(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)
        raise Failed(f"no answer to {method}")

    def _read(self, deadline):
        while b"\0" not in self._buffer:
            if not select.select([self._in], [], [], max(0, deadline - time.monotonic()))[0]:
                raise Failed("Chromium does not answer")
            data = os.read(self._in, 1 << 20)
            check(data, "Chromium has ended")
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def _note(self, message):
        if message.get("method") == "Runtime.exceptionThrown":
            details = message["params"]["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
            entry = message["params"]["entry"]
            self.errors.append(f"{entry['text']} {entry.get('url', '')}")

    def command(self, method, **params):
        """A command to the page."""
        return self._call(method, params, self._session)

    def on_each_page(self, script):
        """Done first in each page from now on."""
        self.command("Page.addScriptToEvaluateOnNewDocument", source=script)

    def reload(self):
        """Loads the page anew."""
        self.command("Page.reload")

    def open(self, url):
        """Goes to a page."""
        self.command("Page.navigate", url=url)

    def js(self, expression):
        """The value of an expression, promises awaited, as if by a person's gesture."""
        result = self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True,
                              userGesture=True)
        if "exceptionDetails" in result:
            raise Failed(f"{expression}: {result['exceptionDetails']['exception'].get('description')}")
        return result["result"].get("value")

    def click_at(self, x, y):
        """Clicks there as a mouse would."""
        for kind in ("mousePressed", "mouseReleased"):
            self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def insert(self, text):
        """Types into what has the focus."""
        self.command("Input.insertText", text=text)

    def key(self, key):
        """A key of the keyboard."""
        code = {"Enter": 13}.get(key, ord(key.upper()[0]))
        for kind in ("keyDown", "keyUp"):
            text = {"text": key} if kind == "keyDown" and len(key) == 1 else {}
            self.command("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **text)

    def screenshot(self, path):
        """A picture of the page, in the format that the file's name says."""
        kind = {"format": "webp", "quality": 70} if path.suffix == ".webp" else {"format": "png"}
        path.write_bytes(base64.b64decode(self.command("Page.captureScreenshot", **kind)["data"]))
