//! Repeated failures shut a user out at the address they came from, and throttle that address.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Caller;

/// Wrong passwords of one user at one address before it is shut out: a person's slips pass.
const FREE: u32 = 5;
/// Failures at one address over all users before it is throttled: an office behind one address has many slips.
const FREE_AT_ADDRESS: u32 = 100;
/// Attempts of one user at one address at the same time: guesses made all at once gain no more than these.
const AT_ONCE: u32 = 16;
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
    /// Attempts under way.
    pending: u32,
    last: Instant,
    /// Attempts before this are refused.
    until: Instant,
}

/// Counts failures.
#[derive(Debug, Default)]
pub(crate) struct Lockout {
    hash: RandomState,
    entries: Mutex<HashMap<Key, Entry>>,
}

/// One attempt to sign in. Dropped without success it counts as a failure, even when the caller has gone.
#[derive(Debug)]
pub(crate) struct Attempt<'a> {
    lockout: &'a Lockout,
    user: Key,
    address: Key,
    at: Instant,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Right,
    Wrong,
    Open,
}

impl Attempt<'_> {
    /// The password was right.
    pub(crate) fn succeeded(mut self) {
        self.verdict = Verdict::Right;
    }

    /// It counts neither way: the password was right, and the code is still to come. Who has the password must not be
    /// able to wipe the slate between guesses of codes.
    pub(crate) fn unfinished(mut self) {
        self.verdict = Verdict::Open;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut entries = self.lockout.entries();
        if let Some(entry) = entries.get_mut(&self.user) {
            entry.pending = entry.pending.saturating_sub(1);
            if self.verdict == Verdict::Right {
                (entry.failures, entry.until) = (0, self.at);
            }
        }
        if self.verdict == Verdict::Wrong {
            for (key, free) in [(self.user, FREE), (self.address, FREE_AT_ADDRESS)] {
                entries.entry(key).or_insert(Entry::new(self.at)).fail(self.at, free);
            }
        }
    }
}

impl Entry {
    fn new(now: Instant) -> Self {
        Self { failures: 0, pending: 0, last: now, until: now }
    }

    fn fail(&mut self, now: Instant, free: u32) {
        if now > self.last + MEMORY {
            self.failures = 0;
        }
        self.failures += 1;
        self.last = now;
        if self.failures >= free {
            let doublings = (self.failures - free).min(10);
            self.until = now + (FIRST * 2u32.pow(doublings)).min(LONGEST);
        }
    }
}

impl Lockout {
    fn entries(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins an attempt.
    ///
    /// # Errors
    /// How long to wait, when there were too many.
    pub(crate) fn begin(
        &self,
        now: Instant,
        tenant: &str,
        user: &str,
        caller: Caller,
    ) -> Result<Attempt<'_>, Duration> {
        let user = Key(self.hash.hash_one((tenant, user.to_lowercase(), caller)));
        let address = Key(self.hash.hash_one(caller));
        let mut entries = self.entries();
        for key in [user, address] {
            if let Some(entry) = entries.get(&key).filter(|e| e.until > now) {
                return Err(entry.until - now);
            }
        }
        if entries.len() + 2 > ENTRIES {
            make_room(&mut entries, now);
        }
        let entry = entries.entry(user).or_insert(Entry::new(now));
        if entry.pending >= AT_ONCE {
            return Err(Duration::from_secs(1));
        }
        entry.pending += 1;
        Ok(Attempt { lockout: self, user, address, at: now, verdict: Verdict::Wrong })
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

    fn fail(lockout: &Lockout, now: Instant, user: &str, caller: Caller) -> Result<(), Duration> {
        lockout.begin(now, "t", user, caller).map(drop)
    }

    #[test]
    fn a_user_is_shut_out_at_that_address_alone_and_let_in_again() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        for _ in 0..FREE {
            fail(&lockout, now, "amy", caller(1)).unwrap();
        }
        assert_eq!(fail(&lockout, now, "AMY", caller(1)), Err(FIRST), "spelling does not matter");
        fail(&lockout, now, "amy", caller(2)).unwrap();
        fail(&lockout, now, "bob", caller(1)).unwrap();
        lockout.begin(now, "u", "amy", caller(1)).map(drop).unwrap();
        let later = now + FIRST;
        fail(&lockout, later, "amy", caller(1)).unwrap();
        assert_eq!(fail(&lockout, later, "amy", caller(1)), Err(FIRST * 2), "it takes longer each time");
        let much_later = later + MEMORY + FIRST;
        for _ in 0..2 {
            fail(&lockout, much_later, "amy", caller(1)).expect("all is forgotten after a while");
        }
    }

    #[test]
    fn a_right_password_wipes_the_slate() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        for _ in 0..20 {
            for _ in 0..FREE - 1 {
                fail(&lockout, now, "amy", caller(1)).unwrap();
            }
            lockout.begin(now, "t", "amy", caller(1)).unwrap().succeeded();
        }
    }

    #[test]
    fn a_right_password_with_wrong_codes_wipes_nothing() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        for _ in 0..FREE {
            lockout.begin(now, "t", "amy", caller(1)).unwrap().unfinished();
            fail(&lockout, now, "amy", caller(1)).unwrap();
        }
        assert_eq!(fail(&lockout, now, "amy", caller(1)), Err(FIRST));
    }

    #[test]
    fn an_office_that_signs_in_at_once_from_one_address_gets_in() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        let names: Vec<String> = (0..500).map(|n| n.to_string()).collect();
        let under_way: Vec<_> = names.iter().map(|n| lockout.begin(now, "t", n, caller(1)).unwrap()).collect();
        under_way.into_iter().for_each(Attempt::succeeded);
        fail(&lockout, now, "another", caller(1)).unwrap();
    }

    #[test]
    fn guesses_made_all_at_once_gain_little() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        let under_way: Vec<_> =
            std::iter::from_fn(|| lockout.begin(now, "t", "amy", caller(1)).ok()).take(1_000).collect();
        assert_eq!(under_way.len(), AT_ONCE as usize);
        drop(under_way);
        assert!(fail(&lockout, now, "amy", caller(1)).is_err());
    }

    #[test]
    fn an_address_that_tries_many_names_is_throttled() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        for n in 0..FREE_AT_ADDRESS {
            fail(&lockout, now, &n.to_string(), caller(1)).unwrap();
        }
        assert_eq!(fail(&lockout, now, "another", caller(1)), Err(FIRST));
        fail(&lockout, now, "another", caller(2)).unwrap();
    }

    #[test]
    fn a_flood_of_names_does_not_fill_the_memory() {
        let (lockout, now) = (Lockout::default(), Instant::now());
        for n in 0..ENTRIES as u32 {
            let at = now + Duration::from_millis(u64::from(n));
            let caller = Caller::of(std::net::Ipv4Addr::from(n).into());
            fail(&lockout, at, "x", caller).unwrap();
        }
        assert!(lockout.entries().len() <= ENTRIES);
    }
}
