//! Leaving an endpoint alone that fails: callers don't wait for what will not come, and it can recover.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;
use types::TenantId;

/// Failures in a row after which an endpoint is left alone.
pub(crate) const FAILURES: u32 = 5;
/// For how long; then one request tries whether it works again.
pub(crate) const LEFT_ALONE: Duration = Duration::from_secs(30);
/// Endpoints that are remembered; beyond it, those that work are forgotten.
const ENDPOINTS_MAX: usize = 1_000;

type Key = (TenantId, String);

#[derive(Debug)]
struct State {
    failures: u32,
    /// When the next one may try.
    until: Instant,
}

/// How each tenant's endpoints do.
#[derive(Debug, Default)]
pub(crate) struct Breakers(HashMap<Key, State>);

impl Breakers {
    /// Whether one may be asked now. Of an endpoint that was left alone, the first who asks tries for all.
    pub(crate) fn may_ask(&mut self, now: Instant, key: Key) -> bool {
        match self.0.get_mut(&key) {
            Some(state) if state.failures >= FAILURES => {
                let may = state.until <= now;
                if may {
                    state.until = now + LEFT_ALONE;
                }
                may
            }
            _ => true,
        }
    }

    /// An endpoint worked or failed.
    pub(crate) fn note(&mut self, now: Instant, key: Key, works: bool) {
        if works {
            self.0.remove(&key);
            return;
        }
        if self.0.len() >= ENDPOINTS_MAX && !self.0.contains_key(&key) {
            self.0.retain(|_, state| state.failures >= FAILURES && state.until > now);
        }
        if self.0.len() < ENDPOINTS_MAX || self.0.contains_key(&key) {
            let state = self.0.entry(key).or_insert(State { failures: 0, until: now });
            state.failures = state.failures.saturating_add(1);
            state.until = now + LEFT_ALONE;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_failures_it_is_left_alone_until_one_try_works() {
        let (mut breakers, mut now) = (Breakers::default(), Instant::now());
        let key = || (TenantId(1), "crm:443".to_owned());
        for _ in 0..FAILURES {
            assert!(breakers.may_ask(now, key()));
            breakers.note(now, key(), false);
        }
        assert!(!breakers.may_ask(now, key()));
        assert!(breakers.may_ask(now, (TenantId(2), "crm:443".to_owned())), "another tenant's is its own");
        now += LEFT_ALONE;
        assert!(breakers.may_ask(now, key()), "one tries");
        assert!(!breakers.may_ask(now, key()), "and one alone");
        breakers.note(now, key(), true);
        assert!(breakers.may_ask(now, key()));
    }

    #[test]
    fn a_success_between_failures_counts_them_anew() {
        let (mut breakers, now) = (Breakers::default(), Instant::now());
        let key = || (TenantId(1), "crm:443".to_owned());
        for _ in 0..3 {
            for _ in 0..FAILURES - 1 {
                breakers.note(now, key(), false);
            }
            breakers.note(now, key(), true);
        }
        assert!(breakers.may_ask(now, key()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (mut breakers, now) = (Breakers::default(), Instant::now());
        for n in 0..3 * ENDPOINTS_MAX {
            breakers.note(now, (TenantId(1), n.to_string()), false);
        }
        assert!(breakers.0.len() <= ENDPOINTS_MAX);
    }
}
