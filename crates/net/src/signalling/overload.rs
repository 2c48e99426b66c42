//! When the thread can't keep up, new calls are refused at once while those that stand go on.

use std::time::Duration;

use sip::agent::Admission;
use types::Mono;

/// Full turns for so long say that more comes in than can be done: half of what a caller's first
/// repeat (T1, 500 ms) allows.
const OVERLOADED_AFTER: Duration = Duration::from_millis(250);
/// How long callers are asked to stay away.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Watches how full the turns are.
#[derive(Debug, Default)]
pub(crate) struct Overload {
    full_since: Option<Mono>,
    shedding: bool,
    shut: u64,
}

impl Overload {
    /// A turn is over; `full`: it left something unread. What the door has to do, if that changes.
    pub(crate) fn turn(&mut self, now: Mono, full: bool) -> Option<Admission> {
        if !full {
            self.full_since = None;
            return std::mem::take(&mut self.shedding).then_some(Admission::Open);
        }
        let since = *self.full_since.get_or_insert(now);
        if self.shedding || now.since(since) < OVERLOADED_AFTER {
            return None;
        }
        self.shedding = true;
        self.shut += 1;
        Some(Admission::Shed { retry_after: RETRY_AFTER })
    }

    /// How often the door was shut since the start, and whether it is.
    pub(crate) const fn stats(&self) -> (u64, bool) {
        (self.shut, self.shedding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lasting_load_shuts_the_door_and_the_first_breath_opens_it() {
        let mut overload = Overload::default();
        let at = Mono::from_millis;
        assert_eq!(overload.turn(at(0), true), None);
        assert_eq!(overload.turn(at(200), true), None);
        assert!(matches!(overload.turn(at(260), true), Some(Admission::Shed { .. })));
        assert_eq!(overload.turn(at(300), true), None);
        assert_eq!(overload.turn(at(301), false), Some(Admission::Open));
        assert_eq!(overload.turn(at(302), false), None);
    }
}
