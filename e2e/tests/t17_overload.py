"""More calls than the program can carry: who comes too much is told so at once, and who talks goes on talking."""

from lib.server import free_port
from tests.t08_crash import noted

FLOOD = 4000
"""New calls a second: several times what this build can carry on this kind of machine."""
SECONDS = 5
TALKS = 3
REFUSED = 500
"""So many refusals show that the door was shut."""
UNHURRIED, AT_ONCE = 1500, 40
"""Calls that show what the server can carry, and how many of them there are at a time: too few to shut the door."""
GOODPUT = 0.25
"""Of the calls that a second of the server's processor carries, those that it has to carry in the flood as well."""
KNOCKS = 12
"""Callers who are told to come again while the flood goes on, and are watched closely."""
PROMPT = 0.75
"""Share of them who hear it before they repeat themselves, half a second later. A datagram may be lost in a flood."""


def test_door_shuts_and_opens(t):
    """503 with Retry-After for new calls, standing ones keep their audio and can hang up, and afterwards all is well."""
    t.start()
    capacity = carried(t, 7, AT_ONCE * 10, UNHURRIED, AT_ONCE)
    talks = [t.caller(f"1380000000{n}").call("95003").wait_up() for n in range(TALKS)]
    for n, call in enumerate(talks):
        call.rtp.tone(700 + 100 * n)
        call.rtp.wait_tone(700 + 100 * n)
    flood, notes, used = begun(t, 8, FLOOD, FLOOD * SECONDS, FLOOD * SECONDS)
    t.until(lambda: len(noted(notes, "refused")) >= REFUSED, 30, lambda: f"{REFUSED} refusals of {counts(notes)}", 0.2)
    t.check(flood.poll() is None, "the flood was over before the door shut")
    knock(t, flood)
    for n, call in enumerate(talks):
        call.rtp.wait_tone(700 + 100 * n)
        t.equal(call.state, "up", "a standing call")
    t.equal(talks[0].bye().wait(20).status, 200, "a goodbye in the flood")
    t.until(lambda: flood.poll() is not None, 60, "the flood's end", 0.2)
    goodput = len(noted(notes, "answered")) / (t.server.cpu_s() - used)
    t.note(f"of {FLOOD * SECONDS} calls {counts(notes)}; calls a CPU-s: {goodput:.0f} of {capacity:.0f}")
    t.check(goodput >= GOODPUT * capacity, f"the flood leaves {goodput:.0f} of {capacity:.0f} calls a CPU-s")
    for n, call in enumerate(talks[1:], 1):
        call.rtp.wait_tone(700 + 100 * n)
        call.bye().wait()
    t.until(lambda: let_in(t), 20, "a call after the flood", 0.2)
    t.server.wait_idle(60)
    found = t.until(lambda: recorded(t, notes), 30, "a record of each answered call", 0.5)
    t.note(f"{found} records")


def begun(t, first, rate, calls, at_once):
    """Callers whose numbers begin so: their process, what they write down, and what the server has used of a processor."""
    notes = t.folder / f"callers-{first}.txt"
    used = t.server.cpu_s()
    callers = t.sipp("flood.xml", "%s:%d" % t.server.sip, "-p", free_port(), "-s", "95003", "-r", rate, "-m", calls,
                     "-l", at_once, "-key", "first", first, "-trace_logs", "-log_file", notes, "-recv_timeout", 8000)
    return callers, notes, used


def carried(t, *how):
    """How many calls a second of the server's processor carries when they do not come too fast."""
    callers, notes, used = begun(t, *how)
    t.until(lambda: callers.poll() is not None, 90, "the unhurried callers' end", 0.1)
    return len(noted(notes, "answered")) / (t.server.cpu_s() - used)


def knock(t, flood):
    """In the flood callers are told to come again before they repeat themselves, by their own clock."""
    told, number = [], 0
    while len(told) < KNOCKS and flood.poll() is None:
        number += 1
        call = t.caller(f"137000{number:05}").call("95003")
        t.until(lambda: call.state in ("up", "ended"), 20, "an answer in the flood")
        if call.state == "up":
            call.bye()
            continue
        t.equal(call.statuses[-1], 503, "the answer in the flood")
        told.append(call.transaction.repeats == 0)
    t.check(len(told) >= KNOCKS // 2, f"the door was shut for {len(told)} callers alone")
    t.note(f"told before they repeated themselves: {sum(told)} of {len(told)}")
    t.check(sum(told) >= PROMPT * len(told), f"{len(told) - sum(told)} of {len(told)} had to ask again")


def counts(notes):
    """What became of the flood."""
    return {word: len(noted(notes, word)) for word in ("answered", "refused")}


def let_in(t):
    """Whether a caller gets through and hears itself."""
    call = t.caller("13900000001").call("95003")
    t.until(lambda: call.state in ("up", "ended"), 10, "an answer")
    if call.state == "ended":
        t.equal(call.statuses[-1], 503, "the answer of a door that is shut still")
        return False
    call.rtp.tone(950)
    call.rtp.wait_tone(950)
    call.bye().wait()
    return True


def recorded(t, notes):
    """How many answered calls have their record, once all have."""
    answered = [i["from"] for i in t.server.interactions() if i.get("answered_at")]
    return noted(notes, "answered") <= set(answered) and len(answered) == len(set(answered)) and len(answered)


test_door_shuts_and_opens.alone = True
test_door_shuts_and_opens.limit_s = 240
