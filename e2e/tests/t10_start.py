"""Starts that cannot succeed say what to do; nothing is lost by them. What starts leave behind is no way in."""

import json
import os
import re
import socket
import subprocess

from lib.server import BINARY, free_port


def refuse(t, *args, needs=()):
    """Runs a start that has to fail, and looks at what it says."""
    ports = ["--sip", f"127.0.0.1:{free_port()}", "--http", f"127.0.0.1:{free_port()}"]
    given = " ".join(map(str, args))
    command = [BINARY, "serve", "--demo", *([] if "--data" in given else ["--data", t.folder / "data"])]
    command += [p for pair in zip(ports[::2], ports[1::2]) if pair[0] not in given for p in pair]
    try:
        done = subprocess.run(list(map(str, [*command, *args])), capture_output=True, text=True, timeout=30,
                              stdin=subprocess.DEVNULL, cwd=t.folder)
    except subprocess.TimeoutExpired:
        t.check(False, f"it started with {given}")
    t.check(done.returncode not in (0, 101, -6), f"exit code {done.returncode} for {given}: {done.stderr}")
    t.check("lingtong ready" not in done.stdout, f"it said that it was ready: {done.stdout}")
    last = done.stderr.strip()
    t.check("panicked" not in last, f"it panicked: {last}")
    for word in needs:
        t.check(word.lower() in last.lower(), f"{word!r} is not in what it says for {given}: {last}")
    return last


def test_taken_ports(t):
    """A port in use, for HTTP, SIP over UDP and SIP over TCP."""
    for kind, flag in ((socket.SOCK_STREAM, "--http"), (socket.SOCK_DGRAM, "--sip"), (socket.SOCK_STREAM, "--sip")):
        with socket.socket(socket.AF_INET, kind) as taken:
            taken.bind(("127.0.0.1", 0))
            if kind == socket.SOCK_STREAM:
                taken.listen()
            port = taken.getsockname()[1]
            refuse(t, flag, f"127.0.0.1:{port}", needs=[str(port)])


def test_same_folder_twice(t):
    """A second server on the same data."""
    t.start()
    refuse(t, needs=["data"])
    t.caller().call("95003").wait_up().bye().wait()


def test_unwritable_folder(t):
    """A folder that cannot be used."""
    (t.folder / "file").write_text("")
    refuse(t, "--data", t.folder / "file", needs=["file", "--data"])
    refuse(t, "--data", "/proc/lingtong", needs=["/proc/lingtong", "--data"])
    if os.geteuid() != 0:
        (t.folder / "locked").mkdir(mode=0o500)
        refuse(t, "--data", t.folder / "locked/data", needs=["locked", "--data"])


def test_bad_settings(t):
    """Keys and values that there are not."""
    file = t.folder / "lingtong.yaml"
    file.write_text("sip_port: 5060\n")
    refuse(t, "--config", file, needs=["lingtong.yaml", "sip_port"])
    file.write_text("sip: [\n")
    refuse(t, "--config", file, needs=["lingtong.yaml"])
    refuse(t, "--config", t.folder / "missing.yaml", needs=["missing.yaml", "--config"])
    refuse(t, "--set", "no-equals-sign", needs=["no-equals-sign"])
    refuse(t, "--set", "demo.bridge_traget=sip:x@127.0.0.1", needs=["demo.bridge_traget"])
    refuse(t, "--set", "demo.bridge_target=not an address", needs=["demo.bridge_target"])
    refuse(t, "--rtp", "50000-40000", needs=["rtp"])
    refuse(t, "--rtp", "ten-twenty", needs=["rtp"])
    refuse(t, "--sip", "here", needs=["--sip", "such as 127.0.0.1:8080"])
    refuse(t, "--https", f"127.0.0.1:{free_port()}", "--tls-cert", "a.pem", needs=["tls_key"])


def test_damaged_files(t):
    """What lies in the data folder and can't be used is named, and left as it is."""
    for name, needs in (("lingtong.db", ["lingtong.db", "backup"]), ("secret", ["secret", "remove"]), ("journal", ["journal"])):
        data = t.folder / f"data-{name}"
        data.mkdir()
        (data / name).write_text("neither a database nor a key")
        refuse(t, "--data", data, needs=needs)
        t.equal((data / name).read_text(), "neither a database nor a key", f"what {name} holds afterwards")


def test_exit_codes(t):
    """A command line that can't be read ends with 2, everything else with 1; help and version with 0."""
    def code(*args):
        return subprocess.run([BINARY, *args], capture_output=True, timeout=30, cwd=t.folder).returncode

    t.equal([code("--help"), code("--version"), code("serve", "--help")], [0, 0, 0], "help")
    t.equal([code(), code("frobnicate"), code("serve", "--frob")], [2, 2, 2], "a line that can't be read")
    t.equal([code("sip", "parse", "missing"), code("journal", "inspect", "--data", "missing")], [1, 1], "failures")
    version = subprocess.run([BINARY, "--version"], capture_output=True, text=True, timeout=30).stdout
    t.check(re.fullmatch(r"lingtong \d+\.\d+\.\d+ \(\S+\)\n", version), f"the version: {version}")


def test_demo_passwords_end_with_the_demo(t):
    """Without --demo, what a demo has left in the folder lets nobody in: known names fail as unknown ones do."""
    t.start()
    token = t.server.token("admin")
    t.agent(1001).register(0)
    t.server.stop()
    server = t.start(demo=False)
    t.check("start with --demo" in server.log.read_text(), "the log does not say how to go on")

    def login(tenant, name, password):
        body = {"username": name, "password": password, **({"tenant": tenant} if tenant else {})}
        status, headers, body = server.fetch("/api/v1/login", None, "POST", body)
        return status, "Set-Cookie" in headers, json.loads(body)["error"]["code"]

    unknown = login("nobody", "nobody", "wrong")
    for tenant in ("demo", None):
        for name in ("admin", "1001"):
            t.equal(login(tenant, name, f"demo-{name}"), unknown, f"login of {name} at {tenant}")
    status, _, _ = server.fetch("/api/v1/me", None, headers={"Authorization": f"Bearer {token}"})
    t.equal(status, 401, "a token from the demo's time")
    stranger, known = t.phone("4711", "demo-4711"), t.phone(1001, "demo-1001")
    t.equal(known.try_register().status, stranger.try_register().status, "REGISTER of a known and an unknown name")
    t.check(known.try_register().status >= 400, "a telephone of the demo got in")
    for number in ("95000", "1001"):
        call = t.caller().call(number).wait_end()
        t.check(call.statuses[-1] >= 400, f"a call to the demo's {number}: {call.statuses}")
    server.stop()
    t.start()
    t.agent(1001)
    t.caller().call("95003").wait_up().bye().wait()
