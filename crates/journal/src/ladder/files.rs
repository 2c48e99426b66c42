//! The files of a ladder: one stream per writer, cut into files, the oldest removed.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use types::Wall;

use super::message::{self, Position};
use super::{LadderOptions, Shared};
use crate::disk::DiskFile;
use crate::error::Error;
use crate::options::Alarm;
use crate::queue::Batch;
use crate::segment::now_ms;

const EXTENSION: &str = "sip";
/// The first byte of a stream: no message lies at [`Position::NONE`].
const FIRST: u64 = 1;
/// How long the writer thread sleeps when nothing comes; there is nothing else for it to do.
const IDLE: Duration = Duration::from_secs(3600);

/// Far more than a flush takes to reach the file; only a position that never existed costs all of it.
const SETTLE: Duration = Duration::from_secs(1);

/// A file and the times of its messages.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) oldest: Wall,
    pub(super) newest: Wall,
}

pub(super) struct Files {
    dir: PathBuf,
    file_bytes: u64,
    options: LadderOptions,
    /// By the position of their first message.
    pieces: Mutex<BTreeMap<u64, Piece>>,
    written: Condvar,
}

impl Files {
    pub(super) fn open(dir: &Path, file_bytes: u64, options: LadderOptions) -> Result<Self, Error> {
        fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
        let probe = dir.join("probe");
        File::create(&probe).and_then(|_| fs::remove_file(&probe)).map_err(Error::io("write", &probe))?;
        let mut pieces = BTreeMap::new();
        for entry in fs::read_dir(dir).map_err(Error::io("read", dir))? {
            let path = entry.map_err(Error::io("read", dir))?.path();
            let name = path.file_stem().and_then(|s| s.to_str()).and_then(|s| u64::from_str_radix(s, 16).ok());
            if let Some(first) = name.filter(|_| path.extension().is_some_and(|e| e == EXTENSION)) {
                pieces.insert(first, Piece::found(path)?);
            }
        }
        Ok(Self { dir: dir.to_owned(), file_bytes, options, pieces: Mutex::new(pieces), written: Condvar::new() })
    }

    pub(super) fn pieces(&self) -> MutexGuard<'_, BTreeMap<u64, Piece>> {
        self.pieces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a lane goes on.
    pub(super) fn end(&self, lane: u8) -> u64 {
        let lanes_last = Position::new(lane, (1 << 56) - 1).0;
        let pieces = self.pieces();
        let last = pieces.range(Position::new(lane, 0).0..=lanes_last).next_back();
        last.map_or(FIRST, |(&first, piece)| Position(first).offset() + piece.bytes)
    }

    /// The file a position lies in, and where it begins.
    pub(super) fn of(&self, position: Position) -> Option<(Position, Piece)> {
        let pieces = self.pieces();
        let (&first, piece) = pieces.range(..=position.0).next_back()?;
        let inside = position.0 - first < piece.bytes && Position(first).lane() == position.lane();
        inside.then(|| (Position(first), piece.clone()))
    }

    /// Waits a moment for a message that has been appended but not written yet: that of a leg which lives.
    pub(super) fn settle(&self, position: Position) {
        let unwritten = |pieces: &mut BTreeMap<u64, Piece>| {
            let last = pieces.range(..=position.0).next_back();
            let same_lane = last.filter(|(first, _)| Position(**first).lane() == position.lane());
            same_lane.is_none_or(|(first, piece)| first + piece.bytes <= position.0)
        };
        drop(self.written.wait_timeout_while(self.pieces(), SETTLE, unwritten));
    }

    /// Removes the oldest files while all together are too large. Those being written stay.
    fn shrink(&self, open: &HashMap<u8, Lane>) {
        let mut gone = Vec::new();
        {
            let mut pieces = self.pieces();
            let mut bytes: u64 = pieces.values().map(|p| p.bytes).sum();
            while bytes > self.options.bytes {
                let sealed = pieces.iter().filter(|(first, _)| !open.values().any(|lane| lane.first == **first));
                let Some(oldest) = sealed.min_by_key(|(_, p)| p.newest).map(|(&first, _)| first) else { break };
                if let Some(piece) = pieces.remove(&oldest) {
                    bytes -= piece.bytes;
                    gone.push(piece.path);
                }
            }
        }
        for path in gone {
            // One that cannot be removed is found and removed after the next start.
            drop(self.options.disk.remove(&path));
        }
    }
}

impl Piece {
    fn found(path: PathBuf) -> Result<Self, Error> {
        let meta = fs::metadata(&path).map_err(Error::io("read", &path))?;
        let modified = meta.modified().ok().and_then(|m| m.duration_since(UNIX_EPOCH).ok());
        let newest = Wall(modified.map_or_else(now_ms, |d| d.as_millis() as i64));
        let mut head = [0; message::HEAD];
        let file = File::open(&path).map_err(Error::io("open", &path))?;
        let oldest = file.read_exact_at(&mut head, 0).ok().and_then(|()| message::peek_at(&head)).unwrap_or(newest);
        Ok(Self { path, bytes: meta.len(), oldest, newest })
    }
}

/// The file a lane writes into.
struct Lane {
    file: Arc<dyn DiskFile>,
    first: u64,
    end: u64,
}

/// The writer thread.
pub(super) fn run(shared: &Shared) {
    let (mut lanes, mut batches, mut failed) = (HashMap::new(), Vec::new(), false);
    while shared.queue.take(&mut batches, IDLE) {
        let Some(ticket) = batches.last().map(|b| b.ticket) else { continue };
        let mut lost = 0;
        for batch in &batches {
            let result = shared.files.write(&mut lanes, batch);
            if let Err(e) = &result {
                lost += batch.records;
                lanes.remove(&batch.lane);
                if !failed {
                    let detail = format!("cannot write SIP messages in {}: {e}", shared.files.dir.display());
                    (shared.files.options.alarm)(Alarm { code: "ladder_failed", detail, raised: true });
                }
            } else if failed {
                let detail = "SIP messages are written again".to_owned();
                (shared.files.options.alarm)(Alarm { code: "ladder_failed", detail, raised: false });
            }
            failed = result.is_err();
        }
        shared.queue.written(ticket, &mut batches, lost);
    }
}

impl Files {
    fn write(&self, lanes: &mut HashMap<u8, Lane>, batch: &Batch) -> io::Result<()> {
        let length = batch.bytes.len() as u64;
        let fits = lanes.get(&batch.lane).is_some_and(|lane| {
            let start = Position(lane.first).offset();
            // After records that were dropped the stream goes on in a new file, so that files have no holes.
            batch.start == start + lane.end && lane.end + length <= self.file_bytes
        });
        if !fits {
            lanes.remove(&batch.lane);
            self.shrink(lanes);
            let first = Position::new(batch.lane, batch.start).0;
            let path = self.dir.join(format!("{first:016x}.{EXTENSION}"));
            let file = self.options.disk.create(&path)?;
            lanes.insert(batch.lane, Lane { file, first, end: 0 });
            let at = message::peek_at(&batch.bytes).unwrap_or_default();
            self.pieces().insert(first, Piece { path, bytes: 0, oldest: at, newest: at });
        }
        let Some(lane) = lanes.get_mut(&batch.lane) else { return Ok(()) };
        lane.file.write_at(&batch.bytes, lane.end)?;
        lane.end += length;
        if let Some(piece) = self.pieces().get_mut(&lane.first) {
            piece.bytes = lane.end;
            piece.newest = piece.newest.max(Wall(now_ms()));
        }
        self.written.notify_all();
        Ok(())
    }
}
