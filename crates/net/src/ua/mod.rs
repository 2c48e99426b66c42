//! Turns SIP dialogs and their media into legs, and leg commands into SIP and media commands.
//!
//! [`Ua`] is sans-IO like the agent inside it: datagrams, media events, messages and the time go in,
//! datagrams and media commands come out. Below it is SIP, above it are leg words only.

mod auth;
mod browser;
mod cause;
mod codecs;
mod commands;
mod counts;
mod dial;
mod diversion;
mod events;
mod goodbye;
mod guard;
mod leg;
mod lines;
mod media_events;
mod phase;
mod refusal;
mod register;
mod registrations;
mod summaries;
#[cfg(test)]
pub(crate) mod tests;
mod trace;
mod watches;
mod ways;

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use media::engine::MediaCommand;
use media::ice::Credentials;
use sip::agent::{Agent, AgentConfig, CallHandle, Transmit};
use sip::flow::{Flow, Transport};
use types::{LegEvent, LegId, Mono, Now, Private, RecordingId, TrunkId};

use crate::media::BrowserEnd;
use crate::mind::Mind;
use auth::Auth;
pub use auth::AuthCounts;
pub use counts::{METHODS, Traffic, UaStats};
use goodbye::Goodbyes;
use leg::Leg;
use trace::Keys;
use watches::Watches;

/// The media plane as signalling sees it.
pub trait MediaPlane: Send {
    /// Opens a pair of ports for a leg, near another leg where both will talk. Gives the RTP port.
    ///
    /// # Errors
    /// When no port is free.
    fn open(&mut self, now: Now, leg: LegId, near: Option<LegId>) -> Result<u16, NoPort>;

    /// Opens a browser leg's media, near another leg where both will talk. Gives what its description needs.
    ///
    /// # Errors
    /// When there is no port for browsers.
    fn open_browser(&mut self, _now: Now, _leg: LegId, _near: Option<LegId>) -> Result<BrowserEnd, NoPort> {
        Err(NoPort)
    }

    /// New ICE credentials for a browser leg whose offer restarts ICE; none when there is no such leg.
    fn restart_ice(&mut self, _leg: LegId) -> Option<Credentials> {
        None
    }

    /// Reads what was recorded, for a leg that plays it.
    fn read(&mut self, _leg: LegId, _recorded: (RecordingId, LegId), _track: PathBuf) {}

    /// Tells a leg's media something. Commands for a leg that is not open are ignored.
    fn command(&mut self, command: MediaCommand);

    /// Lets what was told take effect, at once or by the moment that it names; called once a batch, and then.
    fn flush(&mut self, now: Mono) -> Option<Mono>;
}

/// No port is free for another leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no media port is free")]
pub struct NoPort;

/// Settings of a [`Ua`].
#[derive(Clone, Debug)]
pub struct UaConfig {
    /// How peers reach us: each transport with the socket's address and the `host:port` that they know it by.
    pub identities: Vec<(Transport, SocketAddr, String)>,
    /// What User-Agent and Server say.
    pub user_agent: String,
    /// The address that session descriptions name; absent: the address of the socket that a message came by.
    pub media_ip: Option<IpAddr>,
    /// Where tracks of recordings are written: `<dir>/<recording>/<leg>.trk`.
    pub recordings: PathBuf,
    /// Seed of session ids.
    pub seed: u64,
    /// Signs nonces; secret, and the same on all nodes that serve the same telephones.
    pub secret: [u8; 32],
}

impl UaConfig {
    fn agent(&self) -> AgentConfig {
        let mut agent = AgentConfig::new(self.seed);
        for (transport, local, sent_by) in &self.identities {
            agent = agent.identity(*transport, *local, sent_by.clone());
        }
        agent.user_agent.clone_from(&self.user_agent);
        agent.policy.events = watches::EVENTS;
        agent
    }
}

/// How long a leg that is over is kept for its media figures.
const MEDIA_FIGURES_WAIT: Duration = Duration::from_millis(500);

/// What a resolved name is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To dial the leg.
    Dial,
    /// To send requests within its call: the peer or a proxy has named itself so.
    Follow,
    /// To ask the far end of a trunk whether it is there; there is no leg.
    Ask(TrunkId),
    /// To register a trunk with its carrier; there is no leg.
    Register(TrunkId),
}

/// A name that has to be resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The leg.
    pub leg: LegId,
    /// What for.
    pub purpose: Purpose,
    /// The URI whose host has to be found (RFC 3263).
    pub uri: Private<String>,
}

/// Somebody has proved who it is on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The connection.
    pub flow: Flow,
    /// It has promised to be heard at least this often (Flow-Timer of RFC 5626).
    pub heard_every: Option<Duration>,
}

/// The user agent of a node.
pub struct Ua<M: Mind> {
    pub(crate) config: UaConfig,
    pub(crate) agent: Agent,
    pub(crate) mind: M,
    pub(crate) media: Box<dyn MediaPlane>,
    /// Boxed: a map of what is this large has a half of its room empty on average, and is copied as it grows.
    pub(crate) legs: HashMap<LegId, Box<Leg>>,
    pub(crate) calls: HashMap<CallHandle, LegId>,
    pub(crate) keys: Keys,
    pub(crate) auth: Auth,
    pub(crate) connections: HashMap<u64, Flow>,
    pub(crate) dialling: HashMap<LegId, dial::Pending>,
    pub(crate) lookups: VecDeque<Lookup>,
    /// Legs whose far end asked for a transfer in this turn and has no reply yet.
    pub(crate) asked: Vec<LegId>,
    pub(crate) closing: VecDeque<(Mono, LegId)>,
    pub(crate) sessions: u64,
    pub(crate) transmits: VecDeque<Transmit>,
    traffic: Traffic,
    /// When the media plane wants to be flushed again.
    media_due: Option<Mono>,
    /// Calls of the process before, whose far sides are yet to be told that they are over.
    left: Goodbyes,
    /// What telephones watch.
    pub(crate) watches: Watches,
    /// Far ends of trunks that are looked after.
    lines: lines::Lines,
    /// Telephones that were told of their messages without asking.
    summaries: summaries::Summaries,
    /// Registrations of trunks with their carriers.
    registrations: registrations::Registrations,
    /// Connections on which somebody has proved who it is.
    proven: HashSet<u64>,
    proofs: VecDeque<Proof>,
}

impl<M: Mind> Ua<M> {
    /// A user agent without legs.
    pub fn new(config: UaConfig, mind: M, media: Box<dyn MediaPlane>) -> Self {
        Self {
            agent: Agent::new(config.agent()),
            auth: Auth::new(&config.secret),
            sessions: config.seed >> 2,
            config,
            mind,
            media,
            legs: HashMap::new(),
            calls: HashMap::new(),
            keys: Keys::default(),
            connections: HashMap::new(),
            dialling: HashMap::new(),
            lookups: VecDeque::new(),
            asked: Vec::new(),
            closing: VecDeque::new(),
            transmits: VecDeque::new(),
            traffic: Traffic::default(),
            media_due: None,
            left: Goodbyes::default(),
            watches: Watches::default(),
            lines: lines::Lines::default(),
            summaries: summaries::Summaries::default(),
            registrations: registrations::Registrations::default(),
            proven: HashSet::new(),
            proofs: VecDeque::new(),
        }
    }

    /// The mind.
    pub fn mind(&mut self) -> &mut M {
        &mut self.mind
    }

    /// A SIP message has come in.
    pub fn handle_packet(&mut self, now: Now, flow: Flow, bytes: Bytes) {
        if flow.conn != 0 {
            self.connections.insert(flow.conn, flow);
        }
        self.traffic.received(&bytes);
        let key = self.agent.handle_message(now, flow, bytes.clone());
        self.pump(now);
        self.trace_in(now, key, flow, &bytes);
    }

    /// Another thread says something to the mind.
    pub fn handle_message(&mut self, now: Now, message: M::Message) {
        self.mind.handle_message(now, message);
        self.pump(now);
    }

    /// A connection has closed, or could not be opened.
    pub fn connection_lost(&mut self, now: Now, flow: Flow) {
        self.connections.remove(&flow.conn);
        self.proven.remove(&flow.conn);
        self.agent.transport_error(now, flow);
        if flow.conn != 0 {
            self.doubt_browsers(flow);
            self.mind.flow_closed(now, flow.conn);
        }
        self.pump(now);
    }

    /// [`Ua::poll_timeout`] has come.
    pub fn handle_timeout(&mut self, now: Now) {
        if self.agent.poll_timeout().is_some_and(|at| at <= now.mono) {
            self.agent.handle_timeout(now);
        }
        if self.mind.poll_timeout().is_some_and(|at| at <= now.mono) {
            self.mind.handle_timeout(now);
        }
        while let Some(&(at, leg)) = self.closing.front()
            && at <= now.mono
        {
            self.closing.pop_front();
            self.tell_figures(now, leg, None);
        }
        self.keys.expire(now.mono);
        self.say_goodbyes(now);
        self.look_at_lines(now);
        self.register_lines(now);
        self.pump(now);
    }

    /// When [`Ua::handle_timeout`] wants to be called.
    pub fn poll_timeout(&mut self) -> Option<Mono> {
        let closing = self.closing.front().map(|(at, _)| *at);
        let left = self.left.due();
        let (asks, registers) = (self.lines.due(), self.registrations.due());
        [self.agent.poll_timeout(), self.mind.poll_timeout(), closing, self.media_due, left, asks, registers]
            .into_iter()
            .flatten()
            .min()
    }

    /// Ends a turn: what was decided is on its way to the disk; after that [`Ua::poll_transmit`] is drained.
    pub fn commit(&mut self, now: Now) {
        self.mind.commit(now);
        self.media_due = self.media.flush(now.mono);
    }

    /// Waits until all is written that a far end may count on from now on, for a bounded time: before one is told
    /// that something is accepted.
    pub fn await_written(&mut self) {
        self.mind.await_written();
    }

    /// The next message to send; only after [`Ua::commit`].
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next proof on a connection.
    pub fn poll_proof(&mut self) -> Option<Proof> {
        self.proofs.pop_front()
    }

    /// The next name to resolve; answered by [`Ua::resolved`].
    pub fn poll_lookup(&mut self) -> Option<Lookup> {
        self.lookups.pop_front()
    }

    /// Opens or closes the door for new calls.
    pub fn set_admission(&mut self, admission: sip::agent::Admission) {
        self.agent.set_admission(admission);
    }

    /// Figures for metrics.
    pub fn stats(&self) -> UaStats {
        UaStats {
            agent: self.agent.stats(),
            legs: self.legs.len(),
            connections: self.connections.len(),
            traffic: self.traffic,
            auth: self.auth.counts,
        }
    }

    /// Runs until neither the agent nor the mind has anything left to say.
    pub(crate) fn pump(&mut self, now: Now) {
        loop {
            if let Some(event) = self.agent.poll_event() {
                self.on_event(now, event);
            } else if let Some(command) = self.mind.poll_command() {
                self.on_command(now, command);
            } else if let Some((watch, state)) = self.mind.poll_watched() {
                self.on_watched(now, watch, state);
            } else if let Some(summary) = self.mind.poll_summary() {
                self.send_summary(now, &summary);
            } else if let Some(lines) = self.mind.poll_lines() {
                self.keep_registrations(now, &lines);
                self.look_after(now, lines);
            } else if !self.asked.is_empty() {
                self.accept_transfers(now);
            } else {
                break;
            }
        }
        while let Some(transmit) = self.agent.poll_transmit() {
            self.traffic.sent(&transmit.bytes);
            self.trace_out(now, &transmit);
            self.transmits.push_back(transmit);
        }
    }

    pub(crate) fn tell(&mut self, now: Now, event: LegEvent) {
        self.mind.handle_leg(now, event);
    }

    /// The address that a description names towards a peer who sees us at `local`.
    pub(crate) fn media_address(&self, local: SocketAddr, port: u16) -> SocketAddr {
        SocketAddr::new(self.config.media_ip.unwrap_or(local.ip()), port)
    }

    pub(crate) fn next_session(&mut self) -> u64 {
        self.sessions = self.sessions.wrapping_add(1) & ((1 << 62) - 1);
        self.sessions
    }

    pub(crate) fn leg_of(&self, call: CallHandle) -> Option<LegId> {
        self.calls.get(&call).copied()
    }
}
