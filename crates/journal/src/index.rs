//! Which segment holds which events, kept in memory and sparse.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;

use crate::error::Error;
use crate::frame::Head;
use crate::segment::{Header, Walk};

/// One mark per so many events of a tenant, and of all: what a reader skips at most.
const STRIDE: u64 = 512;

/// Where some events of a segment lie.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    count: u64,
    /// (position, offset) of every 512th event.
    all: Vec<(u64, u64)>,
    /// Per tenant: how many, and (sequence number, offset) of every 512th.
    tenants: HashMap<u64, (u64, Vec<(u64, u64)>)>,
}

impl Marks {
    pub(crate) fn note(&mut self, head: &Head, offset: u64) {
        if self.count.is_multiple_of(STRIDE) {
            self.all.push((head.pos, offset));
        }
        self.count += 1;
        let (count, marks) = self.tenants.entry(head.tenant).or_default();
        if count.is_multiple_of(STRIDE) {
            marks.push((head.seq, offset));
        }
        *count += 1;
    }

    /// The offset of the last mark at or before the event after `cursor`.
    fn before(marks: &[(u64, u64)], cursor: u64) -> Option<u64> {
        let after = marks.partition_point(|&(number, _)| number <= cursor + 1);
        after.checked_sub(1).map(|i| marks[i].1)
    }
}

/// A segment, open or sealed.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) path: PathBuf,
    pub(crate) header: Header,
    /// Where its frames begin.
    pub(crate) start: u64,
    /// Where its whole, visible frames end.
    pub(crate) end: u64,
    /// Unix milliseconds of its newest event, as far as known.
    pub(crate) newest: i64,
    /// Absent until someone looks for an event in an old segment.
    pub(crate) marks: Option<Marks>,
}

/// All segments, and the last numbers given.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) segments: VecDeque<Segment>,
    pub(crate) last_pos: u64,
    pub(crate) last_seq: HashMap<u64, u64>,
}

/// What a reader looks for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cursor {
    /// Everything after a position.
    Pos(u64),
    /// A tenant's events after a sequence number.
    Seq(u64, u64),
}

impl Index {
    pub(crate) fn bytes(&self) -> u64 {
        self.segments.iter().map(|s| s.end).sum()
    }

    /// The index of the segment in which a reader has to begin.
    pub(crate) fn find(&self, cursor: Cursor) -> Result<usize, Error> {
        let before = |segment: &Segment| match cursor {
            Cursor::Pos(_) => segment.header.first_pos.saturating_sub(1),
            Cursor::Seq(tenant, _) => segment.header.before.get(&tenant).copied().unwrap_or(0),
        };
        let (wanted, newest) = match cursor {
            Cursor::Pos(pos) => (pos, self.last_pos),
            Cursor::Seq(tenant, seq) => (seq, self.last_seq.get(&tenant).copied().unwrap_or(0)),
        };
        let oldest = self.segments.front().map_or(0, before);
        if wanted < oldest || wanted > newest {
            return Err(Error::Expired { cursor: wanted, oldest, newest });
        }
        Ok(self.segments.partition_point(|s| before(s) <= wanted).saturating_sub(1))
    }

    /// The index of the segment that begins with this position.
    pub(crate) fn of(&self, first_pos: u64) -> Option<usize> {
        self.segments.binary_search_by_key(&first_pos, |s| s.header.first_pos).ok()
    }
}

impl Segment {
    /// Reads a sealed segment once to know where its events lie.
    pub(crate) fn scan(&self) -> Result<Marks, Error> {
        let mut marks = Marks::default();
        let mut walk = Walk::new(&self.path, self.start, self.end)?;
        while let Some(chunk) = walk.next_sound()? {
            for (at, head) in &chunk.frames {
                marks.note(head, chunk.offset + *at as u64);
            }
        }
        Ok(marks)
    }

    /// Where to begin to read for `cursor`.
    pub(crate) fn offset(&self, cursor: Cursor) -> u64 {
        let found = self.marks.as_ref().and_then(|marks| match cursor {
            Cursor::Pos(pos) => Marks::before(&marks.all, pos),
            Cursor::Seq(tenant, seq) => marks.tenants.get(&tenant).and_then(|(_, m)| Marks::before(m, seq)),
        });
        found.unwrap_or(self.start)
    }
}
