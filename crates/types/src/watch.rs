//! What a telephone may watch (RFC 6665), in words that know nothing of SIP: the lamp of a colleague, of a slot or of a mailbox.

use crate::ids::{DeviceId, LegId};
use crate::leg::{Target, Text};
use crate::private::Private;

/// One telephone's wish to be told of one thing, numbered by the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WatchId(pub u64);

/// What is asked for, once the edge has verified who asks.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchRequest {
    /// Its number.
    pub watch: WatchId,
    /// Who asks.
    pub device: DeviceId,
    /// What about it.
    pub kind: WatchKind,
    /// The number or user it is about, as received.
    pub target: Private<Text>,
}

/// What about somebody is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WatchKind {
    /// Its calls (RFC 4235).
    Dialogs,
    /// The messages in its mailbox (RFC 3842).
    Messages,
}

/// Why a wish was not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WatchRefused {
    /// Nobody and nothing of the tenant has this number.
    #[error("nothing to watch by this number")]
    NotFound,
    /// The telephone watches as much as one may.
    #[error("too many watches of one device")]
    TooMany,
}

/// How a watched thing stands, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Its calls.
    Dialogs(Vec<WatchedDialog>),
    /// Messages in its mailbox.
    Messages {
        /// Those that nobody has listened to.
        new: usize,
        /// The others.
        old: usize,
    },
    /// There is nothing to see any more: what was watched is gone, or whoever watched may not. The watch is over.
    Gone,
}

/// What a telephone that has not asked is told of its messages (RFC 3842).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The telephone.
    pub device: DeviceId,
    /// Where it has registered.
    pub target: Target,
    /// Whose messages: the agent's number.
    pub account: Private<Text>,
    /// Those that nobody has listened to.
    pub new: usize,
    /// The others.
    pub old: usize,
}

/// A call of somebody who is watched. With whom is nobody's business but its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchedDialog {
    /// The leg.
    pub leg: LegId,
    /// Who is watched began it.
    pub initiator: bool,
    /// How far it is.
    pub phase: DialogPhase,
}

/// How far a watched call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialogPhase {
    /// Nothing has been heard of the far end.
    Trying,
    /// It rings.
    Early,
    /// It stands.
    Confirmed,
}

impl DialogPhase {
    /// The state's name in RFC 4235.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trying => "trying",
            Self::Early => "early",
            Self::Confirmed => "confirmed",
        }
    }
}
