//! Hearing and speaking.
//!
//! An [`Engine`] turns sound into words ([`Recogniser`]), words into sound ([`Speaker`]) and tells speech from noise
//! ([`Detector`]). All sound here is one channel of 16-bit samples at [`RATE_HZ`]. Engines work where they are called
//! and may take seconds: they run in a process of their own, with which the server talks in the frames of [`wire`].
//! [`conformance`] is what every engine has to pass.

mod cache;
pub mod conformance;
mod pipe;
mod port;
pub mod wire;
mod words;

pub use cache::Cache;
pub use pipe::{Piece, Pipe};
pub use port::{Detector, Engine, Error, Recogniser, Speaker};
pub use words::{Heard, Hints, Language, Say, Segment, Spoken, Word};

/// Samples a second of all sound here, in Hz: what recognisers are trained on, and twice a telephone's.
pub const RATE_HZ: u32 = 16_000;

/// Samples of one millisecond.
pub const PER_MS: usize = RATE_HZ as usize / 1000;

/// Samples that a [`Detector`] judges at once: 32 ms.
pub const FRAME: usize = 512;
