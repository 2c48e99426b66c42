//! What is said of interactions afterwards.

use serde::{Deserialize, Serialize};
use types::record;
use utoipa::ToSchema;

use super::{AgentRef, QueueRef, Title, mirror};
use crate::names::Names;
use crate::privacy::{self, Sight};

/// A disposition that people may choose.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DispositionChoice {
    pub(crate) code: String,
    pub(crate) title: Title,
}

/// All dispositions that people may choose from, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DispositionChoices {
    pub(crate) items: Vec<DispositionChoice>,
}

/// What came of an interaction, in place of what was said before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DispositionChange {
    /// One of those offered; empty for a note alone.
    pub(crate) code: String,
    /// What else there is to say; 2,000 characters at most.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) note: Option<types::Private<String>>,
}

/// What was said to have come of an interaction, last.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Disposition {
    pub(crate) code: String,
    pub(crate) title: Title,
    /// Empty when nothing else was said. Long digits are masked for those who may not see numbers.
    pub(crate) note: String,
    /// The user who said so.
    pub(crate) by: String,
    pub(crate) at: String,
}

impl Disposition {
    pub(crate) fn new(said: &record::Disposition, names: &Names, clear: bool) -> Self {
        let note = said.note.reveal();
        Self {
            code: said.code.to_string(),
            title: names.disposition_title(&said.code).into(),
            note: if clear { note.to_string() } else { privacy::without_numbers(note) },
            by: said.by.to_string(),
            at: said.at.to_string(),
        }
    }
}

/// An agent's work after a talk.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WrapUp {
    pub(crate) agent: AgentRef,
    pub(crate) from: String,
    pub(crate) to: String,
}

impl WrapUp {
    pub(crate) fn new(wrap: &store::WrapUp, names: &Names) -> Self {
        let from = types::Wall(wrap.at.0.saturating_sub_unsigned(wrap.wrap_up_ms));
        Self { agent: AgentRef::new(wrap.agent, names), from: from.to_string(), to: wrap.at.to_string() }
    }
}

/// One answer to a survey.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SurveyAnswer {
    pub(crate) at: String,
    /// The question's name in the flow.
    pub(crate) question: String,
    /// The key pressed.
    pub(crate) answer: String,
}

impl From<&store::SurveyAnswer> for SurveyAnswer {
    fn from(answer: &store::SurveyAnswer) -> Self {
        let store::SurveyAnswer { at, question, answer, .. } = answer;
        Self { at: at.to_string(), question: question.to_string(), answer: answer.to_string() }
    }
}

mirror! {
    /// How far a callback has come.
    CallbackStatus of record::CallbackStatus {
        Asked = "asked", Done = "done", Cancelled = "cancelled", GivenUp = "given_up",
    }
}

mirror! {
    /// What was found when a wish to be called back was followed.
    CallbackNews of record::CallbackNews {
        Reached = "reached", Unreached = "unreached", NoLine = "no_line", Expired = "expired",
        DoNotCall = "do_not_call", NoSuchNumber = "no_such_number", Replaced = "replaced",
    }
}

/// A customer who wants to be called back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Callback {
    pub(crate) id: String,
    /// The interaction in which it was asked for.
    pub(crate) interaction_id: String,
    pub(crate) number: String,
    /// The queue that is to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) queue: Option<QueueRef>,
    /// Nobody asked for it: the customer hung up while it waited.
    pub(crate) missed: bool,
    pub(crate) requested_at: String,
    pub(crate) status: CallbackStatus,
    /// When the status was set; absent while nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changed_at: Option<String>,
    /// The user who set it; absent where the centre did by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changed_by: Option<String>,
    /// Calls that were made in vain.
    pub(crate) attempts: u32,
    /// What was found when the wish was followed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) news: Option<CallbackNews>,
    /// The interaction by which the customer was called last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) called_by: Option<String>,
    /// Before this nobody calls again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_at: Option<String>,
}

impl Callback {
    pub(crate) fn new(row: &store::Callback, names: &Names, sight: Sight) -> Self {
        Self {
            id: row.pos.to_string(),
            interaction_id: row.interaction.to_string(),
            number: sight.number(row.number.reveal(), None),
            queue: row.queue.map(|id| QueueRef::new(id, names)),
            missed: row.missed,
            requested_at: row.requested.to_string(),
            status: row.status.into(),
            changed_at: row.changed.map(|at| at.to_string()),
            changed_by: row.changed_by.as_deref().map(str::to_owned),
            attempts: row.attempts,
            news: row.news.map(Into::into),
            called_by: row.called_by.map(|id| id.to_string()),
            next_at: row.next.map(|at| at.to_string()),
        }
    }
}

/// Some callbacks, those first who have waited longest.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallbackPage {
    pub(crate) items: Vec<Callback>,
    /// The cursor of the next page; absent at the end.
    pub(crate) next_cursor: Option<String>,
}

/// What has come of the callbacks of some days.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct CallbackSummary {
    /// Of those that customers asked for.
    pub(crate) asked: CallbackSums,
    /// Of those of customers who hung up while they waited.
    pub(crate) missed: CallbackSums,
}

/// How many of them stand so.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct CallbackSums {
    /// Still to be called.
    pub(crate) waiting: u64,
    /// Called back.
    pub(crate) done: u64,
    /// Not reached.
    pub(crate) given_up: u64,
    /// Called again by themselves, or taken off the list.
    pub(crate) cancelled: u64,
}

impl CallbackSummary {
    pub(crate) fn new(counts: Vec<(bool, types::record::CallbackStatus, u64)>) -> Self {
        use types::record::CallbackStatus as Status;
        let mut summary = Self::default();
        for (missed, status, count) in counts {
            let sums = if missed { &mut summary.missed } else { &mut summary.asked };
            let sum = match status {
                Status::Asked => &mut sums.waiting,
                Status::Done => &mut sums.done,
                Status::GivenUp => &mut sums.given_up,
                Status::Cancelled => &mut sums.cancelled,
            };
            *sum += count;
        }
        summary
    }
}

/// How far a callback has come, in place of what was said before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallbackChange {
    /// `asked`, `done`, `cancelled` or `given_up`.
    pub(crate) status: String,
}
