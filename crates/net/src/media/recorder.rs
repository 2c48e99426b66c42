//! Writes tracks to disk on threads of its own, so that no media thread ever waits for a disk.
//!
//! One thread seals and appends; another makes what was appended durable. A chunk that finds the queue full, or that the disk
//! refuses, is reported and becomes a stated gap; the call goes on.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use media::engine::{Span, TrackBytes};
use media::seal::{Keys, SALT_LEN, Sealer};
use ring::rand::{SecureRandom, SystemRandom};
use types::{LegId, RecordingId};

use super::sys;

/// Chunks that may wait for the disk: of 0.8 s and 7 KiB each. 500 recorded calls make 1,250 a second, and a disk that
/// is flushed by others has been seen to hold a write up for over 6 s; this is patience for 26 s, in 230 MiB at worst.
pub(super) const QUEUE: usize = 32_768;
/// How often written bytes are made durable against a loss of power. A killed process loses none of them anyway.
/// It costs more CPU than the writing, so it is not done more often.
const SYNC_EVERY: Duration = Duration::from_secs(5);

/// A chunk that could not be kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loss {
    pub(super) leg: LegId,
    pub(super) recording: RecordingId,
    pub(super) span: Span,
}

/// The way to the recorder, for media threads.
#[derive(Clone)]
pub(super) struct RecorderQueue {
    sender: SyncSender<TrackBytes>,
    counters: Arc<RecorderCounters>,
}

impl RecorderQueue {
    /// Queues bytes; gives them back when there is no room.
    pub(super) fn offer(&self, bytes: TrackBytes) -> Result<(), TrackBytes> {
        match self.sender.try_send(bytes) {
            Ok(()) => {
                let waiting = self.counters.waiting.fetch_add(1, Ordering::Relaxed) + 1;
                // A look is cheaper than a write, and peaks are rare.
                if waiting > self.counters.most_waiting.load(Ordering::Relaxed) {
                    self.counters.most_waiting.fetch_max(waiting, Ordering::Relaxed);
                }
                Ok(())
            }
            Err(TrySendError::Full(bytes) | TrySendError::Disconnected(bytes)) => Err(bytes),
        }
    }
}

/// A file with bytes that may not be durable yet.
struct Written {
    file: File,
    dirty: AtomicBool,
}

struct OpenTrack {
    written: Arc<Written>,
    len: u64,
    /// Seals what is appended; none where recordings are kept in the clear.
    sealer: Option<Sealer>,
    /// The last write failed; said once, not for each chunk.
    failing: bool,
}

/// Figures for metrics.
#[derive(Debug, Default)]
pub(super) struct RecorderCounters {
    pub(super) chunks: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) failures: AtomicU64,
    /// Chunks in the queue, and the most there ever were.
    pub(super) waiting: AtomicI64,
    pub(super) most_waiting: AtomicI64,
}

/// The recorder's threads. They end when all queues are dropped; [`Recorder::join`] waits for that.
pub(super) struct Recorder {
    pub(super) queue: RecorderQueue,
    pub(super) counters: Arc<RecorderCounters>,
    threads: Vec<JoinHandle<()>>,
}

impl Recorder {
    /// Starts the threads. What is recorded is sealed under the keys, if there are any: on the thread that writes, so
    /// that media threads have no part in it. `lost` is told what the disk refused; it must not block.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub(super) fn start(keys: Option<Arc<dyn Keys>>, lost: impl Fn(Loss) + Send + 'static) -> io::Result<Self> {
        let (sender, jobs) = mpsc::sync_channel(QUEUE);
        let (to_sync, synced) = mpsc::channel();
        let counters = Arc::new(RecorderCounters::default());
        let (open, sealed) = (HashMap::new(), Vec::new());
        let writer = Writer { open, sealed, keys, to_sync, lost, counters: counters.clone() };
        let threads = vec![
            std::thread::Builder::new().name("recorder".into()).spawn(move || writer.run(&jobs))?,
            std::thread::Builder::new().name("recorder-sync".into()).spawn(move || sync(&synced))?,
        ];
        let queue = RecorderQueue { sender, counters: counters.clone() };
        Ok(Self { queue, counters, threads })
    }

    /// Waits until all that was queued is on the disk. Media threads must have ended before.
    pub(super) fn join(self) {
        drop(self.queue);
        for thread in self.threads {
            // A panic there has been reported by the thread itself.
            let _ = thread.join();
        }
    }
}

struct Writer<L> {
    open: HashMap<(LegId, RecordingId), OpenTrack>,
    /// What is about to be written, sealed.
    sealed: Vec<u8>,
    keys: Option<Arc<dyn Keys>>,
    to_sync: mpsc::Sender<Arc<Written>>,
    lost: L,
    counters: Arc<RecorderCounters>,
}

impl<L: Fn(Loss)> Writer<L> {
    fn run(mut self, jobs: &Receiver<TrackBytes>) {
        while let Ok(job) = jobs.recv() {
            self.counters.waiting.fetch_sub(1, Ordering::Relaxed);
            self.write(job);
        }
    }

    fn write(&mut self, job: TrackBytes) {
        let key = (job.leg, job.recording);
        let failing = match self.append(&job) {
            Ok(()) => {
                self.counters.chunks.fetch_add(1, Ordering::Relaxed);
                self.counters.bytes.fetch_add(job.bytes.len() as u64, Ordering::Relaxed);
                false
            }
            Err(error) => {
                self.counters.failures.fetch_add(1, Ordering::Relaxed);
                if !self.open.get(&key).is_some_and(|track| track.failing) {
                    tracing::error!(%error, path = %job.path.display(), "a recording cannot be written");
                }
                (self.lost)(Loss { leg: job.leg, recording: job.recording, span: job.span });
                true
            }
        };
        if job.last {
            self.open.remove(&key);
        } else if let Some(track) = self.open.get_mut(&key) {
            track.failing = failing;
        }
    }

    fn append(&mut self, job: &TrackBytes) -> io::Result<()> {
        let key = (job.leg, job.recording);
        let track = match self.open.get_mut(&key) {
            Some(track) => track,
            None => {
                let track = OpenTrack::open(job, self.keys.as_deref())?;
                self.open.entry(key).or_insert(track)
            }
        };
        let mut file = &track.written.file;
        self.sealed.clear();
        let bytes = match &mut track.sealer {
            None => &job.bytes,
            Some(sealer) => {
                sealer.seal(&job.bytes, &mut self.sealed);
                &self.sealed
            }
        };
        if let Err(error) = file.write_all(bytes) {
            // Half a chunk must not lie in front of the next one. If even that fails, readers skip the damage.
            let _ = file.set_len(track.len);
            return Err(error);
        }
        track.len += bytes.len() as u64;
        if !track.written.dirty.swap(true, Ordering::Relaxed) {
            // Only fails when the other thread is gone, at the very end.
            let _ = self.to_sync.send(track.written.clone());
        }
        Ok(())
    }
}

impl OpenTrack {
    /// Opens a job's file, and begins what is sealed in it anew.
    fn open(job: &TrackBytes, keys: Option<&dyn Keys>) -> io::Result<Self> {
        let file = open(&job.path)?;
        let mut sealer = None;
        if let Some(keys) = keys {
            let mut salt = [0; SALT_LEN];
            SystemRandom::new().fill(&mut salt).map_err(|_| io::Error::other("no random numbers are to be had"))?;
            let place = media::seal::track_place(job.recording, job.leg);
            let (begun, header) = Sealer::begin(keys, job.tenant, &place, salt).map_err(io::Error::other)?;
            let len = file.metadata()?.len();
            if let Err(error) = (&file).write_all(&header) {
                let _ = file.set_len(len);
                return Err(error);
            }
            sealer = Some(begun);
        }
        let len = file.metadata()?.len();
        let written = Arc::new(Written { file, dirty: AtomicBool::new(false) });
        Ok(Self { written, len, sealer, failing: false })
    }
}

fn open(path: &Path) -> io::Result<File> {
    let append = || OpenOptions::new().create(true).append(true).open(path);
    match append() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            append()
        }
        other => other,
    }
}

/// Makes written files durable, all of them every [`SYNC_EVERY`]. Each file is in the queue at most once.
fn sync(files: &Receiver<Arc<Written>>) {
    let mut waiting: Vec<Arc<Written>> = Vec::new();
    loop {
        let deadline = sys::mono() + SYNC_EVERY;
        loop {
            match files.recv_timeout(deadline.since(sys::mono())) {
                Ok(file) => waiting.push(file),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return sync_all(&mut waiting),
            }
        }
        sync_all(&mut waiting);
    }
}

fn sync_all(files: &mut Vec<Arc<Written>>) {
    for file in files.drain(..) {
        // Cleared first: what is written from here on asks again.
        file.dirty.store(false, Ordering::Relaxed);
        if let Err(error) = file.file.sync_data() {
            tracing::error!(%error, "a recording could not be made durable");
        }
    }
}

/// Locks what only short, complete changes are made to.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
