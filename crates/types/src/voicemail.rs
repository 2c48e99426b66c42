//! Messages that callers leave: in whose mailbox, and what has become of them.

use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, QueueId};
use crate::leg::Text;

/// Whose messages they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mailbox {
    /// An agent's own.
    Agent(AgentId),
    /// A queue's: of the agents whom its settings name, or else of all who serve it.
    Queue(QueueId),
}

/// Who says what has become of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedBy {
    /// A user's name, or `phone`.
    pub name: Text,
    /// The agent, where it is one.
    pub agent: Option<AgentId>,
}

/// What has become of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// Nobody has listened to it.
    New,
    /// Somebody has listened to it.
    Heard,
    /// Nobody wants it any more.
    Deleted,
}

impl MessageStatus {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Heard => "heard",
            Self::Deleted => "deleted",
        }
    }

    /// The status of a stable name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::New, Self::Heard, Self::Deleted].into_iter().find(|status| status.as_str() == text)
    }
}
