"""One agent with a page, a telephone on the table and a mobile behind a carrier: each call is offered, answered and missed
once."""

from lib.sip import Phone
from tests.t01_main_job import AGENT_HZ, CALLER_HZ
from tests.t19_desk import state_is
from tests.t21_browser_phone import at_the_desk, hears_caller, takes

MOBILE = "13700137000"


def mobile_of(t, number):
    """The agent's mobile, behind a trunk."""
    mobile = Phone(t.server.sip, "mobile")
    t.at_end(mobile.close)
    spec = t.server.get(f"/api/v1/settings/agent/{number}")["spec"]
    t.server.apply(
        {"kind": "trunk", "name": "carrier-0", "spec": {"send_to": f"sip:127.0.0.1:{mobile.port}"}},
        {"kind": "route", "name": "137", "spec": {"trunks": ["carrier-0"]}},
        {"kind": "agent", "name": str(number), "spec": {**spec, "address": f"tel:{MOBILE}"}})
    return mobile


def offered_once(t, call):
    """The record of the call: one offer, to one agent."""
    record = t.server.record(call)
    t.equal([d["winner"]["agent_id"] for d in record["decisions"]], [t.server.agent(1001)["id"]], "offers")
    return record


def wraps_up(t):
    """The agent's wrap-up ends at once."""
    t.server.wait_agent(1001, "wrap_up")
    path = f"/api/v1/agents/{t.server.agent(1001)['id']}/state"
    status, _, body = t.server.fetch(path, "1001", "PUT", {"state": "ready"})
    t.equal(status, 200, f"ready: {body}")
    t.server.wait_agent(1001, "ready")


def test_each_call_once(t):
    """Three calls, answered at the page, at the telephone, at the mobile; a fourth that nobody answers."""
    mobile = mobile_of(t, 1001)
    browser = at_the_desk(t)
    # The mobile alone makes the agent ready: the page's own telephone comes a little later.
    browser.wait_text("电话就绪")
    desk = t.agent(1001)

    def begins(number):
        call = t.caller(number).call("95001").wait_up()
        return call, desk.wait_call(10), mobile.wait_call(10)

    call, at_desk, at_mobile = begins("13900000001")
    call.rtp.tone(CALLER_HZ)
    takes(browser)
    hears_caller(browser)
    at_desk.wait_end()
    at_mobile.wait_end()
    call.bye().wait()
    offered_once(t, call)
    wraps_up(t)

    call, at_desk, at_mobile = begins("13900000002")
    at_desk.answer(AGENT_HZ)
    call.rtp.wait_tone(AGENT_HZ, timeout=15)
    at_mobile.wait_end()
    call.bye().wait()
    offered_once(t, call)
    wraps_up(t)

    call, at_desk, at_mobile = begins("13900000003")
    at_mobile.answer(AGENT_HZ)
    call.rtp.wait_tone(AGENT_HZ, timeout=15)
    at_desk.wait_end()
    call.bye().wait()
    record = offered_once(t, call)
    t.check(any(MOBILE in leg["address"] and leg.get("answered_at") for leg in record["legs"]), "the mobile's leg answered")
    wraps_up(t)

    call, at_desk, at_mobile = begins("13900000004")
    t.server.wait_agent(1001, "not_ready", "rona", timeout=30)
    at_desk.wait_end()
    at_mobile.wait_end()
    call.bye().wait()
    offered_once(t, call)
    state_is(browser, "not_ready")
    t.server.wait_idle()
