"""After each way of handing a customer on, both agents' talk, hold and wrap-up are what they truly were, wherever they are told."""

import time
from datetime import datetime

from lib import audio
from lib.browser import Browser
from tests.t01_main_job import AGENT_HZ, CALLER_HZ, talk
from tests.t06_transfer import OTHER_HZ, uri
from tests.t11_page import sign_in
from tests.t19_desk import press, state_is
from tests.t21_browser_phone import VOICE_HZ, at_the_desk, takes
from tests.t24_control import act, wait_heard

CALLER = "13812345690"
TAKER_HZ = 880
"""What the second agent's microphone says in the page."""
GIVER, TAKER = "1001", "1002"
ROUNDED_MS = 5
"""Records tell whole milliseconds."""


class Span:
    """Something that the server times, as well as it can be known from outside: not shorter than from when it was seen to
    begin until it was asked to end, nor longer than from when it was asked for until it was seen to have ended."""

    def __init__(self):
        self._asked = time.monotonic()
        self._begun = self._ending = self._over = None

    def begun(self):
        """It is seen to go on."""
        self._begun = time.monotonic()

    def ending(self):
        """Its end is asked for next."""
        self._ending = time.monotonic()

    def over(self):
        """It is seen to have ended."""
        self._over = time.monotonic()

    def check(self, t, ms, what):
        """Whether this may be how long it was, milliseconds."""
        least, most = 1000 * (self._ending - self._begun), 1000 * (self._over - self._asked)
        t.check(least - ROUNDED_MS <= ms <= most + ROUNDED_MS, f"{what}: {ms} ms, not {least:.0f} to {most:.0f}")


def goes_on(t, call, seconds=1):
    """So much more sound at a telephone."""
    enough = len(call.rtp.heard) + 50 * seconds
    t.until(lambda: len(call.rtp.heard) > enough, 10, "more of the talk")


def ms_of(spans):
    """How long these are together, milliseconds."""
    moment = datetime.fromisoformat
    return sum(round(1000 * (moment(s["to"]) - moment(s["from"])).total_seconds()) for s in spans)


class Handing:
    """A customer of a queue's who is handed from one agent to another, and what is told of it afterwards."""

    def __init__(self, t):
        self.t, self.server = t, t.server
        self.call = self.interaction = None
        self.day = time.strftime("%Y-%m-%dT%H:00:00Z", time.gmtime(time.time() - 12 * 3600))
        self.talks = {GIVER: Span(), TAKER: None}
        self.wraps = {}
        self.agents = {a["number"]: a["id"] for a in self.server.live()["agents"]}

    def calls(self):
        """The customer rings the queue."""
        self.call = self.t.caller(CALLER).call("95001").wait_up()
        return self.call

    def with_giver(self):
        """The first agent has the customer; they talk for a while."""
        self.interaction = self.server.wait_live("talking")["id"]
        self.talks[GIVER].begun()
        goes_on(self.t, self.call)

    def handing(self):
        """The first agent is about to let the customer go."""
        self.talks[GIVER].ending()
        self.talks[TAKER] = Span()
        self.wraps[GIVER] = Span()

    def handed(self):
        """The second agent has the customer, the first one the work that is left of it: for longer than the customer stays."""
        self.wraps_up(GIVER)
        self.talks[GIVER].over()
        found = self.server.wait_agent(TAKER, "talking")
        self.t.equal(found["interaction_id"], self.interaction, "the call in which the second agent is")
        self.talks[TAKER].begun()
        self.says(GIVER, "promised a call back")
        goes_on(self.t, self.call, 2)

    def wraps_up(self, number):
        """An agent is at work after its talk, for this customer."""
        found = self.server.wait_agent(number, "wrap_up")
        self.t.equal(found["interaction_id"], self.interaction, f"for whom {number} wraps up")
        # On a slow machine the queue's few seconds would be over before the agent says so.
        path = f"/api/v1/agents/{self.agents[number]}/wrap-up"
        status, _, body = self.server.fetch(path, number, "POST", {"extend_s": 60})
        self.t.equal(status, 200, f"more time for {number}: {body[:200]!r}")
        self.wraps[number].begun()

    def says(self, number, note):
        """What an agent notes of the call."""
        path = f"/api/v1/interactions/{self.interaction}/disposition"
        status, _, body = self.server.fetch(path, number, "PUT", {"code": "solved", "note": note})
        self.t.equal(status, 200, f"the note of {number}: {body[:200]!r}")

    def done(self, number):
        """An agent is done with the work after its talk."""
        self.wraps[number].ending()
        path = f"/api/v1/agents/{self.agents[number]}/state"
        status, _, body = self.server.fetch(path, number, "PUT", {"state": "ready"})
        self.t.equal(status, 200, f"{number} is ready: {body[:200]!r}")
        self.wraps[number].over()

    def ends(self):
        """The customer goes; the second agent wraps up longer than the first one still does."""
        self.talks[TAKER].ending()
        self.wraps[TAKER] = Span()
        self.call.bye().wait()
        self.wraps_up(TAKER)
        self.talks[TAKER].over()
        self.done(GIVER)
        self.says(TAKER, "sent the invoice")
        self.t.never(lambda: self.server.agent(TAKER)["state"] != "wrap_up", 0.5, "a wrap-up that ends by itself at once")
        self.done(TAKER)

    def told(self):
        """The record, the agents' days and the reports agree with what was seen, and with each other."""
        t, server = self.t, self.server
        path = f"/api/v1/interactions/{self.interaction}"
        t.until(lambda: len(server.get(path)["wrap_ups"]) == 2 and not server.get(path)["in_progress"], 8, "both wrap-ups")
        record = server.get(path)
        t.equal((record["outcome"], record["agent"]["number"]), ("answered", TAKER), "outcome, and who had it last")
        t.equal((record["said"]["note"], record["said"]["by"]), ("sent the invoice", TAKER), "what was said last")
        segments = record["segments"]
        t.equal([s["to"] for s in segments[:-1]], [s["from"] for s in segments[1:]], "segments follow one another")
        sums = {key: 0 for key in ("talk", "hold", "wrap")}
        for number in (GIVER, TAKER):
            part = self.told_of_agent(number)
            self.talks[number].check(t, part["talk"] + part["hold"], f"talk and hold of {number}")
            self.wraps[number].check(t, part["wrap"], f"wrap-up of {number}")
            t.equal(ms_of(w for w in record["wrap_ups"] if w["agent"]["number"] == number), part["wrap"], "the record's wrap-up")
            sums = {key: sums[key] + part[key] for key in sums}
        found = {"talk": record["talk_ms"], "hold": record["hold_ms"], "wrap": record["wrap_up_ms"]}
        t.equal(found, sums, "the record's sums, by its agents")
        spans = {"talk": "talking", "hold": "held"}
        found = {key: ms_of(s for s in segments if s["cause"] == cause) for key, cause in spans.items()}
        t.equal(found, {key: sums[key] for key in spans}, "the record's segments")
        self.told_of_queue(sums)

    def told_of_agent(self, number):
        """The agent's own day, which is given, and its line in the report."""
        t, agent = self.t, self.agents[number]
        day = self.server.get(f"/api/v1/agents/{agent}/day?from={self.day}", number)
        part = {"talk": day["talk_ms"], "hold": day["hold_ms"], "wrap": day["wrap_up_ms"]}
        t.equal((day["answered"], day["missed"]), (1, 0), f"calls in the day of {number}")
        line = self.report("agent", agent)
        t.equal((line["contacts"], line["answered"], line["missed_ring"]), (1, 1, 0), f"calls of {number} in the report")
        t.equal(line["transferred"], 1 if number == GIVER else 0, f"calls that {number} handed on")
        t.equal(self.figures(line), part, f"times of {number} in the report")
        t.equal(line["handle_time_ms"], float(sum(part.values())), f"handle time of {number}")
        return part

    def told_of_queue(self, sums):
        """One call of the queue's, answered once and handed on once, with the work of both agents."""
        queue = next(q["id"] for q in self.server.live()["queues"] if q["name"] == "sales")
        line = self.report("queue", queue)
        counts = (line["contacts"], line["offered"], line["answered"], line["abandoned"], line["transferred"])
        self.t.equal(counts, (1, 1, 1, 0, 1), "the queue's calls")
        self.t.equal(self.figures(line), sums, "the queue's times")

    def report(self, by, subject):
        """The line of one subject over today."""
        items = self.server.get(f"/api/v1/reports?by={by}&every=all&from={self.day}&subject={subject}", "2001")["items"]
        self.t.equal(len(items), 1, f"lines of the report by {by}")
        return items[0]

    @staticmethod
    def figures(line):
        return {"talk": line["talking_ms"], "hold": line["holding_ms"], "wrap": line["wrapping_ms"]}


def phones(t):
    """The first agent, at an IP phone, talks with the customer; the second one's IP phone is ready."""
    agent = t.agent(GIVER)
    t.server.wait_agent(GIVER, "ready")
    handing = Handing(t)
    call = handing.calls()
    offered = agent.take_call()
    talk(t, call, offered)
    handing.with_giver()
    other = t.agent(TAKER)
    t.server.wait_agent(TAKER, "ready")
    return handing, agent, offered, other


def ended(t, handing, taken):
    """The customer has the second agent, goes, and all is told as it was."""
    handing.call.rtp.wait_tone(OTHER_HZ)
    taken.rtp.wait_tone(CALLER_HZ)
    handing.handed()
    handing.ends()
    taken.wait_end()
    t.server.wait_idle()
    handing.told()


def test_blind_from_a_phone(t):
    """REFER to a colleague."""
    handing, _, offered, other = phones(t)
    handing.handing()
    t.equal(offered.refer(uri(t, TAKER)).wait().status, 202, "REFER")
    ended(t, handing, other.take_call(OTHER_HZ))


def test_attended_from_a_phone(t):
    """Hold, a second call to the colleague, REFER with Replaces."""
    handing, agent, offered, other = phones(t)
    offered.hold().wait()
    consult = agent.call(TAKER)
    taken = other.take_call(OTHER_HZ)
    consult.wait_up().rtp.tone(AGENT_HZ)
    taken.rtp.wait_tone(AGENT_HZ)
    consult.hold().wait()
    handing.handing()
    t.equal(offered.refer(uri(t, TAKER), replaces=consult).wait().status, 202, "REFER")
    ended(t, handing, taken)


def test_blonde_from_a_phone(t):
    """REFER with Replaces while the colleague is still rung."""
    handing, agent, offered, other = phones(t)
    offered.hold().wait()
    consult = agent.call(TAKER)
    rung = other.wait_call()
    rung.ring()
    t.until(lambda: consult.remote_tag and 180 in consult.statuses, 5, "the ringing at the colleague's")
    handing.handing()
    t.equal(offered.refer(uri(t, TAKER), replaces=consult).wait().status, 202, "REFER")
    rung.wait_end()
    ended(t, handing, other.take_call(OTHER_HZ))


def test_blind_by_order(t):
    """The API's transfer."""
    handing, _, _, other = phones(t)
    handing.handing()
    act(t, handing.interaction, "transfer", to=TAKER)
    ended(t, handing, other.take_call(OTHER_HZ))


def test_attended_by_order(t):
    """The API's consultation, swapped and back, and completed."""
    handing, _, offered, other = phones(t)
    act(t, handing.interaction, "consult", to=TAKER)
    asked = other.take_call(OTHER_HZ)
    offered.rtp.wait_tone(OTHER_HZ)
    act(t, handing.interaction, "swap")
    offered.rtp.wait_tone(CALLER_HZ)
    act(t, handing.interaction, "swap")
    offered.rtp.wait_tone(OTHER_HZ)
    handing.handing()
    act(t, handing.interaction, "complete")
    ended(t, handing, asked)


def test_blonde_by_order(t):
    """The API's consultation, completed while it rings."""
    handing, _, _, other = phones(t)
    act(t, handing.interaction, "consult", to=TAKER)
    rung = other.wait_call()
    rung.ring()
    handing.handing()
    act(t, handing.interaction, "complete")
    rung.answer().rtp.tone(OTHER_HZ)
    ended(t, handing, rung)


def test_conference_and_leave(t):
    """All three talk, then the first agent hangs up."""
    handing, _, offered, other = phones(t)
    act(t, handing.interaction, "consult", to=TAKER)
    asked = other.take_call(OTHER_HZ)
    offered.rtp.wait_tone(OTHER_HZ)
    act(t, handing.interaction, "conference")
    wait_heard(t, handing.call, AGENT_HZ, OTHER_HZ)
    wait_heard(t, asked, CALLER_HZ, AGENT_HZ)
    goes_on(t, handing.call)
    handing.handing()
    offered.bye().wait()
    ended(t, handing, asked)


def desks(t):
    """Both agents at their desks, without telephones on the table; the first one talks with the customer."""
    giver = at_the_desk(t)
    handing = Handing(t)
    call = handing.calls()
    takes(giver)
    state_is(giver, "talking")
    call.rtp.tone(CALLER_HZ)
    call.rtp.wait_tone(VOICE_HZ, 15)
    handing.with_giver()
    giver.type_into("textarea", "asks for an invoice")
    giver.wait_for("document.querySelector('.save-state').dataset.save === 'saved'", what="the note at the server")
    giver.js("document.activeElement.blur()")
    microphone = t.folder / "other.wav"
    audio.write_tone_wav(microphone, TAKER_HZ, 10, rate=48000)
    taker = Browser(t, "zh-CN", (1366, 768), microphone, profile="taker")
    sign_in(t, taker, TAKER, f"demo-{TAKER}", "/desk")
    state_is(taker, "ready")
    taker.wait_for("!!document.querySelector('.phone-status[data-light=good]')", what="a phone that is signed in")
    return handing, giver, taker


def transfers(browser, way):
    """Hands the call to the second agent by the dialog: `primary` at once, `default` with a word before."""
    press(browser, "t")
    row = f"[...document.querySelectorAll('.transfer-row')].find(r => r.innerText.includes('{TAKER}'))"
    browser.wait_for(f"!!{row}", what="the colleague in the list")
    browser.js(f"{row}.querySelector('.ant-btn-{way}').click()")


def completes(browser):
    """Presses the button that completes a transfer, once it is there."""
    button = "document.querySelector('.call-action.call-go[aria-keyshortcuts=T]')"
    browser.wait_for(f"!!{button}", what="the button that completes")
    browser.js(f"{button}.click()")


def desks_end(t, handing, giver, taker):
    """The second agent's desk has the call with what was noted, wraps it up, and all is told as it was."""
    handing.call.rtp.wait_tone(TAKER_HZ, 15)
    state_is(giver, "wrap_up")
    state_is(taker, "talking")
    taker.wait_for(f"document.querySelector('.call-number')?.innerText === '{CALLER}'", what="the caller's number")
    taker.wait_for("document.querySelector('textarea')?.value === 'asks for an invoice'", what="the colleague's note")
    handing.handed()
    handing.ends()
    for browser in (giver, taker):
        state_is(browser, "ready")
        browser.wait_for("document.querySelector('.figure-value')?.innerText === '1'", what="one answered call in the day")
    t.server.wait_idle()
    handing.told()


def test_blind_at_the_desk(t):
    """Handed on at once, from page to page."""
    handing, giver, taker = desks(t)
    handing.handing()
    transfers(giver, "primary")
    takes(taker)
    desks_end(t, handing, giver, taker)


def test_attended_at_the_desk(t):
    """The colleague is asked, and takes the customer."""
    handing, giver, taker = desks(t)
    transfers(giver, "default")
    takes(taker)
    state_is(taker, "talking")
    giver.wait_for("!!document.querySelector('.call-action[aria-keyshortcuts=C]')", what="a colleague who has answered")
    handing.handing()
    completes(giver)
    desks_end(t, handing, giver, taker)


def test_blonde_at_the_desk(t):
    """Completed while the colleague's page rings."""
    handing, giver, taker = desks(t)
    transfers(giver, "default")
    taker.wait_for("document.querySelector('.bar-party')?.dataset.phase === 'ringing'", what="the question at the colleague's")
    handing.handing()
    completes(giver)
    browser_has(taker, CALLER)
    takes(taker)
    desks_end(t, handing, giver, taker)


def browser_has(browser, number):
    """Waits until a page rings for this number."""
    shown = "document.querySelector('.bar-party strong')?.innerText"
    browser.wait_for(f"{shown} === '{number}'", what=f"a call of {number} at the page")


def test_conference_at_the_desk(t):
    """All three talk, then the first agent leaves by its page."""
    handing, giver, taker = desks(t)
    transfers(giver, "default")
    takes(taker)
    conference = "document.querySelector('.call-action[aria-keyshortcuts=C]:not(:disabled)')"
    giver.wait_for(f"!!{conference}", what="the button for a conference")
    giver.js(f"{conference}.click()")
    handing.call.rtp.wait_tone(TAKER_HZ, 15)
    giver.wait_for("document.querySelectorAll('.bar-party').length === 1", what="one call for all three")
    handing.handing()
    press(giver, "e")
    desks_end(t, handing, giver, taker)
