"""TCP, bad networks, and messages that nobody should send."""

import random

from lib.proxy import BadNetwork
from lib.rtp import Rtp
from tests.t01_main_job import AGENT_HZ, CALLER_HZ, talk

GARBAGE = [
    b"",
    b"\r\n\r\n",
    b"\x00" * 512,
    b"INVITE\r\n\r\n",
    b"INVITE sip:95000@demo SIP/2.0\r\n\r\n",
    b"SIP/2.0 200 OK\r\n\r\n",
    b"INVITE sip:95000@demo SIP/7.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\nContent-Length: 0\r\n\r\n",
    b"OPTIONS sip:x SIP/2.0\r\n" + b"X-Long: " + b"a" * 30000 + b"\r\n\r\n",
    b"OPTIONS sip:x SIP/2.0\r\n" + b"Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKv\r\n" * 500 + b"\r\n",
    b"INVITE sip:95000@demo SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK2\r\nFrom: \xff\xfe<sip:a@b>;tag=1\r\n"
    b"To: <sip:95000@demo>\r\nCall-ID: g1\r\nCSeq: 99999999999 INVITE\r\nContent-Length: 0\r\n\r\n",
    b"INVITE sip:95000@demo SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK3\r\nFrom: <sip:a@b>;tag=1\r\n"
    b"To: <sip:95000@demo>\r\nCall-ID: g2\r\nCSeq: 1 INVITE\r\nContact: <sip:a@b>\r\nMax-Forwards: 70\r\n"
    b"Content-Type: application/sdp\r\nContent-Length: 9999\r\n\r\nv=0\r\n",
]


def test_tcp(t):
    """Registers, is called and calls over TCP, all of it on its own connection."""
    agent = t.agent(1001, transport="tcp")
    t.server.wait_agent(1001, "ready")
    call = t.caller(transport="tcp").call("95001").wait_up()
    offered = agent.take_call()
    talk(t, call, offered)
    call.bye().wait()
    offered.wait_end()
    t.equal({m["transport"].lower() for m in t.server.record(call)["messages"]}, {"tcp"}, "transports")


def test_connection_lost(t):
    """A phone whose connection breaks is not there any more."""
    agent = t.agent(1001, transport="tcp")
    t.server.wait_agent(1001, "ready")
    agent.close()
    t.server.wait_agent(1001, "offline")


def test_lossy_signalling(t):
    """Calls are set up and end over a network that loses, doubles and reorders."""
    for seed in (1, 2, 3):
        networks = [BadNetwork(t.server.sip, seed * 10 + n) for n in range(2)]
        for network in networks:
            t.at_end(network.close)
        agent = networks[0].attach(t.phone(1001, "demo-1001"))
        t.equal(agent.request("REGISTER", "sip:demo", [("Contact", agent.contact)], to=f"<{agent.aor}>").wait(30).status,
                200, "REGISTER")
        t.server.wait_agent(1001, "ready", timeout=20)
        caller = networks[1].attach(t.caller())
        call = caller.call("95001").wait_up(30)
        offered = agent.wait_call(30).answer()
        call.rtp.tone(CALLER_HZ)
        offered.rtp.tone(AGENT_HZ)
        call.rtp.wait_tone(AGENT_HZ, 30)
        offered.rtp.wait_tone(CALLER_HZ, 30)
        call.bye().wait(30)
        offered.wait_end(35)
        t.server.wait_idle(40)
        t.equal(t.server.record(call)["outcome"], "answered", f"outcome with seed {seed}")
        t.check(any(n.lost for n in networks) and any(n.doubled for n in networks), "the network was too good")
        t.server.wait_agent(1001, "ready", timeout=15)


def test_lossy_keys(t):
    """A key over a network that loses, doubles and reorders RTP counts once."""
    for seed in (1, 2):
        call = t.caller().call("95000").wait_up()
        call.rtp.network = random.Random(seed)
        t.hears(call, "greeting_main", 15)
        call.rtp.mark()
        call.rtp.press("9")
        t.hears(call, "greeting_main", 15, language="en")
        t.hears(call, "menu_main", 20, language="en")
        call.bye().wait()
        keys = [s["outlet"] for s in t.server.record(call)["trace"] if s["kind"] == "menu" and s.get("outlet")]
        t.equal([k for k in keys if k.isdigit()], ["9"], f"keys with seed {seed}")


def test_lossy_talk(t):
    """A talk over networks that lose, double, reorder and delay goes on; each key arrives once; the record tells the loss."""
    agent = t.agent(1001)
    for seed in (1, 2):
        t.server.wait_agent(1001, "ready", timeout=20)
        call = t.caller().call("95001").wait_up()
        offered = agent.take_call()
        ends = call.rtp, offered.rtp
        for n, rtp in enumerate(ends):
            rtp.network = random.Random(10 * seed + n)
        talk(t, call, offered)
        for rtp, keys in zip(ends, ("1470*", "2589#")):
            rtp.press(keys)
        far = offered.rtp, call.rtp
        t.until(lambda: [len(rtp.keys()) for rtp in far] == [5, 5], 15, lambda: f"keys: {[rtp.keys() for rtp in far]}")
        enough = [rtp.lost + 50 for rtp in ends]
        t.until(lambda: all(rtp.lost >= more for rtp, more in zip(ends, enough)), 40, "some seconds of a bad line")
        call.rtp.wait_tone(AGENT_HZ)
        offered.rtp.wait_tone(CALLER_HZ)
        t.equal([rtp.keys() for rtp in far], ["1470*", "2589#"], f"keys with seed {seed}")
        call.bye().wait()
        offered.wait_end()
        record = t.server.record(call)
        for leg, rtp in zip(record["legs"], ends):
            media = leg["media"]
            told = media["loss_pct"] / 100 * (media["packets_received"] + rtp.lost)
            t.check(abs(told - rtp.lost) <= rtp.lost / 5, f"{rtp.lost} packets were lost, and the record has {media}")
            t.check(media["mos"] < 4, f"the record praises a line that loses a tenth: {media}")


def test_garbage(t):
    """What is thrown at it does not hurt the calls of others."""
    agent = t.agent(1001)
    call = t.caller().call("95001").wait_up()
    offered = agent.take_call()
    thrower = t.phone("thrower")
    dice = random.Random(7)
    valid = call.transaction.raw
    for _ in range(20):
        for raw in GARBAGE:
            thrower.send_raw(raw)
        broken = bytearray(valid)
        for _ in range(8):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        thrower.send_raw(bytes(broken))
        thrower.send_raw(valid[: dice.randrange(len(valid))])
    stream = t.phone("thrower", transport="tcp")
    stream.send_raw(b"\x16\x03\x01" + bytes(dice.randrange(256) for _ in range(3000)))
    talk(t, call, offered)
    call.bye().wait()
    offered.wait_end()
    after = t.caller("13800000003").call("95003").wait_up()
    after.rtp.tone(700)
    after.rtp.wait_tone(700)
    after.bye().wait()


def test_stranger_steals_no_audio(t):
    """Packets from elsewhere do not draw a call's audio away."""
    agent = t.agent(1001)
    call = t.caller().call("95001").wait_up()
    offered = agent.take_call()
    talk(t, call, offered)
    stolen = Rtp()
    t.at_end(stolen.close)
    stolen.remote = call.rtp.remote
    stolen.tone(2350)
    t.never(lambda: stolen.heard or offered.rtp.hears(2350), 2, "the thief's packets took the stream")
    t.until(lambda: call.rtp.hears(AGENT_HZ) and offered.rtp.hears(CALLER_HZ), 3, "the talk goes on")
    call.bye().wait()


def test_call_led_back_to_us(t):
    """A bridge that points at ourselves ends by its hops, and leaves nothing behind."""
    server = t.start()
    server.stop()
    server.args = ["--demo", "--set", "demo.bridge_target=sip:95004@%s:%d" % server.sip]
    server.start()
    t.caller().call("95004").wait_end(20)
    server.wait_idle(20)
