"""The agent's desk in Chromium: sign in, a call as it comes, is talked through and wrapped up, the keys."""

from lib.browser import Browser
from tests.t01_main_job import talk, to_sales
from tests.t11_page import shot, sign_in

WORDS = {
    "zh-CN": {"ready": "就绪", "ringing": "振铃", "talking": "通话中", "wrap_up": "话后处理", "finish": "完成",
              "keys": "键盘快捷键", "solved": "已解决", "note": "备注", "colleagues": "同事", "place": "江苏省连云港市", "missed": "未接",
              "pressed": "主菜单→1销售", "path": ["欢迎词", "主菜单", "转接销售", "销售排队"]},
    "en-US": {"ready": "Ready", "ringing": "Ringing", "talking": "Talking", "wrap_up": "Wrap-up", "finish": "Finish",
              "keys": "Keyboard shortcuts", "solved": "Solved", "note": "Notes", "colleagues": "Colleagues",
              "place": "Lianyungang, Jiangsu", "missed": "Missed", "pressed": "Mainmenu→1Sales",
              "path": ["Welcome", "Main menu", "Going to sales", "Waiting for sales"]},
}
CALLER = "13812345678"


def state_is(browser, state):
    """Waits for the agent's own state in the phone bar."""
    browser.wait_for(f"document.querySelector('.agent-switch')?.dataset.state === '{state}'", what=f"state {state}")


def press(browser, key):
    """A key of the keyboard."""
    browser.key(key)


def works(t, language):
    """An agent with a telephone on the table has the whole call on the desk."""
    words = WORDS[language]
    phone, _other = t.agent(1001), t.agent(1101)
    browser = Browser(t, language, (1366, 768))
    sign_in(t, browser, "1001", "demo-1001", "/desk")
    browser.wait_for("location.pathname.startsWith('/desk')", what="the desk behind the login")
    state_is(browser, "ready")
    browser.wait_text(words["colleagues"])
    browser.wait_text("1101")
    shot(t, browser, f"desk-idle-{language}")
    call = to_sales(t, t.caller(CALLER))
    offered = phone.wait_call()
    state_is(browser, "ringing")
    browser.wait_for(f"document.querySelector('.call-number')?.innerText === '{CALLER}'", what="the caller's number")
    browser.wait_text(words["place"])
    pressed = "document.querySelector('.pressed')?.innerText.replace(/\\s/g, '')"
    browser.wait_for(f"{pressed} === '{words['pressed']}'", what="what was pressed, in plain words")
    path = browser.js("[...document.querySelectorAll('.call-path li')].map(li => li.innerText)")
    t.equal(path, words["path"], "the way through the flow")
    shot(t, browser, f"desk-ringing-{language}")
    offered.answer()
    talk(t, call, offered)
    state_is(browser, "talking")
    browser.type_into("textarea", "customer asks for a bill")
    browser.wait_for("document.querySelector('.save-state').dataset.save === 'saved'", what="the note alone at the server")
    browser.click(".chips .chip")
    browser.wait_for("document.querySelector('.save-state').dataset.save === 'saved'", what="the note at the server")
    shot(t, browser, f"desk-talking-{language}")
    call.bye().wait()
    record = t.server.record(call)
    t.equal(record["outcome"], "answered", "the outcome")
    t.check(record["talk_ms"] > 0, f"no talk in the record: {record['talk_ms']} ms")
    said = record["said"]
    t.equal((said["note"], said["by"]), ("customer asks for a bill", "1001"), "what was said of the call")
    state_is(browser, "wrap_up")
    browser.wait_for("/^0:\\d\\d$/.test(document.querySelector('.wrap-up-clock')?.innerText ?? '')", what="the countdown")
    t.equal(browser.js("document.querySelector('textarea').value"), "customer asks for a bill", "the note in wrap-up")
    shot(t, browser, f"desk-wrap-up-{language}")
    browser.click(".wrap-up .ant-btn-primary")
    state_is(browser, "ready")
    browser.wait_for("document.querySelector('.figure-value')?.innerText === '1'", what="one answered call in the day")
    browser.wait_for("document.querySelectorAll('.plot rect').length > 0", what="the plots")
    missed = t.caller().call("1001")
    phone.wait_call().ring()
    state_is(browser, "ringing")
    missed.cancel()
    missed.wait_end()
    row = "document.querySelector('.day-calls [data-missed=true] .day-call-what')?.innerText"
    browser.wait_for(f"{row} === '{words['missed']}'", what="the missed call in the list")
    shot(t, browser, f"desk-day-{language}")
    browser.js("document.activeElement?.blur()")
    press(browser, "?")
    browser.wait_text(words["keys"])
    shot(t, browser, f"desk-keys-{language}")
    # Who is signed in is asked before there is a session.
    unexpected = [e for e in browser.errors if not e.endswith("/api/v1/me") and "404" not in e]
    t.equal(unexpected, [], "errors on the page")


def test_chinese(t):
    """In Chinese."""
    works(t, "zh-CN")


def test_english(t):
    """In English."""
    works(t, "en-US")
