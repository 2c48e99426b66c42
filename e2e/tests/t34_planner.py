"""The planner in Chromium, in Chinese and English: what it reckons, what it says of a wrong figure, who may see it."""

import json
import subprocess

from lib.accessible import barriers
from lib.browser import Browser
from lib.server import BINARY
from tests.t11_page import shot, sign_in
from tests.t30_pages import SETTLE

SEATS = "document.querySelector('.plan-top .figure-value')?.innerText"


def seats(browser, expected):
    browser.wait_for(f"{SEATS} === '{expected}'", what=f"{expected} seats; {browser.js(SEATS)} stand there")


def planned(t, *flags):
    """What the command line reckons."""
    done = subprocess.run([BINARY, "plan", "site", *flags], capture_output=True, text=True, timeout=60)
    t.equal(done.returncode, 0, f"exit code: {done.stderr}")
    return json.loads(done.stdout)


def open_page(t, language, user="2001"):
    browser = Browser(t, language, (1366, 768))
    browser.command("Emulation.setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    sign_in(t, browser, user, f"demo-{user}", "/planner")
    return browser


def look(t, browser, name):
    """Barriers and a picture in both themes."""
    found = []
    for theme in ("light", "dark"):
        browser.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme},
                                                                {"name": "prefers-reduced-motion", "value": "reduce"}])
        browser.wait_for(f"document.documentElement.dataset.theme === '{theme}'", what=f"the {theme} theme")
        browser.js(SETTLE)
        found += barriers(browser)
        shot(t, browser, f"{name}-{theme}")
        browser.js("document.querySelector('.plan-table')?.scrollIntoView({block: 'center'})")
        browser.js(SETTLE)
        shot(t, browser, f"{name}-{theme}-below")
        browser.js("document.querySelector('.plan-top')?.scrollIntoView({block: 'end'})")
    t.equal(found, [], f"barriers of {name}")
    wide = browser.js("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    t.equal(wide, 0, "pixels that stand out to the side")


def test_planning_in_chinese(t):
    """The page and the command line reckon the same; a wrong figure is told at its field, and the plan before it stays."""
    usual = planned(t)
    browser = open_page(t, "zh-CN")
    seats(browser, usual["seats"])
    browser.wait_text("为什么是这个数")
    browser.wait_text("近 28 天没有来电进入队列")
    t.check("Erlang C" in browser.text(), "it says that callers are taken to wait on")
    look(t, browser, "planner-zh-CN")
    more = planned(t, "--calls", "30000", "--patience-s", "90", "--seats", "250")
    for field, typed in (("calls", "30000"), ("patience_s", "90"), ("seats", "250")):
        browser.fill(f"#plan-{field}", typed)
    seats(browser, more["seats"])
    browser.wait_text("Erlang A")
    browser.wait_text(f"{int(more['of_seats']['calls']):,} 通")
    browser.fill("#plan-aht_s", "abc")
    browser.wait_text("请填写数字")
    browser.wait_text("图表是此前的结果")
    seats(browser, more["seats"])
    shot(t, browser, "planner-wrong-zh-CN")
    browser.fill("#plan-aht_s", "200")
    browser.fill("#plan-peak_share", "1")
    browser.wait_text("这个数值无法用于计算")
    browser.fill("#plan-peak_share", "15")
    steep = planned(t, "--calls", "30000", "--patience-s", "90", "--peak-share", "0.15")
    seats(browser, steep["seats"])
    browser.wait_for("location.search.includes('peak_share')", what="the form in the address")
    browser.command("Page.reload")
    seats(browser, steep["seats"])
    t.equal(browser.js("document.querySelector('#plan-calls').value"), "30000", "what was typed, after a reload")
    browser.press("恢复示例")
    seats(browser, usual["seats"])


def test_planning_in_english(t):
    """The curves are read out by keys; all intervals are taken along as CSV; agents have no planner."""
    usual = planned(t)
    browser = open_page(t, "en-US", "admin")
    seats(browser, usual["seats"])
    browser.wait_text("Why this number")
    look(t, browser, "planner-en-US")
    browser.js("document.querySelector('.plot').focus()")
    for kind in ("keyDown", "keyUp"):
        browser.command("Input.dispatchKeyEvent", type=kind, key="ArrowRight", code="ArrowRight", windowsVirtualKeyCode=39)
    legend = browser.wait_for("document.querySelector('.plot-legend > b')?.nextElementSibling.innerText", what="the values read out")
    at = browser.js("document.querySelector('.plot-legend > b').innerText")
    t.equal(at, str(usual["seats"]), "the place that is read out first")
    t.check(f"{usual['busiest']['service_level']:.1%}" in legend, f"{legend} tells another service level")
    browser.js("""window.saved = []; const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { blob.text().then((text) => window.saved.push(text)); return make(blob); }""")
    browser.press("Export CSV")
    text = browser.wait_for("window.saved[0]", what="the file")
    lines = text.strip().split("\r\n")
    t.equal(len(lines), 1 + len(usual["intervals"]), "lines of the file")
    busiest = next(line for line in lines if line.startswith(usual["busiest"]["from"]))
    t.equal(busiest.split(",")[3:5], [str(usual["seats"]), str(usual["agents_scheduled"])], "agents of the busiest interval")
    # Who is not signed in yet is told so.
    t.equal([error for error in browser.errors if "401" not in error], [], "errors of the page")
    agent = Browser(t, "en-US", profile="agent")
    sign_in(t, agent, "1001", "demo-1001", "/planner")
    agent.wait_for("location.pathname.endsWith('/interactions')", what="led to a page of the agent's")
    agent.wait_for("!!document.querySelector('nav.rail')", what="the rail")
    t.check("Planner" not in agent.js("document.querySelector('nav.rail').innerText"), "an agent sees the planner")
