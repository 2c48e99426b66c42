//! One leg as the telephone network sees it.

use std::collections::HashMap;

use types::leg::{Sound, Text, Tone};
use types::{LegId, Mono, PlayId};

/// Who is at the far end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Party {
    /// A customer who called in.
    Caller(Caller),
    /// An agent's telephone that we ring.
    Phone { agent: usize },
    /// An agent who calls from its telephone.
    Dialling { agent: usize, why: Why },
    /// A subscriber outside, reached over a carrier.
    Outside,
}

/// What a customer wants.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Caller {
    /// The key it presses in the menu.
    pub(crate) wish: char,
    /// It has begun to lose patience.
    pub(crate) waiting: bool,
}

/// Why an agent calls.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Why {
    /// A colleague, a customer, a feature code.
    Call,
    /// To ask a colleague before it hands over the customer of this leg.
    Consult { main: LegId, number: Text },
    /// To go on at another telephone.
    Replace,
}

#[derive(Clone, Debug)]
pub(crate) struct Leg {
    pub(crate) party: Party,
    /// Answered, by them or by us.
    pub(crate) up: bool,
    /// The center knows that it is up.
    pub(crate) up_known: bool,
    /// We have opened media towards an unanswered caller.
    pub(crate) early: bool,
    /// Its end is on the way to the center.
    pub(crate) ended: bool,
    /// The center has told it to end.
    pub(crate) told_to_end: bool,
    /// The far end vanished without a word.
    pub(crate) vanished: bool,
    /// The page that had it has gone: nobody there knows of it any more.
    pub(crate) forgotten: bool,
    /// The page takes it by itself.
    pub(crate) returns: bool,
    /// The far end has us on hold.
    pub(crate) holds: bool,
    /// No event of this leg comes before this.
    pub(crate) last: Mono,
    /// What plays; endless when there is no end planned.
    pub(crate) play: Option<PlayId>,
    pub(crate) bridge: Option<LegId>,
    /// Changes whenever what it is connected to does: plans of before are off.
    pub(crate) epoch: u32,
    /// Since when it hears nothing.
    pub(crate) silent_since: Mono,
    /// Since when it is played what it is played.
    pub(crate) plays_since: Mono,
    /// The leg for which we ring it.
    pub(crate) on_behalf_of: Option<LegId>,
}

impl Leg {
    pub(crate) const fn new(party: Party, now: Mono) -> Self {
        Self {
            party,
            up: false,
            up_known: false,
            early: false,
            ended: false,
            told_to_end: false,
            vanished: false,
            forgotten: false,
            returns: false,
            holds: false,
            last: now,
            play: None,
            bridge: None,
            epoch: 0,
            silent_since: now,
            plays_since: now,
            on_behalf_of: None,
        }
    }

    /// The agent at the far end.
    pub(crate) const fn agent(&self) -> Option<usize> {
        match self.party {
            Party::Phone { agent } | Party::Dialling { agent, .. } => Some(agent),
            Party::Caller(_) | Party::Outside => None,
        }
    }
}

/// The two hear each other from now on; whatever they heard before is over.
pub(crate) fn bridge(legs: &mut HashMap<LegId, Leg>, a: LegId, b: LegId) {
    for (leg, other) in [(a, b), (b, a)] {
        if let Some(leg) = legs.get_mut(&leg) {
            leg.bridge = Some(other);
            leg.epoch += 1;
        }
    }
}

/// The leg and the one that it is connected to hear nothing of each other any more.
pub(crate) fn unbridge(legs: &mut HashMap<LegId, Leg>, leg: LegId, now: Mono) {
    let Some(own) = legs.get_mut(&leg) else { return };
    let Some(other) = own.bridge.take() else { return };
    own.silent_since = now;
    if let Some(other) = legs.get_mut(&other).filter(|o| o.bridge == Some(leg)) {
        other.bridge = None;
        other.epoch += 1;
        other.silent_since = now;
    }
}

/// Whether both are up, so that people can talk.
pub(crate) fn talk(legs: &HashMap<LegId, Leg>, a: LegId, b: LegId) -> bool {
    [a, b].iter().all(|leg| legs.get(leg).is_some_and(|leg| leg.up && !leg.ended))
}

/// Whether it goes on until it is stopped.
pub(crate) const fn is_endless(sound: &Sound) -> bool {
    matches!(sound, Sound::Music(_) | Sound::Tone(Tone::Ringback | Tone::Busy | Tone::Congestion))
}
