"""Calls controlled by the API: what each party hears, by the tone that each of them speaks."""

from lib import audio
from lib.browser import Browser
from tests.t01_main_job import AGENT_HZ, CALLER_HZ, talk
from tests.t11_page import shot, sign_in
from tests.t19_desk import press as key, state_is
from tests.t21_browser_phone import VOICE_HZ, at_the_desk, takes

OTHER_HZ, BOSS_HZ = 1750, 2350
ALL_HZ = (CALLER_HZ, AGENT_HZ, OTHER_HZ, BOSS_HZ)
HEARD, UNHEARD = 0.15, 0.02
"""Share of the energy from which on a tone is heard among others, and below which it is not."""


def heard(call):
    """The tones in the last 0.3 s."""
    samples = call.rtp.samples(last=0.3)
    return {f for f in ALL_HZ if len(samples) > 1200 and audio.tone_share(samples, f) > HEARD}


def wait_heard(t, call, *wanted):
    """Waits until a party hears these tones and no other."""

    def so():
        samples = call.rtp.samples(last=0.3)
        if len(samples) < 1600:
            return False
        shares = {f: audio.tone_share(samples, f) for f in ALL_HZ}
        return all(s > HEARD if f in wanted else s < UNHEARD for f, s in shares.items())

    t.until(so, 8, lambda: f"{call} hears {wanted}; it hears {heard(call)}", 0.05)


def stays(t, calls, frames=50):
    """A second in which each of these hears what it is said to hear and nothing else."""
    ends = {call: len(call.rtp.heard) + frames for call, _ in calls}
    while any(len(call.rtp.heard) < end for call, end in ends.items()):
        for call, wanted in calls:
            strange = heard(call) - set(wanted)
            t.check(not strange, f"{call} hears {strange}")
        before = sum(len(call.rtp.heard) for call in ends)
        t.until(lambda: sum(len(call.rtp.heard) for call in ends) > before, 5, "more of the talk", 0.05)


def in_talk(t, number="95001"):
    """A caller with agent 1001, and the interaction's id."""
    agent = t.agent(1001)
    call = t.caller().call(number).wait_up()
    offered = agent.take_call()
    talk(t, call, offered)
    return call, offered, t.server.wait_live("talking")["id"]


def post(t, path, body, user="1001", status=204):
    """An order by the API."""
    found, _, answer = t.server.fetch(path, user, "POST", body)
    t.equal(found, status, f"{path} {body}: {answer[:200]!r}")
    return answer


def act(t, interaction, action, user="1001", **fields):
    """An order about a call."""
    post(t, f"/api/v1/interactions/{interaction}/actions", {"action": action, **fields}, user)


def supervise(t, interaction, mode):
    """The supervisor takes part, or leaves."""
    post(t, f"/api/v1/interactions/{interaction}/supervise", {"mode": mode}, "2001")


def test_hold_mute_and_digits(t):
    """The agent's orders reach the customer's ear: music on hold, nothing while muted, keys."""
    call, offered, interaction = in_talk(t)
    act(t, interaction, "hold")
    t.until(lambda: not call.rtp.hears(AGENT_HZ), 3, "the tone's end")
    call.rtp.wait_sound(seconds=1.0)
    t.check(not offered.rtp.hears(CALLER_HZ), "the agent hears the customer, who is on hold")
    act(t, interaction, "resume")
    call.rtp.wait_tone(AGENT_HZ)
    offered.rtp.wait_tone(CALLER_HZ)
    act(t, interaction, "mute")
    wait_heard(t, call)
    stays(t, [(call, ()), (offered, (CALLER_HZ,))])
    offered.rtp.wait_tone(CALLER_HZ)
    act(t, interaction, "unmute")
    call.rtp.wait_tone(AGENT_HZ)
    call.rtp.mark()
    act(t, interaction, "digits", digits="5")
    keys = lambda: [p for p in call.rtp.heard[call.rtp._marked :] if p[3] == call.rtp.event_pt]
    t.until(keys, 5, "the key at the customer's phone")
    t.equal({packet[4][0] for packet in keys()}, {5}, "keys")
    act(t, interaction, "hangup")
    offered.wait_end()
    call.wait_end()
    record = t.server.record(call)
    t.check(record["hold_ms"] > 500, f"held {record['hold_ms']} ms")
    t.equal(record["ended_by"], "agent", "who ended it")


def test_conference_of_three(t):
    """The agent asks a colleague, goes between the two, and all three talk; who leaves does not end it."""
    call, offered, interaction = in_talk(t)
    other = t.agent(1002)
    t.server.wait_agent(1002, "ready")
    act(t, interaction, "consult", to="1002")
    t.server.wait_live("held")
    asked = other.take_call(OTHER_HZ)
    wait_heard(t, offered, OTHER_HZ)
    wait_heard(t, asked, AGENT_HZ)
    call.rtp.wait_sound(seconds=0.5)
    t.check(not heard(call) & {AGENT_HZ, OTHER_HZ}, "the customer hears what is asked")
    act(t, interaction, "swap")
    wait_heard(t, call, AGENT_HZ)
    wait_heard(t, offered, CALLER_HZ)
    act(t, interaction, "conference")
    wait_heard(t, call, AGENT_HZ, OTHER_HZ)
    wait_heard(t, offered, CALLER_HZ, OTHER_HZ)
    wait_heard(t, asked, CALLER_HZ, AGENT_HZ)
    stays(t, [(call, (AGENT_HZ, OTHER_HZ)), (offered, (CALLER_HZ, OTHER_HZ)), (asked, (CALLER_HZ, AGENT_HZ))])
    t.server.wait_agent(1002, "talking")
    offered.bye().wait()
    wait_heard(t, call, OTHER_HZ)
    wait_heard(t, asked, CALLER_HZ)
    t.server.wait_agent(1001, "wrap_up")
    call.bye().wait()
    asked.wait_end()
    record = t.server.record(call)
    t.equal([leg["role"] for leg in record["legs"]], ["customer", "agent", "agent"], "legs")
    check_channels(t, record, (CALLER_HZ,), (AGENT_HZ, OTHER_HZ))
    t.server.wait_idle()


def check_channels(t, record, customers, agents):
    """Each channel of the recording has its own side's tones and no other."""
    channels, rate = audio.read_wav(t.server.audio(record["recordings"][0], t.folder / "recording.wav"))
    for samples, wanted, whose in zip(channels, (customers, agents), ("the customer's", "the agents'")):
        windows = [samples[n : n + rate // 5] for n in range(0, len(samples) - rate // 5, rate // 5)]
        found = {f for f in ALL_HZ if any(audio.tone_share(w, f, rate) > 0.3 for w in windows)}
        t.equal(found, set(wanted), f"tones in {whose} channel")


def test_supervisor_listens_whispers_barges_in_and_takes_over(t):
    """Whom a supervisor hears, and by whom it is heard."""
    call, offered, interaction = in_talk(t)
    boss = t.phone("2001", "demo-2001").register()
    supervise(t, interaction, "listen")
    watching = boss.take_call(BOSS_HZ)
    wait_heard(t, watching, CALLER_HZ, AGENT_HZ)
    stays(t, [(call, (AGENT_HZ,)), (offered, (CALLER_HZ,))])
    supervise(t, interaction, "whisper")
    wait_heard(t, offered, CALLER_HZ, BOSS_HZ)
    stays(t, [(call, (AGENT_HZ,)), (watching, (CALLER_HZ, AGENT_HZ))])
    supervise(t, interaction, "barge")
    wait_heard(t, call, AGENT_HZ, BOSS_HZ)
    wait_heard(t, offered, CALLER_HZ, BOSS_HZ)
    supervise(t, interaction, "take_over")
    offered.wait_end()
    wait_heard(t, call, BOSS_HZ)
    wait_heard(t, watching, CALLER_HZ)
    t.server.wait_agent(1001, "wrap_up")
    call.bye().wait()
    watching.wait_end()
    record = t.server.record(call)
    t.equal((record["outcome"], record["agent"]["number"]), ("answered", "2001"), "record")
    check_channels(t, record, (CALLER_HZ,), (AGENT_HZ, BOSS_HZ))
    t.server.wait_idle()


def test_supervisor_leaves_and_agents_learn_nothing(t):
    """A supervisor who stops leaves the talk as it was; the agent who was watched sees no trace of it."""
    call, offered, interaction = in_talk(t)
    boss = t.phone("2001", "demo-2001").register()
    supervise(t, interaction, "listen")
    watching = boss.take_call(BOSS_HZ)
    wait_heard(t, watching, CALLER_HZ, AGENT_HZ)
    post(t, f"/api/v1/interactions/{interaction}/supervise", {"mode": "listen"}, "1001", 403)
    supervise(t, interaction, "stop")
    watching.wait_end()
    wait_heard(t, call, AGENT_HZ)
    call.bye().wait()
    offered.wait_end()
    record = t.server.record(call)
    t.equal([leg["role"] for leg in record["legs"]], ["customer", "agent", "supervisor"], "legs as supervisors see them")
    seen = t.server.get(f"/api/v1/interactions/{interaction}", "1001")
    t.equal([leg["role"] for leg in seen["legs"]], ["customer", "agent"], "legs as the agent sees them")


def press(browser, label):
    """Clicks the button of that name in the supervisor's panel or in the question above it."""
    button = f"[...document.querySelectorAll('.agent-drawer button, .ant-popconfirm button')].find(b => b.innerText.replace(/\\s/g, '') === '{label}' && !b.disabled)"
    browser.wait_for(f"!!{button}", what=f"the button {label}")
    browser.js(f"{button}.click()")


def lit(browser, label):
    """That way of taking part, and no other, is marked as the one in force, for the eye as well."""
    marked = "[...document.querySelectorAll('.agent-drawer [aria-pressed=true], .agent-drawer .ant-btn-primary')]"
    browser.wait_for(f"{marked}.map(b => b.innerText.replace(/\\s/g, '')).join() === '{label}'", what=f"{label} alone in force")


def open_agent(browser, number):
    """Opens the panel of an agent on the wall."""
    cell = f"[...document.querySelectorAll('.agent-cell')].find(c => c.querySelector('b').innerText === '{number}')"
    browser.wait_for(f"!!{cell}", what=f"agent {number} on the wall")
    browser.js(f"{cell}.click()")


def test_supervisor_at_the_live_page(t):
    """From the page of an agent who talks: the supervisor's own phone rings, and it listens, whispers and leaves."""
    call, offered, _ = in_talk(t)
    boss = t.phone("2001", "demo-2001").register()
    browser = Browser(t)
    sign_in(t, browser, "2001", "demo-2001")
    browser.wait_for("!!document.querySelector('.agent-cell[data-state=talking]')", what="the agent who talks")
    browser.click(".agent-cell[data-state=talking]")
    press(browser, "监听")
    watching = boss.take_call(BOSS_HZ)
    wait_heard(t, watching, CALLER_HZ, AGENT_HZ)
    browser.wait_text("进行中：监听")
    lit(browser, "监听")
    press(browser, "密语")
    wait_heard(t, offered, CALLER_HZ, BOSS_HZ)
    browser.wait_text("进行中：密语")
    lit(browser, "密语")
    shot(t, browser, "supervise-zh-CN")
    press(browser, "强插")
    lit(browser, "强插")
    browser.js("window.before = true")
    browser.command("Page.reload")
    browser.wait_for("!window.before && !!document.querySelector('.agent-cell[data-state=talking]')", what="the page anew")
    open_agent(browser, "1001")
    browser.wait_text("进行中：强插")
    lit(browser, "强插")
    press(browser, "退出")
    watching.wait_end()
    browser.wait_for("!document.querySelector('.agent-drawer [aria-pressed=true]')", what="nothing in progress")
    wait_heard(t, call, AGENT_HZ)
    press(browser, "监听")
    ringing = boss.wait_call()
    ringing.ring()
    browser.wait_text("您的话机正在振铃")
    ringing.answer()
    lit(browser, "监听")
    ringing.bye().wait()
    browser.wait_for("!document.querySelector('.agent-drawer [aria-pressed=true]')", what="nothing in progress")
    t.check("您的话机正在振铃" not in browser.text(), "a telephone that was hung up does not ring")
    call.bye().wait()
    offered.wait_end()


def test_conference_at_the_desk(t):
    """An agent's page with two calls brings the customer and the colleague together."""
    browser = at_the_desk(t)
    other = t.agent(1101)
    call = t.caller().call("95001").wait_up()
    takes(browser)
    call.rtp.tone(CALLER_HZ)
    # The page's keys are agreed upon after its answer: the talk begins when it is heard.
    call.rtp.wait_tone(VOICE_HZ, 15)
    state_is(browser, "talking")
    key(browser, "t")
    row = "[...document.querySelectorAll('.transfer-row')].find(r => r.innerText.includes('1101'))"
    browser.wait_for(f"!!{row}", what="the colleague in the list")
    browser.js(f"{row}.querySelector('button').click()")
    asked = other.take_call(OTHER_HZ)
    conference = "[...document.querySelectorAll('.call-action')].find(b => b.innerText.includes('三方通话') && !b.disabled)"
    browser.wait_for(f"!!{conference}", what="the button for a conference")
    browser.js(f"{conference}.click()")
    wait_heard(t, call, OTHER_HZ)
    wait_heard(t, asked, CALLER_HZ)
    # A browser turns down what drones; it is heard where nothing drowns it.
    asked.rtp.tone()
    call.rtp.wait_tone(VOICE_HZ)
    call.rtp.tone()
    asked.rtp.wait_tone(VOICE_HZ)
    call.bye().wait()
    asked.wait_end()
    state_is(browser, "wrap_up")


def test_click_to_dial(t):
    """The agent's own phone rings first, then the colleague's."""
    agent, other = t.agent(1001), t.agent(1101)
    t.server.wait_agent(1101, "ready")
    post(t, "/api/v1/calls", {"to": "1101"}, status=201)
    own = agent.take_call(AGENT_HZ)
    asked = other.take_call(OTHER_HZ)
    wait_heard(t, own, OTHER_HZ)
    wait_heard(t, asked, AGENT_HZ)
    post(t, "/api/v1/calls", {"to": "1101"}, status=409)
    asked.bye().wait()
    own.wait_end()
    record = t.server.record(own)
    t.equal((record["direction"], record["outcome"]), ("internal", "answered"), "record")


def rings(t):
    """The interaction whose agent is rung, once the server has heard it ring."""
    interaction = t.server.wait_live("ringing")["id"]
    path = f"/api/v1/interactions/{interaction}"
    rung = lambda: any(leg.get("agent_id") and leg.get("ringing_at") for leg in t.server.get(path)["legs"])
    t.until(rung, 8, "an agent's telephone that rings", 0.05)
    return interaction


def test_a_phone_answers_by_order(t):
    """A phone that takes `talk` answers when the agent's program says so; one that does not goes on ringing."""
    agent = t.agent(1001)
    agent.talks = True
    call = t.caller().call("95001").wait_up()
    offered = agent.wait_call()
    interaction = rings(t)
    act(t, interaction, "answer")
    offered.wait_up()
    talk(t, call, offered)
    post(t, f"/api/v1/interactions/{interaction}/actions", {"action": "answer"}, status=409)
    call.bye().wait()
    offered.wait_end()
    other = t.agent(1101)
    t.server.wait_agent(1101, "ready")
    call = t.caller().call("1101")
    offered = other.wait_call()
    answer = post(t, f"/api/v1/interactions/{rings(t)}/actions", {"action": "answer"}, "1101", 409)
    t.check(b"no_remote_answer" in answer, answer)
    offered.answer()
    talk(t, call.wait_up(), offered)


def test_a_page_answers_by_order(t):
    """The desk takes the call that rings, as if its button had been pressed: a customer's, and one made by order.

    That one is back, too, after the page was loaded anew."""
    browser = at_the_desk(t)
    other = t.agent(1101)
    call = t.caller().call("95001").wait_up()
    act(t, rings(t), "answer", "2001")
    state_is(browser, "talking")
    call.rtp.wait_tone(VOICE_HZ, 15)
    call.bye().wait()
    state_is(browser, "wrap_up")
    key(browser, "g")
    state_is(browser, "ready")
    t.server.wait_agent(1101, "ready")
    post(t, "/api/v1/calls", {"to": "1101"}, status=201)
    act(t, rings(t), "answer")
    asked = other.take_call()
    asked.rtp.wait_tone(VOICE_HZ, 15)
    browser.reload()
    t.until(lambda: not asked.rtp.hears(VOICE_HZ), 15, "the end of the agent's tone")
    asked.rtp.wait_tone(VOICE_HZ, 30)
    asked.bye().wait()
    state_is(browser, "ready")
