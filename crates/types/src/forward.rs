//! Leading calls on: what an agent wants done with calls that it doesn't take, and what was done.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::AgentId;
use crate::private::Private;
use crate::time::Wall;

type Text = Arc<str>;

/// The longest number that can be given, digits; numbers of the world have 15 at most (E.164), with room for prefixes.
pub const FORWARD_DIGITS_MAX: usize = 32;
/// How long an agent's telephones ring before the call is led on, seconds, where nothing else is said: four cycles of
/// ringback.
pub const FORWARD_AFTER_S: u32 = 20;
/// The least and most that can be said, seconds: after less nobody could have answered, and longer than a direct call
/// rings it would never come to pass.
pub const FORWARD_AFTER_RANGE_S: std::ops::RangeInclusive<u32> = 3..=40;

/// Why a call was led on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForwardReason {
    /// The agent wants all its calls elsewhere.
    Always,
    /// It was on another call, or declined.
    Busy,
    /// It did not answer in time.
    NoAnswer,
    /// None of its telephones was registered or could be reached.
    Unreachable,
    /// Its telephone asked for it (302).
    Device,
}

impl ForwardReason {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Unreachable => "unreachable",
            Self::Device => "device",
        }
    }
}

/// Somebody who led a call on, as the next far end is told (RFC 5806, RFC 7044).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diverted {
    /// The number that had been called.
    pub number: Private<Text>,
    /// Why it went on.
    pub why: ForwardReason,
}

/// Where a call is led on to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ForwardTo {
    /// A number as the agent would dial it: a colleague, a number of the tenant's, a subscriber outside.
    Number(Private<Text>),
    /// The queue of this name.
    Queue(Text),
    /// The agent's own mailbox: the caller leaves a message.
    Voicemail,
}

/// How [`ForwardTo::Voicemail`] is written.
const VOICEMAIL: &str = "voicemail";

/// Text that names nowhere to lead a call on to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a number of at most {FORWARD_DIGITS_MAX} digits, `queue:` and the queue's name, or `{VOICEMAIL}`")]
pub struct BadForward;

impl fmt::Debug for ForwardTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "Number({number:?})"),
            Self::Queue(name) => write!(f, "Queue({name})"),
            Self::Voicemail => f.write_str("Voicemail"),
        }
    }
}

impl ForwardTo {
    /// Reads the text form: digits with at most a plus before them, `queue:NAME`, or `voicemail`.
    ///
    /// # Errors
    /// [`BadForward`].
    pub fn parse(text: &str) -> Result<Self, BadForward> {
        if let Some(name) = text.strip_prefix("queue:") {
            return if name.is_empty() { Err(BadForward) } else { Ok(Self::Queue(name.into())) };
        }
        if text == VOICEMAIL {
            return Ok(Self::Voicemail);
        }
        let digits = text.strip_prefix('+').unwrap_or(text);
        let known = (1..=FORWARD_DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if known { Ok(Self::Number(Private::new(text.into()))) } else { Err(BadForward) }
    }

    /// The text form, in clear.
    pub fn to_text(&self) -> String {
        match self {
            Self::Number(number) => number.reveal().to_string(),
            Self::Queue(name) => format!("queue:{name}"),
            Self::Voicemail => VOICEMAIL.to_owned(),
        }
    }
}

impl TryFrom<String> for ForwardTo {
    type Error = BadForward;
    fn try_from(text: String) -> Result<Self, BadForward> {
        Self::parse(&text)
    }
}

impl From<ForwardTo> for String {
    fn from(to: ForwardTo) -> Self {
        to.to_text()
    }
}

/// What an agent wants done with calls to it that no queue offers. Queues offer to whoever is ready and find another
/// agent themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwarding {
    /// Leads all of them on; nothing rings here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub always: Option<ForwardTo>,
    /// While it is on another call, and when it declines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy: Option<ForwardTo>,
    /// When it has not answered after `after_s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<ForwardTo>,
    /// How long its telephones ring before `no_answer`, seconds, within [`FORWARD_AFTER_RANGE_S`].
    #[serde(default = "after_s")]
    pub after_s: u32,
    /// While none of its telephones is registered, or none can be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<ForwardTo>,
}

const fn after_s() -> u32 {
    FORWARD_AFTER_S
}

impl Default for Forwarding {
    fn default() -> Self {
        Self { always: None, busy: None, no_answer: None, after_s: FORWARD_AFTER_S, unreachable: None }
    }
}

impl Forwarding {
    /// Where it leads on for this reason.
    pub const fn to(&self, why: ForwardReason) -> Option<&ForwardTo> {
        match why {
            ForwardReason::Always => self.always.as_ref(),
            ForwardReason::Busy => self.busy.as_ref(),
            ForwardReason::NoAnswer => self.no_answer.as_ref(),
            ForwardReason::Unreachable => self.unreachable.as_ref(),
            ForwardReason::Device => None,
        }
    }

    /// All places it leads to, each with the reason.
    pub fn all(&self) -> impl Iterator<Item = (ForwardReason, &ForwardTo)> {
        use ForwardReason::{Always, Busy, NoAnswer, Unreachable};
        [Always, Busy, NoAnswer, Unreachable].into_iter().filter_map(|why| Some((why, self.to(why)?)))
    }
}

/// One step on the way of a call that was led on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forward {
    /// When.
    pub at: Wall,
    /// By whom: the number that had been called.
    pub by: Private<Text>,
    /// The agent of that number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// Why.
    pub why: ForwardReason,
    /// Where to, as [`ForwardTo::to_text`] writes it.
    pub to: Private<Text>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_queues_and_voicemail_can_be_led_on_to() {
        for text in ["1001", "13900001111", "+8613900001111", "queue:sales", "voicemail"] {
            assert_eq!(ForwardTo::parse(text).map(|to| to.to_text()).as_deref(), Ok(text));
        }
        for bad in ["", "+", "*50", "queue:", "1001@elsewhere", "sip:1001", "1 2", &"1".repeat(33)] {
            assert_eq!(ForwardTo::parse(bad), Err(BadForward), "{bad}");
        }
    }

    #[test]
    fn a_number_is_not_told_in_clear() {
        let rules = Forwarding { always: ForwardTo::parse("13900001111").ok(), ..Forwarding::default() };
        assert!(!format!("{rules:?}").contains("139"));
        let json = serde_json::to_string(&rules).unwrap();
        assert_eq!(json, r#"{"always":"13900001111","after_s":20}"#);
        assert_eq!(serde_json::from_str::<Forwarding>(&json).unwrap(), rules);
    }
}
