"""What was said when: a recording's two channels keep to the clock through hold, a change of port and codec, and transfers."""

from datetime import datetime

from lib import audio
from lib.rtp import TICK
from tests.t01_main_job import talk
from tests.t06_transfer import uri

TOLERANCE_S = 0.2
"""How far a sound may stand from where it was said: 100 ms that the test's own phones may send late, and as much that
comes of packets of 20 ms, windows of 20 ms and clocks told in whole milliseconds."""
BEFORE, ON_HOLD, AFTER = 3, 3, 4
CALLER = [550 + 50 * n for n in range(BEFORE + ON_HOLD + AFTER)]
AGENT = [1250 + 50 * n for n in range(BEFORE + AFTER)]
OTHER = [2000 + 50 * n for n in range(AFTER)]
"""A colleague's, after a transfer."""
BRIDGED_HZ = 2600
"""The colleague's, until the caller hears it."""
CONSULT = [3000, 3150]
"""What the agents say to each other before it, which is not the customer's to hear."""


def test_hold_and_changed_port_and_codec(t):
    """Each second has a tone of its own at each side; all are found at their second, in their channel, once."""
    agent = t.agent(1001)
    call = t.caller().call("95001", codecs=(8, 0)).wait_up()
    offered = agent.take_call()
    talk(t, call, offered)
    for far in (call, offered):
        far.rtp.tone()
    call.rtp.play(CALLER)
    offered.rtp.play(AGENT[:BEFORE])
    played(t, call, BEFORE + 0.5)
    offered.rtp.sending = False
    t.equal(offered.hold().wait().status, 200, "hold")
    played(t, call, BEFORE + ON_HOLD)
    said = list(offered.rtp.played)
    t.equal(offered.move(codecs=(0,)).wait().status, 200, "back, at another port with another codec")
    offered.rtp.play(AGENT[BEFORE:])
    played(t, call, len(CALLER))
    t.until(lambda: len(offered.rtp.played) == AFTER, 10, "the agent's last tone", 0.1)
    end = len(call.rtp.heard) + 75
    t.until(lambda: len(call.rtp.heard) > end, 10, "the end of the last tones")
    call.bye().wait()
    offered.wait_end()
    record = t.server.record(call)
    t.check(record["hold_ms"] >= 1000, f"held {record['hold_ms']} ms")
    check_recording(t, record, call.rtp.played, [*said, *offered.rtp.played])


def in_talk(t):
    """A caller who says a tone a second all the while, and 1001 who says the first of its own to it."""
    agent = t.agent(1001)
    call = t.caller().call("95001").wait_up()
    offered = agent.take_call()
    other = t.agent(1002)
    t.server.wait_agent(1002, "ready")
    talk(t, call, offered)
    for far in (call, offered):
        far.rtp.tone()
    call.rtp.play(CALLER)
    offered.rtp.play(AGENT[:BEFORE])
    played(t, call, BEFORE + 0.5)
    return agent, call, offered, other


def after_transfer(t, call, offered, taken):
    """The colleague says its tones to the caller; each of all three is at its second."""
    call.rtp.wait_tone(BRIDGED_HZ)
    taken.rtp.tone()
    taken.rtp.play(OTHER)
    played(t, call, len(CALLER))
    t.until(lambda: len(taken.rtp.played) == len(OTHER), 10, "the colleague's last tone", 0.1)
    end = len(call.rtp.heard) + 75
    t.until(lambda: len(call.rtp.heard) > end, 10, "the end of the last tones")
    call.bye().wait()
    taken.wait_end()
    t.server.wait_idle()
    record = t.server.record(call)
    t.equal(len(record["recordings"]), 1, "recordings of one interaction")
    check_recording(t, record, call.rtp.played, [*offered.rtp.played, *taken.rtp.played], (BRIDGED_HZ,))


def test_blind_transfer(t):
    """Who was transferred to is heard in the agent's channel from where it speaks; the caller's has no gap."""
    _, call, offered, other = in_talk(t)
    t.equal(offered.refer(uri(t, "1002")).wait().status, 202, "REFER")
    taken = other.take_call(BRIDGED_HZ)
    after_transfer(t, call, offered, taken)


def test_attended_transfer(t):
    """As a blind one; and what the agents said to each other while the caller was on hold is in no channel."""
    agent, call, offered, other = in_talk(t)
    t.equal(offered.hold().wait().status, 200, "hold")
    consult = agent.call("1002")
    taken = other.take_call(CONSULT[1])
    consult.wait_up().rtp.tone(CONSULT[0])
    taken.rtp.wait_tone(CONSULT[0])
    consult.rtp.wait_tone(CONSULT[1])
    consult.rtp.tone()
    t.equal(consult.hold().wait().status, 200, "hold of the consultation")
    taken.rtp.tone(BRIDGED_HZ)
    t.equal(offered.refer(uri(t, "1002"), replaces=consult).wait().status, 202, "REFER")
    after_transfer(t, call, offered, taken)


def check_recording(t, record, caller, agents, besides=()):
    """Both channels of the recording of a record. `besides` is heard from the agents at no told second."""
    recording = record["recordings"][0]
    began = datetime.fromisoformat(recording["started_at"]).timestamp()
    channels, rate = audio.read_wav(t.server.audio(recording, t.folder / "recording.wav"))
    others = [*AGENT, *OTHER, *CONSULT, *besides]
    furthest = max(
        check_channel(t, channels[0], rate, began, caller, others, "the caller's"),
        check_channel(t, channels[1], rate, began, agents, [*CALLER, *CONSULT], "the agents'"),
    )
    t.note(f"no tone stands further than {furthest * 1000:.0f} ms from where it was said")


def played(t, call, count):
    """Waits until the caller is at this tone, or half way through it."""
    wait = call.rtp
    t.until(lambda: len(wait.played) >= int(count), 20, f"the caller's tone {count}", 0.02)
    if count % 1:
        middle = len(wait.heard) + int(count % 1 / TICK)
        t.until(lambda: len(wait.heard) >= middle, 5, "half a second more", 0.02)


def check_channel(t, samples, rate, began, said, others, whose):
    """Every tone that was said begins where it was said; none of the other side's is there. Gives the worst."""
    size, furthest = rate // 50, 0.0
    windows = [samples[n : n + size] for n in range(0, len(samples) - size, size)]
    for frequency, at in said:
        found = [n for n, w in enumerate(windows) if audio.tone_share(w, frequency, rate) > 0.9]
        t.check(found, f"{whose} {frequency} Hz, said at {at - began:.2f} s, is missing")
        first, last = found[0] * 0.02, found[-1] * 0.02
        off = first - (at - began)
        furthest = max(furthest, abs(off))
        t.check(abs(off) <= TOLERANCE_S, f"{whose} {frequency} Hz, said at {at - began:.2f} s, begins at {first:.2f} s")
        t.check(last - first < 1.0 + TOLERANCE_S, f"{whose} {frequency} Hz goes on until {last:.2f} s")
    long = [samples[n : n + rate // 5] for n in range(0, len(samples) - rate // 5, rate // 5)]
    strange = [f for f in others if any(audio.tone_share(w, f, rate) > 0.3 for w in long)]
    t.equal(strange, [], f"tones of the other side in {whose} channel")
    return furthest
