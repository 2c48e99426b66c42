"""A centre changed by files: on a server that runs, in force at once; refused as a whole; in a folder without a server."""

import json

from lib.settings import command, run
from tests.t01_main_job import talk

CENTRE = """
kind: agent
name: '3001'
spec: {display_name: 韩梅梅}
---
kind: device
name: '3001'
spec: {agent: '3001', secret: opensesame-3001}
---
kind: queue
name: evening
spec:
  title: {zh: 晚班, en: Evening}
  members: ['3001']
---
kind: number
name: '95777'
spec: {target: {queue: evening}}
"""
NAMES = ["agent 3001", "device 3001", "queue evening", "number 95777"]
SECRET = "opensesame-3001"


def write(t, name, text):
    """A file of the test's folder."""
    path = t.folder / name
    path.write_text(text)
    return path


def test_apply_on_a_running_server(t):
    """A new agent registers and is called over a new number, while a call that stood before goes on."""
    server, file = t.start(), write(t, "centre.yaml", CENTRE)
    phone = t.phone(3001, SECRET)
    t.check(phone.try_register().status >= 400, "a telephone that nobody has set up got in")
    standing = t.caller("13800000009").call("95003").wait_up()
    would = command(server, "apply", "--dry-run", "-f", file)
    t.check(phone.try_register().status >= 400, "a dry run let a telephone in")
    t.check(all(f"+ {name}" in would for name in NAMES), f"a dry run: {would}")
    t.equal(len(command(server, "diff", "-f", file, code=2).splitlines()), len(NAMES), "lines of diff")
    t.check(command(server, "apply", "-f", file).endswith("4 resources changed\n"), "what apply says")
    phone.register()
    server.wait_agent(3001, "ready")
    call = t.caller().call("95777").wait_up()
    offered = phone.take_call()
    talk(t, call, offered)
    call.bye().wait()
    offered.wait_end()
    t.equal(server.record(call)["queue"]["name"], "evening", "the record's queue")
    t.equal(standing.state, "up", "the call that stood before")
    standing.bye().wait()
    t.equal(command(server, "diff", "-f", file), "", "diff after apply")
    t.check(command(server, "apply", "-f", file).endswith("0 resources changed\n"), "the same again")


def test_an_export_is_the_centre(t):
    """What is exported differs in nothing, holds no secret, and its schema knows every kind in it."""
    server = t.start()
    text = command(server, "export")
    t.equal(command(server, "diff", "--prune", "-f", write(t, "all.yaml", text)), "", "diff with the export")
    t.check("argon2" not in text and "ha1" not in text.lower(), "the export holds hashes of passwords")
    kinds = {line.removeprefix("kind: ") for line in text.splitlines() if line.startswith("kind: ")}
    known = json.loads(run("schema"))["$defs"]
    t.check(kinds <= set(known), f"kinds {kinds - set(known)} are not in the schema")
    queues = command(server, "export", "--kind", "queue")
    t.check("kind: queue" in queues and "kind: number" not in queues, f"queues alone: {queues[:300]}")


def test_a_mistake_changes_nothing(t):
    """A misspelt field, a name that leads nowhere, a bad file: each is named, and the good part is not taken either."""
    server = t.start()
    before = command(server, "export")
    for wrong, said in (
        (CENTRE.replace("members:", "menbers:"), ["queue evening", "menbers"]),
        (CENTRE.replace("{queue: evening}", "{queue: morning}"), ["number 95777", "target.queue", "morning"]),
        (CENTRE.replace("secret: opensesame-3001", "secret: short"), ["device 3001", "secret"]),
        (CENTRE.replace("name: evening", "nmae: evening"), ["wrong.yaml", "document 3", "nmae"]),
    ):
        error = command(server, "apply", "-f", write(t, "wrong.yaml", wrong), code=1)
        t.check(all(word in error for word in said), f"{said} are not in: {error}")
    t.equal(command(server, "export"), before, "the centre afterwards")
    t.check(t.phone(3001, SECRET).try_register().status >= 400, "the telephone of a refused file got in")


def test_a_folder_without_a_server(t):
    """Beside a running server a folder is not touched; without one it is, and the next start serves what it says."""
    server, file = t.start(), write(t, "centre.yaml", CENTRE)
    data = ["--data", t.folder / "data"]
    error = run("apply", "-f", file, *data, code=1)
    t.check("--url" in error, f"what it says beside a running server: {error}")
    server.stop()
    run("apply", "-f", file, *data)
    t.equal(run("diff", "-f", file, *data), "", "diff in the folder")
    server.start()
    phone = t.phone(3001, SECRET).register()
    server.wait_agent(3001, "ready")
    t.caller().call("95777").wait_up()
    phone.wait_call().reject(486)
