//! What the stream says.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    AgentRef, CallbackNews, CallbackStatus, Capacity, ExpiredLease, LiveAgent, LiveAlert, LiveInteraction, LiveQueue,
    SupervisionMode, Voicemail, VoicemailStatus,
};

/// How bad an alarm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    Warning,
    Critical,
}

/// Something that needs a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Alarm {
    /// Stays the same while one alarm is raised, repeated and cleared.
    pub(crate) id: String,
    pub(crate) code: String,
    #[schema(inline)]
    pub(crate) severity: Severity,
    /// The sentence that tells an operator what happened and what to do.
    pub(crate) message: String,
    pub(crate) since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cleared_at: Option<String>,
}

/// One event. `id` is the cursor behind it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type")]
pub(crate) enum Event {
    /// An agent passed into another state.
    #[serde(rename = "agent.state")]
    AgentState { id: String, at: String, agent: LiveAgent },
    /// An interaction began.
    #[serde(rename = "interaction.started")]
    InteractionStarted { id: String, at: String, interaction: LiveInteraction },
    /// An interaction passed into another state.
    #[serde(rename = "interaction.state")]
    InteractionState { id: String, at: String, interaction: LiveInteraction },
    /// An interaction ended.
    #[serde(rename = "interaction.ended")]
    InteractionEnded { id: String, at: String, interaction: LiveInteraction },
    /// An agent's work after a talk is over.
    #[serde(rename = "interaction.wrapped")]
    InteractionWrapped { id: String, at: String, interaction_id: String, agent_id: String, wrap_up_ms: u64 },
    /// A supervisor takes part in a call, in another way, or no longer. For supervisors; for the agent who is watched
    /// where the tenant's setting `supervision.agents_see` is `true`.
    #[serde(rename = "interaction.supervised")]
    InteractionSupervised {
        id: String,
        at: String,
        interaction_id: String,
        by_agent_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        agent_id: Option<String>,
        mode: SupervisionMode,
    },
    /// The page of an agent is to take the call that rings in it, by order. Told to this agent alone.
    #[serde(rename = "interaction.answer_asked")]
    InteractionAnswerAsked { id: String, at: String, interaction_id: String, agent_id: String },
    /// A recording was paused, or goes on.
    #[serde(rename = "recording.paused")]
    RecordingPaused { id: String, at: String, interaction_id: String, recording_id: String, paused: bool },
    /// A queue's figures changed. Made for the stream: it does not move the cursor.
    #[serde(rename = "queue.stats")]
    QueueStats { id: String, at: String, queue: LiveQueue },
    /// What the node can carry changed, or how much of it is free. Made for the stream as well.
    #[serde(rename = "capacity.stats")]
    CapacityStats { id: String, at: String, capacity: Capacity },
    /// A figure has passed a threshold. Told to those who see everybody's interactions.
    #[serde(rename = "alert.raised")]
    AlertRaised { id: String, at: String, alert: LiveAlert },
    /// An alert became worse or better. Told to the same.
    #[serde(rename = "alert.changed")]
    AlertChanged { id: String, at: String, alert: LiveAlert },
    /// An alert is over. Told to the same.
    #[serde(rename = "alert.cleared")]
    AlertCleared { id: String, at: String, alert: LiveAlert },
    /// Somebody looks after an alert. Told to the same.
    #[serde(rename = "alert.acknowledged")]
    AlertAcknowledged { id: String, at: String, alert_id: String, by: String },
    /// An alarm was raised or is over.
    #[serde(rename = "alarm")]
    Alarm { id: String, at: String, alarm: Alarm },
    /// A lease had to expire. Told to those who may supervise.
    #[serde(rename = "lease.expired")]
    LeaseExpired { id: String, at: String, expired: ExpiredLease },
    /// Somebody said what came of an interaction.
    #[serde(rename = "interaction.disposition")]
    InteractionDisposition { id: String, at: String, interaction_id: String, code: String, by: String },
    /// A survey was answered.
    #[serde(rename = "survey.answered")]
    SurveyAnswered { id: String, at: String, interaction_id: String, question: String, answer: String },
    /// Somebody said how far a callback has come.
    #[serde(rename = "callback.changed")]
    CallbackChanged { id: String, at: String, callback_id: String, status: CallbackStatus, by: String },
    /// The centre has followed a wish to be called back.
    #[serde(rename = "callback.followed")]
    CallbackFollowed {
        id: String,
        at: String,
        /// The interaction in which it was asked.
        interaction_id: String,
        /// The interaction by which the customer was called.
        #[serde(skip_serializing_if = "Option::is_none")]
        called_by: Option<String>,
        news: CallbackNews,
        status: CallbackStatus,
        /// Calls that were made in vain.
        attempts: u32,
        /// Before this nobody calls again.
        #[serde(skip_serializing_if = "Option::is_none")]
        next_at: Option<String>,
    },
    /// Somebody ordered what is another one's to do: an agent's state (`ready`, `not_ready`, `extend_wrap_up`), or an
    /// action on a call of others. Told to those who may read the audit trail.
    #[serde(rename = "order.given")]
    OrderGiven {
        id: String,
        at: String,
        /// The user who did.
        by: String,
        order: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        agent_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        interaction_id: Option<String>,
    },
    /// A setting was changed. Told to those who may see settings.
    #[serde(rename = "settings.changed")]
    SettingsChanged { id: String, at: String, kind: String, name: String, action: String, by: String },
    /// A version of a flow that a share of the callers walks has begun, or has come to its end: `started`, `promoted`,
    /// `rolled_back` by this guard, `stopped` or `replaced`. Told to those who may see settings.
    #[serde(rename = "flow.canary")]
    FlowCanary {
        id: String,
        at: String,
        flow: String,
        version: u32,
        what: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        guard: Option<String>,
        by: String,
    },
    /// A caller left a message. Told to those whose mailbox it is in, and to those who may hear all recordings.
    #[serde(rename = "voicemail.left")]
    VoicemailLeft {
        id: String,
        at: String,
        voicemail: Voicemail,
        /// It is in a mailbox of the reader's.
        own: bool,
    },
    /// Somebody has listened to a message, wants to be told of it again, or has deleted it. Told to the same.
    #[serde(rename = "voicemail.changed")]
    VoicemailChanged {
        id: String,
        at: String,
        voicemail_id: String,
        status: VoicemailStatus,
        /// The user who said so, or `phone`.
        by: String,
        /// The agent who said so, where it was one.
        #[serde(skip_serializing_if = "Option::is_none")]
        by_agent: Option<AgentRef>,
    },
    /// A customer asked to be called back.
    #[serde(rename = "callback.requested")]
    CallbackRequested {
        id: String,
        at: String,
        callback_id: String,
        interaction_id: String,
        number: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        queue_id: Option<String>,
    },
}

impl Event {
    /// The event's name, as the stream's `event` line and the JSON's `type` have it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::AgentState { .. } => "agent.state",
            Self::InteractionStarted { .. } => "interaction.started",
            Self::InteractionState { .. } => "interaction.state",
            Self::InteractionEnded { .. } => "interaction.ended",
            Self::InteractionWrapped { .. } => "interaction.wrapped",
            Self::InteractionSupervised { .. } => "interaction.supervised",
            Self::InteractionAnswerAsked { .. } => "interaction.answer_asked",
            Self::RecordingPaused { .. } => "recording.paused",
            Self::QueueStats { .. } => "queue.stats",
            Self::CapacityStats { .. } => "capacity.stats",
            Self::AlertRaised { .. } => "alert.raised",
            Self::AlertChanged { .. } => "alert.changed",
            Self::AlertCleared { .. } => "alert.cleared",
            Self::AlertAcknowledged { .. } => "alert.acknowledged",
            Self::Alarm { .. } => "alarm",
            Self::LeaseExpired { .. } => "lease.expired",
            Self::InteractionDisposition { .. } => "interaction.disposition",
            Self::SurveyAnswered { .. } => "survey.answered",
            Self::CallbackChanged { .. } => "callback.changed",
            Self::CallbackFollowed { .. } => "callback.followed",
            Self::OrderGiven { .. } => "order.given",
            Self::SettingsChanged { .. } => "settings.changed",
            Self::FlowCanary { .. } => "flow.canary",
            Self::VoicemailLeft { .. } => "voicemail.left",
            Self::VoicemailChanged { .. } => "voicemail.changed",
            Self::CallbackRequested { .. } => "callback.requested",
        }
    }
}
