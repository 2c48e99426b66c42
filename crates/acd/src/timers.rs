//! One deadline per thing, in order.

use std::collections::BTreeSet;

use types::Mono;

/// Deadlines of things of kind `K`; each thing has one at most, which its owner remembers.
#[derive(Debug, Default)]
pub(crate) struct Timers<K: Ord + Copy> {
    due: BTreeSet<(Mono, K)>,
}

impl<K: Ord + Copy> Timers<K> {
    pub(crate) const fn new() -> Self {
        Self { due: BTreeSet::new() }
    }

    /// Moves the deadline of `key` from what it was to what it is to be.
    pub(crate) fn set(&mut self, key: K, was: Option<Mono>, to: Option<Mono>) {
        if was == to {
            return;
        }
        if let Some(at) = was {
            self.due.remove(&(at, key));
        }
        if let Some(at) = to {
            self.due.insert((at, key));
        }
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Mono> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The earliest thing that is due; its deadline stays until its owner moves it.
    pub(crate) fn due(&self, now: Mono) -> Option<K> {
        self.due.first().filter(|(at, _)| *at <= now).map(|(_, key)| *key)
    }
}
