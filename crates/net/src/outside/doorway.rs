//! A door for connections that others accept: SIP over WebSocket (RFC 7118) comes in by the web server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sip::flow::{Flow, Transport};
use sip::stream::Frame;
use sip::websocket;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{Out, Shared};

/// Within this, somebody has to prove who it is on a line: a page registers as soon as its line stands, in two round trips.
const PROVEN_WITHIN: Duration = Duration::from_secs(30);

/// Lets connections in. Cheap to clone.
pub struct Doorway<T> {
    pub(super) shared: Arc<Shared<T>>,
}

impl<T> Clone for Doorway<T> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

impl<T: Send + 'static> Doorway<T> {
    /// A browser has come, over TLS or not; none when there are too many connections.
    pub fn enter(&self, secure: bool, remote: SocketAddr) -> Option<Visit<T>> {
        // The web server's socket is no business of ours: an unspecified address stands for it.
        let local = SocketAddr::new(std::net::Ipv4Addr::UNSPECIFIED.into(), 0);
        let transport = if secure { Transport::Wss } else { Transport::Ws };
        let (flow, outbox) = self.shared.admit(transport, local, remote)?;
        Some(Visit { flow, outbox, shared: self.shared.clone(), until: Some(Instant::now() + PROVEN_WITHIN) })
    }
}

/// One such connection. Dropping it tells signalling that it has closed.
pub struct Visit<T: Send + 'static> {
    flow: Flow,
    outbox: mpsc::Receiver<Out>,
    shared: Arc<Shared<T>>,
    /// When it is closed unless somebody has proved who it is.
    until: Option<Instant>,
}

impl<T: Send + 'static> Visit<T> {
    /// Hands on a message, one frame of the WebSocket (RFC 7118 section 5); keep-alives are the web server's to answer.
    /// Whether it was taken: what is not one SIP message is not, and a node that does not keep up takes none; the
    /// connection had better close then.
    pub fn hear(&self, message: Bytes) -> bool {
        match websocket::frame(message) {
            Ok(Frame::Message(message)) => self.shared.post.packet(self.flow, message).is_ok(),
            Ok(Frame::Ping | Frame::Pong) => true,
            Err(_) => false,
        }
    }

    /// The next message to send as one frame; none when the connection is to be closed, as that of a stranger is after
    /// half a minute. Cancel-safe.
    pub async fn next(&mut self) -> Option<Bytes> {
        loop {
            let out = match self.until {
                None => self.outbox.recv().await,
                Some(until) => tokio::time::timeout_at(until, self.outbox.recv()).await.ok().flatten(),
            };
            match out? {
                Out::Message(bytes) => return Some(bytes),
                // The web server asks by itself whether the browser is there.
                Out::Proven(_) => self.until = None,
            }
        }
    }
}

impl<T: Send + 'static> Drop for Visit<T> {
    fn drop(&mut self) {
        self.shared.close(self.flow);
    }
}
