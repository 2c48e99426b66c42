"""A customer leaves its number, keeps its place over a crash of the server, and is called back when an agent is free."""

from lib.accessible import barriers
from lib.browser import Browser
from lib.sip import Phone
from tests.t01_main_job import AGENT_HZ, CALLER_HZ
from tests.t11_page import shot, sign_in
from tests.t35_designer import click_text

CUSTOMER = "13812345678"


def far_telephone(t):
    """The customer's own telephone, behind the carrier."""
    far = Phone(t.server.sip, "far")
    t.at_end(far.close)
    t.server.apply(
        {"kind": "trunk", "name": "carrier-0", "spec": {"send_to": f"sip:127.0.0.1:{far.port}"}},
        {"kind": "route", "name": "138", "spec": {"trunks": ["carrier-0"]}})
    return far


def calls_back(t, **rules):
    """The queue for sales calls back by itself, at any hour."""
    spec = t.server.get("/api/v1/settings/queue/sales")["spec"]
    rules = {"from": "00:00", "until": "24:00", "pause_s": 10, **rules}
    t.server.apply({"kind": "queue", "name": "sales", "spec": {**spec, "wrap_up_s": 0, "callback": rules}})


def wish(t, *known):
    """The only callback, once it stands so."""

    def so():
        found = t.server.get("/api/v1/callbacks")["items"]
        return found[0] if found and (found[0]["status"], found[0].get("news")) == known else None

    return t.until(so, 15, lambda: f"a callback that is {known}: {t.server.get('/api/v1/callbacks')['items']}", 0.1)


def called_back(agent, far):
    """The agent is rung, then the customer; both hear each other, and the customer hangs up."""
    offered = agent.take_call(tone=AGENT_HZ, timeout=20)
    reached = far.take_call(tone=CALLER_HZ, timeout=10)
    offered.rtp.wait_tone(CALLER_HZ)
    reached.rtp.wait_tone(AGENT_HZ)
    reached.bye().wait()
    offered.wait_end()


def test_keeps_its_place(t):
    """It asks while nobody is there; the server is killed; the agent who comes then gets it before one who waits already,
    the first attempt finds the customer busy, and the second reaches it."""
    far = far_telephone(t)
    calls_back(t)
    asked = t.caller(CUSTOMER).call("95000").wait_up()
    t.hears(asked, "greeting_main")
    asked.rtp.press("3")
    asked.wait_end(40)
    wish(t, "asked", None)
    t.server.kill()
    t.server.start()
    agent = t.agent(1001)
    offered = agent.wait_call(10)
    t.check(CUSTOMER in offered.incoming["from"], "the agent sees whom it is about to call")
    later = t.caller("13900000002").call("95001").wait_up()
    offered.answer(AGENT_HZ)
    far.wait_call(10).reject(486)
    offered.wait_end()
    wish(t, "asked", "unreached")
    served = agent.take_call(tone=AGENT_HZ, timeout=15)
    later.rtp.wait_tone(AGENT_HZ, timeout=15)
    later.bye().wait()
    served.wait_end()
    called_back(agent, far)
    done = wish(t, "done", "reached")
    t.equal((done["attempts"], done.get("changed_by")), (1, None), "what the list says")
    record = t.server.get(f"/api/v1/interactions/{done['called_by']}")
    t.equal((record["direction"], record["outcome"], record["queue"]["name"], record["agent"]["number"]),
            ("outbound", "answered", "sales", "1001"), "the record of the call back")
    t.check(record["recordings"], "it is recorded as the queue's calls are")


def test_who_hung_up_is_called(t):
    """A customer gives up after four seconds in a queue that calls such back: it is called when the agent is free, and the page
    tells how well that goes."""
    far = far_telephone(t)
    calls_back(t, missed_after_s=3)
    agent = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    first = t.caller("13900000002").call("95001").wait_up()
    busy = agent.take_call()
    gone = t.caller(CUSTOMER).call("95001").wait_up()
    t.until(lambda: len(gone.rtp.heard) > 200, 10, "four seconds of waiting")
    gone.bye().wait()
    t.check(wish(t, "asked", None)["missed"], "nobody asked for it")
    first.bye().wait()
    busy.wait_end()
    called_back(agent, far)
    wish(t, "done", "reached")
    browser = Browser(t, "zh-CN", (1366, 768))
    sign_in(t, browser, "2001", "demo-2001", "/callbacks")
    browser.wait_text("未接来电 1/1 已回呼 · 成功率 100%")
    click_text(browser, ".ant-segmented-item", "全部")
    browser.wait_for("document.querySelector('.list-panel tbody')?.innerText.includes('未接来电') === true", what="the tag")
    shot(t, browser, "callbacks-missed-zh-CN")
    t.equal(barriers(browser), [], "what keeps people out")
