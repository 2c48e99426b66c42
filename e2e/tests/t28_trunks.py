"""Calls to the outside, over trunks that are real proxies: one that refuses, one that asks who is calling."""

from lib.kamailio import run_kamailio
from lib.sip import Phone
from tests.t01_main_job import AGENT_HZ, CALLER_HZ

NUMBER = "13900139000"
FULL = """
request_route {
    if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
    if (is_method("INVITE")) { sl_send_reply("503", "No Line Free"); exit; }
}
"""
CARRIER = """
request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (is_method("OPTIONS")) {{ sl_send_reply("200", "OK"); exit; }}
    if (has_totag()) {{
        if (loose_route()) {{ t_relay(); exit; }}
        if (is_method("ACK")) {{ if (t_check_trans()) t_relay(); exit; }}
        sl_send_reply("404", "Not Here"); exit;
    }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
    if (!pv_{way}_authenticate("carrier", "{secret}", "0") || $au != "shop") {{ {way}_challenge("carrier", "1"); exit; }}
    consume_credentials();
    record_route();
    $du = "sip:127.0.0.1:{callee}";
    t_relay();
}}
"""


def full_trunk(t):
    """A carrier without a free line."""
    return run_kamailio(t, [], FULL)


def carrier(t, callee, way="proxy", secret="s3cret"):
    """A carrier that wants digest, by 407 or (`www`) by 401, and leads to this telephone."""
    address = run_kamailio(t, ["auth"], CARRIER.format(way=way, secret=secret, callee=callee.port))
    callee.server = callee.proxy = address
    return address


def serve_over(t, *trunks, **first):
    """Gives the server these trunks for all numbers that begin with 139, the first one first; `first`: what else is set
    for that one."""
    names = [f"carrier-{place}" for place in range(len(trunks))]
    resources = [{"kind": "trunk", "name": name,
                  "spec": {"send_to": f"sip:{host}:{port}", "username": "shop", "secret": "s3cret",
                           **(first if name == names[0] else {})}}
                 for name, (host, port) in zip(names, trunks)]
    t.server.apply(*resources, {"kind": "route", "name": "139", "spec": {"trunks": names}})


def far_telephone(t):
    """Whom the carrier leads to; it has its carrier later."""
    phone = Phone(("127.0.0.1", 9), "far")
    t.at_end(phone.close)
    return phone


def rings_out(t, way):
    """A device calls out: the first trunk has no line, the second asks for digest; talk, hold, end, record."""
    far = far_telephone(t)
    serve_over(t, full_trunk(t), carrier(t, far, way))
    agent = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    call = agent.call(NUMBER)
    offered = far.wait_call(15)
    t.check(not any(offered.incoming.all(name) for name in ("authorization", "proxy-authorization")),
            "the carrier hands on what was meant for it")
    offered.answer(AGENT_HZ)
    call.wait_up()
    call.rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(AGENT_HZ)
    offered.rtp.wait_tone(CALLER_HZ)
    t.equal(call.hold().wait().status, 200, "hold")
    t.equal(call.resume().wait().status, 200, "resume")
    offered.rtp.wait_tone(CALLER_HZ)
    offered.bye().wait()
    call.wait_end()
    record = t.server.record(call)
    t.equal((record["direction"], record["outcome"]), ("outbound", "answered"), "record")
    targets = [leg for leg in record["legs"] if leg["role"] == "target"]
    t.equal([leg.get("sip_status") for leg in targets][:1], [503], "the first trunk")
    t.check(len(targets) == 2 and targets[1]["answered_at"], f"legs outside: {targets}")
    t.server.wait_agent(1001, "ready", timeout=20)


def test_carrier_asks_as_a_proxy(t):
    """407 behind a trunk that is full."""
    rings_out(t, "proxy")


def test_carrier_asks_as_a_server(t):
    """401 behind a trunk that is full."""
    rings_out(t, "www")


def test_carrier_does_not_know_us(t):
    """With a wrong secret the carrier is asked once more and no more; the caller hears that it failed, and nothing is left."""
    far = far_telephone(t)
    serve_over(t, carrier(t, far, secret="another"))
    agent = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    call = agent.call(NUMBER)
    call.wait_end(20)
    t.check(call.statuses[-1] >= 400, f"answers: {call.statuses}")
    t.check(far.incoming.empty(), "the far telephone rang")
    record = t.server.record(call)
    t.check(record["outcome"] != "answered", f"outcome: {record['outcome']}")
    target = next(leg for leg in record["legs"] if leg["role"] == "target")
    invites = [m for m in record["messages"] if m["leg_id"] == target["id"] and m["start_line"].startswith("INVITE")]
    t.equal(len({m["cseq"] for m in invites}), 2, "INVITEs to the carrier")
    t.server.wait_idle()
    t.server.wait_agent(1001, "ready", timeout=20)


def test_every_trunk_is_full(t):
    """Both trunks refuse: the caller is told within the call's own answer, and can call again."""
    serve_over(t, full_trunk(t), full_trunk(t))
    agent = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    call = agent.call(NUMBER)
    call.wait_end(20)
    t.check(call.statuses[-1] >= 480, f"answers: {call.statuses}")
    t.equal(len([leg for leg in t.server.record(call)["legs"] if leg["role"] == "target"]), 2, "trunks tried")
    t.server.wait_idle()
    echo = agent.call("95003").wait_up()
    echo.bye().wait()
