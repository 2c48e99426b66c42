"""Nodes of flows by real calls: expressions, tags, splits, consent to being recorded, emergency closure."""

import json

from lib.browser import Browser
from lib.flows import end, lead, way
from tests.t11_page import sign_in


def test_expressions_decide(t):
    """What a caller keyed is counted with, and how a queue stands decides the way; both are in the call's path."""
    lead(t, "95042", "count", {
        "ask": {"kind": "collect", "prompt": "callback_number_ask", "variable": "amount", "max": 4,
                "outlets": {"done": "double", "timeout": "bye"}},
        "double": {"kind": "set", "expressions": {"twice": "int(amount) * 2"}, "outlets": {"done": "big"}},
        "big": {"kind": "condition", "expression": "twice > 100 && queue('sales').waiting == 0 && weekday < 8",
                "outlets": {"true": "thanks", "false": "bye"}},
        "thanks": end("survey_thanks"),
        "bye": end(),
    })
    call = t.caller().call("95042").wait_up()
    t.hears(call, "callback_number_ask")
    for key in "60#":
        call.rtp.press(key)
    t.hears(call, "survey_thanks")
    call.wait_end()
    t.equal(way(t.server.record(call)), [("ask", "done"), ("double", "done"), ("big", "true"), ("thanks", None)], "way")
    # One that can't be worked out leaves by false, and the path says why without the caller's number.
    lead(t, "95043", "wrong", {
        "try": {"kind": "condition", "expression": "int(caller + 'x') > 1", "outlets": {"true": "bye", "false": "bye"}},
        "bye": end(),
    })
    call = t.caller().call("95043").wait_up()
    call.wait_end(15)
    [step, _] = t.server.record(call)["trace"]
    t.equal((step["outlet"], step["detail"]), ("false", "expression: a text that is no number"), "the step")


def test_variables_are_spoken(t):
    """A day and an amount that a flow holds are heard in the caller's language, put together from clips."""
    for language, number, day in (("en", "95047", ("month_11", "day_23", "num_26")), ("zh", "95048", ("num_11", "num_23"))):
        lead(t, number, f"says_{language}", {
            "know": {"kind": "set", "values": {"day": "2026-11-23", "due": "12.50"}, "outlets": {"done": "say"}},
            "say": end([{"date": "$day"}, {"silence_ms": 300}, {"money": "$due"}, {"named": "$due"}, "goodbye"]),
        }, language)
        call = t.caller().call(number).wait_up()
        for clip in (*day, "num_12", "goodbye"):
            t.hears(call, clip, language=language)
        call.wait_end(15)


def test_tags_are_kept(t):
    """Tags, filled in, are in the call's record."""
    lead(t, "95042", "tagged", {
        "tag": {"kind": "tag", "tags": ["complaint", "from {{ caller }}", "complaint"], "outlets": {"done": "bye"}},
        "bye": end(),
    })
    call = t.caller("13800000042").call("95042").wait_up()
    call.wait_end(15)
    record = t.server.record(call)
    t.equal(record["tags"], ["complaint", "from 13800000042"], "tags")
    other = t.caller("13800000043").call("95042").wait_up()
    other.wait_end(15)
    t.server.record(other)
    found = lambda tag: [one["id"] for one in t.server.get(f"/api/v1/interactions?tag={tag}")["items"]]
    t.equal((found("from%2013800000042"), len(found("complaint")), found("compl")), ([record["id"]], 2, []), "found by tag")


def test_a_split_is_sticky(t):
    """Half of the callers go each way, and each goes the same way again."""
    lead(t, "95042", "halves", {
        "half": {"kind": "split", "share_percent": 50, "salt": "e2e", "outlets": {"a": "left", "b": "right"}},
        "left": end("survey_thanks"),
        "right": end(),
    })
    ways = {}
    for number in [f"1380000{n:04}" for n in range(8)] * 2:
        call = t.caller(number).call("95042").wait_up()
        call.bye().wait()
        [(_, outlet), _] = way(t.server.record(call))
        t.equal(ways.setdefault(number, outlet), outlet, f"the way of {number}")
    t.equal(sorted(set(ways.values())), ["a", "b"], "both ways are gone")


def test_consent_to_recording(t):
    """Who agrees is recorded; who refuses is not, though the queue records."""
    queue = t.server.get("/api/v1/settings/queue/sales")["spec"]
    t.server.apply({"kind": "queue", "name": "sales", "spec": {**queue, "record": True}})
    lead(t, "95042", "asked", {
        "ask": {"kind": "consent", "outlets": {"agreed": "sales", "refused": "sales"}},
        "sales": {"kind": "queue", "queue": "sales"},
    })
    agent = t.agent(1001)
    for key, outlet, recordings in (("1", "agreed", 1), ("2", "refused", 0)):
        t.server.wait_agent(1001, "ready", timeout=20)
        call = t.caller().call("95042").wait_up()
        t.hears(call, "recording_consent")
        call.rtp.press(key)
        agent.take_call(tone=1150)
        call.rtp.wait_tone(1150)
        call.bye().wait()
        record = t.server.record(call)
        t.equal((way(record)[0], len(record["recordings"])), (("ask", outlet), recordings), f"after {key}")


def test_emergency_closure(t):
    """The switch on the page closes the centre at once; a flow that knows of it leads elsewhere; then it is open again."""
    lead(t, "95042", "plain", {"hi": {"kind": "play", "prompt": "greeting_main", "outlets": {"done": "bye"}}, "bye": end()})
    lead(t, "95043", "knows", {
        "is": {"kind": "closure", "outlets": {"open": "bye", "closed": "box"}},
        "box": end("no_agent"),
        "bye": end(),
    })
    browser = Browser(t, "zh-CN", (1366, 768))
    sign_in(t, browser, "admin", "demo-admin", "/flows")
    press(browser, "button", "紧急关闭")
    press(browser, ".ant-modal-footer button", "立即关闭")
    browser.wait_text("已紧急关闭：所有流程")
    for number, prompt in (("95042", "closed_emergency"), ("95043", "no_agent"), ("95001", "closed_emergency")):
        call = t.caller().call(number).wait_up()
        t.hears(call, prompt)
        call.wait_end(15)
    press(browser, "button", "恢复营业")
    browser.wait_for("!document.body.textContent.includes('已紧急关闭')", what="open again")
    call = t.caller().call("95042").wait_up()
    t.hears(call, "greeting_main")
    call.bye().wait()


def press(browser, selector, text):
    """A click on the element of this kind that says this."""
    find = (f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".find((e) => e.textContent.includes({json.dumps(text)}) && !e.disabled)")
    browser.wait_for(f"!!{find}", what=f"{selector} with {text}")
    browser.js(f"{find}.click()")
