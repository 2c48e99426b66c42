//! Reading: what is stored, then what comes.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::frame::Stored;
use crate::index::Cursor;
use crate::live;
use crate::segment::{Chunk, Walk};
use crate::shared::Shared;

/// Events after a cursor, in order, each once. A reader that keeps up is served from memory; one that lags reads
/// the files until it has caught up, and holds up nobody.
pub struct Subscription {
    /// Absent while it reads files on another thread.
    reader: Option<Reader>,
    reading: Option<JoinHandle<Read>>,
    watch: watch::Receiver<u64>,
    shared: Arc<Shared>,
}

/// What was read, and who read it.
type Read = (Result<Vec<Stored>, Error>, Reader);

struct Reader {
    shared: Arc<Shared>,
    tenant: Option<u64>,
    /// The last position seen, delivered or not.
    pos: u64,
    /// A tenant's events up to this number are not wanted; zero without a tenant.
    after_seq: u64,
    /// The walk through the files: the first position of the segment it is in, and where.
    walk: Option<(u64, Walk)>,
    /// Where the walk has to begin, until it has.
    start: Option<Cursor>,
}

impl Subscription {
    pub(crate) fn new(shared: &Arc<Shared>, cursor: Cursor) -> Result<Self, Error> {
        let watch = shared.watch.subscribe();
        let log = shared.log();
        log.index.find(cursor)?;
        let mut reader =
            Reader { shared: Arc::clone(shared), tenant: None, pos: 0, after_seq: 0, walk: None, start: Some(cursor) };
        match cursor {
            Cursor::Pos(pos) => reader.pos = pos,
            Cursor::Seq(tenant, seq) => {
                (reader.tenant, reader.after_seq) = (Some(tenant), seq);
                if log.index.last_seq.get(&tenant).copied().unwrap_or(0) == seq {
                    // Nothing of the tenant's is stored beyond this: no need to look for the place in the files.
                    reader.pos = log.index.last_pos;
                    reader.start = Some(Cursor::Pos(reader.pos));
                }
            }
        }
        drop(log);
        Ok(Self { reader: Some(reader), reading: None, watch, shared: Arc::clone(shared) })
    }

    /// The next events, as many as are at hand; none when there are no more yet, or while a dropped
    /// [`Subscription::next`] still reads. May read files.
    ///
    /// # Errors
    /// [`Error::Expired`] when the reader lagged so far that its place was removed; files that cannot be read.
    pub fn read(&mut self) -> Result<Vec<Stored>, Error> {
        let Some(reader) = &mut self.reader else { return Ok(Vec::new()) };
        self.watch.mark_unchanged();
        reader.read()
    }

    /// Blocks until something is written after the last read, `max` at most.
    pub fn wait(&mut self, max: Duration) {
        let Some(reader) = &self.reader else { return };
        let pos = reader.pos;
        let log = self.shared.log();
        let waited = self.shared.news.wait_timeout_while(log, max, |log| log.index.last_pos <= pos);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// The next events, one at least; waits for them. Files are read on a thread that may block. The future may be
    /// dropped at any time, as `select!` does, and nothing is missed.
    ///
    /// # Errors
    /// As [`Subscription::read`].
    ///
    /// # Panics
    /// When the thread that reads has panicked.
    pub async fn next(&mut self) -> Result<Vec<Stored>, Error> {
        loop {
            let events = self.at_hand().await?;
            if !events.is_empty() {
                return Ok(events);
            }
            // The journal outlives its subscriptions' interest: they hold a share of it.
            drop(self.watch.changed().await);
        }
    }

    /// As [`Subscription::read`], but files are read on a thread that may block, and what a dropped future still
    /// reads is waited for. This one may be dropped as well.
    ///
    /// # Errors
    /// As [`Subscription::read`].
    ///
    /// # Panics
    /// When the thread that reads has panicked.
    pub async fn at_hand(&mut self) -> Result<Vec<Stored>, Error> {
        if let Some(mut reader) = self.reader.take() {
            // Before a read begins and at no other time: what is written after a read that a dropped call left behind
            // is news still.
            self.watch.mark_unchanged();
            if let Some(events) = reader.read_live() {
                self.reader = Some(reader);
                return Ok(events);
            }
            self.reading = Some(tokio::task::spawn_blocking(move || (reader.read(), reader)));
        }
        let Some(reading) = &mut self.reading else { return Ok(Vec::new()) };
        match reading.await {
            Ok((events, reader)) => {
                (self.reader, self.reading) = (Some(reader), None);
                events
            }
            Err(failed) => {
                self.reading = None;
                match failed.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // The runtime is going down.
                    Err(_) => std::future::pending().await,
                }
            }
        }
    }

    /// The last position looked at; every event of interest up to it was delivered.
    pub fn pos(&self) -> u64 {
        self.reader.as_ref().map_or(0, |r| r.pos)
    }
}

impl Reader {
    fn read(&mut self) -> Result<Vec<Stored>, Error> {
        if let Some(events) = self.read_live() {
            return Ok(events);
        }
        loop {
            let Some(chunk) = self.next_chunk()? else {
                // Caught up with the files; what came meanwhile is in memory.
                return Ok(self.read_live().unwrap_or_default());
            };
            let stored = chunk.frames.iter().map(|(at, head)| Stored::new(*head, &chunk.bytes, *at));
            let events = self.pick(stored);
            if !events.is_empty() {
                return Ok(events);
            }
        }
    }

    /// From memory, or `None` when the place is not there any more.
    fn read_live(&mut self) -> Option<Vec<Stored>> {
        if matches!(self.start, Some(Cursor::Seq(..))) {
            // The position is not known before the place in the files is found.
            return None;
        }
        let written = self.shared.log().live.after(self.pos)?;
        // The walk would begin anew at the position if this reader ever lags.
        (self.walk, self.start) = (None, None);
        Some(self.pick(written.iter().flat_map(live::events)))
    }

    fn pick(&mut self, stored: impl Iterator<Item = Stored>) -> Vec<Stored> {
        let (mut pos, tenant, after_seq) = (self.pos, self.tenant, self.after_seq);
        let events = stored
            .filter(|event| {
                let new = event.pos > pos;
                pos = pos.max(event.pos);
                new && tenant.is_none_or(|t| t == event.tenant.0 && event.seq > after_seq)
            })
            .collect();
        self.pos = pos;
        events
    }

    /// The next chunk of the files, going on from segment to segment.
    fn next_chunk(&mut self) -> Result<Option<Chunk>, Error> {
        loop {
            if self.walk.is_none() {
                self.begin_walk()?;
            }
            let Some((first_pos, walk)) = &mut self.walk else { return Ok(None) };
            let (end, next, last_pos) = {
                let log = self.shared.log();
                let Some(i) = log.index.of(*first_pos) else {
                    // Removed under us: the place is looked for again, and has expired if it is gone.
                    drop(log);
                    self.walk = None;
                    continue;
                };
                let next = log.index.segments.get(i + 1).map(|s| (s.header.first_pos, s.path.clone(), s.start, s.end));
                (log.index.segments[i].end, next, log.index.last_pos)
            };
            walk.extend(end);
            if let Some(chunk) = walk.next_sound()? {
                self.start = None;
                return Ok(Some(chunk));
            }
            let Some((first_pos, path, start, end)) = next else {
                // All there was a moment ago has been seen, even where numbers were skipped.
                self.pos = self.pos.max(last_pos);
                self.start = None;
                return Ok(None);
            };
            self.walk = Some((first_pos, Walk::new(&path, start, end)?));
        }
    }

    fn begin_walk(&mut self) -> Result<(), Error> {
        let cursor = self.start.unwrap_or(Cursor::Pos(self.pos));
        let segment = {
            let log = self.shared.log();
            let i = log.index.find(cursor)?;
            log.index.segments.get(i).cloned()
        };
        let Some(mut segment) = segment else { return Ok(()) };
        let first_pos = segment.header.first_pos;
        if segment.marks.is_none() {
            let marks = segment.scan()?;
            let mut log = self.shared.log();
            if let Some(i) = log.index.of(first_pos) {
                log.index.segments[i].marks.get_or_insert_with(|| marks.clone());
            }
            segment.marks = Some(marks);
        }
        self.walk = Some((first_pos, Walk::new(&segment.path, segment.offset(cursor), segment.end)?));
        Ok(())
    }
}
