//! One leg's RTCP: when to report and what, and what the far end's reports tell.

use super::packet::{Builder, ReportBlock, Rtcp, SenderInfo, packets};
use super::stats::{ReceiveStats, Received};
use super::{mos, ntp_middle};
use crate::codec::Codec;
use crate::rtp::Header;

/// Mean time between reports, in microseconds (RFC 3550 section 6.2's minimum; two parties never need more).
const INTERVAL_US: u64 = 5_000_000;
/// The first report comes after half of that, so that short calls have one too.
const FIRST_INTERVAL_US: u64 = INTERVAL_US / 2;
/// Sender reports remembered for the round trip; the far end answers the last one or two.
const REMEMBERED: usize = 4;
/// Longest round trip believed, in microseconds; beyond it the far end's numbers are wrong.
const MAX_ROUND_TRIP_US: u64 = 10_000_000;

/// The state of one leg's RTCP.
#[derive(Debug, Clone)]
pub struct Session {
    ssrc: u32,
    cname: Box<str>,
    /// Codec of what we receive, and how the audio of the codecs before it sounded.
    codec: Codec,
    rated: Rated,
    receive: ReceiveStats,
    /// Clock of what we send, Hz.
    send_clock: u32,
    /// What we sent as other sources before, and what the far end missed of it.
    sent_before: Sent,
    sent_packets: u32,
    sent_octets: u32,
    /// Timestamp and time of the newest packet sent.
    last_sent: Option<(u32, u64)>,
    sent_at_last_report: u32,
    /// Middle bits and time of our last sender reports.
    reports: [(u32, u64); REMEMBERED],
    report_count: usize,
    /// Middle bits and arrival of the far end's last sender report.
    last_sr: Option<(u32, u64)>,
    remote: Option<ReportBlock>,
    round_trip_us: Option<u64>,
    next_report_us: u64,
    random: u32,
}

/// Packets of our earlier sources.
#[derive(Debug, Clone, Copy, Default)]
struct Sent {
    packets: u64,
    /// Those that the far end's reports spoke of, and how many it missed.
    reported: u64,
    lost: u64,
}

/// Spans of a leg's audio that have been rated: one for each codec it changed from.
#[derive(Debug, Clone, Copy, Default)]
struct Rated {
    /// Sum of score times packets, and the packets.
    score: f64,
    packets: u64,
    /// Totals of reception when the present span began.
    base: Received,
    worst_jitter_us: u64,
}

/// Quality of a leg's media, for the record.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Quality {
    /// What we received.
    pub received: Received,
    /// Jitter of what we received, in microseconds: at the end, and at its worst.
    pub jitter_us: u64,
    /// See `jitter_us`.
    pub worst_jitter_us: u64,
    /// Packets we sent.
    pub sent: u64,
    /// Share of our packets that the far end reports lost since the beginning, 0 to 1.
    pub remote_loss: Option<f64>,
    /// Jitter that the far end reports, in microseconds.
    pub remote_jitter_us: Option<u64>,
    /// Round trip between us and the far end, in microseconds.
    pub round_trip_us: Option<u64>,
    /// How what we received sounds (E-model), 1.0 to 4.5: the mean over the leg's codecs, by their packets.
    pub mos: Option<f64>,
    /// The score is on the scale of wideband audio: the leg's last codec was a wideband one.
    pub wideband: bool,
}

impl Session {
    /// `ssrc` is the one we send with, `cname` ours for this leg, `seed` spreads the reports of many legs over time.
    pub fn new(ssrc: u32, cname: &str, codec: Codec, now_us: u64, seed: u32) -> Self {
        let mut session = Self {
            ssrc,
            cname: cname.into(),
            codec,
            rated: Rated::default(),
            receive: ReceiveStats::new(codec.clock_rate()),
            send_clock: codec.clock_rate(),
            sent_before: Sent::default(),
            sent_packets: 0,
            sent_octets: 0,
            last_sent: None,
            sent_at_last_report: 0,
            reports: [(0, 0); REMEMBERED],
            report_count: 0,
            last_sr: None,
            remote: None,
            round_trip_us: None,
            next_report_us: 0,
            random: seed | 1,
        };
        session.next_report_us = now_us + session.spread(FIRST_INTERVAL_US);
        session
    }

    /// Notes a packet that we sent.
    pub fn sent(&mut self, header: &Header, payload_len: usize, now_us: u64) {
        self.sent_packets = self.sent_packets.wrapping_add(1);
        self.sent_octets = self.sent_octets.wrapping_add(payload_len as u32);
        self.last_sent = Some((header.timestamp, now_us));
    }

    /// Notes a packet that came; `false` when it is a duplicate.
    pub fn received(&mut self, header: &Header, payload_len: usize, now_us: u64) -> bool {
        self.receive.packet(header, payload_len, now_us)
    }

    /// Notes a packet whose timestamp does not tell when it was sent: all packets of an event (RFC 4733) have the
    /// timestamp of its begin. `false` when it is a duplicate.
    pub fn received_untimed(&mut self, header: &Header, payload_len: usize) -> bool {
        self.receive.untimed(header, payload_len)
    }

    /// We send as another source from now on. The totals for the record go on.
    pub fn restart_sending(&mut self, ssrc: u32, clock_rate: u32) {
        let before = &mut self.sent_before;
        before.packets += u64::from(self.sent_packets);
        if let Some(block) = self.remote.take() {
            before.reported += u64::from(self.sent_packets);
            before.lost += u64::from(block.cumulative_lost.max(0).unsigned_abs());
        }
        (self.ssrc, self.send_clock) = (ssrc, clock_rate);
        (self.sent_packets, self.sent_octets, self.sent_at_last_report) = (0, 0, 0);
        self.last_sent = None;
        self.reports = [(0, 0); REMEMBERED];
    }

    /// The far end sends this codec from now on. Each codec's share of the audio is rated by itself.
    pub fn use_codec(&mut self, codec: Codec) {
        if codec == self.codec {
            return;
        }
        let received = self.receive.received();
        let span = received.since(&self.rated.base);
        if let Some(score) = self.score(&span) {
            self.rated.score += score * span.unique as f64;
            self.rated.packets += span.unique;
        }
        self.rated.base = received;
        if codec.clock_rate() != self.codec.clock_rate() {
            self.rated.worst_jitter_us = self.worst_jitter_us();
            self.receive.set_clock(codec.clock_rate());
        }
        self.codec = codec;
    }

    fn worst_jitter_us(&self) -> u64 {
        self.receive.worst_jitter_us().max(self.rated.worst_jitter_us)
    }

    /// How a span of the present codec sounded; nothing when no packet came.
    fn score(&self, span: &Received) -> Option<f64> {
        // Mouth to ear: half the round trip, a frame to pack, and a buffer of twice the jitter, at least a frame.
        let network_ms = self.round_trip_us.unwrap_or(0) as f64 / 2000.0;
        let buffer_ms = (2.0 * self.receive.jitter_us() as f64 / 1000.0).max(20.0);
        (span.unique > 0).then(|| mos(self.codec, span.loss(), network_ms + 20.0 + buffer_ms))
    }

    /// Takes a compound packet of the far end's. Returns whether it said goodbye. Damaged parts are left out.
    pub fn handle(&mut self, now_us: u64, bytes: &[u8]) -> bool {
        let mut bye = false;
        for packet in packets(bytes).map_while(Result::ok) {
            match packet {
                Rtcp::SenderReport { info, blocks, .. } => {
                    self.last_sr = Some((ntp_middle(info.ntp), now_us));
                    blocks.iter().for_each(|b| self.block(b, now_us));
                }
                Rtcp::ReceiverReport { blocks, .. } => blocks.iter().for_each(|b| self.block(b, now_us)),
                Rtcp::Bye { .. } => bye = true,
                Rtcp::SourceDescription { .. } | Rtcp::Other { .. } => {}
            }
        }
        bye
    }

    fn block(&mut self, block: ReportBlock, now_us: u64) {
        if block.ssrc != self.ssrc {
            return;
        }
        self.remote = Some(block);
        let sent = self.reports.iter().find(|(middle, _)| block.last_sr != 0 && *middle == block.last_sr);
        if let Some(&(_, sent_us)) = sent {
            let held_us = u64::from(block.delay_since_last_sr) * 1_000_000 / 65_536;
            let round_trip = now_us.saturating_sub(sent_us).saturating_sub(held_us);
            if round_trip <= MAX_ROUND_TRIP_US {
                self.round_trip_us = Some(round_trip);
            }
        }
    }

    /// When [`poll`](Self::poll) has something to send, in microseconds.
    pub fn next_report_us(&self) -> u64 {
        self.next_report_us
    }

    /// Appends a report to `out` if one is due; `ntp` is the wall time as of [`super::ntp_from_unix_us`].
    pub fn poll(&mut self, now_us: u64, ntp: u64, out: &mut Vec<u8>) -> bool {
        if now_us < self.next_report_us {
            return false;
        }
        self.next_report_us = now_us + self.spread(INTERVAL_US);
        self.report(now_us, ntp, out);
        true
    }

    /// Appends the last report, with a goodbye.
    pub fn bye(&mut self, now_us: u64, ntp: u64, out: &mut Vec<u8>) {
        self.report(now_us, ntp, out);
        Builder::new(out).bye(self.ssrc);
    }

    fn report(&mut self, now_us: u64, ntp: u64, out: &mut Vec<u8>) {
        let block = self.receive.report().map(|mut block| {
            if let Some((middle, at_us)) = self.last_sr {
                block.last_sr = middle;
                block.delay_since_last_sr = (now_us.saturating_sub(at_us) * 65_536 / 1_000_000) as u32;
            }
            block
        });
        let active = self.sent_packets != self.sent_at_last_report;
        let info = self.last_sent.filter(|_| active).map(|(timestamp, at_us)| {
            let passed = now_us.saturating_sub(at_us) * u64::from(self.send_clock) / 1_000_000;
            SenderInfo {
                ntp,
                rtp_timestamp: timestamp.wrapping_add(passed as u32),
                packets: self.sent_packets,
                octets: self.sent_octets,
            }
        });
        if info.is_some() {
            self.reports[self.report_count % REMEMBERED] = (ntp_middle(ntp), now_us);
            self.report_count = self.report_count.wrapping_add(1);
        }
        self.sent_at_last_report = self.sent_packets;
        let mut builder = Builder::new(out);
        builder.report(self.ssrc, info.as_ref(), block.as_slice());
        builder.sdes(self.ssrc, &self.cname);
    }

    /// Half to one and a half of `mean_us` (RFC 3550 section 6.3.1: reports must not fall into step).
    fn spread(&mut self, mean_us: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        mean_us / 2 + u64::from(self.random) * mean_us / u64::from(u32::MAX)
    }

    /// What we receive, for a jitter buffer's or a supervisor's interest.
    pub fn receive_stats(&self) -> &ReceiveStats {
        &self.receive
    }

    /// The figures for the record.
    pub fn quality(&self) -> Quality {
        let received = self.receive.received();
        let span = received.since(&self.rated.base);
        let last = self.score(&span).map(|score| (score * span.unique as f64, span.unique));
        let (score, packets) = last.map_or((self.rated.score, self.rated.packets), |(score, packets)| {
            (self.rated.score + score, self.rated.packets + packets)
        });
        let before = &self.sent_before;
        let now = self.remote.map_or((0, 0), |b| (u64::from(self.sent_packets), b.cumulative_lost.max(0) as u64));
        let (reported, lost) = (before.reported + now.0, before.lost + now.1);
        Quality {
            received,
            jitter_us: self.receive.jitter_us(),
            worst_jitter_us: self.worst_jitter_us(),
            sent: before.packets + u64::from(self.sent_packets),
            remote_loss: (reported > 0).then(|| (lost as f64 / reported as f64).min(1.0)),
            remote_jitter_us: self.remote.map(|b| u64::from(b.jitter) * 1_000_000 / u64::from(self.send_clock)),
            round_trip_us: self.round_trip_us,
            mos: (packets > 0).then(|| score / packets as f64),
            wideband: self.codec.is_wideband(),
        }
    }
}
