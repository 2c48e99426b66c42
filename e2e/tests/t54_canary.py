"""A version of a flow for a share of the callers, by real calls: rolled back by itself when it does worse, or stopped by hand."""

import json

from lib.accessible import barriers
from lib.events import Stream
from lib.flows import lead
from tests.t35_designer import click_text, designer

NAME, NUMBER = "greet", "95054"
GUARD = {"share_percent": 50, "guards": ["transfer"]}


def pause(then):
    """A moment of silence, so that the call is taken."""
    return {"kind": "play", "prompt": {"silence_ms": 100}, "outlets": {"done": then}}


GOOD = {"wait": pause("end"), "end": {"kind": "hangup"}}
"""Does all that is wanted."""
BAD = {"wait": pause("ring"), "ring": {"kind": "transfer", "target": "agent:1199", "outlets": {"failed": "end"}},
       "end": {"kind": "hangup"}}
"""Bothers somebody with each call, who is not there."""


def publish(server, nodes, canary=None):
    """Publishes a version; gives its number."""
    flow = {"version": 1, "id": NAME, "name": NAME, "language": "zh", "start": "wait", "nodes": nodes}
    wish = {"spec": {"definition": flow}, "revision": server.get(f"/api/v1/flows/{NAME}")["revision"], "canary": canary}
    status, _, body = server.fetch(f"/api/v1/flows/{NAME}/publish", "admin", "POST", wish)
    assert status == 200, body
    return json.loads(body)["version"]


def walk(t, *numbers):
    """Calls from these numbers, side by side; gives the version that each walked."""
    calls = [t.caller(number).call(NUMBER) for number in numbers]
    for call in calls:
        call.wait_end(20)
    return [t.server.record(call)["trace"][0]["version"] for call in calls]


def version(server, number):
    """A version in the list."""
    return next(one for one in server.get(f"/api/v1/flows/{NAME}/versions")["items"] if one["version"] == number)


def test_a_worse_version_is_rolled_back(t):
    """What the new version does worse is seen after some calls: then all walk the old one again, an alarm says so, and the
    version list says by which guard. Whoever calls twice walks one version, also when the server was killed in between."""
    server = t.server
    lead(t, NUMBER, NAME, GOOD)
    tried = publish(server, BAD, GUARD)
    begin = server.live()["cursor"]
    numbers = [f"1380000{at:04}" for at in range(60)]
    first = walk(t, *numbers[:6])
    t.equal(set(first), {1, tried}, "versions walked")
    t.equal(walk(t, *numbers[:3]), first[:3], "versions of those who call again")
    seen = t.until(lambda: (told := server.get(f"/api/v1/flows/{NAME}/canary")["seen"])["stable"]["calls"]
                   + told["canary"]["calls"] == 9 and told, 10, "nine calls seen")
    server.kill()
    server.start()
    again = lambda: server.get(f"/api/v1/flows/{NAME}/canary")["seen"] == seen
    t.until(again, 15, "what was seen before the crash")
    bad = next(number for number, walked in zip(numbers, first) if walked == tried)
    rolled_back = lambda: version(server, tried).get("canary")
    for at in range(6, len(numbers), 6):
        walk(t, *numbers[at:at + 6])
        if rolled_back():
            break
    end = t.until(rolled_back, 15, "rolled back by itself")
    t.equal((end["how"], end["by"], end["guard"]), ("rolled_back", "canary", "transfer"), "the version's entry")
    t.equal(end["seen"]["stable"]["transferred"], 0, "transfers of the old version")
    t.equal(end["seen"]["canary"]["transferred"], end["seen"]["canary"]["calls"], "transfers of the new version")
    t.equal(walk(t, bad), [1], "the version that its callers walk now")
    stream, told = Stream(server, begin), {}
    while not {"flow.canary", "alarm"} <= told.keys():
        event = stream.next()[1]
        if event.get("alarm", {}).get("code") == "canary_rolled_back" or event.get("what") == "rolled_back":
            told[event["type"]] = event
    t.equal((told["flow.canary"]["flow"], told["flow.canary"]["guard"]), (NAME, "transfer"), "the event")
    t.check(NAME in told["alarm"]["alarm"]["message"], "the alarm names the flow")


def test_from_the_designer(t):
    """Published for a share of the callers from the drawing, seen side by side while it runs, and stopped by hand."""
    server = t.server
    lead(t, NUMBER, NAME, GOOD)
    status, _, body = server.fetch(f"/api/v1/flows/{NAME}/draft", "admin", "PUT", {"base": 1, "spec": {"definition": {
        "version": 1, "id": NAME, "name": NAME, "language": "zh", "start": "wait", "nodes": BAD}}})
    t.equal(status, 200, body)
    browser = designer(t)
    server_path = f"http://{server.http[0]}:{server.http[1]}/flows/{NAME}"
    browser.open(server_path)
    browser.wait_text("没有问题，可以发布")
    click_text(browser, ".flow-bar button", "发布")
    click_text(browser, ".canary-form label", "先让一部分来电走这一版")
    browser.wait_text("守护指标")
    t.equal(barriers(browser), [], "barriers in the dialog")
    browser.js("document.querySelector('.ant-modal-footer .ant-btn-primary').click()")
    browser.wait_text("第 2 版已开始灰度")
    t.equal(version(server, 2)["share_percent"], 20, "the share")
    walk(t, *[f"1380000{at:04}" for at in range(6)])
    browser.wait_for("!!document.querySelector('.canary-table')", what="the figures side by side")
    browser.wait_for("[...document.querySelectorAll('.canary-table tbody tr')][0]?.querySelectorAll('td').length === 2 && "
                     "[...document.querySelectorAll('.canary-table tbody tr:first-child td')]"
                     ".reduce((sum, cell) => sum + Number(cell.innerText), 0) === 6", what="six calls counted")
    t.equal(barriers(browser), [], "barriers on the page")
    click_text(browser, ".canary-actions button", "停止灰度")
    browser.wait_for("!!document.querySelector('.ant-modal-confirm-btns .ant-btn-primary')", what="the question")
    browser.js("document.querySelector('.ant-modal-confirm-btns .ant-btn-primary').click()")
    browser.wait_for("!document.querySelector('.canary-table')", what="the figures gone")
    click_text(browser, ".flow-bar button", "版本")
    browser.wait_text("灰度已停止")
    t.equal(version(server, 2)["canary"]["how"], "stopped", "the version's entry")
    # Once it is over there is none: the browser notes that answer by itself.
    t.equal([e for e in browser.errors if not e.endswith(f"/api/v1/flows/{NAME}/canary")], [], "errors in the page")
