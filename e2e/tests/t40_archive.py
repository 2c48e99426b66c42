"""Recordings at rest: sealed under keys that change, through a crash, and never readable without them."""

import json
import secrets
import subprocess

from lib import audio
from lib.server import BINARY
from lib.settings import run
from tests.t01_main_job import AGENT_HZ, CALLER_HZ, talk

CHUNK = b"LTRK"
"""What each chunk of a track begins with where it lies in the clear."""


def recorded(t, number):
    """A call of two seconds of talk; its record, and what is heard of it."""
    agent = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    call = t.caller(number).call("95001").wait_up()
    offered = agent.take_call()
    talk(t, call, offered)
    enough = len(call.rtp.heard) + 100
    t.until(lambda: len(call.rtp.heard) > enough, 10, "two seconds of talk")
    call.bye().wait()
    offered.wait_end()
    agent.register(0)
    record = t.server.record(call)
    return record["recordings"][0], heard(t, record["recordings"][0])


def heard(t, recording):
    """The sound of a recording."""
    return t.server.audio(recording, t.folder / "heard.wav").read_bytes()


def seconds_of(path, channel, tone):
    """How many seconds of a tone there are on a channel."""
    channels, rate = audio.read_wav(path)
    step = rate // 10
    pieces = [channels[channel][n : n + step] for n in range(0, len(channels[channel]) - step, step)]
    return sum(audio.tone_share(piece, tone, rate) > 0.8 for piece in pieces) / 10


def tracks(t):
    """The files of all recordings."""
    return sorted((t.folder / "data/recordings").rglob("*.trk"))


def test_sealed_while_keys_change(t):
    """No chunk lies in the clear; a new data key and a new master key leave every recording as it is."""
    first, second = t.folder / "first.key", t.folder / "second.key"
    first.write_text(secrets.token_hex(32))
    t.start("--master-key-file", first)
    one, sound = recorded(t, "13800000001")
    t.check(seconds_of(t.folder / "heard.wav", 0, CALLER_HZ) >= 1.5, "the caller's tone is missing")
    t.check(seconds_of(t.folder / "heard.wav", 1, AGENT_HZ) >= 1.5, "the agent's tone is missing")
    t.equal(len(tracks(t)), 2, "tracks")
    kept = {path: path.read_bytes() for path in tracks(t)}
    t.check(not any(CHUNK in body for body in kept.values()), "a chunk lies there in the clear")
    middle = len(sound) // 2
    headers = {"Range": f"bytes={middle}-{middle + 99}"}
    status, _, part = t.server.fetch(f"/api/v1/recordings/{one['id']}/audio", headers=headers)
    t.equal((status, part), (206, sound[middle : middle + 100]), "a range of it")

    t.server.stop()
    data = t.folder / "data"
    run("keys", "renew", "--data", data, "--master-key-file", first)
    keys = [json.loads(line) for line in run("keys", "list", "--data", data).splitlines()]
    t.equal(len({key["key"] for key in keys}), 2, f"data keys: {keys}")
    t.server.start()
    two, other = recorded(t, "13800000002")
    t.equal(heard(t, one), sound, "a recording from before the new data key")

    t.server.stop()
    run("keys", "wrap", "--data", data, "--from", first, "--to", second)
    t.equal(second.stat().st_mode & 0o777, 0o600, "who may read the key that was made")
    command = [BINARY, "serve", "--demo", "--data", data, "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"]
    refused = subprocess.run([*command, "--master-key-file", first], capture_output=True, text=True, timeout=20)
    t.check(refused.returncode != 0 and "master key" in refused.stderr, f"the old master: {refused.stderr[-500:]}")
    t.server.args[-1] = second
    t.server.start()
    t.equal((heard(t, one), heard(t, two)), (sound, other), "recordings under the new master")
    t.equal({path: path.read_bytes() for path in kept}, kept, "files that nobody has written to")


def test_killed_in_the_middle(t):
    """A server that is killed has all but the last second, sealed as the rest is."""
    agent = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    call = t.caller("13800000003").call("95001").wait_up()
    offered = agent.take_call()
    talk(t, call, offered)
    enough = len(call.rtp.heard) + 200
    t.until(lambda: len(call.rtp.heard) > enough, 15, "four seconds of talk")
    t.server.kill()
    t.server.start()
    record = t.until(lambda: next(iter(t.server.interactions("13800000003")), None), 10, "the record of the call")
    detail = t.server.get(f"/api/v1/interactions/{record['id']}")
    path = t.server.audio(detail["recordings"][0], t.folder / "heard.wav")
    for channel, tone in ((0, CALLER_HZ), (1, AGENT_HZ)):
        told = seconds_of(path, channel, tone)
        t.check(told >= 2.5, f"{told} s of {tone} Hz are left of four")
    t.check(not any(CHUNK in track.read_bytes() for track in tracks(t)), "a chunk lies there in the clear")
