"""Dashboards in Chromium: composed from a template, changed by hand and by keys, shared, and shown on a big screen."""

from tests.t11_page import past
from tests.t30_pages import SETTLE
from tests.t37_reports import look, open_page

TITLES = "[...document.querySelectorAll('.tile > header h2')].map(h => h.innerText)"
# The text of the tile with a title.
TILE = "[...document.querySelectorAll('.tile')].find(s => s.querySelector('h2').innerText === {!r})?.querySelector('.tile-body').innerText"


def says(browser, title, text, timeout=15):
    """Waits until a tile says something."""
    browser.wait_for(f"({TILE.format(title)} ?? '').includes({text!r})", timeout, what=f"{text} in {title}")


def saved(t):
    """The only dashboard, as the server has it."""
    [board] = t.server.get("/api/v1/dashboards", "2001")["items"]
    return board


def test_composed_and_shared(t):
    """From an empty page to a shared dashboard with live and past figures, and its big screen."""
    t.start()
    past(t)
    browser = open_page(t, "zh-CN", "/dashboards")
    browser.wait_text("还没有看板")
    look(t, browser, "dashboards-none")
    browser.press("新建看板", ".notice")
    browser.wait_for("document.querySelectorAll('.board-template').length === 4", what="the templates")
    look(t, browser, "dashboards-new")
    browser.press("创建", ".ant-modal")
    browser.wait_for(f"{TITLES}.length === 8", what="the tiles of the template")
    says(browser, "队列", "销售")
    browser.wait_for("document.querySelectorAll('.tile .plot').length === 2", what="two courses")
    look(t, browser, "dashboards-shift")

    # What happens now is seen without asking.
    says(browser, "就绪坐席", "1")
    rings = t.caller("13800000088").call("95001").wait_up()
    says(browser, "就绪坐席", "0")
    rings.bye().wait()
    says(browser, "就绪坐席", "1")

    compose(t, browser)
    board = saved(t)
    shown = [(tile["shows"]["kind"], tile["title"], tile["width"]) for tile in board["tiles"]]
    t.equal(shown[-2:], [("report", "谁接得多", 8), ("note", "", 3)], "the last tiles")
    t.equal((board["shared"], board["name"]), (True, "值班一组"), "what was saved")

    other = open_page(t, "en-US", "/dashboards", "admin")
    other.wait_text("值班一组")
    other.wait_for(f"{TITLES}.includes('Waiting')", what="the tiles in English")
    says(other, "谁接得多", "1001")
    t.check(other.js("![...document.querySelectorAll('.board-tools button')].some(b => b.innerText === 'Edit')"), "another's is changed")
    look(t, other, "dashboards-shared")
    other.click("[aria-label='Big screen (b)']")
    other.wait_for("!!document.querySelector('.board-screen .tile')", what="the big screen")
    other.js(SETTLE)
    look(t, other, "dashboards-screen")
    box = other.js("""(() => { const last = Math.max(...[...document.querySelectorAll('.tile')].map(e => e.getBoundingClientRect().bottom));
        return [last <= innerHeight + 1, last > innerHeight / 2]; })()""")
    t.equal(box, [True, True], "all tiles are within the screen, and fill it")
    other.key("Escape")
    other.wait_for("location.pathname.endsWith('/dashboards')", what="the page again")
    unexpected = [e for e in browser.errors + other.errors if not e.endswith("/api/v1/me")]  # the question who is signed in
    t.equal(unexpected, [], "errors on the page")


def compose(t, browser):
    """Adds a ranking and a note, changes sizes and places by keys, takes a step back, and saves for all."""
    browser.press("编辑", ".board-head")
    browser.wait_for("!!document.querySelector('.tile-grid-edited')", what="the editor")
    add(browser, "排名")
    browser.type_into(".tile-form input", "谁接得多")
    browser.wait_for(f"{TITLES}.at(-1) === '谁接得多'", what="the title")
    browser.js("document.querySelector('.tile[data-chosen=true]').focus()")
    browser.command("Input.dispatchKeyEvent", type="keyDown", key="ArrowRight", code="ArrowRight", modifiers=8)
    browser.command("Input.dispatchKeyEvent", type="keyDown", key="ArrowRight", code="ArrowRight", modifiers=8)
    browser.wait_for("document.querySelector('.tile[data-chosen=true]').style.gridColumn.includes('8')", what="the wider tile")
    look(t, browser, "dashboards-edit")
    add(browser, "备注")
    browser.type_into(".tile-form textarea", "周一电话多，午休轮流。")
    add(browser, "提醒")
    browser.wait_for(f"{TITLES}.length === 11", what="eleven tiles")
    browser.click("[aria-label='撤销']")
    browser.wait_for(f"{TITLES}.length === 10", what="the step back")
    browser.fill(".board-name", "值班一组")
    browser.click(".board-head .ant-checkbox-wrapper")
    browser.press("保存", ".board-head")
    browser.wait_for("!document.querySelector('.tile-grid-edited')", what="the saved dashboard")
    says(browser, "备注", "午休轮流")


def add(browser, kind):
    """Adds a tile of a kind from the menu."""
    browser.press("添加卡片", ".board-tools")
    item = f"[...document.querySelectorAll('.ant-dropdown:not(.ant-dropdown-hidden) .tile-choice b')].find(e => e.innerText === {kind!r})"
    browser.wait_for(f"!!{item}", what=f"{kind} in the menu")
    browser.js(f"{item}.click()")
    browser.wait_for(f"document.querySelector('.tile-form h2')?.innerText === {kind!r}", what=f"the form of {kind}")
