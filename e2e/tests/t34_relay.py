"""The telephone in the page of a locked-down office: its sound goes over a relay (coturn), by TCP."""

import base64
import hashlib
import subprocess

from lib.coturn import Coturn
from lib.relay import Datagrams
from lib.server import free_ports
from tests.t01_main_job import CALLER_HZ
from tests.t12_tls import certificate
from tests.t19_desk import state_is
from tests.t21_browser_phone import CALLER, VOICE_HZ, at_the_desk, hears_caller, takes
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


def talks_over_relay(t, script="", protocol="tcp", flags=()):
    """A customer and the agent hear each other, and the browser's end of the path is the relay's."""
    browser = at_the_desk(t, script=CONNECTIONS + ";" + script, flags=flags)
    call = t.caller(CALLER).call("95001").wait_up()
    takes(browser)
    state_is(browser, "talking")
    call.rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(VOICE_HZ, timeout=20)
    hears_caller(browser)
    path = browser.js(PATH)
    t.equal((path["relayProtocol"], path["there"]), (protocol, "host"), "the path")
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


def known_by_key(cert):
    """Makes Chromium trust this certificate, which no authority has signed."""
    key = ["openssl", "x509", "-in", cert, "-pubkey", "-noout"]
    pem = subprocess.run(key, check=True, capture_output=True, text=True).stdout.splitlines()
    der = base64.b64decode("".join(line for line in pem if not line.startswith("-")))
    return "--ignore-certificate-errors-spki-list=" + base64.b64encode(hashlib.sha256(der).digest()).decode()


def test_over_tls(t):
    """An office that lets nothing out but TLS: the sound goes to the relay by `turns:`."""
    cert, key = certificate(t.folder)
    turn = Coturn(t, (cert, key))
    t.start(*turn.flags(), "--turn-only")
    browser, call, kind = talks_over_relay(t, protocol="tls", flags=[known_by_key(cert)])
    t.equal(kind, "relay", "the browser's end")
    goes_on(t, call)
    call.bye().wait()
    state_is(browser, "wrap_up")


def test_last_way(t):
    """A firewall lets nothing through but the relay's datagrams: the page finds that way by itself."""
    turn, low = Coturn(t), free_ports(PORTS, ("127.0.0.1", RELAYED))
    t.start(*turn.flags(), "--rtp", f"{low}-{low + PORTS - 1}")
    Datagrams(t, range(low, low + PORTS), RELAYED, lets=turn.carries)
    browser, call, kind = talks_over_relay(t, REROUTE)
    # The server saw another address than the relay's behind that firewall, as behind any that translates.
    t.equal(kind, "prflx", "the browser's end")
    goes_on(t, call)
    call.bye().wait()
    state_is(browser, "wrap_up")
