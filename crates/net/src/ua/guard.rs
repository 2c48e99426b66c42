//! Shuts out who guesses passwords, without shutting out the office around one wrong telephone.
//!
//! A user that fails too often from one address is shut out *from that address*: its answers stay the
//! same challenge that everyone gets, so a guesser learns nothing. An address that fails with many
//! users is throttled: a stranger's gets no answers for a while. One that carries a trunk or registrations is slowed
//! instead: who has proved itself there lately goes on as ever, all others share few attempts, and are told neither.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use types::Mono;

/// Failures of one user from one address within [`WINDOW`] that shut it out.
const MAX_USER_FAILURES: u32 = 10;
/// Failures of all users from one address within [`WINDOW`] that throttle it.
const MAX_ADDRESS_FAILURES: u32 = 60;
/// Beyond them, who has not proved itself lately at an address that carries somebody has one attempt in this time: a scan
/// gets as many in a [`WINDOW`] again as it had at once, and a new telephone still gets in.
const SLOW_EVERY: Duration = Duration::from_secs(5);
/// Who has proved itself counts for so long: a telephone registers once an hour at least.
const TRUST: Duration = Duration::from_secs(3600);
/// Failures are forgotten after this.
const WINDOW: Duration = Duration::from_secs(300);
/// Entries kept: an attacker from a /16 with one name each fits; beyond it the oldest go.
const MAX_ENTRIES: usize = 65_536;

/// Whom somebody claims to be: names are a tenant's own, so that another tenant's `1001` is somebody else.
#[derive(Clone, Copy)]
pub(crate) struct Who<'a> {
    /// The tenant's name.
    pub(crate) realm: &'a str,
    /// The device's name.
    pub(crate) name: &'a str,
}

impl Who<'_> {
    /// Where it is counted. Neither part holds a zero, so that no two pairs read alike.
    fn at(self, ip: IpAddr) -> (IpAddr, u64) {
        (ip, sip::agent::call_key(&format!("{}\0{}", self.realm, self.name)))
    }
}

#[derive(Debug, Clone, Copy)]
struct Count {
    failures: u32,
    since: Mono,
    /// The last attempt that was let through though there had been too many failures.
    let_through: Option<Mono>,
}

impl Count {
    fn new(now: Mono) -> Self {
        Self { failures: 0, since: now, let_through: None }
    }

    /// Whether there were this many failures lately.
    fn reached(&self, now: Mono, most: u32) -> bool {
        self.failures >= most && now.since(self.since) < WINDOW
    }
}

/// Counts failures.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    users: HashMap<(IpAddr, u64), Count>,
    addresses: HashMap<IpAddr, Count>,
    /// Who proved itself where, and when last.
    proven: HashMap<(IpAddr, u64), Mono>,
    /// Addresses that carry a trunk or somebody who proved itself, and when last.
    carriers: HashMap<IpAddr, Mono>,
}

impl Guard {
    /// A wrong password or an unknown user.
    pub(crate) fn failed(&mut self, now: Mono, ip: IpAddr, who: Who<'_>) {
        // One wrong telephone goes on for ever. It learns nothing any more and must not use up what its office has.
        let spent = self.shut_out(now, ip, who) && self.carries(now, ip);
        bump(&mut self.users, who.at(ip), now);
        if !spent {
            bump(&mut self.addresses, ip, now);
        }
    }

    /// A right password: the user's failures are forgiven, and the address carries somebody real.
    pub(crate) fn succeeded(&mut self, now: Mono, ip: IpAddr, who: Who<'_>) {
        self.users.remove(&who.at(ip));
        note(&mut self.proven, who.at(ip), now);
        note(&mut self.carriers, ip, now);
    }

    /// A trunk's request came from this address.
    pub(crate) fn carries_trunk(&mut self, now: Mono, ip: IpAddr) {
        note(&mut self.carriers, ip, now);
    }

    /// Whether this user is shut out from this address.
    pub(crate) fn shut_out(&self, now: Mono, ip: IpAddr, who: Who<'_>) -> bool {
        self.users.get(&who.at(ip)).is_some_and(|c| c.reached(now, MAX_USER_FAILURES))
    }

    /// Whether the address gets no more answers for a while.
    pub(crate) fn throttled(&self, now: Mono, ip: IpAddr) -> bool {
        !self.carries(now, ip) && self.addresses.get(&ip).is_some_and(|c| c.reached(now, MAX_ADDRESS_FAILURES))
    }

    /// Whether this attempt is one too many at an address that carries somebody. One that is not counts as made.
    pub(crate) fn slowed(&mut self, now: Mono, ip: IpAddr, who: Who<'_>) -> bool {
        let lately = |at: &Mono| now.since(*at) < TRUST;
        if self.proven.get(&who.at(ip)).is_some_and(lately) {
            return false;
        }
        let Some(count) = self.addresses.get_mut(&ip).filter(|c| c.reached(now, MAX_ADDRESS_FAILURES)) else {
            return false;
        };
        if count.let_through.is_some_and(|at| now.since(at) < SLOW_EVERY) {
            return true;
        }
        count.let_through = Some(now);
        false
    }

    fn carries(&self, now: Mono, ip: IpAddr) -> bool {
        self.carriers.get(&ip).is_some_and(|at| now.since(*at) < TRUST)
    }
}

fn bump<K: std::hash::Hash + Eq + Copy>(counts: &mut HashMap<K, Count>, key: K, now: Mono) {
    if counts.len() >= MAX_ENTRIES && !counts.contains_key(&key) {
        counts.retain(|_, c| now.since(c.since) < WINDOW);
        if counts.len() >= MAX_ENTRIES {
            return;
        }
    }
    let count = counts.entry(key).or_insert(Count::new(now));
    if now.since(count.since) >= WINDOW {
        *count = Count::new(now);
    }
    count.failures += 1;
}

fn note<K: std::hash::Hash + Eq + Copy>(seen: &mut HashMap<K, Mono>, key: K, now: Mono) {
    if seen.len() >= MAX_ENTRIES && !seen.contains_key(&key) {
        seen.retain(|_, at| now.since(*at) < TRUST);
        if seen.len() >= MAX_ENTRIES {
            return;
        }
    }
    seen.insert(key, now);
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    const STRANGER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1));

    fn of(name: &str) -> Who<'_> {
        Who { realm: "demo", name }
    }

    fn at(s: u64) -> Mono {
        Mono::from_millis(s * 1000)
    }

    /// A scan with a new name each second; how many of its guesses were looked at.
    fn scan(guard: &mut Guard, ip: IpAddr, seconds: std::ops::Range<u64>) -> usize {
        let looked_at = |s: &u64| {
            let (now, user) = (at(*s), format!("guess-{s}"));
            let looked_at = !guard.throttled(now, ip) && !guard.slowed(now, ip, of(&user));
            if looked_at {
                guard.failed(now, ip, of(&user));
            }
            looked_at
        };
        seconds.filter(looked_at).count()
    }

    #[test]
    fn one_wrong_telephone_does_not_silence_its_office() {
        let mut guard = Guard::default();
        guard.succeeded(at(0), OFFICE, of("1002"));
        for s in 0..200 {
            guard.failed(at(s / 2), OFFICE, of("1001"));
        }
        assert!(guard.shut_out(at(100), OFFICE, of("1001")));
        assert!(!guard.shut_out(at(100), OFFICE, of("1002")));
        assert!(!guard.throttled(at(100), OFFICE));
        for new in ["1003", "1004", "1005"] {
            assert!(!guard.slowed(at(100), OFFICE, of(new)), "telephones that begin at the same moment");
        }
        assert!(!guard.shut_out(at(800), OFFICE, of("1001")), "forgotten after a while");
    }

    #[test]
    fn failures_at_one_tenant_shut_nobody_out_at_another() {
        let mut guard = Guard::default();
        for s in 0..20 {
            guard.failed(at(s), OFFICE, Who { realm: "other", name: "1001" });
        }
        assert!(guard.shut_out(at(20), OFFICE, Who { realm: "other", name: "1001" }));
        assert!(!guard.shut_out(at(20), OFFICE, of("1001")));
        guard.succeeded(at(20), OFFICE, of("1001"));
        assert!(guard.shut_out(at(20), OFFICE, Who { realm: "other", name: "1001" }), "nor does one forgive the other");
    }

    #[test]
    fn a_scan_from_a_strangers_address_ends() {
        let mut guard = Guard::default();
        assert_eq!(scan(&mut guard, STRANGER, 0..290), 60);
        assert!(guard.throttled(at(290), STRANGER) && !guard.throttled(at(400), STRANGER));
    }

    #[test]
    fn a_scan_from_an_office_is_slowed_and_the_office_works_on() {
        let mut guard = Guard::default();
        guard.succeeded(at(0), OFFICE, of("1002"));
        assert_eq!(scan(&mut guard, OFFICE, 0..290), 60 + (290 - 60) / 5);
        assert!(!guard.throttled(at(289), OFFICE) && !guard.slowed(at(289), OFFICE, of("1002")));
        assert!(guard.slowed(at(289), OFFICE, of("1003")));
        assert!(!guard.slowed(at(290), OFFICE, of("1003")), "a new telephone gets its turn");
        assert_eq!(scan(&mut guard, OFFICE, 3_600..3_900), 60, "whom nobody has vouched for lately is a stranger");
    }

    #[test]
    fn an_address_that_carries_a_trunk_is_slowed_and_not_silenced() {
        let mut guard = Guard::default();
        guard.carries_trunk(at(0), OFFICE);
        assert_eq!(scan(&mut guard, OFFICE, 0..300), 60 + (300 - 60) / 5);
        assert!(!guard.throttled(at(299), OFFICE));
    }
}
