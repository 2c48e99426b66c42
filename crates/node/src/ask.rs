//! What other threads ask of the mind, each with a place for the answer.

use tokio::sync::oneshot;

use center::{
    AgentOrder, AgentStatus, By, CallOrder, CallbackWish, Figures, Live, LiveDetail, LiveFigures, Refused, SetupError,
    TrialCall, TrialWish,
};
use flow::{LookupAnswer, LookupRequest, LookupTold};
use journal::ladder::Position;
use types::forward::Forwarding;
use types::leg::Text;
use types::record::{Disposition, Supervision};
use types::voicemail::{Mailbox, MarkedBy, MessageStatus};
use types::{AgentId, AlertId, InteractionId, Private, RecordingId, TenantId};

use crate::keeper::News;
use crate::tally::Tally;

/// A question or order to the signalling thread.
#[derive(Debug)]
pub enum Ask {
    /// What goes on right now, with the journal's cursor of the same moment.
    Live(TenantId, oneshot::Sender<Option<(u64, Live)>>),
    /// What changes by the second.
    LiveFigures(TenantId, oneshot::Sender<LiveFigures>),
    /// Somebody, by the name of a user, looks after an alert.
    Acknowledge(TenantId, AlertId, Text, oneshot::Sender<Result<(), Refused>>),
    /// An agent's state.
    Agent(TenantId, AgentId, oneshot::Sender<Option<AgentStatus>>),
    /// An order to an agent's state.
    Order(TenantId, AgentId, AgentOrder, oneshot::Sender<Result<AgentStatus, Refused>>),
    /// An agent's rules for calls that it doesn't take.
    Forwarding(TenantId, AgentId, oneshot::Sender<Option<Forwarding>>),
    /// Set them; with the name of the user who wants it.
    SetForwarding(TenantId, AgentId, Forwarding, Text, oneshot::Sender<Result<(), Refused>>),
    /// The mailboxes that are an agent's business.
    Mailboxes(TenantId, AgentId, oneshot::Sender<Vec<Mailbox>>),
    /// Say what has become of a message; with who says so.
    MarkMessage(TenantId, RecordingId, MessageStatus, MarkedBy, oneshot::Sender<Result<(), Refused>>),
    /// An interaction in progress.
    Interaction(TenantId, InteractionId, oneshot::Sender<Option<Box<LiveDetail>>>),
    /// Say what came of an interaction; `true` when the store knows it.
    Dispose(TenantId, InteractionId, Disposition, bool, oneshot::Sender<Result<(), Refused>>),
    /// Order something about a call that goes on.
    OrderCall(TenantId, InteractionId, By, CallOrder, oneshot::Sender<Result<(), Refused>>),
    /// Have an agent call a number.
    Dial(TenantId, AgentId, Private<Text>, oneshot::Sender<Result<InteractionId, Refused>>),
    /// Let somebody call a flow that is not published.
    AwaitTrial(TenantId, Box<TrialWish>, oneshot::Sender<Result<TrialCall, Refused>>),
    /// A supervisor takes part in a call.
    Supervise(TenantId, InteractionId, AgentId, Supervision, oneshot::Sender<Result<(), Refused>>),
    /// End an interaction.
    HangUp(TenantId, InteractionId, oneshot::Sender<Result<(), Refused>>),
    /// A wish to be called back is followed from now on, or, without one, no longer.
    CallbackChanged(TenantId, InteractionId, Option<Box<CallbackWish>>, oneshot::Sender<()>),
    /// Call a customer back as soon as an agent is free.
    CallBackNow(TenantId, InteractionId, oneshot::Sender<Result<(), Refused>>),
    /// Counts for metrics.
    Figures(oneshot::Sender<(Vec<Figures>, Tally)>),
    /// The realm and the name of a device at which an agent answers.
    Device(TenantId, AgentId, oneshot::Sender<Option<(Text, Text)>>),
    /// Hand the SIP messages so far to the ladder; its newest.
    Ladder(oneshot::Sender<Position>),
    /// How many interactions are in progress.
    InProgress(oneshot::Sender<usize>),
    /// A tenant's settings have changed.
    Settings(TenantId, Box<News>, oneshot::Sender<Result<(), SetupError>>),
    /// Another system has answered a flow.
    Looked(InteractionId, Box<LookupAnswer>),
    /// Try a look-up as a flow would make it.
    TryLookup(TenantId, Box<LookupRequest>, oneshot::Sender<LookupTold>),
    /// Somebody has left a note of an alarm.
    Alarms,
    /// Refuse new calls from now on.
    Drain,
    /// End all calls now.
    ShutDown(oneshot::Sender<()>),
}
