//! Deadlines: a queue for all of them, and the doubling waits of retransmission.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use types::Mono;

/// A time that never comes.
pub(crate) const NEVER: Mono = Mono(u64::MAX);

/// One owner's place in the queue. Moving a deadline later costs nothing: the entry that stands is looked at when it
/// comes up, and put back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    due: Mono,
    queued: Mono,
}

impl Default for Deadline {
    fn default() -> Self {
        Self { due: NEVER, queued: NEVER }
    }
}

/// All deadlines, soonest first. Entries of owners that are gone fall out when they come up, or by
/// [`TimerQueue::shed`].
#[derive(Debug)]
pub(crate) struct TimerQueue<K> {
    heap: BinaryHeap<Reverse<(Mono, K)>>,
}

impl<K: Copy + Ord> TimerQueue<K> {
    pub(crate) fn new() -> Self {
        Self { heap: BinaryHeap::new() }
    }

    /// Sets the owner's deadline; [`NEVER`] takes it away.
    pub(crate) fn arm(&mut self, deadline: &mut Deadline, key: K, at: Mono) {
        deadline.due = at;
        if at < deadline.queued {
            deadline.queued = at;
            self.heap.push(Reverse((at, key)));
        }
    }

    /// The next entry that is due. Its owner decides by [`TimerQueue::claim`] whether it still means something.
    pub(crate) fn pop(&mut self, now: Mono) -> Option<(Mono, K)> {
        let Reverse((at, _)) = self.heap.peek()?;
        if *at > now {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| entry)
    }

    /// Whether the owner's deadline has come; an entry that is too early for it is queued again.
    pub(crate) fn claim(&mut self, deadline: &mut Deadline, entry: (Mono, K), now: Mono) -> bool {
        if entry.0 != deadline.queued {
            return false;
        }
        deadline.queued = NEVER;
        if deadline.due <= now {
            deadline.due = NEVER;
            return true;
        }
        if deadline.due != NEVER {
            self.arm(deadline, entry.1, deadline.due);
        }
        false
    }

    /// When the next entry comes up.
    pub(crate) fn next(&self) -> Option<Mono> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }

    /// Throws out entries of owners that are gone.
    pub(crate) fn shed(&mut self, alive: impl Fn(&K) -> bool) {
        self.heap.retain(|Reverse((_, key))| alive(key));
    }
}

/// What a [`Repeat`] asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tick {
    Nothing,
    Resend,
    GiveUp,
}

/// Sending again after waits that double, until something comes or patience ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Repeat {
    interval: Duration,
    cap: Duration,
    resend_at: Mono,
    give_up_at: Mono,
}

impl Repeat {
    /// First again after `first`, then twice that, never more than `cap`; over after `patience`.
    pub(crate) fn new(now: Mono, first: Duration, cap: Duration, patience: Duration) -> Self {
        Self { interval: first, cap, resend_at: now + first, give_up_at: now + patience }
    }

    /// Only waits: the transport itself repeats.
    pub(crate) fn patience_only(now: Mono, patience: Duration) -> Self {
        Self { interval: Duration::MAX, cap: Duration::MAX, resend_at: NEVER, give_up_at: now + patience }
    }

    /// Stops repeating; patience goes on until `give_up_at`.
    pub(crate) fn hold_until(&mut self, give_up_at: Mono) {
        self.resend_at = NEVER;
        self.give_up_at = give_up_at;
    }

    /// Shortens patience.
    pub(crate) fn give_up_by(&mut self, at: Mono) {
        self.give_up_at = self.give_up_at.min(at);
    }

    /// Goes on at the longest interval (RFC 3261 section 17.1.2.2, after a provisional answer).
    pub(crate) fn slow_down(&mut self, now: Mono) {
        if self.resend_at != NEVER {
            self.interval = self.cap;
            self.resend_at = now + self.cap;
        }
    }

    pub(crate) fn due(&self) -> Mono {
        self.resend_at.min(self.give_up_at)
    }

    pub(crate) fn tick(&mut self, now: Mono) -> Tick {
        if self.give_up_at <= now {
            return Tick::GiveUp;
        }
        if self.resend_at > now {
            return Tick::Nothing;
        }
        self.interval = (self.interval * 2).min(self.cap);
        self.resend_at = now + self.interval;
        Tick::Resend
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_moved_later_comes_once_and_late() {
        let mut queue: TimerQueue<u8> = TimerQueue::new();
        let mut deadline = Deadline::default();
        queue.arm(&mut deadline, 1, Mono(10));
        queue.arm(&mut deadline, 1, Mono(30));
        let early = queue.pop(Mono(10)).unwrap();
        assert!(!queue.claim(&mut deadline, early, Mono(10)));
        let late = queue.pop(Mono(30)).unwrap();
        assert!(queue.claim(&mut deadline, late, Mono(30)));
        assert!(queue.pop(Mono(1000)).is_none());
    }

    #[test]
    fn a_deadline_moved_earlier_makes_the_old_entry_void() {
        let mut queue: TimerQueue<u8> = TimerQueue::new();
        let mut deadline = Deadline::default();
        queue.arm(&mut deadline, 1, Mono(30));
        queue.arm(&mut deadline, 1, Mono(10));
        let first = queue.pop(Mono(50)).unwrap();
        assert!(queue.claim(&mut deadline, first, Mono(50)));
        let second = queue.pop(Mono(50)).unwrap();
        assert!(!queue.claim(&mut deadline, second, Mono(50)));
    }

    #[test]
    fn invite_goes_out_at_the_times_of_the_standard() {
        let (t1, forever) = (Duration::from_millis(500), Duration::MAX);
        let mut repeat = Repeat::new(Mono(0), t1, forever, t1 * 64);
        let mut sent = Vec::new();
        loop {
            let at = repeat.due();
            match repeat.tick(at) {
                Tick::Resend => sent.push(at.as_millis()),
                Tick::GiveUp => break assert_eq!(at.as_millis(), 32_000),
                Tick::Nothing => unreachable!("a repeat is due when it says so"),
            }
        }
        assert_eq!(sent, [500, 1500, 3500, 7500, 15_500, 31_500]);
    }
}
