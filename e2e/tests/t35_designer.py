"""The flow designer: drawn from a template, mended, published, walked by a call, lit, compared and restored."""

import json

from lib.browser import Browser
from lib.settings import command
from tests.t11_page import sign_in

NODES = "document.querySelectorAll('.flow-card').length"


def designer(t, language="zh-CN", path="/flows"):
    """An administrator's browser on a page of the flows."""
    browser = Browser(t, language, (1366, 768))
    browser.command("Emulation.setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    sign_in(t, browser, "admin", "demo-admin", path)
    browser.wait_for(f"location.pathname === {json.dumps(path)}", what=path)
    browser.wait_text("主菜单")
    # Until somebody has signed in, the page is told so.
    browser.errors.clear()
    return browser


def click_text(browser, selector, text):
    """A click on the element of this kind that says this."""
    find = (f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".find((e) => e.textContent.includes({json.dumps(text)}) && !e.disabled)")
    browser.wait_for(f"!!{find}", what=f"{selector} with {text}")
    browser.js(f"{find}.click()")


def select_node(browser, node):
    """A node is selected by its own click."""
    at = f"document.querySelector('[data-node=\"{node}\"]')"
    browser.wait_for(f"!!{at}", what=f"node {node}")
    browser.js(f"{at}.closest('.react-flow__node').dispatchEvent(new MouseEvent('click', {{bubbles: true}}))")
    browser.wait_for(f"{at}.classList.contains('selected')", what=f"{node} selected")


def key(browser, name, code, control=False):
    """A key, with Control or without."""
    more = {"key": name, "code": code, "modifiers": 2 if control else 0,
            "windowsVirtualKeyCode": {"Delete": 46}.get(name, ord(name.upper()[0]))}
    browser.command("Input.dispatchKeyEvent", type="rawKeyDown", **more)
    browser.command("Input.dispatchKeyEvent", type="keyUp", **more)


def test_a_flow_from_template_to_call(t):
    """From a template to a version that a real call walks, whose way is lit on the drawing."""
    server = t.start()
    browser = designer(t)
    click_text(browser, "button", "新建流程")
    browser.wait_for("!!document.querySelector('.flow-new input')", what="the dialog")
    browser.type_into(".flow-new input", "night")
    click_text(browser, ".flow-template", "下班接待")
    click_text(browser, ".ant-modal-footer button", "创")
    browser.wait_for("location.pathname === '/flows/night'", what="the new flow's drawing")
    browser.wait_for(f"{NODES} === 7", what="the template's nodes")
    browser.wait_text("没有问题，可以发布")
    # What is wrong is said by the server, at the node.
    select_node(browser, "closed")
    key(browser, "Delete", "Delete")
    browser.wait_for(f"{NODES} === 6", what="a node less")
    browser.wait_text("出口“closed”必须连接到一个节点")
    browser.wait_for("document.querySelector('[data-node=hours]').classList.contains('wrong')", what="the node marked")
    key(browser, "z", "KeyZ", control=True)
    browser.wait_for(f"{NODES} === 7", what="the node back")
    browser.wait_text("没有问题，可以发布")
    # By text, the first steps are lit at once.
    click_text(browser, ".flow-bar button", "试走")
    browser.wait_for("document.querySelectorAll('.flow-card.lit').length > 0", what="the try lit on the drawing")
    click_text(browser, ".flow-bar button", "试走")
    browser.wait_text("草稿已保存")
    click_text(browser, ".flow-bar button", "发布")
    browser.wait_for("!!document.querySelector('.ant-modal-footer .ant-btn-primary')", what="the dialog")
    browser.js("document.querySelector('.ant-modal-footer .ant-btn-primary').click()")
    browser.wait_text("已发布第 1 版")
    number = t.folder / "number.yaml"
    number.write_text("kind: number\nname: '95700'\nspec: {target: {flow: night}}\n")
    command(server, "apply", "-f", number)
    call = t.caller().call("95700").wait_up()
    call.bye().wait()
    record = server.record(call)
    t.equal((record["trace"][0]["flow"], record["trace"][0]["version"]), ("night", 1), "what the call walked")
    ip, port = server.http
    browser.open(f"http://{ip}:{port}/interactions/{record['id']}")
    click_text(browser, "a", "在流程图上查看")
    browser.wait_for("document.querySelector('[data-node=hours]')?.classList.contains('lit') === true",
                     what="the way lit")
    browser.wait_text("当时走的是第 1 版")
    t.equal(browser.errors, [], "errors in the page")


def test_versions(t):
    """A second version is compared with the first, and the first comes back as a draft."""
    t.start()
    browser = designer(t, path="/flows/main_menu")
    browser.wait_for(f"{NODES} === 17", what="the demo's menu")
    select_node(browser, "english")
    key(browser, "Delete", "Delete")
    browser.wait_for(f"{NODES} === 16", what="a node less")
    browser.wait_text("草稿已保存")
    browser.wait_text("没有问题，可以发布")
    click_text(browser, ".flow-bar button", "发布")
    browser.wait_text("删除 1")
    browser.js("document.querySelector('.ant-modal-footer .ant-btn-primary').click()")
    browser.wait_text("已发布第 2 版")
    click_text(browser, ".flow-bar button", "版本")
    click_text(browser, ".flow-version:nth-child(2) button", "与当前比较")
    browser.wait_for("document.querySelector('[data-node=english]')?.classList.contains('diff-removed') === true",
                     what="the removed node in the comparison")
    browser.wait_for("document.querySelector('[data-node=menu]').classList.contains('diff-changed')",
                     what="the changed node in the comparison")
    click_text(browser, ".flow-bar button", "版本")
    click_text(browser, ".flow-version:nth-child(2) button", "恢复到这一版")
    browser.wait_for(f"{NODES} === 17 && !document.querySelector('.diff-removed')",
                     what="the first version on the canvas")
    browser.wait_text("草稿已保存")
    t.equal(browser.errors, [], "errors in the page")
