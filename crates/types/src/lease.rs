//! Leases: states in which somebody is kept from other work, each with an end, so that whoever dies or forgets holds
//! nothing for ever. One that had to expire is told: somewhere a release was forgotten.

use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, InteractionId};
use crate::time::Wall;

/// What was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaseKind {
    /// An agent between its answer to an offer and the talk.
    Connect,
    /// An agent in a talk that a queue gave it.
    Talk,
    /// An agent in a call outside the queues.
    Call,
    /// A telephone's leg that was told to end and never said that it had.
    Leg,
}

impl LeaseKind {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Talk => "talk",
            Self::Call => "call",
            Self::Leg => "leg",
        }
    }

    /// Why it expired, for people.
    pub const fn why(self) -> &'static str {
        match self {
            Self::Connect => "the agent's telephone answered, but the talk never began",
            Self::Talk => "nothing has told for too long that the talk is alive",
            Self::Call => "nothing has told for too long that the call is alive",
            Self::Leg => "the telephone was told to end and has not said that it did",
        }
    }
}

/// A lease that had to expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiredLease {
    /// What was held.
    pub lease: LeaseKind,
    /// The agent who was held; absent where it was the customer's leg, or one of no agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// What held it.
    pub interaction: InteractionId,
    /// Since when it was held.
    pub since: Wall,
}
