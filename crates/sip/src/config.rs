//! What a user agent is told once, when it is made.

use std::net::SocketAddr;
use std::time::Duration;

use crate::flow::Transport;
use crate::screen::Policy;

/// Settings of an [`crate::Agent`]. [`AgentConfig::new`] has values that suit a server; change what differs.
#[derive(Debug, Clone)]
pub struct AgentConfig {
    /// Source of tags, branches, Call-IDs and random waits. Two agents of one deployment must not share it.
    pub seed: u64,
    /// How we name ourselves in Via and Contact, for each socket; the first of a transport is its default.
    pub identities: Vec<Identity>,
    /// Value of User-Agent and Server; empty leaves the header out.
    pub user_agent: String,
    /// RFC 3261's timers.
    pub timers: TimerConfig,
    /// RFC 4028's session timers.
    pub session: SessionConfig,
    /// Bounds and the overload guard.
    pub limits: AgentLimits,
    /// Whether in-dialog requests to a peer that put a private address into its Contact, while its packets come from
    /// elsewhere and no proxy stays on the path, go to where the packets come from.
    pub nat_symmetric: bool,
    /// Methods, extensions and event packages that are served.
    pub policy: Policy,
}

/// Our name on one socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// What the socket carries.
    pub transport: Transport,
    /// The socket's address, as [`crate::flow::Flow::local`] will have it.
    pub local: SocketAddr,
    /// `host:port` (or `host`) that peers reach it by.
    pub sent_by: String,
}

/// The basic timers of RFC 3261 table 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerConfig {
    /// Estimate of the round trip; transactions give up after 64 of it.
    pub t1: Duration,
    /// Longest pause between repeated requests and 2xx.
    pub t2: Duration,
    /// How long a message may stay in the network.
    pub t4: Duration,
    /// How long an INVITE may wait for its first answer before 100 (Trying) goes out; zero sends it at once.
    pub trying_after: Duration,
    /// How long an INVITE waits for a first word where there is another place to try (RFC 3263 section 4.3); timer B
    /// would let the caller wait for half a minute.
    pub fail_over_after: Duration,
}

/// Session timers (RFC 4028).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionConfig {
    /// Session-Expires that we ask for, in seconds; 0 turns our own wish for a timer off (a peer's is still kept).
    pub expires_s: u32,
    /// Shortest interval that we accept, in seconds; at least 90.
    pub min_se_s: u32,
}

/// Bounds of one agent, each with the reason for its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentLimits {
    /// Calls at once (each leg counts). Default 20,000: twice what a node of 10,000 bridged legs needs.
    pub max_calls: usize,
    /// New incoming INVITEs a second, over bursts of one second. Default 2,000. What exceeds it gets 503.
    pub max_new_calls_per_s: u32,
    /// Retry-After of those 503, in seconds; a random share of it is added so that callers don't come back together.
    pub retry_after_s: u32,
    /// Server transactions that wait for the driver's answer, other than calls. Default 20,000.
    pub max_pending_requests: usize,
    /// Records of finished transactions, kept for up to 32 s to absorb repeats. Default 300,000: 1,000 calls a second
    /// leave about 130,000. When full, the oldest go first.
    pub max_lingering: usize,
    /// Early dialogs of one outgoing INVITE. Default 16; answers of further forks are treated as strays.
    pub max_forks: usize,
    /// Events and messages that wait for the driver. Default 65,536; a driver that polls after each input never meets it.
    pub max_queue: usize,
}

impl AgentConfig {
    /// Values that suit a server; `identities` must still be filled in.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            identities: Vec::new(),
            user_agent: String::new(),
            timers: TimerConfig::default(),
            session: SessionConfig::default(),
            limits: AgentLimits::default(),
            nat_symmetric: true,
            policy: Policy::default(),
        }
    }

    /// Adds a socket by the name that peers reach it by.
    pub fn identity(mut self, transport: Transport, local: SocketAddr, sent_by: impl Into<String>) -> Self {
        self.identities.push(Identity { transport, local, sent_by: sent_by.into() });
        self
    }
}

impl Default for TimerConfig {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
            trying_after: Duration::from_millis(200),
            fail_over_after: Duration::from_secs(4),
        }
    }
}

impl TimerConfig {
    /// 64 × T1: how long a transaction waits before it gives up (timers B, F, H) or forgets (D, J, L, M).
    pub fn give_up(&self) -> Duration {
        self.t1 * 64
    }
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self { expires_s: 1800, min_se_s: 90 }
    }
}

impl Default for AgentLimits {
    fn default() -> Self {
        Self {
            max_calls: 20_000,
            max_new_calls_per_s: 2_000,
            retry_after_s: 5,
            max_pending_requests: 20_000,
            max_lingering: 300_000,
            max_forks: 16,
            max_queue: 65_536,
        }
    }
}
