//! What a leg hears, and by what it is made.

use std::sync::Arc;

use types::{LegId, Mono};

use crate::codec::{Codec, Resampler};
use crate::mix::Gain;
use crate::playout::Playout;

/// What a leg was told to hear.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Hears {
    Nothing,
    Echo,
    /// Each hears the other.
    Bridge(LegId),
    /// Sources with their gains in thousandths.
    Mix(Arc<[(LegId, u16)]>),
}

impl Hears {
    /// Whether another leg is among the sources.
    pub(super) fn includes(&self, leg: LegId) -> bool {
        match self {
            Self::Nothing | Self::Echo => false,
            Self::Bridge(other) => *other == leg,
            Self::Mix(list) => list.iter().any(|(id, _)| *id == leg),
        }
    }
}

/// How what a leg hears is made, as things stand.
pub(super) enum Mode {
    /// Nothing is sent.
    Mute,
    /// A playback.
    Play,
    /// Packets of the source in this slot, as they come.
    Fast(u32),
    /// Decoded, mixed and coded at the tick.
    Mix(Vec<Edge>),
}

/// A source in a listener's mix.
pub(super) struct Edge {
    pub(super) source: u32,
    pub(super) gain: Gain,
    pub(super) resampler: Option<Resampler>,
}

impl Edge {
    /// `thousandths`: gain, 1000 as it is. Rates in Hz, from the source's to the listener's.
    pub(super) fn new(source: u32, thousandths: u16, from: u32, to: u32) -> Self {
        let gain = match thousandths {
            0 => Gain::MUTE,
            1000 => Gain::UNITY,
            n => Gain::from_db(20.0 * (f32::from(n) / 1000.0).log10()),
        };
        // Rates of codecs are never zero, so that a resampler is always to be had.
        let resampler = if from == to { None } else { Resampler::new(from, to).ok() };
        Self { source, gain, resampler }
    }
}

/// A leg's voice as even frames.
pub(super) struct Decoding {
    pub(super) playout: Playout,
    /// The present frame, until the next tick.
    pub(super) frame: Vec<i16>,
}

impl Decoding {
    pub(super) fn new(codec: Codec) -> Option<Self> {
        Some(Self { playout: Playout::new(codec).ok()?, frame: Vec::new() })
    }

    pub(super) fn codec(&self) -> Codec {
        self.playout.codec()
    }

    /// Moves on by 20 ms.
    pub(super) fn advance(&mut self, now: Mono) {
        self.frame.clear();
        self.playout.frame(now.0, &mut self.frame);
    }
}
