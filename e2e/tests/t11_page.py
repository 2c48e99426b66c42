"""The page in Chromium: login, live view, list, one call with its sound."""

import os
from pathlib import Path

from lib.browser import Browser
from tests.t01_main_job import talk, to_sales

WORDS = {
    "zh-CN": {"live": "监控", "list": "通话记录", "agents": "坐席", "answered": "已接听", "trace": "流程轨迹",
              "ladder": "SIP 信令", "talking": "通话中", "play": "播放", "demo": "演示环境", "wrong": "用户名或密码不正确",
              "sales": "销售"},
    "en-US": {"live": "Live", "list": "Calls", "agents": "Agents", "answered": "Answered", "trace": "Path through the flow",
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
    browser.wait_for("[...document.querySelectorAll('.trace li b')].some(e => e.innerText === 'menu')", what="the menu in the trace")
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


def test_wrong_password_and_roles(t):
    """A wrong password is told so; an agent sees what is an agent's."""
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
