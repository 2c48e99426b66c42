//! The epoll backend, for kernels and containers without io_uring: `recvmmsg` on each ready socket, `sendto` for each
//! packet, all of a turn together.

#![allow(unsafe_code)]

use std::collections::HashMap;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use media::engine::{Forward, Lane, Outbox, Tie};

use super::backend::{Backend, Handler, MAX_PACKET, PACKET_ROOM, gathering};
use super::ports::SocketPair;
use super::shared::Shared;
use super::sys::{self, NAME_LEN, Name, Waker, check};

/// Sockets told ready in one turn.
const EVENTS: usize = 512;
/// Packets taken from one socket at once: more than a phone sends between two turns, so that one socket never starves
/// the others.
const PER_SOCKET: usize = 8;
/// What the waker's events carry in place of a socket.
const WAKER: u64 = u64::MAX;

/// The backend.
pub(crate) struct Epoll {
    fd: OwnedFd,
    waker: Arc<Waker>,
    sockets: Vec<Option<Arc<SocketPair>>>,
    /// Slots that send by sockets of others.
    lent: HashMap<u32, Shared>,
    events: Vec<libc::epoll_event>,
    rooms: Box<[[u8; PACKET_ROOM]; PER_SOCKET]>,
    removed: Vec<u32>,
    send_failures: u64,
    coalesce: Duration,
    busy: bool,
}

fn token(slot: u32, lane: Lane) -> u64 {
    (u64::from(slot) << 1) | lane as u64
}

impl Epoll {
    /// `coalesce`: how long a packet may wait for others, so that one wake-up serves many.
    ///
    /// # Errors
    /// When there are no descriptors left.
    pub(crate) fn new(waker: Arc<Waker>, coalesce: Duration) -> io::Result<Self> {
        // SAFETY: no pointers are passed; the descriptor is ours alone.
        let fd = unsafe { OwnedFd::from_raw_fd(check(libc::epoll_create1(libc::EPOLL_CLOEXEC))?) };
        let this = Self {
            fd,
            waker,
            sockets: Vec::new(),
            lent: HashMap::new(),
            events: vec![libc::epoll_event { events: 0, u64: 0 }; EVENTS],
            rooms: Box::new([[0; PACKET_ROOM]; PER_SOCKET]),
            removed: Vec::new(),
            send_failures: 0,
            coalesce,
            busy: false,
        };
        this.control(libc::EPOLL_CTL_ADD, this.waker.fd(), WAKER)?;
        Ok(this)
    }

    fn control(&self, operation: libc::c_int, fd: RawFd, token: u64) -> io::Result<()> {
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: token };
        // SAFETY: the event is valid for the call.
        check(unsafe { libc::epoll_ctl(self.fd.as_raw_fd(), operation, fd, &mut event) }).map(drop)
    }

    fn send_to(send_failures: &mut u64, pair: &SocketPair, lane: Lane, to: SocketAddr, bytes: &[u8]) {
        let (name, name_len) = Name::on(to, pair.v6);
        // SAFETY: bytes and name are valid for the call.
        let sent = unsafe {
            libc::sendto(
                pair.fd(lane),
                bytes.as_ptr().cast(),
                bytes.len(),
                libc::MSG_DONTWAIT,
                std::ptr::from_ref(&name).cast(),
                name_len,
            )
        };
        if sent < 0 {
            *send_failures += 1;
            tracing::debug!(error = %io::Error::last_os_error(), "a packet could not be sent");
        }
    }

    /// Takes what waits on a socket, and sends what is to be forwarded.
    fn receive(&mut self, slot: u32, lane: Lane, handler: &mut dyn Handler) {
        let Some(Some(pair)) = self.sockets.get(slot as usize) else { return };
        let fd = pair.fd(lane);
        let mut names = [Name::empty(); PER_SOCKET];
        let mut vectors = [libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 }; PER_SOCKET];
        // SAFETY: zeroed headers have null pointers and zero lengths, which is valid.
        let mut headers: [libc::mmsghdr; PER_SOCKET] = unsafe { mem::zeroed() };
        for i in 0..PER_SOCKET {
            vectors[i] = libc::iovec { iov_base: self.rooms[i].as_mut_ptr().cast(), iov_len: PACKET_ROOM };
            headers[i].msg_hdr.msg_iov = &mut vectors[i];
            headers[i].msg_hdr.msg_iovlen = 1;
            headers[i].msg_hdr.msg_name = std::ptr::from_mut(&mut names[i]).cast();
            headers[i].msg_hdr.msg_namelen = NAME_LEN as libc::socklen_t;
        }
        // SAFETY: headers, vectors, names and rooms are valid for the call and of the lengths told.
        let received = unsafe {
            libc::recvmmsg(fd, headers.as_mut_ptr(), PER_SOCKET as u32, libc::MSG_DONTWAIT, std::ptr::null_mut())
        };
        if received > 0 {
            pair.hear();
        }
        // An error is none of ours to report: nothing waits any more, or a far end's port is closed (ICMP).
        for i in 0..usize::try_from(received).unwrap_or(0) {
            let len = headers[i].msg_len as usize;
            let Some(from) = Name::parse(names[i].as_bytes()) else { continue };
            if len > MAX_PACKET {
                continue;
            }
            let Some(forward) = handler.packet(slot, lane, from, &mut self.rooms[i], len) else { continue };
            self.forward(i, forward);
        }
    }

    fn forward(&mut self, room: usize, Forward { slot, to, len }: Forward) {
        let Some(pair) = Self::sender(&self.sockets, &self.lent, slot, to) else { return };
        Self::send_to(&mut self.send_failures, pair, Lane::Rtp, to, &self.rooms[room][..len]);
    }

    /// The sockets that a slot sends by.
    fn sender<'a>(
        own: &'a [Option<Arc<SocketPair>>],
        lent: &'a HashMap<u32, Shared>,
        slot: u32,
        to: SocketAddr,
    ) -> Option<&'a SocketPair> {
        match own.get(slot as usize) {
            Some(Some(pair)) => Some(pair),
            _ => lent.get(&slot)?.towards(to).map(|pair| &**pair),
        }
    }
}

impl Backend for Epoll {
    fn add(&mut self, slot: u32, pair: Arc<SocketPair>) -> io::Result<()> {
        let index = slot as usize;
        if self.sockets.len() <= index {
            self.sockets.resize_with(index + 1, || None);
        }
        for &lane in pair.lanes() {
            self.control(libc::EPOLL_CTL_ADD, pair.fd(lane), token(slot, lane))?;
        }
        self.sockets[index] = Some(pair);
        Ok(())
    }

    fn remove(&mut self, slot: u32) {
        let Some(pair) = self.sockets.get_mut(slot as usize).and_then(Option::take) else { return };
        for &lane in pair.lanes() {
            // It was added, so it can be removed.
            let _ = self.control(libc::EPOLL_CTL_DEL, pair.fd(lane), 0);
        }
        self.removed.push(slot);
    }

    fn removed(&mut self) -> Vec<u32> {
        mem::take(&mut self.removed)
    }

    fn lend(&mut self, slot: u32, shared: &Shared) {
        self.lent.insert(slot, shared.clone());
    }

    fn take_back(&mut self, slot: u32) {
        self.lent.remove(&slot);
    }

    fn tie(&mut self, tie: Tie) {
        if let Some(Some(pair)) = self.sockets.get(tie.slot as usize)
            && pair.one_address
            && let Err(error) = sys::tie(pair.fd(Lane::Rtp), pair.v6, tie.to)
        {
            tracing::debug!(%error, "a socket stays as it was");
        }
    }

    fn send_one(&mut self, slot: u32, to: SocketAddr, bytes: &[u8]) {
        let Some(pair) = Self::sender(&self.sockets, &self.lent, slot, to) else { return };
        Self::send_to(&mut self.send_failures, pair, Lane::Rtp, to, bytes);
    }

    fn send(&mut self, outbox: &Outbox) {
        for (transmit, bytes) in outbox.transmits() {
            let Some(pair) = Self::sender(&self.sockets, &self.lent, transmit.slot, transmit.to) else { continue };
            Self::send_to(&mut self.send_failures, pair, transmit.lane, transmit.to, bytes);
        }
    }

    fn turn(&mut self, timeout: Duration, handler: &mut dyn Handler) -> io::Result<()> {
        // While packets flow, let some gather, so that one wake-up serves many.
        let mut timeout = timeout;
        if self.busy {
            let gathering = gathering(self.coalesce, timeout);
            std::thread::sleep(gathering);
            timeout -= gathering;
        }
        let timeout_ms = timeout.as_nanos().div_ceil(1_000_000).min(60_000) as libc::c_int;
        // SAFETY: the events are valid for the call and of the number told.
        let ready = unsafe {
            libc::epoll_wait(self.fd.as_raw_fd(), self.events.as_mut_ptr(), EVENTS as libc::c_int, timeout_ms)
        };
        let ready = match check(ready) {
            Ok(ready) => ready as usize,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => 0,
            Err(e) => return Err(e),
        };
        self.busy = ready > 1;
        for i in 0..ready {
            let token = self.events[i].u64;
            if token == WAKER {
                self.drain_waker();
            } else {
                let lane = if token & 1 == 0 { Lane::Rtp } else { Lane::Rtcp };
                self.receive((token >> 1) as u32, lane, handler);
            }
        }
        Ok(())
    }

    fn take_send_failures(&mut self) -> u64 {
        mem::take(&mut self.send_failures)
    }
}

impl Epoll {
    fn drain_waker(&self) {
        let mut count = [0u8; 8];
        // SAFETY: eight valid bytes are written. It was told readable, so this does not block.
        unsafe { libc::read(self.waker.fd(), count.as_mut_ptr().cast(), count.len()) };
    }
}
