"""Trouble of the machine reaches those who can mend it, and no caller."""

from lib.events import Stream
from tests.t01_main_job import AGENT_HZ, CALLER_HZ, talk

CALM_S = 60
"""An alarm is over some seconds after its last cause."""


def alarm(stream, raised):
    """The next word on recordings."""
    while True:
        _, event = stream.next()
        if event["type"] == "alarm" and event["alarm"]["code"] == "recording_failed":
            assert ("cleared_at" in event["alarm"]) != raised, f"not what was to come: {event}"
            return event["alarm"]


def test_recordings_cannot_be_written(t):
    """The call goes on, the alarm is told once, the record states the gap; then the disk is well and it is over."""
    agent, caller = t.agent(1001), t.caller("13812345678")
    t.server.wait_agent(1001, "ready")
    recordings, kept = t.folder / "data/recordings", t.folder / "data/kept"
    stream = Stream(t.server, t.server.live()["cursor"])
    call = caller.call("95001").wait_up()
    offered = agent.wait_call()
    # Where tracks should go there is a file: neither can one be opened, nor a folder made.
    recordings.rename(kept)
    recordings.write_bytes(b"")
    offered.answer()
    talk(t, call, offered)
    raised = alarm(stream, True)
    t.equal((raised["severity"], raised["id"]), ("critical", "recording_failed"), "alarm")
    for rtp, hz in ((call.rtp, AGENT_HZ), (offered.rtp, CALLER_HZ)):
        rtp.mark()
        rtp.wait_tone(hz)
    recordings.unlink()
    kept.rename(recordings)
    alarm(stream, False)  # and not raised a second time before
    t.check(call.state == offered.state == "up", "the call goes on")
    call.bye().wait()
    offered.wait_end()
    stream.cut()
    recording = t.server.record(call)["recordings"][0]
    t.note(f"gaps: {recording['gaps']}")
    t.check(any(gap["cause"] == "disk" and gap["to_ms"] - gap["from_ms"] >= 800 for gap in recording["gaps"]),
            f"the record states no gap: {recording}")
    t.server.audio(recording, t.folder / "recording.wav")


test_recordings_cannot_be_written.limit_s = 180


PART = 150
"""Bytes of the next event that the full disk still takes: it breaks off inside."""


def disk_alarm(stream, raised):
    """The next word on the journal that is of this kind: once the disk is well, what was told before comes once more."""
    while True:
        event = stream.told()
        if event["type"] == "alarm" and event["alarm"]["code"] == "journal_failed":
            if ("cleared_at" in event["alarm"]) != raised:
                return event["alarm"]


def ended(stream, ids):
    """How often the end of each interaction is told, until all are."""
    told = dict.fromkeys(ids, 0)
    while not all(told.values()):
        _, event = stream.next()
        if event["type"] == "interaction.ended" and event["interaction"]["id"] in told:
            told[event["interaction"]["id"]] += 1
    return told


def test_the_disk_is_full(t):
    """Calls go on and new ones come, the alarm is told; with room again all is written, and outlives the server."""
    agent, caller = t.agent(1001), t.caller("13812345678")
    t.server.wait_agent(1001, "ready")
    begin = t.server.live()["cursor"]
    stream = Stream(t.server, begin)
    call = caller.call("95001").wait_up()
    offered = agent.take_call()
    talk(t, call, offered)
    journal = max((t.folder / "data/journal").glob("*"), key=lambda path: path.stat().st_size)
    t.server.no_file_beyond(journal.stat().st_size + PART)
    # What happens in these calls is what can't be written.
    during = t.caller("13800000002").call("95003").wait_up(20)
    during.rtp.tone(700)
    during.rtp.wait_tone(700)
    raised = disk_alarm(stream, True)
    t.equal((raised["severity"], raised["id"]), ("critical", "journal_failed"), "alarm")
    for rtp, hz in ((call.rtp, AGENT_HZ), (offered.rtp, CALLER_HZ)):
        rtp.mark()
        rtp.wait_tone(hz)
    during.bye().wait()
    late = t.caller("13800000003").call("95001").wait_up(20)
    t.check(call.state == offered.state == "up", "the talk goes on")
    call.bye().wait()
    offered.wait_end()
    late_offered = agent.take_call(AGENT_HZ, 30)
    late.rtp.wait_tone(AGENT_HZ)
    t.server.no_file_beyond()
    disk_alarm(stream, False)
    late.bye().wait()
    late_offered.wait_end()
    calls = (call, during, late)
    records = [t.server.record(c, 20) for c in calls]
    t.equal([r["outcome"] for r in records], ["answered", "self_served", "answered"], "outcomes")
    t.check(all(r["answered_at"] and r["ended_at"] for r in records), f"records: {records}")
    stream.cut()
    ids = [r["id"] for r in records]
    t.equal(ended(Stream(t.server, begin), ids), dict.fromkeys(ids, 1), "ends in the journal")
    lost = [line for line in t.server.fetch("/metrics")[2].decode().splitlines() if "journal_lost_events_total" in line]
    t.check(lost[-1].endswith(" 0"), f"lost: {lost}")
    t.server.kill()
    t.server.start()
    t.equal([t.server.record(c)["outcome"] for c in calls], ["answered", "self_served", "answered"], "after a restart")


test_the_disk_is_full.limit_s = 180
