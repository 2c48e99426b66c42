//! Events and leases across nodes: the port and the in-process default.
//!
//! A [`Bus`] carries messages between the nodes of an installation and grants leases: the right to own something (a
//! routing domain, an agent's state) for a time. Every grant has a fencing token greater than all before it, so that
//! a former owner who wakes up late is told apart from the present one.
//!
//! [`LocalBus`] serves an installation of one node. Other backends implement [`Bus`] and must pass the
//! [`conformance`] suite.

pub mod conformance;
mod local;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use types::{TenantId, Wall};

pub use local::LocalBus;

/// What a call on the bus answers with, in its time.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Why the bus could not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Someone else owns it until then.
    #[error("{owner} has the lease until {until}")]
    Held {
        /// The owner.
        owner: String,
        /// When it lapses.
        until: Wall,
    },
    /// The lease has lapsed, or was never this one.
    #[error("the lease is no longer held")]
    Lost,
    /// The subscriber fell so far behind that this many messages are gone.
    #[error("{0} messages were missed")]
    Missed(u64),
    /// The bus is gone.
    #[error("the bus is closed")]
    Closed,
}

/// A message from one node to all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Whose.
    pub tenant: TenantId,
    /// What it is about: `queue`, `presence` …
    pub topic: String,
    /// Opaque.
    pub body: Vec<u8>,
}

/// The right to own something for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Whose.
    pub tenant: TenantId,
    /// What is owned.
    pub name: String,
    /// By whom.
    pub owner: String,
    /// Greater than that of every lease on the name before it: hand it to what the lease protects.
    pub token: u64,
    /// When it lapses by itself.
    pub until: Wall,
}

/// Messages of one tenant as they come.
pub trait Messages: Send {
    /// The next one; waits for it.
    ///
    /// # Errors
    /// [`Error::Missed`] after which it goes on; [`Error::Closed`].
    fn next(&mut self) -> Reply<'_, Message>;
}

/// The port: what nodes tell one another, and who owns what.
pub trait Bus: Send + Sync {
    /// Sends to all who subscribe, on every node. Nobody listening is no error.
    fn publish(&self, message: Message) -> Reply<'_, ()>;

    /// Messages of one tenant from now on.
    fn subscribe(&self, tenant: TenantId) -> Box<dyn Messages>;

    /// Takes a lease. The owner who has it gets it anew, with a new token.
    ///
    /// # Errors
    /// [`Error::Held`] by someone else.
    fn acquire<'a>(
        &'a self,
        now: Wall,
        tenant: TenantId,
        name: &'a str,
        owner: &'a str,
        time: Duration,
    ) -> Reply<'a, Lease>;

    /// Prolongs a lease; its token stays.
    ///
    /// # Errors
    /// [`Error::Lost`] when it has lapsed or been given to another: stop acting as its owner at once.
    fn renew<'a>(&'a self, now: Wall, lease: &'a Lease, time: Duration) -> Reply<'a, Lease>;

    /// Gives a lease back. One that is lost already is no error.
    fn release<'a>(&'a self, lease: &'a Lease) -> Reply<'a, ()>;
}
