"""A caller gives up at each stage: nothing goes on after it, and the record says so."""

from tests.t01_main_job import to_sales


def settled(t, call, outcome="abandoned", ended_by="caller"):
    """Nothing goes on, and the record is right."""
    t.server.wait_idle()
    record = t.server.record(call)
    t.equal((record["outcome"], record["ended_by"]), (outcome, ended_by), "record")
    for leg in record["legs"]:
        t.check(leg["ended_at"], f"a leg without an end: {leg}")
    return record


def test_while_the_agent_is_rung_directly(t):
    """CANCEL while a phone rings."""
    agent, caller = t.agent(1001), t.caller()
    call = caller.call("1001")
    offered = agent.wait_call()
    call.wait_ringing()
    call.cancel()
    call.wait_end()
    t.equal(call.statuses[-1], 487, "the INVITE's final answer")
    offered.wait_end()
    settled(t, call)


def test_at_once(t):
    """CANCEL right after INVITE."""
    agent, caller = t.agent(1001), t.caller()
    call = caller.call("1001")
    call.cancel()
    call.wait_end()
    t.server.wait_idle()
    t.check(all(c.state == "ended" for c in agent.calls.values()), "the agent's phone still rings")


def test_in_the_menu(t):
    """BYE during the menu."""
    call = t.caller().call("95000").wait_up()
    t.hears(call, "greeting_main")
    call.bye().wait()
    settled(t, call, "self_served")


def test_in_the_queue(t):
    """BYE while waiting."""
    busy, first, call = t.agent(1001), t.caller("13800000001"), None
    one = first.call("95001").wait_up()
    busy.take_call()
    t.server.wait_agent(1001, "talking")
    call = t.caller("13800000002").call("95001").wait_up()
    t.server.wait_live("queued")
    call.bye().wait()
    record = None
    t.until(lambda: len(t.server.live()["interactions"]) == 1, 5, "only the first call left")
    record = t.server.record(call)
    t.equal((record["outcome"], record["ended_by"]), ("abandoned", "caller"), "record")
    t.check(not record.get("agent"), f"an agent on a call that met none: {record.get('agent')}")
    one.bye().wait()
    t.server.wait_idle()


def test_while_the_agent_rings(t):
    """BYE while the agent's phone rings: it stops, and the agent is ready again without a mark."""
    agent, caller = t.agent(1001), t.caller()
    call = to_sales(t, caller)
    offered = agent.wait_call()
    t.server.wait_agent(1001, "ringing")
    call.bye().wait()
    offered.wait_end()
    settled(t, call)
    t.server.wait_agent(1001, "ready")


def test_during_the_announcement(t):
    """BYE while the agent's number is read out."""
    agent, caller = t.agent(1001), t.caller()
    call = to_sales(t, caller)
    offered = agent.wait_call()
    offered.answer()
    t.until(lambda: offered.confirmed, 5, "the agent's ACK")
    call.bye().wait()
    offered.wait_end()
    t.server.wait_idle()
    t.server.record(call)
    t.until(lambda: t.server.agent(1001)["state"] in ("wrap_up", "ready"), 5, "the agent is free again", 0.1)


def test_answer_and_hangup_cross(t):
    """The agent answers in the moment in which the caller leaves."""
    agent, caller = t.agent(1001), t.caller()
    call = caller.call("95001").wait_up()
    offered = agent.wait_call()
    offered.answer()
    call.bye().wait()
    offered.wait_end()
    t.server.wait_idle()
    t.server.record(call)
