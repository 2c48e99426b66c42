"""The settings pages: an administrator makes an agent, a telephone, a user and a number, and the telephone rings."""

import json

from lib.browser import Browser
from lib.server import free_port
from tests.t11_page import shot, sign_in
from tests.t33_carriers import customer_of, reaches_us, registrar_at


def page(t, browser, path):
    browser.open(f"http://{t.server.http[0]}:{t.server.http[1]}/settings/{path}")


def saved(browser, name):
    browser.wait_text(f"已保存 {name}")


def make_agent_and_device(t, browser):
    """An agent and its telephone; gives the telephone's secret."""
    page(t, browser, "agent")
    browser.press("添加坐席")
    browser.fill("#field-name", "30 01")
    browser.wait_for("!!document.querySelector('#field-name-help.field-problem')", what="a wrong number is told")
    browser.fill("#field-name", "3001")
    browser.fill("#field-display_name", "陈静")
    browser.press("保存")
    saved(browser, "3001")
    page(t, browser, "device")
    browser.press("添加话机")
    browser.fill("#field-name", "3001")
    browser.choose("#field-agent", "3001")
    browser.press("随机生成")
    secret = browser.wait_for("document.querySelector('#field-secret').value", what="a secret that was made up")
    browser.press("保存")
    saved(browser, "3001")
    browser.wait_text("在话机上填写")
    shot(t, browser, "settings-device-zh-CN")
    return secret


def make_user(t, browser):
    """A user; gives the password for one sign-in."""
    page(t, browser, "user")
    browser.press("添加用户")
    browser.fill("#field-name", "3001")
    browser.choose("#field-roles", "坐席")
    browser.press("保存")
    saved(browser, "3001")
    browser.press("生成一次性密码")
    browser.press("生成")
    given = browser.wait_for("document.querySelector('.one-time-password')?.innerText.trim()", what="a one-time password")
    browser.press("关闭", ".ant-modal")
    return given


def make_number(browser, t):
    page(t, browser, "number")
    browser.press("添加号码")
    browser.fill("#field-name", "96001")
    browser.press("坐席", ".field-target")
    browser.choose("#field-target", "3001")
    browser.press("保存")
    saved(browser, "96001")


def rings(t, phone):
    """Somebody dials the number, and the telephone rings."""
    call = t.caller().call("96001")
    offered = phone.wait_call().answer(1150)
    call.wait_up().rtp.wait_tone(1150)
    offered.bye().wait()
    call.wait_end()


def test_a_telephone_made_in_the_page_rings(t):
    """From an empty form to a ringing telephone, with no restart."""
    browser = Browser(t)
    sign_in(t, browser, "admin", "demo-admin", "/settings")
    browser.wait_text("添加用户")
    shot(t, browser, "settings-users-zh-CN")
    secret = make_agent_and_device(t, browser)
    given = make_user(t, browser)
    make_number(browser, t)
    phone = t.phone("3001", secret).register()
    rings(t, phone)
    status, _, body = t.server.fetch("/api/v1/login", None, "POST", {"username": "3001", "password": given})
    t.check(status == 200 and b'"unfinished":"password"' in body, f"the user signs in once: {status} {body[:300]!r}")

    browser.press("删除")
    browser.press("删除", ".ant-popover")
    browser.wait_text("已删除 96001")
    call = t.caller().call("96001").wait_end()
    t.equal(call.statuses[-1], 404, "a number that was deleted")
    browser.press("撤销")
    browser.wait_text("已恢复 96001")
    rings(t, phone)


def test_forms_say_what_is_wrong_and_keep_what_is_typed(t):
    """What the server refuses is told at the field; leaving asks first; what is in use is not deleted."""
    browser = Browser(t)
    sign_in(t, browser, "admin", "demo-admin", "/settings/trunk?add=true")
    browser.fill("#field-name", "carrier")
    browser.fill("#field-send_to", "no address")
    browser.wait_for("!!document.querySelector('#field-send_to-help.field-problem')", what="a wrong address is told")
    browser.press("号码", ".settings-nav")
    browser.wait_text("有未保存的修改")
    browser.press("继续编辑")
    t.equal(browser.js("document.querySelector('#field-send_to').value"), "no address", "what was typed")
    browser.press("号码", ".settings-nav")
    browser.press("放弃修改")
    browser.wait_text("95001")
    page(t, browser, "queue?open=operator")
    browser.press("删除")
    browser.press("删除", ".ant-popover")
    browser.wait_text("仍被引用，不能删除")
    shot(t, browser, "settings-queue-zh-CN")


def test_what_was_deleted_is_brought_back(t):
    """An administrator who deletes a number by mistake takes it back, and it leads where it led."""
    phone = t.agent(1001)
    browser = Browser(t)
    sign_in(t, browser, "admin", "demo-admin", "/settings/number?open=95001")
    browser.press("删除")
    browser.press("删除", ".ant-popover")
    browser.wait_text("已删除 95001")
    refused = t.caller().call("95001")
    refused.wait_end()
    t.equal(refused.statuses[-1], 404, "a number that leads nowhere")
    browser.press("撤销")
    browser.wait_text("已恢复 95001")
    call = t.caller().call("95001")
    phone.wait_call().answer()
    call.wait_up().bye().wait()


def test_pages_that_were_left_hold_no_connection(t):
    """A browser keeps pages for its back button, and has six connections for a server: the ninth page still opens."""
    browser = Browser(t)
    sign_in(t, browser, "admin", "demo-admin", "/settings")
    browser.wait_text("添加用户")
    for path, words in [("agent", "添加坐席"), ("queue", "添加队列")] * 4:
        page(t, browser, path)
        browser.wait_text(words)
    browser.js("history.back()")
    browser.wait_text("添加坐席")
    browser.wait_for("!!document.querySelector('.data-table')", what="the list of the page before")


def test_a_trunk_registers_by_its_form(t):
    """What a carrier gives out is typed into the form: the page says what becomes of it, and the carrier's calls come in."""
    port = free_port()
    registrar_at(t, port)
    browser = Browser(t)
    sign_in(t, browser, "admin", "demo-admin", "/settings/trunk")
    browser.press("添加中继")
    browser.fill("#field-name", "line")
    browser.fill("#field-registrar", "carrier")
    browser.wait_for("!!document.querySelector('#field-registrar-help.field-problem')", what="a registrar that is none is told")
    browser.fill("#field-registrar", f"sip:127.0.0.1:{port}")
    browser.fill("#field-username", "shop")
    browser.fill("#field-secret", "not it")
    browser.press("保存")
    saved(browser, "line")
    browser.wait_text("注册被拒绝", 60)
    browser.fill("#field-secret", "s3cret")
    browser.press("保存")
    browser.wait_text("已注册", 60)
    shot(t, browser, "settings-trunk-zh-CN")
    reaches_us(t, customer_of(t, port))


def test_who_may_what(t):
    """A supervisor has no settings page; English speaks English."""
    browser = Browser(t, "en-US")
    sign_in(t, browser, "2001", "demo-2001")
    browser.wait_for("!!document.querySelector('nav.rail')", what="the rail")
    t.check("Settings" not in browser.js("document.querySelector('nav.rail').innerText"), "a supervisor sees settings")
    page(t, browser, "user")
    browser.wait_for("location.pathname.endsWith('/live')", what="led to a page of the supervisor's")


def test_a_password_stays_when_a_change_is_undone(t):
    """A change that replaced a password too is undone but for the password, and the page says so; alone it can't be undone."""
    before = {"send_to": "sip:10.9.9.1", "username": "acme", "secret": "first secret 1"}
    t.server.apply({"kind": "trunk", "name": "carrier", "spec": before})
    browser = Browser(t)
    sign_in(t, browser, "admin", "demo-admin", "/settings/trunk?open=carrier")
    browser.wait_for("document.querySelector('#field-send_to')?.value === 'sip:10.9.9.1'", what="the trunk")
    browser.fill("#field-send_to", "sip:10.9.9.2")
    browser.fill("#field-secret", "second secret 2")
    browser.press("保存")
    saved(browser, "carrier")
    browser.wait_text("被替换的密码无法恢复")
    browser.press("撤销")
    browser.wait_text("但密码仍是新的")
    t.equal(t.server.get("/api/v1/settings/trunk/carrier")["spec"]["send_to"], "sip:10.9.9.1", "what was undone")
    for secret, changes in (("second secret 2", 0), ("first secret 1", 1)):
        asked = {"resources": [{"kind": "trunk", "name": "carrier", "spec": {**before, "secret": secret}}], "dry_run": True}
        _, _, answer = t.server.fetch("/api/v1/settings", "admin", "POST", asked)
        t.equal(len(json.loads(answer)["changes"]), changes, f"changes with the {secret}")
    page(t, browser, "trunk?open=carrier")
    browser.wait_for("document.querySelector('#field-send_to')?.value === 'sip:10.9.9.1'", what="the trunk as before")
    browser.fill("#field-secret", "third secret 3")
    browser.press("保存")
    browser.wait_text("被替换的密码无法恢复")
    t.check("撤销" not in browser.js("document.querySelector('.ant-message')?.innerText ?? ''"), "a password can be undone")
