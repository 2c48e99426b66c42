"""One call of a test's phone: what a person at it does, and what happened to it."""

import secrets

from .message import Description, build, sdp, uri_of
from .rtp import Rtp
from .wait import Failed, check, until

MIRROR = {"sendonly": "recvonly", "recvonly": "sendonly"}


class Call:
    """A dialog and its audio. State: calling, ringing, up, ended."""

    def __init__(self, phone, incoming=None, codecs=(8, 0), event=101):
        self.phone = phone
        self.codecs, self.event = codecs, event
        self.incoming = incoming
        self.state = "ringing" if incoming else "calling"
        self.statuses = []
        self.final = None
        self.ended_by_peer = False
        self.end_message = None
        self.referred = None
        self.notified = []
        self.reinvites = []
        self.sdp_version = 1
        self.direction = "sendrecv"
        self.remote_direction = "sendrecv"
        self.cseq = 1
        self.routes = []
        self.invite = None
        self.ack = None
        self.confirmed = False
        self.rtp = Rtp(phone.ip)
        if incoming:
            self.call_id = incoming["call-id"]
            self.local_tag = secrets.token_hex(4)
            self.remote_tag = incoming.tag("from")
            self.local = f"{incoming['to']};tag={self.local_tag}"
            self.remote = incoming["from"]
            self.target = incoming.contact
            self.routes = incoming.all("record-route")
        else:
            self.call_id = f"{secrets.token_hex(10)}@{phone.ip}"
            self.local_tag, self.remote_tag = secrets.token_hex(4), None

    # ---- what was said about audio ----

    def describe(self, direction=None):
        """Our side's description."""
        self.direction = direction or self.direction
        return sdp(self.rtp.ip, self.rtp.port, self.sdp_version, self.direction, self.codecs, self.event)

    def take_description(self, body):
        """The far side's description."""
        if not body:
            return
        far = Description(body)
        self.far = far
        self.rtp.remote = (far.ip, far.port)
        self.rtp.pt = next(p for p in far.payloads if p in self.codecs)
        self.rtp.event_pt = far.event or 101
        self.remote_direction = far.direction

    # ---- waiting ----

    def wait_status(self, status, timeout=5):
        """Waits for an answer with this status."""
        until(lambda: status in self.statuses, timeout, lambda: f"{status} of {self}; so far {self.statuses}")

    def wait_ringing(self, timeout=5):
        """Waits until it rings at the far end."""
        until(lambda: {180, 183} & set(self.statuses) or self.state == "up", timeout, lambda: f"ringing of {self}")

    def wait_up(self, timeout=8):
        """Waits until it stands."""
        until(lambda: self.state in ("up", "ended"), timeout, lambda: f"the answer to {self}; so far {self.statuses}")
        check(self.state == "up", lambda: f"{self} was not answered but ended: {self.statuses}")
        return self

    def wait_end(self, timeout=8):
        """Waits until it is over."""
        until(lambda: self.state == "ended", timeout, lambda: f"the end of {self}")
        return self

    # ---- what a person does ----

    def ring(self, reliable=False):
        """Says that it rings."""
        fields = [("Require", "100rel"), ("RSeq", "1")] if reliable else []
        if self.phone.talks:
            fields.append(("Allow-Events", "talk, hold, conference"))
        self.phone.respond(self.incoming, 180, self, fields)

    def answer(self, with_tone=None):
        """Answers."""
        self.take_description(self.incoming.body)
        if with_tone:
            self.rtp.tone(with_tone)
        body = self.describe()
        self.phone.respond(self.incoming, 200, self, [("Content-Type", "application/sdp")], body)
        self.state = "up"
        return self

    def reject(self, status, fields=()):
        """Declines."""
        self.phone.respond(self.incoming, status, self, [*fields])
        self._end(False, None)

    def cancel(self):
        """Gives up before the answer."""
        self.phone.cancel(self)

    def bye(self):
        """Hangs up."""
        if self.state != "up":
            return None
        self._end(False, None)
        return self.phone.request_in(self, "BYE")

    def vanish(self):
        """The phone loses power: no packet, no answer from now on."""
        self.rtp.sending = False
        self.phone.dead = True

    def hold(self):
        """Puts the far side on hold."""
        return self.change("sendonly")

    def resume(self):
        """Takes it back."""
        return self.change("sendrecv")

    def move(self, codecs):
        """Goes on at another port with other codecs."""
        former, self.rtp = self.rtp, Rtp(self.phone.ip)
        former.close()
        self.codecs = codecs
        return self.change("sendrecv")

    def change(self, direction, offer=True):
        """A re-INVITE."""
        self.sdp_version += 1
        self.direction = direction
        body = self.describe() if offer else b""
        fields = [("Content-Type", "application/sdp")] if offer else []
        return self.phone.request_in(self, "INVITE", [("Contact", self.phone.contact), *fields], body)

    def info(self, digit):
        """Presses a key by INFO."""
        body = f"Signal={digit}\r\nDuration=160\r\n".encode()
        return self.phone.request_in(self, "INFO", [("Content-Type", "application/dtmf-relay")], body)

    def refer(self, target, replaces=None):
        """Asks the far side to call somebody else."""
        if replaces:
            from urllib.parse import quote

            value = f"{replaces.call_id};to-tag={replaces.remote_tag};from-tag={replaces.local_tag}"
            target = f"{target}?Replaces={quote(value, safe='')}"
        fields = [("Refer-To", f"<{target}>"), ("Contact", self.phone.contact)]
        return self.phone.request_in(self, "REFER", fields)

    # ---- what the phone reports ----

    def uri(self):
        """The far end's name, for Refer-To."""
        return uri_of(self.remote)

    def established(self, response):
        """A 2xx to our INVITE."""
        if self.state == "calling":
            self.remote = response["to"]
            self.remote_tag = response.tag("to")
            self.target = response.contact
            self.routes = list(reversed(response.all("record-route")))
        offer_was_theirs = not self.invite_had_sdp
        body = b""
        self.take_description(response.body)
        if offer_was_theirs and response.body:
            body = self.describe()
        if self.state == "calling":
            self.state = "up"
        return body

    def changed_by_peer(self, request):
        """Their re-INVITE: gives our answer."""
        self.reinvites.append(request)
        self.sdp_version += 1
        if not request.body:
            return self.describe()
        self.take_description(request.body)
        return self.describe(MIRROR.get(self.remote_direction, self.remote_direction))

    def _end(self, by_peer, message):
        if self.state != "ended":
            self.state, self.ended_by_peer, self.end_message = "ended", by_peer, message
            self.rtp.sending = False

    def __repr__(self):
        return f"call {self.call_id[:8]} of {self.phone.user} ({self.state})"


__all__ = ["Call", "Failed", "build"]
