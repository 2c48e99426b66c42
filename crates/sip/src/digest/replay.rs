//! Which uses of a nonce have been seen.

use std::collections::BTreeMap;

/// Nonces remembered at once. A phone uses one for minutes: room for 65,536 phones in a nonce's life, at 32 bytes each.
const MAX_NONCES: usize = 65_536;

/// Uses that may overtake each other on UDP; older ones count as replays.
const WINDOW: u32 = 64;

/// A nonce by its moment of issue (milliseconds) and its number.
pub(super) type NonceId = (u64, u32);

#[derive(Debug, Clone, Copy, Default)]
struct Window {
    highest: u32,
    /// Bit n: `highest - n` has been used.
    used: u64,
}

impl Window {
    fn take(&mut self, nc: u32) -> bool {
        if nc > self.highest {
            let shift = nc - self.highest;
            self.used = if shift < WINDOW { self.used << shift | 1 } else { 1 };
            self.highest = nc;
            return true;
        }
        let age = self.highest - nc;
        if age >= WINDOW || self.used & (1 << age) != 0 {
            return false;
        }
        self.used |= 1 << age;
        true
    }
}

/// A bounded memory of nonce counts. When it is full the oldest nonce is forgotten and no longer taken.
#[derive(Debug, Default)]
pub(super) struct ReplayTable {
    windows: BTreeMap<NonceId, Window>,
    forgotten: Option<NonceId>,
}

impl ReplayTable {
    /// Whether use `nc` of the nonce is its first; it counts as used from here on.
    pub(super) fn take(&mut self, nonce: NonceId, nc: u32) -> bool {
        if self.forgotten.is_some_and(|forgotten| nonce <= forgotten) {
            return false;
        }
        if !self.windows.contains_key(&nonce) && self.windows.len() >= MAX_NONCES {
            let oldest = self.windows.pop_first().map(|(oldest, _)| oldest);
            self.forgotten = self.forgotten.max(oldest);
            if oldest.is_some_and(|oldest| nonce <= oldest) {
                return false;
            }
        }
        self.windows.entry(nonce).or_default().take(nc)
    }

    /// Forgets nonces issued before `ms`: they have expired by themselves.
    pub(super) fn expire(&mut self, ms: u64) {
        while let Some(entry) = self.windows.first_entry().filter(|entry| entry.key().0 < ms) {
            entry.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_use_counts_once_even_out_of_order() {
        let mut table = ReplayTable::default();
        let nonce = (5, 1);
        assert!(table.take(nonce, 1));
        assert!(!table.take(nonce, 1));
        assert!(table.take(nonce, 3));
        assert!(table.take(nonce, 2));
        assert!(!table.take(nonce, 2) && !table.take(nonce, 3));
        assert!(table.take(nonce, 100));
        assert!(!table.take(nonce, 36), "out of the window");
        assert!(table.take(nonce, 37) && !table.take(nonce, 37));
        assert!(table.take((5, 2), 1));
    }

    #[test]
    fn the_table_is_bounded_and_what_it_forgets_is_refused() {
        let mut table = ReplayTable::default();
        for number in 0..MAX_NONCES as u32 + 10 {
            assert!(table.take((1000, number), 1));
        }
        assert_eq!(table.windows.len(), MAX_NONCES);
        assert!(!table.take((1000, 3), 2));
        assert!(table.take((1000, 5000), 2));
        table.expire(1001);
        assert!(table.windows.is_empty());
    }
}
