//! The newest events, kept in memory for readers that keep up.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::frame::{self, Stored};

/// How long events are kept. Readers that keep up are there within two seconds, the projection's pause in a busy time
/// and its transaction; those who come later find them in the files.
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(3);

/// Events that were written together.
pub(crate) struct Written {
    pub(crate) bytes: Arc<Vec<u8>>,
    pub(crate) last_pos: u64,
    pub(crate) at: Instant,
}

/// A ring of what was written last.
pub(crate) struct Live {
    ring: VecDeque<Written>,
    bytes: usize,
    limit: usize,
    /// Every event after this position is in the ring.
    after: u64,
}

impl Live {
    pub(crate) fn new(limit: usize, last_pos: u64) -> Self {
        Self { ring: VecDeque::new(), bytes: 0, limit, after: last_pos }
    }

    pub(crate) fn push(&mut self, written: Written) {
        self.bytes += written.bytes.len();
        self.expire(written.at);
        self.ring.push_back(written);
        while self.bytes > self.limit {
            self.drop_oldest();
        }
    }

    /// Lets go of what is older than [`KEPT_FOR`]. False when nothing is left.
    pub(crate) fn expire(&mut self, now: Instant) -> bool {
        while self.ring.front().is_some_and(|oldest| now.saturating_duration_since(oldest.at) > KEPT_FOR) {
            self.drop_oldest();
        }
        if self.ring.is_empty() {
            self.ring = VecDeque::new();
        }
        !self.ring.is_empty()
    }

    fn drop_oldest(&mut self) {
        if let Some(old) = self.ring.pop_front() {
            self.bytes -= old.bytes.len();
            self.after = old.last_pos;
        }
    }

    /// The bytes of all that came after `pos`, or `None` when some of it has left the ring.
    pub(crate) fn after(&self, pos: u64) -> Option<Vec<Arc<Vec<u8>>>> {
        if pos < self.after {
            return None;
        }
        let first = self.ring.partition_point(|w| w.last_pos <= pos);
        Some(self.ring.range(first..).map(|w| Arc::clone(&w.bytes)).collect())
    }
}

/// The events in `bytes`, which we wrote.
pub(crate) fn events(bytes: &Arc<Vec<u8>>) -> impl Iterator<Item = Stored> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let head = frame::head(&bytes[at..]).ok()?;
        let stored = Stored::new(head, bytes, at);
        at += head.total;
        Some(stored)
    })
}
