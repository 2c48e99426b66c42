//! What goes on at a trunk: calls, how fast they come, and whether anybody answers at its far end.

use std::collections::VecDeque;
use std::time::Duration;

use types::Mono;
use types::register::Registering;

use crate::trunk::Trunk;

/// In what time a carrier counts the calls that come to it.
const WINDOW: Duration = Duration::from_secs(1);
/// Questions without an answer after which a trunk counts as dead: one datagram may be lost, and so may its repeats
/// while a router starts anew.
pub const MISSES: u8 = 3;

/// When calls to the outside began, so that no second sees more of them than a carrier takes. Exact, where a bucket of
/// tokens would let twice as many into one second.
#[derive(Clone, Debug, Default)]
pub struct CallPace {
    /// Of the last second, the oldest first: no more than the trunk takes in one.
    begun: VecDeque<Mono>,
}

impl CallPace {
    /// Whether one more call may begin; 0 is no limit.
    pub fn allows(&self, now: Mono, max_cps: u32) -> bool {
        let recent = self.begun.iter().rev().take_while(|at| now.since(**at) < WINDOW).count();
        max_cps == 0 || recent < max_cps as usize
    }

    /// A call begins.
    pub fn begins(&mut self, now: Mono, max_cps: u32) {
        while self.begun.front().is_some_and(|at| now.since(*at) >= WINDOW) {
            self.begun.pop_front();
        }
        // Emergency calls go past the limit, and count for no more than it is.
        if self.begun.len() < max_cps as usize {
            self.begun.push_back(now);
        }
    }
}

/// Whether the far end of a trunk answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// Nobody has asked, or there was no answer yet.
    #[default]
    Unknown,
    /// It answers.
    Up,
    /// It does not.
    Down,
}

impl Health {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// One trunk at work.
#[derive(Clone, Debug, Default)]
pub struct Line {
    calls: u32,
    pace: CallPace,
    missed: u8,
    health: Health,
    registration: Option<Registering>,
}

impl Line {
    /// Calls in progress.
    pub const fn calls(&self) -> u32 {
        self.calls
    }

    /// Whether its far end answers.
    pub const fn health(&self) -> Health {
        self.health
    }

    /// How its registration stands; none where it does not register.
    pub const fn registration(&self) -> Option<Registering> {
        self.registration
    }

    /// Its registration stands so from now on.
    pub const fn registers(&mut self, registration: Option<Registering>) {
        self.registration = registration;
    }

    /// Whether there is a channel for one more call.
    pub fn has_channel(&self, trunk: &Trunk) -> bool {
        trunk.max_calls == 0 || self.calls < trunk.max_calls
    }

    /// Whether it takes one more call to the outside now.
    pub fn is_open(&self, now: Mono, trunk: &Trunk) -> bool {
        self.health != Health::Down && self.has_channel(trunk) && self.pace.allows(now, trunk.max_cps)
    }

    /// A call takes a channel.
    pub const fn takes(&mut self) {
        self.calls = self.calls.saturating_add(1);
    }

    /// A call to the outside begins.
    pub fn begins(&mut self, now: Mono, trunk: &Trunk) {
        self.takes();
        self.pace.begins(now, trunk.max_cps);
    }

    /// A call has ended.
    pub const fn leaves(&mut self) {
        self.calls = self.calls.saturating_sub(1);
    }

    /// Its far end was asked whether it is there. Whether that changed what is thought of it.
    pub fn asked(&mut self, answered: bool) -> bool {
        self.missed = if answered { 0 } else { self.missed.saturating_add(1) };
        let before = self.health;
        if answered {
            self.health = Health::Up;
        } else if self.missed >= MISSES {
            self.health = Health::Down;
        }
        self.health != before
    }

    /// Nobody asks any more.
    pub const fn forget_health(&mut self) {
        self.missed = 0;
        self.health = Health::Unknown;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::{TenantId, TrunkId};

    use super::*;

    fn trunk(max_calls: u32, max_cps: u32) -> Trunk {
        Trunk { max_calls, max_cps, ..Trunk::new(TrunkId(1), TenantId(1), "t") }
    }

    #[test]
    fn channels_are_counted_and_given_back() {
        let (trunk, mut line, now) = (trunk(2, 0), Line::default(), Mono::from_millis(0));
        line.begins(now, &trunk);
        line.takes();
        assert!(!line.is_open(now, &trunk) && !line.has_channel(&trunk));
        line.leaves();
        assert!(line.is_open(now, &trunk));
    }

    #[test]
    fn a_trunk_is_dead_after_three_misses_and_alive_at_the_first_answer() {
        let (trunk, mut line, now) = (trunk(0, 0), Line::default(), Mono::from_millis(0));
        let told: Vec<bool> =
            [true, false, false, true, false, false, false, false, true].map(|a| line.asked(a)).into();
        assert_eq!(told, [true, false, false, false, false, false, true, false, true]);
        for _ in 0..3 {
            line.asked(false);
        }
        assert!(!line.is_open(now, &trunk) && line.has_channel(&trunk), "it may still call us");
        line.forget_health();
        assert!(line.is_open(now, &trunk));
    }

    proptest! {
        /// No second sees more calls than the carrier takes, none is refused without need, and nothing grows.
        #[test]
        fn no_second_sees_too_many_calls(cps in 1..20u32, waits in prop::collection::vec(0..400u64, 1..200)) {
            let trunk = trunk(0, cps);
            let (mut line, mut now, mut begun) = (Line::default(), Mono::from_millis(0), Vec::<Mono>::new());
            for wait in waits {
                now = now + Duration::from_millis(wait);
                let recent = begun.iter().filter(|at| now.since(**at) < WINDOW).count();
                prop_assert_eq!(line.is_open(now, &trunk), recent < cps as usize);
                if line.is_open(now, &trunk) {
                    line.begins(now, &trunk);
                    begun.push(now);
                }
                prop_assert!(line.pace.begun.len() <= cps as usize);
            }
        }
    }
}
