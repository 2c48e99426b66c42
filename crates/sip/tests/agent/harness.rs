//! Agents on a network in virtual time: seeded loss, doubling, delay; what went over the wire is written down.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sip::agent::{AgentConfig, Body, CallHandle, Event, Field, Invite, Sdp};
use sip::{Agent, Flow, Message, Transport};
use types::{Mono, Now, Wall};

pub(crate) const OFFER: &[u8] =
    b"v=0\r\no=a 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
pub(crate) const ANSWER: &[u8] =
    b"v=0\r\no=b 2 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 5000 RTP/AVP 8\r\n";
pub(crate) const HOLD: &[u8] =
    b"v=0\r\no=a 1 2 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendonly\r\n";
pub(crate) const HELD: &[u8] =
    b"v=0\r\no=b 2 2 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 5000 RTP/AVP 8\r\na=recvonly\r\n";

pub(crate) const A: usize = 0;
pub(crate) const B: usize = 1;
pub(crate) const C: usize = 2;

pub(crate) fn addr(node: usize) -> SocketAddr {
    format!("192.0.2.{}:5060", node + 1).parse().unwrap()
}

pub(crate) struct Node {
    pub(crate) agent: Agent,
    pub(crate) events: Vec<Event>,
    /// Messages for a node that a test plays by hand.
    pub(crate) inbox: Vec<(Flow, Bytes)>,
    pub(crate) by_hand: bool,
    pub(crate) dead: bool,
    /// Whether it takes no connections.
    pub(crate) no_tcp: bool,
}

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Carried {
    /// It arrives, or is lost without a word.
    OnTheWay,
    /// The peer takes no connection.
    Refused,
}

/// When, in which order, to whom, by which flow, what.
type Flight = (Mono, u64, usize, usize, Bytes);

pub(crate) struct Net {
    pub(crate) now: Now,
    pub(crate) nodes: Vec<Node>,
    pub(crate) transport: Transport,
    /// Chances out of 1000.
    pub(crate) loss: u32,
    pub(crate) double: u32,
    pub(crate) delay_ms: std::ops::Range<u64>,
    pub(crate) wire: Vec<String>,
    /// The next messages whose first words are these are lost, once each.
    pub(crate) lose_next: Vec<String>,
    pub(crate) rng: StdRng,
    queue: BinaryHeap<Reverse<Flight>>,
    flows: Vec<Flow>,
    sent: u64,
}

pub(crate) fn config(seed: u64, node: usize, transport: Transport) -> AgentConfig {
    let mut config = AgentConfig::new(seed).identity(transport, addr(node), addr(node).to_string());
    config.user_agent = "test".to_owned();
    config
}

impl Net {
    pub(crate) fn new(seed: u64, nodes: usize) -> Self {
        Self::with(seed, nodes, Transport::Udp, |_, config| config)
    }

    pub(crate) fn with(
        seed: u64,
        nodes: usize,
        transport: Transport,
        adjust: impl Fn(usize, AgentConfig) -> AgentConfig,
    ) -> Self {
        let node = |index: usize| Node {
            agent: Agent::new(adjust(
                index,
                config(seed.wrapping_mul(31).wrapping_add(index as u64), index, transport),
            )),
            events: Vec::new(),
            inbox: Vec::new(),
            by_hand: false,
            dead: false,
            no_tcp: false,
        };
        Self {
            now: Now { mono: Mono::from_millis(1000), wall: Wall(1_700_000_000_000) },
            nodes: (0..nodes).map(node).collect(),
            transport,
            loss: 0,
            double: 0,
            delay_ms: 5..6,
            wire: Vec::new(),
            lose_next: Vec::new(),
            rng: StdRng::seed_from_u64(seed),
            queue: BinaryHeap::new(),
            flows: Vec::new(),
            sent: 0,
        }
    }

    /// A and a peer B that the test plays.
    pub(crate) fn with_hand(seed: u64) -> Self {
        let mut net = Self::new(seed, 2);
        net.nodes[B].by_hand = true;
        net
    }

    /// How A sees what B sends.
    pub(crate) fn at_a(&self) -> Flow {
        Flow { transport: self.transport, local: addr(A), remote: addr(B), conn: 0 }
    }

    /// Hands bytes to A as if B had sent them; gives what A says to it.
    pub(crate) fn tell(&mut self, bytes: impl Into<Bytes>) -> Vec<Message> {
        let (flow, now) = (self.at_a(), self.now);
        self.agent(A).handle_message(now, flow, bytes.into());
        self.heard()
    }

    /// What B hears, until the air is clear.
    pub(crate) fn heard(&mut self) -> Vec<Message> {
        self.run_ms(20);
        let inbox = std::mem::take(&mut self.nodes[B].inbox);
        // Not parsed in full: an answer to a broken request has its broken headers.
        inbox.into_iter().map(|(_, bytes)| Message::scan(bytes).unwrap()).collect()
    }

    pub(crate) fn to(&self, node: usize) -> Flow {
        Flow::to(self.transport, addr(node))
    }

    /// Takes what the agents want to send and to say.
    pub(crate) fn drain(&mut self) {
        for from in 0..self.nodes.len() {
            while let Some(transmit) = self.nodes[from].agent.poll_transmit() {
                assert!(!transmit.flow.local.ip().is_unspecified(), "every message leaves by a known socket");
                if self.carry(from, transmit.flow, transmit.bytes) == Carried::Refused {
                    let now = self.now;
                    self.nodes[from].agent.transport_error(now, transmit.flow);
                }
            }
            while let Some(event) = self.nodes[from].agent.poll_event() {
                self.nodes[from].events.push(event);
            }
        }
    }

    pub(crate) fn carry(&mut self, from: usize, flow: Flow, bytes: Bytes) -> Carried {
        let Some(to) = (0..self.nodes.len()).find(|node| addr(*node) == flow.remote) else { return Carried::OnTheWay };
        let words = first_words(&bytes);
        // A stream keeps order and loses nothing.
        let reliable = flow.transport.is_reliable();
        let by = if flow.transport == self.transport { "" } else { flow.transport.as_str() };
        self.wire.push(format!("{}>{} {words} {by}", name(from), name(to)).trim_end().to_owned());
        if reliable && self.nodes[to].no_tcp {
            return Carried::Refused;
        }
        if let Some(place) = self.lose_next.iter().position(|lost| *lost == words) {
            self.lose_next.remove(place);
            return Carried::OnTheWay;
        }
        if !reliable && self.rng.random_range(0..1000) < self.loss {
            return Carried::OnTheWay;
        }
        let copies = if !reliable && self.rng.random_range(0..1000) < self.double { 2 } else { 1 };
        for _ in 0..copies {
            let delay = if reliable { self.delay_ms.start } else { self.rng.random_range(self.delay_ms.clone()) };
            self.sent += 1;
            let at = self.now.mono + Duration::from_millis(delay);
            let conn = if reliable { 1 + (from.min(to) * 16 + from.max(to)) as u64 } else { 0 };
            let seen = Flow { transport: flow.transport, local: addr(to), remote: addr(from), conn };
            self.flows.push(seen);
            self.queue.push(Reverse((at, self.sent, to, self.flows.len() - 1, bytes.clone())));
        }
        Carried::OnTheWay
    }

    /// One step in time; false when nothing is left to happen before `until`.
    fn step(&mut self, until: Mono) -> bool {
        let message = self.queue.peek().map(|Reverse(entry)| entry.0);
        let timer =
            self.nodes.iter().filter(|node| !node.dead && !node.by_hand).filter_map(|n| n.agent.poll_timeout()).min();
        let Some(next) = [message, timer].into_iter().flatten().min().filter(|next| *next <= until) else {
            return false;
        };
        self.advance(next);
        if message.is_some_and(|at| at <= self.now.mono) {
            if let Some(Reverse((_, _, to, flow, bytes))) = self.queue.pop() {
                let (flow, now) = (self.flows[flow], self.now);
                let node = &mut self.nodes[to];
                if node.by_hand {
                    node.inbox.push((flow, bytes));
                } else if !node.dead {
                    node.agent.handle_message(now, flow, bytes);
                }
            }
        } else {
            let now = self.now;
            for node in self.nodes.iter_mut().filter(|node| !node.dead && !node.by_hand) {
                if node.agent.poll_timeout().is_some_and(|at| at <= now.mono) {
                    node.agent.handle_timeout(now);
                }
            }
        }
        self.drain();
        true
    }

    fn advance(&mut self, to: Mono) {
        if to > self.now.mono {
            self.now = self.now.after(to.since(self.now.mono));
        }
    }

    pub(crate) fn run(&mut self, time: Duration) {
        let until = self.now.mono + time;
        self.drain();
        while self.step(until) {}
        self.advance(until);
    }

    pub(crate) fn run_ms(&mut self, ms: u64) {
        self.run(Duration::from_millis(ms));
    }

    pub(crate) fn take(&mut self, node: usize) -> Vec<Event> {
        self.drain();
        std::mem::take(&mut self.nodes[node].events)
    }

    /// The wire since the last look.
    pub(crate) fn wire(&mut self) -> Vec<String> {
        std::mem::take(&mut self.wire)
    }

    pub(crate) fn agent(&mut self, node: usize) -> &mut Agent {
        &mut self.nodes[node].agent
    }

    // ----- steps that most tests share -----

    pub(crate) fn invite(&mut self, from: usize, to: usize, body: Option<&[u8]>) -> CallHandle {
        self.invite_with(from, to, |invite| Invite { body: body.map(Body::sdp), ..invite })
    }

    pub(crate) fn invite_with<'a>(
        &mut self,
        from: usize,
        to: usize,
        adjust: impl Fn(Invite<'a>) -> Invite<'a>,
    ) -> CallHandle {
        let (flow, now) = (self.to(to), self.now);
        let target = format!("sip:callee@{}", addr(to));
        let from_uri = format!("<sip:caller@{}>", addr(from));
        // The texts live as long as the borrow that the closure needs.
        let (target, from_uri): (&'a str, &'a str) = (target.leak(), from_uri.leak());
        let invite = adjust(Invite::new(flow, target, from_uri, None));
        self.nodes[from].agent.invite(now, &invite).unwrap()
    }

    /// The call that came in at a node, and its offer.
    pub(crate) fn incoming(&mut self, node: usize) -> (CallHandle, Option<Bytes>, Message) {
        let events = self.take(node);
        match &events[..] {
            [Event::Incoming { call, offer, message, .. }] => (*call, offer.clone(), message.clone()),
            other => panic!("expected one incoming call, got {other:?}"),
        }
    }

    pub(crate) fn answer(&mut self, node: usize, call: CallHandle, body: &[u8]) {
        let now = self.now;
        self.nodes[node].agent.answer(now, call, Some(Body::sdp(body)), &[]).unwrap();
    }

    pub(crate) fn provisional(
        &mut self,
        node: usize,
        call: CallHandle,
        status: u16,
        body: Option<&[u8]>,
        reliable: bool,
    ) {
        let now = self.now;
        self.nodes[node].agent.provisional(now, call, status, body.map(Body::sdp), reliable, &[]).unwrap();
    }

    pub(crate) fn bye(&mut self, node: usize, call: CallHandle, headers: &[Field<'_>]) {
        let now = self.now;
        self.nodes[node].agent.bye(now, call, headers).unwrap();
    }

    /// A call that stands between two nodes.
    pub(crate) fn standing(&mut self, from: usize, to: usize) -> (CallHandle, CallHandle) {
        let caller = self.invite(from, to, Some(OFFER));
        self.run_ms(50);
        let (callee, ..) = self.incoming(to);
        self.answer(to, callee, ANSWER);
        self.run_ms(50);
        self.take(from);
        self.take(to);
        self.wire();
        (caller, callee)
    }

    /// Nothing is left anywhere once all timers have run out.
    pub(crate) fn assert_clean(&mut self) {
        self.run(Duration::from_secs(120));
        let first: Vec<_> = self.nodes.iter().map(|node| node.agent.stats()).collect();
        // Entries of dead owners stay in the timer queue until their time, at most half a session interval.
        self.run(Duration::from_secs(3600));
        for (index, node) in self.nodes.iter().enumerate().filter(|(_, node)| !node.by_hand && !node.dead) {
            assert_eq!(first[index].lingering, 0, "records last half a minute");
            let stats = node.agent.stats();
            let left = (stats.calls, stats.subscriptions, stats.client_transactions, stats.server_transactions);
            assert_eq!(
                (left, stats.lingering, stats.timers, stats.indexed),
                ((0, 0, 0, 0), 0, 0, 0),
                "node {}",
                name(index)
            );
            assert_eq!(stats.overflowed, 0);
        }
    }
}

pub(crate) fn name(node: usize) -> char {
    char::from(b'A' + node as u8)
}

/// `INVITE`, `180 INVITE`, …
pub(crate) fn first_words(bytes: &[u8]) -> String {
    match Message::scan(Bytes::copy_from_slice(bytes)) {
        Ok(message) => match message.status() {
            Some(status) => format!("{status} {}", message.cseq().map_or("?", |cseq| cseq.method_text)),
            None => message.method_text().to_owned(),
        },
        Err(_) => "junk".to_owned(),
    }
}

pub(crate) fn sdp(event_sdp: &Option<Sdp>) -> &'static str {
    match event_sdp {
        None => "none",
        Some(Sdp::Offer(_)) => "offer",
        Some(Sdp::Answer(_)) => "answer",
        Some(Sdp::Preview(_)) => "preview",
    }
}

/// What an event is, in a word, for comparison.
pub(crate) fn word(event: &Event) -> String {
    match event {
        Event::Incoming { replaces, .. } => format!("incoming{}", if replaces.is_some() { " replaces" } else { "" }),
        Event::Progress { status, sdp: body, reliable, .. } => {
            format!("progress {status} {}{}", sdp(body), if *reliable { " reliable" } else { "" })
        }
        Event::Answered { sdp: body, .. } => format!("answered {}", sdp(body)),
        Event::Confirmed { answer, .. } => format!("confirmed{}", if answer.is_some() { " answer" } else { "" }),
        Event::EarlyAnswer { .. } => "early answer".to_owned(),
        Event::Failed { status, .. } => format!("failed {status}"),
        Event::Cancelled { .. } => "cancelled".to_owned(),
        Event::Ended { cause, .. } => format!("ended {cause:?}"),
        Event::Change { kind, offer, .. } => format!("change {kind:?}{}", if offer.is_some() { " offer" } else { "" }),
        Event::ChangeCancelled { .. } => "change cancelled".to_owned(),
        Event::Changed { status, sdp: body, .. } => format!("changed {status} {}", sdp(body)),
        Event::Info { .. } => "info".to_owned(),
        Event::Refer { replaces, .. } => format!("refer{}", if replaces.is_some() { " replaces" } else { "" }),
        Event::ReferProgress { status, finished, .. } => {
            format!("refer progress {status}{}", if *finished { " finished" } else { "" })
        }
        Event::Request { method, .. } => format!("request {method}"),
        Event::Response { status, .. } => format!("response {status}"),
        Event::Notified { terminated, .. } => format!("notified{}", if *terminated { " terminated" } else { "" }),
        Event::SubscriptionFailed { status, .. } => format!("subscription failed {status}"),
        Event::SubscriptionRefreshed { expires_s, .. } => format!("subscription refreshed {expires_s}"),
        Event::NotifyAnswered { .. } => "notify answered".to_owned(),
        Event::SubscriptionEnded { .. } => "subscription ended".to_owned(),
        Event::Resolve { uri, .. } => format!("resolve {}", uri.reveal()),
    }
}

pub(crate) fn words(events: &[Event]) -> Vec<String> {
    events.iter().map(word).collect()
}
