//! Connections and names: what signalling needs beyond datagrams, on tokio.
//!
//! Each connection is one task that frames what comes in and writes what goes out; both directions
//! are bounded, so a peer that stops reading costs its own connection and nothing else.

mod connection;
mod doorway;
mod names;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use sip::flow::{Flow, Transport};
use sip::uri::Uri;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::signalling::{Outside, Post, StartError};
use crate::tls::{self, Certificates, TlsAcceptor, TlsConnector};
use crate::ua::{Lookup, Proof};
use names::{Names, Place};

pub use doorway::{Doorway, Visit};

/// Messages that wait for one slow peer; then its connection is closed.
const OUTBOX: usize = 256;
/// Connections at once: each telephone has one, and each costs a descriptor and some 20 KiB.
const MAX_CONNECTIONS: usize = 20_000;
/// How long a connection of ours may take to come about; within a caller's patience.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// After a failed accept (no descriptors left), before the next.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Names that certificates of peers have to bear, kept by address; the settings of thousands of trunks fit.
const MAX_CERTIFIED: usize = 4096;
/// Names of one address: a few companies behind one provider.
const MAX_NAMES: usize = 4;
/// Connections that are kept for our own calls, whoever else comes: trunks over TCP and TLS.
const KEPT_FOR_US: usize = 1_000;

/// Browsers' lines of one address on which nobody has proved who it is: when a server comes back, a whole office behind
/// one address does so at the same moment, and each is done in two round trips.
const MAX_STRANGERS: usize = 512;

type Peer = (Transport, SocketAddr);

/// What a connection's task is told.
enum Out {
    /// To be written.
    Message(Bytes),
    /// Somebody has proved who it is here; with a time, it has promised to be heard at least this often.
    Proven(Option<Duration>),
}

/// A connection in the table.
struct Line {
    flow: Flow,
    outbox: mpsc::Sender<Out>,
    /// Counts against [`MAX_STRANGERS`] of its address.
    stranger: bool,
}

#[derive(Default)]
struct Table {
    by_number: HashMap<u64, Line>,
    /// Browsers' lines by address on which nobody has proved who it is yet.
    strangers: HashMap<IpAddr, usize>,
    by_peer: HashMap<Peer, u64>,
    /// The hosts of the URIs that led to a peer over TLS (RFC 5922 section 4), the first ones first: a name that somebody
    /// else gives to the same address takes no other's place.
    certified: HashMap<SocketAddr, Vec<String>>,
}

impl Table {
    /// One stranger less at an address.
    fn no_stranger(&mut self, ip: IpAddr) {
        if let Some(strangers) = self.strangers.get_mut(&ip) {
            *strangers -= 1;
            if *strangers == 0 {
                self.strangers.remove(&ip);
            }
        }
    }
}

/// All connections of a node.
pub(crate) struct Shared<T> {
    table: Mutex<Table>,
    next: AtomicU64,
    post: Post<T>,
}

impl<T: Send + 'static> Shared<T> {
    /// A new connection's number, and where what goes out over it comes from; none when there are too many.
    fn open(&self, transport: Transport, local: SocketAddr, remote: SocketAddr) -> Option<(Flow, mpsc::Receiver<Out>)> {
        self.open_below(MAX_CONNECTIONS, transport, local, remote)
    }

    /// The same for one that a peer has opened.
    fn admit(
        &self,
        transport: Transport,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Option<(Flow, mpsc::Receiver<Out>)> {
        self.open_below(MAX_CONNECTIONS - KEPT_FOR_US, transport, local, remote)
    }

    fn open_below(
        &self,
        most: usize,
        transport: Transport,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Option<(Flow, mpsc::Receiver<Out>)> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if table.by_number.len() >= most {
            return None;
        }
        let stranger = matches!(transport, Transport::Ws | Transport::Wss);
        if stranger {
            let strangers = table.strangers.entry(remote.ip()).or_default();
            if *strangers >= MAX_STRANGERS {
                return None;
            }
            *strangers += 1;
        }
        let conn = self.next.fetch_add(1, Ordering::Relaxed);
        let flow = Flow { transport, local, remote, conn };
        let (sender, outbox) = mpsc::channel(OUTBOX);
        table.by_number.insert(conn, Line { flow, outbox: sender, stranger });
        table.by_peer.insert((transport, remote), conn);
        Some((flow, outbox))
    }

    fn close(&self, flow: Flow) {
        self.forget(flow);
        self.post.connection_lost(flow);
    }

    /// A connection of ours has not come about.
    fn refused(&self, flow: Flow) {
        self.forget(flow);
        self.post.connection_lost(Flow { conn: 0, ..flow });
    }

    fn forget(&self, flow: Flow) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if table.by_number.remove(&flow.conn).is_some_and(|line| line.stranger) {
            table.no_stranger(flow.remote.ip());
        }
        let peer = (flow.transport, flow.remote);
        if table.by_peer.get(&peer) == Some(&flow.conn) {
            table.by_peer.remove(&peer);
        }
    }

    /// Notes whose certificate is expected at the places that a URI leads to.
    fn certify(&self, uri: &str, found: &[Place]) {
        let Ok(uri) = Uri::parse(uri) else { return };
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, address) in found.iter().filter(|(transport, _)| *transport == Transport::Tls) {
            if table.certified.len() >= MAX_CERTIFIED && !table.certified.contains_key(address) {
                // Whoever it was is looked up again before the next connection.
                let oldest = table.certified.keys().next().copied();
                oldest.and_then(|oldest| table.certified.remove(&oldest));
            }
            let (names, host) = (table.certified.entry(*address).or_default(), uri.host().to_string());
            if names.len() < MAX_NAMES && !names.contains(&host) {
                names.push(host);
            }
        }
    }

    /// The names that the certificate of a peer may bear, the likeliest first; its address is the last.
    fn names_of(&self, peer: SocketAddr) -> Vec<ServerName<'static>> {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let hosts = table.certified.get(&peer).into_iter().flatten();
        let mut names: Vec<_> = hosts.filter_map(|host| ServerName::try_from(host.clone()).ok()).collect();
        let address = ServerName::IpAddress(peer.ip().into());
        if !names.contains(&address) {
            names.push(address);
        }
        names
    }

    /// This flow's connection, or any that stands to the same peer, and its outbox.
    fn outbox(&self, flow: Flow) -> Option<(Flow, mpsc::Sender<Out>)> {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let number = if flow.conn != 0 { flow.conn } else { *table.by_peer.get(&(flow.transport, flow.remote))? };
        table.by_number.get(&number).map(|line| (line.flow, line.outbox.clone()))
    }

    /// Somebody has proved who it is on a connection.
    fn prove(&self, flow: Flow, heard_every: Option<Duration>) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(line) = table.by_number.get_mut(&flow.conn) else { return };
        let was_stranger = std::mem::take(&mut line.stranger);
        // A peer that has as much as that waiting takes nothing, and is closed with the next message.
        let _ = line.outbox.try_send(Out::Proven(heard_every));
        if was_stranger {
            table.no_stranger(flow.remote.ip());
        }
    }
}

/// Connections and names for the signalling thread.
pub struct Connections<T> {
    shared: Arc<Shared<T>>,
    runtime: Handle,
    names: Arc<Names>,
    tls: Option<TlsConnector>,
}

/// Where connections are listened for.
#[derive(Clone, Debug)]
pub struct Listen {
    /// SIP over TCP.
    pub tcp: SocketAddr,
    /// SIP over TLS, and the certificate to show.
    pub tls: Option<(SocketAddr, Arc<Certificates>)>,
}

impl<T: Send + 'static> Connections<T> {
    /// Listens, on the tokio runtime that the caller is in.
    ///
    /// # Errors
    /// When an address is taken, or the certificate can't be used.
    pub fn start(listen: &Listen, post: Post<T>) -> Result<Self, StartError> {
        let runtime = Handle::current();
        // Numbers begin at the start's moment, so that a flow saved by an earlier process names nothing here.
        let first = crate::media::now().wall.0.unsigned_abs() << 20;
        let shared = Arc::new(Shared { table: Mutex::default(), next: AtomicU64::new(first), post });
        let _inside = runtime.enter();
        runtime.spawn(accept(bind(listen.tcp)?, None, shared.clone()));
        if let Some((address, certificates)) = &listen.tls {
            let acceptor = tls::acceptor(certificates)?;
            runtime.spawn(accept(bind(*address)?, Some(acceptor), shared.clone()));
        }
        let tls = tls::connector().inspect_err(|error| tracing::warn!(%error, "no calls over TLS to the outside")).ok();
        Ok(Self { shared, names: Arc::new(Names::new(listen.tcp.is_ipv4())), runtime, tls })
    }

    /// A door for connections that others accept.
    pub fn doorway(&self) -> Doorway<T> {
        Doorway { shared: self.shared.clone() }
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    let failed = |source| StartError::Bind { address, source };
    let listener = std::net::TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true)?;
    Ok(TcpListener::from_std(listener)?)
}

async fn accept<T: Send + 'static>(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared<T>>) {
    let transport = if tls.is_some() { Transport::Tls } else { Transport::Tcp };
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                let local = stream.local_addr().unwrap_or(remote);
                let Some((flow, outbox)) = shared.admit(transport, local, remote) else {
                    tracing::warn!("a connection was refused: there are too many");
                    continue;
                };
                match tls.clone() {
                    Some(tls) => tokio::spawn(secured(stream, tls, flow, outbox, shared.clone())),
                    None => tokio::spawn(connection::run(stream, flow, outbox, shared.clone())),
                };
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// A connection that begins with a handshake.
async fn secured<T: Send + 'static>(
    stream: TcpStream,
    tls: TlsAcceptor,
    flow: Flow,
    outbox: mpsc::Receiver<Out>,
    shared: Arc<Shared<T>>,
) {
    match tokio::time::timeout(CONNECT_WITHIN, tls.accept(stream)).await {
        Ok(Ok(stream)) => connection::run(stream, flow, outbox, shared).await,
        Ok(Err(_)) | Err(_) => shared.close(flow),
    }
}

/// Brings a connection of ours about and runs it; what is sent meanwhile waits in its outbox.
async fn connect<T: Send + 'static>(
    flow: Flow,
    outbox: mpsc::Receiver<Out>,
    tls: Option<TlsConnector>,
    shared: Arc<Shared<T>>,
) {
    let Some(tls) = tls else {
        let Some(stream) = reach(flow.remote).await else { return shared.refused(flow) };
        let flow = Flow { local: stream.local_addr().unwrap_or(flow.local), ..flow };
        return connection::run(stream, flow, outbox, shared).await;
    };
    for name in shared.names_of(flow.remote) {
        let Some(stream) = reach(flow.remote).await else { break };
        let flow = Flow { local: stream.local_addr().unwrap_or(flow.local), ..flow };
        if let Ok(Ok(stream)) = tokio::time::timeout(CONNECT_WITHIN, tls.connect(name, stream)).await {
            return connection::run(stream, flow, outbox, shared).await;
        }
    }
    shared.refused(flow);
}

async fn reach(peer: SocketAddr) -> Option<TcpStream> {
    tokio::time::timeout(CONNECT_WITHIN, TcpStream::connect(peer)).await.ok()?.ok()
}

impl<T: Send + 'static> Connections<T> {
    /// Opens a connection and sends the first message over it.
    fn connect(&self, to: Flow, first: Bytes, tls: Option<TlsConnector>) {
        // Known at once, so that a second message takes the same connection.
        let Some((flow, outbox)) = self.shared.open(to.transport, to.local, to.remote) else {
            return self.shared.post.connection_lost(to);
        };
        if let Some((_, sender)) = self.shared.outbox(flow) {
            let _ = sender.try_send(Out::Message(first));
        }
        self.runtime.spawn(connect(flow, outbox, tls, self.shared.clone()));
    }
}

impl<T: Send + 'static> Outside for Connections<T> {
    fn send(&mut self, flow: Flow, bytes: Bytes) {
        match self.shared.outbox(flow) {
            Some((stands, outbox)) => {
                if outbox.try_send(Out::Message(bytes)).is_err() {
                    self.shared.close(stands);
                }
            }
            None if flow.conn == 0 && flow.transport == Transport::Tcp => self.connect(flow, bytes, None),
            None => match self.tls.clone().filter(|_| flow.conn == 0 && flow.transport == Transport::Tls) {
                Some(tls) => self.connect(flow, bytes, Some(tls)),
                None => self.shared.post.connection_lost(flow),
            },
        }
    }

    fn prove(&mut self, proof: Proof) {
        self.shared.prove(proof.flow, proof.heard_every);
    }

    fn look_up(&mut self, lookup: Lookup) {
        let (names, shared) = (self.names.clone(), self.shared.clone());
        self.runtime.spawn(async move {
            let found = names.find(lookup.uri.reveal()).await;
            shared.certify(lookup.uri.reveal(), &found);
            shared.post.resolved(lookup, found);
        });
    }
}

/// The address by which others reach a socket bound to `bound`: itself, or for an unspecified one the
/// address of the way out.
pub fn own_address(bound: IpAddr) -> IpAddr {
    if !bound.is_unspecified() {
        return bound;
    }
    // Connecting a datagram socket sends nothing; it only asks the kernel for the way.
    let way_out = || -> io::Result<SocketAddr> {
        let socket = std::net::UdpSocket::bind((bound, 0))?;
        socket.connect(if bound.is_ipv4() { "192.0.2.1:9" } else { "[2001:db8::1]:9" })?;
        socket.local_addr()
    };
    way_out().map_or(std::net::Ipv4Addr::LOCALHOST.into(), |address| address.ip())
}
