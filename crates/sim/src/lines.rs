//! What telephones, carriers and the media plane do with the center's commands.

use std::sync::Arc;
use std::time::Duration;

use types::leg::{Connection, Sound, Target, TransferProgress};
use types::{Cause, LegCommand, LegEvent, LegId, PlayId};

use crate::acts::{Act, TalkAct};
use crate::leg::{Leg, Party, Why, bridge, is_endless, talk, unbridge};
use crate::sim::Sim;
use crate::world;

/// Half of RFC 3261's T1: the usual delay of one message.
const DELAY_S: (f64, f64) = (0.002, 0.06);
/// A message that is lost is sent again after T1, then after twice that.
const LOSS: f64 = 0.01;
const T1_S: f64 = 0.5;
/// One who has vanished answers no BYE: it counts as gone after 64 times T1.
const UNANSWERED_BYE_S: f64 = 32.0;

impl Sim {
    /// One message's way through the network.
    fn delay(&mut self) -> Duration {
        let mut delay = self.rng.between(DELAY_S.0, DELAY_S.1);
        let mut again = T1_S;
        while self.goes_wrong(LOSS) && again < 5.0 {
            delay += Duration::from_secs_f64(again);
            again *= 2.0;
        }
        delay
    }

    /// A leg reports, after what comes before it on that leg.
    pub(crate) fn emit(&mut self, event: LegEvent, after: Duration) {
        let Some(leg) = self.legs.get_mut(&event.leg()) else { return };
        if leg.ended {
            return;
        }
        let last = matches!(event, LegEvent::Ended { .. });
        let when = (self.now.mono + after).max(leg.last + Duration::from_micros(1));
        leg.last = when;
        leg.ended = last;
        self.agenda.plan(when, Act::Deliver(event));
    }

    /// The leg is over; the center hears of it once.
    pub(crate) fn end_leg(&mut self, leg: LegId, cause: Cause, status: Option<u16>, by_peer: bool, after_s: f64) {
        let Some(&Leg { up: measured, .. }) = self.legs.get(&leg).filter(|l| !l.ended) else { return };
        self.hears_again(leg);
        let after = Duration::from_secs_f64(after_s) + self.delay();
        self.emit(LegEvent::Ended { leg, cause, status, by_peer, measured }, after);
        self.unbridge(leg);
    }

    /// The two parties hear nothing of each other any more.
    pub(crate) fn unbridge(&mut self, leg: LegId) {
        unbridge(&mut self.legs, leg, self.now.mono);
    }

    pub(crate) fn on_command(&mut self, command: LegCommand) {
        match command {
            LegCommand::Dial { leg, target, on_behalf_of, .. } => self.on_dial(leg, &target, on_behalf_of),
            LegCommand::Answer(leg) => self.on_answered_by_us(leg),
            LegCommand::EarlyMedia(leg) => {
                if let Some(leg) = self.legs.get_mut(&leg) {
                    leg.early = true;
                }
            }
            LegCommand::Hangup { leg, cause } => {
                let Some(l) = self.legs.get_mut(&leg) else { return };
                l.told_to_end = true;
                let after_s = if l.vanished { UNANSWERED_BYE_S } else { 0.0 };
                self.end_leg(leg, cause, None, false, after_s);
            }
            LegCommand::Connect { leg, to: Connection::Bridge(other) } => self.on_bridge(leg, other),
            LegCommand::Connect { leg, .. } => self.unbridge(leg),
            LegCommand::Play { leg, play, sounds, repeat, barge_in: _ } => self.on_play(leg, play, &sounds, repeat),
            LegCommand::StopPlay(leg) => self.stop_play(leg),
            LegCommand::TransferProgress { leg, progress } => self.on_progress(leg, progress),
            LegCommand::Ring(_)
            | LegCommand::AskToAnswer(_)
            | LegCommand::SendDigits { .. }
            | LegCommand::Hold { .. }
            | LegCommand::Record { .. }
            | LegCommand::PauseRecord { .. }
            | LegCommand::StopRecord(_) => {}
        }
    }

    // ---- calls we place ----

    fn on_dial(&mut self, id: LegId, target: &Target, on_behalf_of: Option<LegId>) {
        let agent = world::whose(target.uri.reveal());
        let party = agent.map_or(Party::Outside, |agent| Party::Phone { agent });
        let returns = target.page.is_some_and(|page| page.returns);
        self.legs.insert(id, Leg { on_behalf_of, returns, ..Leg::new(party, self.now.mono) });
        self.checks.leg_began(id, false);
        self.emit(LegEvent::Dialled { leg: id, sip_call_id: Arc::from("x") }, Duration::from_micros(200));
        match agent {
            Some(agent) => self.ring_phone(id, agent, on_behalf_of),
            None => self.ring_outside(id, target.uri.reveal().contains("spare")),
        }
    }

    fn ring_phone(&mut self, id: LegId, agent: usize, on_behalf_of: Option<LegId>) {
        self.staff[agent].legs.push(id);
        if !self.staff[agent].alive {
            // Timer B: nobody answers there.
            return self.plan(Duration::from_secs(32), Act::Refuse(id, Cause::Unreachable, 408));
        }
        if self.is_talking(agent, id) {
            return self.end_leg(id, Cause::Busy, Some(486), true, 0.03);
        }
        if self.legs.get(&id).is_some_and(|l| l.returns) {
            return self.take_back(id);
        }
        let rings = self.delay();
        self.emit(LegEvent::Ringing { leg: id, early_media: false }, rings);
        let thinks = rings + self.rng.exponential(4.0) + Duration::from_millis(400);
        if self.goes_wrong(0.01) {
            return self.redirect(id, rings * 2);
        }
        match self.ordinary_or(0.955, &[0.02, 0.02, 0.005]) {
            0 => {
                self.plan(thinks, Act::Answer(id));
                if let Some(caller) = on_behalf_of.filter(|_| self.goes_wrong(0.02)) {
                    // The caller hangs up in the very moment.
                    let near = self.rng.between(0.0, 0.1);
                    self.plan((thinks + near).saturating_sub(Duration::from_millis(50)), Act::GiveUp(caller));
                }
            }
            1 => self.plan(thinks, Act::Refuse(id, Cause::Declined, 603)),
            2 => {}
            _ => self.plan(rings * 2, Act::Refuse(id, Cause::PeerFailed, 500)),
        }
    }

    /// A page takes a call back that it had before, without asking anyone.
    fn take_back(&mut self, id: LegId) {
        if self.goes_wrong(0.05) {
            // It hangs.
            return;
        }
        let soon = self.rng.between(0.1, 1.5);
        self.plan(soon, Act::Answer(id));
    }

    /// The telephone says that its owner is somewhere else.
    fn redirect(&mut self, id: LegId, after: Duration) {
        let there =
            if self.rng.chance(0.5) { world::agent_number(self.rng.below(self.staff.len())) } else { "777".into() };
        self.emit(LegEvent::Redirected { leg: id, target: there.into() }, after);
        self.plan(after, Act::Refuse(id, Cause::Declined, 302));
    }

    fn ring_outside(&mut self, id: LegId, spare: bool) {
        let delay = self.delay();
        if !spare && self.goes_wrong(0.1) {
            return self.plan(delay, Act::Refuse(id, Cause::PeerFailed, 503));
        }
        let early_media = self.rng.chance(0.5);
        self.emit(LegEvent::Ringing { leg: id, early_media }, delay * 2);
        let thinks = delay * 2 + self.rng.exponential(8.0);
        match self.rng.weighted(&[0.75, 0.12, 0.1, 0.03]) {
            0 => self.plan(thinks, Act::Answer(id)),
            1 => self.plan(thinks, Act::Refuse(id, Cause::Busy, 486)),
            2 => {}
            _ => self.plan(thinks, Act::Refuse(id, Cause::NotFound, 404)),
        }
    }

    /// Whether an agent's telephone is taken by another call.
    fn is_talking(&self, agent: usize, but: LegId) -> bool {
        let legs = self.staff[agent].legs.iter().filter(|id| **id != but);
        legs.filter_map(|id| self.legs.get(id)).any(|l| {
            let dialling = matches!(l.party, Party::Dialling { .. });
            (l.up || dialling) && !l.ended && !l.forgotten
        })
    }

    pub(crate) fn on_answer(&mut self, id: LegId) {
        let Some(leg) = self.legs.get(&id).filter(|l| !l.up && !l.ended) else { return };
        if let Party::Phone { agent } = leg.party {
            if !self.staff[agent].alive {
                return;
            }
            if self.is_talking(agent, id) {
                return self.end_leg(id, Cause::Busy, Some(486), true, 0.0);
            }
        }
        let delay = self.delay();
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.up = true;
            leg.silent_since = self.now.mono;
        }
        self.emit(LegEvent::Answered { leg: id }, delay);
    }

    /// We have taken a call that came in; its caller confirms.
    fn on_answered_by_us(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id).filter(|l| !l.up && !l.ended) else { return };
        leg.up = true;
        leg.silent_since = self.now.mono;
        let delay = self.delay();
        self.emit(LegEvent::Answered { leg: id }, delay);
    }

    // ---- media ----

    /// If it was silent, that is over.
    fn hears_again(&mut self, leg: LegId) {
        if let Some(l) = self.legs.get(&leg) {
            self.checks.silence(self.now, leg, l);
        }
    }

    fn on_bridge(&mut self, a: LegId, b: LegId) {
        for leg in [a, b] {
            self.unbridge(leg);
        }
        for leg in [a, b] {
            self.hears_again(leg);
        }
        bridge(&mut self.legs, a, b);
        if talk(&self.legs, a, b) {
            self.begin_talk(a, b);
        }
    }

    fn on_play(&mut self, leg: LegId, play: PlayId, sounds: &[Sound], repeat: bool) {
        self.hears_again(leg);
        self.stop_play(leg);
        let now = self.now.mono;
        let Some(l) = self.legs.get_mut(&leg).filter(|l| !l.ended) else { return };
        l.play = Some(play);
        l.plays_since = now;
        let endless = repeat || sounds.iter().any(is_endless);
        let mut length = Duration::ZERO;
        for sound in sounds {
            length += match sound {
                Sound::Prompt { id, .. } if id.starts_with("digit") => Duration::from_millis(350),
                Sound::Prompt { .. } => self.rng.between(0.6, 4.0),
                Sound::Silence(ms) => Duration::from_millis(u64::from(*ms)),
                Sound::Music(_) | Sound::Tone(_) | Sound::Message { .. } => Duration::from_millis(300),
            };
        }
        if !endless {
            self.plan(length, Act::PlayOver(leg, play));
        }
        self.on_heard(leg, sounds, length);
    }

    pub(crate) fn on_play_over(&mut self, leg: LegId, play: PlayId) {
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

    // ---- transfers, as the one who asked sees them ----

    fn on_progress(&mut self, leg: LegId, progress: TransferProgress) {
        match progress {
            TransferProgress::Ringing => {}
            // We end its leg; a telephone that is quicker does so itself.
            TransferProgress::Done => {
                if self.rng.chance(0.5) {
                    self.plan_talk(Duration::from_millis(5), leg, TalkAct::HangUp);
                }
            }
            TransferProgress::Failed(_) | TransferProgress::Refused(_) => self.resume_talk(leg),
        }
    }

    /// What remains to be done at the agent's side once a leg is over.
    pub(crate) fn after_leg(&mut self, id: LegId, leg: &Leg) {
        let Some(agent) = leg.agent() else { return };
        self.staff[agent].legs.retain(|l| *l != id);
        if let Party::Dialling { why: Why::Consult { main, .. }, .. } = leg.party {
            self.resume_talk(main);
        }
    }
}
