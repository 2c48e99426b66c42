//! The RTP ports: pairs of sockets, made on demand, kept for the next call.
//!
//! A pair belongs to one media thread from its first use on and stays open and armed there, so a call costs no
//! `socket`, `bind` or `close`. After a call the pair rests for a while: late packets of the old call must not be
//! heard in the next one.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use media::engine::Lane;
use types::Mono;

use super::sys;

/// How long a pair rests after a call: phones that missed the BYE keep sending for some seconds.
pub(crate) const GUARD: Duration = Duration::from_secs(5);
/// How long it rests when nothing ever came on it, and at least when all others are in use: whatever was on its way is
/// there by then, and a stranger's stream meets the next leg's source gate.
const SHORT_GUARD: Duration = Duration::from_secs(1);

/// Room in the kernel for what comes to a port of many legs, in bytes: 100 ms of 500 legs. The system may give less.
const SHARED_BUFFER: usize = 1 << 20;

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
    /// None on a port that carries both.
    rtcp: Option<UdpSocket>,
    /// The even port; any port where there is no other for RTCP.
    pub(crate) port: u16,
    /// IPv6 sockets.
    pub(crate) v6: bool,
    /// Bound to one address of the host, not to all.
    pub(crate) one_address: bool,
    /// Something came since the pair was taken.
    heard: AtomicBool,
}

impl SocketPair {
    fn bind(ip: IpAddr, port: u16) -> io::Result<Self> {
        let pair = Self {
            rtp: UdpSocket::bind(SocketAddr::new(ip, port))?,
            rtcp: Some(UdpSocket::bind(SocketAddr::new(ip, port + 1))?),
            port,
            v6: ip.is_ipv6(),
            one_address: !ip.is_unspecified(),
            heard: AtomicBool::new(false),
        };
        sys::mark_as_voice(&pair.rtp, ip.is_ipv6());
        Ok(pair)
    }

    /// A pair on any two free loopback ports, to try the kernel out with.
    pub(crate) fn bind_anywhere() -> io::Result<Self> {
        let any = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
        let rtcp = Some(any()?);
        Ok(Self { rtp: any()?, rtcp, port: 0, v6: false, one_address: true, heard: AtomicBool::new(false) })
    }

    /// One socket for all that many legs send; a port of 0 is the system's choice.
    pub(crate) fn bind_shared(address: SocketAddr) -> io::Result<Self> {
        let rtp = UdpSocket::bind(address)?;
        let port = rtp.local_addr()?.port();
        sys::mark_as_voice(&rtp, address.is_ipv6());
        sys::enlarge_receive_buffer(&rtp, SHARED_BUFFER);
        // Whose it is on which path is found out by each leg, so that no leg's connection fixes it for the others.
        Ok(Self { rtp, rtcp: None, port, v6: address.is_ipv6(), one_address: false, heard: AtomicBool::new(false) })
    }

    /// The lanes that it has.
    pub(crate) fn lanes(&self) -> &'static [Lane] {
        if self.rtcp.is_some() { &[Lane::Rtp, Lane::Rtcp] } else { &[Lane::Rtp] }
    }

    /// Where the RTP socket is bound.
    pub(crate) fn local_address(&self) -> io::Result<SocketAddr> {
        self.rtp.local_addr()
    }

    /// Notes that a packet came.
    pub(crate) fn hear(&self) {
        // A look is cheaper than a write for each packet.
        if !self.heard.load(Ordering::Relaxed) {
            self.heard.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn fd(&self, lane: Lane) -> RawFd {
        match lane {
            Lane::Rtp => self.rtp.as_raw_fd(),
            Lane::Rtcp => self.rtcp.as_ref().unwrap_or(&self.rtp).as_raw_fd(),
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
    /// Pairs on which packets came, longest rested first.
    heard: VecDeque<Resting>,
    /// Pairs on which none came, longest rested first.
    quiet: VecDeque<Resting>,
    slots: u32,
    vacant: Vec<u32>,
}

impl ThreadPorts {
    fn rest(&mut self, resting: Resting) {
        let heard = resting.pair.heard.load(Ordering::Relaxed);
        if heard { &mut self.heard } else { &mut self.quiet }.push_back(resting);
    }

    /// A pair that has rested enough: `guard` when it was heard.
    fn rested(&mut self, now: Mono, guard: Duration) -> Option<Resting> {
        while let Some(resting) = self.quiet.pop_front_if(|r| now.since(r.since) >= guard.min(SHORT_GUARD)) {
            if !resting.pair.heard.load(Ordering::Relaxed) {
                return Some(resting);
            }
            // A phone began to speak when its call was over.
            self.heard.push_back(Resting { since: now, ..resting });
        }
        self.heard.pop_front_if(|r| now.since(r.since) >= guard)
    }
}

#[derive(Debug)]
struct Inner {
    /// For each pair of the range, whether it is ours (in a call or resting).
    ours: Vec<bool>,
    next: usize,
    /// Pairs that may still be opened.
    left: usize,
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
    /// Pairs of the range `lo` to `hi`, at most `most` of them, each resting for `guard` after use.
    pub(crate) fn new(ip: IpAddr, (lo, hi): (u16, u16), most: usize, threads: usize, guard: Duration) -> Self {
        let lo = lo.next_multiple_of(2);
        let pairs = (usize::from(hi) + 1).saturating_sub(usize::from(lo)) / 2;
        let threads = std::iter::repeat_with(ThreadPorts::default).take(threads).collect();
        let inner = Inner { ours: vec![false; pairs], next: 0, left: most.min(pairs), threads };
        Self { ip, lo, hi, guard, inner: Mutex::new(inner) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Each change below is complete before anything that could panic.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A pair for a leg on this thread.
    pub(crate) fn take(&self, thread: usize, now: Mono) -> Result<Taken, PortsExhausted> {
        if let Some(taken) = self.take_rested(thread, now, self.guard) {
            return Ok(taken);
        }
        if let Some(pair) = self.open() {
            return Ok(Taken { slot: self.new_slot(thread), pair: Arc::new(pair), fresh: true });
        }
        // Better a short rest than a refused call.
        let exhausted = PortsExhausted { lo: self.lo, hi: self.hi };
        self.take_rested(thread, now, self.guard.min(SHORT_GUARD)).ok_or(exhausted)
    }

    fn take_rested(&self, thread: usize, now: Mono, guard: Duration) -> Option<Taken> {
        let Resting { slot, pair, .. } = self.lock().threads[thread].rested(now, guard)?;
        pair.heard.store(false, Ordering::Relaxed);
        Some(Taken { slot, pair, fresh: false })
    }

    /// Opens a new pair.
    fn open(&self) -> Option<SocketPair> {
        let pairs = self.lock().ours.len();
        for _ in 0..pairs {
            let index = self.reserve()?;
            // Binding happens outside the lock: threads of other calls must not wait for it.
            match SocketPair::bind(self.ip, self.lo + 2 * index as u16) {
                Ok(pair) => return Some(pair),
                Err(error) => {
                    self.unreserve(index);
                    // A port of another program is skipped; a lack of descriptors will not get better by trying on.
                    if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM)) {
                        tracing::error!(%error, "no more sockets for media; raise the limit of open files");
                        return None;
                    }
                }
            }
        }
        None
    }

    fn unreserve(&self, index: usize) {
        let mut inner = self.lock();
        inner.ours[index] = false;
        inner.left += 1;
    }

    fn reserve(&self) -> Option<usize> {
        let mut inner = self.lock();
        let pairs = inner.ours.len();
        let start = inner.next;
        inner.left = inner.left.checked_sub(1)?;
        let Some(index) = (start..pairs).chain(0..start).find(|&i| !inner.ours[i]) else {
            inner.left += 1;
            return None;
        };
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
        self.lock().threads[thread].rest(Resting { slot, pair, since: now });
    }

    /// A pair that was never used is closed again.
    pub(crate) fn forget(&self, thread: usize, slot: u32, port: u16) {
        self.unreserve(usize::from(port - self.lo) / 2);
        self.vacate(thread, slot);
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
        let pool = PortPool::new(LOCAL, (lo, lo + 5), 100, 1, GUARD);
        let first = pool.take(0, at(0)).unwrap();
        let second = pool.take(0, at(0)).unwrap();
        assert_eq!((first.pair.port, second.pair.port), (lo, lo + 4));
        assert!(first.fresh && second.fresh && first.slot != second.slot);
        assert!(pool.take(0, at(0)).is_err(), "the range is used up");

        pool.give(0, first.slot, first.pair, at(10));
        assert!(pool.take(0, at(10)).is_err(), "it still rests");
        let again = pool.take(0, at(11)).unwrap();
        assert_eq!((again.pair.port, again.slot, again.fresh), (lo, first.slot, false));
    }

    #[test]
    fn a_pair_on_which_a_phone_spoke_rests_longer_unless_there_is_no_other() {
        let lo = (30_000..40_000)
            .step_by(6)
            .find(|lo| (*lo..lo + 6).all(|port| UdpSocket::bind((LOCAL, port)).is_ok()))
            .expect("free ports");
        let pool = PortPool::new(LOCAL, (lo, lo + 5), 2, 1, GUARD);
        let spoken = pool.take(0, at(0)).unwrap();
        let port = spoken.pair.port;
        spoken.pair.hear();
        pool.give(0, spoken.slot, spoken.pair, at(10));
        let other = pool.take(0, at(13)).unwrap();
        assert!(other.fresh && other.pair.port != port, "there is another one");
        assert_eq!(pool.take(0, at(13)).unwrap().pair.port, port, "two pairs are all that may be opened");

        // A phone that begins to speak when the call is over makes its pair rest anew.
        let late = other.pair.clone();
        pool.give(0, other.slot, other.pair, at(20));
        late.hear();
        assert!(pool.take(0, at(22)).is_err());
        assert!(pool.take(0, at(24)).is_ok());
    }
}
