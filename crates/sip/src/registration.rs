//! A registration of ours at somebody else's registrar (RFC 3261 section 10.2): when to say what, and what an answer
//! means. Requests and digests are the user agent's; this machine knows the time and nothing of the wire.

use std::time::Duration;

use types::Mono;
use types::register::Registering;

/// Longest that may be asked for, and that a registrar's Min-Expires is followed to: a day.
pub const MAX_EXPIRES_S: u32 = 86_400;
/// Refreshed so long before it would expire, at most: time for one request to be given up (32 s) and another.
const MARGIN_MAX: Duration = Duration::from_secs(60);
/// Shorter grants are refreshed after this share of them.
const MARGIN_SHARE: u32 = 5;
/// A grant of no time at all is taken as this much, seconds: else a broken registrar would be asked without a pause.
const SHORTEST_GRANT_S: u32 = 2;
/// How often in a row a registrar may ask for longer before that counts as a refusal.
const RAISES_MAX: u8 = 3;
/// After the first silence; twice as long after each further one.
const SILENT_FIRST: Duration = Duration::from_secs(5);
/// At most: a carrier that is back is noticed within this.
const SILENT_MAX: Duration = Duration::from_secs(300);
/// After the first refusal: carriers lock out who goes on with a wrong password.
const REFUSED_FIRST: Duration = Duration::from_secs(60);
/// At most: one who has paid the bill meanwhile is served again within this.
const REFUSED_MAX: Duration = Duration::from_secs(1_800);
/// A Retry-After is followed up to this, seconds.
const RETRY_AFTER_MAX_S: u32 = 3_600;
/// Numbers of CSeq that one attempt may use up: itself and its answers to challenges.
const SEQ_STEP: u32 = 8;

/// What came of an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The final status; none where there was no answer, no way or no address.
    pub status: Option<u16>,
    /// Seconds that were granted, where the answer says so.
    pub granted_s: Option<u32>,
    /// Min-Expires, seconds.
    pub min_expires_s: Option<u32>,
    /// Retry-After, seconds.
    pub retry_after_s: Option<u32>,
}

/// The next REGISTER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Number of CSeq; those up to [`Attempt::seq`] + 7 are its own.
    pub seq: u32,
    /// Seconds to ask for.
    pub expires_s: u32,
}

/// One registration.
#[derive(Clone, Debug)]
pub struct Registration {
    wanted_s: u32,
    seq: u32,
    state: Registering,
    /// When the next attempt is due; none while an answer is awaited.
    due: Option<Mono>,
    failures: u32,
    raises: u8,
    /// The registrar has granted something that may still stand.
    bound: bool,
    seed: u64,
}

impl Registration {
    /// Begins at `first`, asking for `wanted_s` seconds. `seed` spreads attempts of many who fail at one moment.
    pub const fn new(first: Mono, wanted_s: u32, seed: u64) -> Self {
        let state = Registering::Trying;
        Self { wanted_s, seq: 0, state, due: Some(first), failures: 0, raises: 0, bound: false, seed: seed | 1 }
    }

    /// How it stands.
    pub const fn state(&self) -> Registering {
        self.state
    }

    /// When the next attempt is due; none while an answer is awaited.
    pub const fn due(&self) -> Option<Mono> {
        self.due
    }

    /// Attempts that failed in a row.
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// Whether the registrar may know us: leaving then has to be said.
    pub const fn is_bound(&self) -> bool {
        self.bound
    }

    /// The next attempt; its answer is told by [`Registration::answered`].
    pub const fn attempt(&mut self) -> Attempt {
        self.due = None;
        Attempt { seq: self.next_seq(), expires_s: self.wanted_s }
    }

    /// The last word: a REGISTER that takes everything back.
    pub const fn leave(&mut self) -> Attempt {
        (self.due, self.bound) = (None, false);
        Attempt { seq: self.next_seq(), expires_s: 0 }
    }

    /// The registrar may have started anew and forgotten us: it is asked at once.
    pub fn hurry(&mut self, now: Mono) {
        self.due = self.due.map(|due| due.min(now));
    }

    /// What came of the last attempt.
    pub fn answered(&mut self, now: Mono, answer: Answer) {
        let wait = match answer.status {
            Some(200..=299) => self.granted(answer.granted_s.unwrap_or(self.wanted_s)),
            Some(423) if self.raises(answer.min_expires_s) => Duration::ZERO,
            // Nothing is wrong with us: the registrar, or what lies before it, does not work now.
            None | Some(408 | 429 | 480 | 500..=599) => self.fails(Registering::Unreachable, SILENT_FIRST, SILENT_MAX),
            Some(status) => self.fails(Registering::Refused { status }, REFUSED_FIRST, REFUSED_MAX),
        };
        let asked = answer.retry_after_s.filter(|_| self.failures > 0).map_or(0, |s| s.min(RETRY_AFTER_MAX_S));
        self.due = Some(now + wait.max(Duration::from_secs(asked.into())));
    }

    fn granted(&mut self, granted_s: u32) -> Duration {
        (self.state, self.failures, self.raises, self.bound) = (Registering::Registered, 0, 0, true);
        let granted = Duration::from_secs(granted_s.max(SHORTEST_GRANT_S).into());
        granted - (granted / MARGIN_SHARE).min(MARGIN_MAX)
    }

    /// Whether a refusal that asks for longer is followed.
    fn raises(&mut self, min_expires_s: Option<u32>) -> bool {
        let Some(least) = min_expires_s.filter(|s| (self.wanted_s + 1..=MAX_EXPIRES_S).contains(s)) else {
            return false;
        };
        self.raises += 1;
        self.wanted_s = least;
        self.raises <= RAISES_MAX
    }

    /// Twice as long as after the failure before, less up to a quarter by chance.
    fn fails(&mut self, state: Registering, first: Duration, most: Duration) -> Duration {
        if std::mem::discriminant(&self.state) != std::mem::discriminant(&state) {
            self.failures = 0;
        }
        (self.state, self.raises) = (state, 0);
        let wait = first.saturating_mul(1 << self.failures.min(16)).min(most);
        self.failures = self.failures.saturating_add(1);
        // xorshift64: chance enough to part the many.
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        wait - (wait / 4) * u32::from((self.seed >> 32) as u8) / 256
    }

    const fn next_seq(&mut self) -> u32 {
        let seq = self.seq + 1;
        // RFC 3261 section 8.1.1.5 ends at 2^31; at an attempt a second that is eight years.
        self.seq = (self.seq + SEQ_STEP) % (1 << 30);
        seq
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Mono = Mono::from_millis(0);

    fn status(status: u16) -> Answer {
        Answer { status: Some(status), ..Answer::default() }
    }

    fn granted(granted_s: u32) -> Answer {
        Answer { granted_s: Some(granted_s), ..status(200) }
    }

    /// Seconds until the next attempt after this answer.
    fn wait(registration: &mut Registration, answer: Answer) -> f64 {
        registration.attempt();
        registration.answered(T0, answer);
        registration.due().unwrap().since(T0).as_secs_f64()
    }

    #[test]
    fn it_is_refreshed_before_it_expires() {
        let mut it = Registration::new(T0, 600, 7);
        assert_eq!((it.state(), it.due()), (Registering::Trying, Some(T0)));
        assert_eq!(it.attempt(), Attempt { seq: 1, expires_s: 600 });
        assert_eq!(it.due(), None, "an answer is awaited");
        it.answered(T0, status(200));
        assert_eq!((it.state(), it.due()), (Registering::Registered, Some(Mono::from_millis(540_000))));
        assert!(it.is_bound());
        assert_eq!([3600, 60, 5, 0].map(|s| wait(&mut it, granted(s))), [3540.0, 48.0, 4.0, 1.6]);
        it.hurry(T0);
        assert_eq!(it.due(), Some(T0));
        assert_eq!((it.leave().expires_s, it.is_bound(), it.due()), (0, false, None));
    }

    #[test]
    fn numbers_leave_room_for_answers_to_challenges() {
        let mut it = Registration::new(T0, 600, 7);
        assert_eq!([it.attempt().seq, it.attempt().seq, it.leave().seq], [1, 9, 17]);
    }

    #[test]
    fn a_registrar_that_asks_for_longer_is_followed_a_few_times() {
        let mut it = Registration::new(T0, 60, 7);
        let longer = |s| Answer { min_expires_s: Some(s), ..status(423) };
        assert_eq!(wait(&mut it, longer(300)), 0.0);
        assert_eq!((it.state(), it.attempt().expires_s), (Registering::Trying, 300));
        it.answered(T0, granted(300));
        assert_eq!([301, 302, 303].map(|s| wait(&mut it, longer(s))), [0.0; 3]);
        assert!(wait(&mut it, longer(304)) > 40.0);
        assert_eq!(it.state(), Registering::Refused { status: 423 });
        for absurd in [longer(MAX_EXPIRES_S + 1), longer(10), status(423)] {
            assert!(wait(&mut it, absurd) > 40.0, "{absurd:?}");
        }
    }

    #[test]
    fn silence_and_refusals_are_tried_again_ever_less_often() {
        let mut it = Registration::new(T0, 60, 7);
        let most = [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0];
        for (at, most) in most.into_iter().enumerate() {
            let waited = wait(&mut it, if at % 2 == 0 { Answer::default() } else { status(503) });
            assert!((most * 0.75..=most).contains(&waited), "{waited} of {most}");
            assert_eq!(it.state(), Registering::Unreachable);
        }
        for most in [60.0, 120.0, 240.0, 480.0, 960.0, 1800.0, 1800.0] {
            let waited = wait(&mut it, status(403));
            assert!((most * 0.75..=most).contains(&waited), "{waited} of {most}");
            assert_eq!(it.state(), Registering::Refused { status: 403 });
        }
        assert_eq!(wait(&mut it, granted(60)), 48.0, "all is forgiven");
        assert!(wait(&mut it, Answer { retry_after_s: Some(90), ..status(503) }) == 90.0);
        assert!(wait(&mut it, Answer { retry_after_s: Some(1_000_000), ..status(503) }) == 3600.0);
    }
}
