"""Telephones that keep their own connections to the server (RFC 5626): baresip, by way of routers that fail."""

from lib.baresip import Baresip
from lib.relay import Relay

AGENT_HZ = 1150
# baresip waits for 30 to 60 s before it connects again.
RENEWED_S = 75


def telephone(t, relays):
    """An agent's baresip with a flow through each of these."""
    flows = [f'outbound{at}="sip:127.0.0.1:{relay.port};transport=tcp"' for at, relay in enumerate(relays, 1)]
    agent = Baresip(t, "1001", "demo-1001", AGENT_HZ, account=";sipnat=outbound;" + ";".join(flows))
    agent.wait_registered(len(relays))
    t.server.wait_agent(1001, "ready")
    return agent


def reached(t, agent, relays):
    """A caller reaches the agent, whose telephone is dialled once and rung once."""
    before = sum(relay.invites for relay in relays)
    call = t.caller().call("1001").wait_up(15)
    agent.wait_event("CALL_ESTABLISHED")
    call.rtp.wait_tone(AGENT_HZ)
    call.bye().wait()
    agent.wait_event("CALL_CLOSED")
    legs = [leg for leg in t.server.record(call)["legs"] if leg["role"] == "agent"]
    t.equal(len(legs), 1, "legs to the agent")
    t.equal(sum(relay.invites for relay in relays) - before, 1, "INVITEs that came to the telephone")


def test_two_flows_are_one_telephone(t):
    """Two connections of one telephone: a call rings it once, and once more when either keeps still."""
    relays = Relay(t), Relay(t)
    agent = telephone(t, relays)
    reached(t, agent, relays)
    relays[0].keep_still()
    reached(t, agent, relays)


def test_the_fresher_flow_keeps_still(t):
    """The connection that a call takes first says nothing: the call comes by the other one."""
    relays = Relay(t), Relay(t)
    agent = telephone(t, relays)
    relays[1].keep_still()
    reached(t, agent, relays)


def test_a_cut_connection_is_renewed(t):
    """The telephone's router is restarted: its old connection is forgotten, and a call comes by the new one."""
    relay = Relay(t)
    agent = telephone(t, [relay])
    relay.cut()
    t.server.wait_agent(1001, "offline")
    t.server.wait_agent(1001, "ready", timeout=RENEWED_S)
    t.equal(relay.accepted, 2, "connections")
    reached(t, agent, [relay])
