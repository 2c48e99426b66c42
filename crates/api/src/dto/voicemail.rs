//! Messages that callers left.

use serde::{Deserialize, Serialize};
use types::voicemail;
use utoipa::ToSchema;

use super::{AgentRef, QueueRef, mirror};
use crate::names::Names;

mirror! {
    /// What has become of a message.
    VoicemailStatus of voicemail::MessageStatus {
        New = "new", Heard = "heard", Deleted = "deleted",
    }
}

/// A message that a caller left.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Voicemail {
    /// The id of its recording.
    pub(crate) id: String,
    /// The interaction in which it was left.
    pub(crate) interaction_id: String,
    /// The caller's number, in clear for whose mailbox it is; empty when withheld.
    pub(crate) from: String,
    /// Whose mailbox, where it is an agent's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<AgentRef>,
    /// Whose mailbox, where it is that of those who serve a queue.
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
}

impl Voicemail {
    pub(crate) fn new(row: &store::Voicemail, names: &Names) -> Self {
        Self {
            id: row.recording.to_string(),
            interaction_id: row.interaction.to_string(),
            from: row.from.reveal().to_string(),
            agent: row.agent.map(|id| AgentRef::new(id, names)),
            queue: row.queue.map(|id| QueueRef::new(id, names)),
            left_at: row.left.to_string(),
            duration_ms: row.duration_ms,
            status: row.status.into(),
            changed_at: row.changed.map(|at| at.to_string()),
            changed_by: row.changed_by.as_deref().map(str::to_owned),
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
