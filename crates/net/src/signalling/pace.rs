//! How often the thread wakes while there is much to do.

use std::time::Duration;

use types::Mono;

/// Between two turns while the thread is busy: what comes meanwhile shares one wake-up, one write of the journal and
/// one system call. A call passes two turns until its caller hears of the answer, so that it costs 2 ms at most; timers
/// are late by so much, the shortest of which is SIP's T1 of 500 ms.
const PACE: Duration = Duration::from_millis(1);
/// The load is looked at over so long.
const WINDOW: Duration = Duration::from_millis(20);
/// So many messages within [`WINDOW`] make the thread busy: about 100 calls a second.
const BUSY: u32 = 12;

/// Watches the load.
#[derive(Debug, Default)]
pub(super) struct Pace {
    since: Mono,
    taken: u32,
    busy: bool,
    /// The last turn had something to do.
    active: bool,
}

impl Pace {
    /// A turn took so many messages.
    pub(super) fn turn(&mut self, now: Mono, taken: u32) {
        if now.since(self.since) >= WINDOW {
            self.busy = self.taken >= BUSY;
            (self.since, self.taken) = (now, 0);
        }
        self.taken += taken;
        self.active = taken > 0;
    }

    /// How long to sleep before looking, when the thread need not be woken by what comes.
    pub(super) fn pause(&self) -> Option<Duration> {
        (self.busy && self.active).then_some(PACE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_thread_pauses_and_an_idle_one_answers_at_once() {
        let mut pace = Pace::default();
        for ms in 0..=40 {
            assert!(ms >= 20 || pace.pause().is_none(), "nothing is known of the load yet");
            pace.turn(Mono::from_millis(1000 + ms), 2);
        }
        assert_eq!(pace.pause(), Some(PACE));
        pace.turn(Mono::from_millis(1041), 0);
        assert_eq!(pace.pause(), None, "nothing came: whatever comes wakes it");
        for ms in 0..5 {
            pace.turn(Mono::from_millis(1060 + ms * 10), 1);
        }
        assert_eq!(pace.pause(), None);
    }
}
