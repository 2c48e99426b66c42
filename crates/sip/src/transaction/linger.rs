//! Records of finished transactions: as little as absorbing a late repeat needs.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use smallvec::SmallVec;
use types::Mono;

use crate::flow::Flow;
use crate::handle::CallHandle;

/// A server transaction after its answer (timers I, J and L).
#[derive(Debug)]
pub(crate) struct LingerServer {
    /// Where the answer went.
    pub(crate) reply: Flow,
    /// The answer, to be repeated when the request is; none where only silence is due.
    pub(crate) answer: Option<Bytes>,
    pub(crate) call_key: u64,
    /// Entry in the table of merged requests.
    pub(crate) merge: Option<u64>,
}

/// An INVITE client transaction after its final answer (timers D and M).
#[derive(Debug)]
pub(crate) struct LingerClient {
    pub(crate) flow: Flow,
    pub(crate) call_key: u64,
    pub(crate) after: After,
}

/// Which final answer it was.
#[derive(Debug)]
pub(crate) enum After {
    /// 300–699: its ACK, repeated for every copy.
    Failure(Bytes),
    /// 2xx.
    Success {
        /// The call that it set up or changed.
        call: CallHandle,
        /// The fork (hash of its tag) whose ACK the call still owes.
        awaited: u64,
        /// ACKs sent, by the hash of the fork's tag.
        acks: SmallVec<[(u64, Flow, Bytes); 1]>,
    },
}

/// Which record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    Server(u64),
    Client(u64),
}

/// Records of one lifetime, in the order in which they end.
#[derive(Debug)]
pub(crate) struct Fifo {
    lifetime: Duration,
    queue: VecDeque<(Mono, Record)>,
}

impl Fifo {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self { lifetime, queue: VecDeque::new() }
    }

    pub(crate) fn push(&mut self, now: Mono, record: Record) {
        self.queue.push_back((now + self.lifetime, record));
    }

    pub(crate) fn next(&self) -> Option<Mono> {
        self.queue.front().map(|(at, _)| *at)
    }

    pub(crate) fn pop_due(&mut self, now: Mono) -> Option<Record> {
        if self.next()? > now { None } else { self.pop() }
    }

    pub(crate) fn pop(&mut self) -> Option<Record> {
        let record = self.queue.pop_front().map(|(_, record)| record);
        // After a rush, give the room back.
        if self.queue.len() < self.queue.capacity() / 8 && self.queue.capacity() > 4096 {
            self.queue.shrink_to(self.queue.capacity() / 2);
        }
        record
    }

    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }
}
