"""A data folder in one file: taken while calls stand, refused where it would do harm, put elsewhere, served from there."""

import shutil
import subprocess
import tarfile
from pathlib import Path

from lib.server import ROOT, Server
from lib.settings import run
from tests.t01_main_job import AGENT_HZ, CALLER_HZ, talk

EARLIER = ROOT / "e2e/fixtures/data-m0007.tar.gz"
"""A data folder as the program left it before its eighth migration: a company, a user, an agent, a recorded call."""


def recorded_call(t):
    """A call that has ended, its record and what is heard of it."""
    agent = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    call = t.caller("13800000007").call("95001").wait_up()
    offered = agent.take_call()
    talk(t, call, offered)
    enough = len(call.rtp.heard) + 100
    t.until(lambda: len(call.rtp.heard) > enough, 10, "two seconds of talk")
    call.bye().wait()
    offered.wait_end()
    agent.register(0)
    record = t.server.record(call)
    return record, t.server.audio(record["recordings"][0], t.folder / "before.wav").read_bytes()


def standing_call(t):
    """A call that goes on."""
    agent = t.agent(1002)
    t.server.wait_agent(1002, "ready")
    call = t.caller("13800000008").call("95001").wait_up()
    offered = agent.take_call()
    talk(t, call, offered)
    return call, offered


def restored(t, file, name):
    """A server on what a backup holds."""
    run("restore", file, "--data", t.folder / name / "data")
    server = Server(t.folder / name)
    t.at_end(server.stop)
    server.start()
    return server


def test_backup_while_calls_stand(t):
    """Records, recordings, settings and passwords are in it; the call that stood goes on, and ends in the copy."""
    record, audio = recorded_call(t)
    call, offered = standing_call(t)
    file = t.folder / "centre.backup"
    said = run("backup", file, "--data", t.folder / "data")
    t.check("files" in said, f"what it says: {said}")
    t.equal(file.stat().st_mode & 0o777, 0o600, "who may read it")
    heard = len(call.rtp.heard) + 50
    t.until(lambda: len(call.rtp.heard) > heard, 5, "the talk goes on")
    t.check(call.rtp.hears(AGENT_HZ) and offered.rtp.hears(CALLER_HZ), "the tones of the call that stood")
    call.bye().wait()
    offered.wait_end()
    t.server.record(call)
    t.server.kill()

    other = restored(t, file, "other")
    again = other.get(f"/api/v1/interactions/{record['id']}")
    t.equal((again["outcome"], again["started_at"]), (record["outcome"], record["started_at"]), "the record")
    t.equal(other.audio(again["recordings"][0], t.folder / "after.wav").read_bytes(), audio, "the recording")
    cut = t.until(lambda: [i for i in other.interactions("13800000008")], 10, "the record of the call that stood")
    t.equal(len(cut), 1, "records of the call that stood")
    t.equal((t.folder / "other/data").stat().st_mode & 0o777, 0o700, "who may look into the folder")


def test_harm_is_refused(t):
    """Neither a file nor a folder is written over; a backup that is damaged or cut off leaves nothing behind."""
    t.start()
    data, file, into = t.folder / "data", t.folder / "centre.backup", t.folder / "new"
    run("backup", file, "--data", data)
    before = file.read_bytes()
    t.check("exists already" in run("backup", file, "--data", data, code=1), "a file is written over")
    t.equal(file.read_bytes(), before, "the file that was there")
    t.check("no data folder" in run("backup", t.folder / "x", "--data", t.folder / "nothing", code=1), "no data folder")
    t.check("data folder itself" in run("backup", data / "x", "--data", data, code=1), "a backup in itself")
    t.check("not empty" in run("restore", file, "--data", data, code=1), "a folder is written over")

    at = before.index(b"SQLite format 3") + 5000
    for name, content, said in (
        ("flipped", before[:at] + bytes([before[at] ^ 1]) + before[at + 1:], "not as it was written"),
        ("cut", before[: len(before) // 2], "damaged"),
        ("short", before[: before.rindex(b"SHA256SUMS")], "damaged"),
        ("other", b"neither a tar nor a backup", "damaged"),
    ):
        bad = t.folder / name
        bad.write_bytes(content)
        error = run("restore", bad, "--data", into, code=1)
        t.check(said in error or "cut off" in error, f"{name}: {error}")
        t.check(not into.exists() and not Path(f"{into}.restoring").exists(), f"{name} left something behind")
    with tarfile.open(t.folder / "outside", "w") as tar:
        tar.add(file, "../outside-of-it")
    t.check("no backup" in run("restore", t.folder / "outside", "--data", into, code=1), "a path that leads out")
    leaves = sorted(p.name for p in t.folder.iterdir() if p.name.endswith(".part"))
    t.equal(leaves, [], "what is left of backups")


def test_other_tools_read_it(t):
    """Without this program a backup can be looked into and proved by tar and sha256sum; recordings can be left out."""
    recorded_call(t)
    file, folder = t.folder / "small.backup", t.folder / "by-hand"
    run("backup", file, "--no-recordings", "--data", t.folder / "data")
    folder.mkdir()
    subprocess.run(["tar", "xf", file, "-C", folder], check=True)
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=folder, check=True)
    names = {p.name for p in folder.iterdir()}
    t.check({"lingtong.db", "journal", "secret", "checkpoint.json"} <= names and "recordings" not in names, f"in it: {names}")


def test_data_of_an_earlier_version(t):
    """Its user signs in, its record and recording are there, its telephone registers and is called."""
    (t.folder / "data").mkdir()
    with tarfile.open(EARLIER) as tar:
        tar.extractall(t.folder / "data", filter="data")
    kept = t.folder / "earlier.backup"
    run("backup", kept, "--data", t.folder / "data")
    server = t.start(demo=False)
    server.sign_in("boss", "a long way to Kunming")
    (item,) = server.interactions("13812345678")
    record = server.get(f"/api/v1/interactions/{item['id']}")
    t.equal((record["outcome"], record["queue"]["name"], record["agent"]["number"]), ("answered", "sales", "1001"), "record")
    t.check(server.audio(record["recordings"][0], t.folder / "old.wav").stat().st_size > 8000, "its recording")
    phone = t.phone(1001, "opensesame-1001", realm="acme").register()
    server.wait_agent(1001, "ready")
    call = t.caller("13812345678").call("95001").wait_up()
    talk(t, call, phone.take_call())
    call.bye().wait()
    t.until(lambda: len(server.interactions("13812345678")) == 2, 10, "a second record beside the first")
    server.stop()
    shutil.rmtree(t.folder / "data")
    run("restore", kept, "--data", t.folder / "data")
    server.start()
    server.sign_in("boss", "a long way to Kunming")
    t.equal(len(server.interactions("13812345678")), 1, "records in the backup of the earlier version")
