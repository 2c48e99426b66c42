//! Digits as sound on the way in, and digits on the way out.

use std::collections::VecDeque;

use crate::codec::{Codec, Decoder};
use crate::dtmf::{Detector, Digit, EventPacket, Sender};
use crate::tone::ToneSource;

/// Length of a digit that we send, milliseconds.
const PRESS_MS: u32 = 100;
/// Silence between two digits sent as sound, in frames of 20 ms: 60 ms.
const GAP_FRAMES: u8 = 3;
/// Digits that may wait to be sent as sound: more than any number or account.
const MAX_WAITING: usize = 64;

/// Listens for tones in the audio of a leg that has no telephone-event.
pub(super) struct Inband {
    decoder: Decoder,
    detector: Detector,
    pcm: Vec<i16>,
}

impl Inband {
    pub(super) fn new(codec: Codec) -> Option<Self> {
        let decoder = Decoder::new(codec).ok()?;
        Some(Self { decoder, detector: Detector::new(codec.pcm_rate()), pcm: Vec::new() })
    }

    pub(super) fn codec(&self) -> Codec {
        self.decoder.codec()
    }

    pub(super) fn packet(&mut self, payload: &[u8], heard: impl FnMut(Digit)) {
        self.pcm.clear();
        if self.decoder.decode(payload, &mut self.pcm).is_ok() {
            self.detector.process(&self.pcm, heard);
        }
    }
}

/// Digits on their way to the far end.
pub(super) enum Outgoing {
    /// As RFC 4733 events.
    Events(Sender),
    /// As tones, to a far end without telephone-event.
    Tones { rate: u32, waiting: VecDeque<char>, tone: Option<ToneSource>, gap: u8 },
}

/// What a tick sends of the digits.
pub(super) enum DigitFrame {
    /// An event packet.
    Event(EventPacket),
    /// A frame of sound lies in the scratch buffer.
    Sound,
    /// Audio may pass.
    Nothing,
}

impl Outgoing {
    /// `event_clock`: of telephone-event, where it was agreed on.
    pub(super) fn new(event_clock: Option<u32>, pcm_rate: u32) -> Self {
        match event_clock {
            Some(clock_rate) => Self::Events(Sender::new(clock_rate)),
            None => Self::Tones { rate: pcm_rate, waiting: VecDeque::new(), tone: None, gap: 0 },
        }
    }

    /// Queues a digit; too many, and what is none, are left out.
    pub(super) fn press(&mut self, digit: char) {
        match self {
            Self::Events(sender) => {
                if let Some(digit) = Digit::from_char(digit) {
                    sender.press(digit, PRESS_MS);
                }
            }
            Self::Tones { waiting, .. } if waiting.len() < MAX_WAITING => waiting.push_back(digit),
            Self::Tones { .. } => {}
        }
    }

    /// Whether audio gives way now.
    pub(super) fn is_sending(&self) -> bool {
        match self {
            Self::Events(sender) => sender.is_sending(),
            Self::Tones { tone, .. } => tone.is_some(),
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        match self {
            Self::Events(sender) => sender.is_idle(),
            Self::Tones { waiting, tone, gap, .. } => waiting.is_empty() && tone.is_none() && *gap == 0,
        }
    }

    /// What this tick of 20 ms sends. `timestamp` is what an audio frame would carry now.
    pub(super) fn tick(&mut self, timestamp: u32, pcm: &mut Vec<i16>) -> DigitFrame {
        match self {
            Self::Events(sender) => sender.tick(timestamp).map_or(DigitFrame::Nothing, DigitFrame::Event),
            Self::Tones { rate, waiting, tone, gap } => {
                if *gap > 0 {
                    *gap -= 1;
                    return DigitFrame::Nothing;
                }
                if tone.is_none() {
                    *tone = waiting.pop_front().and_then(|digit| ToneSource::dtmf(digit, PRESS_MS, *rate));
                }
                let Some(playing) = tone else { return DigitFrame::Nothing };
                pcm.clear();
                if playing.frame(pcm) {
                    return DigitFrame::Sound;
                }
                *tone = None;
                *gap = GAP_FRAMES - 1;
                DigitFrame::Nothing
            }
        }
    }
}
