//! Random walks: two agents whose drivers do what comes to their minds, on a network that loses, doubles and reorders.
//! Whatever happens, nobody panics, both sides end, each event comes once, and nothing is left.

use std::collections::HashMap;
use std::time::Duration;

use rand::Rng;
use sip::Method;
use sip::Transport;
use sip::agent::{Agent, Body, CallHandle, Event, NotifyState, ReferTarget, Sdp, SubscriptionHandle};

use crate::harness::*;

/// What a driver knows of one of its calls.
#[derive(Debug, Default, Clone)]
struct Known {
    incoming: bool,
    standing: bool,
    change_open: bool,
    offer_open: bool,
    over: bool,
}

struct Walk {
    net: Net,
    known: Vec<HashMap<CallHandle, Known>>,
    reports: Vec<Vec<SubscriptionHandle>>,
    started: usize,
    with_restarts: bool,
    transport: Transport,
    restarts: u64,
    seed: u64,
}

impl Walk {
    fn new(seed: u64, transport: Transport, with_restarts: bool) -> Self {
        let mut net = Net::with(seed, 2, transport, |_, mut config| {
            config.session.expires_s = 120;
            config
        });
        net.loss = net.rng.random_range(0..150);
        net.double = net.rng.random_range(0..100);
        let slowest = net.rng.random_range(2..700);
        net.delay_ms = 1..slowest;
        let known = vec![HashMap::new(), HashMap::new()];
        Self {
            net,
            known,
            reports: vec![Vec::new(), Vec::new()],
            started: 0,
            with_restarts,
            transport,
            restarts: 0,
            seed,
        }
    }

    fn pick(&mut self, node: usize, fits: impl Fn(&Known) -> bool) -> Option<CallHandle> {
        let mut fitting: Vec<_> =
            self.known[node].iter().filter(|(_, known)| !known.over && fits(known)).map(|(call, _)| *call).collect();
        fitting.sort_unstable();
        if fitting.is_empty() {
            return None;
        }
        let place = self.net.rng.random_range(0..fitting.len());
        Some(fitting[place])
    }

    /// One deed of one driver. Refused commands are part of life.
    fn act(&mut self, node: usize) {
        let now = self.net.now;
        let body = [OFFER, ANSWER, HOLD, HELD][self.net.rng.random_range(0..4)];
        let deed = self.net.rng.random_range(0..17);
        let any = self.pick(node, |_| true);
        let standing = self.pick(node, |known| known.standing);
        let ringing = self.pick(node, |known| known.incoming && !known.standing);
        let other = self.pick(node, |_| true);
        let reliable = self.net.rng.random_bool(0.5);
        let with_body = self.net.rng.random_bool(0.6).then_some(Body::sdp(body));
        if deed == 0 && self.started < 4 {
            self.started += 1;
            let offer = self.net.rng.random_bool(0.8).then_some(OFFER);
            let call = self.net.invite(node, 1 - node, offer);
            self.known[node].insert(call, Known::default());
            return;
        }
        let agent = &mut self.net.nodes[node].agent;
        match (deed, any, standing, ringing) {
            (1 | 2, _, _, Some(call)) => {
                let _ = agent.provisional(now, call, if reliable { 183 } else { 180 }, with_body, reliable, &[]);
            }
            (3..=5, _, _, Some(call)) => {
                let done = agent.answer(now, call, Some(Body::sdp(body)), &[]);
                if done.is_err() {
                    let _ = agent.answer(now, call, None, &[]);
                }
            }
            (6, _, _, Some(call)) => {
                if agent.reject(now, call, 486, "", &[]).is_ok() {
                    self.known[node].entry(call).or_default().over = true;
                }
            }
            (7, Some(call), ..) => {
                let _ = agent.cancel(now, call, None);
            }
            (8 | 9, _, Some(call), _) => {
                let _ = agent.reinvite(now, call, with_body);
            }
            (10, Some(call), ..) => {
                let _ = agent.update(now, call, Body::sdp(body));
            }
            (11 | 12, Some(call), ..) => {
                let known = self.known[node].entry(call).or_default();
                if known.change_open {
                    known.change_open = false;
                    let done = match reliable {
                        true => agent.answer_change(now, call, Body::sdp(body)),
                        false => agent.reject_change(now, call, 488, &[]),
                    };
                    let _ = done;
                }
                if known.offer_open && agent.accept_offer(now, call, Body::sdp(body)).is_ok() {
                    known.offer_open = false;
                }
            }
            (13, Some(call), ..) => {
                let _ = agent.request_in_call(now, call, Method::Info, &[], None);
            }
            (14, _, Some(call), _) => {
                let target = ReferTarget { uri: "sip:x@192.0.2.9", replaces: other, referred_by: None };
                let _ = agent.refer(now, call, &target);
            }
            (15, Some(call), ..) => {
                let _ = agent.bye(now, call, &[]);
            }
            (16, _, Some(call), _) if self.with_restarts => self.restart(node, call),
            _ => {
                if let Some(report) = self.reports[node].pop() {
                    let _ = agent.refer_progress(now, report, 200, "");
                }
            }
        }
    }

    /// All of a node's standing calls move into a new process; what does not stand is lost with the old one, so this is
    /// done only when there is but one call.
    fn restart(&mut self, node: usize, call: CallHandle) {
        if self.net.nodes[node].agent.stats().calls != 1 {
            return;
        }
        let Ok(saved) = self.net.nodes[node].agent.save(call) else { return };
        self.restarts += 1;
        let fresh = config(7000 + self.restarts, node, self.transport);
        self.net.nodes[node].agent = Agent::new(fresh);
        let now = self.net.now;
        let restored = self.net.nodes[node].agent.restore(now, &saved).unwrap();
        let mut known = self.known[node].remove(&call).unwrap_or_default();
        known.change_open = false;
        self.known[node].clear();
        self.known[node].insert(restored, known);
        self.reports[node].clear();
    }

    fn hear(&mut self, node: usize) {
        let now = self.net.now;
        for event in self.net.take(node) {
            let place = &mut self.known[node];
            let mut over = |call: &CallHandle| {
                let known = place.entry(*call).or_default();
                assert!(!known.over, "a call ends once: {event:?}");
                known.over = true;
            };
            match &event {
                Event::Failed { call, .. } | Event::Cancelled { call, .. } | Event::Ended { call, .. } => over(call),
                Event::Incoming { call, .. } => {
                    let fresh = place.insert(*call, Known { incoming: true, ..Known::default() });
                    assert!(fresh.is_none(), "a call comes in once");
                }
                Event::Answered { call, sdp, .. } => {
                    let known = place.get_mut(call).expect("an answer to a call of ours");
                    assert!(!known.standing && !known.over, "a call is answered once");
                    known.standing = true;
                    known.offer_open = matches!(sdp, Some(Sdp::Offer(_)));
                }
                Event::Confirmed { call, .. } => {
                    let known = place.get_mut(call).expect("a call of ours");
                    assert!(!known.over);
                    known.standing = true;
                }
                Event::Change { call, .. } => {
                    let known = place.get_mut(call).expect("a call of ours");
                    assert!(!known.over && !known.change_open, "one change at a time");
                    known.change_open = true;
                }
                Event::ChangeCancelled { call } => place.get_mut(call).expect("a call of ours").change_open = false,
                Event::Changed { call, sdp, .. } | Event::Progress { call, sdp, .. } => {
                    let known = place.get_mut(call).expect("a call of ours");
                    assert!(!known.over);
                    known.offer_open |= matches!(sdp, Some(Sdp::Offer(_)));
                }
                Event::Refer { request, .. } => {
                    if let Ok(report) = self.net.nodes[node].agent.accept_refer(now, *request) {
                        self.reports[node].push(report);
                    }
                }
                _ => {}
            }
        }
    }

    fn go(mut self, steps: usize) {
        for _ in 0..steps {
            let node = self.net.rng.random_range(0..2);
            self.act(node);
            let pause = self.net.rng.random_range(0..900);
            self.net.run_ms(pause);
            self.hear(A);
            self.hear(B);
        }
        // Drivers let go of all.
        for round in 0..6 {
            for node in [A, B] {
                self.hear(node);
                let now = self.net.now;
                let calls: Vec<_> =
                    self.known[node].iter().filter(|(_, known)| !known.over).map(|(call, _)| *call).collect();
                for call in calls {
                    let agent = &mut self.net.nodes[node].agent;
                    if agent.bye(now, call, &[]).is_err() && agent.reject(now, call, 480, "", &[]).is_ok() {
                        self.known[node].entry(call).or_default().over = true;
                    }
                }
                while let Some(report) = self.reports[node].pop() {
                    let _ = self.net.nodes[node].agent.notify(now, report, NotifyState::Terminated("noresource"), None);
                }
            }
            self.net.run(Duration::from_secs(if round < 3 { 5 } else { 70 }));
        }
        self.hear(A);
        self.hear(B);
        for node in [A, B] {
            for (call, known) in &self.known[node] {
                assert!(known.over, "{} never heard the end of {call:?}: {known:?}", name(node));
            }
        }
        // A BYE that is refused leaves the peer with half a call.
        let refused = self.net.wire.iter().filter(|line| line.ends_with("500 BYE")).count();
        assert_eq!(refused, 0, "every BYE is in order; seed {}: {:#?}", self.seed, self.net.wire);
        self.net.assert_clean();
    }
}

#[test]
fn whatever_two_drivers_do_both_sides_end_and_nothing_is_left() {
    for seed in 0..walks() {
        Walk::new(seed, Transport::Udp, false).go(40);
    }
}

#[test]
fn the_same_over_streams() {
    for seed in 0..walks() / 4 {
        Walk::new(100_000 + seed, Transport::Tcp, false).go(40);
    }
}

#[test]
fn the_same_while_processes_are_replaced() {
    for seed in 0..walks() / 2 {
        Walk::new(200_000 + seed, Transport::Udp, true).go(40);
    }
}

/// How many walks: enough to meet the rare races, few enough for every run; `SIP_WALKS` asks for more.
fn walks() -> u64 {
    std::env::var("SIP_WALKS").ok().and_then(|walks| walks.parse().ok()).unwrap_or(1500)
}
