"""Parking: a customer in a slot, for whoever picks it up."""

from tests.t11_page import shot
from tests.t19_desk import press, state_is
from tests.t21_browser_phone import VOICE_HZ, at_the_desk, takes

CALLER_HZ, AGENT_HZ, OTHER_HZ = 500, 1150, 1750


def in_talk(t):
    """A caller of the queue with agent 1001."""
    agent = t.agent(1001)
    call = t.caller().call("95001").wait_up()
    taken = agent.take_call(AGENT_HZ)
    call.rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(AGENT_HZ)
    taken.rtp.wait_tone(CALLER_HZ)
    return call, taken


def park(t, taken):
    """REFER to *68; gives the slot."""
    host, port = t.server.sip
    t.equal(taken.refer(f"sip:*68@{host}:{port}").wait().status, 202, "REFER")
    return t.server.wait_live("parked")["slot"]


def test_park_and_pick_up(t):
    """The parker hears the slot and is let go; the customer hears music; another phone dials the slot and both talk."""
    call, taken = in_talk(t)
    slot = park(t, taken)
    t.equal(slot, 701, "the slot")
    t.until(lambda: not call.rtp.hears(AGENT_HZ), 5, "the agent's tone to stop")
    call.rtp.wait_sound(seconds=1.0)
    t.until(lambda: any("200" in n for n in taken.notified) or taken.state == "ended", 10, "the parker to be let go")
    taken.wait_end(10)
    other = t.agent(1002)
    picked = other.call(str(slot)).wait_up()
    picked.rtp.tone(OTHER_HZ)
    call.rtp.wait_tone(OTHER_HZ)
    picked.rtp.wait_tone(CALLER_HZ)
    t.check(not call.rtp.hears(AGENT_HZ), "the first agent is heard still")
    call.bye().wait()
    picked.wait_end()
    t.server.wait_idle()
    record = t.server.record(call)
    t.equal((record["outcome"], record["agent"]["number"]), ("answered", "1002"), "record")
    t.check("parked" in [s["cause"] for s in record["segments"]], f"segments: {record['segments']}")
    gaps = [(a["to"], b["from"]) for a, b in zip(record["segments"], record["segments"][1:]) if a["to"] != b["from"]]
    t.equal(gaps, [], "seconds without a cause")


def test_by_order_and_given_up(t):
    """Parked by the API; the customer hangs up in the slot; the slot is empty then."""
    call, taken = in_talk(t)
    live = t.server.wait_live("talking")
    status, _, body = t.server.fetch(f"/api/v1/interactions/{live['id']}/actions", "1001", "POST", {"action": "park"})
    t.check(status < 300, f"the order: {status} {body[:200]!r}")
    t.equal(t.server.wait_live("parked")["slot"], 701, "the slot")
    taken.wait_end(10)
    call.bye().wait()
    t.server.wait_idle()
    missed = t.agent(1002).call("701").wait_end()
    t.equal(missed.statuses[-1], 404, "an empty slot")


def test_at_the_desk(t):
    """Parked by a key of the page, which shows the slot to whoever could pick it up; picked up there again."""
    browser = at_the_desk(t)
    call = t.caller().call("95001").wait_up()
    takes(browser)
    state_is(browser, "talking")
    call.rtp.wait_tone(VOICE_HZ)
    shot(t, browser, "desk-in-call")
    press(browser, "k")
    browser.wait_for("document.querySelector('.parked .colleague b')?.innerText === '701'", what="the slot on the page")
    state_is(browser, "wrap_up")
    press(browser, "w")
    state_is(browser, "ready")
    browser.wait_for("!!document.querySelector('.parked button')", what="the button to pick it up")
    shot(t, browser, "desk-parked")
    browser.click(".parked button")
    call.rtp.wait_tone(VOICE_HZ)
    browser.wait_for("!document.querySelector('.parked')", what="the empty slot to go")
    call.bye().wait()
    t.server.wait_idle()
    parked = [s["cause"] for s in t.server.record(call)["segments"]]
    t.check("parked" in parked, f"segments: {parked}")
