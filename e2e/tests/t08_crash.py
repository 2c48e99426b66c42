"""The server is killed under load, and comes back."""

import random
import re
import signal
import time
from datetime import datetime

from lib import audio
from lib.server import free_port
from tests.t01_main_job import AGENT_HZ, CALLER_HZ, talk

RATE = 200
"""New calls a second."""
KILLS = 5
LOST_S = 1.02
"""A chunk of a track has 0.8 s, and is on its way to the disk at once; a frame is in the works besides."""
SPOKEN = 100
"""Frames of 20 ms that a talk hears before a kill."""
REPEATS_S = 32
"""For so long a caller may repeat its INVITE: only then has a call that was cut off before its ACK a record."""
START_S = 6
"""What a start after a crash may take of a processor, here where the program is not optimised; what the machine does
besides is no fault of its. A release build takes a third of it; `bench/run --restart` judges that one."""


def noted(path, word):
    """What sipp has written down with this word: numbers of callers, Call-IDs at the agents."""
    if not path.exists():
        return set()
    lines = path.read_text(errors="replace").splitlines()
    return {line.split()[1] for line in lines if line.startswith(word + " ") and len(line.split()) == 2}


def waiting(path):
    """Calls that stand and were not told that they are over."""
    return noted(path, "answered") - noted(path, "goodbye") - crossed(path.parent)


def crossed(folder):
    """Callers whom the goodbye reached just as they were about to say theirs: sipp answers it, and notes no more."""
    errors = "".join(p.read_text(errors="replace") for p in folder.glob("passing-caller_*_errors.log"))
    return {f"8{number}" for number in re.findall(r"unexpected BYE for call: (\d+)-", errors)}


def test_killed_under_load(t):
    """Calls go on coming through five kills: each that saw its answer has one record, all far sides get a goodbye."""
    luck = random.Random()
    agent_port, agents, callers = free_port(), t.folder / "agents.txt", t.folder / "callers.txt"
    t.start("--set", f"demo.bridge_target=sip:agent@127.0.0.1:{agent_port}")
    t.sipp("held-agent.xml", "-p", agent_port, "-trace_logs", "-log_file", agents)
    agent = t.agent(1001)
    load = t.sipp("passing-caller.xml", "127.0.0.1:%d" % t.server.sip[1], "-p", free_port(), "-s", "95004", "-r", RATE,
                  "-m", 100_000, "-l", 100_000, "-trace_logs", "-log_file", callers)
    talks = []
    for number in range(KILLS):
        call = admitted(t, f"1380000{number:04}")
        offered = agent.take_call(timeout=15)
        talk(t, call, offered)
        # Of a talk that had not yet lasted as long as a kill may cost, nothing need be there.
        spoken = len(call.rtp.heard) + SPOKEN
        t.until(lambda: len(call.rtp.heard) >= spoken, 30, "some seconds of talk")
        enough = len(noted(callers, "answered")) + luck.randrange(RATE // 2, 4 * RATE)
        t.until(lambda: len(noted(callers, "answered")) >= enough, 30, "calls before the kill")
        killed = time.time()
        t.server.kill()
        talks.append((call, killed))
        took = t.server.start()
        own = t.server.cpu_s()
        standing = len(waiting(callers))
        t.note(f"ready {took:.2f} s after kill {number + 1} ({own:.2f} s of a processor), {standing} calls stood")
        t.check(own <= START_S, f"the start took {own:.1f} s of a processor")
        call.wait_end(20)
        offered.wait_end(20)
        t.check(call.ended_by_peer and offered.ended_by_peer, "both sides of the talk get a goodbye")
    load.send_signal(signal.SIGUSR1)  # the calls that stand come to their end
    t.until(lambda: not waiting(agents), 40, lambda: f"{len(waiting(agents))} agents wait")
    t.until(lambda: not waiting(callers), 40, lambda: f"{len(waiting(callers))} callers wait")
    wanted = noted(callers, "answered") | {call.phone.user for call, _ in talks}
    check_records(t, wanted, [killed for _, killed in talks])
    for call, killed in talks:
        check_recording(t, call, killed)
    again = t.caller("13800000002").call("1001")
    agent.wait_call().answer(AGENT_HZ)
    again.wait_up().rtp.wait_tone(AGENT_HZ)
    again.bye().wait()


def admitted(t, number):
    """A call into the queue; a server that is just getting up may ask callers to come again."""
    calls = []

    def up():
        calls.append(t.caller(number).call("95001"))
        t.until(lambda: calls[-1].state in ("up", "ended"), 10, lambda: f"an answer to {calls[-1]}")
        t.check(calls[-1].state == "up" or calls[-1].final.status == 503, lambda: f"{calls[-1].statuses}")
        return calls[-1].state == "up"

    t.until(up, 20, "a call that is let in", 0.2)
    return calls[-1]


def moment(item, what):
    return datetime.fromisoformat(item[what]).timestamp()


def check_records(t, wanted, kills):
    """Each caller, who has a number and a Call-ID of its own, has exactly one record; the list has no end left open."""
    items = []

    def all_there():
        items[:] = t.server.interactions()
        return wanted <= {item["from"] for item in items}

    t.until(all_there, REPEATS_S + 30, lambda: f"{len(wanted - {i['from'] for i in items})} of {len(wanted)} have no record", 0.5)
    t.server.wait_idle()
    t.note(f"{len(wanted)} answered calls, {len(items)} records")
    records = {number: [] for number in wanted}
    for item in reversed(items):  # oldest first
        records.get(item["from"], []).append(item)
    t.check(all(of[-1].get("answered_at") for of in records.values()), "an answered call has a record without its answer")
    begun = [(moment(of[-1], "started_at"), moment(of[-1], "answered_at")) for of in records.values()]
    again = sum(start < killed < answered for start, answered in begun for killed in kills)
    t.note(f"{again} were cut off before their answer had left, and went on when they repeated themselves")
    twice = [of for of in records.values() if len(of) > 1]
    t.check(not twice, lambda: f"{len(twice)} calls have more than one record: {twice[:3]}")
    t.equal(len({i["id"] for i in items}), len(items), "interactions in the list")
    starts = [i["started_at"] for i in items]
    t.equal(starts, sorted(starts, reverse=True), "the list's order")
    for item in items:
        t.check(item["started_at"] <= item["ended_at"], f"times of {item}")


def check_recording(t, call, killed):
    """It plays from its start, by the record, to within a second of the kill; so do both sides."""
    record = t.server.record(call)
    t.equal((record["outcome"], record["ended_by"]), ("answered", "system"), "record of the talk")
    recording = record["recordings"][0]
    path = t.server.audio(recording, t.folder / "recording.wav")
    channels, rate = audio.read_wav(path)
    heard = len(channels[0]) / rate
    talked = killed - datetime.fromisoformat(recording["started_at"]).timestamp()
    t.note(f"{heard:.2f} s of recording for {talked:.2f} s of talk under load: {talked - heard:.2f} s lost")
    t.check(heard >= talked - LOST_S, f"{talked - heard:.2f} s of {talked:.2f} s of talk are lost")
    last = max(int((talked - LOST_S) * rate), rate)
    for samples, own in ((channels[0], CALLER_HZ), (channels[1], AGENT_HZ)):
        t.check(audio.tone_share(samples[last - rate // 2 : last], own, rate) > 0.8, f"{own} Hz is missing near the end")


test_killed_under_load.alone = True
test_killed_under_load.limit_s = 300


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
