//! How often the thread wakes while there is much to do.

use std::time::Duration;

use types::Mono;

/// What one turn would like to find. A wake-up, a write of the journal and a system call each way cost as much as several
/// messages do, and a processor that slept comes back with cold caches: gathered by so many, they are a small share.
const GATHERED: u32 = 24;
/// Between two turns under the highest load: what comes meanwhile is more than [`GATHERED`] anyhow.
const SHORTEST: Duration = Duration::from_millis(1);
/// Between two turns while the thread is barely busy. A call passes two turns until its caller hears of the answer, so
/// that it costs 40 ms at most, two packets of voice, of the seconds in which a telephone rings; timers are late by so
/// much, the shortest of which is SIP's T1 of 500 ms.
const LONGEST: Duration = Duration::from_millis(20);
/// The load is looked at over so long: calls come in bursts, which a shorter look would take for silence and rush.
const WINDOW: Duration = Duration::from_millis(100);
/// So many messages within [`WINDOW`] make the thread busy: about 30 calls a second.
const BUSY: u32 = 20;

/// Watches the load.
#[derive(Debug, Default)]
pub(super) struct Pace {
    since: Mono,
    taken: u32,
    /// The pause between turns, while the thread is busy.
    pace: Option<Duration>,
    /// The last turn left something unread.
    behind: bool,
}

impl Pace {
    /// A turn took so many messages; `full`: it left some unread.
    pub(super) fn turn(&mut self, now: Mono, taken: u32, full: bool) {
        let window = now.since(self.since);
        if window >= WINDOW {
            self.pace = pause(window, self.taken);
            (self.since, self.taken) = (now, 0);
        }
        self.taken += taken;
        self.behind = full;
    }

    /// How long to sleep before looking, when the thread need not be woken by what comes.
    pub(super) fn pause(&self) -> Option<Duration> {
        self.pace.filter(|_| !self.behind)
    }
}

/// The time in which [`GATHERED`] messages come when `taken` came within `window`; none when that is not worth waiting.
fn pause(window: Duration, taken: u32) -> Option<Duration> {
    let busy = u128::from(taken) * WINDOW.as_micros() >= u128::from(BUSY) * window.as_micros();
    busy.then(|| (window * GATHERED / taken).clamp(SHORTEST, LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Turns every millisecond for a while, each of which takes so many messages.
    fn under(taken: u32) -> Pace {
        let mut pace = Pace::default();
        for ms in 0..=300 {
            pace.turn(Mono::from_millis(1000 + ms), taken, false);
        }
        pace
    }

    #[test]
    fn the_pause_is_what_gathers_two_dozen_within_its_bounds() {
        assert_eq!(under(1).pause(), Some(LONGEST), "24 ms would be too long");
        assert_eq!(under(4).pause(), Some(Duration::from_millis(6)));
        let mut pace = under(25);
        assert_eq!(pace.pause(), Some(SHORTEST));
        pace.turn(Mono::from_millis(1301), 256, true);
        assert_eq!(pace.pause(), None, "who is behind does not rest");
    }

    #[test]
    fn an_idle_thread_answers_at_once() {
        assert_eq!(Pace::default().pause(), None, "nothing is known of the load yet");
        let mut pace = under(2);
        pace.turn(Mono::from_millis(1305), 0, false);
        assert!(pace.pause().is_some(), "one turn without work is no end of the load");
        for tenth in 0..25 {
            pace.turn(Mono::from_millis(1400 + tenth * 10), 1, false);
        }
        assert_eq!(pace.pause(), None, "ten messages in 100 ms are not worth gathering");
    }
}
