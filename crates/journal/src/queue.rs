//! The bounded queue between the threads that make records and the one that writes them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::options::{Alarm, AlarmSink};

/// Buffers kept for reuse; more than there are writers would lie idle.
const SPARES: usize = 16;
/// A buffer that once grew beyond this is given back to the system.
const SPARE_BYTES: usize = 1 << 20;

/// Whether a batch reached the operating system in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It did: a crash of this process cannot lose it.
    Written,
    /// It did not. It is still on its way, unless an alarm says otherwise; go on.
    Stalled,
}

/// Encoded records on their way to the disk.
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    pub(crate) records: u64,
    pub(crate) ticket: u64,
    /// Which stream it belongs to, where a queue serves several.
    pub(crate) lane: u8,
    /// Where in the stream it begins, where the writer assigns places.
    pub(crate) start: u64,
}

struct State {
    waiting: Vec<Batch>,
    /// Waiting, or taken and not yet written.
    bytes: usize,
    sent: u64,
    written: u64,
    asleep: bool,
    closed: bool,
    lost: u64,
    spare: Vec<Vec<u8>>,
}

pub(crate) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
    done: Condvar,
    /// After a stall nobody waits again until the disk has caught up.
    stalled: AtomicBool,
    losing: AtomicBool,
    limit: usize,
    what: &'static str,
    alarm: AlarmSink,
}

impl Queue {
    /// `what`: the records' name in alarms.
    pub(crate) fn new(limit: usize, what: &'static str, alarm: AlarmSink) -> Self {
        Self {
            state: Mutex::new(State {
                waiting: Vec::new(),
                bytes: 0,
                sent: 0,
                written: 0,
                asleep: false,
                closed: false,
                lost: 0,
                spare: Vec::new(),
            }),
            wake: Condvar::new(),
            done: Condvar::new(),
            stalled: AtomicBool::new(false),
            losing: AtomicBool::new(false),
            limit,
            what,
            alarm,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is plain numbers and lists, whole between any two statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a buffer over and leaves an empty one in its place. Returns the ticket to wait for, or `None` when the
    /// queue is full and the records are lost. The writer thread begins at once: what may wait for company does so with
    /// the one who pushes, which costs no wake-up.
    pub(crate) fn push(&self, bytes: &mut Vec<u8>, records: u64, lane: u8, start: u64) -> Option<u64> {
        let mut state = self.lock();
        if state.bytes + bytes.len() > self.limit || state.closed {
            bytes.clear();
            state.lost += records;
            drop(state);
            self.raise_loss();
            return None;
        }
        state.bytes += bytes.len();
        state.sent += 1;
        let ticket = state.sent;
        let empty = state.spare.pop().unwrap_or_default();
        let bytes = std::mem::replace(bytes, empty);
        state.waiting.push(Batch { bytes, records, ticket, lane, start });
        let wake = std::mem::take(&mut state.asleep);
        // Whoever is woken must not find the lock taken.
        drop(state);
        if wake {
            self.wake.notify_one();
        }
        Some(ticket)
    }

    fn raise_loss(&self) {
        if !self.losing.swap(true, Ordering::Relaxed) {
            let what = self.what;
            (self.alarm)(Alarm {
                code: "events_lost",
                detail: format!("the disk is too slow or full and the queue has no room: {what} are being lost"),
                raised: true,
            });
        }
    }

    /// Whether more would be refused.
    pub(crate) fn is_full(&self, bytes: usize) -> bool {
        let state = self.lock();
        state.bytes + bytes > self.limit || state.closed
    }

    /// Counts records that were not even handed over.
    pub(crate) fn lose(&self, records: u64) {
        self.lock().lost += records;
        self.raise_loss();
    }

    /// Bytes that were handed over and are not yet written.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.lock().bytes
    }

    /// How many records were lost since the start.
    pub(crate) fn lost(&self) -> u64 {
        self.lock().lost
    }

    /// Waits until the ticket's batch is written, `max_wait` at most; not at all while the disk is known to stall.
    pub(crate) fn wait(&self, ticket: u64, max_wait: Duration) -> Written {
        let state = self.lock();
        if state.written >= ticket {
            return Written::Written;
        }
        if self.stalled.load(Ordering::Relaxed) {
            return Written::Stalled;
        }
        let (state, timeout) = self
            .done
            .wait_timeout_while(state, max_wait, |s| s.written < ticket)
            .unwrap_or_else(PoisonError::into_inner);
        if !timeout.timed_out() {
            return Written::Written;
        }
        // Set under the lock, so that the writer thread cannot clear it first and leave it set for ever.
        let first = !self.stalled.swap(true, Ordering::Relaxed);
        drop(state);
        if first {
            (self.alarm)(Alarm {
                code: "disk_slow",
                detail: format!("{} did not reach the disk within {} ms", self.what, max_wait.as_millis()),
                raised: true,
            });
        }
        Written::Stalled
    }

    /// The writer thread's wait for work, `idle` at most. False once the queue is closed and drained.
    pub(crate) fn take(&self, into: &mut Vec<Batch>, idle: Duration) -> bool {
        let mut state = self.lock();
        state.asleep = state.waiting.is_empty();
        let (mut state, _) = self
            .wake
            .wait_timeout_while(state, idle, |s| s.waiting.is_empty() && !s.closed)
            .unwrap_or_else(PoisonError::into_inner);
        state.asleep = false;
        into.append(&mut state.waiting);
        !into.is_empty() || !state.closed
    }

    /// The writer thread has written these, or given them up (`given_up` records).
    pub(crate) fn written(&self, ticket: u64, batches: &mut Vec<Batch>, given_up: u64) {
        let mut state = self.lock();
        state.written = ticket;
        state.lost += given_up;
        for mut batch in batches.drain(..) {
            state.bytes -= batch.bytes.len();
            if state.spare.len() < SPARES && batch.bytes.capacity() <= SPARE_BYTES {
                batch.bytes.clear();
                state.spare.push(batch.bytes);
            }
        }
        let caught_up = state.written == state.sent;
        let recovered = caught_up && self.stalled.swap(false, Ordering::Relaxed);
        let room = state.bytes <= self.limit / 2 && self.losing.swap(false, Ordering::Relaxed);
        let lost = state.lost;
        drop(state);
        self.done.notify_all();
        if recovered {
            let detail = format!("the disk has caught up with the {}", self.what);
            (self.alarm)(Alarm { code: "disk_slow", detail, raised: false });
        }
        if room {
            let detail = format!("there is room again; {lost} {} were lost since the start", self.what);
            (self.alarm)(Alarm { code: "events_lost", detail, raised: false });
        }
    }

    /// No more records; the writer thread writes what it has and ends.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        self.wake.notify_one();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Sleeps before another attempt at a failing disk; wakes early when the queue is closed.
    pub(crate) fn pause(&self, time: Duration) {
        let state = self.lock();
        drop(self.wake.wait_timeout_while(state, time, |s| !s.closed));
    }
}
