//! One datagram, seen by a server that asks nobody for a password and owns every host: what it is, whether it is well
//! formed, and what the answer would be.

use crate::body::session_description;
use crate::error::ParseError;
use crate::header::timing::is_sip_date;
use crate::message::{Message, Refused};
use crate::method::Method;
use crate::name::HeaderName;
use crate::screen::{Policy, screen};

/// What a datagram is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A request.
    Request,
    /// A response.
    Response,
}

/// What [`examine`] has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the message is well formed.
    pub ok: bool,
    /// Request or response; `None` when the first line tells neither.
    pub kind: Option<Kind>,
    /// The method of a request, as received.
    pub method: Option<String>,
    /// The status code of a response.
    pub status: Option<u16>,
    /// What the server would answer; `None` when it would stay silent.
    pub answer: Option<u16>,
    /// What is wrong, or why the answer is a refusal.
    pub error: Option<String>,
}

/// Examines the bytes of one UDP datagram. Such a server has no dialogs and no transactions: what makes no sense without
/// one gets 481.
pub fn examine(datagram: &[u8]) -> Verdict {
    match Message::parse(datagram.to_vec()) {
        Ok(message) if message.is_request() => request(&message),
        Ok(message) => response(&message),
        Err(refused) => refused_verdict(&refused),
    }
}

fn described(message: &Message) -> Verdict {
    let is_request = message.is_request();
    Verdict {
        ok: true,
        kind: Some(if is_request { Kind::Request } else { Kind::Response }),
        method: is_request.then(|| message.method_text().to_owned()),
        status: message.status(),
        answer: None,
        error: None,
    }
}

fn refused_verdict(refused: &Refused) -> Verdict {
    let blank = Verdict { ok: false, kind: None, method: None, status: None, answer: None, error: None };
    let verdict = match refused.message.as_deref() {
        Some(message) => described(message),
        None if refused.error == ParseError::StatusLine => Verdict { kind: Some(Kind::Response), ..blank },
        None => blank,
    };
    // A datagram without a Via has no way back (RFC 3261 section 18.2.2).
    let answerable = refused.message.as_deref().is_some_and(|message| message.header(HeaderName::Via).is_some());
    let answer = if answerable { refused.status() } else { None };
    Verdict { ok: false, answer, error: Some(refused.error.to_string()), ..verdict }
}

fn response(message: &Message) -> Verdict {
    let mut verdict = described(message);
    // The topmost Via must be ours, so a response that has another one has lost its way (RFC 3261 section 18.1.2).
    if message.vias().count() != 1 {
        verdict.error = Some("more than one Via: not a response to us".to_owned());
    }
    verdict
}

fn request(message: &Message) -> Verdict {
    let mut verdict = described(message);
    if message.header(HeaderName::Date).is_some_and(|date| !is_sip_date(date)) {
        verdict.ok = false;
        verdict.error = Some("malformed Date, overlooked".to_owned());
    }
    let method = message.method().unwrap_or(Method::Unknown);
    if method == Method::Ack {
        return verdict;
    }
    match screen(message, &Policy::default()) {
        Ok(()) if !is_readable(message) => {
            verdict.answer = Some(400);
            verdict.error = Some("malformed session description".to_owned());
        }
        Ok(()) => verdict.answer = Some(served(message, method)),
        Err(rejection) => {
            verdict.answer = Some(rejection.status);
            verdict.error = Some(rejection.why.to_owned());
        }
    }
    verdict
}

/// Whether the session description can be read, if there is one.
fn is_readable(message: &Message) -> bool {
    match session_description(message) {
        Ok(Some(description)) => sdp::Session::parse(description).is_ok(),
        Ok(None) => true,
        Err(_) => false,
    }
}

/// The answer to a request with which nothing is wrong.
fn served(message: &Message, method: Method) -> u16 {
    match method {
        // With a tag in To the peer believes in a dialog; RFC 3261 section 12.2.2 leaves it to the server to go on with
        // one that it has lost. To replace one it must have it.
        Method::Invite if message.header(HeaderName::Replaces).is_some() => 481,
        Method::Bye | Method::Cancel | Method::Prack | Method::Update | Method::Info | Method::Notify => 481,
        Method::Refer => 202,
        _ => 200,
    }
}
