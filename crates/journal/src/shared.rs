//! What the threads of one journal share.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::index::Index;
use crate::live::Live;
use crate::options::Options;
use crate::queue::Queue;

pub(crate) struct Shared {
    pub(crate) dir: PathBuf,
    pub(crate) options: Options,
    pub(crate) queue: Queue,
    pub(crate) log: Mutex<Log>,
    /// Something was written: for blocked threads, and for tasks.
    pub(crate) news: Condvar,
    pub(crate) watch: watch::Sender<u64>,
}

pub(crate) struct Log {
    pub(crate) index: Index,
    pub(crate) live: Live,
}

impl Shared {
    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        // Readers only read; the writer leaves the log whole between any two statements.
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
