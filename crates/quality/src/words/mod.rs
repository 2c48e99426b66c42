//! Sensitive words in what was said.
//!
//! A word is found as it is written, whatever blanks, width or case it is written with and with dictated numerals as
//! digits; and, of Han words, by its sound, since recognition writes 头诉 for 投诉. A word found by sound says so.

mod matcher;
mod shipped;

pub use matcher::{Matcher, TooMuch};
pub use shipped::{shipped, shipped_list};

/// Words of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// By which people choose it.
    pub name: String,
    /// The words; none is empty.
    pub words: Vec<Word>,
}

/// One word or phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it is written.
    pub text: String,
    /// What it is a sign of.
    pub category: String,
    /// Words of the same sound that people really say, and that are not meant.
    pub but_not: Vec<String>,
}

/// By what a word was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// As it is written.
    Letter,
    /// By the same syllables, whatever their tone.
    Sound,
    /// By syllables that are often mistaken for one another.
    NearSound,
}

impl By {
    /// As programs read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Sound => "sound",
            Self::NearSound => "near_sound",
        }
    }
}

/// A word that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'m> {
    /// The word, as its list has it.
    pub word: &'m str,
    /// What it is a sign of.
    pub category: &'m str,
    /// Where it begins, in characters of the text from 0.
    pub start: usize,
    /// Where it is over, in characters.
    pub end: usize,
    /// How it was found.
    pub by: By,
}
