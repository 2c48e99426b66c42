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
