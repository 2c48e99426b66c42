"""The agent tries the way of its voice at the desk before a customer waits at its end."""

import time

from lib.wait import until
from tests.t11_page import shot
from tests.t19_desk import state_is
from tests.t21_browser_phone import at_the_desk
from tests.t22_anchor import REROUTE, relayed


def tries(browser):
    """Opens the dialog of the devices and lets it try the line."""
    browser.wait_for("!!document.querySelector('.phone-status[data-light=good]')", what="a phone that is signed in")
    browser.click(".phone-status")
    browser.click(".path-check .ant-btn:not([disabled])")


def result(browser, state):
    """What came of it, and that the agent is free again."""
    browser.wait_for(f"document.querySelector('.path-check').dataset.state === '{state}'", 20, f"a line that is {state}")
    state_is(browser, "ready")


def test_good(t):
    """A tone of the page's own goes to the server and comes back."""
    browser = at_the_desk(t)
    tries(browser)
    result(browser, "good")
    shot(t, browser, "line-good")
    trials = until(lambda: t.server.get("/api/v1/interactions?number=*43", "admin")["items"], 10, "the trial on record")
    t.equal(trials[0]["direction"], "internal", "the trial is found by its number")
    t.equal(t.server.get("/api/v1/interactions", "admin")["items"], [], "calls in the list")
    me = t.server.get("/api/v1/me", "1001")["agent_id"]
    began = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))
    today = t.server.get(f"/api/v1/agents/{me}/day?from={began}", "1001")
    t.equal(today["answered"], 0, "calls in the agent's day")


def test_firewall(t):
    """Signalling gets through and media do not: the page says so in plain words, and the line works once it is open."""
    media = relayed(t)
    media.keep_still()
    browser = at_the_desk(t, script=REROUTE)
    tries(browser)
    result(browser, "silent")
    browser.wait_text("防火墙")
    media.let_through()
    browser.click(".path-check .ant-btn:not([disabled])")
    result(browser, "good")
