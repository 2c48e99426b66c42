"""What carriers are spared and what a call is spared with them: limits, health, emergencies. The carriers are Kamailio."""

from lib.events import Stream
from lib.kamailio import kamailio_at
from lib.server import free_port
from lib.sip import Phone
from tests.t01_main_job import AGENT_HZ, CALLER_HZ
from tests.t28_trunks import CARRIER, NUMBER, carrier, far_telephone, full_trunk, serve_over


def targets(t, call):
    """Which trunks a call tried, by the ports of their far ends, and what each answered."""
    legs = [leg for leg in t.server.record(call)["legs"] if leg["role"] == "target"]
    return [(leg.get("sip_status"), bool(leg.get("answered_at"))) for leg in legs]


def trunk(t, name):
    """A trunk as the live view shows it."""
    return next(trunk for trunk in t.server.live()["trunks"] if trunk["name"] == name)


def rings_at(t, agent, far, number=NUMBER):
    """A call from this agent reaches this telephone, and ends."""
    call = agent.call(number)
    offered = far.wait_call(15).answer(AGENT_HZ)
    call.wait_up()
    offered.bye().wait()
    call.wait_end()
    t.server.wait_idle()


def test_a_trunk_with_one_channel(t):
    """The first call has the first trunk, the second the other; once the channel is free it is used again."""
    first, second = far_telephone(t), far_telephone(t)
    serve_over(t, carrier(t, first), carrier(t, second), max_calls=1)
    agents = [t.agent(number) for number in (1001, 1002)]
    for number in (1001, 1002):
        t.server.wait_agent(number, "ready")
    call = agents[0].call(NUMBER)
    talk = first.wait_call(15).answer(AGENT_HZ)
    call.wait_up()
    t.equal((trunk(t, "carrier-0")["calls"], trunk(t, "carrier-0")["max_calls"]), (1, 1), "channels taken")
    other = agents[1].call(NUMBER)
    second.wait_call(15).answer(AGENT_HZ)
    other.wait_up()
    other.bye().wait()
    talk.bye().wait()
    call.wait_end()
    t.server.wait_idle()
    t.check(first.incoming.empty() and second.incoming.empty(), "a trunk was called once too often")
    rings_at(t, agents[0], first)


def test_a_trunk_that_dies_and_comes_back(t):
    """Asked by OPTIONS, it is passed over without a try once it is silent, and used again once it answers."""
    first, second = far_telephone(t), far_telephone(t)
    port = free_port()
    script = CARRIER.format(way="proxy", secret="s3cret", callee=first.port)
    dying = kamailio_at(t, port, ["auth"], script)
    first.server = first.proxy = ("127.0.0.1", port)
    serve_over(t, ("127.0.0.1", port), carrier(t, second), probe_s=5)
    agent = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    t.until(lambda: trunk(t, "carrier-0")["state"] == "up", 20, "the first answer")
    t.equal(trunk(t, "carrier-1")["state"], "unknown", "a trunk that nobody asks")
    rings_at(t, agent, first)
    stream = Stream(t.server, t.server.live()["cursor"])
    dying.terminate()
    dying.wait()
    t.until(lambda: trunk(t, "carrier-0")["state"] == "down", 60, "silence is noticed")
    alarm = next_alarm(stream, "trunk_down")
    t.equal((alarm["message"], "cleared_at" in alarm), ("carrier-0", False), "alarm")
    metrics = t.server.fetch("/metrics")[2].decode()
    t.check('lingtong_trunk_up{' in metrics and 'trunk="carrier-0"} 0' in metrics, "metrics")
    call = agent.call(NUMBER)
    second.wait_call(15).answer(AGENT_HZ)
    call.wait_up().bye().wait()
    t.equal(targets(t, call), [(None, True)], "only the living trunk was tried")
    kamailio_at(t, port, ["auth"], script)
    t.until(lambda: trunk(t, "carrier-0")["state"] == "up", 60, "it is back")
    t.check("cleared_at" in next_alarm(stream, "trunk_down"), "the alarm is not over")
    rings_at(t, agent, first)


def test_help_is_called_past_limits(t):
    """110 has no route, every trunk is full by its own account: it is tried everywhere, and told who called."""
    far = far_telephone(t)
    serve_over(t, full_trunk(t), carrier(t, far), max_calls=1, max_cps=1)
    agent = t.agent(1001)
    t.server.wait_agent(1001, "ready")
    stream = Stream(t.server, t.server.live()["cursor"])
    call = agent.call("110")
    offered = far.wait_call(15)
    t.check(offered.incoming.uri.startswith("sip:110@"), f"dialled: {offered.incoming.uri}")
    offered.answer(AGENT_HZ)
    call.wait_up()
    alarm = next_alarm(stream, "emergency_call")
    t.check("1001" in alarm["message"] and "110" in alarm["message"], f"alarm: {alarm}")
    t.equal(alarm["severity"], "critical", "severity")
    offered.bye().wait()
    call.wait_end()
    t.equal(targets(t, call), [(503, False), (None, True)], "trunks tried")


def next_alarm(stream, code):
    """The next word on this alarm."""
    while True:
        _, event = stream.next()
        if event["type"] == "alarm" and event["alarm"]["code"] == code:
            return event["alarm"]


REGISTRAR = """
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_expires", {expires})
request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (is_method("OPTIONS")) {{ sl_send_reply("200", "OK"); exit; }}
    if (is_method("REGISTER")) {{
        if (!pv_www_authenticate("carrier", "s3cret", "0") || $au != "shop") {{ www_challenge("carrier", "1"); exit; }}
        save("location");
        exit;
    }}
    if (has_totag()) {{
        if (loose_route()) {{ t_relay(); exit; }}
        if (is_method("ACK")) {{ if (t_check_trans()) t_relay(); exit; }}
        sl_send_reply("404", "Not Here"); exit;
    }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
    $ru = "sip:shop@127.0.0.1";
    if (!lookup("location")) {{ sl_send_reply("480", "Not Registered"); exit; }}
    record_route();
    t_relay();
}}
"""


def registrar_at(t, port, expires=600):
    """A carrier with whom a trunk registers as `shop`; it leads all calls to what was registered."""
    return kamailio_at(t, port, ["auth", "usrloc", "registrar"], REGISTRAR.format(expires=expires))


def register_with(t, port, secret="s3cret"):
    """Gives the server a trunk that registers there."""
    t.server.apply({"kind": "trunk", "name": "line", "spec": {
        "registrar": f"sip:127.0.0.1:{port}", "username": "shop", "secret": secret, "register_s": 60}})


def until_registration(t, state):
    t.until(lambda: trunk(t, "line")["registration"] == state, 90, f"a trunk that is {state}")


def customer_of(t, port):
    """Somebody outside whose calls this carrier brings."""
    phone = Phone(("127.0.0.1", port), "13800138000")
    t.at_end(phone.close)
    return phone


def reaches_us(t, customer):
    """A call to one of our numbers comes by the trunk that has registered."""
    call = customer.call("95003").wait_up()
    t.equal(trunk(t, "line")["calls"], 1, "calls of the trunk")
    call.rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(CALLER_HZ)
    call.bye().wait()
    t.server.wait_idle()


def test_a_trunk_registers_and_its_calls_come_in(t):
    """The carrier knows the trunk by its registration alone: digest, a call to the contact, a restart of the carrier that
    has forgotten all, and the end of the server, which it is told of."""
    port = free_port()
    carrier_process = registrar_at(t, port, expires=5)
    register_with(t, port)
    until_registration(t, "registered")
    customer = customer_of(t, port)
    reaches_us(t, customer)
    stream = Stream(t.server, t.server.live()["cursor"])
    carrier_process.terminate()
    carrier_process.wait()
    until_registration(t, "unreachable")
    alarm = next_alarm(stream, "trunk_unregistered")
    t.equal((alarm["message"], "cleared_at" in alarm), ("line", False), "alarm")
    registrar_at(t, port)
    until_registration(t, "registered")
    t.check("cleared_at" in next_alarm(stream, "trunk_unregistered"), "the alarm is not over")
    reaches_us(t, customer)
    t.server.stop()
    call = customer.call("95003")
    call.wait_end()
    t.equal(call.statuses[-1], 480, "the carrier knows the trunk still")


def test_a_wrong_password_is_told(t):
    """The carrier does not take us: the live view, an alarm and the metrics say so, until the password is right."""
    port = free_port()
    registrar_at(t, port)
    stream = Stream(t.server, t.server.live()["cursor"])
    register_with(t, port, secret="wrong")
    until_registration(t, "refused")
    t.equal(trunk(t, "line")["registration_status"], 401, "what the carrier said")
    t.equal(next_alarm(stream, "trunk_unregistered")["message"], "line", "alarm")
    metrics = t.server.fetch("/metrics")[2].decode()
    t.check('lingtong_trunk_registered{' in metrics and 'trunk="line"} 0' in metrics, "metrics")
    register_with(t, port)
    until_registration(t, "registered")
    t.check("cleared_at" in next_alarm(stream, "trunk_unregistered"), "the alarm is not over")
    reaches_us(t, customer_of(t, port))
