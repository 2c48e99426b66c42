"""The first start without a demo: a link, a form, an administrator; a second factor; users by the command line."""

import base64
import hashlib
import hmac
import json
import re
import struct
import subprocess
import time

from lib.browser import Browser
from lib.server import BINARY
from tests.t11_page import shot

PASSWORD = "a long way to Kunming"


def first_start(t):
    """A server with nothing set up, and the link that it prints."""
    t.start(demo=False)
    printed = lambda: re.search(r"^lingtong setup (\S+)$", (t.folder / "server.out").read_text(), re.M)
    return t.until(printed, 10, "the set-up link").group(1)


def code(secret, steps=0):
    """What an authenticator app shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    tag = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1).digest()
    at = tag[-1] & 15
    return f"{(struct.unpack('>I', tag[at:at + 4])[0] & 0x7fffffff) % 1_000_000:06}"


def kept(rule):
    return f"document.querySelectorAll('.password-rules li')[{rule}]?.dataset.state"


def test_link_form_and_second_factor(t):
    """The link leads to a form, the form to a company; a second factor is set up and asked for."""
    link = first_start(t)
    browser = Browser(t)
    browser.open(link)
    browser.fill("input[name=title]", "昆明远山客服中心")
    browser.fill("input[name=tenant]", "Yuan Shan")
    browser.wait_for("!!document.querySelector('#setup-tenant.field-problem')", what="a wrong short name is told")
    browser.fill("input[name=tenant]", "yuanshan")
    browser.fill("input[name=new-password]", "password12")
    browser.wait_for(f"{kept(0)} === 'kept' && {kept(1)} === 'broken'", what="long enough, and a common one")
    shot(t, browser, "setup-zh-CN")
    browser.fill("input[name=new-password]", PASSWORD)
    browser.wait_for("[0, 1, 2, 3].every(n => document.querySelectorAll('.password-rules li')[n].dataset.state === 'kept')",
                     what="a good password")
    browser.click("button[type=submit]")
    browser.wait_for("location.pathname.endsWith('/live')", what="signed in by the form")
    browser.open(link)
    browser.wait_text("设置链接无效")

    home = f"http://{t.server.http[0]}:{t.server.http[1]}"
    browser.open(f"{home}/account")
    browser.press("设置两步验证")
    browser.type_into("input[name=proof]", PASSWORD)
    browser.press("继续")
    secret = browser.wait_for("document.querySelector('.factor-secret')?.innerText", what="the secret").replace(" ", "")
    browser.wait_for("!!document.querySelector('.ant-qrcode svg')", what="the picture")
    shot(t, browser, "second-factor-zh-CN")
    browser.type_into("input[name=code]", code(secret))
    browser.press("启用")
    browser.wait_for("document.querySelectorAll('.factor-codes li').length === 10", what="ten recovery codes")
    recovery = browser.js("document.querySelector('.factor-codes li').innerText")
    browser.press("已保存")
    browser.wait_text("两步验证已启用")

    def sign_in(second):
        browser.js("fetch('api/v1/logout', {method: 'POST'})")
        browser.open(f"{home}/login")
        browser.type_into("input[name=username]", "admin")
        browser.type_into("input[name=password]", PASSWORD)
        browser.click("button[type=submit]")
        browser.type_into("input[name=code]", second)
        browser.click("button[type=submit]")

    # The present step was used to set it up; the next one is taken from a clock that is ahead.
    sign_in(code(secret, 1))
    browser.wait_for("location.pathname.endsWith('/live')", what="signed in with a code")
    sign_in(recovery)
    browser.wait_for("location.pathname.endsWith('/live')", what="signed in with a recovery code")
    sign_in(recovery)
    browser.wait_text("验证码不正确或已使用过")


def user(t, *args, given=None):
    """A command about users: exit code, standard output, standard error."""
    command = [BINARY, "user", args[0], *args[1:], "--data", t.folder / "data"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, input=given or "")
    return done.returncode, done.stdout.strip(), done.stderr


def test_users_by_command(t):
    """Users are added, given passwords and shut out by commands while the server runs; a restart asks for no set-up."""
    token = first_start(t).partition("token=")[2]
    form = {"token": token, "tenant": "acme", "title": "Acme", "username": "boss", "password": PASSWORD}
    t.equal(t.server.fetch("/api/v1/setup", None, "POST", form)[0], 200, "the first company")

    def login(name, password, **more):
        status, _, body = t.server.fetch("/api/v1/login", None, "POST", {"username": name, "password": password, **more})
        return status, json.loads(body)

    t.equal(user(t, "add", "li", "--role", "nothing")[0], 1, "a role that there is not")
    status, password, _ = user(t, "add", "li", "--role", "supervisor,quality")
    t.equal(status, 0, "a user was added")
    status, body = login("li", password)
    t.equal((status, body["user"]["unfinished"], body["user"]["roles"]), (200, "password", ["supervisor", "quality"]), "li")
    bearer = {"Authorization": f"Bearer {body['token']}"}
    t.equal(t.server.fetch("/api/v1/interactions", None, headers=bearer)[0], 403, "before a password of its own")
    weak = user(t, "passwd", "li", "--password-stdin", given="li\n")
    t.check(weak[0] == 1 and "too_short" in weak[2], f"a weak password: {weak}")
    t.equal(user(t, "passwd", "li", "--password-stdin", given="over the hills and far\n")[0], 0, "a new password")
    t.equal(t.server.fetch("/api/v1/me", None, headers=bearer)[0], 401, "the old session has ended")
    status, body = login("li", "over the hills and far")
    t.equal((status, body["user"].get("unfinished")), (200, None), "li with its own password")
    t.equal(user(t, "disable", "li")[0], 0, "li is shut out")
    t.equal(login("li", "over the hills and far")[0], 401, "li does not get in")
    t.equal(user(t, "enable", "li")[0], 0, "li is let in again")
    t.equal(login("li", "over the hills and far")[0], 200, "li gets in")
    t.server.kill()
    t.server.start()
    t.check("lingtong setup" not in (t.folder / "server.out").read_text(), "a link for what is set up")
    t.equal(login("boss", PASSWORD)[0], 200, "the administrator after a restart")
