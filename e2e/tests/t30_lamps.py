"""Lamps of IP phones: a colleague's calls and the slots, by SUBSCRIBE and NOTIFY."""

from lib.lamp import Lamp, lamp
from lib.server import free_port


def test_a_colleagues_calls(t):
    """Ringing, talking, free: each is shown, to each who looks; a refresh tells all anew; an end ends it."""
    agent, other, third = t.agent(1001), t.agent(1002), t.agent(1003)
    first, second = lamp(other, 1001), lamp(third, 1001)
    t.equal((first.shows, second.shows), ("dark", "dark"), "before any call")
    call = t.caller().call("95001").wait_up()
    taken = agent.wait_call()
    first.wait("early")
    second.wait("early")
    taken.answer()
    first.wait("confirmed")
    second.wait("confirmed")
    t.equal(second.subscribe(0).status, 200, "the end of a subscription")
    t.until(lambda: any(s.startswith("terminated") for s in second.states), 5, "the last word")
    t.equal(first.subscribe().status, 200, "a refresh")
    late = lamp(third, 1001)
    t.equal(late.shows, "confirmed", "who looks later")
    told = len(second.states)
    call.bye().wait()
    taken.wait_end()
    first.wait("dark")
    late.wait("dark")
    t.equal(len(second.states), told, "NOTIFYs after the end")


def test_slots(t):
    """A slot's lamp is lit while somebody is parked there."""
    agent, other = t.agent(1001), t.agent(1002)
    slot, free = lamp(other, 701), lamp(other, 702)
    call = t.caller().call("95001").wait_up()
    taken = agent.take_call()
    t.server.wait_live("talking")
    host, port = t.server.sip
    t.equal(taken.refer(f"sip:*68@{host}:{port}").wait().status, 202, "REFER")
    slot.wait("confirmed")
    taken.wait_end(10)
    picked = other.call("701").wait_up()
    slot.wait("dark")
    t.equal(free.seen, ["dark"], "the slot beside it")
    call.bye().wait()
    picked.wait_end()


def test_who_may_look(t):
    """Strangers, wrong passwords and carriers see nothing; what is not there can't be watched."""
    t.agent(1001)
    known = t.agent(1002)
    for phone in (t.phone(1003, "wrong"), t.caller()):
        t.check(Lamp(phone, 1001).subscribe().status in (401, 403), f"{phone.user} may look")
    for target, event, status in ((4711, "dialog", 404), (1001, "presence", 489)):
        t.equal(Lamp(known, target, event).subscribe().status, status, f"{event} of {target}")
    t.equal(Lamp(known, 1001).subscribe(5).status, 423, "five seconds")


def test_after_a_crash(t):
    """The server knows nothing of a lamp after a crash and says so; asked anew, it shows how it stands."""
    agent, other = t.agent(1001), t.agent(1002)
    old = lamp(other, 1001)
    t.server.kill()
    t.server.start()
    t.equal(old.subscribe().status, 481, "a refresh of what nobody knows")
    new = lamp(other, 1001)
    t.server.wait_agent(1001, "ready")
    call = t.caller().call("95001").wait_up()
    taken = agent.take_call(timeout=20)
    new.wait("confirmed")
    call.bye().wait()
    taken.wait_end()
    new.wait("dark")


def test_a_key_of_sipp(t):
    """sipp as a telephone with a key for a colleague: dark, blinking, lit, dark again, by RFC 4235 alone."""
    agent = t.agent(1001)
    seen = t.folder / "lamp.log"
    key = t.sipp("lamp.xml", "127.0.0.1:%d" % t.server.sip[1], "-p", free_port(), "-s", "1001", "-m", 1,
                 "-trace_logs", "-log_file", seen)

    def shows(what):
        shown = lambda: seen.exists() and seen.read_text().splitlines()  # noqa: E731
        t.until(lambda: what in (shown() or []), 10, lambda: f"sipp's key to see {what}; it saw {shown()}")

    shows("dark")
    call = t.caller().call("95001").wait_up()
    taken = agent.wait_call()
    shows("state>early")
    taken.answer()
    shows("state>confirmed")
    call.bye().wait()
    taken.wait_end()
    shows("dark again")
    t.wait_child(key)
