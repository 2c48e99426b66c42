"""Each main page, in light and dark, without barriers; with LINGTONG_GUIDE the pictures of the guide are taken of them."""

import os
import subprocess
from pathlib import Path

from lib.accessible import barriers
from lib.browser import Browser
from lib.wait import check
from tests.t01_main_job import to_sales
from tests.t11_page import WORDS as LIVE_WORDS
from tests.t11_page import sign_in
from tests.t19_desk import CALLER, press, state_is


SETTLE = """(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const running = () => document.getAnimations().filter((a) => a.effect.getTiming().iterations !== Infinity);
  for (let quiet = 0; quiet < 3; quiet += running().length === 0 ? 1 : 0) {
    await Promise.all(running().map((a) => a.finished.catch(() => null)));
    await frame();
  }
  return true;
})()"""
"""Lets what is moving arrive: a colour half way to another has no contrast of its own."""


def look(browser, name, found):
    """Barriers in both themes are added to `found`; the picture."""
    for theme in ("dark", "light"):
        browser.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme},
                                                                {"name": "prefers-reduced-motion", "value": "reduce"}])
        browser.wait_for(f"document.documentElement.dataset.theme === '{theme}'", what=f"the {theme} theme")
        browser.js(SETTLE)
        found += [f"{name}, {theme}: {one}" for one in barriers(browser)]
    folder = os.environ.get("LINGTONG_GUIDE")
    if folder:
        fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=True).stdout
        check(fonts, "no font shows Chinese: apt-get install fonts-wqy-microhei")
        Path(folder).mkdir(parents=True, exist_ok=True)
        browser.screenshot(Path(folder) / f"{name}.webp")


NOTE = {"zh-CN": "客户询问发票何时寄出", "en-US": "Asks when the invoice was sent"}


def in_hand(browser, phase):
    """Waits until the page's own telephone has the call in this phase."""
    browser.wait_for(f"document.querySelector('.bar-party')?.dataset.phase === '{phase}'", what=f"a call that is {phase}")


def pages(t, language):
    """The agent's pages with a call, then the supervisor's."""
    tag, found = language[:2], []
    t.agent(1101)
    t.agent(1102)
    microphone = t.folder / "microphone.wav"
    speech = [t.prompt(name, tag) for name in ("greeting_main", "queue_welcome")]
    subprocess.run(["opusdec", "--quiet", "--rate", "48000", "--force-wav", speech[0], microphone], check=True)
    browser = Browser(t, language, (1366, 768), microphone)
    browser.command("Emulation.setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    ip, port = t.server.http
    browser.open(f"http://{ip}:{port}/login")
    browser.wait_for("!!document.querySelector('input[name=password]')", what="the login")
    look(browser, f"login-{tag}", found)
    sign_in(t, browser, "1001", "demo-1001", "/desk")
    state_is(browser, "ready")
    browser.wait_text("1101")
    browser.wait_for("!!document.querySelector('.phone-status[data-light=good]')", what="a phone that is signed in")
    look(browser, f"desk-idle-{tag}", found)
    call = to_sales(t, t.caller(CALLER))
    in_hand(browser, "ringing")
    browser.wait_for("!!document.querySelector('.call-facts')", what="the caller's card")
    press(browser, "a")
    in_hand(browser, "talking")
    call.rtp.wait_sound()
    call.rtp.say(*speech, *speech)
    browser.type_into("textarea", NOTE[language])
    browser.wait_for("document.querySelector('.save-state').dataset.save === 'saved'", what="the note at the server")
    look(browser, f"desk-call-{tag}", found)
    browser.js("document.activeElement?.blur()")
    press(browser, "?")
    browser.wait_for("!!document.querySelector('.ant-modal .keys')", what="the keys")
    look(browser, f"desk-keys-{tag}", found)
    boss = Browser(t, f"{language}", (1366, 768), profile="boss")
    boss.command("Emulation.setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    sign_in(t, boss, "2001", "demo-2001")
    boss.wait_for("!!document.querySelector('.call-row[data-state=talking]')", what="the talk in the live view")
    look(boss, f"live-{tag}", found)
    heard = len(call.rtp.heard) + 150
    t.until(lambda: len(call.rtp.heard) > heard, 8, "three seconds of talk")
    call.bye().wait()
    state_is(browser, "wrap_up")
    t.server.record(call)
    boss.click("nav.rail a[href$='/interactions']")
    boss.wait_for("document.querySelectorAll('a.row-link').length === 1", what="the call in the list")
    look(boss, f"interactions-{tag}", found)
    boss.click("a.row-link")
    boss.wait_text(LIVE_WORDS[language]["ladder"])
    boss.wait_for("document.querySelector('audio')?.readyState >= 1", what="the recording")
    look(boss, f"interaction-{tag}", found)
    t.equal(found, [], "barriers")


def test_chinese(t):
    """In Chinese."""
    pages(t, "zh-CN")


def test_english(t):
    """In English."""
    pages(t, "en-US")
