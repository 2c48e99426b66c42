//! Orders to calls that go on, and calls that are made by order.

use center::CallOrder;
use serde::{Deserialize, Serialize};
use types::leg::Text;
use types::{LegId, Private, record};
use utoipa::ToSchema;

use crate::error::{ApiError, Code, Result};

/// The longest number that is dialled anywhere has 15 digits (E.164); prefixes and short codes come before it.
const NUMBER_CHARS: usize = 32;
/// Digits sent at once; a card number with its confirmation is shorter.
const DIGITS: usize = 32;

/// What is to be done with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActionName {
    /// The others hear music, or go on among themselves.
    Hold,
    /// Back from hold.
    Resume,
    /// The agent's voice is passed on to nobody.
    Mute,
    /// The agent's voice is passed on again.
    Unmute,
    /// Sends `digits` to whomever the agent talks with.
    Digits,
    /// Hands on to the number `to`, without asking it first.
    Transfer,
    /// Into a slot, which the live view names; any telephone picks it up by dialling that.
    Park,
    /// Asks the number `to` while the customer waits.
    Consult,
    /// From the customer to the one who is asked, or back.
    Swap,
    /// The one who is asked takes the agent's place.
    Complete,
    /// The one who is asked or rung is let go.
    Cancel,
    /// The one who is asked joins; where nobody is, whoever the agent talks with in another call of its own.
    Conference,
    /// The party with the leg `leg_id`, who was brought in, is let go.
    Remove,
    /// The agent leaves; by a supervisor who has no part, the call ends.
    Hangup,
    /// The agent does not take the call that rings.
    Reject,
    /// A telephone that rings for the agent takes the call: its page where one rings, otherwise an IP telephone that
    /// says it can be told to (`Allow-Events: talk` while it rings). By a supervisor: for whichever agent it rings.
    Answer,
    /// Nothing is recorded until it goes on.
    PauseRecording,
    /// The recording goes on.
    ResumeRecording,
}

impl ActionName {
    /// As it is written.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Resume => "resume",
            Self::Mute => "mute",
            Self::Unmute => "unmute",
            Self::Digits => "digits",
            Self::Transfer => "transfer",
            Self::Park => "park",
            Self::Consult => "consult",
            Self::Swap => "swap",
            Self::Complete => "complete",
            Self::Cancel => "cancel",
            Self::Conference => "conference",
            Self::Remove => "remove",
            Self::Hangup => "hangup",
            Self::Reject => "reject",
            Self::Answer => "answer",
            Self::PauseRecording => "pause_recording",
            Self::ResumeRecording => "resume_recording",
        }
    }
}

/// An order to a call that goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallAction {
    #[schema(inline)]
    pub(crate) action: ActionName,
    /// The number, for `transfer` and `consult`.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 32)]
    to: Option<Private<String>>,
    /// `0-9*#A-D`, for `digits`.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 32)]
    digits: Option<Private<String>>,
    /// The party's leg, for `remove`.
    #[serde(default)]
    leg_id: Option<String>,
}

impl CallAction {
    /// What it means, each field where it belongs and nowhere else.
    pub(crate) fn order(self) -> Result<CallOrder> {
        let Self { action, to, digits, leg_id } = self;
        let (wants_to, wants_digits) =
            (matches!(action, ActionName::Transfer | ActionName::Consult), action == ActionName::Digits);
        let fields = [
            ("to", to.is_some(), wants_to),
            ("digits", digits.is_some(), wants_digits),
            ("leg_id", leg_id.is_some(), action == ActionName::Remove),
        ];
        for (field, given, wanted) in fields {
            match (given, wanted) {
                (true, false) => return Err(ApiError::field(Code::UnknownField, field)),
                (false, true) => return Err(ApiError::field(Code::MissingField, field)),
                _ => {}
            }
        }
        let number = || dialable("to", to.as_ref());
        Ok(match action {
            ActionName::Hold => CallOrder::Hold,
            ActionName::Resume => CallOrder::Resume,
            ActionName::Mute => CallOrder::Mute(true),
            ActionName::Unmute => CallOrder::Mute(false),
            ActionName::Digits => CallOrder::Digits(tones(digits.as_ref())?),
            ActionName::Transfer => CallOrder::Transfer(number()?),
            ActionName::Consult => CallOrder::Consult(number()?),
            ActionName::Swap => CallOrder::Swap,
            ActionName::Complete => CallOrder::Complete,
            ActionName::Park => CallOrder::Park,
            ActionName::Cancel => CallOrder::Cancel,
            ActionName::Conference => CallOrder::Conference,
            ActionName::Remove => CallOrder::Remove(leg(leg_id.as_deref())?),
            ActionName::Hangup => CallOrder::HangUp,
            ActionName::Reject => CallOrder::Reject,
            ActionName::Answer => CallOrder::Answer,
            ActionName::PauseRecording => CallOrder::PauseRecording,
            ActionName::ResumeRecording => CallOrder::ResumeRecording,
        })
    }
}

/// A number as people write it, without the marks between its digits.
pub(super) fn dialable(field: &str, number: Option<&Private<String>>) -> Result<Private<Text>> {
    let text = number.map(|n| n.reveal().as_str()).unwrap_or_default();
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let (first, rest) = (plain.chars().next(), plain.chars().skip(1).collect::<String>());
    let key = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#');
    let good = first.is_some_and(|c| key(c) || c == '+') && rest.chars().all(key) && plain != "+";
    if !good || plain.len() > NUMBER_CHARS {
        return Err(ApiError::field(Code::BadValue, field));
    }
    Ok(Private::new(plain.into()))
}

fn tones(digits: Option<&Private<String>>) -> Result<Private<Text>> {
    let text = digits.map(|d| d.reveal().as_str()).unwrap_or_default();
    let good =
        (1..=DIGITS).contains(&text.len()) && text.chars().all(|c| matches!(c, '0'..='9' | '*' | '#' | 'A'..='D'));
    if good { Ok(Private::new(text.into())) } else { Err(ApiError::field(Code::BadValue, "digits")) }
}

fn leg(id: Option<&str>) -> Result<LegId> {
    id.and_then(|id| id.parse().ok()).ok_or_else(|| ApiError::field(Code::BadValue, "leg_id"))
}

/// A call that an agent is to make: its own telephones ring first.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCall {
    /// The agent's id; the person's own when absent.
    #[serde(default)]
    pub(crate) agent: Option<String>,
    /// The number.
    #[schema(value_type = String, max_length = 32)]
    to: Private<String>,
}

impl NewCall {
    pub(crate) fn number(&self) -> Result<Private<Text>> {
        dialable("to", Some(&self.to))
    }
}

/// A call that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BegunCall {
    pub(crate) interaction_id: String,
}

/// How a supervisor takes part in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SupervisionMode {
    /// Hears, and is heard by none.
    Listen,
    /// Is heard by the agent alone.
    Whisper,
    /// Is heard by all.
    Barge,
    /// Takes the agent's place.
    TakeOver,
    /// Leaves.
    Stop,
}

impl From<SupervisionMode> for record::Supervision {
    fn from(mode: SupervisionMode) -> Self {
        match mode {
            SupervisionMode::Listen => Self::Listen,
            SupervisionMode::Whisper => Self::Whisper,
            SupervisionMode::Barge => Self::Barge,
            SupervisionMode::TakeOver => Self::TakeOver,
            SupervisionMode::Stop => Self::Stop,
        }
    }
}

impl From<record::Supervision> for SupervisionMode {
    fn from(mode: record::Supervision) -> Self {
        match mode {
            record::Supervision::Listen => Self::Listen,
            record::Supervision::Whisper => Self::Whisper,
            record::Supervision::Barge => Self::Barge,
            record::Supervision::TakeOver => Self::TakeOver,
            record::Supervision::Stop => Self::Stop,
        }
    }
}

/// An order to take part in a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Supervise {
    pub(crate) mode: SupervisionMode,
}
