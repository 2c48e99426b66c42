//! What is received of one leg's stream: loss, duplicates, jitter (RFC 3550 A.1, A.3, A.8).

use super::packet::ReportBlock;
use crate::rtp::{Header, SeqUnwrap, ts_distance};

/// Totals of a leg's reception, over all streams it sent in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Received {
    /// Packets that were to come, by their sequence numbers.
    pub expected: u64,
    /// Different packets that came.
    pub unique: u64,
    /// Copies of packets that had come before.
    pub duplicates: u64,
    /// Packets that came after one with a higher number.
    pub reordered: u64,
    /// Payload octets of the different packets.
    pub octets: u64,
}

impl Received {
    /// Packets that never came.
    pub fn lost(&self) -> u64 {
        self.expected.saturating_sub(self.unique)
    }

    /// Share that never came, 0 to 1.
    pub fn loss(&self) -> f64 {
        if self.expected == 0 { 0.0 } else { self.lost() as f64 / self.expected as f64 }
    }
}

impl Received {
    /// What came since the totals were these.
    pub fn since(&self, base: &Self) -> Self {
        Self {
            expected: self.expected.saturating_sub(base.expected),
            unique: self.unique.saturating_sub(base.unique),
            duplicates: self.duplicates.saturating_sub(base.duplicates),
            reordered: self.reordered.saturating_sub(base.reordered),
            octets: self.octets.saturating_sub(base.octets),
        }
    }
}

/// Jump of the sequence numbers beyond which the sender restarted them.
const MAX_DROPOUT: u64 = 3000;

/// Statistics of the stream that a leg sends us.
#[derive(Debug, Clone)]
pub struct ReceiveStats {
    clock_rate: u32,
    ssrc: Option<u32>,
    sequence: SeqUnwrap,
    first: u64,
    /// Bit n: the packet n below the highest has come.
    window: u64,
    /// Streams before the present one.
    past: Received,
    now: Received,
    /// Relative transit time of the packet before, in ticks.
    transit: Option<u32>,
    /// Jitter times 16, as RFC 3550 A.8 keeps it.
    jitter_q4: u32,
    worst_jitter_q4: u32,
    expected_prior: u64,
    received_prior: u64,
}

impl ReceiveStats {
    /// `clock_rate` of the stream in Hz.
    pub fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate,
            ssrc: None,
            sequence: SeqUnwrap::default(),
            first: 0,
            window: 0,
            past: Received::default(),
            now: Received::default(),
            transit: None,
            jitter_q4: 0,
            worst_jitter_q4: 0,
            expected_prior: 0,
            received_prior: 0,
        }
    }

    /// Notes a packet; `false` when it is a copy of one that came before.
    pub fn packet(&mut self, header: &Header, payload_len: usize, arrival_us: u64) -> bool {
        let (fresh, newest) = self.count(header, payload_len);
        if newest {
            self.time(header, arrival_us);
        }
        fresh
    }

    /// The same for a packet whose timestamp does not tell when it was sent: jitter is measured anew after it.
    pub fn untimed(&mut self, header: &Header, payload_len: usize) -> bool {
        self.transit = None;
        self.count(header, payload_len).0
    }

    /// The stream's timestamps count at another rate from now on.
    pub fn set_clock(&mut self, clock_rate: u32) {
        self.clock_rate = clock_rate;
        self.transit = None;
        (self.jitter_q4, self.worst_jitter_q4) = (0, 0);
    }

    /// Counts a packet: whether it is none that came before, and whether it is the newest.
    fn count(&mut self, header: &Header, payload_len: usize) -> (bool, bool) {
        let mut probe = self.sequence;
        let jumped = |highest: u64| probe.unwrap(header.sequence).abs_diff(highest) > MAX_DROPOUT;
        if self.ssrc != Some(header.ssrc) || self.sequence.highest().is_some_and(jumped) {
            self.restart(header.ssrc);
        }
        let before = self.sequence.highest();
        let extended = self.sequence.unwrap(header.sequence);
        let fresh = match before {
            None => {
                self.first = extended;
                self.window = 1;
                true
            }
            Some(highest) if extended > highest => {
                let step = extended - highest;
                self.window = if step < 64 { (self.window << step) | 1 } else { 1 };
                true
            }
            Some(highest) => self.mark_older(highest - extended),
        };
        self.first = self.first.min(extended);
        if fresh {
            self.now.unique += 1;
            self.now.octets += payload_len as u64;
        } else {
            self.now.duplicates += 1;
        }
        self.now.expected = self.sequence.highest().map_or(0, |h| h - self.first + 1);
        (fresh, before.is_none_or(|h| extended > h))
    }

    /// Whether a packet this far below the highest is new.
    fn mark_older(&mut self, age: u64) -> bool {
        self.now.reordered += u64::from(age > 0);
        if age >= 64 {
            // Too old to tell; taken for new, so that loss is not overstated.
            return true;
        }
        let bit = 1 << age;
        let fresh = self.window & bit == 0;
        self.window |= bit;
        fresh
    }

    fn restart(&mut self, ssrc: u32) {
        self.past = self.received();
        self.now = Received::default();
        self.ssrc = Some(ssrc);
        self.sequence = SeqUnwrap::default();
        self.window = 0;
        self.transit = None;
        self.expected_prior = 0;
        self.received_prior = 0;
    }

    fn time(&mut self, header: &Header, arrival_us: u64) {
        let arrival = (u128::from(arrival_us) * u128::from(self.clock_rate) / 1_000_000) as u32;
        let transit = arrival.wrapping_sub(header.timestamp);
        // A marked packet follows a silence, or a switch of source: its distance says nothing of the network.
        if let Some(before) = self.transit.filter(|_| !header.marker) {
            // A leap of a second is a change of source, not jitter.
            let distance = ts_distance(before, transit).unsigned_abs();
            if distance < self.clock_rate {
                self.jitter_q4 = self.jitter_q4 + distance - ((self.jitter_q4 + 8) >> 4);
                self.worst_jitter_q4 = self.worst_jitter_q4.max(self.jitter_q4);
            }
        }
        self.transit = Some(transit);
    }

    /// The present stream's SSRC.
    pub fn ssrc(&self) -> Option<u32> {
        self.ssrc
    }

    /// Interarrival jitter, in microseconds.
    pub fn jitter_us(&self) -> u64 {
        u64::from(self.jitter_q4) * 1_000_000 / 16 / u64::from(self.clock_rate.max(1))
    }

    /// The highest that [`jitter_us`](Self::jitter_us) ever was.
    pub fn worst_jitter_us(&self) -> u64 {
        u64::from(self.worst_jitter_q4) * 1_000_000 / 16 / u64::from(self.clock_rate.max(1))
    }

    /// The totals.
    pub fn received(&self) -> Received {
        Received {
            expected: self.past.expected + self.now.expected,
            unique: self.past.unique + self.now.unique,
            duplicates: self.past.duplicates + self.now.duplicates,
            reordered: self.past.reordered + self.now.reordered,
            octets: self.past.octets + self.now.octets,
        }
    }

    /// The block for the next report; begins a new interval for the fraction lost. LSR and DLSR are the session's.
    pub fn report(&mut self) -> Option<ReportBlock> {
        let ssrc = self.ssrc?;
        let highest = self.sequence.highest()?;
        let arrived = self.now.unique + self.now.duplicates;
        let expected_now = self.now.expected - self.expected_prior.min(self.now.expected);
        let received_now = arrived - self.received_prior;
        (self.expected_prior, self.received_prior) = (self.now.expected, arrived);
        let lost_now = expected_now.saturating_sub(received_now);
        let fraction_lost = (lost_now * 256).checked_div(expected_now).unwrap_or(0).min(255) as u8;
        Some(ReportBlock {
            ssrc,
            fraction_lost,
            cumulative_lost: (self.now.expected as i64 - arrived as i64).clamp(-0x80_0000, 0x7f_ffff) as i32,
            // The unwrapped count starts one cycle up.
            highest_sequence: (highest - (1 << 16).min(highest)) as u32,
            jitter: self.jitter_q4 >> 4,
            last_sr: 0,
            delay_since_last_sr: 0,
        })
    }
}
