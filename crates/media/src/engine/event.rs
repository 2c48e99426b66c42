//! What the engine reports.

use std::sync::Arc;

use types::leg::{DigitSource, MediaQuality};
use types::{LegId, PlayId, Private, RecordingId};

/// What the engine reports.
#[derive(Clone, Debug, PartialEq)]
pub enum MediaEvent {
    /// The first packet of the far end was taken.
    Started(LegId),
    /// A digit, once.
    Digit {
        /// The leg.
        leg: LegId,
        /// `0-9*#A-D`.
        digit: Private<char>,
        /// How it came in.
        source: DigitSource,
    },
    /// A playback is over.
    PlayDone {
        /// The leg.
        leg: LegId,
        /// Which.
        play: PlayId,
        /// Played to its end.
        finished: bool,
    },
    /// A sound of a playback is not in the bank: another language, a beep or the common music is heard in its place.
    SoundMissing {
        /// The leg.
        leg: LegId,
        /// Its name in the bank.
        name: Arc<str>,
    },
    /// A browser leg is encrypted: keys are there, and the far end is who signalling said.
    Secured(LegId),
    /// A browser leg will never be: its certificate is a stranger's, or the handshake failed for good.
    Insecure(LegId),
    /// All digits of `SendDigits` are out.
    DigitsSent(LegId),
    /// Nothing from the far end for the set time, or its browser said goodbye.
    Lost(LegId),
    /// It is back.
    Back(LegId),
    /// Nothing has been said on a recorded leg for as long as [`super::RecordTo::hush`]; told once.
    Hushed {
        /// The leg.
        leg: LegId,
        /// The recording.
        recording: RecordingId,
    },
    /// The track has a gap.
    RecordingGap {
        /// The leg.
        leg: LegId,
        /// The recording.
        recording: RecordingId,
        /// Length of all gaps so far, milliseconds.
        gap_ms: u32,
    },
    /// The leg is gone. The last event of the leg.
    Ended {
        /// The leg.
        leg: LegId,
        /// How good its media was; absent when none went either way.
        quality: Option<Box<MediaQuality>>,
    },
}
