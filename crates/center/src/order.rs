//! What people and programs ask of the center, beside calling.

use std::time::Duration;

use types::forward::ForwardReason;
use types::leg::Text;
use types::record::{AgentState, DoNotCall};
use types::{AgentId, InteractionId, LegId, Private, Wall};

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
    /// A call can't be led on to where this rule says.
    #[error("the rule `{}` leads nowhere", .0.as_str())]
    Nowhere(ForwardReason),
    /// The agent has no part in this call.
    #[error("the agent has no part in this call")]
    NotOnCall,
    /// The call is not in a state in which that can be done.
    #[error("the call is not in a state in which that can be done")]
    WrongState,
    /// Whoever is to be called is on a call already.
    #[error("whoever is to be called is on a call")]
    Busy,
    /// The number leads to nobody.
    #[error("the number leads to nobody")]
    NoSuchNumber,
    /// The tenant's list of numbers that may not be called has it.
    #[error("the number may not be called: {}", .0.as_str())]
    DoNotCall(DoNotCall),
    /// All lines that lead there are taken.
    #[error("no line is free")]
    NoLine,
    /// The telephone that rings can't be told to answer.
    #[error("the telephone cannot be told to answer")]
    NoRemoteAnswer,
    /// As many take part as may.
    #[error("as many take part as may")]
    TooMany,
    /// The node is going down and begins no more calls.
    #[error("no more calls are begun")]
    Draining,
}

/// Who orders something about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// An agent, about a call that it has part in.
    Agent(AgentId),
    /// A supervisor or a program, in the place of the agent who serves.
    Supervisor,
}

/// An order to a call that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallOrder {
    /// The others hear music, or go on among themselves where they are several.
    Hold,
    /// Back from hold.
    Resume,
    /// The agent's voice is passed on to nobody, or is again.
    Mute(bool),
    /// Digits to whomever the agent talks with, `0-9*#A-D`.
    Digits(Private<Text>),
    /// To this number, whose answer takes the agent's place.
    Transfer(Private<Text>),
    /// Into a slot, from which any telephone of the tenant picks it up.
    Park,
    /// Ask this number while the customer waits.
    Consult(Private<Text>),
    /// From the customer to the one who is asked, or back.
    Swap,
    /// Who is asked takes the agent's place.
    Complete,
    /// Who is asked, or is to take the agent's place, is let go; the agent is with the customer again.
    Cancel,
    /// Who is asked joins; where nobody is, whoever the agent talks with in another call of its own.
    Conference,
    /// This party leaves; not the customer, not the agent itself.
    Remove(LegId),
    /// The agent leaves. By a supervisor: all is over.
    HangUp,
    /// The agent, whose telephones ring, does not take it.
    Reject,
    /// A telephone that rings for the agent takes it: the page where one rings, otherwise one that can be told to.
    /// By a supervisor: for whichever agent it rings.
    Answer,
    /// Nothing is recorded until it goes on.
    PauseRecording,
    /// The recording goes on.
    ResumeRecording,
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
