//! The archive of recordings.
//!
//! What was recorded lies in tracks on the disk at first. A [`Worker`] makes an Ogg Opus file of each finished recording,
//! sealed under its tenant's key, reads it back, holds it against the tracks, and only then deletes them. Until the tracks
//! are gone they are what is played; from then on the archive is, to the same length and place.
//!
//! Killed at any moment, it loses nothing: an object is whole or is not there, tracks go by one renaming, and what was
//! not finished is begun again.

mod keep;
mod object;
mod retention;
mod tracks;
mod worker;

pub use keep::{Archive, Failure, Kept};
pub use object::Sealed;
pub use retention::{
    Broken, DAYS, DEFAULT, DISPOSITION, Pass, PassError, REGULATED_DAYS, check_chain, expire, queue_scope, rule,
};
pub use tracks::{Track, Tracks};
pub use worker::{Worker, WorkerConfig};

#[cfg(test)]
mod tests;
