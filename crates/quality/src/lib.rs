//! What was said, judged.
//!
//! Rows of text go in, findings with their places come out. [`words`] finds sensitive words, also where recognition wrote
//! others of the same sound; [`emotion`] tells a turn's mood by its words. No clock, no I/O: the same text gives the same
//! findings, so that a judgement can be repeated years later.

pub mod emotion;
mod letters;
mod sound;
pub mod words;
