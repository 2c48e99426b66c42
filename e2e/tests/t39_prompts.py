"""Prompts of one's own: uploaded and recorded in Chromium, heard by callers; each tenant hears its own alone."""

import json
import subprocess

from lib import audio
from lib.accessible import barriers
from lib.browser import Browser
from lib.sip import Phone
from lib.settings import run
from tests.t11_page import sign_in
from tests.t35_designer import click_text, select_node

UPLOADED = "recording_notice"
"""What the uploaded file says: a shipped clip that no flow of the demo plays."""
RECORDED_HZ = 700


def saying(prompt):
    """A flow that says a prompt and hangs up."""
    return {"version": 1, "id": "spoken", "name": "spoken", "language": "zh", "start": "say",
            "nodes": {"say": {"kind": "hangup", "prompt": prompt}}}


def leads_to(number, prompt):
    """The settings that have callers of a number hear a prompt."""
    return [{"kind": "flow", "name": "spoken", "spec": {"definition": saying(prompt)}},
            {"kind": "number", "name": number, "spec": {"target": {"flow": "spoken"}}}]


def quiet_copy(t, name, into="upload.wav"):
    """A shipped clip as somebody's recorder would give it: 44.1 kHz, stereo, too quiet, a second of silence around it."""
    plain, made = t.folder / "plain.wav", t.folder / into
    subprocess.run(["opusdec", "--quiet", "--rate", "44100", "--force-wav", str(t.prompt(name)), str(plain)], check=True)
    (samples, *_), rate = audio.read_wav(plain)
    silence = [0] * rate
    audio.write_wav(made, [[int(s * 0.15) for s in silence + list(samples) + silence]] * 2, rate)
    return made


def page(t, microphone=None):
    """An administrator's browser on the page of prompts."""
    browser = Browser(t, "zh-CN", (1366, 768), microphone=microphone)
    sign_in(t, browser, "admin", "demo-admin", "/prompts")
    browser.wait_text("还没有自己的语音")
    browser.errors.clear()
    return browser


def new_prompt(browser, name):
    """Makes an empty prompt, whose panel opens."""
    browser.press("新建语音")
    browser.wait_for("!!document.querySelector('.prompt-new input')", what="the dialog")
    browser.type_into(".prompt-new input", name)
    browser.wait_for("!document.querySelector('.ant-modal-footer .ant-btn-primary').disabled", what="a name that fits")
    browser.js("document.querySelector('.ant-modal-footer .ant-btn-primary').click()")
    browser.wait_for("!!document.querySelector('.prompt-sound[data-language=zh]')", what="the prompt's panel")


def choose_file(browser, path):
    """A person chooses a file for the Chinese recording."""
    found = browser.command("Runtime.evaluate",
                            expression="document.querySelector('.prompt-sound[data-language=zh] input[type=file]')")
    browser.command("DOM.setFileInputFiles", objectId=found["result"]["objectId"], files=[str(path)])


def test_uploaded_and_heard(t):
    """A file chosen in the browser is what the next caller hears; the one before comes back; what is played stays."""
    server = t.start()
    browser = page(t)
    new_prompt(browser, "welcome")
    no_sound = t.folder / "letter.mp3"
    no_sound.write_bytes(b"no sound at all " * 100)
    choose_file(browser, no_sound)
    browser.wait_text("文件中没有可识别的音频")
    # The refusal is an error to the browser as well.
    browser.errors.clear()
    choose_file(browser, quiet_copy(t, UPLOADED))
    browser.wait_text("第 1 次")
    choose_file(browser, t.prompt("queue_full"))
    browser.wait_text("第 2 次")
    server.apply(*leads_to("95711", "welcome"))
    call = t.caller().call("95711").wait_up()
    t.hears(call, "queue_full")
    call.wait_end()
    # The first comes back, in the browser; then it is heard, and trimmed: the second of silence is gone.
    browser.press("改用这一版", ".prompt-takes")
    browser.wait_for("document.querySelector('.prompt-take.current')?.innerText.includes('第 1 次') === true",
                     what="the first recording in use")
    call = t.caller().call("95711").wait_up()
    t.hears(call, UPLOADED)
    call.wait_end()
    sounds = server.get("/api/v1/prompts/welcome")["sounds"]
    t.equal([sound["language"] for sound in sounds], ["zh"], "its languages")
    whole = len(audio.clip_samples(t.prompt(UPLOADED))) / 8
    t.check(abs(sounds[0]["length_ms"] - whole) < 250, f"{sounds[0]['length_ms']} ms of {whole} ms")
    # The designer lists it, and the flow is named as its user.
    browser.reload()
    browser.wait_text("流程 spoken")
    status, _, body = server.fetch("/api/v1/settings/prompt/welcome", "admin", "DELETE")
    t.equal((status, json.loads(body)["error"]["problems"][0]["name"]), (409, "spoken"), "deleted while it is played")
    t.equal(barriers(browser), [], "barriers on the page")
    t.equal(browser.errors, [], "errors in the page")
    # A start reads it again.
    server.stop()
    server.start()
    call = t.caller().call("95711").wait_up()
    t.hears(call, UPLOADED)
    call.wait_end()


def test_recorded_by_microphone(t):
    """What a person says into the microphone of the browser is what the next caller hears."""
    spoken = t.folder / "spoken.wav"
    audio.write_tone_wav(spoken, RECORDED_HZ, 1, 48_000)
    server = t.start()
    browser = page(t, microphone=spoken)
    new_prompt(browser, "hello")
    browser.press("录制", ".prompt-sound[data-language=zh]")
    browser.wait_text("正在录制 2 秒")
    browser.press("停止并使用", ".prompt-sound[data-language=zh]")
    browser.wait_text("第 1 次", 30)
    server.apply(*leads_to("95712", "hello"))
    call = t.caller().call("95712").wait_up()
    call.rtp.wait_tone(RECORDED_HZ)
    call.wait_end()
    t.equal(browser.errors, [], "errors in the page")


def test_spoken_from_text(t):
    """A text that is typed is spoken, and the next caller hears that; words typed at a node of a flow become a prompt."""
    server = t.start()
    browser = page(t)
    new_prompt(browser, "notice")
    browser.press("朗读文字", ".prompt-sound[data-language=zh]")
    browser.type_into(".prompt-speak textarea", "您好，今天上午十点到十二点系统维护，请稍后再拨。")
    browser.press("朗读并使用", ".prompt-speak")
    browser.wait_text("第 1 次")
    server.apply(*leads_to("95714", "notice"))
    clip = t.folder / "notice.wav"
    clip.write_bytes(server.fetch("/api/v1/prompts/notice/sounds/zh")[2])
    subprocess.run(["opusenc", "--quiet", str(clip), str(clip.with_suffix(".opus"))], check=True)
    call = t.caller().call("95714").wait_up()
    call.rtp.wait_clip(clip.with_suffix(".opus"))
    call.wait_end()
    kept = server.get("/api/v1/prompts/notice")
    t.check(kept["words"]["zh"].startswith("您好，今天上午"), f"what it says: {kept['words']}")
    t.check(kept["versions"][0]["source"].startswith("espeak-ng"), f"whose voice: {kept['versions'][0]}")
    t.equal(barriers(browser), [], "barriers on the page")
    browser.open("http://%s:%d/flows/spoken" % server.http)
    select_node(browser, "say")
    click_text(browser, ".say button", "添加一段")
    click_text(browser, ".ant-dropdown-menu-item", "新的一句话")
    browser.type_into(".flow-speak textarea", "请按井号键结束。")
    click_text(browser, ".ant-modal-footer button", "朗读并使用")
    browser.wait_text("草稿已保存")
    browser.wait_for("document.querySelector('.flow-panel')?.innerText.includes('请按井号键结束') === true", what="the words")
    draft = server.get("/api/v1/flows/spoken")["draft"]["spec"]["definition"]["nodes"]["say"]
    t.equal(draft["prompt"], ["notice", "said_1"], "what the node says")
    t.equal(browser.errors, [], "errors in the page")


def test_each_tenant_hears_its_own(t):
    """Two companies with prompts of one name: callers of each hear theirs, and none sees the other's."""
    data = t.folder / "data"
    other = t.folder / "other.yaml"
    trunk = {"kind": "trunk", "name": "carrier", "spec": {"accept_from": ["127.0.0.9"]}}
    boss = {"kind": "user", "name": "boss", "spec": {
        "roles": ["admin"], "password": "correct horse battery", "one_time_password": False}}
    company = {"kind": "tenant", "name": "acme", "spec": {"title": "Acme"}}
    resources = [company, trunk, boss, *leads_to("95713", "greeting_main")]
    other.write_text("\n---\n".join(map(json.dumps, resources)))
    run("apply", "-f", other, "--data", data, "--tenant", "acme")
    server = t.start()
    tokens = {"acme": server.sign_in("boss", "correct horse battery", "acme"),
              "demo": server.sign_in("admin", "demo-admin", "demo")}
    server.apply(*leads_to("95713", "greeting_main"))

    def upload(tenant, clip):
        headers = {"Authorization": f"Bearer {tokens[tenant]}"}
        path = "/api/v1/prompts/greeting_main/sounds/zh?file=clip.opus"
        status, _, body = server.fetch(path, None, "PUT", t.prompt(clip).read_bytes(), headers)
        t.equal(status, 200, f"upload of {tenant}: {body[:200]}")
        return json.loads(body)["versions"][0]["audio"]

    def heard(ip, clip):
        phone = Phone(server.sip, "13800000001", ip=ip)
        t.at_end(phone.close)
        call = phone.call("95713").wait_up()
        t.hears(call, clip)
        call.wait_end()

    theirs = upload("acme", UPLOADED)
    heard("127.0.0.9", UPLOADED)
    # What ships is what the others hear, until they have one of their own.
    heard("127.0.0.1", "greeting_main")
    upload("demo", "queue_full")
    heard("127.0.0.1", "queue_full")
    heard("127.0.0.9", UPLOADED)
    t.equal(server.fetch(f"/api/v1/prompt-audio/{theirs}", "admin")[0], 404, "the other's recording")
