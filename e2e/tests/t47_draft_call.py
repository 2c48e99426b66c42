"""A flow is called from the page in which it is drawn, before it is published: the way is lit as it is walked."""

import json

from lib import audio
from lib.accessible import barriers
from lib.browser import Browser
from tests.t01_main_job import AGENT_HZ
from tests.t11_page import shot, sign_in
from tests.t21_browser_phone import LISTEN, VOICE_HZ
from tests.t35_designer import click_text

CALLER = "13800138000"
DRAFT = {
    "version": 1, "id": "counter", "name": "counter", "language": "zh", "start": "ask",
    "nodes": {
        "ask": {"kind": "menu", "prompt": "menu_main", "title": {"zh": "问一句", "en": "Ask"}, "at": [0, 0],
                "outlets": {"1": "line", "timeout": "bye"}},
        "line": {"kind": "queue", "queue": "sales", "at": [320, 0], "outlets": {"no_agent": "bye"}},
        "bye": {"kind": "hangup", "prompt": "no_agent", "at": [640, 0]},
    },
}


def lit(browser, node, here=True):
    """The way has come to this node, and stands there."""
    at = f"document.querySelector('[data-node={node}]')?.classList"
    browser.wait_for(f"{at}.contains('lit') && {at}.contains('here') === {json.dumps(here)}", what=f"{node} lit")


def test_a_draft_is_called_from_the_page(t):
    """An administrator without a telephone calls a draft, presses a key, and talks with the agent whom it reaches."""
    server = t.start()
    agent = t.agent(1001)
    server.wait_agent(1001, "ready")
    spec = {"spec": {"title": {"zh": "柜台", "en": "Counter"}, "definition": DRAFT}, "base": None}
    status, _, told = server.fetch("/api/v1/flows/counter/draft", method="PUT", body=spec)
    t.equal(status, 200, f"the draft kept: {told}")
    microphone = t.folder / "microphone.wav"
    audio.write_tone_wav(microphone, VOICE_HZ, 10, rate=48000)
    browser = Browser(t, "zh-CN", (1366, 768), microphone)
    browser.on_each_page(LISTEN)
    sign_in(t, browser, "admin", "demo-admin", "/flows/counter")
    browser.wait_for("document.querySelectorAll('.flow-card').length === 3", what="the draft")
    browser.errors.clear()
    click_text(browser, ".flow-bar button", "试走")
    click_text(browser, ".ant-segmented-item", "通话")
    browser.wait_text("不用先发布")
    click_text(browser, ".flow-panel button", "呼叫")
    lit(browser, "ask")
    browser.wait_for("(window.hears?.() ?? 0) > 0", what="the prompt in the page")
    shot(t, browser, "draft-call-zh-CN")
    browser.js("document.querySelector('.try-pad button.leads').click()")
    lit(browser, "ask", here=False)
    lit(browser, "line")
    offered = agent.wait_call()
    t.check(CALLER in offered.remote, f"shown to the agent: {offered.remote}")
    offered.answer(AGENT_HZ)
    browser.wait_for(f"Math.abs((window.hears?.() ?? 0) - {AGENT_HZ}) < 15", timeout=20, what="the agent in the page")
    offered.rtp.wait_tone(VOICE_HZ)
    t.equal(barriers(browser), [], "what keeps people out")
    click_text(browser, ".flow-panel button", "挂断")
    offered.wait_end()
    browser.wait_text("通话结束")
    browser.wait_text("查看通话")
    record = t.until(lambda: next((one for one in server.interactions(CALLER) if one.get("ended_at")), None), 10, "a record")
    record = server.get(f"/api/v1/interactions/{record['id']}")
    t.equal((record["tags"], record["direction"], record["outcome"]), (["trial"], "internal", "answered"), "the record")
    t.equal([step["node"] for step in record["trace"]], ["ask", "line"], "the way")
    t.equal(browser.errors, [], "errors in the page")
