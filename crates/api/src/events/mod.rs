//! The stream of what happens: the journal's events in the words of the interface, and queues' figures in between.
//!
//! A stream reads the journal at its own pace from its own cursor, so a slow reader holds up nobody and loses nothing;
//! what it has not taken yet stays in the journal.

mod alarm;
mod feed;
mod messages;
mod sse;
mod translate;
mod ws;

pub(crate) use feed::{Feed, Frame};
pub(crate) use sse::body;
pub(crate) use ws::serve;
