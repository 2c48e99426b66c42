"""What those who run the server see of it: figures, and a log that names nobody."""

import json
import os
import re

CALLER, CALLBACK = "13912340001", "13912340002"


def figures(t):
    """What Prometheus would read: values by name and labels."""
    status, headers, body = t.server.fetch("/metrics", user=None)
    t.equal(status, 200, "the answer to a scrape")
    t.check(headers["content-type"].startswith("text/plain; version=0.0.4"), f"its type: {headers}")
    found = {}
    for line in body.decode().splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            found[re.sub(r'(tenant|queue)="[^"]*",?', "", name).replace("{}", "").replace(",}", "}")] = float(value)
    return found


def test_figures_after_calls(t):
    """A scrape tells what calls did, by method, state, queue and outcome."""
    agent, caller = t.agent(1001), t.caller(CALLER)
    t.server.wait_agent(1001, "ready")
    before = figures(t)
    call = caller.call("95001").wait_up()
    offered = agent.wait_call()
    offered.answer()
    t.until(lambda: figures(t)['lingtong_calls{state="talking"}'] == 1, 10, "a call that talks", 0.3)
    now = figures(t)
    t.equal(now['lingtong_agents{state="talking"}'], 1, "agents who talk")
    t.check(now["lingtong_sip_dialogs"] >= 2 and now["lingtong_legs"] == 2 and now["lingtong_media_legs"] == 2, "legs")
    t.until(lambda: figures(t)["lingtong_media_packets_sent_total"] > 50, 10, "packets sent", 0.3)
    call.bye().wait()
    offered.wait_end()
    t.until(lambda: figures(t)['lingtong_calls_ended_total{outcome="answered"}'] == 1, 10, "a call that ended", 0.3)
    after = figures(t)
    t.equal(after["lingtong_legs"], 0, "legs after the end")
    t.equal(after['lingtong_sip_requests_total{direction="in",method="INVITE"}'], 1, "INVITEs received")
    t.equal(after['lingtong_sip_requests_total{direction="out",method="INVITE"}'], 1, "INVITEs sent")
    t.equal(after['lingtong_sip_requests_total{direction="out",method="BYE"}'], 1, "BYEs sent")
    t.check(after['lingtong_sip_responses_total{direction="out",class="2xx"}'] >= 2, "2xx sent")
    t.check(after['lingtong_sip_auth_total{result="granted"}'] >= 1, "the agent's registration")
    t.check(after["lingtong_journal_sync_seconds_count"] > 0, "syncs of the journal")
    t.check(after["process_cpu_seconds_total"] >= before["process_cpu_seconds_total"] > 0, "processor time")
    t.check(after["process_resident_memory_bytes"] > 1 << 20, "memory")
    t.equal(after["lingtong_signalling_up"], 1, "signalling")
    t.check(any(name.startswith("lingtong_queue_longest_wait_seconds") for name in after), "figures of queues")
    t.until(lambda: figures(t)["lingtong_projection_lag_events"] == 0, 10, "the lists to catch up", 0.3)


def test_figures_of_what_goes_wrong(t):
    """Rubbish, wrong passwords and repeats are counted."""
    guesser = t.phone("1001", "wrong")
    guesser.try_register()
    t.until(lambda: figures(t)['lingtong_sip_auth_total{result="failed"}'] >= 1, 10, "a wrong password", 0.3)
    guesser.send_raw(b"INVITE nonsense\r\n\r\n")
    t.until(lambda: figures(t)["lingtong_sip_parse_failures_total"] >= 1, 10, "rubbish", 0.3)


def test_the_log_names_nobody(t):
    """At debug level, through a queue, a callback, a transfer, a refusal and a login: no number, no name, no secret."""
    os.environ["RUST_LOG"] = "debug,lingtong=trace,net=trace,node=trace,api=trace,center=trace,store=trace"
    server = t.start()
    agent, caller = t.agent(1001), t.caller(CALLER)
    t.server.wait_agent(1001, "ready")
    call = caller.call("95001").wait_up()
    offered = agent.wait_call()
    offered.answer()
    t.server.wait_agent(1001, "talking")
    call.bye().wait()
    offered.wait_end()
    record = t.server.record(call)
    callback = t.caller(CALLBACK).call("95000").wait_up()
    t.hears(callback, "greeting_main")
    callback.rtp.press("3")
    callback.wait_end(60)
    caller.call("13912340003").wait_end()
    guesser = t.phone("1002", "a-wrong-secret")
    guesser.try_register()
    names = {a["name"] for a in server.live()["agents"]} - {""}
    server.get(f"/api/v1/interactions?number={CALLER}")
    server.stop()
    text = server.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    t.check(any("request_id" in line["fields"] for line in lines), f"no line of a request in {len(lines)}")
    told = [line["fields"]["interaction"] for line in lines if line["fields"]["message"] == "a call ended"]
    t.check(len(told) == 3 and record["id"] in told, f"the calls that ended, by their ids: {told}")
    secrets = [CALLER, CALLBACK, "13912340003", "demo-admin", "demo-1001", "a-wrong-secret", *names]
    for secret in secrets:
        found = [line for line in text.splitlines() if secret in line]
        t.check(not found, f"{secret!r} is in the log: {found[:3]}")
