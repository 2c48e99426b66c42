//! What is said, and what was heard.

use serde::{Deserialize, Serialize};
use types::Private;

/// A language that is spoken on a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Mandarin, written in simplified characters.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// As it is written in settings and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The language of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Zh, Self::En].into_iter().find(|language| language.name() == name)
    }
}

/// What a recogniser is told before it hears anything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hints {
    /// The language spoken; found out from the sound where it is absent.
    pub language: Option<Language>,
    /// Names and terms that are likely to be said. An engine takes the first of them that it has room for.
    pub words: Vec<Private<String>>,
}

/// A word and when it was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Its start since the start of the sound, in milliseconds.
    pub start_ms: u64,
    /// Its end likewise.
    pub end_ms: u64,
    /// The word.
    pub text: Private<String>,
}

/// A stretch of speech that will not change any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Its start since the start of the sound, in milliseconds.
    pub start_ms: u64,
    /// Its end likewise.
    pub end_ms: u64,
    /// What was said, with punctuation.
    pub text: Private<String>,
    /// How sure the engine is, 0 to 1.
    pub confidence: f32,
    /// The words with their times, from engines that know them; else empty.
    pub words: Vec<Word>,
}

/// What a recogniser reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Heard {
    /// What seems to be said just now; the next report replaces it.
    Partial {
        /// Start of the stretch since the start of the sound, in milliseconds.
        start_ms: u64,
        /// The words so far.
        text: Private<String>,
    },
    /// A stretch that is done.
    Final(Segment),
}

/// What is to be said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Say {
    /// The words.
    pub text: Private<String>,
    /// Their language.
    pub language: Language,
    /// One of the engine's voices; its own choice for the language where it is absent.
    pub voice: Option<String>,
    /// Pace, 1.0 being the voice's own; 0.5 to 2.
    pub pace: f32,
}

impl Say {
    /// `text` in `language`, by the engine's choice of voice and at its own pace.
    pub fn plain(text: &str, language: Language) -> Self {
        Self { text: text.into(), language, voice: None, pace: 1.0 }
    }
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// The voice that said it.
    pub voice: String,
    /// Samples given out.
    pub samples: u64,
}
