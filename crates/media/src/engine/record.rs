//! Recording: what a leg says, copied from its packets into the chunks of its own track.

use types::{LegId, Mono};

use super::command::RecordTo;
use super::event::MediaEvent;
use super::hush::Hush;
use super::output::{Outbox, Span, TrackBytes};
use crate::codec::Codec;
use crate::rtp::{Header, MediaClock};
use crate::track::{GapReason, Kind, TrackWriter};

/// A gap that the track has yet to state, on media time in microseconds.
#[derive(Clone, Copy, Debug)]
struct Gap {
    start_us: u64,
    end_us: u64,
    reason: GapReason,
}

/// One leg's track.
pub(super) struct Track {
    pub(super) to: RecordTo,
    leg: LegId,
    writer: TrackWriter,
    clock: MediaClock,
    clock_rate: u32,
    /// Since when nothing is kept because somebody paused it, on media time.
    paused_us: Option<u64>,
    /// Since when the leg is on hold.
    held_us: Option<u64>,
    gap: Option<Gap>,
    /// All gaps so far, milliseconds.
    pub(super) gap_ms: u32,
    /// Marks that the next chunk brings along.
    marks: Vec<u8>,
    /// Where somebody waits for silence.
    hush: Option<Hush>,
}

impl Track {
    pub(super) fn new(now: Mono, leg: LegId, to: RecordTo, codec: Codec) -> Self {
        Self {
            hush: to.hush.map(|after| Hush::new(now, after)),
            leg,
            writer: TrackWriter::new(leg.0),
            clock: MediaClock::new(codec.clock_rate()),
            clock_rate: codec.clock_rate(),
            to,
            paused_us: None,
            held_us: None,
            gap: None,
            gap_ms: 0,
            marks: Vec::new(),
        }
    }

    fn media_us(&self, now: Mono) -> u64 {
        now.0.saturating_sub(self.to.origin.0)
    }

    /// Adds a received payload.
    pub(super) fn audio(&mut self, now: Mono, codec: Codec, header: &Header, payload: &[u8], outbox: &mut Outbox) {
        if self.paused_us.is_some() || self.held_us.is_some() {
            return;
        }
        if codec.clock_rate() != self.clock_rate {
            self.clock_rate = codec.clock_rate();
            self.clock = MediaClock::new(self.clock_rate);
        }
        let media_us = self.clock.media_us(header.ssrc, header.timestamp, self.media_us(now));
        if let Some(chunk) = self.writer.frame(codec, media_us, payload) {
            self.hand_out(chunk, false, outbox);
        }
        if let Some(hush) = &mut self.hush {
            hush.hear(now, codec, payload);
        }
        self.tell_hush(now, outbox);
    }

    fn tell_hush(&mut self, now: Mono, outbox: &mut Outbox) {
        if self.hush.as_mut().is_some_and(|hush| hush.is_over(now)) {
            outbox.events.push(MediaEvent::Hushed { leg: self.leg, recording: self.to.recording });
        }
    }

    /// Pauses or resumes; the span between is stated in the track.
    pub(super) fn pause(&mut self, now: Mono, pause: bool, outbox: &mut Outbox) {
        if pause == self.paused_us.is_some() {
            return;
        }
        let at = self.media_us(now);
        if pause {
            self.flush(outbox);
            self.paused_us = Some(at);
        } else if let Some(since) = self.paused_us.take() {
            let mark = self.writer.mark(Kind::Paused, since, at);
            self.hand_out(mark, false, outbox);
        }
    }

    /// The leg went on hold or came back; stated with the next chunk.
    pub(super) fn held(&mut self, now: Mono, held: bool) {
        if held == self.held_us.is_some() {
            return;
        }
        let at = self.media_us(now);
        if held {
            self.marks.extend(self.writer.take().unwrap_or_default());
            self.held_us = Some(at);
        } else if let Some(since) = self.held_us.take() {
            self.marks.extend(self.writer.mark(Kind::Held, since, at));
        }
    }

    /// Hands the open chunk out when it is due though no packet comes any more.
    pub(super) fn care(&mut self, now: Mono, outbox: &mut Outbox) {
        self.tell_hush(now, outbox);
        if let Some(chunk) = self.writer.flush_due(self.media_us(now)) {
            self.hand_out(chunk, false, outbox);
        } else if !self.marks.is_empty() {
            self.hand_out(Vec::new(), false, outbox);
        }
    }

    fn flush(&mut self, outbox: &mut Outbox) {
        if let Some(chunk) = self.writer.take() {
            self.hand_out(chunk, false, outbox);
        }
    }

    /// The recorder could not keep what it was handed. Returns the length of all gaps in milliseconds.
    pub(super) fn lost(&mut self, span: &Span, disk: bool) -> u32 {
        let reason = if disk { GapReason::Disk } else { GapReason::Slow };
        let gap = self.gap.get_or_insert(Gap { start_us: span.start_us, end_us: span.end_us, reason });
        gap.start_us = gap.start_us.min(span.start_us);
        gap.end_us = gap.end_us.max(span.end_us);
        gap.reason = reason;
        self.gap_ms = self.gap_ms.saturating_add(span.audio_ms);
        self.gap_ms
    }

    /// Ends the track.
    pub(super) fn close(mut self, now: Mono, outbox: &mut Outbox) {
        let at = self.media_us(now);
        for (since, kind) in [(self.paused_us.take(), Kind::Paused), (self.held_us.take(), Kind::Held)] {
            if let Some(since) = since {
                let mark = self.writer.mark(kind, since, at);
                self.marks.extend(mark);
            }
        }
        let writer = std::mem::replace(&mut self.writer, TrackWriter::new(self.leg.0));
        let last = writer.close(at);
        self.hand_out(last, true, outbox);
    }

    /// Hands bytes to the recorder: marks that wait, the chunk, and after it the gap that it has to state.
    fn hand_out(&mut self, chunk: Vec<u8>, last: bool, outbox: &mut Outbox) {
        let mut span = Span::of(&chunk);
        let mut bytes = std::mem::take(&mut self.marks);
        // The usual case moves the chunk instead of copying it.
        if bytes.is_empty() {
            bytes = chunk;
        } else {
            bytes.extend(chunk);
        }
        if let Some(gap) = self.gap.take() {
            // Should these bytes be lost too, the gap has to be stated again.
            span.start_us = span.start_us.min(gap.start_us);
            span.end_us = span.end_us.max(gap.end_us);
            bytes.extend(self.writer.gap(gap.reason, gap.start_us, gap.end_us));
        }
        let (leg, recording, path) = (self.leg, self.to.recording, self.to.path.clone());
        outbox.tracks.push(TrackBytes { leg, tenant: self.to.tenant, recording, path, bytes, span, last });
    }
}

impl Span {
    /// The span of a chunk, from its header.
    fn of(chunk: &[u8]) -> Self {
        let (Some(start), Some(duration)) = (chunk.get(16..24), chunk.get(24..28)) else {
            return Self { start_us: u64::MAX, end_us: 0, audio_ms: 0 };
        };
        let start_us = start.iter().rev().fold(0, |n, &b| (n << 8) | u64::from(b));
        let duration_us = duration.iter().rev().fold(0, |n, &b| (n << 8) | u64::from(b));
        let audio = chunk.len() > crate::track::HEADER_LEN;
        Self { start_us, end_us: start_us + duration_us, audio_ms: if audio { (duration_us / 1000) as u32 } else { 0 } }
    }
}
