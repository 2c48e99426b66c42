"""The archive of recordings: what was recorded is heard from it, through a crash, and damage to it is told."""

import json
import sqlite3
import subprocess
from contextlib import closing

from lib.server import BINARY
from tests.t01_main_job import AGENT_HZ, CALLER_HZ
from tests.t40_archive import recorded, seconds_of, tracks

SOON = ("--set", "archive.after_s=2")


def objects(t):
    """The files of the archive that are whole."""
    return sorted((t.folder / "data/archive").glob("*/*/*/*.opus"))


def archive(t, *args):
    """`lingtong archive` beside the server: its exit status, and the lines of JSON that it prints."""
    command = [BINARY, "archive", *args, "--data", t.folder / "data"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def wait_archived(t, number):
    """Waits until so many recordings are in the archive and no track is left."""
    t.until(lambda: len(objects(t)) == number and not tracks(t), 60, f"{number} recordings in the archive")


def sounds(t, recording):
    """Checks that both sides of a call are heard, each on its channel and on no other."""
    path = t.server.audio(recording, t.folder / "heard.wav")
    for channel, tone, other in ((0, CALLER_HZ, AGENT_HZ), (1, AGENT_HZ, CALLER_HZ)):
        t.check(seconds_of(path, channel, tone) >= 1.5, f"{tone} Hz is missing on channel {channel}")
        t.equal(seconds_of(path, channel, other), 0, f"seconds of {other} Hz on channel {channel}")
    return path.read_bytes()


def test_a_call_is_heard_from_the_archive(t):
    """Tracks go once the archive has the call; length, ranges and waveform are as they were, and damage is told."""
    t.start(*SOON)
    recording, before = recorded(t, "13800000001")
    route = f"/api/v1/recordings/{recording['id']}"
    wait_archived(t, 1)
    after = sounds(t, recording)
    t.equal(len(after), len(before), "bytes of the sound")
    middle = len(after) // 2
    status, _, part = t.server.fetch(f"{route}/audio", headers={"Range": f"bytes={middle}-{middle + 999}"})
    t.equal((status, part), (206, after[middle : middle + 1000]), "a range of it")
    peaks = t.server.get(f"{route}/peaks?buckets=50")
    t.check(all(max(channel) > 0.1 for channel in peaks["channels"]), f"the waveform is flat: {peaks}")
    body = objects(t)[0].read_bytes()
    t.check(b"OggS" not in body and b"Opus" not in body, "the archive lies there in the clear")

    status, [figures] = archive(t, "status")
    t.equal((status, figures["recordings"], figures["waiting"], figures["failures"]), (0, 1, 0, []), "the status")
    t.equal(figures["bytes"], len(body), "bytes in the archive")
    t.equal(archive(t, "verify"), (0, [{"read": 1, "deleted": 0, "proof": "", "bad": 0}]), "what is whole")
    changed = bytearray(body)
    changed[len(body) // 2] ^= 1
    objects(t)[0].write_bytes(changed)
    status, [bad, summary] = archive(t, "verify")
    t.equal((status, bad["recording"], bad["is"]), (1, recording["id"], "damaged"), "what is damaged")
    t.equal((summary["read"], summary["bad"]), (1, 1), "the summary")
    objects(t)[0].unlink()
    status, [bad, _] = archive(t, "verify")
    t.equal((status, bad["is"]), (1, "missing"), "what is missing")


def test_killed_while_it_archives(t):
    """Whatever the moment at which the server is killed, each call is heard afterwards and nothing is left over."""
    recordings = [recorded(t, f"1380000000{n}")[0] for n in (1, 2, 3)]
    incoming = t.folder / "data/archive/.incoming"
    t.equal(len(tracks(t)), 6, "tracks before anything is archived")
    t.server.stop()
    t.server.args.extend(SOON)
    t.server.start()
    t.until(lambda: any(incoming.iterdir()) or objects(t), 30, "a file that is being written")
    t.server.kill()
    # A server that was killed between writing an object and deleting the tracks has both.
    t.server.start()
    wait_archived(t, 3)
    for recording in recordings:
        sounds(t, recording)
    t.equal([path.name for path in (t.folder / "data/recordings").iterdir()], [], "what is left of the tracks")
    t.equal(list(incoming.iterdir()), [], "what is half written")
    status, [summary] = archive(t, "verify")
    t.equal((status, summary["read"], summary["bad"]), (0, 3, 0), "what is whole")


def test_what_can_not_be_archived_stays(t):
    """Where the archive takes nothing, the tracks stay and are heard, and the status says why."""
    t.start(*SOON)
    folder = t.folder / "data/archive"
    incoming = folder / ".incoming"
    incoming.rmdir()
    incoming.write_text("in the way")
    recording, before = recorded(t, "13800000001")
    failures = t.until(lambda: archive(t, "status")[1][0]["failures"], 30, "a failure in the status")
    t.equal([failure["recording"] for failure in failures], [recording["id"]], "what failed")
    t.check(failures[0]["next_try"] and failures[0]["reason"], f"the failure says too little: {failures}")
    t.equal(len(tracks(t)), 2, "tracks that are left")
    t.equal(sounds(t, recording), before, "what is heard")


def database(t, statement, rows):
    """Changes so many rows in the database of a server that does not run."""
    with closing(sqlite3.connect(t.folder / "data/lingtong.db", timeout=10)) as db, db:
        t.equal(db.execute(statement).rowcount, rows, f"rows changed by {statement}")


def test_deleted_when_due_and_held_as_long_as_said(t):
    """What is due goes with a tombstone, what is held stays until it is released, and the chain of proofs tells of changes."""
    t.start(*SOON)
    (old, _), (held, _), (new, _) = [recorded(t, f"1380000000{n}") for n in (1, 2, 3)]
    wait_archived(t, 3)
    records = [t.server.get(f"/api/v1/interactions/{item['id']}") for item in t.server.interactions()]
    of = {recording["id"]: record["id"] for record in records for recording in record["recordings"]}
    t.server.stop()
    # As if the first two had been made sixteen years ago.
    first = "(SELECT id FROM archived ORDER BY started_at LIMIT 2)"
    database(t, f"UPDATE archived SET started_at = started_at - 16 * 365 * 86400000 WHERE id IN {first}", 2)
    t.equal(archive(t, "expire"), (0, [{"deleted": 0, "held": 0}]), "without a rule nothing is due")
    t.equal(archive(t, "keep", "--queue", "none", "--days", "9")[0], 1, "a rule for a queue that does not exist")
    t.equal(archive(t, "keep", "--regulated"), (0, [{"scope": "default", "queue": None, "keep_days": 5479}]), "the rule")
    case = ("--matter", "case 7", "--interaction", of[held["id"]], "--by", "Li", "--reason", "court")
    status, [hold] = archive(t, "hold", *case)
    t.equal((status, hold["held_by"], hold["released_at"]), (0, "Li", None), "the hold")

    t.server.start()
    t.until(lambda: len(objects(t)) == 2, 30, "what is due to be deleted at the start")
    status, _, _ = t.server.fetch(f"/api/v1/recordings/{old['id']}/audio")
    t.equal(status, 404, "what was deleted")
    for recording in (held, new):
        sounds(t, recording)
    t.server.stop()
    status, [stone] = archive(t, "tombstones")
    t.equal((stone["recording"], stone["rule"]), (old["id"], "default 5479 days"), "the tombstone")
    t.equal(archive(t, "expire"), (0, [{"deleted": 0, "held": 1}]), "what is held")
    t.equal(archive(t, "release", "--matter", "case 8", "--by", "Li")[0], 1, "a case that holds nothing")
    t.equal(archive(t, "release", "--matter", "case 7", "--by", "Wu")[1][0]["released_by"], "Wu", "the release")
    t.equal(archive(t, "expire"), (0, [{"deleted": 1, "held": 0}]), "what was held")
    status, [summary] = archive(t, "verify")
    t.equal((status, summary["read"], summary["deleted"], summary["bad"]), (0, 1, 2, 0), "what is left")

    database(t, "UPDATE tombstone SET deleted_at = deleted_at - 1 WHERE number = 1", 1)
    status, [broken, _] = archive(t, "verify")
    t.equal((status, broken["tombstone"], broken["is"]), (1, 1, "changed"), "a tombstone that was changed")
