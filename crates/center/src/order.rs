//! What people and programs ask of the center, beside calling.

use std::time::Duration;

use types::leg::Text;
use types::record::AgentState;
use types::{AgentId, InteractionId, Wall};

/// An order to an agent's state.
#[derive(Clone, Debug, PartialEq)]
pub enum AgentOrder {
    /// Free for work; ends wrap-up.
    Ready,
    /// Not to be called, with a reason.
    NotReady(Text),
    /// Signed out.
    SignOut,
    /// More time for wrap-up.
    ExtendWrapUp(Duration),
}

/// The interactions that ended last and can still be given a disposition without asking the store:
/// more than end while its projection lags behind.
pub(crate) const ENDED_KEPT: usize = 1024;

/// Why an order was refused. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No such tenant, agent or interaction.
    #[error("not found")]
    NotFound,
    /// The agent has no telephone registered, so it can't be called.
    #[error("no telephone of this agent is registered")]
    NoPhone,
    /// The agent is not in wrap-up.
    #[error("the agent is not in wrap-up")]
    NotInWrapUp,
    /// The wrap-up is as long as it may be.
    #[error("the wrap-up is as long as it may be")]
    Limit,
}

/// An agent's state as screens show it.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentStatus {
    /// The agent.
    pub agent: AgentId,
    /// The state.
    pub state: AgentState,
    /// Why, for `not_ready`.
    pub reason: Option<Text>,
    /// Since when.
    pub since: Wall,
    /// When its lease ends by itself.
    pub until: Option<Wall>,
    /// What the agent works on.
    pub interaction: Option<InteractionId>,
    /// Why it will be not ready once that is over, where it has asked for no more calls; only while it rings, talks
    /// or wraps up.
    pub next: Option<Text>,
}
