//! What the router decides and answers.

use types::event::Worked;
use types::lease::LeaseKind;
use types::leg::Text;
use types::record::{AgentState, Decision, Need};
use types::{AgentId, InteractionId, Mono, Now, QueueId, Wall};

use crate::config::{AgentConfig, QueueConfig};

/// What the router wants done or known.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Ring this agent for this interaction, and those whom the decision names as ringing together with it.
    Offer {
        /// The interaction.
        interaction: InteractionId,
        /// The agent.
        agent: AgentId,
        /// The queue in which it waited.
        queue: QueueId,
        /// Why this agent.
        decision: Box<Decision>,
        /// When the offer lapses by itself.
        ring_until: Mono,
    },
    /// An offer is over before it became a talk, by neither the agent's word nor the caller's: stop the
    /// agent's phone.
    /// Unless the caller left or others ring on, the interaction is back in its queue, at the front, with its wait.
    OfferOver {
        /// The interaction.
        interaction: InteractionId,
        /// The agent.
        agent: AgentId,
        /// The queue.
        queue: QueueId,
        /// Why.
        why: OfferEnd,
        /// Other agents' telephones ring on for it, or one of them has answered.
        goes_on: bool,
    },
    /// An agent's state, its reason, its end, its interaction or what comes next changed.
    AgentState {
        /// The agent.
        agent: AgentId,
        /// The state now.
        state: AgentState,
        /// Why, for `not_ready`.
        reason: Option<Text>,
        /// Since when.
        since: Now,
        /// When its lease ends; absent for states that last until someone ends them.
        until: Option<Mono>,
        /// What the agent works on.
        interaction: Option<InteractionId>,
        /// Why it will be not ready once that is over.
        next: Option<Text>,
        /// For one whose phone rings for a queue's offer: the queue.
        queue: Option<QueueId>,
        /// By the clock that strategies compare by: when that queue made its offer, or since when a ready one counts
        /// as idle. With it a decision can be made again.
        clock: Option<Mono>,
        /// For a ready one: what it has worked since it signed in, which some strategies compare.
        worked: Option<Worked>,
        /// For one whose phone rings for a queue's offer: what the customer needs beyond the queue's own settings.
        need: Need,
    },
    /// Settings changed. With it a decision can be made again.
    Settings(Box<Change>),
    /// Less is asked, or more agents are let in, for one who waits on: see [`crate::Router::wait_note`].
    AsksLess {
        /// The interaction.
        interaction: InteractionId,
        /// The queue.
        queue: QueueId,
    },
    /// The longest wait was reached; the interaction is out of the queue.
    WaitTooLong {
        /// The interaction.
        interaction: InteractionId,
        /// The queue.
        queue: QueueId,
    },
    /// Nobody is signed in who serves the queue or helps it (or the queue is gone); the interaction is not in it (any more).
    NoAgent {
        /// The interaction.
        interaction: InteractionId,
        /// The queue.
        queue: QueueId,
    },
    /// The queue is full; the interaction was not let in.
    QueueFull {
        /// The interaction.
        interaction: InteractionId,
        /// The queue.
        queue: QueueId,
    },
    /// A release was forgotten somewhere: the agent has been freed. A fault; raise an alarm.
    LeaseExpired {
        /// The agent.
        agent: AgentId,
        /// What held it.
        lease: LeaseKind,
        /// Since when it was held.
        since: Wall,
        /// What it was held by.
        interaction: InteractionId,
    },
}

/// What of the settings changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A queue came, or is different now.
    Queue(QueueConfig),
    /// An agent came, or is different now.
    Agent(AgentConfig),
    /// A queue went.
    QueueGone(QueueId),
    /// An agent went.
    AgentGone(AgentId),
}

/// Why an offer ended without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OfferEnd {
    /// It rang in vain; the agent is not ready now, reason `rona`.
    NoAnswer,
    /// The interaction left its queue.
    Left,
    /// Another whose telephone rang as well has answered. Nobody's fault: the agent keeps its place.
    Taken,
    /// The agent signed out or was removed.
    SignedOut,
    /// The agent is on another call.
    Busy,
    /// The agent answered, but the talk never began within its lease; [`Output::LeaseExpired`] comes too.
    Stalled,
}

impl OfferEnd {
    /// The stable name used on screens and in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoAnswer => "no_answer",
            Self::Left => "left",
            Self::Taken => "taken",
            Self::SignedOut => "signed_out",
            Self::Busy => "busy",
            Self::Stalled => "stalled",
        }
    }
}

/// Why an agent's side ended an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rejection {
    /// The agent refused: not ready, reason `declined`.
    Declined,
    /// The phone stopped ringing by itself: not ready, reason `rona`.
    NoAnswer,
    /// The phone is busy with something the router was not told of: not ready, reason `phone_busy`.
    Busy,
    /// The phone could not be reached: not ready, reason `phone_failed`.
    Failed,
}

impl Rejection {
    /// The `not_ready` reason the agent gets.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::NoAnswer => "rona",
            Self::Busy => "phone_busy",
            Self::Failed => "phone_failed",
        }
    }
}

/// Why an interaction leaves its queue unserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeaveReason {
    /// The customer gave up: counts as abandoned.
    Abandoned,
    /// It went elsewhere: callback, another queue, transfer by a supervisor.
    Redirected,
}

/// Why an input was refused. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Error {
    /// No such agent.
    #[error("no such agent")]
    UnknownAgent,
    /// No such queue.
    #[error("no such queue")]
    UnknownQueue,
    /// The interaction waits, rings or is being connected already.
    #[error("the interaction is in a queue already")]
    AlreadyQueued,
    /// The agent isn't signed in.
    #[error("the agent is not signed in")]
    NotSignedIn,
    /// The wrap-up is as long as it may be.
    #[error("the wrap-up is as long as it may be")]
    AtLimit,
    /// The offer, talk or wrap-up that is spoken of is over. An agent's phone that answered such an offer has to be
    /// hung up.
    #[error("that is over already")]
    Stale,
}
