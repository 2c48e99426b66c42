"""linphone as an agent's phone and as a caller, with real audio."""

from lib import audio
from lib.linphone import Linphone

CALLER_HZ, AGENT_HZ = 500, 1150


def test_agent_holds_and_hangs_up(t):
    """An agent at linphone: talk, hold with music, talk again, the agent hangs up; what was said is in the recording."""
    agent = Linphone(t, "1001", "demo-1001", AGENT_HZ)
    t.server.wait_agent(1001, "ready")
    call = t.caller().call("95001").wait_up()
    agent.wait_said("connected")
    call.rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(AGENT_HZ, 10)
    agent.wait_tone(CALLER_HZ)
    agent.type("pause")
    t.server.wait_live("held")
    call.rtp.wait_sound(seconds=1.0)
    t.check(not call.rtp.hears(AGENT_HZ), "the caller hears the agent on hold")
    agent.type("resume")
    call.rtp.wait_tone(AGENT_HZ, 10)
    agent.wait_tone(CALLER_HZ)
    agent.type("terminate")
    call.wait_end()
    record = t.server.record(call)
    t.equal((record["outcome"], record["ended_by"], record["agent"]["number"]), ("answered", "agent", "1001"), "record")
    t.check(record["hold_ms"] > 500, f"held {record['hold_ms']} ms")
    check_recording(t, record)


def test_caller_with_keys(t):
    """A customer at linphone walks through the menu to an agent at linphone; they hear each other."""
    agent = Linphone(t, "1001", "demo-1001", AGENT_HZ)
    t.server.wait_agent(1001, "ready")
    caller = Linphone(t, "13800000001", tone=CALLER_HZ)
    caller.dial("95000")
    t.server.wait_live("menu")
    hears_clip(t, caller, "greeting_main")
    caller.type("1")
    agent.wait_said("connected", 20)
    caller.wait_tone(AGENT_HZ)
    agent.wait_tone(CALLER_HZ)
    caller.type("terminate")
    t.server.wait_idle()
    item = t.until(t.server.interactions, 8, "the record", 0.2)[0]
    t.equal((item["outcome"], item["ended_by"], item["agent"]["number"]), ("answered", "caller", "1001"), "record")
    check_recording(t, t.server.get(f"/api/v1/interactions/{item['id']}"))


def test_agent_killed(t):
    """linphone is killed in a talk: the caller hears music and the next agent takes the call."""
    agent = Linphone(t, "1001", "demo-1001", AGENT_HZ)
    t.server.wait_agent(1001, "ready")
    call = t.caller().call("95001").wait_up()
    agent.wait_said("connected")
    call.rtp.wait_tone(AGENT_HZ, 10)
    agent.process.kill()
    t.server.wait_live("queued", 20)
    call.rtp.wait_sound(16, seconds=1.0)
    t.agent(1002).take_call(AGENT_HZ)
    call.rtp.wait_tone(AGENT_HZ, 10)
    call.bye().wait()


def hears_clip(t, phone, name):
    """The phone has heard a shipped clip, and by then no other."""
    search = audio.Search(t.prompt(name))
    heard = lambda: search.hear(phone.heard()[0]) >= audio.HEARD
    t.until(heard, 15, lambda: f"the clip {name} at linphone ({search.share:.0%} of it found)", 0.3)
    t.equal(audio.others_in(search.stretch(phone.heard()[0]), t.prompt(name)), [], "other clips at linphone")


def check_recording(t, record):
    """Both tones, each in its channel alone."""
    channels, rate = audio.read_wav(t.server.audio(record["recordings"][0], t.folder / "recording.wav"))
    for samples, own, other in ((channels[0], CALLER_HZ, AGENT_HZ), (channels[1], AGENT_HZ, CALLER_HZ)):
        pieces = [samples[n : n + rate // 5] for n in range(0, len(samples) - rate // 5, rate // 5)]
        t.check(any(audio.tone_share(p, own, rate) > 0.8 for p in pieces), f"{own} Hz is missing on its channel")
        t.check(not any(audio.tone_share(p, other, rate) > 0.2 for p in pieces), f"{other} Hz is on the wrong channel")
