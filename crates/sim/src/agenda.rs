//! What is going to happen, in order of time; of two things at one moment the one planned first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use types::Mono;

#[derive(Debug)]
struct Entry<T> {
    key: Reverse<(Mono, u64)>,
    what: T,
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
impl<T> Eq for Entry<T> {}
impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

#[derive(Debug)]
pub(crate) struct Agenda<T> {
    heap: BinaryHeap<Entry<T>>,
    serial: u64,
}

impl<T> Agenda<T> {
    pub(crate) fn new() -> Self {
        Self { heap: BinaryHeap::new(), serial: 0 }
    }

    pub(crate) fn plan(&mut self, at: Mono, what: T) {
        self.serial += 1;
        self.heap.push(Entry { key: Reverse((at, self.serial)), what });
    }

    pub(crate) fn next(&self) -> Option<Mono> {
        self.heap.peek().map(|e| e.key.0.0)
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        self.heap.pop().map(|e| e.what)
    }
}
