//! Why a leg or an interaction ended, in words that mean the same over SIP, chat and browser.

use serde::{Deserialize, Serialize};

/// Why a leg failed or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Someone hung up in the ordinary way.
    Normal,
    /// The other party of the talk has gone, and with it the reason for this leg.
    OtherLeft,
    /// The caller gave up before an answer.
    Cancelled,
    /// Another device or agent took it.
    AnsweredElsewhere,
    /// The called party is on another call.
    Busy,
    /// It rang, and nobody answered in time.
    NoAnswer,
    /// The called party refused.
    Declined,
    /// No such number or user.
    NotFound,
    /// Nobody is registered there, or the next hop does not answer.
    Unreachable,
    /// This caller may not make this call.
    Forbidden,
    /// The number is on the tenant's list of those not to be called.
    DoNotCall,
    /// No codec, transport or feature in common.
    NotAcceptable,
    /// The node has as many calls as it can carry.
    Overload,
    /// The far end or a server in between failed.
    PeerFailed,
    /// Media stopped without a goodbye.
    MediaLost,
    /// A session timer ran out: the far end is gone.
    SessionExpired,
    /// The longest allowed duration was reached.
    TooLong,
    /// A supervisor or an API client ended it.
    Forced,
    /// The leg was handed to someone else by transfer.
    Transferred,
    /// The node went down or was drained.
    Shutdown,
    /// It was led on in a circle, or too often.
    Loop,
    /// It was told to end and never said that it had.
    GivenUp,
    /// A fault of ours.
    Internal,
}

impl Cause {
    /// The stable name used in SQL, the API and on screens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::OtherLeft => "other_left",
            Self::Cancelled => "cancelled",
            Self::AnsweredElsewhere => "answered_elsewhere",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Declined => "declined",
            Self::NotFound => "not_found",
            Self::Unreachable => "unreachable",
            Self::Forbidden => "forbidden",
            Self::DoNotCall => "do_not_call",
            Self::NotAcceptable => "not_acceptable",
            Self::Overload => "overload",
            Self::PeerFailed => "peer_failed",
            Self::MediaLost => "media_lost",
            Self::SessionExpired => "session_expired",
            Self::TooLong => "too_long",
            Self::Forced => "forced",
            Self::Transferred => "transferred",
            Self::Shutdown => "shutdown",
            Self::Loop => "loop",
            Self::GivenUp => "given_up",
            Self::Internal => "internal",
        }
    }

    /// Whether the same attempt may well succeed a little later or over another route.
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::Unreachable | Self::Overload | Self::PeerFailed | Self::Internal | Self::Shutdown)
    }
}

/// Who brought an interaction to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// The customer who called in, or the one who called out.
    Caller,
    /// The agent.
    Agent,
    /// The called party who is no agent.
    Callee,
    /// The flow, a timer, an operator's command or a fault.
    System,
}

impl EndedBy {
    /// The stable name used in SQL, the API and on screens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Agent => "agent",
            Self::Callee => "callee",
            Self::System => "system",
        }
    }
}
