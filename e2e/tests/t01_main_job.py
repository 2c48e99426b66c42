"""The main job: a caller rings, hears the menu, waits, an agent answers; recorded and accounted for."""

from lib import audio

CALLER_HZ, AGENT_HZ = 500, 1150


def talk(t, call, agent_call):
    """Both ends speak a tone of their own and hear the other's."""
    call.rtp.tone(CALLER_HZ)
    agent_call.rtp.tone(AGENT_HZ)
    call.rtp.wait_tone(AGENT_HZ)
    agent_call.rtp.wait_tone(CALLER_HZ)


def to_sales(t, caller):
    """Calls the menu and presses 1 as soon as it is heard."""
    call = caller.call("95000").wait_up()
    t.hears(call, "greeting_main")
    call.rtp.press("1")
    t.hears(call, "queue_welcome")
    return call


def test_menu_queue_agent_record(t):
    """The whole of it, with the record and the recording."""
    agent, caller = t.agent(1001), t.caller("13812345678")
    t.server.wait_agent(1001, "ready")
    call = caller.call("95000").wait_up()
    t.hears(call, "greeting_main")
    t.hears(call, "menu_main", 20)
    call.rtp.press("1")
    t.hears(call, "queue_welcome")
    offered = agent.wait_call()
    call.rtp.wait_sound(seconds=1.0)
    t.server.wait_agent(1001, "ringing")
    offered.answer()
    call.rtp.mark()
    t.hears(call, "agent_number_prefix")
    talk(t, call, offered)
    t.server.wait_agent(1001, "talking")
    t.until(lambda: call.rtp.hears(AGENT_HZ) and offered.rtp.hears(CALLER_HZ), 5, "both tones at once")
    enough = len(call.rtp.heard) + 100
    t.until(lambda: len(call.rtp.heard) > enough, 5, "two more seconds of talk")
    call.bye().wait()
    offered.wait_end()
    t.server.wait_agent(1001, "wrap_up")
    record = t.server.record(call)
    check_record(t, record, call, offered)
    check_recording(t, record)
    t.server.wait_idle()


def check_record(t, record, call, offered):
    """What the record says."""
    t.equal((record["outcome"], record["ended_by"], record["direction"]), ("answered", "caller", "inbound"), "record")
    t.equal((record["agent"]["number"], record["queue"]["name"]), ("1001", "sales"), "agent and queue")
    t.equal({leg["sip_call_id"] for leg in record["legs"]}, {call.call_id, offered.call_id}, "Call-IDs of the legs")
    t.equal([leg["role"] for leg in record["legs"]], ["customer", "agent"], "roles of the legs")
    for leg in record["legs"]:
        t.check(leg["answered_at"] and leg["ended_at"], f"a leg without its times: {leg}")
        t.check(leg["media"] and leg["media"]["packets_received"] > 50, f"a leg without media figures: {leg}")
    kinds = [s["cause"] for s in record["segments"]]
    for kind in ("menu", "ringing", "talking"):
        t.check(kind in kinds, f"no segment {kind}: {kinds}")
    ends = list(zip(record["segments"], record["segments"][1:]))
    t.check(all(a["to"] == b["from"] for a, b in ends), f"segments with gaps: {record['segments']}")
    t.equal(record["segments"][0]["from"], record["started_at"], "the first segment's start")
    t.equal(record["segments"][-1]["to"], record["ended_at"], "the last segment's end")
    trace = [(s["node"], s.get("outlet")) for s in record["trace"]]
    t.check(("menu", "1") in trace and ("welcome", "done") in trace, f"trace: {trace}")
    t.check(record["decisions"], "no decision")
    decision = record["decisions"][0]
    t.equal(decision["winner"]["number"], "1001", "the winner")
    t.check(decision["winner"]["terms"] and decision["excluded"], f"a decision without reasons: {decision}")
    t.check(record["talk_ms"] >= 1500, f"talked {record['talk_ms']} ms")

    def methods():
        return {m["start_line"].split()[0] for m in t.server.record(call)["messages"]}

    # Messages gather for a moment before they are written.
    t.until(lambda: {"INVITE", "ACK", "BYE"} <= methods(), 5, lambda: f"INVITE, ACK and BYE in the ladder: {methods()}")


def check_recording(t, record):
    """Each tone is on its side's channel, and only there."""
    t.check(record["has_recording"] and record["recordings"], "no recording")
    path = t.server.audio(record["recordings"][0], t.folder / "recording.wav")
    channels, rate = audio.read_wav(path)
    t.equal(len(channels), 2, "channels")
    for samples, own, other in ((channels[0], CALLER_HZ, AGENT_HZ), (channels[1], AGENT_HZ, CALLER_HZ)):
        pieces = [samples[n : n + rate // 5] for n in range(0, len(samples) - rate // 5, rate // 5)]
        t.check(sum(audio.tone_share(p, own, rate) > 0.8 for p in pieces) >= 8, f"{own} Hz is missing on its channel")
        t.check(not any(audio.tone_share(p, other, rate) > 0.1 for p in pieces), f"{other} Hz is on the wrong channel")
    headers = {"Range": "bytes=0-43"}
    status, _, part = t.server.fetch(f"/api/v1/recordings/{record['recordings'][0]['id']}/audio", headers=headers)
    t.equal((status, part), (206, path.read_bytes()[:44]), "a range of the recording")


def test_agent_hangs_up(t):
    """The agent ends the talk; wrap-up runs out and the next call comes."""
    agent, caller = t.agent(1001), t.caller()
    call = to_sales(t, caller)
    offered = agent.take_call()
    talk(t, call, offered)
    offered.bye().wait()
    call.wait_end()
    record = t.server.record(call)
    t.equal((record["outcome"], record["ended_by"]), ("answered", "agent"), "record")
    t.server.wait_agent(1001, "wrap_up")
    t.server.wait_agent(1001, "ready", timeout=15)


def test_direct_queue_waits_with_music(t):
    """95001 while the only agent talks: music, position, then the agent who comes free."""
    first_agent, caller, second = t.agent(1001), t.caller("13800000001"), t.caller("13800000002")
    one = caller.call("95001").wait_up()
    talking = first_agent.take_call()
    talk(t, one, talking)
    two = second.call("95001").wait_up()
    two.rtp.wait_sound(seconds=1.0)
    t.equal(t.server.wait_live("queued")["position"], 1, "place in the queue")
    t.equal(one.state, "up", "the first call goes on")
    other_agent = t.agent(1002)
    offered = other_agent.take_call()
    talk(t, two, offered)
    t.until(lambda: one.rtp.hears(AGENT_HZ) and two.rtp.hears(AGENT_HZ), 5, "both calls at once")
    for call in (one, two):
        call.bye().wait()
    t.server.wait_idle()
    t.equal([t.server.record(c)["agent"]["number"] for c in (one, two)], ["1001", "1002"], "who served whom")


def test_position_in_the_queue(t):
    """Who waits hears soon how many are before it, with the number's words around it; the first hears no number."""
    agent, far = t.agent(1001), [t.caller(f"1380000000{n}") for n in range(3)]
    talking = far[0].call("95001").wait_up()
    talk(t, talking, agent.take_call())
    first = far[1].call("95001").wait_up()
    t.server.wait_live("queued")
    second = far[2].call("95001").wait_up()
    t.hears(first, "comfort", 30)
    # The number between them is a word too short to be told from others by its loudness.
    begins = [t.hears(second, clip, 30).began for clip in ("position_prefix", "position_suffix")]
    t.check(begins[0] < begins[1], f"the announcement's parts begin at {begins}")
    for call in (first, second, talking):
        call.bye().wait()
    t.server.wait_idle()


def test_echo_and_announcement(t):
    """95003 gives back what it hears, 95002 speaks."""
    echo = t.caller().call("95003").wait_up()
    echo.rtp.tone(700)
    echo.rtp.wait_tone(700)
    echo.bye().wait()
    announcement = t.caller().call("95002").wait_up()
    announcement.rtp.wait_sound(seconds=2.0)
    announcement.bye().wait()
    t.server.wait_idle()
    t.equal(t.server.record(announcement)["outcome"], "self_served", "outcome of an announcement")
