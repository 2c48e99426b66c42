"""The server is killed under load, and comes back."""

import time

from lib import audio
from lib.server import free_port
from tests.t01_main_job import AGENT_HZ, CALLER_HZ, talk

RATE = 50
LOST_S = 1.5
START_S = 10
"""What a start after a crash may take here; 2 s is the aim on an idle machine with a release build."""


def noted(path, word):
    """Call-IDs that sipp has written down."""
    if not path.exists():
        return set()
    lines = path.read_text(errors="replace").splitlines()
    return {line.split()[1] for line in lines if line.startswith(word + " ") and len(line.split()) == 2}


def test_killed_under_load(t):
    """Every call whose answer was seen has a record, both far sides get a goodbye, phones stay registered."""
    agent_port, caller_port = free_port(), free_port()
    t.start("--set", f"demo.bridge_target=sip:agent@127.0.0.1:{agent_port}")
    t.agent_log, t.caller_log = t.folder / "agent.txt", t.folder / "caller.txt"
    t.sipp("held-agent.xml", "-p", agent_port, "-trace_logs", "-log_file", t.agent_log)
    agent = t.agent(1001)
    call = t.caller().call("95001").wait_up()
    offered = agent.take_call()
    talk(t, call, offered)
    began = time.monotonic()
    callers = t.sipp("held-caller.xml", "127.0.0.1:%d" % t.server.sip[1], "-p", caller_port, "-s", "95004", "-r", RATE,
                     "-m", 100_000, "-l", 100_000, "-trace_logs", "-log_file", t.caller_log)
    t.until(lambda: len(noted(t.caller_log, "answered")) >= 4 * RATE, 30, "two hundred standing calls", 0.1)
    t.server.kill()
    talked = time.monotonic() - began
    callers.send_signal(2)
    took = t.server.start()
    t.note(f"ready {took:.2f} s after the kill with {len(noted(t.caller_log, 'answered'))} calls standing")
    t.check(took <= START_S, f"the start took {took:.1f} s")
    call.wait_end(20)
    offered.wait_end(20)
    t.check(call.ended_by_peer and offered.ended_by_peer, "both sides of the talk get a goodbye")
    seen = noted(t.caller_log, "answered")
    t.check_goodbyes = lambda log: noted(log, "answered") - noted(log, "goodbye")
    t.until(lambda: not t.check_goodbyes(t.agent_log), 40, lambda: f"{len(t.check_goodbyes(t.agent_log))} agents wait")
    check_records(t, seen | {call.call_id})
    check_recording(t, call, talked)
    again = t.caller("13800000002").call("1001")
    agent.wait_call().answer(AGENT_HZ)
    again.wait_up().rtp.wait_tone(AGENT_HZ)
    again.bye().wait()


def check_records(t, wanted):
    """Each has exactly one record."""

    def recorded():
        found = []
        for item in t.server.interactions():
            detail = t.server.get(f"/api/v1/interactions/{item['id']}")
            found += [leg["sip_call_id"] for leg in detail["legs"] if leg["role"] == "customer"]
        return found

    found = []

    def all_there():
        found[:] = recorded()
        return wanted <= set(found)

    t.until(all_there, 30, lambda: f"{len(wanted - set(found))} of {len(wanted)} answered calls have no record", 0.5)
    t.equal(len(found), len(set(found)), "records of the same call")
    t.equal(t.server.live()["interactions"], [], "interactions that seem to go on")


def check_recording(t, call, talked):
    """It plays to within a moment of the kill."""
    record = t.server.record(call)
    t.equal((record["outcome"], record["ended_by"]), ("answered", "system"), "record of the talk")
    path = t.server.audio(record["recordings"][0], t.folder / "recording.wav")
    channels, rate = audio.read_wav(path)
    heard = len(channels[0]) / rate
    t.note(f"{heard:.1f} s of recording for {talked:.1f} s of talk under load")
    t.check(heard >= talked - LOST_S, f"{heard:.1f} s of recording for more than {talked:.1f} s of talk")
    for samples, own in ((channels[0], CALLER_HZ), (channels[1], AGENT_HZ)):
        last = int((talked - LOST_S) * rate)
        t.check(audio.tone_share(samples[last - rate // 2 : last], own, rate) > 0.8, f"{own} Hz is missing near the end")


test_killed_under_load.alone = True


def test_told_to_end(t):
    """SIGTERM: calls that stand go on, new ones are refused, and it ends when the last is over."""
    call = t.caller().call("95003").wait_up()
    t.server.process.terminate()
    refused = []

    def closed():
        late = t.caller("13800000002").call("95003")
        late.wait_end() if late.state != "up" else late.bye()
        refused.append(late.statuses[-1])
        return refused[-1] == 503

    t.until(lambda: "draining" in t.server.log.read_text(), 5, "the word that it drains")
    t.until(closed, 5, lambda: f"503 for new calls: {refused}")
    call.rtp.tone(700)
    call.rtp.wait_tone(700)
    call.bye().wait()
    t.until(lambda: t.server.process.poll() is not None, 15, "the server's end")
    t.equal(t.server.process.returncode, 0, "exit code")


def test_torn_journal(t):
    """The journal's torn tail costs the tail alone."""
    call = t.caller().call("95003").wait_up()
    call.bye().wait()
    t.server.record(call)
    t.server.kill()
    files = sorted((t.folder / "data/journal").rglob("*"), key=lambda p: p.stat().st_mtime)
    tail = [f for f in files if f.is_file() and f.stat().st_size][-1]
    with open(tail, "ab") as f:
        f.write(b"\x17\x00\x00\x00torn away in the middle of")
    t.server.start()
    t.server.record(call)
    after = t.caller().call("95003").wait_up()
    after.bye().wait()
    t.server.record(after)
