"""The menu: wrong keys, silence, English, callback, and keys by each way there is."""


def press_info(call, digit):
    """By INFO."""
    call.info(digit).wait()


WAYS = {
    "rfc4733": ({}, lambda call, digit: call.rtp.press(digit)),
    "info": ({}, press_info),
    "in_band": ({"event": None}, lambda call, digit: call.rtp.press_in_band(digit)),
}


def chosen(t, how):
    """Presses 1, hears the queue's welcome and comes to the agent by it, once."""
    agent = t.agent(1001)
    options, press = WAYS[how]
    call = t.caller().call("95000", **options).wait_up()
    t.hears(call, "greeting_main")
    press(call, "1")
    agent.take_call(tone=1150)
    call.rtp.wait_tone(1150)
    call.bye().wait()
    trace = t.server.record(call)["trace"]
    t.equal([s["outlet"] for s in trace if s["kind"] == "menu"], ["1"], f"keys by {how}")


def test_key_by_rfc4733(t):
    """RTP events."""
    chosen(t, "rfc4733")


def test_key_by_info(t):
    """SIP INFO."""
    chosen(t, "info")


def test_key_in_band(t):
    """Tones, from a phone that knows no events."""
    chosen(t, "in_band")


def test_wrong_key_then_operator(t):
    """A wrong key is asked again twice, then the operator is rung."""
    operator = t.agent(2001)
    call = t.caller().call("95000").wait_up()
    t.hears(call, "greeting_main")
    for _ in range(2):
        call.rtp.mark()
        call.rtp.press("7")
        t.hears(call, "invalid_key")
    call.rtp.press("7")
    t.hears(call, "connecting_operator")
    operator.take_call(tone=1150)
    call.rtp.wait_tone(1150)
    call.bye().wait()
    record = t.server.record(call)
    t.equal((record["outcome"], record["queue"]["name"]), ("answered", "operator"), "record")


def test_silence_then_operator(t):
    """Silence is asked again twice, then the operator is rung."""
    operator = t.agent(2001)
    call = t.caller().call("95000").wait_up()
    t.hears(call, "menu_main", 20)
    for _ in range(2):
        call.rtp.mark()
        t.hears(call, "menu_retry", 20)
    t.hears(call, "connecting_operator", 25)
    operator.take_call(tone=1150)
    call.rtp.wait_tone(1150)
    call.bye().wait()
    t.equal(t.server.record(call)["queue"]["name"], "operator", "queue")


def test_english(t):
    """9 turns to English."""
    call = t.caller().call("95000").wait_up()
    t.hears(call, "greeting_main")
    call.rtp.press("9")
    t.hears(call, "greeting_main", language="en")
    t.hears(call, "menu_main", 20, language="en")
    call.bye().wait()
    t.equal(t.server.record(call)["outcome"], "self_served", "outcome of a call that left the menu")


def test_callback(t):
    """3 notes the number, says it back, and ends."""
    call = t.caller("13812345678").call("95000").wait_up()
    t.hears(call, "greeting_main")
    call.rtp.press("3")
    t.hears(call, "callback_confirm_prefix", 15)
    t.hears(call, "callback_confirmed", 25)
    call.wait_end(10)
    t.check(call.ended_by_peer, "the caller hung up")
    record = t.server.record(call)
    t.equal((record["outcome"], record["ended_by"]), ("callback", "system"), "record")


def test_nobody_there(t):
    """No agent is signed in: the caller is told so."""
    call = t.caller().call("95000").wait_up()
    t.hears(call, "greeting_main")
    call.rtp.press("2")
    t.hears(call, "no_agent", 15)
    call.wait_end(10)
    t.server.wait_idle()
