//! Shuts out who guesses passwords, without shutting out the office around one wrong telephone.
//!
//! A user that fails too often from one address is shut out *from that address*: its answers stay the
//! same challenge that everyone gets, so a guesser learns nothing. An address that fails with many
//! users is throttled unless it carries trunks or live registrations.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use types::Mono;

/// Failures of one user from one address within [`WINDOW`] that shut it out.
const MAX_USER_FAILURES: u32 = 10;
/// Failures of all users from one address within [`WINDOW`] that throttle it.
const MAX_ADDRESS_FAILURES: u32 = 60;
/// Failures are forgotten after this.
const WINDOW: Duration = Duration::from_secs(300);
/// Entries kept: an attacker from a /16 with one name each fits; beyond it the oldest go.
const MAX_ENTRIES: usize = 65_536;

#[derive(Debug, Clone, Copy)]
struct Count {
    failures: u32,
    since: Mono,
}

/// Counts failures.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    users: HashMap<(IpAddr, u64), Count>,
    addresses: HashMap<IpAddr, Count>,
    trusted: HashMap<IpAddr, Mono>,
}

impl Guard {
    /// A wrong password or an unknown user.
    pub(crate) fn failed(&mut self, now: Mono, ip: IpAddr, user: &str) {
        bump(&mut self.users, (ip, hash(user)), now);
        bump(&mut self.addresses, ip, now);
    }

    /// A right password: the user's failures are forgiven, and the address carries somebody real.
    pub(crate) fn succeeded(&mut self, now: Mono, ip: IpAddr, user: &str) {
        self.users.remove(&(ip, hash(user)));
        if self.trusted.len() < MAX_ENTRIES || self.trusted.contains_key(&ip) {
            self.trusted.insert(ip, now);
        }
    }

    /// Whether this user is shut out from this address.
    pub(crate) fn shut_out(&self, now: Mono, ip: IpAddr, user: &str) -> bool {
        self.users
            .get(&(ip, hash(user)))
            .is_some_and(|c| c.failures >= MAX_USER_FAILURES && now.since(c.since) < WINDOW)
    }

    /// Whether the address gets no more answers for a while.
    pub(crate) fn throttled(&self, now: Mono, ip: IpAddr) -> bool {
        let many = |c: &Count| c.failures >= MAX_ADDRESS_FAILURES && now.since(c.since) < WINDOW;
        // One registration refresh an hour keeps an address trusted.
        let trusted = self.trusted.get(&ip).is_some_and(|at| now.since(*at) < Duration::from_secs(3600));
        !trusted && self.addresses.get(&ip).is_some_and(many)
    }
}

fn bump<K: std::hash::Hash + Eq + Copy>(counts: &mut HashMap<K, Count>, key: K, now: Mono) {
    if counts.len() >= MAX_ENTRIES && !counts.contains_key(&key) {
        counts.retain(|_, c| now.since(c.since) < WINDOW);
        if counts.len() >= MAX_ENTRIES {
            return;
        }
    }
    let count = counts.entry(key).or_insert(Count { failures: 0, since: now });
    if now.since(count.since) >= WINDOW {
        *count = Count { failures: 0, since: now };
    }
    count.failures += 1;
}

fn hash(user: &str) -> u64 {
    sip::agent::call_key(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    #[test]
    fn one_wrong_telephone_does_not_silence_its_office() {
        let mut guard = Guard::default();
        let at = |s: u64| Mono::from_millis(s * 1000);
        guard.succeeded(at(0), OFFICE, "1002");
        for s in 0..200 {
            guard.failed(at(s / 2), OFFICE, "1001");
        }
        assert!(guard.shut_out(at(100), OFFICE, "1001"));
        assert!(!guard.shut_out(at(100), OFFICE, "1002"));
        assert!(!guard.throttled(at(100), OFFICE));
        let stranger = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1));
        for s in 0..60 {
            guard.failed(at(s), stranger, &format!("{s}"));
        }
        assert!(guard.throttled(at(61), stranger) && !guard.throttled(at(400), stranger));
        assert!(!guard.shut_out(at(800), OFFICE, "1001"), "forgotten after a while");
    }
}
