"""Who is served next: a customer whom the tenant's rules put before all others."""

from tests.t01_main_job import talk

WAITING = 20
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


def test_rules_that_make_no_sense(t):
    """The settings say which rule is wrong, and what stood before holds."""
    def put(value):
        return t.server.fetch("/api/v1/settings", "admin", "POST", {"resources": [rules(value)]})

    t.equal(put("caller:1380*=500")[0], 200, "rules")
    status, _, body = put("caller:1380*=500, vip:1380*=5")
    t.check(status == 400 and b"value[1]" in body and b"bad_format" in body, f"{status}: {body!r}")
    stored = t.server.get("/api/v1/settings/setting/routing.priority")["spec"]["value"]
    t.equal(stored, "caller:1380*=500", "the rules from before")
