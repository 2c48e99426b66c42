"""The flow designer: drawn from a template, mended, published, walked by a call, lit, compared and restored."""

import json

from lib.accessible import barriers
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


HEAT_PATH = "/api/v1/flows/main_menu/heat"


def test_heat_of_real_calls(t):
    """Calls that leave in the menu are counted at its node, on the drawing and in the table beside it."""
    server = t.start()
    for _ in range(2):
        call = t.caller().call("95000").wait_up()
        t.hears(call, "menu_main")
        call.bye().wait()
    call = t.caller().call("95000").wait_up()
    t.hears(call, "menu_main")
    call.rtp.press("9")
    t.hears(call, "menu_main", language="en")
    call.bye().wait()
    server.wait_idle()
    heat = t.until(lambda: (told := server.get(HEAT_PATH))["calls"] == 3 and told, 10, "three calls counted")
    t.equal((heat["left"], heat["complete"]), (3, True), "callers who left")
    nodes = {node["node"]: node for node in heat["nodes"]}
    t.equal((nodes["menu"]["visits"], nodes["menu"]["left"]), (4, 3), "calls and callers who left at the menu")
    ways = {(way["node"], way["outlet"]): way["calls"] for way in heat["ways"]}
    t.equal(ways[("menu", "9")], 1, "callers who chose English")
    t.equal(server.get(f"{HEAT_PATH}?version=7")["calls"], 0, "calls of a version that nobody walked")
    t.equal(server.fetch(HEAT_PATH, "1001")[0], 403, "an agent")
    browser = designer(t, path="/flows/main_menu")
    browser.wait_for(f"{NODES} === 17", what="the demo's menu")
    click_text(browser, ".flow-bar button", "热力")
    browser.wait_text("3 通来电")
    browser.wait_for("document.querySelector('[data-node=menu] .flow-heat-left')?.innerText === '3 人挂断'",
                     what="who left, on the drawing")
    browser.wait_for("[...document.querySelectorAll('.heat-table tbody tr')][0]?.innerText.includes('3（75%）')",
                     what="who left, in the table")
    browser.wait_for("document.querySelectorAll('.react-flow__edge-text').length > 0", what="numbers on the ways")
    t.equal(barriers(browser), [], "barriers on the page")
    click_text(browser, ".flow-bar button", "热力")
    browser.wait_text("没有问题，可以发布")
    t.equal(browser.errors, [], "errors in the page")


def test_nodes_notes_and_files(t):
    """Nodes are copied by keys, a note is stuck on, the drawing leaves as a file and another comes in."""
    t.start()
    browser = designer(t, path="/flows/main_menu")
    browser.wait_for(f"{NODES} === 17", what="the demo's menu")
    t.equal(barriers(browser), [], "barriers on the page")
    # The library's prompts are listed in the node's form, and can be heard.
    select_node(browser, "menu")
    browser.wait_for("!!document.querySelector('.say-piece button[aria-label^=试听]')", what="a prompt to listen to")
    # The browser's clipboard belongs to people; what the page puts there comes back as they would paste it.
    copied = browser.js("(() => { const data = new DataTransfer(); document.activeElement?.blur();"
                        "document.dispatchEvent(new ClipboardEvent('copy', {clipboardData: data, cancelable: true}));"
                        "return data.getData('text/plain'); })()")
    t.check("menu" in copied, f"copied: {copied[:100]}")
    browser.js("(() => { const data = new DataTransfer();"
               f"data.setData('text/plain', {json.dumps(copied)});"
               "document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, cancelable: true})); })()")
    browser.wait_for(f"{NODES} === 18", what="the copy")
    browser.click("button[aria-label='便签']")
    browser.wait_for("!!document.querySelector('.flow-panel textarea')", what="the note's form")
    browser.fill(".flow-panel textarea", "Ask the branch first")
    browser.wait_text("草稿已保存")
    # A drawing in YAML takes the place of this one.
    file = t.folder / "small.yaml"
    file.write_text("version: 1\nid: other\nname: Small\nlanguage: zh\nstart: bye\n"
                    "nodes:\n  bye: {kind: hangup, prompt: goodbye}\n")
    found = browser.command("Runtime.evaluate", expression="document.querySelector('input[accept*=yaml]')")
    browser.command("DOM.setFileInputFiles", objectId=found["result"]["objectId"], files=[str(file)])
    browser.wait_for(f"{NODES} === 1", what="the drawing of the file")
    browser.wait_text("没有问题，可以发布")
    # What is exported is what `lingtong apply` takes.
    browser.js("(() => { const make = URL.createObjectURL; URL.createObjectURL = (blob) => {"
               "blob.text().then((text) => { window.exported = text; }); return make.call(URL, blob); };"
               "HTMLAnchorElement.prototype.click = () => {}; })()")
    browser.click("button[aria-label='更多']")
    click_text(browser, ".ant-dropdown-menu-item", "导出 YAML")
    browser.wait_for("!!window.exported", what="the file")
    exported = t.folder / "exported.yaml"
    exported.write_text(browser.js("window.exported"))
    t.check("kind: flow" in exported.read_text() and "name: main_menu" in exported.read_text(), "what it says")
    command(t.server, "apply", "-f", exported)
    t.equal(browser.errors, [], "errors in the page")


def offered(browser):
    """The words that can be taken now."""
    return browser.js("[...document.querySelectorAll('.ant-select-dropdown:not(.ant-select-dropdown-hidden)"
                      " .ant-select-item-option')].map((e) => e.textContent)")


def write(browser, label, text):
    """Typed letter by letter at the end of a field."""
    browser.js(f"(() => {{ const e = document.querySelector('textarea[aria-label*=\"{label}\"]'); e.focus();"
               "e.setSelectionRange(e.value.length, e.value.length); })()")
    for letter in text:
        browser.command("Input.dispatchKeyEvent", type="keyDown", text=letter, key=letter)
        browser.command("Input.dispatchKeyEvent", type="keyUp", key=letter)


def test_words_are_offered_and_a_flow_is_deleted(t):
    """In an expression those variables are offered that can be set by then, within double braces as well; a flow goes when
    nothing leads to it any more, and says what does until then."""
    server = t.start()
    asks = {"kind": "database_lookup", "database": "crm", "statement": "SELECT 1", "columns": {"cardholder": "who"},
            "outlets": {"found": "late", "failed": "late"}}
    flow = {"version": 1, "id": "words", "name": "Words", "language": "zh", "start": "ask", "nodes": {
        "ask": {"kind": "collect", "prompt": "card_number_ask", "variable": "card", "max": 4,
                "outlets": {"done": "right", "timeout": "bye"}},
        "right": {"kind": "condition", "expression": "true", "outlets": {"true": "look", "false": "bye"}},
        "look": asks,
        "late": {"kind": "set", "values": {"cargo": "x"}, "outlets": {"done": "bye"}},
        "bye": {"kind": "hangup", "prompt": "goodbye"}}}
    server.apply({"kind": "database", "name": "crm", "spec": {"engine": "sqlite", "file": "crm.db"}},
                 {"kind": "flow", "name": "words", "spec": {"definition": flow}},
                 {"kind": "number", "name": "95701", "spec": {"target": {"flow": "words"}}})
    browser = designer(t)
    click_text(browser, ".flow-row", "words")
    browser.wait_for(f"{NODES} === 5", what="the drawing")
    select_node(browser, "right")
    browser.wait_for("!!document.querySelector('.field-expression textarea')", what="the expression's field")
    write(browser, "表达式", " && ca")
    t.until(lambda: offered(browser) == ["card", "caller"], 10, lambda: f"offered: {offered(browser)}")
    click_text(browser, ".ant-select-item-option", "card")
    browser.wait_for("document.querySelector('.field-expression textarea').value === 'true && card'", what="the word taken")
    select_node(browser, "look")
    browser.wait_for("!!document.querySelector('textarea[aria-label^=SELECT]')", what="the statement's field")
    write(browser, "SELECT", " WHERE 1 = {{ ca")
    t.until(lambda: offered(browser) == ["card", "caller"], 10, lambda: f"offered: {offered(browser)}")
    click_text(browser, ".ant-select-item-option", "caller")
    browser.wait_for("document.querySelector('textarea[aria-label^=SELECT]').value === 'SELECT 1 WHERE 1 = {{ caller }}'",
                     what="the word taken within braces")
    browser.wait_text("草稿已保存")
    # A number leads to it: it stays.
    for _ in range(2):
        browser.click("button[aria-label='更多']")
        click_text(browser, ".ant-dropdown-menu-item", "删除流程")
        browser.wait_text("删除这个流程的所有版本")
        browser.js("document.querySelector('.ant-modal-confirm-btns .ant-btn-dangerous').click()")
        if server.fetch("/api/v1/settings/number/95701", "admin")[0] == 200:
            browser.wait_text("95701")
            t.equal(server.fetch("/api/v1/flows/words", "admin")[0], 200, "a flow that is in use")
            server.fetch("/api/v1/settings/number/95701", "admin", "DELETE")
            browser.wait_for("!document.querySelector('.ant-modal-confirm')", what="the question gone")
    browser.wait_for("location.pathname === '/flows'", what="the list")
    browser.wait_for("!document.body.innerText.includes('words')", what="the list without it")
    t.equal(server.fetch("/api/v1/flows/words", "admin")[0], 404, "a flow that is gone")


def test_an_auditor_changes_nothing(t):
    """An auditor sees a flow and neither saves nor publishes one."""
    server = t.start()
    night = {"version": 1, "id": "night", "name": "night", "language": "zh", "start": "bye",
             "nodes": {"bye": {"kind": "hangup", "prompt": "goodbye"}}}
    login = {"roles": ["auditor"], "password": "correct horse battery", "one_time_password": False}
    server.apply({"kind": "flow", "name": "night", "spec": {"definition": night}},
                 {"kind": "user", "name": "ears", "spec": login})
    token = server.login("ears", login["password"])
    revision = server.get("/api/v1/flows/night")["revision"]
    wish = {"spec": {"definition": night}, "note": "", "revision": revision}
    headers = {"Authorization": f"Bearer {token}"}
    for method, path, body in (("POST", "publish", wish), ("PUT", "draft", {"spec": wish["spec"]})):
        status = server.fetch(f"/api/v1/flows/night/{path}", None, method, body, headers)[0]
        t.equal(status, 403, f"{path} by an auditor")
    t.equal(server.fetch("/api/v1/flows/night", None, "GET", None, headers)[0], 200, "an auditor reads")
