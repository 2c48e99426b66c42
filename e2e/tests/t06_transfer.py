"""Hold and transfer from the agent's phone."""

from tests.t01_main_job import AGENT_HZ, CALLER_HZ, talk

OTHER_HZ = 1750


def in_talk(t):
    """A caller with agent 1001."""
    agent = t.agent(1001)
    call = t.caller().call("95001").wait_up()
    offered = agent.take_call()
    talk(t, call, offered)
    return agent, call, offered


def uri(t, number):
    """A number of the server's as a URI."""
    return f"sip:{number}@{t.server.sip[0]}:{t.server.sip[1]}"


def test_hold_and_resume(t):
    """On hold the caller hears music, afterwards the agent again."""
    _, call, offered = in_talk(t)
    t.equal(offered.hold().wait().status, 200, "hold")
    t.until(lambda: not call.rtp.hears(AGENT_HZ), 3, "the tone's end")
    call.rtp.wait_sound(seconds=1.0)
    t.server.wait_live("held")
    t.check(not call.rtp.hears(AGENT_HZ), "the caller hears the agent on hold")
    t.equal(offered.resume().wait().status, 200, "resume")
    talk(t, call, offered)
    call.bye().wait()
    record = t.server.record(call)
    t.check(record["hold_ms"] > 500, f"held {record['hold_ms']} ms")
    t.check("held" in [s["cause"] for s in record["segments"]], "no segment on hold")


def test_blind_transfer(t):
    """REFER to a colleague."""
    _, call, offered = in_talk(t)
    other = t.agent(1002)
    t.server.wait_agent(1002, "ready")
    t.equal(offered.refer(uri(t, "1002")).wait().status, 202, "REFER")
    taken = other.take_call(OTHER_HZ)
    call.rtp.wait_tone(OTHER_HZ)
    taken.rtp.wait_tone(CALLER_HZ)
    t.until(lambda: any("200" in n for n in offered.notified) or offered.state == "ended", 5, "the transfer's success")
    if offered.state == "up":
        offered.bye()
    t.until(lambda: call.rtp.hears(OTHER_HZ), 3, "the talk goes on")
    call.bye().wait()
    taken.wait_end()
    record = t.server.record(call)
    t.equal(record["outcome"], "answered", "outcome")
    t.equal(len(record["legs"]), 3, "legs")
    t.server.wait_idle()


def test_blind_transfer_fails(t):
    """REFER to a colleague who declines: the caller is not lost."""
    _, call, offered = in_talk(t)
    other = t.agent(1002)
    t.equal(offered.refer(uri(t, "1002")).wait().status, 202, "REFER")
    other.wait_call().reject(486)
    t.until(lambda: any("486" in n for n in offered.notified) or offered.state == "ended", 8, "the transfer's failure")
    t.equal(call.state, "up", "the caller's call")
    if offered.state == "up":
        talk(t, call, offered)
    call.bye().wait()
    t.server.wait_idle()


def test_attended_transfer(t):
    """Hold, consult a colleague, REFER with Replaces."""
    agent, call, offered = in_talk(t)
    other = t.agent(1002)
    offered.hold().wait()
    consult = agent.call("1002")
    taken = other.take_call(OTHER_HZ)
    consult.wait_up().rtp.tone(AGENT_HZ)
    taken.rtp.wait_tone(AGENT_HZ)
    consult.hold().wait()
    t.equal(offered.refer(uri(t, "1002"), replaces=consult).wait().status, 202, "REFER")
    call.rtp.wait_tone(OTHER_HZ)
    taken.rtp.wait_tone(CALLER_HZ)
    for old in (offered, consult):
        t.until(lambda: old.state == "ended" or any("200" in n for n in offered.notified), 5, "the transferor is told")
        old.bye()
    t.until(lambda: call.rtp.hears(OTHER_HZ), 3, "the talk goes on")
    call.bye().wait()
    taken.wait_end()
    t.server.wait_idle()
    t.equal(t.server.record(call)["outcome"], "answered", "outcome")


def test_transfer_into_queue(t):
    """REFER to a queue's number: the caller waits there and another agent answers."""
    _, call, offered = in_talk(t)
    other = t.agent(1002)
    t.server.wait_agent(1002, "ready")
    t.equal(offered.refer(uri(t, "95001")).wait().status, 202, "REFER")
    taken = other.take_call(OTHER_HZ)
    call.rtp.wait_tone(OTHER_HZ)
    call.bye().wait()
    taken.wait_end()
    t.server.wait_idle()
