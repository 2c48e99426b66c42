"""Calls that are led on: by an agent's rules, by feature codes, by a phone's 302."""

from lib.baresip import Baresip
from lib.browser import Browser
from lib.linphone import Linphone
from tests.t11_page import shot, sign_in
from tests.t19_desk import state_is

CALLER_HZ, OTHER_HZ = 500, 1750


def rules(t, number, body=None, status=200):
    """Sets an agent's rules as the agent itself, or reads them."""
    path = f"/api/v1/agents/{t.server.agent(number)['id']}/forwarding"
    method = "GET" if body is None else "PUT"
    got, _, answer = t.server.fetch(path, str(number), method, body)
    t.equal(got, status, f"{method} {path}: {answer[:300]!r}")
    return answer


def both_talk(t, call, taken):
    """Both hear each other."""
    call.wait_up().rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(OTHER_HZ)
    taken.rtp.wait_tone(CALLER_HZ)


def way(record):
    """How a call was led on."""
    return [f"{step['by']} {step['why']} {step['to']}" for step in record["forwards"]]


def test_always(t):
    """All calls of 1001 go to 1002, who sees for whom they were; the record keeps the way."""
    one, two = t.agent(1001), t.agent(1002)
    rules(t, 1001, {"always": "1002"})
    call = t.caller().call("1001")
    taken = two.take_call(OTHER_HZ)
    both_talk(t, call, taken)
    t.check("reason=unconditional" in (taken.incoming["diversion"] or ""), f"Diversion: {taken.incoming['diversion']}")
    t.check("index=1.1" in (taken.incoming["history-info"] or ""), f"History-Info: {taken.incoming['history-info']}")
    call.bye().wait()
    taken.wait_end()
    t.equal(one.calls, {}, "calls at 1001")
    record = t.server.record(call)
    t.equal((record["outcome"], record["agent"]["number"], way(record)), ("answered", "1002", ["1001 always 1002"]), "record")
    t.equal([leg.get("forwarded_from") for leg in record["legs"]], [None, "1001"], "legs")
    rules(t, 1001, {"always": "4711"}, 400)


def test_busy_and_no_answer(t):
    """A phone that is busy, and one that rings in vain, each pass the call on; one that is away leads to a queue."""
    one, two, three = t.agent(1001), t.agent(1002), t.agent(1003)
    rules(t, 1001, {"busy": "1002", "no_answer": "1003", "after_s": 3})
    call = t.caller().call("1001")
    one.wait_call().reject(486)
    taken = two.take_call(OTHER_HZ)
    both_talk(t, call, taken)
    call.bye().wait()
    taken.wait_end()
    t.server.wait_idle()
    call = t.caller().call("1001")
    one.wait_call().ring()
    taken = three.take_call(OTHER_HZ)
    both_talk(t, call, taken)
    t.equal(way_of_live(t), ["1001 no_answer 1003"], "the way while it goes on")
    call.bye().wait()
    taken.wait_end()
    rules(t, 1004, {"unreachable": "queue:sales"})
    t.server.wait_idle()
    for phone in (one, three):
        phone.call("*51").wait_up().wait_end()
    call = t.caller().call("1004")
    taken = two.take_call(OTHER_HZ)
    both_talk(t, call, taken)
    call.bye().wait()
    t.equal(way(t.server.record(call)), ["1004 unreachable queue:sales"], "the way into a queue")


def way_of_live(t):
    """The way of the only call that goes on."""
    live = t.server.get("/api/v1/live")["interactions"]
    t.equal(len(live), 1, "calls")
    return way(t.server.get(f"/api/v1/interactions/{live[0]['id']}"))


def test_phone_asks(t):
    """A phone answers 302: the call goes where it says, as far as the agent could call there."""
    one, two = t.agent(1001), t.agent(1002)
    call = t.caller().call("1001")
    one.wait_call().reject(302, [("Contact", "<sip:1002@elsewhere.example.com>")])
    taken = two.take_call(OTHER_HZ)
    both_talk(t, call, taken)
    call.bye().wait()
    taken.wait_end()
    t.equal(way(t.server.record(call)), ["1001 device 1002"], "the way")
    call = t.caller().call("1001")
    one.wait_call().reject(302, [("Contact", "<sip:stranger@elsewhere.example.com>")])
    t.equal(call.wait_end().statuses[-1], 603, "a contact that is no number of ours")


def test_one_telephone_of_several_asks(t):
    """linphone leads a call on by 302 while baresip, the same agent's other telephone, rings: both that one and the
    number named ring, whoever is first has the call, and it is one call of one agent."""
    desk = {"agent": "1001", "secret": "desk-1001-x"}
    t.server.apply({"kind": "device", "name": "1001-desk", "spec": desk})
    asks = Linphone(t, "1001", "demo-1001", auto=False)
    other = Baresip(t, "1001-desk", desk["secret"], tone=OTHER_HZ, auto=False)
    named = t.agent(1002)

    def both_ring():
        call = t.caller().call("1001")
        other.wait_event("CALL_INCOMING")
        asks.wait_said(r"Receiving new incoming call|is contacting you")
        asks.type("redirect all sip:1002@%s:%d" % t.server.sip)
        rings = named.wait_call()
        t.equal([event for event in other.events if event.get("type") == "CALL_CLOSED"], [], "the other telephone's end")
        return call, rings

    call, rings = both_ring()
    other.command("accept")
    call.wait_up().rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(OTHER_HZ)
    other.wait_tone(CALLER_HZ)
    rings.wait_end()
    call.bye().wait()
    other.wait_event("CALL_CLOSED")
    record = t.server.record(call)
    t.equal((record["outcome"], record["agent"]["number"], way(record)), ("answered", "1001", ["1001 device 1002"]), "record")
    t.server.wait_agent(1001, "ready")
    call, rings = both_ring()
    rings.answer(OTHER_HZ)
    both_talk(t, call, rings)
    other.wait_event("CALL_CLOSED")
    call.bye().wait()
    t.equal(t.server.record(call)["agent"]["number"], "1002", "who was first")
    t.server.wait_idle()


def test_circle(t):
    """Two who lead to each other: 482, and nothing is left."""
    t.agent(1001), t.agent(1002)
    rules(t, 1001, {"always": "1002"})
    rules(t, 1002, {"always": "1001"})
    call = t.caller().call("1001").wait_end()
    t.equal(call.statuses[-1], 482, "the answer")
    t.equal(t.server.record(call)["cause"], "loop", "the record")
    t.server.wait_idle()


def test_codes_and_crash(t):
    """*72 and *73 at the phone; what was dialled last holds after a crash."""
    one, two = t.agent(1001), t.agent(1002)
    one.call("*721002").wait_up().wait_end()
    t.server.wait_idle()
    t.server.kill()
    t.server.start()
    call = t.caller().call("1001")
    taken = two.take_call(OTHER_HZ)
    both_talk(t, call, taken)
    call.bye().wait()
    taken.wait_end()
    t.server.wait_idle()
    one.call("*73").wait_up().wait_end()
    t.server.wait_idle()
    t.check(b"always" not in rules(t, 1001), "1001 still leads its calls on")
    call = t.caller().call("1001")
    one.take_call(OTHER_HZ)
    call.wait_up().bye().wait()


def test_at_the_desk(t):
    """An agent sets a rule on the page, which says so; a rule that leads nowhere is told beside its field."""
    one, two = t.agent(1001), t.agent(1002)
    browser = Browser(t, "zh-CN", (1366, 768))
    sign_in(t, browser, "1001", "demo-1001", "/desk")
    state_is(browser, "ready")
    browser.wait_text("未设置，来电由您的电话接听")
    browser.js("[...document.querySelectorAll('.check button')].find(b => b.innerText === '设置').click()")
    browser.click(".forward-rule .ant-select")
    option = "[...document.querySelectorAll('.ant-select-item-option')].find(o => o.innerText === '转到号码')"
    browser.wait_for(f"!!{option}", what="where it could go")
    browser.js(f"{option}.click()")
    browser.type_into(".forward-rule input.ant-input", "110")
    browser.click(".ant-modal-footer .ant-btn-primary")
    browser.wait_for("!!document.querySelector('.forward .ant-alert-error')", what="why it leads nowhere")
    shot(t, browser, "desk-forwarding")
    browser.click(".forward-rule input.ant-input")
    browser.js("document.querySelector('.forward-rule input.ant-input').select()")
    browser.command("Input.insertText", text="1002")
    browser.click(".ant-modal-footer .ant-btn-primary")
    browser.wait_text("所有来电都转到 1002")
    call = t.caller().call("1001")
    taken = two.take_call(OTHER_HZ)
    both_talk(t, call, taken)
    t.equal(one.calls, {}, "calls at 1001")
    call.bye().wait()
    taken.wait_end()
