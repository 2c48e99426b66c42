//! What telephones, carriers and the media plane do with the center's commands.

use std::sync::Arc;
use std::time::Duration;

use types::leg::{Connection, Sound, Target};
use types::{Cause, LegCommand, LegEvent, LegId, PlayId, RecordingId};

use super::stage::{Act, Stage};
use crate::leg::{Leg, Party, bridge, is_endless, talk, unbridge};
use crate::world;

/// One message's way through a network that works.
const DELAY: Duration = Duration::from_millis(20);
/// Timer B: nobody answers there (RFC 3261 section 17.1.1.2).
const UNREACHABLE: Duration = Duration::from_secs(32);
/// How long a subscriber outside lets it ring, on average, seconds; and how many take it.
const OUTSIDE_RINGS_S: f64 = 8.0;
const OUTSIDE_ANSWERS: f64 = 0.8;
/// How long people speak to a machine, on average, seconds.
const MESSAGE_S: f64 = 20.0;
/// A prompt of which nothing is known, and a digit, seconds.
const PROMPT_S: f64 = 3.0;
const DIGIT_S: f64 = 0.35;

impl Stage<'_> {
    /// A leg reports, after what comes before it on that leg.
    pub(super) fn emit(&mut self, event: LegEvent, after: Duration) {
        let Some(leg) = self.legs.get_mut(&event.leg()) else { return };
        if leg.ended {
            return;
        }
        let when = (self.now.mono + after).max(leg.last + Duration::from_micros(1));
        leg.last = when;
        leg.ended = matches!(event, LegEvent::Ended { .. });
        self.agenda.plan(when, Act::Deliver(event));
    }

    /// The leg is over; the center hears of it once.
    pub(super) fn end_leg(&mut self, leg: LegId, cause: Cause, status: Option<u16>, by_peer: bool) {
        let Some(l) = self.legs.get(&leg).filter(|l| !l.ended) else { return };
        self.checks.silence(self.now, leg, l);
        let measured = l.up;
        self.emit(LegEvent::Ended { leg, cause, status, by_peer, measured }, DELAY);
        self.unbridge(leg);
    }

    /// A caller hangs up.
    pub(super) fn hang_up(&mut self, leg: LegId) {
        let up = self.legs.get(&leg).is_some_and(|l| l.up);
        self.end_leg(leg, if up { Cause::Normal } else { Cause::Cancelled }, (!up).then_some(487), true);
    }

    /// The two parties hear nothing of each other any more.
    pub(super) fn unbridge(&mut self, leg: LegId) {
        unbridge(&mut self.legs, leg, self.now.mono);
    }

    pub(super) fn on_command(&mut self, command: LegCommand) {
        match command {
            LegCommand::Dial { leg, target, on_behalf_of, .. } => self.on_dial(leg, &target, on_behalf_of),
            LegCommand::Answer(leg) => self.comes_up(leg),
            LegCommand::EarlyMedia(leg) => {
                if let Some(leg) = self.legs.get_mut(&leg) {
                    leg.early = true;
                }
            }
            LegCommand::Hangup { leg, cause } => {
                if let Some(l) = self.legs.get_mut(&leg) {
                    l.told_to_end = true;
                    self.end_leg(leg, cause, None, false);
                }
            }
            LegCommand::Connect { leg, to: Connection::Bridge(other) } => self.on_bridge(leg, other),
            LegCommand::Connect { leg, .. } => self.unbridge(leg),
            LegCommand::Play { leg, play, sounds, repeat, .. } => self.on_play(leg, play, &sounds, repeat),
            LegCommand::StopPlay(leg) => self.stop_play(leg),
            LegCommand::Record { leg, recording, hush_s: Some(hush_s), .. } => self.on_message(leg, recording, hush_s),
            // Nobody on this stage asks for a transfer, and what is recorded or held is no different for callers.
            LegCommand::Record { .. }
            | LegCommand::TransferProgress { .. }
            | LegCommand::Ring(_)
            | LegCommand::AskToAnswer(_)
            | LegCommand::SendDigits { .. }
            | LegCommand::Hold { .. }
            | LegCommand::PauseRecord { .. }
            | LegCommand::StopRecord(_) => {}
        }
    }

    // ---- calls we place ----

    fn on_dial(&mut self, leg: LegId, target: &Target, on_behalf_of: Option<LegId>) {
        let place = world::whose(target.uri.reveal()).filter(|place| *place < self.cast.members.len());
        let party = place.map_or(Party::Outside, |agent| Party::Phone { agent });
        self.legs.insert(leg, Leg { on_behalf_of, ..Leg::new(party, self.now.mono) });
        self.checks.leg_began(leg, false);
        self.emit(LegEvent::Dialled { leg, sip_call_id: Arc::from("x") }, Duration::from_micros(200));
        match place {
            Some(place) => self.ring_agent(leg, place, on_behalf_of),
            None => self.ring_outside(leg),
        }
    }

    fn ring_agent(&mut self, leg: LegId, place: usize, on_behalf_of: Option<LegId>) {
        self.cast.members[place].legs.push(leg);
        if !self.cast.members[place].registered {
            return self.plan(UNREACHABLE, Act::Refuse(leg, Cause::Unreachable, 408));
        }
        if self.cast.is_busy(place, leg, &self.legs) {
            return self.end_leg(leg, Cause::Busy, Some(486), true);
        }
        self.emit(LegEvent::Ringing { leg, early_media: false }, DELAY);
        let (ring_s, missed) = (self.script.habits.ring_s, self.script.habits.missed);
        // The caller's own chance, so that it is the same whoever it rings at.
        let rng = on_behalf_of.and_then(|caller| self.customers.get_mut(&caller)).map(|customer| &mut customer.rng);
        let rng = rng.unwrap_or(&mut self.rng);
        let (is_missed, after) = (rng.chance(missed), rng.exponential(ring_s));
        if !is_missed {
            self.plan(DELAY + after, Act::Answer(leg));
        }
    }

    fn ring_outside(&mut self, leg: LegId) {
        self.emit(LegEvent::Ringing { leg, early_media: false }, DELAY * 2);
        let after = DELAY * 2 + self.rng.exponential(OUTSIDE_RINGS_S);
        let taken = self.rng.chance(OUTSIDE_ANSWERS);
        self.plan(after, if taken { Act::Answer(leg) } else { Act::Refuse(leg, Cause::Busy, 486) });
    }

    pub(super) fn on_answer(&mut self, leg: LegId) {
        let Some(l) = self.legs.get(&leg).filter(|l| !l.up && !l.ended) else { return };
        if l.agent().is_some_and(|place| self.cast.is_busy(place, leg, &self.legs)) {
            return self.end_leg(leg, Cause::Busy, Some(486), true);
        }
        self.comes_up(leg);
    }

    fn comes_up(&mut self, leg: LegId) {
        let Some(l) = self.legs.get_mut(&leg).filter(|l| !l.up && !l.ended) else { return };
        l.up = true;
        l.silent_since = self.now.mono;
        self.emit(LegEvent::Answered { leg }, DELAY);
    }

    // ---- media ----

    fn on_bridge(&mut self, a: LegId, b: LegId) {
        for leg in [a, b] {
            self.unbridge(leg);
        }
        for leg in [a, b] {
            if let Some(l) = self.legs.get(&leg) {
                self.checks.silence(self.now, leg, l);
            }
        }
        bridge(&mut self.legs, a, b);
        if talk(&self.legs, a, b) {
            self.begin_talk(a, b);
        }
    }

    fn on_play(&mut self, leg: LegId, play: PlayId, sounds: &[Sound], repeat: bool) {
        self.stop_play(leg);
        let now = self.now.mono;
        let Some(l) = self.legs.get_mut(&leg).filter(|l| !l.ended) else { return };
        self.checks.silence(self.now, leg, l);
        l.play = Some(play);
        l.plays_since = now;
        let length = Duration::from_secs_f64(sounds.iter().map(|sound| self.length_s(sound)).sum());
        if !repeat && !sounds.iter().any(is_endless) {
            self.plan(length, Act::PlayOver(leg, play));
        }
        self.on_heard(leg, length);
    }

    fn length_s(&self, sound: &Sound) -> f64 {
        match sound {
            Sound::Prompt { language, id } => {
                let known = self.script.habits.prompts_s.get(&(language.clone(), id.clone()));
                known.copied().unwrap_or(if id.starts_with("digit") { DIGIT_S } else { PROMPT_S })
            }
            Sound::Silence(ms) => f64::from(*ms) / 1000.0,
            Sound::Music(_) | Sound::Tone(_) | Sound::Message { .. } => 0.3,
        }
    }

    pub(super) fn on_play_over(&mut self, leg: LegId, play: PlayId) {
        let now = self.now.mono;
        if let Some(l) = self.legs.get_mut(&leg)
            && l.play.take_if(|p| *p == play).is_some()
        {
            l.silent_since = now;
            self.emit(LegEvent::PlayDone { leg, play, finished: true }, Duration::from_micros(300));
        }
    }

    fn stop_play(&mut self, leg: LegId) {
        let now = self.now.mono;
        if let Some(l) = self.legs.get_mut(&leg)
            && let Some(play) = l.play.take()
        {
            l.silent_since = now;
            self.emit(LegEvent::PlayDone { leg, play, finished: false }, Duration::from_micros(300));
        }
    }

    fn on_message(&mut self, leg: LegId, recording: RecordingId, hush_s: u32) {
        let Some(customer) = self.customers.get_mut(&leg) else { return };
        let spoken = customer.rng.human(MESSAGE_S) + Duration::from_secs(u64::from(hush_s));
        self.plan(spoken, Act::Hush(leg, recording));
    }
}
