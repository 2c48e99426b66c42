//! Opening a journal: whose folder it is, what it holds, and what a crash left of its end.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use tokio::sync::watch;
use types::{TenantId, Wall};

use crate::error::Error;
use crate::frame::Bad;
use crate::index::{Cursor, Index, Marks, Segment};
use crate::live::Live;
use crate::options::Options;
use crate::pace::{Pace, SyncTimes};
use crate::past::Past;
use crate::queue::Queue;
use crate::reader::Subscription;
use crate::segment::{self, Header, Stop, Walk};
use crate::shared::{Log, Shared};
use crate::syncer::Syncer;
use crate::thread::Thread;
use crate::worker::Worker;
use crate::writer::Writer;

/// After a crash all numbers skip ahead by this many: more than can be lost between two syncs, so that no cursor
/// anybody holds points at another event than it did.
const SKIP: u64 = 1 << 20;
const LOCK_FILE: &str = "lock";
/// In the lock file while a journal is open; still there after a crash.
const RUNNING: &[u8] = b"running\n";

/// An open journal. Dropping it writes and syncs what is left; a disk that does not take it holds up the end of the
/// process for some seconds at most.
pub struct Journal {
    shared: Arc<Shared>,
    thread: Thread,
    warnings: Vec<String>,
    lock: File,
    found_pos: u64,
    syncs: Arc<SyncTimes>,
}

impl Journal {
    /// Opens the journal in `dir`, making the folder when there is none. A torn end, as a crash leaves it, is cut
    /// behind the last whole event; the bytes cut are kept in a file beside it and [`Journal::warnings`] says so.
    ///
    /// # Errors
    /// The folder cannot be written or is in use, or a file in it is damaged or newer than this program.
    pub fn open(dir: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        let dir = dir.as_ref().to_owned();
        fs::create_dir_all(&dir).map_err(Error::io("create", &dir))?;
        let (lock, crashed) = take_lock(&dir)?;
        let mut warnings = Vec::new();
        let mut index = load(&dir, &mut warnings)?;
        let found_pos = index.last_pos;
        index.last_pos = found_pos.max(options.after_pos);
        // Nothing lies between the last event and the numbers skipped.
        let live = Live::new(options.live_bytes, index.last_pos);
        if crashed {
            index.last_pos += SKIP;
            index.last_seq.values_mut().for_each(|seq| *seq += SKIP);
        }
        let (last_pos, last_seq) = (index.last_pos, index.last_seq.clone());
        let shared = Arc::new(Shared {
            queue: Queue::new(options.queue_bytes, "events", Arc::clone(&options.alarm)),
            log: Mutex::new(Log { index, live }),
            news: Condvar::new(),
            watch: watch::Sender::new(last_pos),
            options,
            dir: dir.clone(),
        });
        let start = Error::io("start a thread for", &dir);
        let alarm = Arc::clone(&shared.options.alarm);
        let syncer = Syncer::start("journal-sync", shared.options.sync_after, alarm).map_err(start)?;
        let syncs = syncer.times();
        let mut worker = Worker {
            shared: Arc::clone(&shared),
            syncer,
            open: None,
            last_pos,
            last_seq,
            failed: false,
            unremoved: false,
        };
        worker.begin_segment().map_err(Error::io("write a file in", &dir))?;
        let start = Error::io("start a thread for", &dir);
        let thread = Thread::start("journal", move || worker.run()).map_err(start)?;
        Ok(Self { shared, thread, warnings, lock, found_pos, syncs })
    }

    /// What was found amiss and mended at opening, for the log.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// A writer for one thread.
    pub fn writer(&self) -> Writer {
        Writer::new(Arc::clone(&self.shared))
    }

    /// A tenant's events after `after_seq`: first those stored, then each as it is written. Zero: from the
    /// tenant's first event.
    ///
    /// # Errors
    /// [`Error::Expired`] when events after that one are gone, or were never there.
    pub fn subscribe(&self, tenant: TenantId, after_seq: u64) -> Result<Subscription, Error> {
        Subscription::new(&self.shared, Cursor::Seq(tenant.0, after_seq))
    }

    /// All tenants' events after position `after_pos`. Zero: from the first event of all.
    ///
    /// # Errors
    /// As [`Journal::subscribe`].
    pub fn read_from(&self, after_pos: u64) -> Result<Subscription, Error> {
        Subscription::new(&self.shared, Cursor::Pos(after_pos))
    }

    /// The tenant's last sequence number: the cursor of a screen that has just taken a snapshot.
    pub fn last_seq(&self, tenant: TenantId) -> u64 {
        self.shared.log().index.last_seq.get(&tenant.0).copied().unwrap_or(0)
    }

    /// The last position given.
    pub fn last_pos(&self) -> u64 {
        self.shared.log().index.last_pos
    }

    /// The last position that was given before this opening. [`Journal::last_pos`] is ahead of it where a crash or
    /// [`Options::after_pos`] made numbers skip.
    pub fn found_pos(&self) -> u64 {
        self.found_pos
    }

    /// The oldest cursor [`Journal::read_from`] takes: everything after it is here.
    pub fn oldest_pos(&self) -> u64 {
        self.shared.log().index.segments.front().map_or(0, |s| s.header.first_pos.saturating_sub(1))
    }

    /// When each segment began, oldest first, and the cursor at which [`Journal::read_from`] reads from there.
    pub fn segments(&self) -> Vec<(Wall, u64)> {
        let log = self.shared.log();
        log.index.segments.iter().map(|s| (Wall(s.header.created), s.header.first_pos.saturating_sub(1))).collect()
    }

    /// As [`Past::open`] of this journal's folder.
    ///
    /// # Errors
    /// As there.
    pub fn past(&self, from: Wall, back: usize) -> Result<Past, Error> {
        Past::open(&self.shared.dir, from, back)
    }

    /// How the disk keeps up.
    pub fn pace(&self) -> Pace {
        Pace { waiting_bytes: self.shared.queue.waiting_bytes(), syncs: self.syncs.get() }
    }

    /// How many events were lost since the start, for want of a disk that takes them.
    pub fn lost(&self) -> u64 {
        self.shared.queue.lost()
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.shared.queue.close();
        if self.thread.join() && self.shared.queue.lost() == 0 {
            // Best effort: a mark left behind only makes the next start skip numbers.
            drop(self.lock.set_len(0).and_then(|()| self.lock.sync_all()));
        }
    }
}

/// Takes the folder for this process. The flag says that the last one to have it never gave it back.
fn take_lock(dir: &Path) -> Result<(File, bool), Error> {
    let path = dir.join(LOCK_FILE);
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = open.map_err(Error::io("write", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(Error::Locked { dir: dir.to_owned() }),
        Err(TryLockError::Error(e)) => return Err(Error::io("lock", &path)(e)),
    }
    let mut mark = Vec::new();
    let io = |result: io::Result<()>| result.map_err(Error::io("write", &path));
    io(file.read_to_end(&mut mark).map(drop))?;
    io(file.seek(SeekFrom::Start(0)).map(drop))?;
    io(file.write_all(RUNNING).and_then(|()| file.sync_all()))?;
    Ok((file, !mark.is_empty()))
}

/// Reads the headers of all segments and the whole of the newest.
fn load(dir: &Path, warnings: &mut Vec<String>) -> Result<Index, Error> {
    let mut index = Index::default();
    let mut paths = segment::list(dir)?;
    // A crash between making a file and writing its header leaves a file without one; it holds no event.
    while let Some(path) = paths.last() {
        match Header::read(path) {
            Err(Error::Corrupt { reason, .. }) if set_aside_headless(path)? => {
                warnings.push(format!("{} held no event ({reason}) and was set aside", path.display()));
                paths.pop();
            }
            _ => break,
        }
    }
    let count = paths.len();
    for (i, path) in paths.into_iter().enumerate() {
        let (header, start) = Header::read(&path)?;
        let length = fs::metadata(&path).map_err(Error::io("read", &path))?.len();
        let newest = modified_ms(&path);
        let mut segment = Segment { path, header, start, end: length, newest, marks: None };
        if i + 1 == count {
            finish(&mut segment, &mut index, length, warnings)?;
        }
        if segment.end > segment.start || i + 1 == count {
            index.segments.push_back(segment);
        }
    }
    // The newest one may be empty: its file is made anew under the same name unless numbers skip ahead.
    if let Some(last) = index.segments.back()
        && last.end == last.start
    {
        let path = last.path.clone();
        index.segments.pop_back();
        fs::remove_file(&path).map_err(Error::io("remove", &path))?;
    }
    Ok(index)
}

fn modified_ms(path: &Path) -> i64 {
    let modified = fs::metadata(path).and_then(|m| m.modified()).ok();
    let since = modified.and_then(|m| m.duration_since(std::time::UNIX_EPOCH).ok());
    since.map_or_else(segment::now_ms, |d| d.as_millis() as i64)
}

/// Moves a file that is shorter than any header out of the way. False when it is longer: then it is damaged.
fn set_aside_headless(path: &Path) -> Result<bool, Error> {
    const SHORTEST: u64 = 44;
    let length = fs::metadata(path).map_err(Error::io("read", path))?.len();
    if length > SHORTEST {
        return Ok(false);
    }
    fs::rename(path, path.with_extension("headless")).map_err(Error::io("rename", path))?;
    Ok(true)
}

/// Walks the newest segment to learn the last numbers given, and cuts a torn end.
fn finish(segment: &mut Segment, index: &mut Index, length: u64, warnings: &mut Vec<String>) -> Result<(), Error> {
    index.last_seq = (*segment.header.before).clone();
    index.last_pos = segment.header.first_pos.saturating_sub(1);
    let mut marks = Marks::default();
    let mut walk = Walk::new(&segment.path, segment.start, length)?;
    loop {
        match walk.next_chunk() {
            Ok(None) => break,
            Ok(Some(chunk)) => {
                for (at, head) in &chunk.frames {
                    marks.note(head, chunk.offset + *at as u64);
                    index.last_pos = head.pos;
                    index.last_seq.insert(head.tenant, head.seq);
                }
            }
            Err(Stop::Bad { bad: Bad::Version(version), .. }) => {
                return Err(Error::Newer { path: segment.path.clone(), version: u16::from(version) });
            }
            Err(Stop::Bad { offset, bad }) => {
                warnings.push(cut(&segment.path, offset, length, bad)?);
                segment.end = offset;
                break;
            }
            Err(Stop::Io(error)) => return Err(error),
        }
    }
    segment.marks = Some(marks);
    Ok(())
}

/// Cuts the file at `offset` and keeps what was behind it in a file of its own.
fn cut(path: &Path, offset: u64, length: u64, bad: Bad) -> Result<String, Error> {
    let aside = path.with_extension(format!("cut-{offset}"));
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(Error::io("open", path))?;
    file.seek(SeekFrom::Start(offset)).map_err(Error::io("read", path))?;
    let mut copy = File::create(&aside).map_err(Error::io("create", &aside))?;
    io::copy(&mut file, &mut copy).and_then(|_| copy.sync_all()).map_err(Error::io("write", &aside))?;
    file.set_len(offset).and_then(|()| file.sync_all()).map_err(Error::io("shorten", path))?;
    Ok(format!(
        "{}: {} bytes at its end were no whole event ({}), as a crash or power cut leaves them; they were cut and kept in {}",
        path.display(),
        length - offset,
        bad.reason(),
        aside.display()
    ))
}
