"""Other people's programs: baresip, sipp, Kamailio."""

from lib import audio
from lib.baresip import Baresip
from lib.kamailio import run_kamailio
from lib.server import free_port

CALLER_HZ, AGENT_HZ = 500, 1150


def test_baresip_both_ends(t):
    """baresip rings through the menu to a baresip agent; they hear each other."""
    agent = Baresip(t, "1001", "demo-1001", AGENT_HZ)
    t.server.wait_agent(1001, "ready")
    caller = Baresip(t, "13800000001", tone=CALLER_HZ)
    caller.dial("95000")
    t.server.wait_live("menu")
    caller.command("sndcode", "1")
    agent.wait_event("CALL_ESTABLISHED", 20)
    caller.wait_tone(AGENT_HZ)
    agent.wait_tone(CALLER_HZ)
    caller.hang_up()
    agent.wait_event("CALL_CLOSED")
    t.server.wait_idle()
    item = t.until(t.server.interactions, 8, "the record", 0.2)[0]
    t.equal((item["outcome"], item["ended_by"], item["agent"]["number"]), ("answered", "caller", "1001"), "record")
    record = t.server.get(f"/api/v1/interactions/{item['id']}")
    channels, rate = audio.read_wav(t.server.audio(record["recordings"][0], t.folder / "recording.wav"))
    for samples, own in ((channels[0], CALLER_HZ), (channels[1], AGENT_HZ)):
        end = samples[-rate // 2 :]
        t.check(audio.tone_share(end, own, rate) > 0.5, f"{own} Hz is missing in the recording")


def test_baresip_killed(t):
    """An agent's baresip is killed in the talk: the caller waits with music for the next one."""
    agent = Baresip(t, "1001", "demo-1001", AGENT_HZ)
    t.server.wait_agent(1001, "ready")
    call = t.caller().call("95001").wait_up()
    agent.wait_event("CALL_ESTABLISHED")
    call.rtp.wait_tone(AGENT_HZ)
    agent.process.kill()
    t.until(lambda: not call.rtp.hears(AGENT_HZ), 3, "the tone's end")
    call.rtp.wait_sound(16, seconds=1.0)
    t.server.wait_live("queued", 20)
    t.agent(1002).take_call(AGENT_HZ)
    call.rtp.wait_tone(AGENT_HZ, 10)
    call.bye().wait()


def transcoded(t, codec):
    """A baresip with another codec talks with a G.711 phone."""
    agent = Baresip(t, "1001", "demo-1001", AGENT_HZ, codec)
    t.server.wait_agent(1001, "ready")
    call = t.caller().call("95001").wait_up()
    agent.wait_event("CALL_ESTABLISHED")
    call.rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(AGENT_HZ)
    agent.wait_tone(CALLER_HZ)
    call.bye().wait()
    agent.wait_event("CALL_CLOSED")


def test_opus_to_g711(t):
    """Opus at the agent's phone."""
    transcoded(t, "opus/48000/2")


def test_g722_to_g711(t):
    """G.722 at the agent's phone."""
    transcoded(t, "G722/16000/1")


def test_sipp_own_scenarios(t):
    """sipp's built-in caller and answerer through the bridge, a hundred calls at once."""
    port = free_port()
    t.start("--set", f"demo.bridge_target=sip:agent@127.0.0.1:{port}")
    t.sipp("-uas", "-p", port)
    callers = t.sipp("-uac", "%s:%d" % t.server.sip, "-p", free_port(), "-s", "95004", "-m", 100, "-r", 25, "-d", 2000)
    t.wait_child(callers, 60)
    t.server.wait_idle(20)
    found = t.until(lambda: len(t.server.interactions()) == 100 and t.server.interactions(), 10, "100 records", 0.5)
    t.equal({i["outcome"] for i in found}, {"answered"}, "outcomes")


def test_reliable_delayed_and_refreshed(t):
    """100rel, an offer in the 200, a re-INVITE without an offer, UPDATE and the session timer."""
    t.start()
    agent = t.agent(1001)
    agent.ring_at_once = False
    caller = t.caller()
    caller.supports = "100rel, timer, replaces"
    timer = [("Session-Expires", "90;refresher=uac"), ("Min-SE", "90")]
    call = caller.call("1001", sdp=False, fields=timer)
    offered = agent.wait_call()
    offered.ring()
    call.wait_ringing()
    offered.answer(AGENT_HZ)
    call.wait_up().rtp.wait_tone(AGENT_HZ)
    call.rtp.tone(CALLER_HZ)
    offered.rtp.wait_tone(CALLER_HZ)
    answer = call.change("sendrecv", offer=False).wait()
    t.equal(answer.status, 200, "a re-INVITE without an offer")
    t.check(answer.body, "no offer in the answer to it")
    refresh = caller.request_in(call, "UPDATE", [("Contact", caller.contact), *timer, ("Supported", "timer")]).wait()
    t.equal(refresh.status, 200, "UPDATE")
    t.check("90" in refresh["session-expires"], f"Session-Expires: {refresh['session-expires']}")
    call.rtp.wait_tone(AGENT_HZ)
    call.bye().wait()
    offered.wait_end()


def test_session_interval_too_small(t):
    """A session interval that is too brief is refused with what would do."""
    call = t.caller().call("95003", fields=[("Session-Expires", "30"), ("Min-SE", "30")])
    call.wait_end()
    t.equal(call.statuses[-1], 422, "the answer")
    t.check(int(call.final["min-se"]) >= 90, f"Min-SE: {call.final['min-se']}")


def test_reliable_provisional(t):
    """A caller who insists on 100rel gets its provisional answers reliably."""
    agent = t.agent(1001)
    caller = t.caller()
    caller.supports = "100rel"
    call = caller.call("1001", fields=[("Require", "100rel")])
    offered = agent.wait_call()
    prack = t.until(lambda: getattr(call, "prack", None), 5, "a reliable provisional answer")
    t.equal(prack.wait().status, 200, "PRACK")
    offered.answer(AGENT_HZ)
    call.wait_up().rtp.wait_tone(AGENT_HZ)
    call.bye().wait()
    offered.wait_end()


PROXY = """
modparam("path", "use_received", 0)
request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (has_totag()) {{
        if (loose_route()) {{ t_relay(); exit; }}
        if (is_method("ACK")) {{ if (t_check_trans()) t_relay(); exit; }}
        sl_send_reply("404", "Not Here"); exit;
    }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
    t_check_trans();
    if (is_method("INVITE|SUBSCRIBE")) record_route();
    loose_route();
    if (is_method("REGISTER")) add_path();
    if ($sp != {server}) $du = "sip:{host}:{server}";
    t_relay();
}}
"""


def kamailio(t, towards=None):
    """Kamailio in front as the carrier's edge, or before another proxy; gives its address."""
    t.server.wait_idle()
    host, upstream = towards or t.server.sip
    return run_kamailio(t, ["path"], PROXY.format(host=host, server=upstream))


def test_kamailio_in_front(t):
    """Calls through a proxy that stays in the route: set up, hold, end from either side, CANCEL."""
    edge = kamailio(t)
    agent = t.agent(1001)
    for by_agent in (False, True):
        t.server.wait_agent(1001, "ready", timeout=15)
        call = t.caller(proxy=edge).call("95001").wait_up()
        offered = agent.take_call(AGENT_HZ)
        call.rtp.tone(CALLER_HZ)
        call.rtp.wait_tone(AGENT_HZ)
        offered.rtp.wait_tone(CALLER_HZ)
        t.check(call.routes, "the proxy is not in the route")
        t.equal(call.hold().wait().status, 200, "hold through the proxy")
        t.equal(call.resume().wait().status, 200, "resume through the proxy")
        call.rtp.wait_tone(AGENT_HZ)
        (offered if by_agent else call).bye().wait()
        (call if by_agent else offered).wait_end()
        t.check(by_agent is False or str(edge[1]) in call.end_message["via"], "BYE came round the proxy")
    given_up = t.caller(proxy=edge).call("1001")
    ringing = agent.wait_call()
    given_up.wait_ringing()
    given_up.cancel()
    given_up.wait_end()
    ringing.wait_end()
    t.server.wait_idle()


def test_phone_behind_kamailio(t):
    """An agent's phone that registers through the edge is rung through it (RFC 3327)."""
    behind_proxies(t, [kamailio(t)])


def test_phone_behind_two_proxies(t):
    """A phone that registers through a branch's proxy and the edge is rung through both, in order."""
    edge = kamailio(t)
    behind_proxies(t, [edge, kamailio(t, edge)])


def behind_proxies(t, proxies):
    """Registers a phone through proxies, the server's first, and rings it."""
    agent = t.phone(1001, "demo-1001", proxy=proxies[-1])
    agent.supports = "path"
    fields = [("Contact", f"{agent.contact};expires=600"), ("Supported", "path")]
    uri = f"sip:{t.server.sip[0]}:{t.server.sip[1]}"
    answer = agent.request("REGISTER", uri, fields, to=f"<{agent.aor}>").wait()
    t.equal(answer.status, 200, "REGISTER through the edge")
    for proxy in proxies:
        t.check(str(proxy[1]) in ",".join(answer.all("path")), f"Path: {answer.all('path')!r}")
    t.server.wait_agent(1001, "ready")
    call = t.caller().call("95001").wait_up()
    offered = agent.wait_call()
    for proxy in proxies:
        t.check(str(proxy[1]) in ",".join(offered.incoming.all("via")), f"the call came round {proxy}")
    offered.answer(AGENT_HZ)
    call.rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(AGENT_HZ)
    offered.rtp.wait_tone(CALLER_HZ)
    offered.bye().wait()
    call.wait_end()
