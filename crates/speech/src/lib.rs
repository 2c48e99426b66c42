//! Speaking: a port behind which engines turn text into sound.
//!
//! [`Speaker`] is what an engine has to do, [`conformance`] what each has to pass.

pub mod conformance;
mod wav;

use serde::{Deserialize, Serialize};

pub use wav::Wav;

/// The longest text that is spoken at once, characters: some five minutes, as long as a prompt may be.
pub const TEXT_CHARS: usize = 1_500;

/// What a text is spoken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Mandarin.
    Zh,
    /// English.
    En,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// `zh` or `en`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The language of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str() == name)
    }
}

/// What was spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// One channel of sound.
    pub wav: Wav,
    /// The voice that spoke, as its engine names it.
    pub voice: String,
}

/// Why nothing was spoken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    /// Something that the engine needs is not there.
    #[error("{0} is not installed")]
    NotInstalled(String),
    /// There is nothing to say.
    #[error("the text has nothing to say")]
    Empty,
    /// More than [`TEXT_CHARS`].
    #[error("the text has more than {TEXT_CHARS} characters")]
    TooLong,
    /// It took longer than it may, in seconds.
    #[error("given up after {0} s")]
    TooSlow(u64),
    /// The engine broke down over this text; another may go well.
    #[error("the speech engine failed: {0}")]
    Engine(String),
}

/// Turns text into sound. Works where it is called, and may take seconds.
pub trait Speaker: Send + Sync + 'static {
    /// Whether it can speak here; cheap.
    fn is_ready(&self) -> bool;

    /// Says a text.
    ///
    /// # Errors
    /// See [`SpeechError`].
    fn say(&self, text: &str, language: Language) -> Result<Spoken, SpeechError>;
}

/// The text as it is spoken: without control characters and needless space.
///
/// # Errors
/// [`SpeechError::Empty`] without a letter or digit, [`SpeechError::TooLong`].
pub fn speakable(text: &str) -> Result<String, SpeechError> {
    let words: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if !text.chars().any(char::is_alphanumeric) {
        return Err(SpeechError::Empty);
    }
    if text.chars().count() > TEXT_CHARS {
        return Err(SpeechError::TooLong);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spoken_has_letters_and_an_end() {
        assert_eq!(speakable("  您好，\n\t请按 1。\u{0}"), Ok("您好， 请按 1。".to_owned()));
        assert_eq!(speakable("……！ \n"), Err(SpeechError::Empty));
        assert_eq!(speakable(&"好".repeat(TEXT_CHARS)).map(|text| text.chars().count()), Ok(TEXT_CHARS));
        assert_eq!(speakable(&"好".repeat(TEXT_CHARS + 1)), Err(SpeechError::TooLong));
    }
}
