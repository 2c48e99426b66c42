//! What an incoming call keeps of its reliable provisional answers (RFC 3262) until each is confirmed.

use std::collections::VecDeque;

use bytes::Bytes;

use super::{Body, Field};
use crate::timers::Repeat;

/// A body and headers, kept for later.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    body: Option<(String, Bytes)>,
    headers: Vec<(String, String)>,
}

impl Kept {
    pub(super) fn new(body: Option<Body<'_>>, headers: &[Field<'_>]) -> Self {
        Self {
            body: body.map(|body| (body.content_type.to_owned(), Bytes::copy_from_slice(body.bytes))),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        }
    }

    pub(super) fn body(&self) -> Option<Body<'_>> {
        self.body.as_ref().map(|(content_type, bytes)| Body { content_type, bytes })
    }

    pub(super) fn headers(&self) -> Vec<Field<'_>> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

/// A provisional answer that the caller has not confirmed yet.
#[derive(Debug)]
pub(super) struct Outstanding {
    pub(super) rseq: u32,
    pub(super) bytes: Bytes,
    pub(super) repeat: Repeat,
}

/// Our side of an incoming call.
#[derive(Debug)]
pub(super) struct ReliableOut {
    pub(super) next_rseq: u32,
    pub(super) outstanding: Option<Outstanding>,
    pub(super) waiting: VecDeque<(u16, Kept)>,
    pub(super) held_answer: Option<Kept>,
}

impl ReliableOut {
    /// RSeq starts anywhere in the lower half of 31 bits (RFC 3262 section 3).
    pub(super) fn new(random: u64) -> Self {
        let next_rseq = (random as u32 & 0x3fff_ffff) + 1;
        Self { next_rseq, outstanding: None, waiting: VecDeque::new(), held_answer: None }
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.outstanding.is_some() || !self.waiting.is_empty()
    }

    pub(super) fn answer_waits(&self) -> bool {
        self.held_answer.is_some()
    }

    pub(super) fn hold_answer(&mut self, body: Option<Body<'_>>, headers: &[Field<'_>]) {
        self.held_answer = Some(Kept::new(body, headers));
    }
}
