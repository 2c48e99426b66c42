//! A first-in, first-out queue with a bound.

use std::collections::VecDeque;

/// A queue that refuses what exceeds its bound and counts the refusals, so that nothing grows
/// without limit and nothing is lost in silence.
#[derive(Debug, Clone)]
pub struct Bounded<T> {
    items: VecDeque<T>,
    limit: usize,
    refused: u64,
}

impl<T> Bounded<T> {
    /// A queue of at most `limit` items.
    pub const fn new(limit: usize) -> Self {
        Self { items: VecDeque::new(), limit, refused: 0 }
    }

    /// Adds at the end; gives the item back when the queue is full.
    pub fn push(&mut self, item: T) -> Result<(), T> {
        if self.items.len() >= self.limit {
            self.refused += 1;
            return Err(item);
        }
        self.items.push_back(item);
        Ok(())
    }

    /// Takes the oldest.
    pub fn pop(&mut self) -> Option<T> {
        self.items.pop_front()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many were refused since the start.
    pub const fn refused(&self) -> u64 {
        self.refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_refuses_and_counts() {
        let mut queue = Bounded::new(2);
        assert_eq!((queue.push(1), queue.push(2), queue.push(3)), (Ok(()), Ok(()), Err(3)));
        assert_eq!((queue.refused(), queue.len()), (1, 2));
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(1), Some(2), None));
    }
}
