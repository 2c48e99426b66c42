//! The raw SIP messages of recent calls, for the ladder shown beside an interaction.
//!
//! A [`Ladder`] is a folder bounded by size. Each signalling thread has a [`LadderWriter`] with a stream of its own;
//! a record holds the position of the same leg's message before it, so that one leg's messages are read by
//! following the links back from the last. The newest position of a live leg is kept by the caller; without it,
//! [`Ladder::find`] looks a leg up by its time.
//!
//! These are for diagnosis: they are not synced, and when the disk is behind they are dropped and counted.

mod files;
mod message;
mod read;

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use types::{LegId, Wall};

use crate::disk::{Disk, OsDisk};
use crate::error::Error;
use crate::options::AlarmSink;
use crate::queue::Queue;
use crate::thread::Thread;
use files::Files;
pub use message::{Message, Position, Transport};
pub use read::Chain;

/// A batch is handed over by itself when it has grown to this.
const FLUSH_BYTES: usize = 64 << 10;
/// The total is made of at least so many files, so that the oldest part goes bit by bit.
const FILES: u64 = 32;
/// The greatest file.
const FILE_BYTES: u64 = 8 << 20;

/// How a ladder is kept.
#[derive(Clone)]
pub struct LadderOptions {
    /// All files together hold about so many bytes; then the oldest go.
    pub bytes: u64,
    /// Messages that wait for a stalled disk, in bytes; what comes on top is dropped.
    pub queue_bytes: usize,
    /// The disk.
    pub disk: Arc<dyn Disk>,
    /// Who hears alarms.
    pub alarm: AlarmSink,
}

impl Default for LadderOptions {
    fn default() -> Self {
        Self { bytes: 256 << 20, queue_bytes: 8 << 20, disk: Arc::new(OsDisk), alarm: Arc::new(|_| ()) }
    }
}

impl fmt::Debug for LadderOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("LadderOptions");
        f.field("bytes", &self.bytes).field("queue_bytes", &self.queue_bytes).finish_non_exhaustive()
    }
}

struct Shared {
    queue: Queue,
    files: Files,
    lanes: AtomicU8,
}

/// An open ladder. Dropping it writes what is left.
pub struct Ladder {
    shared: Arc<Shared>,
    thread: Thread,
}

impl Ladder {
    /// Opens the ladder in `dir`, making the folder when there is none.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn open(dir: impl AsRef<Path>, options: LadderOptions) -> Result<Self, Error> {
        let dir = dir.as_ref();
        let queue = Queue::new(options.queue_bytes, "SIP messages of the ladder", Arc::clone(&options.alarm));
        let file_bytes = (options.bytes / FILES).clamp(1, FILE_BYTES);
        let files = Files::open(dir, file_bytes, options)?;
        let shared = Arc::new(Shared { queue, files, lanes: AtomicU8::new(0) });
        let theirs = Arc::clone(&shared);
        let start = Error::io("start a thread for", dir);
        let thread = Thread::start("ladder", move || files::run(&theirs)).map_err(start)?;
        Ok(Self { shared, thread })
    }

    /// A writer for one thread. There may be 256 of them in the life of a ladder.
    pub fn writer(&self) -> LadderWriter {
        let lane = self.shared.lanes.fetch_add(1, Ordering::Relaxed);
        let next = self.shared.files.end(lane);
        LadderWriter {
            shared: Arc::clone(&self.shared),
            lane,
            next,
            buffer: Vec::new(),
            records: 0,
            last: Position::NONE,
            dropping: false,
        }
    }

    /// The messages of one leg, from the newest at `last` back to its first.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub fn read_chain(&self, last: Position) -> Result<Chain, Error> {
        read::chain(&self.shared.files, last)
    }

    /// The messages of some legs, which lived between `from` and `to`, in the order of their times.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub fn find(&self, legs: &[LegId], from: Wall, to: Wall) -> Result<Chain, Error> {
        read::find(&self.shared.files, legs, from, to)
    }

    /// Waits a moment for what is on its way to the disk, up to and with the message at `last`.
    pub fn settle(&self, last: Position) {
        if last != Position::NONE {
            self.shared.files.settle(last);
        }
    }

    /// How many messages were dropped since the start, for want of a disk that takes them.
    pub fn dropped(&self) -> u64 {
        self.shared.queue.lost()
    }
}

impl Drop for Ladder {
    fn drop(&mut self) {
        self.shared.queue.close();
        self.thread.join();
    }
}

/// Appends messages. Each thread has its own; no call waits for the disk.
pub struct LadderWriter {
    shared: Arc<Shared>,
    lane: u8,
    /// Where in the lane the next record begins.
    next: u64,
    buffer: Vec<u8>,
    records: u64,
    last: Position,
    dropping: bool,
}

impl LadderWriter {
    /// Keeps a message and returns its position, which becomes `previous` of the same leg's next message
    /// ([`Position::NONE`] for the first). When the disk is behind the message is dropped, and the answer is
    /// `previous`, so that the chain stays whole.
    pub fn append(
        &mut self,
        leg: LegId,
        previous: Position,
        at: Wall,
        sent: bool,
        transport: Transport,
        peer: SocketAddr,
        message: &[u8],
    ) -> Position {
        if self.buffer.is_empty() {
            self.dropping = self.shared.queue.is_full(FLUSH_BYTES);
        }
        if self.dropping || message.len() > message::LONGEST {
            self.shared.queue.lose(1);
            return previous;
        }
        let position = Position::new(self.lane, self.next);
        let head = message::Head { leg, previous, at, sent, transport, peer };
        self.next += message::encode(&mut self.buffer, position, &head, message) as u64;
        (self.records, self.last) = (self.records + 1, position);
        if self.buffer.len() >= FLUSH_BYTES {
            self.flush();
        }
        position
    }

    /// Hands what was appended to the writer thread. Call it once per turn of the loop.
    pub fn flush(&mut self) {
        if self.buffer.is_empty() {
            return;
        }
        let start = self.next - self.buffer.len() as u64;
        self.shared.queue.push(&mut self.buffer, self.records, self.lane, start);
        self.records = 0;
    }

    /// The newest message, which [`Ladder::settle`] waits for once it is flushed.
    pub const fn last(&self) -> Position {
        self.last
    }
}

impl Drop for LadderWriter {
    fn drop(&mut self) {
        self.flush();
    }
}
