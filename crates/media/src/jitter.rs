//! Adaptive jitter buffer on media time, for legs whose audio is mixed, transcoded or recognised. Forwarded packets do
//! not pass it: the far end has one of its own.

use crate::rtp::{Header, ts_distance};
use crate::{FRAME_MS, FRAME_US};
use std::collections::VecDeque;

/// Least delay that is aimed at: one frame, so that a packet a little late is not lost.
const MIN_DELAY_US: u64 = FRAME_US;
/// Most delay that is aimed at; beyond it, loss hurts a conversation less than waiting.
const MAX_DELAY_US: u64 = 200_000;
/// How much of the wanted delay is forgotten with each packet: a burst of jitter weighs for about ten seconds.
const FORGET: u64 = 512;
/// Packets held at most: 1.2 s of 20 ms frames; more is a sender that floods.
const MAX_PACKETS: usize = 64;
/// Frames made up in a row before the stream is taken for paused.
const MAX_UNDERRUN: u32 = 5;
/// Frames made up for a hole in the timestamps; a longer hole is a silence that the sender left out.
const MAX_HOLE_MS: u32 = 100;
/// Pulls over which the buffer must have been too full before a frame is left out: one second.
const SHRINK_AFTER: u32 = 50;
/// A jump of timestamps that is a restarted stream, in seconds.
const MAX_JUMP_S: u32 = 3;

/// What there is to play for the next stretch of media time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// A packet's payload, now in the caller's buffer; its length in timestamp ticks follows from its codec.
    Packet,
    /// Audio is lost: make up as much as is told. The next packet's payload, which may hold a spare copy, is in the
    /// caller's buffer if `next` is set.
    Lost {
        /// How much, in timestamp ticks; a frame of 20 ms at most.
        ticks: u32,
        /// Whether the buffer holds the payload of the packet right after the lost frame.
        next: bool,
    },
    /// Nothing is being sent: play silence for 20 ms.
    Silence,
}

/// What became of the packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Packets given to the buffer.
    pub pushed: u64,
    /// Packets played.
    pub played: u64,
    /// Packets that came after their time to be played.
    pub late: u64,
    /// Copies of packets that were there already.
    pub duplicate: u64,
    /// Packets left out to shorten a delay no longer needed.
    pub skipped: u64,
    /// Packets thrown away because the buffer was full.
    pub dropped: u64,
    /// Frames made up.
    pub concealed: u64,
}

#[derive(Debug)]
struct Slot {
    /// Ticks since the stream's first packet.
    at: i64,
    arrival_us: u64,
    payload: Vec<u8>,
}

/// Holds back packets of one stream so that they can be played evenly.
#[derive(Debug)]
pub struct JitterBuffer {
    clock_rate: u32,
    ssrc: Option<u32>,
    /// Timestamp and extended position of the newest packet.
    newest: (u32, i64),
    slots: VecDeque<Slot>,
    /// Payload buffers to use again.
    spare: Vec<Vec<u8>>,
    /// Position to play next; none while filling.
    play_at: Option<i64>,
    /// Least transit time (arrival less position) seen lately, and the delay that jitter asks for.
    least_transit_us: i64,
    wanted_us: u64,
    underrun: u32,
    too_full: u32,
    /// The sender said that it falls silent.
    paused: bool,
    counts: Counts,
}

impl JitterBuffer {
    /// `clock_rate` of the stream's timestamps in Hz.
    pub fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate,
            ssrc: None,
            newest: (0, 0),
            slots: VecDeque::new(),
            spare: Vec::new(),
            play_at: None,
            least_transit_us: i64::MAX,
            wanted_us: MIN_DELAY_US,
            underrun: 0,
            too_full: 0,
            paused: false,
            counts: Counts::default(),
        }
    }

    /// Takes a packet of audio.
    pub fn push(&mut self, header: &Header, payload: &[u8], arrival_us: u64) {
        self.counts.pushed += 1;
        self.paused = false;
        let jump = ts_distance(self.newest.0, header.timestamp).unsigned_abs() > MAX_JUMP_S * self.clock_rate;
        if self.ssrc != Some(header.ssrc) || jump {
            self.restart(header);
        }
        let at = self.newest.1 + i64::from(ts_distance(self.newest.0, header.timestamp));
        if at > self.newest.1 {
            self.newest = (header.timestamp, at);
        }
        self.learn(at, arrival_us);
        if self.play_at.is_some_and(|play_at| at < play_at) {
            self.counts.late += 1;
            return;
        }
        let index = self.slots.partition_point(|s| s.at < at);
        if self.slots.get(index).is_some_and(|s| s.at == at) {
            self.counts.duplicate += 1;
            return;
        }
        let mut buffer = self.spare.pop().unwrap_or_default();
        buffer.clear();
        buffer.extend_from_slice(payload);
        self.slots.insert(index, Slot { at, arrival_us, payload: buffer });
        if self.slots.len() > MAX_PACKETS {
            self.drop_oldest();
            // The delay became too long: go on from what is there.
            self.play_at = self.play_at.and_then(|_| self.slots.front().map(|s| s.at));
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(slot) = self.slots.pop_front() {
            self.counts.dropped += 1;
            self.spare.push(slot.payload);
        }
    }

    /// Another stream: it is joined to what is still held of the old one, so that nothing of either is lost.
    fn restart(&mut self, header: &Header) {
        let end = self.newest.1 + self.frame_ticks();
        let at = match (self.play_at, self.slots.is_empty()) {
            (Some(play_at), _) => end.max(play_at),
            (None, false) => end,
            (None, true) => 0,
        };
        self.ssrc = Some(header.ssrc);
        self.newest = (header.timestamp, at);
        self.least_transit_us = i64::MAX;
    }

    /// The sender falls silent: an empty buffer is silence from now on, until the next packet.
    pub fn pause(&mut self) {
        self.paused = true;
    }

    /// Follows how unevenly packets come: the delay wanted is the worst lateness against the fastest packet, forgotten
    /// slowly.
    fn learn(&mut self, at: i64, arrival_us: u64) {
        let transit_us = arrival_us as i64 - self.ticks_to_us(at);
        if self.least_transit_us == i64::MAX {
            self.least_transit_us = transit_us;
        }
        // Clocks drift: the fastest packet's mark rises slowly, a microsecond a packet (50 ppm).
        self.least_transit_us = transit_us.min(self.least_transit_us + 1);
        let lateness_us = (transit_us - self.least_transit_us) as u64;
        let floor_us = lateness_us.clamp(MIN_DELAY_US, MAX_DELAY_US);
        let faded_us = self.wanted_us - (self.wanted_us - MIN_DELAY_US) / FORGET;
        self.wanted_us = faded_us.max(floor_us);
    }

    fn ticks_to_us(&self, ticks: i64) -> i64 {
        ticks * 1_000_000 / i64::from(self.clock_rate)
    }

    fn frame_ticks(&self) -> i64 {
        i64::from(self.clock_rate * FRAME_MS / 1000)
    }

    /// The delay aimed at, in microseconds.
    pub fn wanted_delay_us(&self) -> u64 {
        self.wanted_us
    }

    /// Media time held, in microseconds: from what is played next to the newest packet's begin.
    fn held_us(&self) -> u64 {
        match (self.slots.front(), self.slots.back()) {
            (Some(first), Some(last)) => {
                let from = self.play_at.unwrap_or(first.at).min(last.at);
                self.ticks_to_us(last.at - from) as u64
            }
            _ => 0,
        }
    }

    /// What to play next. A payload is left in `payload`. Call it whenever the audio decoded so far runs out.
    /// `packet_ticks` tells the length of a payload.
    pub fn pull(&mut self, now_us: u64, payload: &mut Vec<u8>, packet_ticks: impl Fn(&[u8]) -> u32) -> Pulled {
        payload.clear();
        let Some(play_at) = self.play_at.or_else(|| self.start(now_us)) else { return Pulled::Silence };
        self.shrink();
        let play_at = self.play_at.unwrap_or(play_at);
        let Some(first) = self.slots.front() else { return self.starve() };
        let hole = first.at - play_at;
        if hole <= 0 {
            let Some(slot) = self.slots.pop_front() else { return Pulled::Silence };
            payload.extend_from_slice(&slot.payload);
            let ticks = i64::from(packet_ticks(payload)).max(1);
            self.play_at = Some(slot.at + ticks);
            self.spare.push(slot.payload);
            self.counts.played += 1;
            self.underrun = 0;
            return Pulled::Packet;
        }
        if hole > i64::from(self.clock_rate * MAX_HOLE_MS / 1000) {
            // A silence left out by the sender: wait for its end as long as it lasted, or fill anew.
            self.play_at = None;
            return Pulled::Silence;
        }
        if hole < self.frame_ticks() / 8 {
            // Shorter than any packet (2.5 ms): an oddly numbered stream, not a loss.
            self.play_at = Some(first.at);
            return self.pull(now_us, payload, packet_ticks);
        }
        let next = hole <= self.frame_ticks();
        if next {
            payload.extend_from_slice(&first.payload);
        }
        let ticks = hole.min(self.frame_ticks());
        self.play_at = Some(play_at + ticks);
        self.counts.concealed += 1;
        Pulled::Lost { ticks: ticks as u32, next }
    }

    /// Begins to play once the oldest packet has waited for as long as the delay asks.
    fn start(&mut self, now_us: u64) -> Option<i64> {
        let first = self.slots.front()?;
        let waited_us = now_us.saturating_sub(first.arrival_us);
        if waited_us < self.wanted_us && self.held_us() < self.wanted_us {
            return None;
        }
        self.play_at = Some(first.at);
        self.too_full = 0;
        self.underrun = 0;
        self.play_at
    }

    /// Nothing there: the frame is late or lost. Its place is kept, so that a late one is still played and the delay
    /// grows by what was made up.
    fn starve(&mut self) -> Pulled {
        self.underrun += 1;
        self.too_full = 0;
        if self.paused || self.underrun > MAX_UNDERRUN {
            self.play_at = None;
            return Pulled::Silence;
        }
        self.counts.concealed += 1;
        Pulled::Lost { ticks: self.frame_ticks() as u32, next: false }
    }

    /// Leaves a packet out when more was held than wanted for a while.
    fn shrink(&mut self) {
        if self.held_us() <= self.wanted_us + FRAME_US {
            self.too_full = 0;
            return;
        }
        self.too_full += 1;
        if self.too_full < SHRINK_AFTER || self.slots.len() < 2 {
            return;
        }
        self.too_full = 0;
        if let Some(slot) = self.slots.pop_front() {
            self.counts.skipped += 1;
            self.spare.push(slot.payload);
            self.play_at = self.slots.front().map(|s| s.at);
        }
    }

    /// What became of the packets so far; those still held are counted as pushed alone.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Packets held.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether none are held.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }
}

#[cfg(test)]
mod tests;
