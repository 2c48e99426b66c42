//! SIP statuses in domain words and back.

use sip::message::Message;
use types::Cause;

/// What a final status says about the far end.
pub(crate) const fn of_status(status: u16) -> Cause {
    match status {
        200..=299 => Cause::Normal,
        401 | 402 | 403 | 407 => Cause::Forbidden,
        404 | 410 | 484 | 485 | 604 => Cause::NotFound,
        408 | 480 => Cause::NoAnswer,
        406 | 415 | 488 | 606 => Cause::NotAcceptable,
        486 | 600 => Cause::Busy,
        487 => Cause::Cancelled,
        482 => Cause::Loop,
        // It wants to be called elsewhere: here it takes nothing.
        300..=399 => Cause::Declined,
        603 | 607 => Cause::Declined,
        430 | 503 => Cause::Unreachable,
        _ => Cause::PeerFailed,
    }
}

/// The status by which an unanswered inbound call is refused.
pub(crate) const fn to_status(cause: Cause) -> u16 {
    match cause {
        Cause::Busy => 486,
        Cause::Declined => 603,
        Cause::NotFound => 404,
        Cause::Forbidden | Cause::DoNotCall => 403,
        Cause::Loop => 482,
        Cause::NoAnswer | Cause::Unreachable | Cause::Normal | Cause::OtherLeft | Cause::MediaLost => 480,
        Cause::NotAcceptable => 488,
        Cause::Overload | Cause::Shutdown => 503,
        Cause::Cancelled | Cause::AnsweredElsewhere => 487,
        _ => 500,
    }
}

/// The Reason (RFC 3326) that goes with a CANCEL or BYE of ours, where it helps the far end: a
/// telephone shows no missed call when another one took it.
pub(crate) const fn reason(cause: Cause) -> Option<&'static str> {
    match cause {
        Cause::AnsweredElsewhere => Some("SIP;cause=200;text=\"Call completed elsewhere\""),
        Cause::MediaLost => Some("Q.850;cause=41;text=\"No media\""),
        Cause::Shutdown => Some("Q.850;cause=41;text=\"Server shutdown\""),
        Cause::Transferred => Some("SIP;cause=200;text=\"Transferred\""),
        _ => None,
    }
}

/// What a far end's CANCEL says.
pub(crate) fn of_cancel(message: Option<&Message>) -> Cause {
    let reason = message.and_then(|m| m.header_named("Reason"));
    let elsewhere = reason.is_some_and(|r| r.windows(9).any(|w| w == b"cause=200"));
    if elsewhere { Cause::AnsweredElsewhere } else { Cause::Cancelled }
}
