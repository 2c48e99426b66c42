//! The thread that numbers and writes events.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::disk::DiskFile;
use crate::frame;
use crate::index::{Marks, Segment};
use crate::live::{KEPT_FOR, Written};
use crate::options::Alarm;
use crate::queue::Batch;
use crate::segment::{self, Header};
use crate::shared::Shared;
use crate::syncer::Syncer;

/// Written at once at most: a backlog reaches readers bit by bit.
const WRITE_BYTES: usize = 1 << 20;
/// Between two attempts at a failing disk.
const RETRY: Duration = Duration::from_millis(200);
/// Attempts at a failing disk once the server is going down.
const LAST_ATTEMPTS: u32 = 3;
/// How often an idle journal looks at its retention.
const TICK: Duration = Duration::from_secs(60);
/// A segment is closed after this time even when small, so that it can age out.
const DAY_MS: i64 = 24 * 3600 * 1000;

/// The segment being written.
#[derive(Clone)]
pub(crate) struct Open {
    file: Arc<dyn DiskFile>,
    /// Where its frames begin.
    start: u64,
    end: u64,
}

pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) syncer: Syncer,
    pub(crate) open: Option<Open>,
    pub(crate) last_pos: u64,
    pub(crate) last_seq: HashMap<u64, u64>,
    pub(crate) failed: bool,
    /// Segments that are over their time can't be removed.
    pub(crate) unremoved: bool,
}

impl Worker {
    pub(crate) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        let mut batches = Vec::new();
        // The newest events leave the memory in time, also when no others follow them.
        let tick = || if shared.log().live.expire(clock()) { KEPT_FOR } else { TICK };
        while shared.queue.take(&mut batches, tick()) {
            while !batches.is_empty() {
                let mut bytes = 0;
                let fits = batches.iter().take_while(|b: &&Batch| {
                    bytes += b.bytes.len();
                    bytes <= WRITE_BYTES
                });
                let count = fits.count().max(1);
                let mut group: Vec<Batch> = batches.drain(..count).collect();
                let ticket = group[count - 1].ticket;
                let given_up = if self.store(&group) { 0 } else { group.iter().map(|b| b.records).sum() };
                shared.queue.written(ticket, &mut group, given_up);
            }
            self.retain();
        }
    }

    /// Writes a group of batches and shows it to readers. False when the disk failed until the end.
    fn store(&mut self, group: &[Batch]) -> bool {
        let length: usize = group.iter().map(|b| b.bytes.len()).sum();
        let limit = self.shared.options.segment_bytes;
        // An empty segment takes a batch of any size.
        if self.open.as_ref().is_some_and(|open| open.end > open.start && open.end + length as u64 > limit) {
            self.open = None;
        }
        if self.open.is_none() && !self.persist(Worker::begin_segment) {
            return false;
        }
        let Some(Open { file, start: frames, end: start }) = self.open.clone() else { return false };
        let mut bytes = Vec::with_capacity(length);
        for batch in group {
            bytes.extend_from_slice(&batch.bytes);
        }
        let heads = self.number(&mut bytes);
        if !self.persist(|_| file.write_at(&bytes, start)) {
            return false;
        }
        self.syncer.dirty(&file);
        let end = start + bytes.len() as u64;
        self.open = Some(Open { file, start: frames, end });
        self.publish(bytes, &heads, start, end);
        true
    }

    /// Gives each frame its numbers and checksum; the answer says where each lies.
    fn number(&mut self, bytes: &mut [u8]) -> Vec<(usize, frame::Head)> {
        let (mut heads, mut at) = (Vec::new(), 0);
        while let Ok(mut head) = frame::head(&bytes[at..]) {
            self.last_pos += 1;
            let seq = self.last_seq.entry(head.tenant).or_insert(0);
            *seq += 1;
            (head.pos, head.seq) = (self.last_pos, *seq);
            frame::stamp(&mut bytes[at..at + head.total], head.pos, head.seq);
            heads.push((at, head));
            at += head.total;
        }
        debug_assert_eq!(at, bytes.len(), "writers hand over whole frames");
        heads
    }

    fn publish(&self, bytes: Vec<u8>, heads: &[(usize, frame::Head)], start: u64, end: u64) {
        {
            let mut log = self.shared.log();
            let index = &mut log.index;
            for (_, head) in heads {
                index.last_seq.insert(head.tenant, head.seq);
            }
            index.last_pos = self.last_pos;
            if let Some(segment) = index.segments.back_mut() {
                let marks = segment.marks.get_or_insert_default();
                for (at, head) in heads {
                    marks.note(head, start + *at as u64);
                    segment.newest = segment.newest.max(head.at);
                }
                segment.end = end;
            }
            log.live.push(Written { bytes: Arc::new(bytes), last_pos: self.last_pos, at: clock() });
        }
        self.shared.news.notify_all();
        self.shared.watch.send_replace(self.last_pos);
    }

    /// Makes the next segment and its header.
    pub(crate) fn begin_segment(&mut self) -> io::Result<()> {
        let (shared, created) = (&self.shared, segment::now_ms());
        let header = Header {
            node: shared.options.node,
            first_pos: self.last_pos + 1,
            created,
            before: Arc::new(self.last_seq.clone()),
        };
        let path = shared.dir.join(segment::file_name(header.first_pos));
        let disk = &*shared.options.disk;
        let file = match disk.create(&path) {
            // Left by an attempt that failed half-way, or by a run that wrote nothing into it.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                disk.remove(&path)?;
                disk.create(&path)?
            }
            other => other?,
        };
        let bytes = header.encode();
        file.write_at(&bytes, 0)?;
        let start = bytes.len() as u64;
        self.syncer.dirty(&file);
        self.open = Some(Open { file, start, end: start });
        let marks = Some(Marks::default());
        let segment = Segment { path, header, start, end: start, newest: created, marks };
        shared.log().index.segments.push_back(segment);
        Ok(())
    }

    /// Tries until it works; only when the server goes down does it give up.
    fn persist(&mut self, mut action: impl FnMut(&mut Self) -> io::Result<()>) -> bool {
        let mut last_attempts = LAST_ATTEMPTS;
        loop {
            let result = action(self);
            if result.is_err() != self.failed {
                self.failed = !self.failed;
                let detail = match &result {
                    Err(e) => format!("cannot write the journal in {}: {e}; calls go on", self.shared.dir.display()),
                    Ok(()) => "the journal is written again".to_owned(),
                };
                (self.shared.options.alarm)(Alarm { code: "journal_failed", detail, raised: self.failed });
            }
            if result.is_ok() {
                return true;
            }
            if self.shared.queue.is_closed() {
                last_attempts -= 1;
                if last_attempts == 0 {
                    return false;
                }
            }
            self.shared.queue.pause(RETRY);
        }
    }

    /// Removes what is over its time or size. The segment being written stays.
    fn retain(&mut self) {
        let options = &self.shared.options;
        let now = segment::now_ms();
        let keep_ms = i64::try_from(options.retention.as_millis()).unwrap_or(i64::MAX);
        let mut gone: Vec<PathBuf> = Vec::new();
        {
            let mut log = self.shared.log();
            let index = &mut log.index;
            if index.segments.back().is_some_and(|s| s.end > s.start && now - s.header.created > DAY_MS.min(keep_ms)) {
                self.open = None;
            }
            let mut bytes = index.bytes();
            while let Some(oldest) = index.segments.front() {
                let is_open = index.segments.len() == 1 && self.open.is_some();
                let keep = bytes <= options.retention_bytes && now - oldest.newest <= keep_ms;
                // The newest segment tells the next start which numbers were given.
                if is_open || keep || index.segments.len() == 1 {
                    break;
                }
                bytes -= oldest.end;
                gone.extend(index.segments.pop_front().map(|s| s.path));
            }
        }
        let tried = !gone.is_empty();
        let mut refused = None;
        for path in gone {
            if let Err(e) = options.disk.remove(&path)
                && e.kind() != io::ErrorKind::NotFound
            {
                refused = Some(format!("cannot remove {}: {e}", path.display()));
            }
        }
        if tried && refused.is_some() != self.unremoved {
            self.unremoved = refused.is_some();
            let detail = refused.unwrap_or_else(|| "old segments of the journal are removed again".to_owned());
            (options.alarm)(Alarm { code: "disk_failed", detail, raised: self.unremoved });
        }
        if self.open.is_none() {
            let _ = self.begin_segment();
        }
    }
}

/// For what happens on the writer's own thread and is no event.
#[allow(clippy::disallowed_methods)]
fn clock() -> Instant {
    Instant::now()
}
