//! Where an agent's calls go when it doesn't take them.

use serde::{Deserialize, Serialize};
use types::forward::{self, ForwardReason, ForwardTo};
use utoipa::ToSchema;

use super::mirror;
use crate::error::{ApiError, Code, Result};
use crate::privacy;

mirror! {
    /// Why a call was led on.
    ForwardWhy of ForwardReason {
        Always = "always", Busy = "busy", NoAnswer = "no_answer", Unreachable = "unreachable", Device = "device",
    }
}

/// An agent's rules. Each names a number as the agent would dial it, `queue:` and a queue's name, or `voicemail` for the
/// agent's own mailbox; what is absent leads nowhere. They hold for calls to the agent itself: what a queue offers goes to another agent of the queue.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forwarding {
    /// All calls; the agent's telephones don't ring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) always: Option<String>,
    /// While the agent is on another call, and when it declines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) busy: Option<String>,
    /// When the agent has not answered after `after_s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) no_answer: Option<String>,
    /// Seconds, 3 to 40; 20 when absent.
    #[serde(default = "after_s")]
    #[schema(minimum = 3, maximum = 40)]
    pub(crate) after_s: u32,
    /// While none of the agent's telephones is registered or can be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unreachable: Option<String>,
}

const fn after_s() -> u32 {
    forward::FORWARD_AFTER_S
}

impl From<forward::Forwarding> for Forwarding {
    fn from(rules: forward::Forwarding) -> Self {
        let text = |to: Option<ForwardTo>| to.map(|to| to.to_text());
        Self {
            always: text(rules.always),
            busy: text(rules.busy),
            no_answer: text(rules.no_answer),
            after_s: rules.after_s,
            unreachable: text(rules.unreachable),
        }
    }
}

impl Forwarding {
    /// # Errors
    /// Names the field that is no number and no queue, or out of range.
    pub(crate) fn read(self) -> Result<forward::Forwarding> {
        let read = |field: &str, text: Option<String>| {
            let parsed = text.map(|text| ForwardTo::parse(text.trim())).transpose();
            parsed.map_err(|_| ApiError::field(Code::BadValue, field))
        };
        if !forward::FORWARD_AFTER_RANGE_S.contains(&self.after_s) {
            return Err(ApiError::field(Code::BadValue, "after_s"));
        }
        Ok(forward::Forwarding {
            always: read("always", self.always)?,
            busy: read("busy", self.busy)?,
            no_answer: read("no_answer", self.no_answer)?,
            after_s: self.after_s,
            unreachable: read("unreachable", self.unreachable)?,
        })
    }
}

/// One step on the way of a call that was led on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Forward {
    pub(crate) at: String,
    /// The number that had been called.
    pub(crate) by: String,
    /// The agent of that number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent_id: Option<String>,
    #[schema(inline)]
    pub(crate) why: ForwardWhy,
    /// Where to: a number, `queue:` and a queue's name, or `voicemail`.
    pub(crate) to: String,
}

impl Forward {
    pub(crate) fn new(step: &forward::Forward, clear: bool) -> Self {
        let shown = |text: &str| if clear { text.to_owned() } else { privacy::without_numbers(text) };
        Self {
            at: step.at.to_string(),
            by: shown(step.by.reveal()),
            agent_id: step.agent.map(|id| id.to_string()),
            why: step.why.into(),
            to: shown(step.to.reveal()),
        }
    }
}
