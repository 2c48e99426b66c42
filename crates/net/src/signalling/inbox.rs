//! How other threads reach the signalling thread.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};

use bytes::Bytes;
use media::engine::MediaEvent;
use sip::flow::{Flow, Transport};

use super::{Input, SignallingStats};
use crate::media::Waker;
use crate::ua::Lookup;

/// What may wait for the signalling thread: at 1,000 calls a second about two seconds of events.
const INBOX: usize = 32_768;

/// The signalling thread does not keep up; nothing was queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signalling thread has too much waiting")]
pub struct Full;

/// A way to the signalling thread. Cheap to clone.
pub struct Post<T> {
    queue: SyncSender<Input<T>>,
    waker: Arc<Waker>,
}

impl<T> Clone for Post<T> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone(), waker: self.waker.clone() }
    }
}

pub(crate) fn inbox<T>(waker: Arc<Waker>) -> (Post<T>, Receiver<Input<T>>) {
    let (queue, inputs) = mpsc::sync_channel(INBOX);
    (Post { queue, waker }, inputs)
}

impl<T> Post<T> {
    pub(crate) fn post(&self, input: Input<T>) -> Result<(), Full> {
        let result = self.queue.try_send(input);
        self.waker.wake();
        result.map_err(|refused| match refused {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => Full,
        })
    }

    /// Says something to the mind.
    ///
    /// # Errors
    /// When the thread does not keep up, or has ended.
    pub fn message(&self, message: T) -> Result<(), Full> {
        self.post(Input::Message(message))
    }

    /// Asks for figures; `told` gets them on the signalling thread and must not block.
    ///
    /// # Errors
    /// When the thread does not keep up, or has ended.
    pub fn stats(&self, told: impl FnOnce(SignallingStats) + Send + 'static) -> Result<(), Full> {
        self.post(Input::Stats(Box::new(told)))
    }

    /// A SIP message has come by a connection.
    ///
    /// # Errors
    /// When the thread does not keep up: the sender repeats it, or the connection is closed.
    pub fn packet(&self, flow: Flow, bytes: Bytes) -> Result<(), Full> {
        self.post(Input::Packet(flow, bytes))
    }

    /// A connection has closed or could not be opened.
    pub fn connection_lost(&self, flow: Flow) {
        if self.post(Input::ConnectionLost(flow)).is_err() {
            tracing::warn!("the end of a connection could not be told; its timers will find out");
        }
    }

    /// The media plane reports. A report that finds no room is dropped: ends of legs have a timer.
    pub fn media(&self, event: MediaEvent) {
        if self.post(Input::Media(event)).is_err() {
            tracing::warn!("a media report was dropped");
        }
    }

    /// A name was resolved: where to send, the best first.
    pub fn resolved(&self, lookup: Lookup, found: Vec<(Transport, SocketAddr)>) {
        if self.post(Input::Resolved(lookup, found)).is_err() {
            tracing::warn!("a resolved name was dropped; the attempt will time out");
        }
    }

    /// Ends the thread after the turn it is in.
    pub fn stop(&self) {
        // A full inbox is emptied in a few turns; the stop must not be lost.
        while self.post(Input::Stop) == Err(Full) {
            std::thread::yield_now();
        }
    }
}
