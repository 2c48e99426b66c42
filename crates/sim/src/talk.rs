//! What callers do with what they hear, and what people do while they talk.

use std::time::Duration;

use types::leg::{DigitSource, Origin, Sound, Text};
use types::{Cause, LegEvent, LegId};

use crate::acts::{Act, StaffAct, TalkAct};
use crate::leg::{Caller, Leg, Party, Why};
use crate::sim::Sim;
use crate::world;

/// Two of these, a wait and a hold are less than what the day lasts after its last caller.
const TALK_MAX: Duration = Duration::from_secs(2000);

impl Sim {
    /// A caller hears this and thinks of something.
    pub(crate) fn on_heard(&mut self, leg: LegId, sounds: &[Sound], length: Duration) {
        let Some(Leg { party: Party::Caller(caller), .. }) = self.legs.get_mut(&leg) else { return };
        let Caller { wish, waiting } = *caller;
        let says = |what: &str| sounds.iter().any(|s| matches!(s, Sound::Prompt { id, .. } if &**id == what));
        if says("menu_main") {
            let thinks = self.rng.between(0.5, length.as_secs_f64() + 4.0);
            if wish != '-' {
                self.plan(thinks, Act::Press(leg, wish));
            }
            if self.rng.chance(0.03) {
                self.plan(thinks, Act::GiveUp(leg));
            }
            if let Some(Leg { party: Party::Caller(caller), .. }) = self.legs.get_mut(&leg)
                && matches!(wish, '7' | '9')
            {
                // Next time it knows better.
                caller.wish = if self.rng.chance(0.5) { '1' } else { '2' };
            }
        } else if says("callback_offer") && self.rng.chance(0.4) {
            self.plan(length, Act::Press(leg, '3'));
        }
        let music = sounds.iter().any(|s| matches!(s, Sound::Music(_)));
        if music && !waiting {
            if let Some(Leg { party: Party::Caller(caller), .. }) = self.legs.get_mut(&leg) {
                caller.waiting = true;
            }
            let patience = self.rng.exponential(self.day.patience_s);
            let act = if self.rng.chance(0.15) { Act::Press(leg, '3') } else { Act::GiveUp(leg) };
            self.plan(patience, act);
            if self.rng.chance(0.1) {
                self.plan(patience / 2, Act::Press(leg, '5'));
            }
        }
    }

    pub(crate) fn on_press(&mut self, id: LegId, key: char) {
        let Some(leg) = self.legs.get_mut(&id).filter(|l| l.up && !l.ended) else { return };
        if let Party::Caller(caller) = &mut leg.party {
            caller.waiting &= leg.bridge.is_some();
        }
        // Digits are sent three times over; that all are lost is rare.
        if !self.goes_wrong(0.002) {
            self.emit(
                LegEvent::Digit { leg: id, digit: key.into(), source: DigitSource::Rtp },
                Duration::from_millis(60),
            );
        }
    }

    /// A caller hangs up, unless it talks by now.
    pub(crate) fn on_give_up(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if let Party::Caller(caller) = &mut leg.party {
            caller.waiting = false;
        }
        if leg.bridge.is_some() && leg.up && self.rng.chance(0.95) {
            return;
        }
        let cause = if self.legs.get(&id).is_some_and(|l| l.up) { Cause::Normal } else { Cause::Cancelled };
        self.end_leg(id, cause, None, true, 0.0);
    }

    /// How long two people talk; with a bound, so that the longest call of the day is over by midnight.
    fn talk_length(&mut self) -> Duration {
        self.rng.human(self.day.talk_s).min(TALK_MAX)
    }

    /// Two people hear each other from now on.
    pub(crate) fn begin_talk(&mut self, a: LegId, b: LegId) {
        // The one who serves: an agent's telephone, else the agent who called.
        let agent_of = |id: LegId| self.legs.get(&id).and_then(Leg::agent).map(|agent| (id, agent));
        let Some((server, agent)) = agent_of(b).or_else(|| agent_of(a)) else {
            let length = self.talk_length();
            return self.plan_talk(length, a, TalkAct::HangUp);
        };
        let customer = if server == a { b } else { a };
        for leg in [a, b] {
            if self.legs.get(&leg).is_some_and(|l| l.holds) {
                // It sees that there is somebody to talk to.
                self.plan_talk(Duration::from_secs(1), leg, TalkAct::Hold(false));
            }
        }
        let why = self.legs.get(&server).map(|l| l.party.clone());
        if let Some(Party::Dialling { why: Why::Consult { main, number }, .. }) = why {
            return self.plan_consulted(server, customer, main, number);
        }
        let length = self.talk_length();
        let part = length.mul_f64(self.rng.unit());
        let hangs_up = if self.rng.chance(0.55) { customer } else { server };
        self.plan_talk(length, hangs_up, TalkAct::HangUp);
        match self.ordinary_or(0.80, &[0.10, 0.05, 0.02, 0.01, 0.01, 0.005, 0.005, 0.02]) {
            0 => {}
            1 => {
                let (holds, took) = (server, part + (length - part).mul_f64(0.5));
                self.plan_talk(part, holds, TalkAct::Hold(true));
                self.plan_talk(took, holds, TalkAct::Hold(false));
            }
            2 => {
                let target = self.transfer_target(agent);
                self.plan_talk(part, server, TalkAct::Refer(target, None));
            }
            3 => {
                let colleague = world::agent_number(self.rng.below(self.staff.len()));
                self.plan_talk(part, server, TalkAct::Consult(colleague));
            }
            4 => self.plan_talk(part, server, TalkAct::Vanish),
            5 => self.plan_talk(part, customer, TalkAct::Vanish),
            6 => self.plan_talk(part, server, TalkAct::MoveTo),
            7 => self.plan_talk(part, customer, TalkAct::Hold(true)),
            _ => {
                if world::has_page(agent) {
                    self.plan_talk(part, server, TalkAct::Reload);
                }
            }
        }
    }

    fn transfer_target(&mut self, agent: usize) -> Text {
        let other = match world::queues_of(agent, self.staff.len()).first() {
            Some(&world::SUPPORT) => world::SALES_NUMBER,
            _ => world::SUPPORT_NUMBER,
        };
        match self.rng.weighted(&[0.4, 0.2, 0.2, 0.1, 0.05, 0.05]) {
            0 => world::agent_number(self.rng.below(self.staff.len())),
            1 => other.into(),
            2 => "13900001111".into(),
            3 => world::MENU_NUMBER.into(),
            4 => "*68".into(),
            _ => "777".into(),
        }
    }

    /// The colleague has answered: a word, and then the customer is handed over, or not.
    fn plan_consulted(&mut self, consult: LegId, colleague: LegId, main: LegId, number: Text) {
        let word = self.rng.between(2.0, 20.0);
        if self.rng.chance(0.7) {
            self.plan_talk(word, main, TalkAct::Refer(number, Some(consult)));
            self.plan_talk(word + Duration::from_secs(8), consult, TalkAct::HangUp);
        } else {
            let hangs_up = if self.rng.chance(0.5) { colleague } else { consult };
            self.plan_talk(word, hangs_up, TalkAct::HangUp);
        }
        let length = self.talk_length();
        self.plan_talk(word + length, colleague, TalkAct::HangUp);
    }

    /// A consultation or transfer came to nothing: the talk goes on for a while.
    pub(crate) fn resume_talk(&mut self, leg: LegId) {
        if self.legs.get(&leg).is_some_and(|l| l.holds) {
            self.plan_talk(Duration::from_secs(1), leg, TalkAct::Hold(false));
        }
        let length = self.talk_length() / 2;
        self.plan_talk(length, leg, TalkAct::HangUp);
    }

    pub(crate) fn on_talk_act(&mut self, id: LegId, act: TalkAct) {
        match act {
            TalkAct::HangUp => self.end_leg(id, Cause::Normal, None, true, 0.0),
            TalkAct::Hold(held) => {
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.holds = held;
                }
                self.emit(LegEvent::HeldByPeer { leg: id, held }, Duration::from_millis(30));
                if held {
                    // Nobody is kept on hold for ever.
                    self.plan_talk(Duration::from_secs(600), id, TalkAct::HangUp);
                }
            }
            TalkAct::Vanish => self.vanish(id),
            TalkAct::MediaBack => self.emit(LegEvent::MediaBack { leg: id }, Duration::from_millis(1)),
            TalkAct::Refer(target, replaces) => self.refer(id, target, replaces),
            TalkAct::Consult(number) => self.consult(id, number),
            TalkAct::MoveTo => self.move_to(id),
            TalkAct::Reload => self.reload(id),
            TalkAct::Silence => self.emit(LegEvent::MediaLost { leg: id }, Duration::from_millis(1)),
        }
    }

    /// Without a goodbye: the battery, the tunnel, the cable.
    fn vanish(&mut self, id: LegId) {
        if self.rng.chance(0.25) {
            // Only for a moment.
            self.emit(LegEvent::MediaLost { leg: id }, Duration::from_secs(10));
            return self.plan_talk(Duration::from_secs(13), id, TalkAct::MediaBack);
        }
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.vanished = true;
            let agent = leg.agent();
            if let Some(agent) = agent {
                self.phone_dies(agent);
            }
        }
        if self.rng.chance(0.7) {
            self.emit(LegEvent::MediaLost { leg: id }, Duration::from_secs(10));
        } else {
            // No media was to be missed, as on hold: the session timer notices.
            let after = self.rng.between(30.0, 300.0);
            self.plan(after, Act::Expire(id));
        }
    }

    /// The page of an agent who talks is loaded anew, or its browser has to be started again; some stay away for longer
    /// than customers are kept for them.
    fn reload(&mut self, id: LegId) {
        let Some(agent) = self.legs.get(&id).and_then(Leg::agent) else { return };
        for leg in self.staff[agent].legs.clone() {
            if let Some(leg) = self.legs.get_mut(&leg).filter(|l| !l.ended) {
                leg.epoch += 1;
                leg.forgotten = true;
            }
            let noticed = if self.rng.chance(0.5) { self.rng.between(0.01, 0.2) } else { self.rng.between(1.0, 15.0) };
            self.plan_talk(noticed, leg, TalkAct::Silence);
        }
        let (longest, act) = (if self.goes_wrong(0.2) { 60.0 } else { 6.0 }, StaffAct::PageLoaded);
        let loaded = self.rng.between(0.3, longest);
        self.page_closes(agent);
        self.plan(loaded, Act::Staff(agent, act));
    }

    fn refer(&mut self, id: LegId, target: Text, replaces: Option<LegId>) {
        let delay = self.rng.between(0.01, 0.05);
        self.emit(LegEvent::TransferAsked { leg: id, target: target.into(), replaces }, delay);
        if replaces.is_none() && self.rng.chance(0.5) {
            // Hangs up at once, and leaves the rest to us.
            self.plan_talk(delay + Duration::from_millis(20), id, TalkAct::HangUp);
        } else if self.goes_wrong(0.02) {
            self.plan_talk(delay * 2, id, TalkAct::Vanish);
        }
    }

    fn consult(&mut self, main: LegId, number: Text) {
        let Some(agent) = self.legs.get(&main).and_then(Leg::agent) else { return };
        self.on_talk_act(main, TalkAct::Hold(true));
        let why = Why::Consult { main, number: number.clone() };
        let consult = self.dial_from(agent, why, number, None);
        if self.rng.chance(0.2) {
            // Does not wait for the colleague to answer.
            let soon = self.rng.between(0.5, 4.0);
            let number = self.legs.get(&consult).map(|l| l.party.clone());
            if let Some(Party::Dialling { why: Why::Consult { number, .. }, .. }) = number {
                self.plan_talk(soon, main, TalkAct::Refer(number, Some(consult)));
            }
        }
    }

    /// The agent goes on at another telephone of its own.
    fn move_to(&mut self, id: LegId) {
        if let Some(agent) = self.legs.get(&id).and_then(Leg::agent) {
            let number = world::agent_number(agent);
            self.dial_from(agent, Why::Replace, number, Some(id));
        }
    }

    /// An agent calls.
    pub(crate) fn dial_from(&mut self, agent: usize, why: Why, number: Text, replaces: Option<LegId>) -> LegId {
        let origin = Origin::Device(world::device_id(agent));
        let leg = self.call_in(Party::Dialling { agent, why }, origin, world::agent_number(agent), number, replaces);
        let patience = self.rng.between(20.0, 60.0);
        self.plan(patience, Act::StopRinging(leg));
        leg
    }
}
