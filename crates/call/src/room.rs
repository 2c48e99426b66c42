//! Who is together with whom, and what each hears: from the parties of a call to the connections of its legs.
//!
//! The *room* is the customer, the partner, who was brought in, and who barges in. A party may be away from it: it
//! holds, or it consults somebody beside. Who watches hears all that the watched one hears, and is heard as its mode
//! says. Two who hear each other and nobody else are a bridge, the cheapest way; everything else is a mix.

use types::leg::Connection;
use types::{Cause, LegCommand, LegId};

use crate::{Call, Phase};

/// Parties in one room beside customer and partner: more do not understand each other, and each costs all others a mix.
pub const MAX_MEMBERS: usize = 8;
/// Who watches one call at once.
pub const MAX_WATCHERS: usize = 4;

/// As loud as it comes, in thousandths.
const PLAIN: u16 = 1000;

/// How somebody watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    /// Hears, and is heard by none.
    Listen,
    /// Is heard by the one who is watched alone.
    Whisper,
    /// Is heard by all.
    Barge,
}

/// Somebody who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watcher {
    /// Its leg.
    pub leg: LegId,
    /// The party that it watches.
    pub of: LegId,
    /// How.
    pub mode: Watch,
}

impl Call {
    /// All who belong to the room, present or away: customer, partner, who was brought in, who barges in.
    pub fn room(&self) -> Vec<LegId> {
        let barging = self.watchers.iter().filter(|w| w.mode == Watch::Barge).map(|w| w.leg);
        let all = [Some(self.customer), self.partner].into_iter().flatten();
        all.chain(self.members.iter().copied()).chain(barging).filter(|leg| self.is_up(*leg)).collect()
    }

    /// Who was brought in beside customer and partner.
    pub fn members(&self) -> &[LegId] {
        &self.members
    }

    /// Whether more than customer and partner have part, or are asked to; who watches aside.
    pub const fn is_several(&self) -> bool {
        self.consult.is_some() || !self.members.is_empty()
    }

    /// Who watches.
    pub fn watchers(&self) -> &[Watcher] {
        &self.watchers
    }

    /// Who should hear music: every other one it could talk with is away.
    pub fn waiting(&self) -> Vec<LegId> {
        let room = self.room();
        let away = |leg: LegId| self.holds(leg) || self.is_absent(leg);
        let alone = |leg: &LegId| room.len() > 1 && room.iter().all(|other| other == leg || away(*other));
        let mut waiting: Vec<LegId> = room.iter().copied().filter(|l| !self.is_absent(*l)).filter(alone).collect();
        if let Some(consult) = &self.consult
            && let Some(leg) = consult.leg.filter(|leg| self.is_up(*leg))
            && (!consult.active || self.holds(consult.by))
        {
            waiting.push(leg);
        }
        waiting
    }

    /// A party's voice is passed on to nobody, or is again.
    pub fn mute(&mut self, leg: LegId, muted: bool) {
        if let Some(leg) = self.legs.iter_mut().find(|l| l.id == leg) {
            leg.muted = muted;
        }
        self.rewire();
    }

    /// The partner leaves the room without hanging up, or comes back to it.
    pub fn step_out(&mut self, out: bool) {
        self.stepped_out = out && self.partner.is_some();
        self.rewire();
    }

    /// Whether the partner has left the room by [`Call::step_out`].
    pub const fn is_stepped_out(&self) -> bool {
        self.stepped_out
    }

    /// Ends somebody who was brought in or watches; whether there was such a one.
    pub fn remove(&mut self, leg: LegId, cause: Cause) -> bool {
        if !self.members.contains(&leg) && self.watchers.iter().all(|w| w.leg != leg) {
            return false;
        }
        self.leave_room(leg);
        self.aim_watchers(leg);
        self.hang_up(leg, cause);
        self.rewire();
        true
    }

    pub(crate) fn leave_room(&mut self, leg: LegId) {
        self.members.retain(|l| *l != leg);
        self.watchers.retain(|w| w.leg != leg);
    }

    /// Sets how somebody watches who does already; whether there was such a one.
    pub fn watch(&mut self, leg: LegId, mode: Watch) -> bool {
        let Some(watcher) = self.watchers.iter_mut().find(|w| w.leg == leg) else { return false };
        watcher.mode = mode;
        self.rewire();
        true
    }

    /// Somebody who watches takes the place of the one it watches, whose leg ends. Whether there was such a one.
    pub fn take_over(&mut self, leg: LegId) -> bool {
        let Some(of) = self.watchers.iter().find(|w| w.leg == leg).map(|w| w.of) else { return false };
        if self.partner == Some(of) {
            self.connect(leg);
            return true;
        }
        let Some(member) = self.members.iter_mut().find(|m| **m == of) else { return false };
        *member = leg;
        self.watchers.retain(|w| w.leg != leg);
        self.watchers.iter_mut().filter(|w| w.of == of).for_each(|w| w.of = leg);
        self.hang_up(of, Cause::Transferred);
        self.rewire();
        true
    }

    /// Whether a leg is customer, partner or who was brought in, and there.
    pub(crate) fn is_party(&self, leg: LegId) -> bool {
        let takes_part = leg == self.customer || self.partner == Some(leg) || self.members.contains(&leg);
        takes_part && self.is_up(leg)
    }

    pub(crate) fn is_up(&self, leg: LegId) -> bool {
        self.leg(leg).is_some_and(|l| l.phase == Phase::Up)
    }

    fn holds(&self, leg: LegId) -> bool {
        self.leg(leg).is_some_and(|l| l.holds)
    }

    /// Away from the room by order: it has stepped out, or talks with the one it consults.
    fn is_absent(&self, leg: LegId) -> bool {
        let consults = self.consult.as_ref().is_some_and(|c| c.active && c.by == leg);
        consults || self.stepped_out && self.partner == Some(leg)
    }

    /// All with whom a party is together right now, itself among them.
    fn together(&self, leg: LegId) -> Vec<LegId> {
        if let Some(consult) = &self.consult {
            let pair = || [Some(consult.by), consult.leg].into_iter().flatten().collect();
            match leg {
                _ if leg == consult.by && consult.active => return pair(),
                _ if Some(leg) == consult.leg => return if consult.active { pair() } else { Vec::new() },
                _ => {}
            }
        }
        let room = self.room();
        // Two stay connected while one holds: its telephone sends nothing then. What a third one plays to those whom it
        // holds would disturb the others.
        let many = room.len() > 2;
        let present = |l: &LegId| !(self.is_absent(*l) || many && self.holds(*l));
        if room.contains(&leg) && present(&leg) { room.into_iter().filter(present).collect() } else { Vec::new() }
    }

    /// Whom a leg hears.
    fn heard_by(&self, leg: LegId) -> Vec<LegId> {
        let aside = self.watchers.iter().find(|w| w.leg == leg && w.mode != Watch::Barge);
        let mut heard = self.together(aside.map_or(leg, |w| w.of));
        heard.extend(aside.map(|w| w.of).filter(|of| !heard.contains(of)));
        let whispers = |w: &&Watcher| w.of == leg && w.mode == Watch::Whisper;
        heard.extend(self.watchers.iter().filter(whispers).map(|w| w.leg));
        let muted = |l: LegId| self.leg(l).is_some_and(|l| l.muted);
        heard.retain(|l| *l != leg && !muted(*l));
        heard
    }

    /// Connects the legs as things stand; what has not changed is not said again.
    pub(crate) fn rewire(&mut self) {
        if self.partner.is_none() {
            self.wired.clear();
            return;
        }
        let consulted = self.consult.as_ref().and_then(|c| c.leg);
        let aside = self.watchers.iter().filter(|w| w.mode != Watch::Barge && self.is_up(w.leg)).map(|w| w.leg);
        let legs: Vec<LegId> = self.room().into_iter().chain(consulted).chain(aside).collect();
        let heard: Vec<(LegId, Vec<LegId>)> = legs.iter().map(|leg| (*leg, self.heard_by(*leg))).collect();
        let hears_only = |leg: LegId, other: LegId| heard.iter().any(|(l, of)| *l == leg && of[..] == [other]);
        let wanted = heard.iter().map(|(leg, of)| {
            let to = match of[..] {
                [other] if hears_only(other, *leg) => Connection::Bridge(other),
                _ => Connection::Hear(of.iter().map(|l| (*l, PLAIN)).collect()),
            };
            (*leg, to)
        });
        let wanted: Vec<(LegId, Connection)> = wanted.collect();
        let mut bridged = Vec::new();
        for (leg, to) in &wanted {
            if bridged.contains(leg) || self.wired.contains(&(*leg, to.clone())) {
                continue;
            }
            if let Connection::Bridge(other) = to {
                bridged.push(*other);
            }
            self.commands.push_back(LegCommand::Connect { leg: *leg, to: to.clone() });
        }
        self.wired = wanted;
    }

    /// Says anew what a leg hears, whatever it was told before.
    pub(crate) fn forget_wiring_of(&mut self, leg: LegId) {
        self.wired.retain(|(l, _)| *l != leg);
    }
}
