"""A lamp on a test's phone: a subscription to somebody's calls or messages, and what it has been told (RFC 4235, 3842)."""

import secrets
import xml.etree.ElementTree as xml

from .message import summary
from .wait import check, equal, until

SPACE = "{urn:ietf:params:xml:ns:dialog-info}"


class Lamp:
    """One subscription of a phone, within its own dialog."""

    def __init__(self, phone, target, event="dialog"):
        self.phone, self.event = phone, event
        self.call_id = f"{secrets.token_hex(10)}@{phone.ip}"
        self.cseq, self.routes = 1, []
        self.local = f"<{phone.aor}>;tag={secrets.token_hex(4)}"
        self.target = f"sip:{target}@{phone.server[0]}:{phone.server[1]}"
        self.remote = f"<{self.target}>"
        self.version = None
        self.dialogs = {}
        self.seen = []
        self.states = []
        self.summary = None
        phone.lamps[self.call_id] = self

    def subscribe(self, expires=600):
        """SUBSCRIBE, the first or one more; gives the final answer."""
        fields = [("Contact", self.phone.contact), ("Event", self.event), ("Expires", str(expires))]
        sent = self.phone._send_request("SUBSCRIBE", self.target, self.local, self.remote, self, fields, b"")
        answer = sent.wait()
        self.cseq += 1
        if answer.status == 200:
            self.target, self.remote = answer.contact, answer["to"]
        return answer

    def take(self, notify):
        """A NOTIFY; documents that do not follow each other are an error that the next wait tells."""
        self.states.append(notify["subscription-state"])
        if not notify.body:
            return
        if self.event == "message-summary":
            self._take_summary(notify.body.decode())
        else:
            self._take_dialogs(notify.body)
        self.seen.append(self.shows)

    def _take_summary(self, text):
        self.version = 0
        self.summary = summary(text)

    def _take_dialogs(self, body):
        root = xml.fromstring(body)
        version, full = int(root.get("version")), root.get("state") == "full"
        if full:
            self.dialogs = {}
        elif version != (self.version or 0) + 1:
            self.seen.append(f"document {version} after {self.version}")
        self.version = version
        for dialog in root.findall(f"{SPACE}dialog"):
            state = dialog.find(f"{SPACE}state").text
            if state == "terminated":
                self.dialogs.pop(dialog.get("id"), None)
            else:
                self.dialogs[dialog.get("id")] = state

    @property
    def shows(self):
        """What it looks like: the furthest of its calls, or dark; of a mailbox, whether messages wait, and how many."""
        if self.event == "message-summary":
            return self.summary
        return next((s for s in ("confirmed", "early", "trying") if s in self.dialogs.values()), "dark")

    def wait(self, state, timeout=8):
        """Waits until it shows this."""
        until(lambda: self.shows == state, timeout, lambda: f"the lamp to be {state}; it was {self.seen}")
        check(not any("after" in s for s in self.seen), lambda: f"documents: {self.seen}")
        return self


def lamp(phone, target, expires=600, event="dialog"):
    """A lamp that is lit or dark from now on."""
    new = Lamp(phone, target, event)
    equal(new.subscribe(expires).status, 200, f"SUBSCRIBE of {phone.user}")
    until(lambda: new.version is not None, 5, "the first NOTIFY")
    return new
