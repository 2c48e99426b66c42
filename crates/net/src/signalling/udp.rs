//! The SIP socket for datagrams, in batches: one system call reads or sends many.

#![allow(unsafe_code)]

use std::io;
use std::mem;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::media::{Name, Waker, check};

/// Datagrams that one system call reads or sends.
const BATCH: usize = 64;
/// System calls of one turn, so that timers and other threads get theirs.
const READS_PER_TURN: usize = 4;
/// The longest datagram that UDP carries.
const ROOM: usize = 65_536;
/// What the kernel may hold for us: a second of 1,000 calls at 13 messages of a kilobyte.
const KERNEL_BUFFER: usize = 16 << 20;

/// The socket.
pub(crate) struct Udp {
    socket: UdpSocket,
    local: SocketAddr,
    waker: Arc<Waker>,
    room: Vec<u8>,
    names: Vec<Name>,
    queued: Vec<(SocketAddr, Bytes)>,
}

impl Udp {
    pub(crate) fn bind(address: SocketAddr, waker: Arc<Waker>) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        socket.set_nonblocking(true)?;
        let sock = socket2::SockRef::from(&socket);
        // The kernel grants what its own limit allows; less only means that bursts are repeated by their senders.
        let _ = sock.set_recv_buffer_size(KERNEL_BUFFER);
        let _ = sock.set_send_buffer_size(KERNEL_BUFFER);
        let local = socket.local_addr()?;
        let (room, names) = (vec![0; ROOM * BATCH], vec![Name::empty(); BATCH]);
        Ok(Self { socket, local, waker, room, names, queued: Vec::new() })
    }

    pub(crate) const fn local_address(&self) -> SocketAddr {
        self.local
    }

    /// Sleeps until a datagram, the waker, or the end of `timeout`.
    pub(crate) fn wait(&self, timeout: Duration) -> io::Result<()> {
        let event = |fd: RawFd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut events = [event(self.socket.as_raw_fd()), event(self.waker.fd())];
        let time = libc::timespec {
            tv_sec: timeout.as_secs() as libc::time_t,
            tv_nsec: libc::c_long::from(timeout.subsec_nanos()),
        };
        // SAFETY: both arrays and the time are valid for the call.
        let result = check(unsafe { libc::ppoll(events.as_mut_ptr(), 2, &time, ptr::null()) });
        if events[1].revents & libc::POLLIN != 0 {
            let mut count = [0u8; 8];
            // SAFETY: eight bytes are written into eight bytes; the descriptor is readable, so this does not block.
            unsafe { libc::read(self.waker.fd(), count.as_mut_ptr().cast(), count.len()) };
        }
        match result {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Reads what is there, within the turn's bound. Whether more is left.
    pub(crate) fn receive(&mut self, mut take: impl FnMut(SocketAddr, Bytes)) -> bool {
        for _ in 0..READS_PER_TURN {
            let lengths = self.receive_batch();
            for (index, length) in lengths.iter().enumerate() {
                if let Some(from) = Name::parse(self.names[index].as_bytes()) {
                    let start = index * ROOM;
                    take(from, Bytes::copy_from_slice(&self.room[start..start + length]));
                }
            }
            if lengths.len() < BATCH {
                return false;
            }
        }
        true
    }

    fn receive_batch(&mut self) -> Vec<usize> {
        let name_len = mem::size_of::<Name>() as libc::socklen_t;
        let mut pieces: Vec<libc::iovec> = (0..BATCH)
            .map(|i| libc::iovec { iov_base: self.room[i * ROOM..].as_mut_ptr().cast(), iov_len: ROOM })
            .collect();
        let mut headers: Vec<libc::mmsghdr> = (0..BATCH)
            .map(|i| header(ptr::from_mut(&mut self.names[i]), name_len, ptr::from_mut(&mut pieces[i])))
            .collect();
        let flags = libc::MSG_DONTWAIT;
        // SAFETY: each header points at a name and a piece of room that live and stay in place until the call returns.
        let count = unsafe {
            libc::recvmmsg(self.socket.as_raw_fd(), headers.as_mut_ptr(), BATCH as u32, flags, ptr::null_mut())
        };
        let count = usize::try_from(count).unwrap_or(0);
        headers[..count].iter().map(|h| h.msg_len as usize).collect()
    }

    /// Keeps a datagram for [`Udp::send_queued`].
    pub(crate) fn queue(&mut self, to: SocketAddr, bytes: Bytes) {
        self.queued.push((to, bytes));
    }

    /// Sends what was queued. What the kernel does not take is lost, as on any network: timers repeat it.
    pub(crate) fn send_queued(&mut self) {
        let queued = mem::take(&mut self.queued);
        let mut rest = &queued[..];
        while !rest.is_empty() {
            let sent = self.send_batch(&rest[..rest.len().min(BATCH)]);
            // The first one was refused (an unreachable address): it is skipped, the others go on.
            rest = &rest[sent.max(1)..];
        }
        self.queued = queued;
        self.queued.clear();
    }

    fn send_batch(&self, batch: &[(SocketAddr, Bytes)]) -> usize {
        let mut names: Vec<(Name, libc::socklen_t)> = batch.iter().map(|(to, _)| Name::new(self.fit(*to))).collect();
        let mut pieces: Vec<libc::iovec> = batch
            .iter()
            .map(|(_, bytes)| libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() })
            .collect();
        let mut headers: Vec<libc::mmsghdr> = names
            .iter_mut()
            .zip(&mut pieces)
            .map(|((name, len), piece)| header(ptr::from_mut(name), *len, ptr::from_mut(piece)))
            .collect();
        // SAFETY: names, pieces and the bytes they point at live until the call returns; the kernel only reads them.
        let sent = unsafe { libc::sendmmsg(self.socket.as_raw_fd(), headers.as_mut_ptr(), headers.len() as u32, 0) };
        usize::try_from(sent).unwrap_or(0)
    }

    /// On a socket of both families an IPv4 address travels in IPv6's form.
    fn fit(&self, to: SocketAddr) -> SocketAddr {
        match (self.local, to) {
            (SocketAddr::V6(_), SocketAddr::V4(v4)) => SocketAddr::new(v4.ip().to_ipv6_mapped().into(), v4.port()),
            _ => to,
        }
    }
}

fn header(name: *mut Name, name_len: libc::socklen_t, piece: *mut libc::iovec) -> libc::mmsghdr {
    // SAFETY: the struct is plain data for which zero is a value.
    let mut header: libc::mmsghdr = unsafe { mem::zeroed() };
    header.msg_hdr.msg_name = name.cast();
    header.msg_hdr.msg_namelen = name_len;
    header.msg_hdr.msg_iov = piece;
    header.msg_hdr.msg_iovlen = 1;
    header
}
