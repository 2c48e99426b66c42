"""A small SIP phone over UDP or TCP, for tests that need to be exact: everything it does is told to it."""

import queue
import random
import re
import secrets
import select
import socket
import threading
import time

from .call import Call
from .message import Message, authorization, build, summary
from .wait import Failed, check, equal, until

T1, T2 = 0.5, 4.0


class Transaction:
    """A request of ours and what came back."""

    def __init__(self, message, raw, call, auth):
        self.message, self.raw, self.call, self.auth = message, raw, call, auth
        self.responses = []
        self.repeats = 0
        self.interval = T1
        self.next_at = time.monotonic() + T1
        self.give_up = time.monotonic() + 64 * T1
        self.next = None

    def wait(self, timeout=5):
        """The final response, after authentication if the phone has a secret."""

        def final():
            t = self
            while t.next:
                t = t.next
            found = next((r for r in t.responses if r.status >= 200), None)
            # The receiving thread is about to authenticate.
            return None if found and found.status in (401, 407) and t.auth else found

        return until(final, timeout, lambda: f"an answer to {self.message!r}")


class Phone:
    """A user agent at its own socket."""

    def __init__(self, server, user, secret=None, ip="127.0.0.1", transport="udp", realm="demo", proxy=None):
        self.server, self.user, self.secret, self.realm = server, user, secret, realm
        self.proxy = proxy or server
        self.transport = transport
        self.incoming = queue.Queue()
        self.calls = {}
        self.lamps = {}
        # What it is told of messages without having asked; `None`: it would not hear of them.
        self.summaries = None
        self.requests = []
        self.dead = False
        self.ring_at_once = True
        self.supports = "replaces, timer"
        # Takes a call when it is told to by NOTIFY of the event `talk`, and says so while it rings.
        self.talks = False
        self._transactions = {}
        self._answers = {}
        self._oks = {}
        self._lock = threading.RLock()
        self._closed = False
        self._buffer = b""
        if transport == "udp":
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.bind((ip, 0))
        else:
            self.socket = socket.create_connection(self.proxy, timeout=5, source_address=(ip, 0))
        self.ip, self.port = self.socket.getsockname()
        extra = "" if transport == "udp" else f";transport={transport}"
        self.contact = f"<sip:{user}@{self.ip}:{self.port}{extra}>"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    # ---- what tests do ----

    def register(self, expires=600):
        """Registers, with digest."""
        response = self.try_register(expires)
        equal(response.status, 200, f"REGISTER of {self.user}")
        return self

    def try_register(self, expires=600):
        """Registers and gives the final answer."""
        fields = [("Contact", f"{self.contact};expires={expires}")]
        uri = f"sip:{self.server[0]}:{self.server[1]}"
        return self.request("REGISTER", uri, fields, to=f"<{self.aor}>").wait()

    @property
    def aor(self):
        """Its own address."""
        return f"sip:{self.user}@{self.server[0]}:{self.server[1]}"

    def call(self, number, sdp=True, fields=(), codecs=(8, 0), event=101, replaces=None):
        """Calls a number of the server's."""
        call = Call(self, codecs=codecs, event=event)
        self.calls[call.call_id] = call
        call.invite_had_sdp = sdp
        call.local = f"<{self.aor}>;tag={call.local_tag}"
        call.request_uri = f"sip:{number}@{self.server[0]}:{self.server[1]}"
        call.remote = f"<{call.request_uri}>"
        extra = [("Contact", self.contact), ("Supported", self.supports), *fields]
        if replaces:
            extra.append(("Replaces", replaces))
        body = b""
        if sdp:
            extra.append(("Content-Type", "application/sdp"))
            body = call.describe()
        call.extra, call.body = extra, body
        call.transaction = self._send_request("INVITE", call.request_uri, call.local, call.remote, call, extra, body)
        return call

    def wait_call(self, timeout=8):
        """The next call that comes in."""
        try:
            return self.incoming.get(timeout=timeout)
        except queue.Empty:
            raise Failed(f"no call came to {self.user} within {timeout} s") from None

    def take_call(self, tone=None, timeout=8):
        """Waits for a call and answers it."""
        return self.wait_call(timeout).answer(tone)

    def request(self, method, uri, fields=(), body=b"", to=None, sender=None):
        """A request outside a dialog."""
        local = sender or f"<{self.aor}>;tag={secrets.token_hex(4)}"
        return self._send_request(method, uri, local, to or f"<{uri}>", None, list(fields), body)

    def request_in(self, call, method, fields=(), body=b""):
        """A request inside a call's dialog."""
        call.cseq += 1
        call.invite_had_sdp = bool(body) if method == "INVITE" else getattr(call, "invite_had_sdp", True)
        return self._send_request(method, call.target, call.local, call.remote, call, list(fields), body)

    def cancel(self, call):
        """CANCEL of a call's INVITE."""
        t = call.transaction
        while t.next:
            t = t.next
        invite = t.message
        keep = [("Via", invite["via"]), ("Max-Forwards", "70"), ("From", invite["from"]), ("To", invite["to"])]
        fields = [*keep, ("Call-ID", call.call_id), ("CSeq", f"{invite.cseq} CANCEL")]
        raw = build(f"CANCEL {invite.uri} SIP/2.0", fields)
        self._start(Message(raw), raw, None, None)

    def send_raw(self, raw):
        """Any bytes at all."""
        if self.transport == "udp":
            self.socket.sendto(raw, self.proxy)
        else:
            self.socket.sendall(raw)

    def close(self):
        """Puts it away."""
        self._closed = True
        self._thread.join(1)
        self.socket.close()
        for call in list(self.calls.values()):
            call.rtp.close()

    # ---- sending ----

    def _via(self, branch=None):
        branch = branch or f"z9hG4bK{secrets.token_hex(8)}"
        return f"SIP/2.0/{self.transport.upper()} {self.ip}:{self.port};rport;branch={branch}"

    def _send_request(self, method, uri, local, remote, call, fields, body, auth=None, cseq=None):
        cseq = cseq or (call.cseq if call else random.randrange(1, 1 << 20))
        call_id = call.call_id if call else f"{secrets.token_hex(10)}@{self.ip}"
        head = [("Via", self._via()), ("Max-Forwards", "70"), ("From", local), ("To", remote), ("Call-ID", call_id)]
        head.append(("CSeq", f"{cseq} {method}"))
        if call:
            head += [("Route", r) for r in call.routes]
        raw = build(f"{method} {uri} SIP/2.0", [*head, *fields], body)
        if auth:
            name, value = auth
            raw = build(f"{method} {uri} SIP/2.0", [*head, *fields, (name, value)], body)
        again = (method, uri, local, remote, fields, body, call_id, cseq)
        return self._start(Message(raw), raw, call, again if self.secret and not auth else None)

    def _start(self, message, raw, call, again):
        transaction = Transaction(message, raw, call, again)
        with self._lock:
            self._transactions[(message.branch, message.method)] = transaction
        self._emit(raw)
        return transaction

    def _emit(self, raw):
        if not self.dead:
            try:
                self.send_raw(raw)
            except OSError:
                pass

    def respond(self, request, status, call=None, fields=(), body=b""):
        """Answers a request."""
        to = request["to"]
        if call and status > 100 and not request.tag("to"):
            to = f"{to};tag={call.local_tag}"
        head = [("Via", v) for v in request.all("via")]
        head += [("Record-Route", r) for r in request.all("record-route")]
        head += [("From", request["from"]), ("To", to), ("Call-ID", request["call-id"]), ("CSeq", request["cseq"])]
        if 100 < status < 300 and request.method in ("INVITE", "UPDATE"):
            head.append(("Contact", self.contact))
        raw = build(f"SIP/2.0 {status} {status}", [*head, *fields], body)
        with self._lock:
            self._answers[(request.branch, request.method)] = raw
            if request.method == "INVITE" and status >= 200:
                now = time.monotonic()
                self._oks[(request["call-id"], request.cseq)] = [raw, now + T1, T1, now + 32]
        self._emit(raw)

    # ---- receiving ----

    def _run(self):
        while not self._closed:
            try:
                if select.select([self.socket], [], [], 0.02)[0]:
                    if not self._receive():
                        return
            except (OSError, ValueError):
                if self._closed:
                    return
            self._timers()

    def _receive(self):
        if self.transport == "udp":
            data, _ = self.socket.recvfrom(65536)
            if not self.dead and data.strip():
                try:
                    message = Message(data)
                except (IndexError, ValueError):
                    return True  # answers to garbage may be garbled themselves
                self._take(message)
            return True
        data = self.socket.recv(65536)
        if not data:
            return False
        self._buffer += data
        while True:
            self._buffer = self._buffer.lstrip(b"\r\n")
            head, mark, rest = self._buffer.partition(b"\r\n\r\n")
            if not mark:
                return True
            length = int(re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", head).group(1))
            if len(rest) < length:
                return True
            self._buffer = rest[length:]
            self._take(Message(head + mark + rest[:length]))

    def _timers(self):
        if self.transport != "udp":
            return
        now = time.monotonic()
        with self._lock:
            for key, t in list(self._transactions.items()):
                if any(r.status >= 200 for r in t.responses) or now > t.give_up:
                    continue
                if t.message.method == "INVITE" and t.responses:
                    continue
                if now >= t.next_at:
                    t.interval = min(t.interval * 2, T2 if t.message.method != "INVITE" else 64 * T1)
                    t.next_at = now + t.interval
                    t.repeats += 1
                    self._emit(t.raw)
            for key, ok in list(self._oks.items()):
                raw, at, interval, end = ok
                if now > end:
                    del self._oks[key]
                elif now >= at:
                    ok[1], ok[2] = now + min(interval * 2, T2), min(interval * 2, T2)
                    self._emit(raw)

    def _take(self, message):
        with self._lock:
            if message.is_request:
                self._take_request(message)
            else:
                self._take_response(message)

    def _take_response(self, response):
        t = self._transactions.get((response.branch, response.method))
        if not t:
            return
        call, first_final = t.call, not any(r.status >= 200 for r in t.responses)
        t.responses.append(response)
        invite = response.method == "INVITE"
        if invite and call and t.message.tag("to") is None:
            call.statuses.append(response.status)
        if invite and response.status >= 300:
            self._ack_failure(t, response)
        if first_final and response.status in (401, 407) and t.auth:
            return self._authenticate(t, response)
        if not (invite and call):
            return
        if response.status < 200:
            self._provisional(t, call, response)
        elif response.status < 300:
            if first_final:
                body = call.established(response)
                fields = [("Content-Type", "application/sdp")] if body else []
                call.ack = self._ack(call, t.message.cseq, fields, body)
            self._emit(call.ack)
        elif first_final and call.state == "calling":
            call.final = response
            call._end(True, response)

    def _provisional(self, t, call, response):
        if response.tag("to"):
            call.remote_tag = response.tag("to")
        if response.body and call.invite_had_sdp:
            call.take_description(response.body)
        if "100rel" in response["require"] and response["rseq"]:
            call.target, call.remote = response.contact, response["to"]
            call.routes = list(reversed(response.all("record-route")))
            rack = ("RAck", f"{response['rseq']} {t.message.cseq} INVITE")
            call.cseq += 1
            call.prack = self._send_request("PRACK", call.target, call.local, call.remote, call, [rack], b"")

    def _authenticate(self, t, response):
        method, uri, local, remote, fields, body, call_id, cseq = t.auth
        asked = "www-authenticate" if response.status == 401 else "proxy-authenticate"
        name = "Authorization" if response.status == 401 else "Proxy-Authorization"
        value = authorization(response.all(asked)[-1], method, uri, self.user, self.secret)
        call = t.call
        if call:
            call.cseq = cseq + 1
        head = [("Via", self._via()), ("Max-Forwards", "70"), ("From", local), ("To", remote), ("Call-ID", call_id)]
        head += [("CSeq", f"{cseq + 1} {method}"), *([("Route", r) for r in call.routes] if call else [])]
        raw = build(f"{method} {uri} SIP/2.0", [*head, *fields, (name, value)], body)
        t.next = self._start(Message(raw), raw, call, None)

    def _ack_failure(self, t, response):
        m = t.message
        fields = [("Via", m["via"]), ("Max-Forwards", "70"), ("From", m["from"]), ("To", response["to"])]
        fields += [("Call-ID", m["call-id"]), ("CSeq", f"{m.cseq} ACK")]
        self._emit(build(f"ACK {m.uri} SIP/2.0", fields))

    def _ack(self, call, cseq, fields, body):
        head = [("Via", self._via()), ("Max-Forwards", "70"), ("From", call.local), ("To", call.remote)]
        head += [("Call-ID", call.call_id), ("CSeq", f"{cseq} ACK"), *(("Route", r) for r in call.routes)]
        return build(f"ACK {call.target} SIP/2.0", [*head, *fields], body)

    def _take_request(self, request):
        seen = self._answers.get((request.branch, request.method))
        if seen:
            return self._emit(seen)
        self.requests.append(request)
        call = self.calls.get(request["call-id"])
        if request.method == "ACK":
            self._oks.pop((request["call-id"], request.cseq), None)
            if call:
                call.confirmed = True
                if request.body:
                    call.take_description(request.body)
        elif request.method == "INVITE":
            self._invited(request, call)
        elif request.method == "CANCEL":
            self.respond(request, 200, call)
            if call and call.incoming and call.state == "ringing":
                self.respond(call.incoming, 487, call)
                call._end(True, request)
        elif request.method == "NOTIFY" and request["call-id"] in self.lamps:
            self.lamps[request["call-id"]].take(request)
            self.respond(request, 200)
        elif call is None and request.method == "NOTIFY" and self.summaries is not None:
            self.summaries.append(summary(request.body.decode()))
            self.respond(request, 200)
        elif call is None and request.method != "OPTIONS":
            self.respond(request, 481)
        else:
            self._in_dialog(request, call)

    def _invited(self, request, call):
        if call and request.tag("to"):
            body = call.changed_by_peer(request)
            return self.respond(request, 200, call, [("Content-Type", "application/sdp")], body)
        if call:
            return None
        call = Call(self, incoming=request)
        self.calls[call.call_id] = call
        if self.ring_at_once:
            call.ring()
        return self.incoming.put(call)

    def _in_dialog(self, request, call):
        body, fields = b"", []
        if request.method == "BYE":
            call._end(True, request)
        elif request.method == "NOTIFY" and request["event"] == "talk":
            return self._told_to_talk(request, call)
        elif request.method == "NOTIFY":
            call.notified.append(request.body.decode())
        elif request.method == "UPDATE" and request.body:
            body, fields = call.changed_by_peer(request), [("Content-Type", "application/sdp")]
        self.respond(request, 200, call, fields, body)

    def _told_to_talk(self, request, call):
        fits = self.talks and call.state == "ringing" and request.tag("to") == call.local_tag
        self.respond(request, 200 if fits else 489, call)
        if fits:
            call.answer()


__all__ = ["Phone", "check"]
