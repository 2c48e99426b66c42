//! Messages that callers left.

use serde::{Deserialize, Serialize};
use types::voicemail;
use utoipa::ToSchema;

use super::{AgentRef, QueueRef, mirror};
use crate::names::Names;
use crate::privacy::masked;

mirror! {
    /// What has become of a message.
    VoicemailStatus of voicemail::MessageStatus {
        New = "new", Heard = "heard", Deleted = "deleted",
    }
}

/// A message that a caller left.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Voicemail {
    /// The id of its recording.
    pub(crate) id: String,
    /// The interaction in which it was left.
    pub(crate) interaction_id: String,
    /// The caller's number, in clear for those whose mailbox it is and for who may see all numbers; empty when withheld.
    pub(crate) from: String,
    /// Whose mailbox, where it is an agent's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<AgentRef>,
    /// Whose mailbox, where it is a queue's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) queue: Option<QueueRef>,
    pub(crate) left_at: String,
    /// 0 where a crash cut it off.
    pub(crate) duration_ms: u64,
    pub(crate) status: VoicemailStatus,
    /// When the status was set; absent while nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changed_at: Option<String>,
    /// The user who set it, or `phone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changed_by: Option<String>,
    /// The agent who set it, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changed_by_agent: Option<AgentRef>,
}

impl Voicemail {
    /// `clear`: the reader may see the caller's number.
    pub(crate) fn new(row: &store::Voicemail, names: &Names, clear: bool) -> Self {
        let from = row.from.reveal();
        Self {
            id: row.recording.to_string(),
            interaction_id: row.interaction.to_string(),
            from: if clear { from.to_string() } else { masked(from).into_owned() },
            agent: row.agent.map(|id| AgentRef::new(id, names)),
            queue: row.queue.map(|id| QueueRef::new(id, names)),
            left_at: row.left.to_string(),
            duration_ms: row.duration_ms,
            status: row.status.into(),
            changed_at: row.changed.map(|at| at.to_string()),
            changed_by: row.changed_by.as_deref().map(str::to_owned),
            changed_by_agent: row.changed_by_agent.map(|id| AgentRef::new(id, names)),
        }
    }
}

/// Some messages, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VoicemailPage {
    pub(crate) items: Vec<Voicemail>,
    /// The cursor of the next page; absent at the end.
    pub(crate) next_cursor: Option<String>,
}

/// What has become of a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VoicemailChange {
    /// `new` or `heard`.
    pub(crate) status: String,
}
