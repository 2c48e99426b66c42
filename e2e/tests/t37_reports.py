"""Reports in Chromium after real calls: figures, and the calls that each of them opens."""

from lib.accessible import barriers
from lib.browser import Browser
from tests.t11_page import past, shot, sign_in
from tests.t30_pages import SETTLE

WORDS = {
    "zh-CN": {"queue": "队列", "agent": "坐席", "centre": "全中心", "sums": "队列合计", "meaning": "指标说明", "yesterday": "昨天",
              "nothing": "这段时间没有通话", "sales": "销售", "support": "技术支持", "back": "回到报表"},
    "en-US": {"queue": "Queue", "agent": "Agent", "centre": "Whole centre", "sums": "Queue: sums", "meaning": "What the figures mean",
              "yesterday": "Yesterday", "nothing": "No calls in this period", "sales": "Sales", "support": "Support", "back": "Back to the report"},
}
ROWS = "[...document.querySelectorAll('[data-table=sums] tbody tr')].map(r => r.innerText.replace(/\\s+/g, ' '))"
LISTED = "[...document.querySelectorAll('tbody a.row-link')].map(a => a.dataset.row)"


def open_page(t, language, path="/reports"):
    browser = Browser(t, language, (1366, 768))
    browser.command("Emulation.setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    sign_in(t, browser, "2001", "demo-2001", path)
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
    t.equal(found, [], f"barriers of {name}")
    wide = browser.js("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    t.equal(wide, 0, "pixels that stand out to the side")


def figures(t, browser, words):
    """Each figure of the queues opens as many calls as it says."""
    links = browser.js("""[...document.querySelectorAll('[data-table=sums] a.report-figure')]
        .map(a => [a.getAttribute('href'), a.innerText])""")
    counts = [(href, int(said)) for href, said in links if said.isdigit()]
    t.check(len(counts) >= 4, f"figures that count calls: {links}")
    for href, said in counts:
        path = f"/api/v1/interactions{href[href.index('?'):]}".replace("%22", "")
        t.equal(len(t.server.get(path, "2001")["items"]), said, f"calls under {href}")
    browser.click("[data-table=sums] a[data-figure=abandoned]")
    browser.wait_for("location.pathname.endsWith('/interactions')", what="the list")
    browser.wait_for(f"{LISTED}.length === 1", what="the one call that was given up")
    browser.wait_for("document.querySelector('.under')?.innerText.includes('1')", what="the figure above the list")
    shot(t, browser, f"reports-under-{words['queue']}")
    browser.press(words["back"])
    browser.wait_for(f"{ROWS}.length === 2", what="the report again")


def shows(t, language):
    """Queues, agents and the whole centre after four calls; a day without calls says so."""
    words = WORDS[language]
    past(t)
    browser = open_page(t, language)
    browser.wait_text(words["sums"])
    browser.wait_for(f"{ROWS}.length === 2", what="two queues")
    rows = browser.js(ROWS)
    t.check(any(r.startswith(words["sales"]) for r in rows) and any(r.startswith(words["support"]) for r in rows), f"{rows}")
    browser.wait_for("document.querySelectorAll('.report-plots .plot').length === 3", what="three plots")
    browser.wait_for("document.querySelectorAll('[data-table=course] tbody tr').length >= 1", what="an interval")
    look(t, browser, f"reports-{language}")
    figures(t, browser, words)
    browser.press(words["agent"], ".report-bar")
    browser.wait_for(f"{ROWS}.some(r => r.startsWith('1001')) && {ROWS}.some(r => r.startsWith('1101'))", what="both agents")
    browser.wait_for("document.querySelectorAll('.report-plots .plot').length === 3", what="three plots")
    look(t, browser, f"reports-agents-{language}")
    browser.press(words["centre"], ".report-bar")
    browser.wait_for(f"{ROWS}.length >= 1", what="the centre")
    browser.open(browser.js("location.href").split("?")[0] + "?period=yesterday")
    browser.wait_text(words["nothing"])
    unexpected = [e for e in browser.errors if not e.endswith("/api/v1/me")]  # the question who is signed in
    t.equal(unexpected, [], "errors on the page")


def test_chinese(t):
    """In Chinese."""
    shows(t, "zh-CN")


def test_english(t):
    """In English."""
    shows(t, "en-US")
