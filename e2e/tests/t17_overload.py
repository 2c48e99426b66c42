"""More calls than the program can carry: who comes too much is told so at once, and who talks goes on talking."""

from lib.server import free_port
from tests.t08_crash import noted

FLOOD = 4000
"""New calls a second: several times what this build can carry on this kind of machine."""
SECONDS = 5
TALKS = 3
REFUSED = 500
"""So many refusals show that the door was shut."""


def test_door_shuts_and_opens(t):
    """503 with Retry-After for new calls, standing ones keep their audio and can hang up, and afterwards all is well."""
    t.start()
    talks = [t.caller(f"1380000000{n}").call("95003").wait_up() for n in range(TALKS)]
    for n, call in enumerate(talks):
        call.rtp.tone(700 + 100 * n)
        call.rtp.wait_tone(700 + 100 * n)
    notes = t.folder / "flood.txt"
    flood = t.sipp("flood.xml", "%s:%d" % t.server.sip, "-p", free_port(), "-s", "95003", "-r", FLOOD, "-m",
                   FLOOD * SECONDS, "-l", FLOOD * SECONDS, "-trace_logs", "-log_file", notes, "-recv_timeout", 8000)
    t.until(lambda: len(noted(notes, "refused")) >= REFUSED, 30, lambda: f"{REFUSED} refusals of {counts(notes)}", 0.2)
    t.check(flood.poll() is None, "the flood was over before the door shut")
    for n, call in enumerate(talks):
        call.rtp.wait_tone(700 + 100 * n)
        t.equal(call.state, "up", "a standing call")
    t.equal(talks[0].bye().wait(20).status, 200, "a goodbye in the flood")
    t.until(lambda: flood.poll() is not None, 60, "the flood's end", 0.2)
    t.note(f"of {FLOOD * SECONDS} calls {counts(notes)}")
    for n, call in enumerate(talks[1:], 1):
        call.rtp.wait_tone(700 + 100 * n)
        call.bye().wait()
    t.until(lambda: let_in(t), 20, "a call after the flood", 0.2)
    t.server.wait_idle(60)
    found = t.until(lambda: recorded(t, notes), 30, "a record of each answered call", 0.5)
    t.note(f"{found} records")


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
