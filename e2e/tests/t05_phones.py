"""Phones that call one another, and strangers who would like to."""

import re

from lib.message import authorization
from lib.sip import Phone

STRANGER = "127.0.0.2"
"""Loopback too, but not the address that the trunk owns."""
SCANNED = 300
"""Guesses of a scan, a third of them each by REGISTER, INVITE and OPTIONS."""


def test_direct_call(t):
    """A trunk's caller to an agent; both hear each other; the agent hangs up."""
    agent = t.agent(1001)
    call = t.caller().call("1001")
    offered = agent.wait_call()
    call.wait_status(180)
    offered.answer(1150)
    call.wait_up().rtp.tone(500)
    call.rtp.wait_tone(1150)
    offered.rtp.wait_tone(500)
    offered.bye().wait()
    call.wait_end()
    t.equal(t.server.record(call)["ended_by"], "agent", "who ended it")


def test_busy_declined_absent(t):
    """Each failure reaches the caller as what it is."""
    agent = t.agent(1001)
    for status in (486, 603):
        call = t.caller().call("1001")
        agent.wait_call().reject(status)
        call.wait_end()
        t.equal(call.statuses[-1], status, f"what the caller got for {status}")
        t.server.record(call)
        t.server.wait_idle()
    call = t.caller().call("1002").wait_end()
    t.equal(call.statuses[-1], 480, "a phone that is not registered")
    call = t.caller().call("4711").wait_end()
    t.equal(call.statuses[-1], 404, "a number that there is not")
    t.equal(t.server.record(call)["outcome"], "rejected", "outcome of a number that there is not")


def test_device_to_device(t):
    """Colleagues among themselves, with digest."""
    one, two = t.agent(1001), t.agent(1002)
    call = one.call("1002")
    offered = two.take_call(1150)
    call.wait_up().rtp.tone(500)
    call.rtp.wait_tone(1150)
    offered.rtp.wait_tone(500)
    t.check(407 in call.statuses, f"the call was not challenged: {call.statuses}")
    call.bye().wait()
    offered.wait_end()
    t.equal(t.server.record(call)["direction"], "internal", "direction")


def proofs(t, choice, wanted, other):
    """What a server with this choice asks for, and that a proof by another algorithm is worth what it should be."""
    t.start("--set", f"sip.digest={choice}")
    uri = "sip:%s:%d" % t.server.sip
    stranger = t.phone(1001, None)
    answer = stranger.request("REGISTER", uri, to=f"<{stranger.aor}>").wait()
    t.equal(answer.status, 401, "REGISTER without a password")
    asked = answer.all("www-authenticate")
    t.equal([re.search(r"algorithm=([^,]+)", line).group(1) for line in asked], wanted, "challenges")
    proof = authorization(asked[0].replace(wanted[0], other), "REGISTER", uri, "1001", "demo-1001")
    fields = [("Contact", stranger.contact), ("Authorization", proof)]
    again = stranger.request("REGISTER", uri, fields, to=f"<{stranger.aor}>").wait()
    t.equal(again.status, 200 if other in wanted else 401, f"a proof by {other}")
    t.phone(1002, "demo-1002").register()


def test_digest_both(t):
    """A tenant that takes both algorithms names the stronger one first and takes either."""
    proofs(t, "both", ["SHA-256", "MD5"], "MD5")


def test_digest_sha256(t):
    """A tenant that takes SHA-256 alone can't be talked into MD5."""
    proofs(t, "sha256", ["SHA-256"], "MD5")


def test_digest_md5(t):
    """A tenant with old telephones asks for MD5 alone."""
    proofs(t, "md5", ["MD5"], "SHA-256")


def plain(response):
    """An answer without what has to differ from one to the next."""
    text = response.raw.decode()
    text = re.sub(r'nonce="[^"]*"', "nonce", text)
    text = re.sub(r"(?im)^(via|from|to|call-id|cseq|date):.*\r\n", "", text)
    return text


def test_answers_tell_nothing_apart(t):
    """Users that there are and that there are not get the same answers, byte for byte."""
    t.agent(1001)
    uri = "sip:demo"
    for method in ("REGISTER", "INVITE", "OPTIONS", "MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER"):
        for secret in (None, "wrong"):
            seen = {}
            for user in ("1001", "1002", "9999", "nobody", "admin"):
                phone = t.phone(user, secret, ip=STRANGER)
                contact = [("Contact", phone.contact)]
                target = uri if method == "REGISTER" else f"sip:{user}@{t.server.sip[0]}:{t.server.sip[1]}"
                answer = phone.request(method, target, contact, to=f"<{phone.aor}>").wait()
                seen[user] = plain(answer)
            texts = set(seen.values())
            t.equal(len(texts), 1, f"different answers to {method} with secret {secret}: {texts}")


def test_stranger_reaches_nothing(t):
    """Nobody outside gets a call through, neither outside nor inside."""
    agent = t.agent(1001)
    for number in ("013912345678", "13912345678", "0013125550100", "1001", "95000", "95003"):
        call = t.phone("mallory", ip=STRANGER).call(number).wait_end()
        t.equal(call.statuses[-1], 407, f"a stranger's call to {number}")
    trunk = t.caller().call("013912345678").wait_end()
    t.check(trunk.statuses[-1] in (403, 404), f"a trunk's caller to an outside number: {trunk.statuses}")
    t.equal(agent.incoming.qsize(), 0, "calls at the agent")


def test_failures_shut_out_that_user_there(t):
    """Guessing shuts out that user from that address, and nobody else."""
    for _ in range(12):
        guess = t.phone("1001", "guess", ip=STRANGER)
        t.equal(guess.try_register().status, 401, "a wrong password")
    t.equal(t.phone("1001", "demo-1001", ip=STRANGER).try_register().status, 401, "the right one, too late")
    t.equal(t.phone("1002", "demo-1002", ip=STRANGER).try_register().status, 200, "a colleague at that address")
    t.equal(t.phone("1001", "demo-1001").try_register().status, 200, "the user at its own address")


def test_scan_leaves_the_office_working(t):
    """A scan for users and passwords from an office's own address: who is registered there still talks and is called."""
    colleague = t.agent(1001, ip=STRANGER)
    scanner = Phone(t.server.sip, "scan", ip=STRANGER)
    t.at_end(scanner.close)
    answers = []
    for number in range(SCANNED):
        scanner.user, scanner.secret = str(1000 + number % 250), f"guess-{number}"
        method = ("REGISTER", "INVITE", "OPTIONS")[number % 3]
        contact = [("Contact", scanner.contact)]
        uri = "sip:demo" if method == "REGISTER" else f"sip:{scanner.user}@{t.server.sip[0]}:{t.server.sip[1]}"
        answers.append(scanner.request(method, uri, contact, to=f"<{scanner.aor}>"))
        if number % 100 == 50:
            call = t.caller().call("1001")
            offered = colleague.wait_call().answer(1150)
            call.wait_up().rtp.wait_tone(1150)
            call.bye().wait()
            offered.wait_end()
            t.server.wait_agent(1001, "ready")
    asked = [a for a in answers if a.message.method != "OPTIONS"]  # everybody may ask whether we live
    t.equal([a.message.uri for a in asked if any(200 <= r.status < 300 for r in a.responses)], [], "what the scan got")
    t.equal(colleague.try_register().status, 200, "a registration from the same address")
    out = colleague.call("95003").wait_up()
    out.rtp.tone(700)
    out.rtp.wait_tone(700)
    out.bye().wait()


def test_replayed_and_foreign_credentials(t):
    """Credentials that were overheard do not work for another request."""
    phone = t.agent(1001)
    good = next(tr.message for tr in phone._transactions.values() if tr.message["authorization"])
    thief = Phone(t.server.sip, "1001", ip=STRANGER)
    t.at_end(thief.close)
    fields = [("Contact", thief.contact), ("Authorization", good["authorization"])]
    answer = thief.request("REGISTER", good.uri, fields, to=f"<{thief.aor}>").wait()
    t.equal(answer.status, 401, "credentials used a second time")
