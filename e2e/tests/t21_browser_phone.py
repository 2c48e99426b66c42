"""The telephone in the page: an agent without one on the table takes a customer's call at the desk."""

from lib import audio
from lib.browser import Browser
from lib.firefox import Firefox
from tests.t01_main_job import CALLER_HZ
from tests.t11_page import shot, sign_in
from tests.t19_desk import press, state_is

CALLER = "13812345679"
VOICE_HZ = 620
# What the page's own output hears, by the loudest bin of its spectrum (5.9 Hz wide at 48 kHz).
LISTEN = """(() => {
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      window.ufrags ??= new Set();
      this.addEventListener('icecandidate', (event) => {
        if (event.candidate?.usernameFragment) window.ufrags.add(event.candidate.usernameFragment);
      });
      this.addEventListener('track', (event) => {
        // One for all calls: a browser has few.
        const context = (window.earContext ??= new AudioContext());
        const ear = context.createAnalyser();
        ear.fftSize = 8192;
        context.createMediaStreamSource(event.streams[0] ?? new MediaStream([event.track])).connect(ear);
        window.hears = () => {
          const bins = new Float32Array(ear.frequencyBinCount);
          ear.getFloatFrequencyData(bins);
          const loudest = bins.indexOf(Math.max(...bins));
          return bins[loudest] > -60 ? (loudest * context.sampleRate) / ear.fftSize : 0;
        };
      });
    }
  };
})()"""


def hears_caller(browser):
    """The page's own output is the caller's tone."""
    browser.wait_for(f"Math.abs((window.hears?.() ?? 0) - {CALLER_HZ}) < 15", what="the caller's tone in the page")


def takes(browser):
    """Answers by key, once the page's own telephone has the call: the server says so a moment before."""
    browser.wait_for("document.querySelector('.bar-party')?.dataset.phase === 'ringing'", what="the call at the page")
    press(browser, "a")


def at_the_desk(t, address=None, script="", flags=()):
    """Chromium at the desk of agent 1001, whose microphone says one tone for ever.

    `address`: of a relay to the server; `script`: done first in each page; `flags`: further ones of Chromium's."""
    microphone = t.folder / "microphone.wav"
    audio.write_tone_wav(microphone, VOICE_HZ, 10, rate=48000)
    browser = Browser(t, "zh-CN", (1366, 768), microphone, flags=flags)
    browser.on_each_page(LISTEN + ";" + script)
    sign_in(t, browser, "1001", "demo-1001", "/desk", address)
    state_is(browser, "ready")
    return browser


def test_answers_in_the_page(t):
    """Rings, is answered, both hear each other by content; the record names the codec; wrap-up follows."""
    browser = at_the_desk(t)
    call = t.caller(CALLER).call("95001").wait_up()
    takes(browser)
    state_is(browser, "talking")
    call.rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(VOICE_HZ)
    hears_caller(browser)
    shot(t, browser, "browser-phone-talking")
    call.bye().wait()
    state_is(browser, "wrap_up")
    record = t.server.record(call)
    t.equal(record["outcome"], "answered", "the outcome")
    t.check(record["talk_ms"] > 0, f"no talk in the record: {record['talk_ms']} ms")
    agent = next(leg for leg in record["legs"] if leg.get("agent_id"))
    t.equal(agent["agent_id"], record["agent"]["id"], "the agent who talked")
    t.equal(agent["media"]["codec"], "PCMA", "what needs no transcoding towards the caller")
    t.equal(len(record["recordings"]), 1, "recordings")



# Each ring of the page with the loudspeaker that it is for, and each note outside the page as the browser shows it.
WATCH = """
window.notes = [];
const Shown = window.Notification;
window.Notification = class extends Shown {
  constructor(title, options) {
    super(title, options);
    const note = { title, body: options.body, state: 'asked' };
    window.notes.push(note);
    this.addEventListener('show', () => { note.state = 'shown'; });
    this.addEventListener('error', () => { note.state = 'refused'; });
    this.addEventListener('close', () => { note.state = 'closed'; });
  }
};
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  if (this.loop) window.ring = { element: this, from: this.sinkId };
  return play.call(this);
};
"""


def test_rings_on_the_chosen_loudspeaker(t):
    """The ring comes from the loudspeaker chosen for it, from its beginning, and stops when the call is taken."""
    browser = at_the_desk(t, script=WATCH)
    browser.wait_for("!!document.querySelector('.phone-status[data-light=good]')", what="a phone that is signed in")
    browser.click(".phone-status")
    chosen = browser.wait_for("""navigator.mediaDevices.enumerateDevices().then(all => {
        const one = all.filter(d => d.kind === 'audiooutput' && d.deviceId !== 'default').pop();
        return one && [one.deviceId, one.label]; })""", what="a second loudspeaker")
    browser.click(".ant-select:has([aria-label='铃声设备'])")
    browser.press(chosen[1])
    browser.wait_for(f"Object.values(localStorage).some(v => v.includes('{chosen[0]}'))", what="the choice, kept")
    browser.click(".ant-modal-close")
    browser.wait_for("!document.querySelector('.ant-modal-close')?.getClientRects().length", what="the end of the dialog")
    call = t.caller(CALLER).call("95001").wait_up()
    state_is(browser, "ringing")
    browser.wait_for("!!window.ring && !window.ring.element.paused", what="a ring")
    t.equal(browser.js("window.ring.from"), chosen[0], "the loudspeaker that rings")
    press(browser, "a")
    state_is(browser, "talking")
    browser.wait_for("window.ring.element.paused", what="an end of the ring")
    call.bye().wait()


def test_tells_of_a_call_outside_the_page(t):
    """Who looks at another page is told of a call by the desktop, and no longer once it is taken."""
    browser = at_the_desk(t, script=WATCH)
    origin = browser.js("location.origin")
    browser.allow(origin, "notifications", "audioCapture")
    browser.wait_for("Notification.permission === 'granted'", what="the permission")
    browser.cover()
    browser.wait_for("document.visibilityState === 'hidden'", what="the desk behind another page")
    call = t.caller(CALLER).call("95001").wait_up()
    note = browser.wait_for("window.notes[0]?.state === 'shown' && window.notes[0]", what="a note of the desktop")
    t.check(CALLER in note["body"], f"who calls: {note}")
    browser.command("Page.bringToFront")
    browser.wait_for("document.visibilityState === 'visible'", what="the desk in front")
    press(browser, "a")
    state_is(browser, "talking")
    browser.wait_for("window.notes[0].state === 'closed'", what="an end of the note")
    t.equal(browser.js("window.notes.length"), 1, "notes")
    call.bye().wait()


def test_firefox(t):
    """The same in Firefox: a tone of each side's is found at the other, also when the page was loaded anew in the talk."""
    browser = Firefox(t, "zh-CN", voice_hz=VOICE_HZ)
    browser.on_each_page(LISTEN)
    sign_in(t, browser, "1001", "demo-1001", "/desk")
    state_is(browser, "ready")
    call = t.caller(CALLER).call("95001").wait_up()
    takes(browser)
    state_is(browser, "talking")
    call.rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(VOICE_HZ, timeout=15)
    hears_caller(browser)
    browser.reload()
    t.until(lambda: not call.rtp.hears(VOICE_HZ), 15, "the end of the agent's tone")
    call.rtp.wait_tone(VOICE_HZ, timeout=30)
    hears_caller(browser)
    state_is(browser, "talking")
    call.bye().wait()
    state_is(browser, "wrap_up")
