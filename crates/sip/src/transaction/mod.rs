//! The transaction layer (RFC 3261 section 17, RFC 6026): who a message belongs to, what is sent again, what is
//! absorbed.
//!
//! Transactions under way live in tables; finished ones leave a [`linger`] record behind, so that a rush of short calls
//! costs some hundred bytes for each and no more.

mod client;
mod client_invite;
mod client_other;
mod large;
mod linger;
mod messages;
mod server;
mod server_invite;
mod server_other;

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use bytes::Bytes;
use types::Mono;
use types::queue::Bounded;

use self::client_invite::ClientInvite;
use self::client_other::ClientOther;
use self::large::Large;
use self::linger::{Fifo, LingerClient, LingerServer, Record};
pub(crate) use self::messages::{Edit, rerouted};
use self::server_invite::ServerInvite;
use self::server_other::ServerOther;
use crate::config::{AgentLimits, Identity, TimerConfig};
use crate::flow::{Flow, Transmit};
use crate::handle::{CallHandle, ClientKey, RequestHandle, SentHandle, SubscriptionHandle};
use crate::message::Message;
use crate::method::Method;
use crate::table::Table;
use crate::timers::{Deadline, TimerQueue};

/// Records are swept in batches of at least this many microseconds, so that they wake nobody one by one.
const SWEEP_EVERY_US: u64 = 500_000;

/// Forks of one INVITE that are ended one by one; more are no forks but a flood.
const MAX_FORKS_ENDED: usize = 32;

/// The timer queue is cleared of dead entries when it holds this many for each thing alive.
const TIMERS_PER_OWNER: usize = 4;

/// Whose request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Nobody waits for the answer.
    Nobody,
    /// The INVITE that started the call.
    Invite(CallHandle),
    Reinvite(CallHandle),
    Update(CallHandle),
    Bye(CallHandle),
    /// PRACK on the fork of that number.
    Prack(CallHandle, u16),
    /// REFER within the call, by its number.
    Refer(CallHandle, u32),
    Sent(SentHandle),
    Subscribe(SubscriptionHandle),
    Notify(SubscriptionHandle),
}

/// What a timer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TimerKey {
    Client(ClientKey),
    Server(RequestHandle),
    Call(CallHandle),
    Subscription(SubscriptionHandle),
}

#[derive(Debug)]
enum ClientState {
    Invite(ClientInvite),
    Other(ClientOther),
}

/// A client transaction under way.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) method: Method,
    pub(crate) flow: Flow,
    /// The way and the form of a large request should TCP not be possible; none once an answer has come.
    datagram: Option<Box<(Flow, Bytes)>>,
    /// The request.
    pub(crate) bytes: Bytes,
    pub(crate) branch: u64,
    pub(crate) call_key: u64,
    pub(crate) owner: Owner,
    /// Which attempt at the same request this is, from 0.
    pub(crate) tries: u8,
    state: ClientState,
    deadline: Deadline,
}

#[derive(Debug)]
enum ServerState {
    Invite(ServerInvite),
    Other(ServerOther),
}

/// A server transaction that waits for its user, or for its ACK.
#[derive(Debug)]
pub(crate) struct Server {
    key: u64,
    merge: Option<u64>,
    pub(crate) method: Method,
    /// How the request came.
    pub(crate) flow: Flow,
    /// Where answers go.
    reply: Flow,
    /// The request, until it is answered.
    pub(crate) request: Option<Message>,
    /// The last answer.
    answer: Option<Bytes>,
    pub(crate) call_key: u64,
    /// The call that it belongs to.
    pub(crate) call: Option<CallHandle>,
    state: ServerState,
    deadline: Deadline,
}

#[derive(Debug)]
enum ClientSlot {
    Live(ClientKey),
    Linger(Box<LingerClient>),
}

#[derive(Debug)]
enum ServerSlot {
    Live(RequestHandle),
    Linger(Box<LingerServer>),
}

/// A new request's place in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestKey {
    key: u64,
    merge: Option<u64>,
}

/// What a received request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received {
    /// A repeat, or the ACK of a failure: dealt with.
    Absorbed,
    /// New.
    New(RequestKey),
    /// The same request over another path (RFC 3261 section 8.2.2.2): 482.
    Merged(RequestKey),
}

/// What a CANCEL takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CancelTarget {
    /// An INVITE that waits for its answer.
    Pending(RequestHandle),
    /// Something that is answered already.
    Answered,
    /// Nothing that we know.
    Unknown,
}

/// What a received response is.
#[derive(Debug)]
pub(crate) enum Response {
    /// Nothing to tell.
    Absorbed,
    /// A provisional answer.
    Provisional(ClientKey, Owner),
    /// The final answer; the transaction is over.
    Final(Client),
    /// A 2xx to an INVITE that had one already, from a fork to which no ACK was sent.
    Fork(CallHandle),
    /// A 2xx to an INVITE that no transaction knows.
    Stray,
}

/// Messages that came or went once more, since the start.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Repeats {
    pub(crate) received: u64,
    pub(crate) sent: u64,
}

/// The layer.
#[derive(Debug)]
pub(crate) struct Transactions {
    pub(crate) repeats: Repeats,
    config: TimerConfig,
    max_lingering: usize,
    pub(crate) clients: Table<ClientKey, Client>,
    branches: HashMap<(u64, bool), ClientSlot, ahash::RandomState>,
    pub(crate) servers: Table<RequestHandle, Server>,
    requests: HashMap<u64, ServerSlot, ahash::RandomState>,
    merged: HashMap<u64, u64, ahash::RandomState>,
    hasher: ahash::RandomState,
    long: Fifo,
    short: Fifo,
    pub(crate) timers: TimerQueue<TimerKey>,
    large: Large,
    out: Bounded<Transmit>,
}

impl Transactions {
    pub(crate) fn new(seed: u64, config: TimerConfig, limits: &AgentLimits, identities: Vec<Identity>) -> Self {
        // Keyed by the seed: nobody outside can aim at one bucket, and a run can be repeated.
        let hasher = ahash::RandomState::with_seeds(seed, !seed, seed.rotate_left(17), 0x5173);
        Self {
            repeats: Repeats::default(),
            config,
            max_lingering: limits.max_lingering,
            clients: Table::new(),
            branches: HashMap::with_hasher(hasher.clone()),
            servers: Table::new(),
            requests: HashMap::with_hasher(hasher.clone()),
            merged: HashMap::with_hasher(hasher.clone()),
            large: Large::new(identities, hasher.clone()),
            hasher,
            long: Fifo::new(config.give_up()),
            short: Fifo::new(config.t4),
            timers: TimerQueue::new(),
            out: Bounded::new(limits.max_queue),
        }
    }

    pub(crate) fn send(&mut self, flow: Flow, bytes: Bytes, call_key: u64) {
        // A full queue is a lost packet, which every timer here expects; the queue counts it.
        let _ = self.out.push(Transmit { flow, bytes, call_key });
    }

    /// As [`Transactions::send`], for what was sent before.
    pub(crate) fn send_again(&mut self, flow: Flow, bytes: Bytes, call_key: u64) {
        self.repeats.sent += 1;
        self.send(flow, bytes, call_key);
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<Transmit> {
        self.out.pop()
    }

    pub(crate) fn overflowed(&self) -> u64 {
        self.out.refused()
    }

    pub(crate) fn lingering(&self) -> usize {
        self.long.len() + self.short.len()
    }

    pub(crate) fn indexed(&self) -> usize {
        self.branches.len() + self.requests.len() + self.merged.len()
    }

    pub(crate) fn hash(&self, parts: &[&[u8]]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for part in parts {
            hasher.write_usize(part.len());
            hasher.write(part);
        }
        hasher.finish()
    }

    /// Drops records whose time is over.
    pub(crate) fn sweep(&mut self, now: Mono) {
        while let Some(record) = self.long.pop_due(now).or_else(|| self.short.pop_due(now)) {
            self.forget(record);
        }
    }

    fn make_room(&mut self) {
        while self.lingering() >= self.max_lingering {
            match self.short.pop().or_else(|| self.long.pop()) {
                Some(record) => self.forget(record),
                None => break,
            }
        }
    }

    fn forget(&mut self, record: Record) {
        match record {
            Record::Client(branch) => {
                if let Some(ClientSlot::Linger(_)) = self.branches.get(&(branch, false)) {
                    self.branches.remove(&(branch, false));
                }
            }
            Record::Server(key) => {
                if let Some(ServerSlot::Linger(record)) = self.requests.get(&key) {
                    if let Some(merge) = record.merge {
                        self.merged.remove(&merge);
                    }
                    self.requests.remove(&key);
                }
            }
        }
    }

    /// When something here wants the time.
    pub(crate) fn next_timeout(&self) -> Option<Mono> {
        let sweep = [self.long.next(), self.short.next()].into_iter().flatten().min();
        let sweep = sweep.map(|at| Mono(at.0.saturating_add(SWEEP_EVERY_US)));
        [self.timers.next(), sweep].into_iter().flatten().min()
    }

    /// Clears the timer queue when most of it is dead. `alive` speaks for what is not kept here.
    pub(crate) fn shed_timers(&mut self, others: usize, alive: impl Fn(&TimerKey) -> bool) {
        const SMALL: usize = 4096;
        let owners = self.clients.len() + self.servers.len() + others;
        if self.timers.len() < SMALL + owners * TIMERS_PER_OWNER {
            return;
        }
        let (clients, servers) = (&self.clients, &self.servers);
        self.timers.shed(|key| match key {
            TimerKey::Client(key) => clients.get(*key).is_some(),
            TimerKey::Server(handle) => servers.get(*handle).is_some(),
            other => alive(other),
        });
    }
}
