//! The RTP ports: pairs of sockets, made on demand, kept for the next call.
//!
//! A pair belongs to one media thread from its first use on and stays open and armed there, so a call costs no
//! `socket`, `bind` or `close`. After a call the pair rests for a while: late packets of the old call must not be
//! heard in the next one.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use media::engine::Lane;
use types::Mono;

use super::sys;

/// How long a pair rests after a call: phones that missed the BYE keep sending for some seconds.
pub(crate) const GUARD: Duration = Duration::from_secs(5);

/// No pair is free: the range is used up.
#[derive(Debug, thiserror::Error)]
#[error("all RTP ports from {lo} to {hi} are in use")]
pub struct PortsExhausted {
    /// First port of the range.
    pub lo: u16,
    /// Last port of the range.
    pub hi: u16,
}

/// Two sockets on an even port and the one after it.
#[derive(Debug)]
pub(crate) struct SocketPair {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    /// The even port.
    pub(crate) port: u16,
    /// IPv6 sockets.
    pub(crate) v6: bool,
}

impl SocketPair {
    fn bind(ip: IpAddr, port: u16) -> io::Result<Self> {
        let pair = Self {
            rtp: UdpSocket::bind(SocketAddr::new(ip, port))?,
            rtcp: UdpSocket::bind(SocketAddr::new(ip, port + 1))?,
            port,
            v6: ip.is_ipv6(),
        };
        sys::mark_as_voice(&pair.rtp, ip.is_ipv6());
        Ok(pair)
    }

    /// A pair on any two free loopback ports, to try the kernel out with.
    pub(crate) fn bind_anywhere() -> io::Result<Self> {
        let any = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
        Ok(Self { rtp: any()?, rtcp: any()?, port: 0, v6: false })
    }

    /// Where the RTP socket is bound.
    pub(crate) fn local_address(&self) -> io::Result<SocketAddr> {
        self.rtp.local_addr()
    }

    pub(crate) fn fd(&self, lane: Lane) -> RawFd {
        match lane {
            Lane::Rtp => self.rtp.as_raw_fd(),
            Lane::Rtcp => self.rtcp.as_raw_fd(),
        }
    }
}

#[derive(Debug)]
struct Resting {
    slot: u32,
    pair: Arc<SocketPair>,
    since: Mono,
}

#[derive(Debug, Default)]
struct ThreadPorts {
    /// Longest rested first.
    resting: VecDeque<Resting>,
    slots: u32,
    vacant: Vec<u32>,
}

#[derive(Debug)]
struct Inner {
    /// For each pair of the range, whether it is ours (in a call or resting).
    ours: Vec<bool>,
    next: usize,
    threads: Vec<ThreadPorts>,
}

/// A pair for a new leg.
#[derive(Debug)]
pub(crate) struct Taken {
    /// The pair's number on its thread.
    pub(crate) slot: u32,
    pub(crate) pair: Arc<SocketPair>,
    /// The thread has not seen this pair yet.
    pub(crate) fresh: bool,
}

/// All pairs of the range.
#[derive(Debug)]
pub(crate) struct PortPool {
    ip: IpAddr,
    lo: u16,
    hi: u16,
    guard: Duration,
    inner: Mutex<Inner>,
}

impl PortPool {
    pub(crate) fn new(ip: IpAddr, lo: u16, hi: u16, threads: usize, guard: Duration) -> Self {
        let lo = lo.next_multiple_of(2);
        let pairs = (usize::from(hi) + 1).saturating_sub(usize::from(lo)) / 2;
        let threads = std::iter::repeat_with(ThreadPorts::default).take(threads).collect();
        let inner = Inner { ours: vec![false; pairs], next: 0, threads };
        Self { ip, lo, hi, guard, inner: Mutex::new(inner) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Each change below is complete before anything that could panic.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A pair for a leg on this thread.
    pub(crate) fn take(&self, thread: usize, now: Mono) -> Result<Taken, PortsExhausted> {
        {
            let mut inner = self.lock();
            let resting = &mut inner.threads[thread].resting;
            if resting.front().is_some_and(|r| now.since(r.since) >= self.guard)
                && let Some(Resting { slot, pair, .. }) = resting.pop_front()
            {
                return Ok(Taken { slot, pair, fresh: false });
            }
        }
        let pairs = self.lock().ours.len();
        for _ in 0..pairs {
            // Binding happens outside the lock: media threads of other calls must not wait for it.
            let Some(index) = self.reserve() else { break };
            match SocketPair::bind(self.ip, self.lo + 2 * index as u16) {
                Ok(pair) => {
                    let slot = self.new_slot(thread);
                    return Ok(Taken { slot, pair: Arc::new(pair), fresh: true });
                }
                Err(error) => {
                    self.lock().ours[index] = false;
                    // A port of another program is skipped; a lack of descriptors will not get better by trying on.
                    if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM)) {
                        tracing::error!(%error, "no more sockets for media; raise the limit of open files");
                        break;
                    }
                }
            }
        }
        Err(PortsExhausted { lo: self.lo, hi: self.hi })
    }

    fn reserve(&self) -> Option<usize> {
        let mut inner = self.lock();
        let pairs = inner.ours.len();
        let start = inner.next;
        let index = (start..pairs).chain(0..start).find(|&i| !inner.ours[i])?;
        inner.ours[index] = true;
        inner.next = (index + 1) % pairs;
        Some(index)
    }

    fn new_slot(&self, thread: usize) -> u32 {
        let mut inner = self.lock();
        let ports = &mut inner.threads[thread];
        ports.vacant.pop().unwrap_or_else(|| {
            ports.slots += 1;
            ports.slots - 1
        })
    }

    /// The leg is over: the pair rests on its thread.
    pub(crate) fn give(&self, thread: usize, slot: u32, pair: Arc<SocketPair>, now: Mono) {
        self.lock().threads[thread].resting.push_back(Resting { slot, pair, since: now });
    }

    /// A pair that was never used is closed again.
    pub(crate) fn forget(&self, thread: usize, slot: u32, port: u16) {
        let mut inner = self.lock();
        inner.ours[usize::from(port - self.lo) / 2] = false;
        inner.threads[thread].vacant.push(slot);
    }

    /// A number on another thread for a pair that moves there with its leg.
    pub(crate) fn slot_for_move(&self, to: usize) -> u32 {
        self.new_slot(to)
    }

    /// The pair has left this thread: its number there is free.
    pub(crate) fn vacate(&self, thread: usize, slot: u32) {
        self.lock().threads[thread].vacant.push(slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn at(s: u64) -> Mono {
        Mono::from_millis(s * 1000)
    }

    #[test]
    fn a_port_is_used_again_only_after_its_rest_and_taken_ports_are_skipped() {
        // A range of three pairs somewhere free, the middle one taken by another program.
        let (lo, _other) = (20_000..30_000)
            .step_by(6)
            .find_map(|lo| Some((lo, UdpSocket::bind((LOCAL, lo + 3)).ok()?)))
            .expect("a free port");
        let pool = PortPool::new(LOCAL, lo, lo + 5, 1, GUARD);
        let first = pool.take(0, at(0)).unwrap();
        let second = pool.take(0, at(0)).unwrap();
        assert_eq!((first.pair.port, second.pair.port), (lo, lo + 4));
        assert!(first.fresh && second.fresh && first.slot != second.slot);
        assert!(pool.take(0, at(0)).is_err(), "the range is used up");

        pool.give(0, first.slot, first.pair, at(10));
        assert!(pool.take(0, at(14)).is_err(), "it still rests");
        let again = pool.take(0, at(15)).unwrap();
        assert_eq!((again.pair.port, again.slot, again.fresh), (lo, first.slot, false));
    }
}
