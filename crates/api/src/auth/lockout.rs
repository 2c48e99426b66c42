//! Repeated failures shut a user out at the address they came from, and throttle that address.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Caller;

/// Wrong passwords of one user at one address before it is shut out: a person's slips pass.
const FREE: u32 = 5;
/// Failures at one address over all users before it is throttled: an office behind one address has many slips.
const FREE_AT_ADDRESS: u32 = 100;
/// The first time out; it doubles with each further failure.
const FIRST: Duration = Duration::from_secs(30);
/// The longest time out.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Failures are forgotten after this time without another one.
const MEMORY: Duration = Duration::from_secs(30 * 60);
/// Users and addresses that are remembered; then those whose last failure is the oldest go.
const ENTRIES: usize = 20_000;

/// Whom an attempt is counted under: by hash, so that no password typed as a name is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key(u64);

#[derive(Clone, Copy, Debug)]
struct Entry {
    failures: u32,
    last: Instant,
    /// Attempts before this are refused.
    until: Instant,
}

/// One attempt to sign in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    user: Key,
    address: Key,
}

/// Counts failures. One is counted as an attempt begins and taken back when it succeeds, so that many at the same time
/// gain nothing.
#[derive(Debug, Default)]
pub(crate) struct Lockout {
    hash: RandomState,
    entries: Mutex<HashMap<Key, Entry>>,
}

impl Lockout {
    /// Counts an attempt.
    ///
    /// # Errors
    /// How long to wait, when there were too many.
    pub(crate) fn begin(&self, now: Instant, tenant: &str, user: &str, caller: Caller) -> Result<Attempt, Duration> {
        let user = Key(self.hash.hash_one((tenant, user.to_lowercase(), caller)));
        let attempt = Attempt { user, address: Key(self.hash.hash_one(caller)) };
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        for key in [attempt.user, attempt.address] {
            if let Some(entry) = entries.get(&key).filter(|e| e.until > now) {
                return Err(entry.until - now);
            }
        }
        if entries.len() + 2 > ENTRIES {
            make_room(&mut entries, now);
        }
        for (key, free) in [(attempt.user, FREE), (attempt.address, FREE_AT_ADDRESS)] {
            let entry = entries.entry(key).or_insert(Entry { failures: 0, last: now, until: now });
            if now > entry.last + MEMORY {
                entry.failures = 0;
            }
            entry.failures += 1;
            entry.last = now;
            if entry.failures >= free {
                let doublings = (entry.failures - free).min(10);
                entry.until = now + (FIRST * 2u32.pow(doublings)).min(LONGEST);
            }
        }
        Ok(attempt)
    }

    /// The password was right.
    pub(crate) fn succeeded(&self, now: Instant, attempt: Attempt) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.remove(&attempt.user);
        if let Some(entry) = entries.get_mut(&attempt.address) {
            entry.failures = entry.failures.saturating_sub(1);
            if entry.failures < FREE_AT_ADDRESS {
                entry.until = now;
            }
        }
    }
}

fn make_room(entries: &mut HashMap<Key, Entry>, now: Instant) {
    entries.retain(|_, entry| now <= entry.last + MEMORY);
    if entries.len() + 2 > ENTRIES {
        let mut ages: Vec<Instant> = entries.values().map(|e| e.last).collect();
        // A quarter at once, so that a flood of names does not sort the table at each.
        let (_, bound, _) = ages.select_nth_unstable(ENTRIES / 4);
        let bound = *bound;
        entries.retain(|_, entry| entry.last > bound);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(last: u8) -> Caller {
        Caller::of([10, 0, 0, last].into())
    }

    #[test]
    fn a_user_is_shut_out_at_that_address_alone_and_let_in_again() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        for _ in 0..FREE {
            lockout.begin(now, "t", "amy", caller(1)).unwrap();
        }
        assert_eq!(lockout.begin(now, "t", "AMY", caller(1)).unwrap_err(), FIRST, "spelling does not matter");
        lockout.begin(now, "t", "amy", caller(2)).unwrap();
        lockout.begin(now, "t", "bob", caller(1)).unwrap();
        lockout.begin(now, "u", "amy", caller(1)).unwrap();
        let later = now + FIRST;
        lockout.begin(later, "t", "amy", caller(1)).unwrap();
        assert_eq!(lockout.begin(later, "t", "amy", caller(1)).unwrap_err(), FIRST * 2, "it takes longer each time");
        lockout.begin(later + MEMORY + FIRST, "t", "amy", caller(1)).unwrap();
        lockout.begin(later + MEMORY + FIRST, "t", "amy", caller(1)).expect("all is forgotten after a while");
    }

    #[test]
    fn a_right_password_wipes_the_slate() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        for _ in 0..20 {
            for _ in 0..FREE - 1 {
                lockout.begin(now, "t", "amy", caller(1)).unwrap();
            }
            let attempt = lockout.begin(now, "t", "amy", caller(1)).unwrap();
            lockout.succeeded(now, attempt);
        }
    }

    #[test]
    fn an_address_that_tries_many_names_is_throttled() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        for n in 0..FREE_AT_ADDRESS {
            lockout.begin(now, "t", &n.to_string(), caller(1)).unwrap();
        }
        assert_eq!(lockout.begin(now, "t", "another", caller(1)).unwrap_err(), FIRST);
        lockout.begin(now, "t", "another", caller(2)).unwrap();
    }

    #[test]
    fn a_flood_of_names_does_not_fill_the_memory() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        for n in 0..ENTRIES as u32 {
            let at = now + Duration::from_millis(u64::from(n));
            let caller = Caller::of(std::net::Ipv4Addr::from(n).into());
            lockout.begin(at, "t", "x", caller).unwrap();
        }
        assert!(lockout.entries.lock().unwrap().len() <= ENTRIES);
    }
}
