//! Reception of RFC 4733 events: each key press exactly once, whatever the network loses, doubles or reorders.

use super::{Digit, Event};
use crate::rtp::{Header, ts_distance};

/// What a packet told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// A key went down that had not been told before. Told at the first packet that arrives of it, so that a digit
    /// interrupts a prompt at once.
    pub started: Option<Digit>,
    /// A key went up, with how long it was held in milliseconds. Not told when all three end packets were lost and
    /// no other event follows.
    pub ended: Option<(Digit, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Press {
    ssrc: u32,
    digit: Digit,
    /// Timestamp of the press; of its newest segment when it outlasts the duration field.
    timestamp: u32,
    /// Ticks of the segments that are complete.
    before: u32,
    duration: u32,
    ended: bool,
}

/// Presses remembered, so that a packet delayed past the next press is not taken for a new one. At 20 presses a
/// second, no network holds a packet back for eight.
const MEMORY: usize = 8;

/// Distance of timestamps within which the same key without an end between is one press, for senders that wrongly
/// move the timestamp with each packet, in milliseconds: two real presses are at least 80 ms apart.
const SLOPPY_MS: u32 = 60;

/// Receives the event packets of one RTP stream.
#[derive(Debug, Clone)]
pub struct Receiver {
    clock_rate: u32,
    /// Newest first.
    presses: [Option<Press>; MEMORY],
    /// Highest timestamp of a packet of the newest press.
    last_timestamp: u32,
}

impl Receiver {
    /// `clock_rate`: of the telephone-event payload type, in Hz.
    pub fn new(clock_rate: u32) -> Self {
        Self { clock_rate, presses: [None; MEMORY], last_timestamp: 0 }
    }

    /// Takes the header and payload of a packet of the telephone-event payload type.
    pub fn packet(&mut self, header: &Header, payload: &[u8]) -> Heard {
        let Some(event) = Event::parse(payload) else { return Heard::default() };
        let Some(digit) = Digit::from_event(event.code) else { return Heard::default() };
        if let Some(index) = self.known(header, digit, event) {
            return Heard { started: None, ended: self.update(index, header, event) };
        }
        // Older than all that is remembered, on the stream that runs: a straggler, not a press.
        if self.presses[MEMORY - 1]
            .is_some_and(|oldest| oldest.ssrc == header.ssrc && ts_distance(oldest.timestamp, header.timestamp) < 0)
        {
            return Heard::default();
        }
        let implied = self.finish_newest();
        self.presses.rotate_right(1);
        self.presses[0] = Some(Press {
            ssrc: header.ssrc,
            digit,
            timestamp: header.timestamp,
            before: 0,
            duration: u32::from(event.duration),
            ended: false,
        });
        self.last_timestamp = header.timestamp;
        let ended = self.update(0, header, event);
        // A press told by its end packet alone, after one whose end was lost: the newer matters more.
        Heard { started: Some(digit), ended: ended.or(implied) }
    }

    fn known(&self, header: &Header, digit: Digit, event: Event) -> Option<usize> {
        let same = |p: &Press| p.ssrc == header.ssrc && p.digit == digit;
        if let Some(index) =
            self.presses.iter().position(|p| p.as_ref().is_some_and(|p| same(p) && p.timestamp == header.timestamp))
        {
            return Some(index);
        }
        let newest = self.presses[0].as_ref().filter(|p| same(p) && !header.marker)?;
        // RFC 4733 section 2.5.1.3: a press longer than the duration field goes on in a new segment.
        let step = ts_distance(newest.timestamp, header.timestamp);
        let full = u32::from(u16::MAX);
        let next_segment = !newest.ended && newest.duration >= full - self.ticks(SLOPPY_MS) && step as u32 == full;
        let sloppy = ts_distance(self.last_timestamp, header.timestamp).unsigned_abs() <= self.ticks(SLOPPY_MS);
        let sloppy_end = newest.ended && event.end && u32::from(event.duration) == newest.duration;
        (next_segment || (sloppy && (!newest.ended || sloppy_end))).then_some(0)
    }

    fn update(&mut self, index: usize, header: &Header, event: Event) -> Option<(Digit, u32)> {
        let clock_rate = self.clock_rate;
        let press = self.presses[index].as_mut()?;
        if index == 0 && ts_distance(self.last_timestamp, header.timestamp) > 0 {
            self.last_timestamp = header.timestamp;
            if ts_distance(press.timestamp, header.timestamp) as u32 == u32::from(u16::MAX) {
                press.before += u32::from(u16::MAX);
                press.timestamp = header.timestamp;
                press.duration = 0;
            }
        }
        press.duration = press.duration.max(u32::from(event.duration));
        if !event.end || press.ended {
            return None;
        }
        press.ended = true;
        Some((press.digit, press.held_ms(clock_rate)))
    }

    /// The newest press is over because another one began: its ends were lost.
    fn finish_newest(&mut self) -> Option<(Digit, u32)> {
        let clock_rate = self.clock_rate;
        let press = self.presses[0].as_mut().filter(|p| !p.ended)?;
        press.ended = true;
        Some((press.digit, press.held_ms(clock_rate)))
    }

    fn ticks(&self, ms: u32) -> u32 {
        self.clock_rate / 1000 * ms
    }
}

impl Press {
    fn held_ms(&self, clock_rate: u32) -> u32 {
        ((u64::from(self.before) + u64::from(self.duration)) * 1000 / u64::from(clock_rate.max(1))) as u32
    }
}
