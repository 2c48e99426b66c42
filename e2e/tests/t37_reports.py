"""Reports in Chromium after real calls: figures, and the calls that each of them opens."""

import csv
import io
import os
import zipfile
from pathlib import Path

from lib.accessible import barriers
from lib.browser import Browser
from tests.t11_page import past, shot, sign_in
from tests.t30_pages import SETTLE

WORDS = {
    "zh-CN": {"queue": "队列", "agent": "坐席", "centre": "全中心", "sums": "队列合计", "meaning": "指标说明", "yesterday": "昨天",
              "nothing": "这段时间没有通话", "sales": "销售", "support": "技术支持", "back": "回到报表", "export": "导出", "views": "视图"},
    "en-US": {"queue": "Queue", "agent": "Agent", "centre": "Whole centre", "sums": "Queue: sums", "meaning": "What the figures mean",
              "yesterday": "Yesterday", "nothing": "No calls in this period", "sales": "Sales", "support": "Support", "back": "Back to the report",
              "export": "Export", "views": "Views"},
}
ROWS = "[...document.querySelectorAll('[data-table=sums] tbody tr')].map(r => r.innerText.replace(/\\s+/g, ' '))"
LISTED = "[...document.querySelectorAll('tbody a.row-link')].map(a => a.dataset.row)"


def open_page(t, language, path="/reports", user="2001"):
    browser = Browser(t, language, (1366, 768), profile=user)
    browser.command("Emulation.setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    sign_in(t, browser, user, f"demo-{user}", path)
    return browser


def keep(t, name, content):
    """Where pictures go, for people who want to look."""
    folder = Path(os.environ.get("LINGTONG_SHOTS") or t.folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


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


def files(t, browser, words):
    """The page's export is saved, and says what the page says; the other forms are what they are called."""
    folder = t.folder / "saved"
    folder.mkdir()
    browser.command("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    browser.press(words["export"], ".report-bar")
    item = ".ant-dropdown:not(.ant-dropdown-hidden) .ant-dropdown-menu-item"
    browser.wait_for(f"[...document.querySelectorAll('{item}')].some(e => e.innerText === 'CSV')", what="the kinds of files")
    browser.js(f"[...document.querySelectorAll('{item}')].find(e => e.innerText === 'CSV').click()")
    t.until(lambda: [*folder.glob("report-queue-*.csv")], 15, "the saved file")
    saved = next(folder.glob("*.csv")).read_bytes()
    t.check(saved.startswith(b"\xef\xbb\xbf"), "a byte order mark")
    rows = [*csv.reader(io.StringIO(saved.decode("utf-8-sig")))]
    said = browser.js("""[...document.querySelectorAll('[data-table=sums] tbody tr')].map(r => [...r.cells].slice(0, 4).map(c => c.innerText))""")
    for row in said:
        t.check(row in [r[:4] for r in rows], f"{row} of the page in {rows}")
    query = "by=agent&every=30&from=2026-01-01T00:00:00Z&to=2029-01-01T00:00:00Z"
    _, _, book = t.server.fetch(f"/api/v1/reports/file?{query}&format=xlsx", "2001")
    sheets = [name for name in zipfile.ZipFile(io.BytesIO(book)).namelist() if name.startswith("xl/worksheets/sheet")]
    t.equal(len(sheets), 2, "tabs")
    _, headers, paper = t.server.fetch(f"/api/v1/reports/file?{query}&format=pdf", "2001")
    t.check(paper.startswith(b"%PDF-") and b"%%EOF" in paper[-16:], "a PDF")
    status, _, _ = t.server.fetch(f"/api/v1/reports/file?{query}&format=pdf", "1001")
    t.equal(status, 403, "an agent's question")
    for name, content in (("xlsx", book), ("pdf", paper)):
        keep(t, f"report-{words['queue']}.{name}", content)


def opened(browser):
    """Waits until the list of views stands where it is to be: it opens out of sight."""
    browser.wait_for("""(() => { const box = document.querySelector('.report-views')?.getBoundingClientRect();
        return box && box.top > 0 && box.bottom <= innerHeight; })()""", what="the list of views in sight")
    browser.js(SETTLE)


def kept(t, browser, words):
    """A report kept for all under a name is found by another, and leads to the same report."""
    browser.press(words["agent"], ".report-bar")
    browser.wait_for(f"{ROWS}.some(r => r.startsWith('1001'))", what="the agents")
    browser.press(words["views"], ".report-bar")
    opened(browser)
    browser.type_into(".report-views input:not([type=checkbox])", "Team one")
    browser.click(".report-views .ant-checkbox-wrapper")
    browser.click(".report-views button[type=submit]")
    browser.wait_for("document.querySelector('.report-views li .link-button')?.innerText === 'Team one'", what="the view")
    look(t, browser, f"reports-views-{words['queue']}")
    other = open_page(t, "en-US", user="admin")
    other.press("Views", ".report-bar")
    opened(other)
    other.press("Team one", ".report-views")
    other.wait_for(f"{ROWS}.some(r => r.startsWith('1001'))", what="the agents of the view")
    t.check("by=agent" in other.js("location.search"), "the view's address")


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
    files(t, browser, words)
    browser.press(words["agent"], ".report-bar")
    browser.wait_for(f"{ROWS}.some(r => r.startsWith('1001')) && {ROWS}.some(r => r.startsWith('1101'))", what="both agents")
    browser.wait_for("document.querySelectorAll('.report-plots .plot').length === 3", what="three plots")
    look(t, browser, f"reports-agents-{language}")
    kept(t, browser, words)
    browser.open(browser.js("location.href"))
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
