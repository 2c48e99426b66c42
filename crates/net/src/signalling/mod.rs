//! The signalling thread: all datagrams, timers and decisions of a node, in bounded turns.
//!
//! One thread is enough for a thousand calls a second, needs no locks, and gives every decision one
//! order. What can block (DNS, connections, SQL) lives on other threads and talks to this one by its
//! bounded [`Post`].

mod inbox;
mod keep_alive;
mod overload;
mod pace;
mod plane;
mod thread;
mod udp;

use std::net::SocketAddr;

use bytes::Bytes;
use media::engine::MediaEvent;
use sip::flow::Flow;

use crate::mind::Mind;
use crate::ua::{Lookup, MediaPlane, Proof, UaConfig, UaStats};

pub use inbox::{Full, Post};
pub use plane::PoolPlane;
pub use thread::{Signalling, StartError};

/// Where figures are told. Called on the signalling thread: it must not block.
pub(crate) type StatsTo = Box<dyn FnOnce(SignallingStats) + Send>;

/// Figures of the signalling thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignallingStats {
    /// The user agent's.
    pub ua: UaStats,
    /// How often the door for new calls was shut, since the start.
    pub shut: u64,
    /// Whether it is shut now.
    pub shedding: bool,
}

/// What other threads hand to the signalling thread.
pub(crate) enum Input<T> {
    /// A message that came by a connection.
    Packet(Flow, Bytes),
    /// A connection has closed or could not be opened.
    ConnectionLost(Flow),
    /// The media plane reports.
    Media(MediaEvent),
    /// A name was resolved.
    Resolved(Lookup, Vec<(sip::flow::Transport, SocketAddr)>),
    /// For the mind.
    Message(T),
    /// Somebody asks for figures.
    Stats(StatsTo),
    /// End the thread.
    Stop,
}

/// What reaches beyond datagrams: connections and names.
pub trait Outside: Send {
    /// Sends over the connection of this flow, opening one where there is none. Never blocks; a
    /// failure comes back as [`Post::connection_lost`].
    fn send(&mut self, flow: Flow, bytes: Bytes);

    /// Somebody has proved who it is on a connection.
    fn prove(&mut self, proof: Proof);

    /// Resolves a name (RFC 3263); the answer comes back as [`Post::resolved`].
    fn look_up(&mut self, lookup: Lookup);
}

/// Settings of the signalling thread.
#[derive(Clone, Debug)]
pub struct SignallingConfig {
    /// Where SIP over UDP listens.
    pub udp: SocketAddr,
    /// Settings of the user agent.
    pub ua: UaConfig,
    /// Saved dialogs of the process before, which are ended.
    pub dialogs: Vec<(types::LegId, Vec<u8>)>,
}

/// Starts the signalling thread.
///
/// # Errors
/// When the port is taken or the system is out of resources.
pub fn start<M: Mind>(
    config: SignallingConfig,
    mind: M,
    media: impl FnOnce(Post<M::Message>) -> Result<Box<dyn MediaPlane>, StartError>,
    outside: impl FnOnce(Post<M::Message>) -> Result<Box<dyn Outside>, StartError>,
) -> Result<Signalling<M::Message>, StartError> {
    Signalling::start(config, mind, media, outside)
}
