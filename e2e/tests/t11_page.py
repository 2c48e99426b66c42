"""The page in Chromium: login, live view, list with its filters, one call with its sound, and what an agent sees."""

import os
from pathlib import Path

from lib.browser import Browser
from tests.t01_main_job import talk, to_sales

WORDS = {
    "zh-CN": {"live": "监控", "list": "通话记录", "agents": "坐席", "answered": "已接听", "trace": "流程轨迹", "menu": "主菜单",
              "ladder": "SIP 信令", "talking": "通话中", "play": "播放", "demo": "演示环境", "wrong": "用户名或密码不正确",
              "sales": "销售"},
    "en-US": {"live": "Live", "list": "Calls", "agents": "Agents", "answered": "Answered", "trace": "Path through the flow", "menu": "Main menu",
              "ladder": "SIP messages", "talking": "Talking", "play": "Play", "demo": "Demo", "wrong": "password", "sales": "Sales"},
}


def shot(t, browser, name):
    """Kept where LINGTONG_SHOTS says, for people who want to look."""
    folder = Path(os.environ.get("LINGTONG_SHOTS") or t.folder)
    folder.mkdir(parents=True, exist_ok=True)
    browser.screenshot(folder / f"{name}.png")


def sign_in(t, browser, user, password, path="/", address=None):
    """Fills in the login page on the way to a path; `address`: of a relay to the server."""
    ip, port = address or t.server.http
    browser.open(f"http://{ip}:{port}{path}")
    browser.type_into("input[name=username]", user)
    browser.type_into("input[name=password]", password)
    browser.click("button[type=submit]")


def shows(t, language):
    """The supervisor sees a call come, go on and end, finds it in the list and plays it."""
    words = WORDS[language]
    agent, other = t.agent(1001), t.agent(1002)
    browser = Browser(t, language)
    sign_in(t, browser, "2001", "demo-2001")
    browser.wait_for("location.pathname.endsWith('/live')", what="the live page")
    browser.wait_text(words["agents"])
    browser.wait_text("1001")
    browser.wait_text("1002")
    browser.wait_text(words["demo"])
    call = to_sales(t, t.caller("13812345678"))
    browser.wait_for("document.querySelectorAll('.call-row').length === 1", what="the call in the live view")
    offered = (agent.wait_call() if agent.incoming.qsize() or not other.incoming.qsize() else other.wait_call()).answer()
    talk(t, call, offered)
    browser.wait_for("!!document.querySelector('.call-row[data-state=talking]')", what="the talk in the live view")
    browser.wait_text(words["talking"])
    card = f"[...document.querySelectorAll('.queue-card')].find(c => c.querySelector('.queue-name').innerText === '{words['sales']}')"
    pattern = f"/1\\s+{words['talking']}/"
    browser.wait_for(f"{pattern}.test({card}.querySelector('.queue-foot').innerText)", what="the queue's talking agent")
    shot(t, browser, f"live-{language}")
    heard = len(call.rtp.heard) + 150
    t.until(lambda: len(call.rtp.heard) > heard, 8, "three seconds of talk")
    call.bye().wait()
    browser.wait_for("document.querySelectorAll('.call-row').length === 0", what="the call's end in the live view")
    t.server.record(call)
    browser.click("nav.rail a[href$='/interactions']")
    browser.wait_text(words["answered"])
    browser.wait_for("document.querySelectorAll('a.row-link').length === 1", what="the call in the list")
    shot(t, browser, f"list-{language}")
    browser.click("a.row-link")
    detail(t, browser, words)
    shot(t, browser, f"detail-{language}")
    unexpected = [e for e in browser.errors if not e.endswith('/api/v1/me')]  # the question who is signed in
    t.equal(unexpected, [], "errors on the page")


def detail(t, browser, words):
    """Trace, ladder, waveform, and the sound plays."""
    browser.wait_text(words["trace"])
    browser.wait_text(words["ladder"])
    browser.wait_for(f"[...document.querySelectorAll('.trace li b')].some(e => e.innerText === '{words['menu']}')", what="the menu in the trace")
    browser.wait_for("[...document.querySelectorAll('.ladder-label')].some(e => e.innerText.includes('INVITE'))", what="INVITE in the ladder")
    inked = """(() => { const c = document.querySelector('.player-wave canvas'); if (!c || !c.width) return false;
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n++; return n > 500; })()"""
    browser.wait_for(inked, what="a waveform with ink")
    browser.wait_for("document.querySelector('audio').readyState >= 1", what="the recording's metadata")
    browser.click(f".player-controls button[aria-label='{words['play']}']")
    browser.wait_for("document.querySelector('audio').currentTime > 0.5", what="the recording plays")


def test_chinese(t):
    """In Chinese."""
    shows(t, "zh-CN")


def test_english(t):
    """In English."""
    shows(t, "en-US")


def test_wrong_password(t):
    """A wrong password is told so, and opens nothing."""
    browser = Browser(t)
    sign_in(t, browser, "1001", "wrong")
    browser.wait_text(WORDS["zh-CN"]["wrong"])
    browser.open(f"http://{t.server.http[0]}:{t.server.http[1]}/live")
    browser.wait_for("location.pathname.endsWith('/login')", what="the login page for a page that needs one")


def test_connection_comes_back(t):
    """The page says that the server is gone, and goes on when it is back."""
    t.agent(1001)
    browser = Browser(t)
    sign_in(t, browser, "2001", "demo-2001")
    browser.wait_text("1001")
    t.server.kill()
    browser.wait_text("正在重连", 20)
    t.server.start()
    browser.wait_for("!document.body.innerText.includes('正在重连')", 30, "the connection is back")
    call = t.caller().call("95001").wait_up()
    browser.wait_for("document.querySelectorAll('.call-row').length === 1", what="a call after the restart")
    call.bye().wait()


CALLERS = {"first": "13811110001", "second": "13822220002", "given_up": "13833330003", "announced": "13844440004"}
LISTED = """[...document.querySelectorAll('tbody tr')].map(row => row.innerText)"""


def past(t):
    """Calls of all kinds: two agents' talks, one given up in the queue, one that served itself, one between agents."""
    first, second = t.agent(1001), t.agent(1101)
    calls = {"first": t.caller(CALLERS["first"]).call("1001")}
    offered = first.take_call()
    talk(t, calls["first"].wait_up(), offered)
    given_up = calls["given_up"] = t.caller(CALLERS["given_up"]).call("95001").wait_up()
    t.server.wait_live("queued")
    given_up.bye().wait()
    calls["first"].bye().wait()
    announced = calls["announced"] = t.caller(CALLERS["announced"]).call("95002").wait_up()
    announced.rtp.wait_sound(seconds=1.0)
    announced.bye().wait()
    helped = calls["second"] = t.caller(CALLERS["second"]).call("95000").wait_up()
    t.hears(helped, "greeting_main")
    helped.rtp.press("2")
    talk(t, helped, second.take_call(timeout=20))
    helped.bye().wait()
    t.server.wait_idle()
    between = calls["between"] = first.call("1101")
    second.take_call()
    between.wait_up().bye().wait()
    records = {name: t.server.record(call) for name, call in calls.items()}
    t.equal(records["given_up"]["outcome"], "abandoned", "the outcome of the one given up")
    return records


def lists(browser, *wanted):
    """Waits until the list has just these calls, in any order."""
    numbers = {name: CALLERS.get(name, "1101") for name in (*CALLERS, "between")}
    marks = [numbers[name] for name in wanted]
    rows = f"{LISTED}.length === {len(marks)} && {marks}.every(mark => {LISTED}.some(row => row.includes(mark)))"
    browser.wait_for(rows, what=f"the list of {wanted}")


def choose(browser, field, option):
    """Chooses in one of the list's fields."""
    browser.click(f".filter-bar .ant-select:has(input[aria-label='{field}'])")
    find = f"[...document.querySelectorAll('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option')]"
    browser.wait_for(f"{find}.some(o => o.innerText.includes('{option}'))", what=f"{option} among what {field} offers")
    browser.js(f"{find}.find(o => o.innerText.includes('{option}')).click()")


def clear(browser):
    """Drops all conditions but the time."""
    browser.js("[...document.querySelectorAll('.filter-bar button')].find(b => b.innerText.includes('清除条件')).click()")


def period(browser, name):
    """Chooses a time."""
    browser.js(f"[...document.querySelectorAll('.filter-bar .ant-segmented-item')].find(i => i.innerText === '{name}').click()")


def of_the_first(records):
    """Which calls the first one's agent took, made, or was rung for."""
    own = next(leg["agent_id"] for leg in records["first"]["legs"] if leg["role"] == "agent")
    return [name for name, record in records.items() if any(leg.get("agent_id") == own for leg in record["legs"])]


def test_filters_of_the_list(t):
    """Each filter narrows the list to what it says, alone and with others; the address keeps them."""
    records = past(t)
    everything = (*CALLERS, "between")
    browser = Browser(t)
    sign_in(t, browser, "2001", "demo-2001", "/interactions")
    lists(browser, *everything)
    for field, option, wanted in (
        ("队列", "支持", ["second"]),
        ("队列", "销售", ["given_up"]),
        ("坐席", "1001", of_the_first(records)),
        ("方向", "内部", ["between"]),
        ("方向", "呼入", list(CALLERS)),
        ("结果", "来电放弃", ["given_up"]),
        ("结果", "自助完成", ["announced"]),
    ):
        choose(browser, field, option)
        lists(browser, *wanted)
        shot(t, browser, f"filter-{field}-{option}")
        clear(browser)
        lists(browser, *everything)
    browser.type_into(".filter-number input, input.filter-number", "20002")
    lists(browser, "second")
    choose(browser, "结果", "来电放弃")
    browser.wait_text("没有符合条件的通话")
    clear(browser)
    lists(browser, *everything)
    period(browser, "昨天")
    browser.wait_text("这段时间没有通话")
    period(browser, "今天")
    lists(browser, *everything)
    choose(browser, "结果", "已接听")
    choose(browser, "方向", "呼入")
    lists(browser, "first", "second")
    address = browser.js("location.pathname + location.search")
    t.check("answered" in address and "inbound" in address, f"the address is {address}")
    browser.open(f"http://{t.server.http[0]}:{t.server.http[1]}{address}")
    lists(browser, "first", "second")


def test_an_agents_page(t):
    """An agent finds the own calls and no other; what is for supervisors is not there, nor behind its address."""
    records = past(t)
    own, other = records["first"], records["second"]
    browser = Browser(t)
    sign_in(t, browser, "1001", "demo-1001", "/interactions")
    lists(browser, *of_the_first(records))
    t.check(CALLERS["first"] in browser.text(), "the own caller's number is not in clear")
    shot(t, browser, "agent-list")
    links = browser.js("[...document.querySelectorAll('nav.rail a')].map(a => a.getAttribute('href'))")
    t.check(not any(page in link for link in links for page in ("/live", "/callbacks")), f"the rail leads to {links}")
    site = f"http://{t.server.http[0]}:{t.server.http[1]}"
    for page in ("/live", "/callbacks"):
        browser.open(site + page)
        browser.wait_for("location.pathname === '/interactions'", what=f"the agent's own page instead of {page}")
    browser.open(f"{site}/interactions/{other['id']}")
    browser.wait_for("!!document.querySelector('[role=alert]')", what="a call of another agent's is not there")
    t.check(CALLERS["second"] not in browser.text(), "another agent's caller")
    browser.open(f"{site}/interactions/{own['id']}")
    browser.wait_text(WORDS["zh-CN"]["trace"])
    browser.wait_text(CALLERS["first"])
    status, _, _ = t.server.fetch(f"/api/v1/recordings/{other['recordings'][0]['id']}/audio", "1001")
    t.equal(status, 403, "another agent's recording")
