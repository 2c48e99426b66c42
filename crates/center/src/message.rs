//! Messages as the center keeps them.

use types::leg::Text;
use types::watch::Watched;
use types::{LegId, Private, RecordingId, Wall};

/// A message in a mailbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The recording, by which it is known.
    pub recording: RecordingId,
    /// The leg that has the track.
    pub leg: LegId,
    /// The caller's number; empty when withheld.
    pub from: Private<Text>,
    /// When it was left.
    pub at: Wall,
    /// Nobody has listened to it.
    pub is_new: bool,
}

/// How many messages there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) new: usize,
    pub(crate) old: usize,
}

impl From<Waiting> for Watched {
    fn from(Waiting { new, old }: Waiting) -> Self {
        Self::Messages { new, old }
    }
}

/// What a device was told of its messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    /// How many there are; nobody knows whether it has heard.
    pub(crate) waiting: Option<Waiting>,
    /// It would not hear of them, for as long as the same telephone is registered.
    pub(crate) refused: bool,
}
