"""Messages: left by callers whom nobody serves, kept through a crash, heard and deleted by whose they are."""

from lib.audio import read_wav, tone_share
from lib.browser import Browser
from lib.events import Stream
from lib.lamp import Lamp, lamp
from tests.t11_page import shot, sign_in
from tests.t27_forwarding import rules

CALLER_HZ = 500
# Of tracks on the disk: a little over three seconds of a G.711 call.
SPOKEN_BYTES = 28_000


def recorded(t):
    """Bytes of all tracks so far."""
    return sum(f.stat().st_size for f in (t.folder / "data/recordings").rglob("*.trk"))


def speak(t, call):
    """Waits for the tone and says something for three seconds."""
    t.hears(call, "voicemail")
    call.rtp.tone(CALLER_HZ)
    t.until(lambda: recorded(t) > SPOKEN_BYTES, 20, "three seconds of message")


def check_sound(t, wav):
    """The caller's tone is in a message."""
    path = t.folder / "message.wav"
    path.write_bytes(wav)
    (left, *_), rate = read_wav(path)
    share = tone_share(left[rate : 2 * rate], CALLER_HZ, rate)
    t.check(share > 0.5, f"the caller's tone is {share:.2f} of the sound of {len(left) / rate:.1f} s")


def messages(t, user, query=""):
    """What somebody has in its mailboxes."""
    return t.server.get(f"/api/v1/voicemails{query}", str(user))["items"]


def wait_messages(t, user, amount):
    """Waits until there are so many."""
    return t.until(lambda: (m := messages(t, user)) and len(m) == amount and m, 8, f"{amount} messages of {user}")


def test_left_heard_and_deleted(t):
    """A caller of an agent who is away leaves a message; the agent hears what was said, and deletes it; nobody else can."""
    rules(t, 1002, {"always": "voicemail"})
    waiting = lamp(t.agent(1002), 1002, event="message-summary")
    waiting.wait("no 0/0")
    call = t.caller().call("1002").wait_up()
    speak(t, call)
    call.rtp.press("#")
    t.hears(call, "voicemail_saved")
    call.wait_end()
    t.server.wait_idle()
    t.equal(t.server.record(call)["outcome"], "voicemail", "outcome")
    waiting.wait("yes 1/0")
    [message] = wait_messages(t, 1002, 1)
    t.equal((message["status"], message["agent"]["number"]), ("new", "1002"), "message")
    t.check(2000 <= message["duration_ms"] <= 60_000, f"its length: {message['duration_ms']}")
    path = f"/api/v1/voicemails/{message['id']}"
    status, _, wav = t.server.fetch(f"{path}/audio", "1002")
    t.equal(status, 200, "its sound")
    check_sound(t, wav)
    for user, path_of, method in (("1003", f"{path}/audio", "GET"), ("1003", path, "DELETE")):
        t.equal(t.server.fetch(path_of, user, method)[0], 403, f"{method} by {user}")
    t.equal(messages(t, 1003), [], "messages of another")
    t.equal(t.server.fetch("/api/v1/voicemails?all=true", "1003")[0], 403, "everybody's messages")
    t.equal(len(messages(t, 2001, "?all=true")), 1, "messages that the supervisor sees")
    t.equal(t.server.fetch(path, "1002", "PUT", {"status": "heard"})[0], 200, "heard")
    t.until(lambda: not messages(t, 1002, "?status=new"), 8, "no new message")
    waiting.wait("no 0/1")
    t.equal(t.server.fetch(path, "1002", "DELETE")[0], 204, "deleted")
    t.until(lambda: not messages(t, 1002), 8, "no message")
    waiting.wait("no 0/0")
    t.equal(Lamp(t.agent(1003), 1002, "message-summary").subscribe().status, 404, "another's mailbox")


def takes_messages(t):
    """A number whose flow takes messages for those who serve the sales queue."""
    flow = {
        "version": 1, "id": "night", "name": "night", "language": "en", "start": "v",
        "nodes": {"v": {"kind": "voicemail", "mailbox": "queue:sales", "silence_s": 2}},
    }
    t.server.apply(
        {"kind": "flow", "name": "night", "spec": {"definition": flow}},
        {"kind": "number", "name": "95011", "spec": {"target": {"flow": "night"}}},
    )


def leave(t, number, amount=1):
    """Somebody calls this number and leaves a message, the last of so many."""
    call = t.caller().call(number).wait_up()
    t.hears(call, "voicemail", language="en" if number == "95011" else "zh")
    call.rtp.tone(CALLER_HZ)
    t.until(lambda: recorded(t) > amount * SPOKEN_BYTES, 20, "three seconds of message")
    call.bye().wait()


def test_by_flow_for_a_queue(t):
    """A number's flow takes messages for those who serve a queue; who says nothing leaves none."""
    takes_messages(t)
    silent = t.caller().call("95011").wait_up()
    t.hears(silent, "voicemail", language="en")
    silent.wait_end(20)
    call = t.caller().call("95011").wait_up()
    t.hears(call, "voicemail", language="en")
    call.rtp.tone(CALLER_HZ)
    t.until(lambda: recorded(t) > 2 * SPOKEN_BYTES, 20, "some seconds of message")
    call.rtp.tone()
    t.hears(call, "voicemail_saved", language="en")
    call.wait_end()
    [message] = wait_messages(t, 1001, 1)
    t.check("queue" in message and "agent" not in message, f"whose: {message}")
    t.equal(messages(t, 1101), [], "messages of one who serves another queue")


def test_cut_off_by_a_crash(t):
    """What a caller had said when the server was killed is a message all the same, and new."""
    rules(t, 1002, {"always": "voicemail"})
    call = t.caller().call("1002").wait_up()
    speak(t, call)
    t.server.kill()
    t.server.start()
    [message] = wait_messages(t, 1002, 1)
    t.equal(message["status"], "new", "status")
    status, _, wav = t.server.fetch(f"/api/v1/voicemails/{message['id']}/audio", "1002")
    t.equal(status, 200, "its sound")
    check_sound(t, wav)


def test_by_telephone(t):
    """`*98`: the agent's telephone plays what the caller said, and deletes it by key."""
    rules(t, 1002, {"always": "voicemail"})
    call = t.caller().call("1002").wait_up()
    speak(t, call)
    call.bye().wait()
    wait_messages(t, 1002, 1)
    own = t.agent(1002).call("*98").wait_up()
    t.hears(own, "mailbox_new")
    own.rtp.wait_tone(CALLER_HZ, 10)
    t.hears(own, "mailbox_menu")
    own.rtp.press("7")
    t.hears(own, "mailbox_deleted")
    t.hears(own, "mailbox_end")
    own.wait_end()
    t.until(lambda: not messages(t, 1002), 8, "no message")
    t.server.wait_idle()


def test_at_the_desk(t):
    """The desk says that a message waits, plays it, and knows then that it was heard; deleted, it is gone."""
    t.agent(1001)
    rules(t, 1001, {"always": "voicemail"})
    browser = Browser(t, "zh-CN", (1366, 768))
    sign_in(t, browser, "1001", "demo-1001", "/desk")
    browser.wait_text("所有来电都转到 您的留言信箱")
    call = t.caller().call("1001").wait_up()
    speak(t, call)
    call.bye().wait()
    browser.wait_for("document.querySelector('.messages-badge')?.innerText === '1'", what="the badge")
    browser.click(".messages-button")
    browser.wait_for("document.querySelectorAll('.message.new audio').length === 1", what="the message")
    shot(t, browser, "desk-messages")
    # As loud as the page may be without a person's hand on it.
    browser.js("(a => { a.muted = true; a.playbackRate = 4; a.play(); })(document.querySelector('.message audio'))")
    browser.wait_for("!document.querySelector('.messages-badge') && !document.querySelector('.message.new')", what="heard")
    t.until(lambda: [m["status"] for m in messages(t, 1001)] == ["heard"], 8, "the message to be heard")
    browser.click(".message .ant-btn-dangerous, .message .ant-btn-color-dangerous")
    browser.wait_text("没有留言")


def test_shared(t):
    """All who share a mailbox see its messages on their lamps, and who has heard them; it can be that of some alone."""
    takes_messages(t)
    first, second, other = t.agent(1001), t.agent(1002), t.agent(1101)
    own, of_queue = lamp(first, 1001, event="message-summary"), lamp(second, "sales", event="message-summary")
    t.equal(Lamp(other, "sales", "message-summary").subscribe().status, 404, "the mailbox of a queue that one does not serve")
    stream = Stream(t.server, 0)
    leave(t, "95011")
    own.wait("yes 1/0")
    of_queue.wait("yes 1/0")
    [message] = wait_messages(t, 1001, 1)
    told = next(event for _, event in iter(stream.next, None) if event["type"] == "voicemail.left")
    t.equal(told["voicemail"]["id"], message["id"], "what the stream tells")
    listens = second.call("*98").wait_up()
    t.hears(listens, "mailbox_new")
    listens.rtp.wait_tone(CALLER_HZ, 10)
    t.hears(listens, "mailbox_menu")
    listens.rtp.press("9")
    own.wait("no 0/1")
    listens.bye().wait()
    t.until(lambda: messages(t, 1001)[0]["status"] == "heard", 8, "the message to be heard")
    heard = messages(t, 1001)[0]
    t.equal((heard["changed_by"], heard["changed_by_agent"]["number"]), ("phone", "1002"), "who has heard it")
    told = next(event for _, event in iter(stream.next, None) if event["type"] == "voicemail.changed")
    t.equal((told["status"], told["by_agent"]["number"]), ("heard", "1002"), "what the stream tells of it")

    spec = t.server.get("/api/v1/settings/queue/sales")["spec"]
    t.server.apply({"kind": "queue", "name": "sales", "spec": {**spec, "mailbox_agents": ["1001", "1101"]}})
    t.until(lambda: of_queue.states[-1].startswith("terminated"), 8, "the lamp of one who no longer has it")
    t.equal((len(messages(t, 1001)), messages(t, 1002), len(messages(t, 1101))), (1, [], 1), "whose it is now")
    path = f"/api/v1/voicemails/{message['id']}"
    t.equal(t.server.fetch(f"{path}/audio", "1002")[0], 403, "its sound, for one who no longer has it")
    t.equal(t.server.fetch(path, "1101", "DELETE")[0], 204, "deleted by one who has it now")
    own.wait("no 0/0")


def test_told_without_asking(t):
    """A telephone that never subscribes is told all the same, at each change and when it has started anew; one that would
    not hear of it is left alone."""
    rules(t, 1002, {"always": "voicemail"})
    rules(t, 1003, {"always": "voicemail"})
    takes, refuses = t.agent(1002), t.agent(1003)
    takes.summaries = []
    leave(t, "1002")
    t.until(lambda: takes.summaries == ["yes 1/0"], 8, lambda: f"a message: {takes.summaries}")
    takes.register()
    t.until(lambda: takes.summaries == ["yes 1/0"] * 2, 8, lambda: f"the same after a start: {takes.summaries}")
    leave(t, "1003", 2)
    unasked = lambda: sum(r.method == "NOTIFY" and r["call-id"] not in refuses.lamps for r in refuses.requests)  # noqa: E731
    t.until(lambda: unasked() == 1, 8, "the NOTIFY that it refuses")
    for user, end in ((1002, lambda: takes.summaries[2:] == ["no 0/0"]), (1003, lambda: not messages(t, 1003))):
        [message] = wait_messages(t, user, 1)
        t.equal(t.server.fetch(f"/api/v1/voicemails/{message['id']}", str(user), "DELETE")[0], 204, "deleted")
        t.until(end, 8, f"no message of {user}")
    lamp(refuses, 1003, event="message-summary").wait("no 0/0")
    t.equal(unasked(), 1, "NOTIFYs that it has not asked for")


def test_lamp_turned_off(t):
    """A telephone whose lamp is turned off in its settings goes dark at once, learns of no further message, and may not ask."""
    rules(t, 1002, {"always": "voicemail"})
    takes = t.agent(1002)
    takes.summaries = []
    leave(t, "1002")
    t.until(lambda: takes.summaries == ["yes 1/0"], 8, lambda: f"a message: {takes.summaries}")
    spec = t.server.get("/api/v1/settings/device/1002")["spec"]
    t.equal(spec["message_lamp"], True, "the lamp as it is from the start")
    t.server.apply({"kind": "device", "name": "1002", "spec": {**spec, "message_lamp": False}})
    t.until(lambda: takes.summaries == ["yes 1/0", "no 0/0"], 8, lambda: f"a dark lamp: {takes.summaries}")
    t.equal(Lamp(takes, 1002, "message-summary").subscribe().status, 404, "asked for all the same")
    leave(t, "1002", 2)
    wait_messages(t, 1002, 2)
    takes.register()
    t.server.apply({"kind": "device", "name": "1002", "spec": {**spec, "message_lamp": True}})
    t.until(lambda: takes.summaries[2:] == ["yes 2/0"], 8, lambda: f"the lamp turned on again: {takes.summaries}")
