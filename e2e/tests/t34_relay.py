"""The telephone in the page of a locked-down office: its sound goes over a relay (coturn), by TCP."""

from lib.coturn import Coturn
from lib.relay import Datagrams
from lib.server import free_port
from tests.t01_main_job import CALLER_HZ
from tests.t19_desk import press, state_is
from tests.t21_browser_phone import CALLER, VOICE_HZ, at_the_desk, hears_caller
from tests.t22_anchor import PORTS, RELAYED, REROUTE, goes_on

CONNECTIONS = """(() => {
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...args) { super(...args); window.connection = this; }
  };
})()"""
PATH = """(async () => {
  const all = [...(await window.connection.getStats()).values()];
  const chosen = all.find((one) => one.type === 'transport').selectedCandidatePairId;
  const pair = all.find((one) => one.id === chosen);
  const end = (id) => all.find((one) => one.id === id);
  const { candidateType, relayProtocol } = end(pair.localCandidateId);
  return { candidateType, relayProtocol, there: end(pair.remoteCandidateId).candidateType };
})()"""


def talks_over_relay(t, script=""):
    """A customer and the agent hear each other, and the browser's end of the path is the relay's."""
    browser = at_the_desk(t, script=CONNECTIONS + ";" + script)
    call = t.caller(CALLER).call("95001").wait_up()
    state_is(browser, "ringing")
    press(browser, "a")
    state_is(browser, "talking")
    call.rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(VOICE_HZ, timeout=20)
    hears_caller(browser)
    path = browser.js(PATH)
    t.equal((path["relayProtocol"], path["there"]), ("tcp", "host"), "the path")
    return browser, call, path["candidateType"]


def test_only_way(t):
    """Told to go no other way, the page does not; loaded anew in the talk, it goes there again."""
    turn = Coturn(t)
    t.start(*turn.flags(), "--turn-only")
    browser, call, kind = talks_over_relay(t)
    t.equal(kind, "relay", "the browser's end")
    browser.reload()
    t.until(lambda: not call.rtp.hears(VOICE_HZ), 15, "the end of the agent's tone")
    call.rtp.wait_tone(VOICE_HZ, timeout=30)
    hears_caller(browser)
    t.equal(browser.js(PATH)["candidateType"], "relay", "the path behind a new page")
    goes_on(t, call)
    call.bye().wait()
    state_is(browser, "wrap_up")


def test_last_way(t):
    """A firewall lets nothing through but the relay's datagrams: the page finds that way by itself."""
    turn, low = Coturn(t), free_port() // 2 * 2
    t.start(*turn.flags(), "--rtp", f"{low}-{low + PORTS - 1}")
    Datagrams(t, range(low, low + PORTS), RELAYED, lets=turn.carries)
    browser, call, kind = talks_over_relay(t, REROUTE)
    # The server saw another address than the relay's behind that firewall, as behind any that translates.
    t.equal(kind, "prflx", "the browser's end")
    goes_on(t, call)
    call.bye().wait()
    state_is(browser, "wrap_up")
