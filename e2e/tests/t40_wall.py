"""The wall: its figures are the API's, a threshold that is passed is told, acknowledged and over, and a big screen lives on."""

import json

from lib.accessible import barriers
from lib.browser import Browser
from lib.server import free_port
from tests.t11_page import shot, sign_in
from tests.t30_pages import SETTLE

WORDS = {
    "zh-CN": {"sales": "销售", "acknowledge": "确认", "sentence": "3 人排队", "cleared": "已恢复", "save": "保存", "threshold": "添加阈值"},
    "en-US": {"sales": "Sales", "acknowledge": "Acknowledge", "sentence": "3 waiting", "cleared": "Over", "save": "Save",
              "threshold": "Add a threshold"},
}
CROWD = {"title": {"zh": "销售排队", "en": "Sales waiting"}, "measure": "waiting", "queues": ["sales"], "warning": 2,
         "critical": 50, "hold_s": 0}
CALLERS = 3


def waiting_customers(t):
    """An agent who is there and takes nothing, and customers who wait for it."""
    t.agent(1001)
    agent = t.server.agent(1001)
    away = {"state": "not_ready", "reason": "lunch"}
    status, _, body = t.server.fetch(f"/api/v1/agents/{agent['id']}/state", "admin", "PUT", away)
    t.equal(status, 200, f"away: {body[:200]!r}")
    return t.sipp("waiting-caller.xml", "127.0.0.1:%d" % t.server.sip[1], "-p", free_port(), "-s", "95001", "-r", "5",
                  "-m", str(CALLERS), "-l", str(CALLERS))


def send_away(t, callers):
    for interaction in t.server.live()["interactions"]:
        t.server.fetch(f"/api/v1/interactions/{interaction['id']}/hangup", "admin", "POST")
    t.wait_child(callers)


def look(t, browser, name, found):
    """Barriers and a picture, light and dark."""
    for theme in ("dark", "light"):
        browser.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme},
                                                                {"name": "prefers-reduced-motion", "value": "reduce"}])
        browser.wait_for(f"document.documentElement.dataset.theme === '{theme}'", what=f"the {theme} theme")
        browser.js(SETTLE)
        found += [f"{name}, {theme}: {one}" for one in barriers(browser)]
        shot(t, browser, f"{name}-{theme}")


def figure(browser, place):
    return browser.js(f"document.querySelectorAll('.top-line .figure-value')[{place}].innerText.trim()")


def go(t, browser, path):
    browser.open("http://%s:%d%s" % (*t.server.http, path))


def passes(t, language):
    """Customers wait: figures, the alert, its acknowledgement and its end."""
    words, found = WORDS[language], []
    t.start()
    t.server.apply({"kind": "threshold", "name": "crowd", "spec": CROWD})
    browser = Browser(t, language)
    sign_in(t, browser, "2001", "demo-2001", "/live")
    browser.wait_text(words["sales"])
    callers = waiting_customers(t)
    browser.wait_for(f"document.querySelector('.top-line .figure-value')?.innerText.trim() === '{CALLERS}'", what="all who wait")
    live = t.server.live()
    sales = next(queue for queue in live["queues"] if queue["name"] == "sales")
    t.equal((sales["waiting"], sales["waited"][-1]), (CALLERS, CALLERS), "the API's figures")
    t.equal(figure(browser, 5), str(len(live["interactions"])), "calls now")
    browser.wait_for("document.querySelectorAll('.alert-rows li').length === 1", what="the alert in the column")
    browser.wait_for("!!document.querySelector('.alert-notice')", what="the notice")
    look(t, browser, f"wall-{language}", found)
    browser.press(words["acknowledge"], ".alert-notice")
    browser.wait_for("!document.querySelector('.alert-notice')", what="nothing left to acknowledge")
    standing = t.until(lambda: [a for a in t.server.get("/api/v1/alerts?state=standing")["items"] if a.get("acknowledged_by")],
                       10, "the acknowledgement in the list")
    t.equal((standing[0]["acknowledged_by"], standing[0]["threshold"]), ("2001", "crowd"), "who looks after it")
    go(t, browser, "/wall?screen=big")
    browser.wait_for(f"document.querySelector('.wall-value')?.innerText.trim() === '{CALLERS}'", what="the big screen")
    browser.wait_for("!!document.querySelector('.wall-card[data-level=warning]')", what="the queue that is marked")
    found += [f"big screen: {one}" for one in barriers(browser)]
    shot(t, browser, f"wall-big-{language}")
    send_away(t, callers)
    browser.wait_for("!document.querySelector('.wall-alerts')", what="the end of the alert")
    go(t, browser, "/live/alerts")
    browser.wait_text("2001")
    browser.wait_text(words["cleared"])
    look(t, browser, f"wall-alerts-{language}", found)
    t.equal(found, [], "barriers")


def test_a_threshold_is_passed_in_chinese(t):
    """In Chinese."""
    passes(t, "zh-CN")


def test_a_threshold_is_passed_in_english(t):
    """In English."""
    passes(t, "en-US")


def test_a_threshold_is_set_in_the_page(t):
    """The form says what is wrong while one types, and what is saved is watched at once."""
    found = []
    browser = Browser(t, "zh-CN")
    sign_in(t, browser, "admin", "demo-admin", "/settings/threshold?add=true")
    browser.fill("#field-name", "busy")
    browser.fill("#field-warning", "80")
    browser.fill("#field-critical", "70")
    browser.wait_for("!!document.querySelector('#field-critical-help.field-problem')", what="a critical value below the warning")
    browser.fill("#field-critical", "90")
    browser.wait_for("!document.querySelector('#field-critical-help.field-problem')", what="a value that makes sense")
    look(t, browser, "threshold-zh-CN", found)
    browser.press("保存")
    browser.wait_text("已保存 busy")
    kept = json.loads(t.server.fetch("/api/v1/settings/threshold/busy")[2])["spec"]
    t.equal((kept["warning"], kept["critical"], kept["hold_s"]), (80, 90, 30), "what is kept")
    t.equal(found, [], "barriers")


def test_a_big_screen_says_when_its_figures_are_old_and_comes_back_by_itself(t):
    """The server goes and comes back; nobody touches the screen."""
    browser = Browser(t, "zh-CN", (1920, 1080))
    browser.command("Emulation.setDeviceMetricsOverride", width=1920, height=1080, deviceScaleFactor=1, mobile=False)
    sign_in(t, browser, "2001", "demo-2001", "/wall?screen=big")
    browser.wait_text("销售")
    shot(t, browser, "wall-big-1080p")
    browser.command("Emulation.setDeviceMetricsOverride", width=3840, height=2160, deviceScaleFactor=1, mobile=False)
    browser.js(SETTLE)
    fits = "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    t.check(browser.js(fits), "all of it is on the screen")
    shot(t, browser, "wall-big-4k")
    t.server.kill()
    browser.wait_for("!!document.querySelector('.wall-stale')", timeout=30, what="that the figures are old")
    shot(t, browser, "wall-big-stale")
    t.server.start()
    browser.wait_for("!document.querySelector('.wall-stale')", timeout=60, what="figures of now again")
    t.equal(browser.js("location.pathname"), "/wall", "still the screen")
