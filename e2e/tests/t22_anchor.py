"""The agent's page goes away in the middle of a talk and comes back: the customer is kept, and has the same agent again."""

import time
from datetime import datetime

from lib import audio, relay
from lib.browser import Browser
from lib.server import ROOT, free_ports
from tests.t01_main_job import AGENT_HZ, CALLER_HZ
from tests.t11_page import sign_in
from tests.t19_desk import press, state_is
from tests.t21_browser_phone import LISTEN, VOICE_HZ, at_the_desk, hears_caller, takes

CALLER = "13812345680"
LOST_S = 20
RELAYED = "127.0.0.2"
"""Where the page believes the server's media to be."""
MUSIC = ROOT / "prompts/music/moh_default.opus"
COMFORT = 0.6
"""Share of the music's pieces that have to be found: the first and the last of a short stretch are cut."""
QUIET_TENTHS = 5
"""Silence until the server knows that the page has gone, and until the page's sound is through, tenths of a second."""
BACK_S = 2
"""Within that time of the page's being back the customer has the agent again."""
SIGNED_IN = """(() => {
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (typeof data === 'string' && /^SIP\\/2.0 200/.test(data) && /CSeq: \\d+ REGISTER/i.test(data)) window.signedIn ??= Date.now();
      });
    }
  };
})()"""
"""Notes when the page's telephone has been signed in."""
PORTS = 64
"""A server's media: its threads take the highest ports for browsers."""
REROUTE = """(() => {
  const set = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (told) {
    return set.call(this, { type: told.type, sdp: told.sdp.replaceAll('127.0.0.1', '%s') });
  };
})()""" % RELAYED


def goes_on(t, call):
    """Two more seconds of talk."""
    enough = len(call.rtp.heard) + 100
    t.until(lambda: len(call.rtp.heard) > enough, 10, "two more seconds of talk")


def talks(t, address=None, script=""):
    """A customer and the agent in the page talk with each other, and the agent has written something down."""
    browser = at_the_desk(t, address, script)
    call = t.caller(CALLER).call("95001").wait_up()
    takes(browser)
    state_is(browser, "talking")
    call.rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(VOICE_HZ)
    hears_caller(browser)
    browser.type_into("textarea", "asks for a bill")
    # Keys are the phone's again.
    browser.js("document.activeElement.blur()")
    goes_on(t, call)
    return browser, call


def silent(t, call):
    """The customer hears the agent no more."""
    t.until(lambda: not call.rtp.hears(VOICE_HZ), 15, "the end of the agent's tone")


def away(t, call):
    """The customer hears music, and the agent is still the customer's."""
    silent(t, call)
    call.rtp.wait_sound()
    t.server.wait_live("away")
    t.equal(t.server.agent(1001)["state"], "talking", "the agent meanwhile")


def bridged(t, call, since):
    """What the customer heard between the agent's tone before and after: the comfort sound from its beginning, and hardly a
    moment of silence. Gives when the agent was heard again, by the monotonic clock."""
    packets = call.rtp.between(since, time.monotonic())
    pieces = [packets[n : n + 5] for n in range(0, len(packets) - 4, 5)]
    sounds = [[s for _, samples in piece for s in samples] for piece in pieces]
    voice = [audio.tone_share(sound, VOICE_HZ) > 0.5 for sound in sounds]
    away = voice.index(False)
    back = len(voice) - voice[::-1].index(False)
    t.check(0 < away < back < len(voice), f"the agent, something else, the agent: {voice}")
    heard = [s for sound in sounds[away:back] for s in sound]
    search = audio.Search(MUSIC)
    share = search.begins(heard)
    t.check(share >= COMFORT, f"{share:.0%} of the music's beginning in {len(heard) / audio.RATE:.1f} s")
    quiet = sum(audio.energy(sound) < 1000 for sound in sounds[away:back])
    t.check(quiet <= QUIET_TENTHS, f"{quiet} tenths of a second of silence")
    return pieces[back][0][0]


def same_again(t, browser, call):
    """Both hear each other again, and the desk shows the call as it was."""
    call.rtp.wait_tone(VOICE_HZ, timeout=30)
    hears_caller(browser)
    state_is(browser, "talking")
    browser.wait_for("document.querySelector('.bar-party')?.dataset.phase === 'talking'", what="the call in the bar")
    browser.wait_for(f"document.querySelector('.call-number')?.innerText === '{CALLER}'", what="the caller's number")
    browser.wait_for("document.querySelector('textarea')?.value === 'asks for a bill'", what="the note as it was")


def ends_whole(t, browser, call):
    """The agent wraps up once; one record accounts for every second, and its recording covers the talk on both sides."""
    goes_on(t, call)
    call.bye().wait()
    state_is(browser, "wrap_up")
    browser.wait_for("!document.querySelector('.bar-party')", what="a telephone without a call")
    record = t.server.record(call)
    t.equal(len(t.server.interactions(CALLER)), 1, "interactions")
    t.equal((record["outcome"], record["agent"]["number"]), ("answered", "1001"), "outcome and agent")
    segments = record["segments"]
    t.equal([s["to"] for s in segments[:-1]], [s["from"] for s in segments[1:]], "segments follow one another")
    t.equal((segments[0]["from"], segments[-1]["to"]), (record["started_at"], record["ended_at"]), "from start to end")
    causes = [s["cause"] for s in segments]
    t.check({"away", "talking"} <= set(causes), f"the agent was away and back, by {causes}")
    t.equal(len(record["recordings"]), 1, "recordings")
    channels, rate = audio.read_wav(t.server.audio(record["recordings"][0], t.folder / "recording.wav"))
    pieces = [channels[1][n : n + rate // 5] for n in range(0, len(channels[1]) - rate // 5, rate // 5)]
    voice = [audio.tone_share(piece, VOICE_HZ, rate) > 0.8 for piece in pieces]
    first = next(s for s in segments if s["cause"] == "talking")
    talked = (datetime.fromisoformat(first["to"]) - datetime.fromisoformat(first["from"])).total_seconds()
    t.check(any(voice[: int(talked * 5)]), "the agent is not recorded before it was away")
    t.check(any(voice[-10:]), "the agent is not recorded after it was back")
    t.check(not all(voice), "the agent is recorded where it was away")


def test_loaded_anew(t):
    """The page is loaded anew; the call is back, and muted where it was."""
    browser, call = talks(t, script=SIGNED_IN)
    began = t.server.agent(1001)["since"]
    since = time.monotonic() - 0.5
    browser.reload()
    silent(t, call)
    same_again(t, browser, call)
    goes_on(t, call)
    again = bridged(t, call, since)
    there = browser.js("window.signedIn") / 1000 - (time.time() - time.monotonic())
    t.note(f"heard again {again - there:.2f} s after the page had signed its telephone in")
    t.check(again - there < BACK_S, f"{again - there:.1f} s from the page's return to the agent's voice")
    t.equal(t.server.agent(1001)["since"], began, "since when the agent talks")
    press(browser, "m")
    silent(t, call)
    browser.reload()
    muted = "document.querySelector('.call-action[aria-keyshortcuts=M]')?.getAttribute('aria-pressed') === 'true'"
    hears_caller(browser)
    browser.wait_for(muted, what="the mute as it was")
    t.never(lambda: call.rtp.hears(VOICE_HZ), 1, "a muted agent is heard")
    press(browser, "m")
    call.rtp.wait_tone(VOICE_HZ)
    ends_whole(t, browser, call)


def test_on_hold(t):
    """Who held when the page was loaded anew holds still, and can resume."""
    browser, call = talks(t)
    press(browser, "h")
    t.server.wait_live("held")
    browser.reload()
    browser.wait_for("document.querySelector('.bar-party')?.dataset.phase === 'held'", what="the call on hold")
    t.server.wait_live("held")
    press(browser, "h")
    same_again(t, browser, call)
    ends_whole(t, browser, call)


def test_second_tab(t):
    """Another tab takes the phone over, and the call with it, muted as it was."""
    browser, call = talks(t)
    press(browser, "m")
    silent(t, call)
    browser.new_tab()
    browser.on_each_page(LISTEN)
    browser.open(f"http://{t.server.http[0]}:{t.server.http[1]}/desk")
    browser.click(".phone-notice .link-button")
    hears_caller(browser)
    browser.wait_for("!!document.querySelector('.call-action[aria-keyshortcuts=M][aria-pressed=true]')", what="the mute")
    press(browser, "m")
    same_again(t, browser, call)
    ends_whole(t, browser, call)


def test_crash(t):
    """The browser is killed and started again."""
    browser, call = talks(t)
    browser.kill()
    away(t, call)
    browser = Browser(t, "zh-CN", (1366, 768), t.folder / "microphone.wav")
    browser.on_each_page(LISTEN)
    sign_in_again(t, browser)
    call.rtp.wait_tone(VOICE_HZ, timeout=30)
    hears_caller(browser)
    state_is(browser, "talking")
    ends_whole(t, browser, call)


def sign_in_again(t, browser):
    """Where the session was not written to the disk before the crash, the agent signs in once more."""
    browser.open(f"http://{t.server.http[0]}:{t.server.http[1]}/desk")
    browser.wait_for("!!document.querySelector('input[name=username], .agent-switch')", what="desk or login")
    if browser.js("!document.querySelector('.agent-switch')"):
        sign_in(t, browser, "1001", "demo-1001", "/desk")


def relayed(t):
    """A server whose media the page reaches over a network that can be lost."""
    low = free_ports(PORTS, ("127.0.0.1", RELAYED))
    t.start("--rtp", f"{low}-{low + PORTS - 1}")
    return relay.Datagrams(t, range(low, low + PORTS), RELAYED)


def test_path_laid_anew(t):
    """The media's path breaks for good while the page's connection stands: the page restarts ICE on another one."""
    media = relayed(t)
    browser, call = talks(t, script=REROUTE)
    before = browser.js("window.ufrags.size")
    media.keep_still()
    away(t, call)
    browser.wait_for(f"window.ufrags.size > {before}", timeout=40, what="an ICE restart")
    media.let_through()
    same_again(t, browser, call)
    ends_whole(t, browser, call)


def test_network_lost(t):
    """Twenty seconds without a network, neither for the page's connection nor for its media, then another address."""
    media = relayed(t)
    connections = relay.Relay(t, t.server.http)
    browser, call = talks(t, connections.address, REROUTE)
    connections.keep_still()
    media.keep_still()
    began = time.monotonic()
    away(t, call)
    t.until(lambda: time.monotonic() > began + LOST_S, LOST_S + 1, "the end of the outage")
    t.server.wait_live("away")
    connections.let_through()
    media.let_through()
    same_again(t, browser, call)
    ends_whole(t, browser, call)


def test_does_not_come_back(t):
    """Who does not come back in time loses the customer to a colleague, and is not ready."""
    t.start("--set", "anchor.wait_s=3")
    browser, call = talks(t)
    colleague = t.agent(1002)
    browser.kill()
    offered = colleague.wait_call(15).answer()
    offered.rtp.tone(AGENT_HZ)
    call.rtp.wait_tone(AGENT_HZ)
    found = t.server.agent(1001)["state"]
    t.check(found in ("not_ready", "offline", "wrap_up"), f"the agent who is away is {found}")
    call.bye().wait()
    t.equal(t.server.record(call)["agent"]["number"], "1002", "who had it last")
