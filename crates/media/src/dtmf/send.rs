//! Sending of RFC 4733 events: one packet a frame while the key is down, the last one three times.

use super::{Digit, Event};
use crate::FRAME_MS;
use std::collections::VecDeque;

/// Digits that may wait: more than any number or account that a flow sends at once.
const MAX_WAITING: usize = 64;
/// Times the end packet is sent (RFC 4733 section 2.5.1.4).
const END_COPIES: u8 = 3;
/// Silence between two digits, in milliseconds: slow exchanges ask for 65, and the end copies take 60 of it.
const PAUSE_MS: u32 = 80;
/// Level of the key tone told to the receiver, dB below 0 dBm0.
const VOLUME: u8 = 10;
/// Length of a digit when none is asked for, in milliseconds.
pub const DEFAULT_PRESS_MS: u32 = 160;

/// One packet to send now: the payload, and the header fields that an event has of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPacket {
    /// Set on the first packet of a press.
    pub marker: bool,
    /// Timestamp of the press's begin; the same for all its packets.
    pub timestamp: u32,
    /// The payload.
    pub payload: [u8; 4],
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Idle,
    Down { digit: Digit, press_ms: u32, timestamp: u32, sent_ms: u32 },
    Ending { digit: Digit, timestamp: u32, duration: u16, copies: u8 },
    Pause { left_ms: u32 },
}

/// Sends digits on one RTP stream, driven by its 20 ms tick.
#[derive(Debug, Clone)]
pub struct Sender {
    clock_rate: u32,
    waiting: VecDeque<(Digit, u32)>,
    phase: Phase,
}

impl Sender {
    /// `clock_rate`: of the telephone-event payload type, in Hz.
    pub fn new(clock_rate: u32) -> Self {
        Self { clock_rate, waiting: VecDeque::new(), phase: Phase::Idle }
    }

    /// Queues a digit of `press_ms` (40 to 5000 are sensible; rounded up to whole frames). `false` when too many
    /// wait.
    pub fn press(&mut self, digit: Digit, press_ms: u32) -> bool {
        let room = self.waiting.len() < MAX_WAITING;
        if room {
            self.waiting.push_back((digit, press_ms.clamp(2 * FRAME_MS, 5000)));
        }
        room
    }

    /// Nothing left to send.
    pub fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle) && self.waiting.is_empty()
    }

    /// Whether audio of this tick gives way to the event.
    pub fn is_sending(&self) -> bool {
        !matches!(self.phase, Phase::Idle | Phase::Pause { .. })
    }

    /// One tick of 20 ms; `timestamp` is what an audio frame sent now would carry. At most one packet results.
    pub fn tick(&mut self, timestamp: u32) -> Option<EventPacket> {
        if let Phase::Pause { left_ms } = self.phase {
            self.phase = if left_ms > FRAME_MS { Phase::Pause { left_ms: left_ms - FRAME_MS } } else { Phase::Idle };
            return None;
        }
        if matches!(self.phase, Phase::Idle) {
            let (digit, press_ms) = self.waiting.pop_front()?;
            self.phase = Phase::Down { digit, press_ms, timestamp, sent_ms: 0 };
        }
        match self.phase {
            Phase::Down { digit, press_ms, timestamp, sent_ms } => {
                let sent_ms = sent_ms + FRAME_MS;
                let duration = self.duration(sent_ms);
                let end = sent_ms >= press_ms;
                self.phase = if end {
                    Phase::Ending { digit, timestamp, duration, copies: END_COPIES - 1 }
                } else {
                    Phase::Down { digit, press_ms, timestamp, sent_ms }
                };
                Some(packet(digit, sent_ms == FRAME_MS, end, timestamp, duration))
            }
            Phase::Ending { digit, timestamp, duration, copies } => {
                self.phase = match copies {
                    0 | 1 => Phase::Pause { left_ms: PAUSE_MS - u32::from(END_COPIES - 1) * FRAME_MS },
                    n => Phase::Ending { digit, timestamp, duration, copies: n - 1 },
                };
                Some(packet(digit, false, true, timestamp, duration))
            }
            Phase::Idle | Phase::Pause { .. } => None,
        }
    }

    fn duration(&self, ms: u32) -> u16 {
        u16::try_from(u64::from(self.clock_rate) * u64::from(ms) / 1000).unwrap_or(u16::MAX)
    }
}

fn packet(digit: Digit, marker: bool, end: bool, timestamp: u32, duration: u16) -> EventPacket {
    let event = Event { code: digit.event(), end, volume: VOLUME, duration };
    EventPacket { marker, timestamp, payload: event.to_bytes() }
}
