//! Any order of messages, commands and waits: the bytes of a script say what happens next to an agent whose peer knows its
//! names. Nothing panics, a call ends once and is then never spoken of, and at the end nothing is left.

use std::collections::HashSet;
use std::time::Duration;

use bytes::Bytes;
use sip::agent::{Body, CallHandle, Event, Field, Invite, NotifyState, ReferTarget, RequestHandle, SubscriptionHandle};
use sip::{Agent, Flow, Message, Method, Transport};
use types::Now;

use crate::calls::{ANSWER, HOLD, OFFER, agent, flow, start};

/// Scripts that lead somewhere: a call answered, changed and ended from either side, and one that is taken back.
pub(crate) const STORIES: [&[u8]; 4] = [
    &[6, 0, 0, 10, 0, 1, 2, 0, 1, 5, 1, 0, 12, 0, 13, 0, 11, 0, 5, 6],
    &[1, 0, 1, 2, 0, 1, 1, 7, 0, 0, 1, 1, 2, 1, 0, 0, 2, 8, 2, 1, 3, 0, 5, 6],
    &[6, 0, 10, 0, 0, 11, 0, 1, 2, 0, 0, 5, 2, 0, 14, 0, 1, 2, 0, 0, 5, 6],
    &[1, 0, 1, 2, 0, 1, 1, 8, 0, 1, 0, 3, 1, 2, 0, 0, 1, 5, 3, 15, 0, 5, 7],
];

const METHODS: [&str; 12] =
    ["INVITE", "ACK", "BYE", "CANCEL", "PRACK", "UPDATE", "INFO", "NOTIFY", "OPTIONS", "REFER", "MESSAGE", "REGISTER"];
const STATUSES: [u16; 12] = [100, 180, 183, 200, 202, 401, 422, 481, 487, 491, 500, 503];
const EXTRAS: [&str; 8] = [
    "",
    "Require: 100rel\r\nRSeq: 1\r\n",
    "RAck: 1 1 INVITE\r\n",
    "Session-Expires: 90;refresher=uac\r\nSupported: timer, 100rel\r\n",
    "Event: refer\r\nSubscription-State: terminated\r\n",
    "Record-Route: <sip:192.0.2.2;lr>\r\n",
    "Refer-To: <sip:c@192.0.2.3>\r\n",
    "WWW-Authenticate: Digest realm=\"x\",nonce=\"n\",qop=\"auth\"\r\nMin-SE: 200\r\n",
];
const WAITS_MS: [u64; 8] = [0, 50, 250, 600, 4_100, 5_000, 35_000, 200_000];
const BODIES: [&[u8]; 4] = [b"", OFFER, ANSWER, HOLD];

/// Calls that a script may have open at once: enough for Replaces and transfers.
const MAX_CALLS: usize = 4;
/// Longer than every timer of what has been let go.
const END_WITHIN: Duration = Duration::from_secs(4000);

/// Bytes that say what happens next.
struct Script<'a>(&'a [u8]);

impl Script<'_> {
    fn byte(&mut self) -> Option<usize> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(usize::from(*first))
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> Option<T> {
        let place = self.byte()?;
        items.get(place % items.len().max(1)).copied()
    }
}

/// What the peer knows of the agent, so that its messages hit.
#[derive(Default)]
struct Overheard {
    branch: String,
    tag: String,
    call_id: String,
}

struct World {
    agent: Agent,
    now: Now,
    calls: Vec<CallHandle>,
    requests: Vec<RequestHandle>,
    reports: Vec<SubscriptionHandle>,
    over: HashSet<CallHandle>,
    overheard: Overheard,
    restarts: u64,
}

/// Plays a script to its end.
pub(crate) fn play(script: &[u8]) {
    let mut world = World {
        agent: agent(500, 1),
        now: start(),
        calls: Vec::new(),
        requests: Vec::new(),
        reports: Vec::new(),
        over: HashSet::new(),
        overheard: Overheard::default(),
        restarts: 0,
    };
    let mut script = Script(script);
    while world.step(&mut script).is_some() {
        world.listen();
    }
    world.close();
}

impl World {
    /// The next step; none when the script is over.
    fn step(&mut self, script: &mut Script<'_>) -> Option<()> {
        match script.byte()? % 16 {
            0..=4 => self.hear(script)?,
            5 => {
                let wait = script.pick(&WAITS_MS)?;
                self.wait(Duration::from_millis(wait));
            }
            6 => self.invite(script)?,
            step @ 7..=13 => {
                let call = script.pick(&self.calls);
                let body = script.pick(&BODIES)?;
                if let Some(call) = call {
                    self.command(step, call, body);
                }
            }
            14 => self.answer_request(script.byte()?),
            _ => self.upset(script.byte()?),
        }
        Some(())
    }

    /// A message of the peer's: a request or an answer whose parts fit together, or nearly.
    fn hear(&mut self, script: &mut Script<'_>) -> Option<()> {
        let (kind, names) = (script.byte()?, script.byte()?);
        let (number, extra) = (1 + script.byte()? % 4, script.pick(&EXTRAS)?);
        let body = script.pick(&BODIES)?;
        let method = METHODS[kind % METHODS.len()];
        let first = match kind / 128 {
            0 => format!("{method} sip:a@192.0.2.1 SIP/2.0"),
            _ => format!("SIP/2.0 {} Any", STATUSES[kind / 8 % STATUSES.len()]),
        };
        let method = if kind / 128 == 1 { METHODS[[0, 2, 3, 4, 5, 6, 9, 7][kind % 8]] } else { method };
        let known = |place: usize, own: &'static str, ours: &str| match place % 3 {
            0 if !ours.is_empty() => ours.to_owned(),
            1 => format!("{own}1"),
            _ => format!("{own}2"),
        };
        let branch = known(names, "z9hG4bK", &self.overheard.branch);
        let (from, to) = (known(names / 3, "peer", &self.overheard.tag), known(names / 9, "peer", &self.overheard.tag));
        let to = if names / 27 % 3 == 0 { String::new() } else { format!(";tag={to}") };
        let call_id = known(names / 81, "call", &self.overheard.call_id);
        let length = body.len();
        let head = format!(
            "{first}\r\nVia: SIP/2.0/UDP 192.0.2.2;branch={branch}\r\nMax-Forwards: 70\r\nFrom: <sip:b@h>;tag={from}\r\n\
             To: <sip:a@h>{to}\r\nCall-ID: {call_id}\r\nCSeq: {number} {method}\r\nContact: <sip:b@192.0.2.2>\r\n{extra}\
             Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n"
        );
        let transport = if names % 16 == 15 { Transport::Tcp } else { Transport::Udp };
        self.agent.handle_message(self.now, flow(transport, 2, 1), [head.as_bytes(), body].concat().into());
        Some(())
    }

    fn wait(&mut self, time: Duration) {
        let until = self.now.mono + time;
        while let Some(at) = self.agent.poll_timeout().filter(|at| *at <= until) {
            self.now = self.now.after(at.since(self.now.mono));
            self.agent.handle_timeout(self.now);
            self.listen();
        }
        self.now = self.now.after(until.since(self.now.mono));
    }

    fn invite(&mut self, script: &mut Script<'_>) -> Option<()> {
        let kind = script.byte()?;
        if self.calls.len() >= MAX_CALLS {
            return Some(());
        }
        let transport = if kind & 1 == 0 { Transport::Udp } else { Transport::Tcp };
        let place = Flow::to(transport, ([192, 0, 2, 2], 5060).into());
        let others = [Flow::to(Transport::Udp, ([192, 0, 2, 3], 5060).into())];
        let body = BODIES[kind / 2 % BODIES.len()];
        let body = (!body.is_empty()).then(|| Body::sdp(body));
        let mut invite = Invite::new(place, "sip:b@192.0.2.2", "<sip:a@192.0.2.1>", body);
        // Long enough for a connection, at times.
        let note = "x".repeat(if kind & 64 == 0 { 8 } else { 1200 });
        let fields: [Field<'_>; 1] = [("X-Note", &note)];
        invite.headers = &fields;
        if kind & 128 != 0 {
            invite.alternatives = &others;
        }
        self.calls.extend(self.agent.invite(self.now, &invite).ok());
        Some(())
    }

    /// A command to a call. That one is refused is part of life.
    fn command(&mut self, step: usize, call: CallHandle, body: &[u8]) {
        let (agent, now) = (&mut self.agent, self.now);
        let sdp = (!body.is_empty()).then(|| Body::sdp(body));
        let _ = match (step, sdp) {
            (7, _) => agent.answer(now, call, sdp, &[]),
            (8, _) => agent.provisional(now, call, if sdp.is_some() { 183 } else { 180 }, sdp, body == ANSWER, &[]),
            (9, _) => {
                let done = agent.reject(now, call, 486, "", &[]);
                if done.is_ok() {
                    self.end(call);
                }
                done
            }
            (10, _) => agent.cancel(now, call, None),
            (11, _) => agent.bye(now, call, &[]),
            (12, Some(body)) if body.bytes == HOLD => agent.update(now, call, body),
            (12, _) => agent.reinvite(now, call, sdp),
            (_, Some(body)) => agent.answer_change(now, call, body).or_else(|_| agent.accept_offer(now, call, body)),
            (_, None) => agent.reject_change(now, call, 488, &[]),
        };
    }

    fn answer_request(&mut self, kind: usize) {
        let (agent, now) = (&mut self.agent, self.now);
        let _ = match (kind % 4, self.requests.pop(), self.calls.first()) {
            (0, Some(request), _) => agent.respond(now, request, 200, "", &[], None),
            (1, Some(request), _) => agent.accept_refer(now, request).map(|report| self.reports.push(report)),
            (2, _, Some(call)) => agent.request_in_call(now, *call, Method::Info, &[], None).map(|_| ()),
            (_, _, Some(call)) => {
                let target =
                    ReferTarget { uri: "sip:c@192.0.2.3", replaces: self.calls.last().copied(), referred_by: None };
                agent.refer(now, *call, &target).map(|_| ())
            }
            _ => Ok(()),
        };
    }

    /// A way that breaks, or a process that is replaced by another.
    fn upset(&mut self, kind: usize) {
        let transport = if kind & 1 == 0 { Transport::Udp } else { Transport::Tcp };
        if kind & 2 == 0 {
            let conn = if kind & 4 == 0 { 0 } else { 9 };
            return self.agent.transport_error(self.now, Flow { conn, ..flow(transport, 2, 1) });
        }
        let [call] = self.calls[..] else { return };
        let Ok(saved) = self.agent.save(call) else { return };
        self.restarts += 1;
        self.agent = agent(600 + self.restarts, 1);
        self.over.clear();
        (self.requests, self.reports) = (Vec::new(), Vec::new());
        self.calls = vec![self.agent.restore(self.now, &saved).expect("a dialog of ours is read by the next process")];
    }

    fn end(&mut self, call: CallHandle) {
        assert!(self.over.insert(call), "a call ends once");
        self.calls.retain(|known| *known != call);
    }

    /// Takes what the agent sends and says.
    fn listen(&mut self) {
        while let Some(transmit) = self.agent.poll_transmit() {
            self.overhear(transmit.bytes);
        }
        while let Some(event) = self.agent.poll_event() {
            match event {
                Event::Incoming { call, .. } => self.calls.push(call),
                Event::Failed { call, .. } | Event::Cancelled { call, .. } | Event::Ended { call, .. } => {
                    self.end(call)
                }
                Event::Request { request, .. } | Event::Refer { request, .. } => self.requests.push(request),
                Event::Progress { call, .. }
                | Event::Answered { call, .. }
                | Event::Confirmed { call, .. }
                | Event::Change { call, .. }
                | Event::Changed { call, .. }
                | Event::Info { call, .. } => {
                    assert!(!self.over.contains(&call), "a call that is over is not spoken of")
                }
                _ => {}
            }
        }
        assert_eq!(self.agent.stats().overflowed, 0);
    }

    fn overhear(&mut self, bytes: Bytes) {
        let Ok(message) = Message::scan(bytes) else { return };
        let tag = if message.is_request() { message.from_tag() } else { message.to_tag() };
        if let Some(tag) = tag {
            tag.clone_into(&mut self.overheard.tag);
        }
        if let (true, Ok(via)) = (message.is_request(), message.top_via()) {
            via.branch().clone_into(&mut self.overheard.branch);
            message.call_id().clone_into(&mut self.overheard.call_id);
        }
    }

    /// The driver lets go of everything, nobody answers any more, and nothing is left.
    fn close(mut self) {
        for _ in 0..4 {
            self.listen();
            let now = self.now;
            for call in self.calls.clone() {
                if self.agent.bye(now, call, &[]).is_err()
                    && self.agent.cancel(now, call, None).is_err()
                    && self.agent.reject(now, call, 480, "", &[]).is_ok()
                {
                    self.end(call);
                }
            }
            for request in std::mem::take(&mut self.requests) {
                let _ = self.agent.respond(now, request, 500, "", &[], None);
            }
            for report in std::mem::take(&mut self.reports) {
                let _ = self.agent.notify(now, report, NotifyState::Terminated("noresource"), None);
            }
            self.wait(Duration::from_secs(100));
        }
        self.wait(END_WITHIN);
        let stats = self.agent.stats();
        let left = (stats.calls, stats.subscriptions, stats.client_transactions, stats.server_transactions);
        assert_eq!((left, stats.lingering, stats.indexed), ((0, 0, 0, 0), 0, 0), "something is left: {:?}", self.calls);
    }
}
