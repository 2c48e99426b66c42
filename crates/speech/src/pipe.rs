//! Sound of a live channel on its way to the worker: bounded, and what had to go is marked.

use std::collections::VecDeque;

use crate::PER_MS;

/// What comes out of a [`Pipe`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The next samples.
    Sound {
        /// Time of the first since the start of the channel, in milliseconds.
        at_ms: u64,
        /// The samples.
        samples: Vec<i16>,
    },
    /// So many milliseconds were lost here.
    Gap {
        /// How many.
        ms: u64,
    },
}

/// A queue of sound in which the oldest makes way for the newest: a worker that has fallen behind hears what is said
/// now, and knows what it missed.
#[derive(Debug)]
pub struct Pipe {
    pieces: VecDeque<(u64, Vec<i16>)>,
    /// Most pieces that wait.
    limit: usize,
    /// Where the next piece out would begin if nothing were lost, in milliseconds.
    expected_ms: u64,
}

impl Pipe {
    /// A pipe in which at most `limit` pieces wait.
    pub const fn new(limit: usize) -> Self {
        Self { pieces: VecDeque::new(), limit, expected_ms: 0 }
    }

    /// Adds samples that begin `at_ms` after the start of the channel, dropping the oldest when it is full.
    pub fn push(&mut self, at_ms: u64, samples: Vec<i16>) {
        self.pieces.push_back((at_ms, samples));
        while self.pieces.len() > self.limit {
            self.pieces.pop_front();
        }
    }

    /// Takes the next piece: a gap before the sound that follows it.
    pub fn pop(&mut self) -> Option<Piece> {
        let (at_ms, _) = self.pieces.front()?;
        let lost = at_ms.saturating_sub(self.expected_ms);
        if lost > 0 {
            self.expected_ms = *at_ms;
            return Some(Piece::Gap { ms: lost });
        }
        let (at_ms, samples) = self.pieces.pop_front()?;
        self.expected_ms = at_ms + (samples.len() / PER_MS) as u64;
        Some(Piece::Sound { at_ms, samples })
    }

    /// How many pieces wait.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}
