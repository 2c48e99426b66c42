//! What a media thread asks of the system: receive on many sockets, send from many, sleep until something happens.
//!
//! Two answers: [`super::uring`] and, where that is not to be had, [`super::epoll`].

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use media::engine::{Forward, Lane, Outbox, Tie};

use super::ports::SocketPair;
use super::shared::Shared;

/// Room for one packet, in bytes: an Ethernet frame's worth, SRTP's tag and the kernel's own header.
pub(crate) const PACKET_ROOM: usize = 2048;
/// Largest packet that is taken: leaves room for the tag that SRTP appends.
pub(crate) const MAX_PACKET: usize = 1600;

/// Takes the packets of a turn.
pub(crate) trait Handler {
    /// A packet lies in the first `len` bytes of `room`. What is returned is sent from `room` before it is used again.
    fn packet(&mut self, slot: u32, lane: Lane, from: SocketAddr, room: &mut [u8], len: usize) -> Option<Forward>;
}

/// A way of talking to the kernel. Used by one thread, the one that made it.
pub(crate) trait Backend {
    /// Starts to receive on a pair.
    ///
    /// # Errors
    /// When the kernel refuses; the pair is then not used.
    fn add(&mut self, slot: u32, pair: Arc<SocketPair>) -> io::Result<()>;

    /// Stops receiving on a pair; it is listed by [`Backend::removed`] when the kernel has let go of it.
    fn remove(&mut self, slot: u32);

    /// Pairs that are free now, once each.
    fn removed(&mut self) -> Vec<u32>;

    /// Lets a slot send by sockets that receive under other slots: a port that many legs share.
    fn lend(&mut self, slot: u32, shared: &Shared);

    /// Ends a loan. All that was to be sent by it has been.
    fn take_back(&mut self, slot: u32);

    /// Ties a pair's RTP socket to a far end, or unties it.
    fn tie(&mut self, tie: Tie);

    /// Sends one packet from a slot's RTP socket now.
    fn send_one(&mut self, slot: u32, to: SocketAddr, bytes: &[u8]);

    /// Sends the outbox's packets now.
    fn send(&mut self, outbox: &Outbox);

    /// Sleeps until packets, the waker, or the end of `timeout`; hands packets to `handler` and sends what it wants
    /// forwarded (at the latest at the next turn's begin).
    ///
    /// # Errors
    /// When the kernel fails in a way that will not pass.
    fn turn(&mut self, timeout: Duration, handler: &mut dyn Handler) -> io::Result<()>;

    /// Packets that the kernel refused to send since the last look.
    fn take_send_failures(&mut self) -> u64;
}

/// How long packets may gather: `coalesce`, or until the turn's end when that is near, so that what is due then and the
/// packets cost one wake-up together.
pub(crate) fn gathering(coalesce: Duration, timeout: Duration) -> Duration {
    if timeout <= 2 * coalesce { timeout } else { coalesce }
}
