//! Faults to plant, one at a time: each stands for a mistake that somebody may make one day, in the
//! center, in its shell or in the edge. The tests show that the invariants notice each.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use center::Effect;
use types::event::Happening;
use types::leg::{Connection, Sound};
use types::record::AgentState;
use types::{AgentId, Cause, LegCommand, LegEvent, LegId, Mono, PlayId};

use crate::leg::Leg;

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The center's timer does not fire for forty minutes.
    LostTimer,
    /// An incoming call is reported a second time, after its end.
    DoubledIncoming,
    /// An incoming call is reported only after its end.
    LateIncoming,
    /// The end of an agent's leg is never reported.
    LostEnd,
    /// The ends of five announcements before the talk are never reported.
    LostPlayDone,
    /// The record of a call is not written.
    LostRecord,
    /// The record of a call is written twice.
    DoubledRecord,
    /// It is not written, three times, that an agent is ready.
    LostState,
    /// A call is answered twice.
    DoubledAnswer,
    /// Three agents' legs are not told to end.
    LostHangup,
    /// An agent is never rung.
    LostDial,
    /// Three customers and agents are not connected.
    LostConnect,
    /// The wall clock steps back by an hour.
    ClockBack,
    /// The end of a customer's leg is never reported.
    LostCustomerEnd,
    /// It is not written how long an agent worked after a talk.
    LostWrapped,
    /// Ten playbacks are not stopped.
    LostStop,
    /// An agent's telephone is rung for another call in the same moment.
    GhostRing,
    /// A queue's call is told to have been offered to somebody who does not serve it.
    WrongAgent,
}

/// Whose leg reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Agent,
    /// One whose call was taken.
    Customer,
    Other,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 18] = [
        Self::LostTimer,
        Self::DoubledIncoming,
        Self::LateIncoming,
        Self::LostEnd,
        Self::LostPlayDone,
        Self::LostRecord,
        Self::DoubledRecord,
        Self::LostState,
        Self::DoubledAnswer,
        Self::LostHangup,
        Self::LostDial,
        Self::LostConnect,
        Self::ClockBack,
        Self::LostCustomerEnd,
        Self::LostWrapped,
        Self::LostStop,
        Self::GhostRing,
        Self::WrongAgent,
    ];
}

/// How many of its kind pass before one is hit.
const SPARED: u32 = 20;
/// How long after the first call faults of the clock begin, and how long a lost timer lasts.
const AFTER_OPENING: Duration = Duration::from_secs(3600);
const TIMER_LOST_FOR: Duration = Duration::from_secs(2400);
/// What tells a ghost's leg from the one it haunts.
const GHOST: u64 = 1 << 62;
const STEP_BACK_MS: i64 = 3_600_000;

/// A fault at work.
#[derive(Debug)]
pub(crate) struct Planted {
    fault: Fault,
    from: Mono,
    passed: u32,
    incoming: Option<(LegId, LegEvent)>,
    plays: HashSet<PlayId>,
}

impl Planted {
    pub(crate) fn new(fault: Fault, opens: Mono) -> Self {
        Self { fault, from: opens + AFTER_OPENING, passed: 0, incoming: None, plays: HashSet::new() }
    }

    /// Whether this is the one to be hit.
    fn hits(&mut self) -> bool {
        self.passed += 1;
        // Of some, one alone may by chance do no harm.
        let run = match self.fault {
            Fault::LostState | Fault::LostConnect | Fault::LostHangup => 3,
            Fault::LostStop => 10,
            _ => 1,
        };
        (SPARED..SPARED + run).contains(&self.passed)
    }

    pub(crate) fn swallows_timer(&self, now: Mono) -> bool {
        self.fault == Fault::LostTimer && now >= self.from && now < self.from + TIMER_LOST_FOR
    }

    pub(crate) fn wall_skew_ms(&self, now: Mono) -> i64 {
        if self.fault == Fault::ClockBack && now >= self.from { STEP_BACK_MS } else { 0 }
    }

    /// What becomes of a report on its way to the center.
    pub(crate) fn on_event(&mut self, event: LegEvent, of: Of) -> Vec<LegEvent> {
        let incoming = matches!(event, LegEvent::Incoming { .. });
        let ended = matches!(event, LegEvent::Ended { .. });
        let fault = self.fault;
        match fault {
            Fault::DoubledIncoming if incoming && self.hits() => self.incoming = Some((event.leg(), event.clone())),
            Fault::LateIncoming if incoming && self.hits() => {
                self.incoming = Some((event.leg(), event));
                return Vec::new();
            }
            Fault::DoubledIncoming | Fault::LateIncoming if ended => {
                let late = self.incoming.take_if(|(leg, _)| *leg == event.leg());
                return [Some(event), late.map(|(_, incoming)| incoming)].into_iter().flatten().collect();
            }
            Fault::LostEnd if ended && of == Of::Agent && self.hits() => return Vec::new(),
            Fault::LostCustomerEnd if ended && of == Of::Customer && self.hits() => return Vec::new(),
            Fault::LostPlayDone => {
                if let LegEvent::PlayDone { play, .. } = event
                    && self.plays.contains(&play)
                {
                    return Vec::new();
                }
            }
            _ => {}
        }
        vec![event]
    }

    /// What becomes of something the center wants done.
    pub(crate) fn on_effect(&mut self, effect: Effect, legs: &HashMap<LegId, Leg>) -> [Option<Effect>; 2] {
        let of_agent = |leg: &LegId| legs.get(leg).is_some_and(|l| l.up && !l.ended && l.agent().is_some());
        let matches = match (self.fault, &effect) {
            (Fault::LostRecord | Fault::DoubledRecord, Effect::Journal(event)) => {
                matches!(event.what, Happening::InteractionEnded { .. })
            }
            (Fault::LostState, Effect::Journal(event)) => {
                matches!(event.what, Happening::AgentState { state: AgentState::Ready, .. })
            }
            (Fault::DoubledAnswer, Effect::Leg(LegCommand::Answer(_))) => true,
            // One who has handed a customer on hangs up by itself.
            (Fault::LostHangup, Effect::Leg(LegCommand::Hangup { leg, cause })) => {
                of_agent(leg) && *cause != Cause::Transferred
            }
            (Fault::LostWrapped, Effect::Journal(event)) => matches!(event.what, Happening::Wrapped { .. }),
            (Fault::WrongAgent, Effect::Journal(event)) => {
                matches!(&event.what, Happening::InteractionEnded { record } if !record.decisions.is_empty())
            }
            (Fault::LostStop, Effect::Leg(LegCommand::StopPlay(_))) => true,
            (Fault::LostDial | Fault::GhostRing, Effect::Leg(LegCommand::Dial { target, .. })) => {
                crate::world::whose(target.uri.reveal()).is_some()
            }
            (Fault::LostConnect, Effect::Leg(LegCommand::Connect { to: Connection::Bridge(_), .. })) => true,
            (Fault::LostPlayDone, Effect::Leg(LegCommand::Play { play, sounds, .. })) => {
                let announces = |s: &Sound| matches!(s, Sound::Prompt { id, .. } if id.starts_with("agent_number"));
                // Some callers hang up before it shows, so several are hit.
                if sounds.iter().any(announces) && (self.hits() || !self.plays.is_empty() && self.plays.len() < 5) {
                    self.plays.insert(*play);
                }
                false
            }
            _ => false,
        };
        if !matches || !self.hits() {
            return [Some(effect), None];
        }
        match self.fault {
            Fault::DoubledRecord | Fault::DoubledAnswer => [Some(effect.clone()), Some(effect)],
            Fault::GhostRing => [Some(effect.clone()), another_call(effect)],
            Fault::WrongAgent => [Some(offered_to_nobody(effect)), None],
            _ => [None, None],
        }
    }
}

/// Its first offer went to an agent whom nobody knows.
fn offered_to_nobody(mut effect: Effect) -> Effect {
    if let Effect::Journal(event) = &mut effect
        && let Happening::InteractionEnded { record } = &mut event.what
        && let Some(first) = record.decisions.first_mut()
    {
        first.winner.agent = AgentId(0);
    }
    effect
}

/// The same telephone rings for nobody's sake.
fn another_call(effect: Effect) -> Option<Effect> {
    let Effect::Leg(LegCommand::Dial { leg, tenant, target, caller, .. }) = effect else { return None };
    let leg = LegId(leg.0 ^ GHOST);
    Some(Effect::Leg(LegCommand::Dial { leg, tenant, target, caller, on_behalf_of: None }))
}
