//! The signalling thread's end of the journal.

use std::sync::Arc;
use std::time::Duration;

use types::event::Event;

use crate::frame;
use crate::queue::Written;
use crate::shared::Shared;

/// A batch is handed over by itself when it has grown to this: a burst must not wait for the caller's flush.
const FLUSH_BYTES: usize = 256 << 10;

/// Appends events. Each thread has its own; none of its calls waits for the disk but [`Writer::barrier`].
pub struct Writer {
    shared: Arc<Shared>,
    buffer: Vec<u8>,
    events: u64,
    ticket: u64,
    refused: bool,
}

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, buffer: Vec::new(), events: 0, ticket: 0, refused: false }
    }

    /// Encodes an event into the current batch.
    pub fn append(&mut self, event: &Event) {
        if frame::encode(&mut self.buffer, event) {
            self.events += 1;
        } else {
            // Longer than any frame may be: it is counted, so that the loss is stated.
            self.shared.queue.lose(1);
            self.refused = true;
        }
        if self.buffer.len() >= FLUSH_BYTES {
            self.flush();
        }
    }

    /// Hands the batch to the writer thread. When its queue is full the events are lost, and an alarm says so.
    pub fn flush(&mut self) {
        if !self.buffer.is_empty() {
            match self.shared.queue.push(&mut self.buffer, self.events, 0, 0) {
                Some(ticket) => self.ticket = ticket,
                None => self.refused = true,
            }
            self.events = 0;
        }
    }

    /// Hands the batch over and waits until everything appended here so far has been written to the operating system,
    /// `max_wait` at most. After a stall it does not wait again until the disk has caught up, so that a dead disk
    /// costs one wait and not one per call.
    pub fn barrier(&mut self, max_wait: Duration) -> Written {
        self.flush();
        let waited = self.shared.queue.wait(self.ticket, max_wait);
        if std::mem::take(&mut self.refused) { Written::Stalled } else { waited }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.flush();
    }
}
