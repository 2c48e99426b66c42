//! Messages as the center keeps them.

use types::leg::Text;
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
