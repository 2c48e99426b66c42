//! How requests of telephones are refused.

use sip::agent::RequestHandle;
use types::Now;

use super::Ua;
use crate::mind::Mind;

/// The answer to a request that is not granted.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    /// What it says beside the status; empty for the usual words.
    phrase: &'static str,
    /// A header that says what would be granted.
    hint: Option<(&'static str, String)>,
}

impl Refusal {
    pub(super) const fn new(status: u16, phrase: &'static str) -> Self {
        Self { status, phrase, hint: None }
    }

    pub(super) const fn hinting(status: u16, header: &'static str, value: String) -> Self {
        Self { status, phrase: "", hint: Some((header, value)) }
    }
}

impl<M: Mind> Ua<M> {
    pub(super) fn refuse(&mut self, now: Now, request: RequestHandle, refusal: &Refusal) {
        let fields: Vec<(&str, &str)> = refusal.hint.iter().map(|(name, value)| (*name, value.as_str())).collect();
        // Whoever has gone meanwhile needs no answer.
        let _ = self.agent.respond(now, request, refusal.status, refusal.phrase, &fields, None);
    }
}
