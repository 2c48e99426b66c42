//! A door for connections that others accept: SIP over WebSocket (RFC 7118) comes in by the web server.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use sip::flow::{Flow, Transport};
use sip::stream::Frame;
use sip::websocket;
use tokio::sync::mpsc;

use super::Shared;

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
        Some(Visit { flow, outbox, shared: self.shared.clone() })
    }
}

/// One such connection. Dropping it tells signalling that it has closed.
pub struct Visit<T: Send + 'static> {
    flow: Flow,
    outbox: mpsc::Receiver<Bytes>,
    shared: Arc<Shared<T>>,
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

    /// The next message to send as one frame; none when the connection is to be closed. Cancel-safe.
    pub async fn next(&mut self) -> Option<Bytes> {
        self.outbox.recv().await
    }
}

impl<T: Send + 'static> Drop for Visit<T> {
    fn drop(&mut self) {
        self.shared.close(self.flow);
    }
}
