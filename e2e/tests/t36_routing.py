"""Who is served next, and by whom: platinum customers, all who ring at once, a team that helps; and why somebody waited."""

from lib.server import free_port
from tests.t01_main_job import talk

WAITING = 20
CROWD = 200
PLATINUM = "13800138000"


def rules(value):
    """The setting that says who goes first."""
    return {"kind": "setting", "name": "routing.priority", "spec": {"value": value}}


def test_platinum_before_twenty_who_wait(t):
    """Twenty wait, one with a platinum number comes last: the next agent gets that one, then the one who came first."""
    t.server.apply(rules(f"caller:+86{PLATINUM}=1000, caller:137*=-5"))
    busy = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    talking = t.caller("13900000000").call("95001").wait_up()
    talk(t, talking, busy.take_call())

    def waits(number, many):
        """One more in the queue."""
        call = t.caller(number).call("95001").wait_up()
        t.until(lambda: queued() == many, 10, f"{many} who wait", 0.1)
        return call

    def queued():
        return sum(i["state"] == "queued" for i in t.server.live()["interactions"])

    calls = [waits(f"139000001{n:02}", n + 1) for n in range(WAITING)]
    platinum = waits(PLATINUM, WAITING + 1)
    agent = t.agent(1002)
    offered = agent.take_call(tone=1150)
    platinum.rtp.wait_tone(1150)
    platinum.bye().wait()
    offered.wait_end()
    agent.take_call(tone=1350, timeout=30)
    calls[0].rtp.wait_tone(1350, timeout=15)
    for call in (*calls, talking):
        call.bye().wait()
    t.server.wait_idle()
    served = [t.server.record(call)["agent"]["number"] for call in (platinum, calls[0])]
    t.equal(served, ["1002", "1002"], "who served them")


def queued(t):
    """Who waits, by the place in the line."""
    waiting = [i for i in t.server.live()["interactions"] if i["state"] == "queued"]
    return {i.get("position"): i["from"] for i in waiting}


def queue_with(t, **changes):
    """The queue for sales with these settings."""
    spec = t.server.get("/api/v1/settings/queue/sales")["spec"]
    t.server.apply({"kind": "queue", "name": "sales", "spec": {**spec, **changes}})


def test_platinum_while_two_hundred_wait(t):
    """Two hundred wait, a platinum customer comes: the next agent gets it within ten seconds, and then the first of them."""
    t.server.apply(rules(f"caller:+86{PLATINUM}=1000"))
    queue_with(t, max_length=CROWD + 10)
    busy = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    talking = t.caller("13900000000").call("95001").wait_up()
    talk(t, talking, busy.take_call())
    crowd = t.sipp("waiting-caller.xml", "127.0.0.1:%d" % t.server.sip[1], "-p", free_port(), "-s", "95001", "-r", "20",
                   "-m", str(CROWD), "-l", str(CROWD), "-rtp_echo")
    t.until(lambda: len(queued(t)) == CROWD, 60, f"{CROWD} who wait", 0.2)
    first = queued(t)[1]
    platinum = t.caller(PLATINUM).call("95001").wait_up()
    in_line = lambda: [i for i in t.server.live()["interactions"] if i["state"] == "queued"]  # noqa: E731
    t.until(lambda: len(in_line()) == CROWD + 1, 10, lambda: f"the platinum customer in line; {len(in_line())} wait", 0.1)
    agent = t.agent(1002)
    offered = agent.take_call(tone=1150)
    platinum.rtp.wait_tone(1150, timeout=15)
    platinum.bye().wait()
    offered.wait_end()
    agent.wait_call(timeout=30)
    t.equal(t.server.wait_live("ringing")["from"], first, "who comes next")
    for interaction in t.server.live()["interactions"]:
        t.server.fetch(f"/api/v1/interactions/{interaction['id']}/hangup", "admin", "POST")
    t.wait_child(crowd)
    record = t.server.record(platinum)
    t.equal(record["agent"]["number"], "1002", "who served it")
    t.check(record["wait_ms"] <= 10_000, f"it waited {record['wait_ms']} ms")


def test_all_ring(t):
    """All ring at once: who answers first has the call, the other's telephone stops and loses nothing."""
    queue_with(t, strategy="ring_all")
    agents = [t.agent(number) for number in (1001, 1002)]
    for number in (1001, 1002):
        t.server.wait_agent(number, "ready")
    call = t.caller().call("95001").wait_up()
    slow, quick = [agent.wait_call() for agent in agents]
    talk(t, call, quick.answer())
    slow.wait_end()
    t.server.wait_agent(1001, "ready")
    call.bye().wait()
    quick.wait_end()
    record = t.server.record(call)
    t.equal((record["outcome"], record["agent"]["number"]), ("answered", "1002"), "record")
    [decision] = record["decisions"]
    rang = sorted([decision["winner"]["number"], *(one["number"] for one in decision["together"])])
    t.equal((decision["strategy"], rang), ("ring_all", ["1001", "1002"]), "decision")


def test_a_team_helps_and_the_wait_is_explained(t):
    """The queue's agent does not take it; after two seconds more a team may, and the record says what held it up."""
    t.server.apply({"kind": "team", "name": "night", "spec": {"title": {"zh": "夜班", "en": "Night"}, "agents": ["1101"]}})
    queue_with(t, overflow=[{"after_s": 2, "team": "night"}])
    declining, helper = t.agent(1001), t.agent(1101)
    for number in (1001, 1101):
        t.server.wait_agent(number, "ready")
    call = t.caller().call("95001").wait_up()
    declining.wait_call().reject(486)
    talk(t, call, helper.take_call(timeout=15))
    call.bye().wait()
    record = t.server.record(call)
    t.equal([d["winner"]["number"] for d in record["decisions"]], ["1001", "1101"], "whom it rang")
    t.equal([team["name"] for team in record["decisions"][1]["need"]["teams"]], ["night"], "who was let in")
    rang = [(w["agent"]["number"], w["outcome"]) for w in record["waits"] if w["kind"] == "ringing"]
    t.equal(rang[-1], ("1101", "answered"), "the last telephone")
    t.equal(rang[0][0], "1001", "the first telephone")
    t.check(rang[0][1] in ("busy", "declined"), f"why the first one stopped: {rang[0][1]}")
    line = next(w for w in record["waits"] if w["kind"] == "in_line" and "ahead" in w)
    t.equal((line["ahead"], line["agents"]["not_ready"]), (0, 1), "what held it up in line")


def test_rules_that_make_no_sense(t):
    """The settings say which rule is wrong, and what stood before holds."""
    def put(value):
        return t.server.fetch("/api/v1/settings", "admin", "POST", {"resources": [rules(value)]})

    t.equal(put("caller:1380*=500")[0], 200, "rules")
    status, _, body = put("caller:1380*=500, vip:1380*=5")
    t.check(status == 400 and b"value[1]" in body and b"bad_format" in body, f"{status}: {body!r}")
    stored = t.server.get("/api/v1/settings/setting/routing.priority")["spec"]["value"]
    t.equal(stored, "caller:1380*=500", "the rules from before")
