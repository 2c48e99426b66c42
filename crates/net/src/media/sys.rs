//! The few system calls that the standard library does not offer, made safe.

#![allow(unsafe_code)]

use std::io;
use std::mem;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};

use types::{Mono, Now, Wall};

/// Turns the result of a system call into an error from `errno`.
pub(crate) fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn read_clock(clock: libc::clockid_t) -> libc::timespec {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid place for the answer; these clocks always exist.
    unsafe { libc::clock_gettime(clock, &mut time) };
    time
}

/// Microseconds of the system's monotonic clock: the same line of time in all threads.
pub(crate) fn mono() -> Mono {
    let time = read_clock(libc::CLOCK_MONOTONIC);
    Mono(time.tv_sec as u64 * 1_000_000 + time.tv_nsec as u64 / 1000)
}

/// Both clocks.
pub(crate) fn now() -> Now {
    let wall = read_clock(libc::CLOCK_REALTIME);
    Now { mono: mono(), wall: Wall(wall.tv_sec * 1000 + wall.tv_nsec / 1_000_000) }
}

/// A socket address in the system's form.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) union Name {
    v4: libc::sockaddr_in,
    v6: libc::sockaddr_in6,
}

/// Bytes of a [`Name`] of either family.
pub(crate) const NAME_LEN: usize = mem::size_of::<Name>();

impl Name {
    /// The address and the length that the system wants to be told.
    pub(crate) fn new(address: SocketAddr) -> (Self, libc::socklen_t) {
        match address {
            SocketAddr::V4(a) => (
                Self {
                    v4: libc::sockaddr_in {
                        sin_family: libc::AF_INET as libc::sa_family_t,
                        sin_port: a.port().to_be(),
                        sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes(a.ip().octets()) },
                        sin_zero: [0; 8],
                    },
                },
                mem::size_of::<libc::sockaddr_in>() as libc::socklen_t,
            ),
            SocketAddr::V6(a) => (
                Self {
                    v6: libc::sockaddr_in6 {
                        sin6_family: libc::AF_INET6 as libc::sa_family_t,
                        sin6_port: a.port().to_be(),
                        sin6_flowinfo: 0,
                        sin6_addr: libc::in6_addr { s6_addr: a.ip().octets() },
                        sin6_scope_id: a.scope_id(),
                    },
                },
                mem::size_of::<libc::sockaddr_in6>() as libc::socklen_t,
            ),
        }
    }

    /// The same for a socket of this family: an IPv6 socket reaches IPv4 hosts by mapped addresses.
    pub(crate) fn on(address: SocketAddr, v6: bool) -> (Self, libc::socklen_t) {
        match address {
            SocketAddr::V4(v4) if v6 => Self::new(SocketAddr::new(v4.ip().to_ipv6_mapped().into(), v4.port())),
            other => Self::new(other),
        }
    }

    /// An empty name to receive into.
    pub(crate) fn empty() -> Self {
        // SAFETY: all members are plain integers, for which zero is a value.
        unsafe { mem::zeroed() }
    }

    /// The address in `bytes` as the system filled them in; nothing for another family or cut bytes.
    pub(crate) fn parse(bytes: &[u8]) -> Option<SocketAddr> {
        let family = libc::c_int::from(libc::sa_family_t::from_ne_bytes([*bytes.first()?, *bytes.get(1)?]));
        let port = u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]);
        match family {
            libc::AF_INET => {
                let ip: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
                Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::from(ip)), port))
            }
            libc::AF_INET6 => {
                let ip: [u8; 16] = bytes.get(8..24)?.try_into().ok()?;
                // A phone with an IPv4 address on a socket of both families: one form for one address.
                Some(SocketAddr::new(Ipv6Addr::from(ip).to_canonical(), port))
            }
            _ => None,
        }
    }

    /// The bytes, for [`Name::parse`].
    pub(crate) fn as_bytes(&self) -> &[u8; NAME_LEN] {
        // SAFETY: the union has this size, no padding that was never written (it starts zeroed or is written whole by
        // the system), and any bit pattern is a byte.
        unsafe { &*std::ptr::from_ref(self).cast() }
    }
}

/// Wakes a thread that sleeps in its event loop. Many calls while it is awake cost one flag each.
#[derive(Debug)]
pub(crate) struct Waker {
    fd: OwnedFd,
    pending: AtomicBool,
}

impl Waker {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: no pointers are passed; the descriptor is ours alone.
        let fd = unsafe { OwnedFd::from_raw_fd(check(libc::eventfd(0, libc::EFD_CLOEXEC))?) };
        Ok(Self { fd, pending: AtomicBool::new(false) })
    }

    /// Makes the sleeper look at its queues.
    pub(crate) fn wake(&self) {
        if !self.pending.swap(true, Ordering::SeqCst) {
            let one = 1u64.to_ne_bytes();
            // SAFETY: eight valid bytes are read. The counter cannot overflow: it is read before the next write.
            unsafe { libc::write(self.fd.as_raw_fd(), one.as_ptr().cast(), one.len()) };
        }
    }

    /// Says that the queues are about to be looked at: what is queued from now on needs a new wake.
    pub(crate) fn clear(&self) {
        self.pending.store(false, Ordering::SeqCst);
    }

    pub(crate) fn fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

/// Keeps the calling thread on one processor. The call is a hint: where it is not allowed, the thread roams.
pub(crate) fn pin_to_processor(index: usize) {
    // SAFETY: the set is a plain value on our stack and CPU_SET stays within it.
    unsafe {
        let mut set: libc::cpu_set_t = mem::zeroed();
        libc::CPU_SET(index % libc::CPU_SETSIZE as usize, &mut set);
        libc::sched_setaffinity(0, mem::size_of::<libc::cpu_set_t>(), &set);
    }
}

/// Lets the calling thread's timers fire when they are due rather than up to 50 µs later.
pub(crate) fn exact_timers() {
    // SAFETY: no pointers are passed.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1_000, 0, 0, 0) };
}

/// Marks what a socket sends as voice (DSCP EF, RFC 3246), so that networks that know priorities give it one.
pub(crate) fn mark_as_voice(socket: &UdpSocket, v6: bool) {
    const EXPEDITED: libc::c_int = 0xb8;
    let (level, option) = if v6 { (libc::IPPROTO_IPV6, libc::IPV6_TCLASS) } else { (libc::IPPROTO_IP, libc::IP_TOS) };
    // SAFETY: the option's value is a valid int of the length told. Failure only costs the mark.
    unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            std::ptr::from_ref(&EXPEDITED).cast(),
            mem::size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
}

/// Asks for room for received datagrams, in bytes. The system may give less; bursts are then lost earlier.
pub(crate) fn enlarge_receive_buffer(socket: &UdpSocket, bytes: usize) {
    // The failure is the same as less room.
    let _ = socket2::SockRef::from(socket).set_recv_buffer_size(bytes);
}

/// Ties a datagram socket to one far end, or unties it; its port stays. Only for a socket that is bound to one address:
/// on any other the system would also choose the local address, which need not be the one that was signalled.
pub(crate) fn tie(fd: RawFd, v6: bool, to: Option<SocketAddr>) -> io::Result<()> {
    let (name, len) = match to {
        Some(to) => Name::on(to, v6),
        // All zero: AF_UNSPEC, which takes the association back.
        None => (Name::empty(), mem::size_of::<libc::sockaddr_in>() as libc::socklen_t),
    };
    // SAFETY: the name is valid for the call and at least of the length told.
    check(unsafe { libc::connect(fd, std::ptr::from_ref(&name).cast(), len) }).map(drop)
}

/// Raises the limit of open files as far as the system lets us, since a call takes four sockets; tells the limit.
pub(crate) fn raise_file_limit() -> usize {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is a valid place for the answer and a valid argument. Failure leaves the limit as it was.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) == 0 && limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
        }
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
    }
    usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_the_systems_form() {
        for text in ["192.0.2.7:4000", "[2001:db8::1]:65535"] {
            let address: SocketAddr = text.parse().unwrap();
            assert_eq!(Name::parse(Name::new(address).0.as_bytes()), Some(address));
        }
        let mapped: SocketAddr = "[::ffff:192.0.2.7]:4000".parse().unwrap();
        assert_eq!(Name::parse(Name::new(mapped).0.as_bytes()), Some("192.0.2.7:4000".parse().unwrap()));
        assert_eq!(Name::parse(Name::empty().as_bytes()), None);
    }
}
