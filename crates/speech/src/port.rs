//! What an engine has to do.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::{FRAME, Heard, Hints, Say, Spoken};

/// Why an engine could not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Error {
    /// A file that the engine needs is not there.
    #[error("{0} is not installed")]
    NotInstalled(String),
    /// What was asked for does not fit.
    #[error("{field}: {why}")]
    Input {
        /// What does not fit.
        field: String,
        /// Why.
        why: String,
    },
    /// The engine broke down over this input; another may go well.
    #[error("the speech engine failed: {0}")]
    Engine(String),
    /// It took longer than it may.
    #[error("given up after {0} s")]
    TooSlow(u64),
    /// More is asked at once than the engine takes on.
    #[error("too much at once")]
    Busy,
}

impl Error {
    /// What does not fit, and why.
    pub fn input(field: &str, why: impl Into<String>) -> Self {
        Self::Input { field: field.to_owned(), why: why.into() }
    }
}

/// Hears, speaks and tells speech from noise. Models are loaded once and shared by all that it hands out.
pub trait Engine: Send + Sync {
    /// A recogniser for one channel of sound.
    ///
    /// # Errors
    /// When the model is missing or can't be loaded.
    fn recogniser(&self, hints: &Hints) -> Result<Box<dyn Recogniser>, Error>;

    /// A speaker.
    ///
    /// # Errors
    /// When the model is missing or can't be loaded.
    fn speaker(&self) -> Result<Box<dyn Speaker>, Error>;

    /// A detector for one channel of sound.
    ///
    /// # Errors
    /// When the model is missing or can't be loaded.
    fn detector(&self) -> Result<Box<dyn Detector>, Error>;
}

/// Turns one channel of sound into words.
pub trait Recogniser: Send {
    /// Takes the next samples, any number of them, and reports what became clear by them.
    ///
    /// # Errors
    /// When the stretch could not be understood; the recogniser goes on behind it.
    fn hear(&mut self, samples: &[i16]) -> Result<Vec<Heard>, Error>;

    /// Sound of so many milliseconds was lost here: what comes next is later by that.
    ///
    /// # Errors
    /// As [`Recogniser::hear`].
    fn skip(&mut self, ms: u64) -> Result<Vec<Heard>, Error>;

    /// The sound is over: reports what is still open. Afterwards the recogniser may be used for other sound, whose
    /// times start at zero.
    ///
    /// # Errors
    /// As [`Recogniser::hear`].
    fn finish(&mut self) -> Result<Vec<Heard>, Error>;
}

/// Turns words into sound.
pub trait Speaker: Send {
    /// Says it, handing samples out as they are made, until done or told to break off.
    ///
    /// # Errors
    /// When the text or the voice does not fit, or the engine failed.
    fn say(&mut self, say: &Say, out: &mut dyn FnMut(&[i16]) -> ControlFlow<()>) -> Result<Spoken, Error>;
}

/// Tells speech from noise.
pub trait Detector: Send {
    /// How likely there is speech in the next 32 ms, 0 to 1.
    ///
    /// # Errors
    /// When the engine failed.
    fn frame(&mut self, samples: &[i16; FRAME]) -> Result<f32, Error>;

    /// Forgets what came before.
    fn reset(&mut self);
}
