"""Every page of the console after some calls, in light and dark, without barriers; with LINGTONG_GUIDE their pictures."""

from lib.browser import Browser
from tests.t01_main_job import talk
from tests.t11_page import sign_in
from tests.t27_forwarding import rules
from tests.t30_pages import look
from tests.t31_voicemail import SPOKEN_BYTES, recorded

SHOP = {"sales": ("13812340001", "1001"), "support": ("13812340002", "1101")}
FILLED = "document.querySelectorAll('{}').length >= 1"
# Each page: its picture, its path, and what is there once it shows something.
PAGES = [
    ("callbacks", "/callbacks", FILLED.format(".data-table tbody tr")),
    ("messages", "/voicemails", FILLED.format(".data-table tbody tr")),
    ("reports", "/reports", FILLED.format("[data-table=sums] tbody tr")),
    ("schedules", "/reports/schedules", FILLED.format(".data-table tbody tr")),
    ("flows", "/flows", FILLED.format(".flow-row")),
    ("designer", "/flows/main_menu", FILLED.format(".react-flow__node")),
    ("prompts", "/prompts", FILLED.format(".ant-segmented-item")),
    ("planner", "/planner", FILLED.format(".plan-table tbody tr")),
    ("alerts", "/live/alerts", FILLED.format(".data-table tbody tr")),
    ("wall", "/wall?screen=big", FILLED.format(".wall-card")),
    ("deliveries", "/settings/deliveries", "!!document.querySelector('.settings-body')"),
    ("settings", "/settings/queue?open=sales", "!!document.querySelector('#field-strategy')"),
    ("trunk", "/settings/trunk?open=line", "!!document.querySelector('#field-registrar')"),
    ("account", "/account", "!!document.querySelector('.account-form')"),
]

# What is pressed on a page before it is looked at, and what is there then: a new centre has no prompts of its own.
PRESSED = {"prompts": ("[...document.querySelectorAll('.ant-segmented-item')].at(-1).click()", FILLED.format(".data-table tbody tr"))}


def set_up(t):
    """A schedule, a threshold that one waiting customer passes, a trunk, and a mailbox."""
    t.server.apply(
        {"kind": "report_schedule", "name": "sales",
         "spec": {"title": {"zh": "销售日报", "en": "Sales, daily"}, "recipients": ["wang@example.com"], "paused": True}},
        {"kind": "threshold", "name": "crowd",
         "spec": {"title": {"zh": "排队过多", "en": "Too many waiting"}, "measure": "waiting", "warning": 1, "critical": 50, "hold_s": 0}},
        {"kind": "trunk", "name": "line", "spec": {"registrar": "sip:127.0.0.1:9", "username": "shop", "secret": "s3cret-1"}},
    )
    rules(t, 1002, {"always": "voicemail"})


def some_calls(t):
    """Calls that are answered, one that is given up, one that wants to be called back, and a message."""
    for number, (caller, agent) in zip(("95001", "95000"), SHOP.values()):
        phone = t.agent(agent)
        call = t.caller(caller).call(number).wait_up()
        if number == "95000":
            t.hears(call, "greeting_main")
            call.rtp.press("2")
        offered = phone.wait_call(20)
        offered.answer()
        talk(t, call, offered)
        call.bye().wait()
        t.server.record(call)
    back = t.caller("13812340003").call("95000").wait_up()
    t.hears(back, "greeting_main")
    back.rtp.press("3")
    t.until(lambda: t.server.get("/api/v1/callbacks")["items"], 20, "somebody who wants to be called back")
    back.wait_end(40)
    leaves = t.caller("13812340004").call("1002").wait_up()
    t.hears(leaves, "voicemail")
    leaves.rtp.tone(500)
    before = recorded(t)
    t.until(lambda: recorded(t) > before + SPOKEN_BYTES, 20, "three seconds of message")
    leaves.bye().wait()
    t.until(lambda: t.server.get("/api/v1/voicemails?all=true")["items"], 8, "the message")
    path = f"/api/v1/agents/{t.server.agent(1001)['id']}/state"
    t.equal(t.server.fetch(path, "admin", "PUT", {"state": "not_ready", "reason": "lunch"})[0], 200, "1001 is not ready")
    waits = t.caller("13812340005").call("95001").wait_up()
    t.until(lambda: t.server.get("/api/v1/alerts")["items"], 20, "an alert")
    waits.bye().wait()
    t.server.wait_idle()


def pages(t, language):
    """The administrator goes through all of them."""
    tag, found = language[:2], []
    set_up(t)
    some_calls(t)
    browser = Browser(t, language, (1366, 768))
    browser.command("Emulation.setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    sign_in(t, browser, "admin", "demo-admin", "/live")
    browser.wait_for("!!document.querySelector('nav.rail')", what="the rail")
    for name, path, filled in PAGES:
        browser.open("http://%s:%d%s" % (*t.server.http, path))
        browser.wait_for(filled, what=f"what {name} shows")
        if name in PRESSED:
            press, shown = PRESSED[name]
            browser.js(press)
            browser.wait_for(shown, what=f"what {name} shows then")
        look(browser, f"{name}-{tag}", found)
        wide = browser.js("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        t.equal(wide, 0, f"pixels that stand out to the side of {name}")
    t.equal(found, [], "barriers")


def test_chinese(t):
    """In Chinese."""
    pages(t, "zh-CN")


def test_english(t):
    """In English."""
    pages(t, "en-US")


test_chinese.limit_s = test_english.limit_s = 240
