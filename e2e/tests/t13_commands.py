"""What the other commands print, and how signals end the server."""

import json
import signal
import subprocess

from lib.server import BINARY
from lib.wait import until

HEAD = (
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=1\r\n"
    "To: <sip:b@example.com>%s\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n%sContent-Length: 0\r\n\r\n"
)
ENDS_WITHIN_S = 30
"""Far below the five minutes that calls may take to end of themselves."""


def printed(t, *args):
    """The one JSON line that a command prints."""
    done = subprocess.run(list(map(str, [BINARY, *args])), capture_output=True, text=True, timeout=60, cwd=t.folder)
    t.equal((done.returncode, done.stdout.count("\n")), (0, 1), f"exit code and lines of {args}: {done.stderr}")
    return json.loads(done.stdout)


def test_sip_parse(t):
    """Each kind of datagram has the keys that it should have, and no others."""
    file = t.folder / "datagram"

    def parsed(raw):
        file.write_bytes(raw)
        return printed(t, "sip", "parse", file)

    def request(fields=""):
        return ("OPTIONS sip:b@example.com SIP/2.0\r\n" + HEAD % ("", fields)).encode()

    kind = {"kind": "request", "method": "OPTIONS"}
    t.equal(parsed(request()), {"ok": True, **kind, "answer": 200}, "a request")
    refused = parsed(request("Require: levitation\r\n"))
    t.check(refused.pop("error"), "a refusal without a reason")
    t.equal(refused, {"ok": True, **kind, "answer": 420}, "a request that asks for too much")
    broken = parsed(request().replace(b"1 OPTIONS", b"1 INVITE"))
    t.check(broken.pop("error"), "a broken request without a reason")
    t.equal(broken, {"ok": False, **kind, "answer": 400}, "a broken request")
    response = ("SIP/2.0 486 Busy Here\r\n" + HEAD % (";tag=2", "")).encode()
    t.equal(parsed(response), {"ok": True, "kind": "response", "status": 486}, "a response")
    garbage = parsed(b"\x00\xff no SIP at all")
    t.check(garbage.pop("error"), "garbage without a reason")
    t.equal(garbage, {"ok": False}, "garbage, which gets no answer")


def test_simulate(t):
    """A small day breaks no invariant, is the same for the same seed, and follows its file."""
    def day(seed, *more):
        return printed(t, "simulate", "--calls", 300, "--agents", 8, "--seed", seed, *more)

    one = day(5)
    t.equal((one["broken_invariants"], one["calls"], one["seed"]), ([], 300, 5), "invariants, calls, seed")
    t.check(0 < one["answered"] <= 300, f"answered: {one['answered']}")
    t.equal(day(5), one, "the same seed again")
    t.check(day(6) != {**one, "seed": 6}, "another seed is the same day")
    file = t.folder / "day.json"
    file.write_text(json.dumps({"version": 1, "opens": "09:00", "interval_min": 30, "arrivals": [1, 3]}))
    rush = day(5, "--day", file)
    t.equal((rush["broken_invariants"], rush["calls"]), ([], 300), "invariants and calls of a rush")
    t.check(rush["occupancy"] > one["occupancy"], "all calls within an hour keep agents no busier than over a day")
    file.write_text('{"version": 1, "arivals": [1]}')
    failed = subprocess.run([BINARY, "simulate", "--day", str(file)], capture_output=True, text=True, timeout=60)
    t.equal(failed.returncode, 1, "exit code for a day that can't be read")
    t.check("day.json" in failed.stderr and "arivals" in failed.stderr, f"it names neither file nor key: {failed.stderr}")


def test_plan(t):
    """Each model prints the keys that it should; figures that can't be are refused by the name of their flag."""
    staffed = printed(t, "plan", "erlang-c", "--calls", 100, "--interval-min", 30, "--aht-s", 180, "--target-s", 20,
                      "--service-level", 0.8, "--max-occupancy", 0.85, "--shrinkage", 0.3)
    keys = ["agents", "agents_scheduled", "asa_s", "occupancy", "service_level", "wait_probability"]
    t.equal(sorted(staffed), keys, "keys of Erlang C")
    t.equal((staffed["agents"], staffed["agents_scheduled"]), (14, 20), "agents, and those on the roster")
    blocking = printed(t, "plan", "erlang-b", "--erlangs", 10, "--lines", 10)
    t.check(abs(blocking["blocking"] - 0.2145823431) < 1e-9, f"Erlang B: {blocking}")
    given = printed(t, "plan", "erlang-a", "--calls", 100, "--aht-s", 180, "--patience-s", 60, "--agents", 11)
    t.check(0 < given["abandon_probability"] < given["wait_probability"] < 1, f"Erlang A: {given}")
    site = printed(t, "plan", "site", "--calls", 20000, "--seats", 200)
    t.check(site["of_seats"]["calls"] >= 20000, f"200 seats take {site['of_seats']} calls a day")
    day = t.folder / "rush.json"
    day.write_text(json.dumps({"version": 1, "opens": "09:00", "interval_min": 30, "arrivals": [1, 3]}))
    rush = printed(t, "plan", "site", "--day", day)
    t.equal([one["from"] for one in rush["intervals"]], ["09:00", "09:30"], "the day's intervals")
    for flag, args in {
        "--aht-s": ["erlang-c", "--calls", "1", "--aht-s", "-3"],
        "--lines": ["erlang-b", "--erlangs", "1", "--lines", "2.5"],
        "--agents": ["erlang-a", "--calls", "1", "--aht-s", "9", "--patience-s", "9", "--agents", "0"],
        "--calls": ["site", "--calls", "nan"],
        "--peak-share": ["site", "--peak-share", "0.01"],
        "--codec": ["site", "--codec", "mp3"],
    }.items():
        refused = subprocess.run([BINARY, "plan", *args], capture_output=True, text=True, timeout=60)
        t.check(refused.returncode != 0 and flag in refused.stderr, f"{args} gave {refused.returncode}: {refused.stderr}")


def test_interrupted_twice(t):
    """The first SIGINT lets the call go on and takes no other; the second ends it, in order."""
    server = t.start()
    call = t.caller().call("95003").wait_up()
    server.process.send_signal(signal.SIGINT)
    until(lambda: "interrupt again" in server.log.read_text(), 10, "the line that says how to end now")
    late = t.caller("13800000002").call("95003").wait_end()
    t.equal(late.statuses[-1], 503, "a call to a server that is ending")
    call.rtp.tone(700)
    call.rtp.wait_tone(700)
    server.process.send_signal(signal.SIGINT)
    call.wait_end()
    t.equal(server.process.wait(ENDS_WITHIN_S), 0, "exit code")
