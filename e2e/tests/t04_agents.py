"""Agents who do not answer, decline, vanish, or change their state."""

from tests.t01_main_job import AGENT_HZ, talk


def test_ring_no_answer(t):
    """An agent who lets it ring becomes not ready, and the caller goes on to another."""
    silent, call = t.agent(1001), None
    call = t.caller().call("95001").wait_up()
    first = silent.wait_call()
    other = t.agent(1002)
    first.wait_end(30)
    t.server.wait_agent(1001, "not_ready", "rona")
    offered = other.take_call()
    talk(t, call, offered)
    call.bye().wait()
    record = t.server.record(call)
    t.equal((record["outcome"], record["agent"]["number"]), ("answered", "1002"), "record")
    t.equal([d["winner"]["number"] for d in record["decisions"]], ["1001", "1002"], "decisions")


def test_agent_declines(t):
    """An agent's phone that declines passes the call on."""
    declining, other = t.agent(1001), None
    call = t.caller().call("95001").wait_up()
    offered = declining.wait_call()
    other = t.agent(1002)
    offered.reject(486)
    taken = other.take_call()
    talk(t, call, taken)
    call.bye().wait()
    t.equal(t.server.record(call)["agent"]["number"], "1002", "agent")


def test_phone_vanishes(t):
    """The agent's phone loses power: music for the caller, and the next agent gets the call."""
    agent = t.agent(1001)
    call = t.caller().call("95001").wait_up()
    offered = agent.take_call()
    talk(t, call, offered)
    behind = t.caller("13800000002").call("95001").wait_up()
    t.server.wait_live("queued")
    offered.vanish()
    t.until(lambda: not call.rtp.hears(AGENT_HZ), 3, "the tone's end")
    call.rtp.wait_sound(20, seconds=1.0)

    def waiting():
        return {i["from"]: i.get("position") for i in t.server.live()["interactions"] if i["state"] == "queued"}

    t.until(lambda: len(waiting()) == 2, 20, "the caller back in the queue", 0.1)
    t.equal(waiting()[call.phone.user], 1, "its place there")
    other = t.agent(1002)
    taken = other.take_call(tone=AGENT_HZ, timeout=20)
    call.rtp.wait_tone(AGENT_HZ, 10)
    t.check(not behind.rtp.hears(AGENT_HZ), "the call behind came first")
    call.bye().wait()
    taken.wait_end()
    record = t.server.record(call)
    t.equal((record["outcome"], record["agent"]["number"]), ("answered", "1002"), "record")
    behind.bye()
    t.server.wait_idle()


def test_feature_codes(t):
    """*51 and *50 at the phone."""
    agent = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    agent.call("*51").wait_up().wait_end()
    t.server.wait_agent(1001, "not_ready")
    agent.call("*50").wait_up().wait_end()
    t.server.wait_agent(1001, "ready")


def test_state_by_api(t):
    """Not ready by the API: no call comes; ready: the waiting one comes."""
    agent, _other = t.agent(1001), None
    ident = t.server.wait_agent(1001, "ready")["id"]
    path = f"/api/v1/agents/{ident}/state"
    status, _, body = t.server.fetch(path, "1001", "PUT", {"state": "not_ready", "reason": "lunch"})
    t.equal(status, 200, f"PUT {body[:200]!r}")
    t.server.wait_agent(1001, "not_ready", "lunch")
    call = t.caller().call("95001").wait_up()
    t.server.wait_live("queued")
    t.equal(agent.incoming.qsize(), 0, "calls at an agent who is not ready")
    t.equal(t.server.fetch(path, "1001", "PUT", {"state": "ready"})[0], 200, "PUT ready")
    talk(t, call, agent.take_call())
    call.bye().wait()


def test_longest_idle(t):
    """Whoever has been idle longest is next: first in the order of signing in, then in that of the talks' ends."""
    agents = {}
    for number in (1003, 1001, 1002):
        agents[number] = t.agent(number)
        t.server.wait_agent(number, "ready")
    callers = [t.caller(f"1380000000{n}") for n in range(3)]

    def calls_in_turn(order):
        """Three calls, one after the other; gives each agent's caller."""
        served = {}
        for number, caller in zip(order, callers):
            served[number] = caller.call("95001").wait_up()
            agents[number].take_call()
            t.server.wait_agent(number, "talking")
        # Who leaves while the agent's number is read out has not talked, and there is nothing to wrap up.
        t.until(lambda: [i["state"] for i in t.server.live()["interactions"]] == ["talking"] * 3, 10, "three talks", 0.1)
        return served

    first = calls_in_turn((1003, 1001, 1002))
    for number in (1002, 1003, 1001):
        first[number].bye().wait()
        t.server.wait_agent(number, "wrap_up")
    for number in agents:
        t.server.wait_agent(number, "ready", timeout=20)
    second = calls_in_turn((1002, 1003, 1001))
    for call in second.values():
        call.bye().wait()
    for served in (first, second):
        for number, call in served.items():
            record = t.server.record(call)
            t.equal(record["decisions"][0]["winner"]["number"], str(number), "the winner")


def test_unregistering_signs_off(t):
    """A phone that unregisters gets no more calls."""
    agent = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    agent.register(0)
    t.server.wait_agent(1001, "offline")
    call = t.caller().call("95001").wait_up()
    t.hears(call, "no_agent")
    call.wait_end(10)
