//! The slow path: what is made anew every 20 ms. Prompts, tones, mixes, and calls whose two sides differ in codec.
//!
//! Legs are spread over [`PHASES`] phases of a tick, so that a thousand prompts do not burst out in the same moment.
//! In each phase the legs' received audio is decoded first, then what they hear is made. Every source decodes one
//! frame a tick and every listener takes one, so it does not matter whether their phases differ.

use types::Mono;

use super::Engine;
use super::digits::DigitFrame;
use super::event::MediaEvent;
use super::hearing::Mode;
use super::leg::{Incoming, Leg};
use super::play::{Frame, encode};
use crate::mix::Mixer;
use crate::rtp::Header;

/// Parts of a tick.
pub(super) const PHASES: usize = 4;
/// Length of a phase, in microseconds.
pub(super) const PHASE_US: u64 = crate::FRAME_US / PHASES as u64;
/// Phases that are made up for when the thread was held up: 100 ms. What is older is left out; the far ends' buffers
/// hold no more anyway.
const MAX_BEHIND: u64 = 5 * PHASES as u64;

/// Buffers that all legs of an engine use in turn.
#[derive(Default)]
pub(super) struct Scratch {
    pcm: Vec<i16>,
    resampled: Vec<i16>,
    mixer: Mixer,
}

impl Leg {
    /// Whether the tick has anything to do here.
    fn wants_tick(&self) -> bool {
        self.decoding.is_some() || self.outgoing.is_some() || matches!(self.mode, Mode::Play | Mode::Mix(_))
    }

    /// Keeps a taken packet for the tick.
    pub(super) fn buffer(&mut self, now: Mono, incoming: &Incoming, payload: &[u8]) {
        if let Some(decoding) = &mut self.decoding {
            decoding.playout.push(&incoming.header, payload, now.0);
        }
    }

    /// The far end says by comfort noise that it falls silent: what follows is silence, not loss.
    pub(super) fn pause_playout(&mut self) {
        if let Some(decoding) = &mut self.decoding {
            decoding.playout.pause();
        }
    }

    /// Sends what is due of outgoing digits; true when audio gives way.
    fn send_digits(&mut self, now: Mono, scratch: &mut Scratch, outbox: &mut super::Outbox) -> bool {
        let Some(mut outgoing) = self.outgoing.take() else { return false };
        let before = self.rewriter.clone();
        let event_type = self.agreed.event_send.unwrap_or(self.agreed.send_type);
        let header = self.rewriter.own(event_type, self.agreed.codec_out.frame_ticks(), now.0);
        let sent = match outgoing.tick(header.timestamp, &mut scratch.pcm) {
            DigitFrame::Event(event) => {
                let header = Header { marker: event.marker, timestamp: event.timestamp, ..header };
                self.send_packet(now, header, outbox, |bytes| {
                    bytes.extend_from_slice(&event.payload);
                    Some(())
                });
                true
            }
            DigitFrame::Sound => {
                self.rewriter = before;
                let codec = self.agreed.codec_out;
                self.send_frame(now, outbox, |encoder, bytes| encode(encoder, codec, &scratch.pcm, bytes));
                true
            }
            DigitFrame::Nothing => {
                self.rewriter = before;
                false
            }
        };
        if outgoing.is_idle() {
            outbox.events.push(MediaEvent::DigitsSent(self.id));
        } else {
            self.outgoing = Some(outgoing);
        }
        sent
    }
}

impl Engine {
    /// The phase that a moment lies in, counted from the clock's zero.
    pub(super) fn phase_at(now: Mono) -> u64 {
        now.0 / PHASE_US
    }

    /// Runs the phases that are due.
    pub(super) fn run_phases(&mut self, now: Mono) {
        let due = Self::phase_at(now);
        if self.ticking.iter().all(Vec::is_empty) {
            self.phase = due;
            return;
        }
        if due.saturating_sub(self.phase) > MAX_BEHIND {
            self.phase = due - MAX_BEHIND;
        }
        while self.phase < due {
            self.phase += 1;
            // The moment it was due at, not the one it runs at: media time stays even.
            let at = Mono(self.phase * PHASE_US);
            self.run_phase((self.phase % PHASES as u64) as usize, at);
        }
    }

    /// When the next phase that has legs is due.
    pub(super) fn next_phase(&self) -> Option<Mono> {
        (1..=PHASES as u64)
            .map(|step| self.phase + step)
            .find(|phase| !self.ticking[(phase % PHASES as u64) as usize].is_empty())
            .map(|phase| Mono(phase * PHASE_US))
    }

    fn run_phase(&mut self, phase: usize, now: Mono) {
        // Legs may leave the list while it is walked: a playback ends.
        let mut legs = std::mem::take(&mut self.walk);
        legs.clone_from(&self.ticking[phase]);
        for &slot in &legs {
            if let Some(decoding) = self.leg_mut(slot).and_then(|leg| leg.decoding.as_mut()) {
                decoding.advance(now);
            }
        }
        for &slot in &legs {
            self.tick_leg(slot, now);
        }
        self.walk = legs;
    }

    fn tick_leg(&mut self, slot: u32, now: Mono) {
        let Some(leg) = self.legs.get_mut(slot as usize).and_then(Option::as_deref_mut) else { return };
        if leg.send_digits(now, &mut self.scratch, &mut self.outbox) {
            return;
        }
        match leg.mode {
            Mode::Play => self.tick_player(slot, now),
            Mode::Mix(_) => self.tick_mix(slot, now),
            Mode::Mute | Mode::Fast(_) => self.update_ticking(slot),
        }
    }

    fn tick_player(&mut self, slot: u32, now: Mono) {
        let Some(leg) = self.legs.get_mut(slot as usize).and_then(Option::as_deref_mut) else { return };
        let Some(player) = &mut leg.player else { return };
        let (id, codec, outbox) = (leg.id, leg.agreed.codec_out, &mut self.outbox);
        let frame = player.frame(&self.bank, &mut self.scratch.pcm, |name| {
            outbox.events.push(MediaEvent::SoundMissing { leg: id, name: name.into() });
        });
        match frame {
            Frame::Coded { encoded, index } => {
                leg.send_frame(now, &mut self.outbox, |_, bytes| {
                    bytes.extend_from_slice(encoded.frame(index)?);
                    Some(())
                });
            }
            Frame::Pcm => {
                let pcm = &self.scratch.pcm;
                leg.send_frame(now, &mut self.outbox, |encoder, bytes| encode(encoder, codec, pcm, bytes));
            }
            Frame::End => self.end_play(slot, true),
        }
    }

    fn tick_mix(&mut self, slot: u32, now: Mono) {
        let Some(leg) = self.leg_mut(slot) else { return };
        let Mode::Mix(edges) = &mut leg.mode else { return };
        let (mut edges, codec) = (std::mem::take(edges), leg.agreed.codec_out);
        self.scratch.mixer.begin(codec.frame_samples());
        for edge in &mut edges {
            let source = self.legs.get(edge.source as usize).and_then(Option::as_deref);
            let Some(decoding) = source.and_then(|s| s.decoding.as_ref()) else { continue };
            let frame = match &mut edge.resampler {
                None => &decoding.frame,
                Some(resampler) => {
                    self.scratch.resampled.clear();
                    resampler.process(&decoding.frame, &mut self.scratch.resampled);
                    &self.scratch.resampled
                }
            };
            self.scratch.mixer.add(frame, edge.gain);
        }
        self.scratch.pcm.clear();
        self.scratch.mixer.finish(&mut self.scratch.pcm);
        let Some(leg) = self.legs.get_mut(slot as usize).and_then(Option::as_deref_mut) else { return };
        leg.mode = Mode::Mix(edges);
        let pcm = &self.scratch.pcm;
        leg.send_frame(now, &mut self.outbox, |encoder, bytes| encode(encoder, codec, pcm, bytes));
    }

    /// Puts a leg into its phase's list, or takes it out.
    pub(super) fn update_ticking(&mut self, slot: u32) {
        let Some(leg) = self.legs.get_mut(slot as usize).and_then(Option::as_deref_mut) else { return };
        let wants = leg.wants_tick();
        if wants == leg.ticking {
            return;
        }
        leg.ticking = wants;
        self.set_ticking(slot, wants);
    }

    pub(super) fn set_ticking(&mut self, slot: u32, on: bool) {
        let idle = self.ticking.iter().all(Vec::is_empty);
        let legs = &mut self.ticking[slot as usize % PHASES];
        if on {
            legs.push(slot);
            if idle {
                // No phase of the idle time is due any more.
                self.phase = Self::phase_at(self.clock);
            }
        } else if let Some(index) = legs.iter().position(|&s| s == slot) {
            legs.swap_remove(index);
        }
    }
}
