//! Agents to play with: two of them in one memory, and the words that they exchange.

use std::time::Duration;

use sip::agent::{AgentConfig, Body, CallHandle, Event, Invite};
use sip::{Agent, Flow, Transport};
use types::{Mono, Now, Wall};

pub(crate) const OFFER: &[u8] =
    b"v=0\r\no=a 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
pub(crate) const ANSWER: &[u8] =
    b"v=0\r\no=b 2 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 5000 RTP/AVP 8\r\n";
pub(crate) const HOLD: &[u8] =
    b"v=0\r\no=a 1 2 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendonly\r\n";

/// The moment at which all begins.
pub(crate) fn start() -> Now {
    Now { mono: Mono::from_millis(1000), wall: Wall(1_700_000_000_000) }
}

/// An agent at `192.0.2.<host>`, reachable by datagrams and connections.
pub(crate) fn agent(seed: u64, host: u8) -> Agent {
    let local = ([192, 0, 2, host], 5060).into();
    let config = AgentConfig::new(seed).identity(Transport::Udp, local, local.to_string());
    let mut config = config.identity(Transport::Tcp, local, local.to_string());
    config.session.expires_s = 120;
    Agent::new(config)
}

/// A datagram's way from one host to another, as the second sees it.
pub(crate) fn flow(transport: Transport, from: u8, to: u8) -> Flow {
    let conn = if transport.is_reliable() { 9 } else { 0 };
    Flow { transport, local: ([192, 0, 2, to], 5060).into(), remote: ([192, 0, 2, from], 5060).into(), conn }
}

/// Two agents whose messages all arrive.
pub(crate) struct Pair {
    pub(crate) now: Now,
    pub(crate) agents: [Agent; 2],
    pub(crate) calls: [CallHandle; 2],
}

impl Pair {
    /// A call that stands.
    pub(crate) fn standing() -> Option<Self> {
        let now = start();
        let mut agents = [agent(1, 1), agent(2, 2)];
        let to = Flow::to(Transport::Udp, ([192, 0, 2, 2], 5060).into());
        let invite = Invite::new(to, "sip:b@192.0.2.2", "<sip:a@192.0.2.1>", Some(Body::sdp(OFFER)));
        let caller = agents[0].invite(now, &invite).ok()?;
        exchange(now, &mut agents);
        let Some(Event::Incoming { call, .. }) = agents[1].poll_event() else { return None };
        agents[1].answer(now, call, Some(Body::sdp(ANSWER)), &[]).ok()?;
        let mut pair = Self { now: now.after(Duration::from_secs(1)), agents, calls: [caller, call] };
        pair.exchange();
        Some(pair)
    }

    pub(crate) fn exchange(&mut self) {
        exchange(self.now, &mut self.agents);
    }
}

/// Carries messages both ways until nobody has one.
fn exchange(now: Now, agents: &mut [Agent; 2]) {
    let mut quiet = 0;
    while quiet < 2 {
        for (from, to) in [(0, 1), (1, 0)] {
            quiet += 1;
            while let Some(transmit) = agents[from].poll_transmit() {
                quiet = 0;
                agents[to].handle_message(now, flow(Transport::Udp, from as u8 + 1, to as u8 + 1), transmit.bytes);
            }
        }
    }
}
