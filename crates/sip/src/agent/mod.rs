//! One SIP user agent, sans-IO: transactions, dialogs and sessions of many calls at once.
//!
//! The driver owns sockets and clock. After each input ([`Agent::handle_message`], [`Agent::handle_timeout`],
//! [`Agent::transport_error`]) and after each batch of commands it drains [`Agent::poll_transmit`] and
//! [`Agent::poll_event`], and calls [`Agent::handle_timeout`] when [`Agent::poll_timeout`] has come.

mod auth;
mod call;
mod change;
mod command;
mod end;
mod event;
mod failover;
mod fork;
mod incoming;
mod kept;
mod outgoing;
mod outside;
mod receive;
mod refer;
mod reliable;
mod save;
mod session;
mod subscription;
mod time;
mod wire;
mod within;

use std::collections::HashMap;

use bytes::Bytes;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use types::queue::Bounded;
use types::{Mono, Now};

use self::call::Call;
pub use self::command::{
    Admission, Body, CommandError, Credentials, Field, Invite, NotifyState, Outgoing, ReferTarget, Reliable, Subscribe,
};
pub use self::event::{ChangeKind, EndCause, Event, Sdp};
use self::incoming::Guard;
use self::outside::Sent;
use self::subscription::Subscription;
pub use self::within::TALK;
pub use crate::config::{AgentConfig, AgentLimits, Identity, SessionConfig, TimerConfig};
pub use crate::flow::Transmit;
pub use crate::handle::{CallHandle, RequestHandle, SentHandle, SubscriptionHandle};
use crate::table::Table;
use crate::transaction::Transactions;

/// Counts for gauges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AgentStats {
    /// Calls, in any state.
    pub calls: usize,
    /// Subscriptions that we hold or serve.
    pub subscriptions: usize,
    /// Client transactions under way.
    pub client_transactions: usize,
    /// Server transactions under way.
    pub server_transactions: usize,
    /// Records of finished transactions.
    pub lingering: usize,
    /// Entries in the timer queue.
    pub timers: usize,
    /// Entries in the tables by which messages find their owners: none when all of the above are none.
    pub indexed: usize,
    /// INVITEs answered 503 by the overload guard, since the start.
    pub shed: u64,
    /// Received messages that were refused or dropped, since the start.
    pub junk: u64,
    /// Requests that came once more and were absorbed, since the start.
    pub repeats_received: u64,
    /// Requests and answers that were sent once more, since the start.
    pub repeats_sent: u64,
    /// Events and messages dropped because the driver did not poll, since the start.
    pub overflowed: u64,
}

/// Who holds a tag of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Usage {
    Call(CallHandle),
    Subscription(SubscriptionHandle),
}

/// The user agent.
#[derive(Debug)]
pub struct Agent {
    config: AgentConfig,
    tx: Transactions,
    calls: Table<CallHandle, Call>,
    subscriptions: Table<SubscriptionHandle, Subscription>,
    sent: Table<SentHandle, Sent>,
    tags: HashMap<u64, Usage, ahash::RandomState>,
    events: Bounded<Event>,
    rng: ChaCha12Rng,
    guard: Guard,
    junk: u64,
    /// The time of the last input.
    clock: Now,
    /// Value of Allow.
    allow: String,
}

/// The number by which a Call-ID is known in traces, the same in every process.
pub fn call_key(call_id: &str) -> u64 {
    fnv(call_id.as_bytes())
}

/// FNV-1a, 64 bit.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// Making one, and what it has to say.
impl Agent {
    /// A user agent without calls.
    pub fn new(config: AgentConfig) -> Self {
        Self {
            tx: Transactions::new(config.seed, config.timers, &config.limits, config.identities.clone()),
            calls: Table::new(),
            subscriptions: Table::new(),
            sent: Table::new(),
            tags: HashMap::with_hasher(ahash::RandomState::with_seeds(config.seed, 1, 2, 3)),
            events: Bounded::new(config.limits.max_queue),
            rng: ChaCha12Rng::seed_from_u64(config.seed),
            guard: Guard::new(config.limits.max_new_calls_per_s),
            junk: 0,
            clock: Now::default(),
            allow: config.policy.allow(),
            config,
        }
    }

    /// The next message to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.tx.poll_transmit()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop()
    }

    /// When [`Agent::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Mono> {
        self.tx.next_timeout()
    }

    /// Opens or closes the door for new INVITEs, beyond [`AgentLimits`].
    pub fn set_admission(&mut self, admission: Admission) {
        self.guard.admission = admission;
    }

    /// Counts for gauges.
    pub fn stats(&self) -> AgentStats {
        AgentStats {
            calls: self.calls.len(),
            subscriptions: self.subscriptions.len(),
            client_transactions: self.tx.clients.len(),
            server_transactions: self.tx.servers.len(),
            lingering: self.tx.lingering(),
            timers: self.tx.timers.len(),
            indexed: self.tags.len() + self.sent.len() + self.tx.indexed(),
            shed: self.guard.shed,
            junk: self.junk,
            repeats_received: self.tx.repeats.received,
            repeats_sent: self.tx.repeats.sent,
            overflowed: self.tx.overflowed() + self.events.refused(),
        }
    }

    /// [`call_key`] of a call's Call-ID; 0 for a call that is gone.
    pub fn call_key(&self, call: CallHandle) -> u64 {
        self.calls.get(call).map_or(0, |call| call.end.call_key)
    }

    /// Call-ID, our tag, and the peer's tag (none before its first answer) of a call.
    pub fn dialog_id(&self, call: CallHandle) -> Option<(&str, String, Option<&str>)> {
        let call = self.calls.get(call)?;
        let remote = call.dialogs.first().map(|dialog| crate::dialog::as_text(&dialog.remote_tag));
        let local = crate::tag::tag_text(call.end.tag).as_str().to_owned();
        Some((crate::dialog::as_text(&call.end.call_id), local, remote))
    }

    /// The last session description that we sent in a call; empty before the first.
    pub fn local_sdp(&self, call: CallHandle) -> Bytes {
        self.calls.get(call).map(|call| call.local_sdp.clone()).unwrap_or_default()
    }

    fn emit(&mut self, event: Event) {
        // A full queue means that nobody polls; the queue counts what is lost.
        let _ = self.events.push(event);
    }

    fn random(&mut self) -> u64 {
        self.rng.next_u64()
    }

    /// A random number below `bound`.
    fn random_below(&mut self, bound: u64) -> u64 {
        self.rng.next_u64() % bound.max(1)
    }

    /// A tag that nobody holds.
    fn fresh_tag(&mut self) -> u64 {
        loop {
            let tag = self.random();
            if !self.tags.contains_key(&tag) {
                return tag;
            }
        }
    }
}
