//! The io_uring backend: one multishot receive per socket into a shared ring of buffers, all sends of a turn in one
//! system call, which at the same time waits for the next packets.
//!
//! A received packet is rewritten in the kernel-provided buffer and sent from there. Sends are issued with
//! `MSG_DONTWAIT` and complete within the submitting system call, so a buffer is free as soon as that returns, and
//! only failures are reported.

#![allow(unsafe_code)]

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::os::fd::RawFd;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use io_uring::types::{BufRingEntry, CancelBuilder, Fd, Fixed, SubmitArgs, Timespec};
use io_uring::{IoUring, cqueue, opcode, squeue};
use media::engine::{Forward, Lane, Outbox, Tie};

use super::backend::{Backend, Handler, MAX_PACKET, PACKET_ROOM, gathering};
use super::ports::SocketPair;
use super::shared::Shared;
use super::sys::{self, NAME_LEN, Name, Waker};

/// Sends that go out in one system call.
const SUBMISSIONS: u32 = 1024;
/// Completions that fit between two looks.
const COMPLETIONS: u32 = 4096;
/// Buffers that packets are received into: what 1,000 calls send within 5 ms. 1 MiB a thread.
const BUFFERS: u16 = 512;
/// Forwarded packets after which sends are issued within a turn, so that receiving never runs out of buffers.
const FLUSH_AT: usize = BUFFERS as usize / 4;
/// Packets that end the wait for company early.
const COMPANY: usize = 160;
const BUFFER_GROUP: u16 = 0;
/// Sockets in the ring's own table: the legs of 2,000 calls on this thread; the others work without.
const REGISTERED: u32 = 4096;

/// Bytes of the kernel's header before name and payload in a received buffer (`struct io_uring_recvmsg_out`).
const RECEIVED_HEADER: usize = 16;
const PAYLOAD_AT: usize = RECEIVED_HEADER + NAME_LEN;

/// What a completion belongs to; the low bits of its `user_data`, with the slot above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
enum Kind {
    Rtp = 0,
    Rtcp = 1,
    Wake = 2,
    Send = 3,
    Cancel = 4,
}

impl Kind {
    fn data(self, slot: u32) -> u64 {
        (u64::from(slot) << 3) | self as u64
    }

    fn of(data: u64) -> (Self, u32) {
        let kind = match data & 7 {
            0 => Self::Rtp,
            1 => Self::Rtcp,
            2 => Self::Wake,
            3 => Self::Send,
            _ => Self::Cancel,
        };
        (kind, (data >> 3) as u32)
    }

    fn lane(lane: Lane) -> Self {
        match lane {
            Lane::Rtp => Self::Rtp,
            Lane::Rtcp => Self::Rtcp,
        }
    }
}

/// Receive buffers and the ring through which the kernel is given them.
struct Buffers {
    ring: NonNull<BufRingEntry>,
    room: NonNull<u8>,
    tail: u16,
}

impl Buffers {
    const RING_LAYOUT: Layout = match Layout::from_size_align(BUFFERS as usize * size_of::<BufRingEntry>(), 4096) {
        Ok(layout) => layout,
        Err(_) => panic!("constant layout"),
    };
    const ROOM_LAYOUT: Layout = match Layout::from_size_align(BUFFERS as usize * PACKET_ROOM, 4096) {
        Ok(layout) => layout,
        Err(_) => panic!("constant layout"),
    };

    fn new() -> Self {
        // SAFETY: both layouts have a size above zero; the ring's entries are plain integers, for which zero is a value.
        let (ring, room) = unsafe { (alloc_zeroed(Self::RING_LAYOUT), alloc_zeroed(Self::ROOM_LAYOUT)) };
        let ring = NonNull::new(ring.cast::<BufRingEntry>()).unwrap_or_else(|| handle_alloc_error(Self::RING_LAYOUT));
        let room = NonNull::new(room).unwrap_or_else(|| handle_alloc_error(Self::ROOM_LAYOUT));
        Self { ring, room, tail: 0 }
    }

    fn address(&self, id: u16) -> *mut u8 {
        assert!(id < BUFFERS);
        // SAFETY: the id is below the number of buffers, so the result lies within the allocation.
        unsafe { self.room.as_ptr().add(usize::from(id) * PACKET_ROOM) }
    }

    /// Gives a buffer to the kernel. Visible to it after [`Buffers::publish`].
    fn provide(&mut self, id: u16) {
        let address = self.address(id);
        // SAFETY: the index is masked to the ring's length. The kernel reads entries only below the published tail,
        // so nobody else looks at this one now.
        let entry = unsafe { &mut *self.ring.as_ptr().add(usize::from(self.tail & (BUFFERS - 1))) };
        entry.set_addr(address as u64);
        entry.set_len(PACKET_ROOM as u32);
        entry.set_bid(id);
        self.tail = self.tail.wrapping_add(1);
    }

    fn publish(&self) {
        // SAFETY: the tail lies in the first entry's reserved field, aligned for u16; kernel and we access it
        // atomically.
        let tail = unsafe { AtomicU16::from_ptr(BufRingEntry::tail(self.ring.as_ptr()).cast_mut()) };
        tail.store(self.tail, Ordering::Release);
    }
}

impl Drop for Buffers {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with these layouts; the ring that used them is dropped before (see `Uring`).
        unsafe {
            dealloc(self.ring.as_ptr().cast(), Self::RING_LAYOUT);
            dealloc(self.room.as_ptr(), Self::ROOM_LAYOUT);
        }
    }
}

struct Socket {
    pair: Arc<SocketPair>,
    /// The far end that the RTP socket is tied to: packets to it need no address.
    tied: Option<SocketAddr>,
    /// Receives that the kernel holds.
    armed: [bool; 2],
    leaving: bool,
}

impl Socket {
    /// The address that a packet has to carry.
    fn address(&self, lane: Lane, to: SocketAddr) -> Option<(Name, libc::socklen_t)> {
        (lane == Lane::Rtcp || self.tied != Some(to)).then(|| Name::on(to, self.pair.v6))
    }
}

/// What a packet is sent by.
#[derive(Clone, Copy)]
enum SendFd {
    /// An index of the ring's own table: spares the kernel counting references for each packet.
    Registered(u32),
    Plain(RawFd),
}

/// The backend.
pub(crate) struct Uring {
    // Field order is drop order: the ring goes first, so the kernel lets go of all memory below.
    ring: IoUring,
    buffers: Buffers,
    receive: Box<libc::msghdr>,
    wake_count: Box<u64>,
    names: Box<[Name]>,
    used_names: usize,
    sockets: Vec<Option<Socket>>,
    /// Slots that send by sockets of others.
    lent_sockets: HashMap<u32, Shared>,
    waker: Arc<Waker>,
    completions: Vec<(u64, i32, u32)>,
    /// Buffers whose packets are being sent; the kernel's again after the next submission.
    lent: Vec<u16>,
    removed: Vec<u32>,
    send_failures: u64,
    /// RTP sockets up to this slot are in the ring's table.
    registered: u32,
    coalesce: Duration,
    min_wait: bool,
    /// Packets came in the last turn: more are on their way.
    busy: bool,
}

/// Whether a completion brings a packet.
fn is_packet(data: u64, result: i32) -> bool {
    result > 0 && matches!(Kind::of(data).0, Kind::Rtp | Kind::Rtcp)
}

impl Uring {
    /// Sets the ring up on the calling thread, which must be the one that uses it. `coalesce`: how long a packet may
    /// wait for others, so that one wake-up serves many.
    ///
    /// # Errors
    /// When the kernel is too old or io_uring is forbidden here.
    pub(crate) fn new(waker: Arc<Waker>, coalesce: Duration) -> io::Result<Self> {
        let ring: IoUring = IoUring::builder()
            .setup_single_issuer()
            .setup_defer_taskrun()
            .setup_coop_taskrun()
            .setup_submit_all()
            .setup_cqsize(COMPLETIONS)
            .build(SUBMISSIONS)?;
        if !ring.params().is_feature_ext_arg() || !ring.params().is_feature_skip_cqe_on_success() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let min_wait = ring.params().is_feature_min_timeout();
        let mut buffers = Buffers::new();
        for id in 0..BUFFERS {
            buffers.provide(id);
        }
        buffers.publish();
        // SAFETY: the ring's memory lives in `buffers`, which is dropped after the ring.
        unsafe {
            ring.submitter().register_buf_ring_with_flags(buffers.ring.as_ptr() as u64, BUFFERS, BUFFER_GROUP, 0)?;
        }
        // SAFETY: a zeroed header has null pointers and zero lengths, which is valid.
        let mut receive: Box<libc::msghdr> = Box::new(unsafe { std::mem::zeroed() });
        receive.msg_namelen = NAME_LEN as libc::socklen_t;
        // A table that cannot be had costs a little speed and nothing else.
        let registered = if ring.submitter().register_files_sparse(REGISTERED).is_ok() { REGISTERED } else { 0 };
        let mut this = Self {
            ring,
            buffers,
            receive,
            wake_count: Box::new(0),
            names: vec![Name::empty(); SUBMISSIONS as usize].into(),
            used_names: 0,
            sockets: Vec::new(),
            lent_sockets: HashMap::new(),
            waker,
            completions: Vec::with_capacity(COMPLETIONS as usize),
            lent: Vec::with_capacity(BUFFERS as usize),
            removed: Vec::new(),
            send_failures: 0,
            registered,
            coalesce,
            min_wait,
            busy: false,
        };
        this.arm_waker();
        Ok(this)
    }

    fn arm_waker(&mut self) {
        let read = opcode::Read::new(Fd(self.waker.fd()), std::ptr::from_mut(&mut *self.wake_count).cast(), 8);
        // SAFETY: the counter is boxed and outlives the ring; one read is in flight at a time.
        unsafe { self.push(read.build().user_data(Kind::Wake.data(0))) };
    }

    /// # Safety
    /// All that the entry points to must stay valid until it completes.
    unsafe fn push(&mut self, entry: squeue::Entry) {
        loop {
            // SAFETY: the caller's promise.
            if unsafe { self.ring.submission().push(&entry) }.is_ok() {
                return;
            }
            self.submit();
        }
    }

    /// Hands all entries to the kernel; sends are complete when it returns.
    fn submit(&mut self) {
        loop {
            match self.ring.submit() {
                Ok(_) if self.ring.submission().is_empty() => break,
                Ok(_) => {}
                Err(e) if matches!(e.raw_os_error(), Some(libc::EINTR | libc::EAGAIN | libc::EBUSY)) => {
                    // The kernel is out of memory or of room for completions, which this thread makes by reading them.
                    self.collect();
                }
                Err(error) => {
                    tracing::error!(%error, "io_uring refuses submissions");
                    break;
                }
            }
        }
        self.reclaim();
    }

    /// After a submission: the names and buffers of its sends are free.
    fn reclaim(&mut self) {
        self.used_names = 0;
        if !self.lent.is_empty() {
            while let Some(id) = self.lent.pop() {
                self.buffers.provide(id);
            }
            self.buffers.publish();
        }
    }

    /// Moves the kernel's completions to our own list.
    fn collect(&mut self) {
        self.completions.extend(self.ring.completion().map(|c| (c.user_data(), c.result(), c.flags())));
    }

    fn arm(&mut self, slot: u32, lane: Lane) {
        let Some(Some(socket)) = self.sockets.get_mut(slot as usize) else { return };
        socket.armed[lane as usize] = true;
        let fd = Fd(socket.pair.fd(lane));
        let receive = opcode::RecvMsgMulti::new(fd, std::ptr::from_ref(&*self.receive), BUFFER_GROUP);
        // SAFETY: the header is boxed and outlives the ring; the socket stays open until its receives have ended.
        unsafe { self.push(receive.build().user_data(Kind::lane(lane).data(slot))) };
    }

    /// Queues a datagram.
    ///
    /// # Safety
    /// `bytes` must stay valid and unchanged until the next [`Uring::submit`] or turn.
    unsafe fn queue_send(&mut self, fd: SendFd, to: Option<(Name, libc::socklen_t)>, bytes: *const u8, len: usize) {
        let send = match fd {
            SendFd::Registered(index) => opcode::Send::new(Fixed(index), bytes, len as u32),
            SendFd::Plain(fd) => opcode::Send::new(Fd(fd), bytes, len as u32),
        };
        let mut send = send.flags(libc::MSG_DONTWAIT);
        if let Some(to) = to {
            let (name, name_len) = (self.keep_name(to.0), to.1);
            send = send.dest_addr(name).dest_addr_len(name_len);
        }
        let send = send.build().flags(squeue::Flags::SKIP_SUCCESS).user_data(Kind::Send.data(0));
        // SAFETY: the name's place is not used again before a submission; the bytes by the caller's promise.
        unsafe { self.push(send) };
    }

    /// By which socket a slot sends to an address, and the address that the packet has to carry.
    fn way(&self, slot: u32, lane: Lane, to: SocketAddr) -> Option<(SendFd, Option<(Name, libc::socklen_t)>)> {
        if let Some(Some(socket)) = self.sockets.get(slot as usize) {
            return Some((self.send_fd(slot, lane, socket), socket.address(lane, to)));
        }
        let pair = self.lent_sockets.get(&slot)?.towards(to)?;
        Some((SendFd::Plain(pair.fd(lane)), Some(Name::on(to, pair.v6))))
    }

    fn send_fd(&self, slot: u32, lane: Lane, socket: &Socket) -> SendFd {
        if lane == Lane::Rtp && slot < self.registered {
            SendFd::Registered(slot)
        } else {
            SendFd::Plain(socket.pair.fd(lane))
        }
    }

    /// Puts the descriptor of a slot's RTP socket into the ring's table, or takes it out (-1).
    fn register(&mut self, slot: u32, fd: RawFd) {
        if slot < self.registered && self.ring.submitter().register_files_update(slot, &[fd]).is_err() {
            // None of the sockets is sent by its index any more.
            self.registered = 0;
        }
    }

    /// Puts an address where it stays until the next submission.
    fn keep_name(&mut self, name: Name) -> *const libc::sockaddr {
        if self.used_names == self.names.len() {
            self.submit();
        }
        let place = &mut self.names[self.used_names];
        *place = name;
        self.used_names += 1;
        std::ptr::from_ref(place).cast()
    }

    fn wait(&mut self, timeout: Duration) -> io::Result<()> {
        // With nothing to gather the least wait would only be a second wake-up.
        let gathering = if self.busy { gathering(self.coalesce, timeout) } else { Duration::ZERO };
        let mut timeout = timeout;
        if !self.min_wait && !gathering.is_zero() {
            // Older kernels: let company gather while packets flow anyway.
            self.enter(gathering, COMPANY, 0)?;
            self.collect();
            if !self.completions.is_empty() {
                return Ok(());
            }
            timeout -= gathering;
        }
        let min_wait_us = if self.min_wait { gathering.as_micros() as u32 } else { 0 };
        let want = if min_wait_us > 0 { COMPANY } else { 1 };
        self.enter(timeout, want, min_wait_us)?;
        self.collect();
        Ok(())
    }

    fn enter(&mut self, timeout: Duration, want: usize, min_wait_us: u32) -> io::Result<()> {
        let timeout = Timespec::from(timeout);
        let args = SubmitArgs::new().timespec(&timeout).min_wait_usec(min_wait_us);
        match self.ring.submitter().submit_with_args(want, &args) {
            Ok(_) => {}
            Err(e) if matches!(e.raw_os_error(), Some(libc::ETIME | libc::EINTR | libc::EBUSY | libc::EAGAIN)) => {}
            Err(e) => return Err(e),
        }
        if self.ring.submission().is_empty() {
            self.reclaim();
        } else {
            self.submit();
        }
        Ok(())
    }

    fn complete(&mut self, data: u64, result: i32, flags: u32, handler: &mut dyn Handler) {
        let (kind, slot) = Kind::of(data);
        match kind {
            Kind::Rtp => self.received(slot, Lane::Rtp, result, flags, handler),
            Kind::Rtcp => self.received(slot, Lane::Rtcp, result, flags, handler),
            Kind::Wake => self.arm_waker(),
            Kind::Send => {
                self.send_failures += 1;
                tracing::debug!(error = %io::Error::from_raw_os_error(-result), "a packet could not be sent");
            }
            Kind::Cancel => {}
        }
    }

    fn received(&mut self, slot: u32, lane: Lane, result: i32, flags: u32, handler: &mut dyn Handler) {
        if let Some(id) = cqueue::buffer_select(flags) {
            let forwarded = result >= 0 && self.packet(slot, lane, id, result as usize, handler);
            if forwarded {
                self.lent.push(id);
                if self.lent.len() >= FLUSH_AT {
                    self.submit();
                }
            } else {
                self.buffers.provide(id);
                self.buffers.publish();
            }
        }
        if cqueue::more(flags) {
            return;
        }
        // The receive has ended: all buffers were out, an error, or we cancelled it.
        let Some(Some(socket)) = self.sockets.get_mut(slot as usize) else { return };
        socket.armed[lane as usize] = false;
        if !socket.leaving {
            self.arm(slot, lane);
        } else if socket.armed == [false; 2] {
            self.register(slot, -1);
            self.sockets[slot as usize] = None;
            self.removed.push(slot);
        }
    }

    /// Hands a received packet on; true when it is to be sent from its buffer.
    fn packet(&mut self, slot: u32, lane: Lane, id: u16, filled: usize, handler: &mut dyn Handler) -> bool {
        let start = self.buffers.address(id);
        // SAFETY: the kernel gave us this buffer with the completion and does not touch it until we provide it again;
        // nobody else holds a reference into it.
        let buffer = unsafe { std::slice::from_raw_parts_mut(start, PACKET_ROOM) };
        if filled < PAYLOAD_AT {
            return false;
        }
        let field = |at: usize| u32::from_ne_bytes([buffer[at], buffer[at + 1], buffer[at + 2], buffer[at + 3]]);
        let (len, message_flags) = (field(8) as usize, field(12));
        if len > MAX_PACKET.min(filled - PAYLOAD_AT) || message_flags & libc::MSG_TRUNC as u32 != 0 {
            return false;
        }
        let Some(from) = Name::parse(&buffer[RECEIVED_HEADER..PAYLOAD_AT]) else { return false };
        let room = &mut buffer[PAYLOAD_AT..];
        let Some(Forward { slot, to, len }) = handler.packet(slot, lane, from, room, len) else {
            // Where packets are passed on, the pair is known to be heard since it was tied.
            if let Some(Some(socket)) = self.sockets.get(slot as usize) {
                socket.pair.hear();
            }
            return false;
        };
        let bytes = room[..len].as_ptr();
        let Some((fd, to)) = self.way(slot, Lane::Rtp, to) else { return false };
        // SAFETY: the caller puts the buffer among the lent ones, which are not used before the next submission.
        unsafe { self.queue_send(fd, to, bytes, len) };
        true
    }
}

impl Drop for Uring {
    fn drop(&mut self) {
        // Closing the ring cancels what is in flight only some time later; its memory is freed right after us.
        let patience = Timespec::from(Duration::from_secs(1));
        let cancelled = self.ring.submitter().register_sync_cancel(Some(patience), CancelBuilder::any());
        match cancelled {
            Ok(()) => {}
            Err(e) if e.raw_os_error() == Some(libc::ENOENT) => {}
            Err(error) => tracing::debug!(%error, "requests of a media thread were not cancelled in time"),
        }
    }
}

impl Backend for Uring {
    fn add(&mut self, slot: u32, pair: Arc<SocketPair>) -> io::Result<()> {
        let index = slot as usize;
        if self.sockets.len() <= index {
            self.sockets.resize_with(index + 1, || None);
        }
        self.sockets[index] = Some(Socket { pair, tied: None, armed: [false; 2], leaving: false });
        let fd = self.sockets[index].as_ref().map_or(-1, |socket| socket.pair.fd(Lane::Rtp));
        self.register(slot, fd);
        let lanes = self.sockets[index].as_ref().map_or(&[][..], |socket| socket.pair.lanes());
        lanes.iter().for_each(|&lane| self.arm(slot, lane));
        Ok(())
    }

    fn remove(&mut self, slot: u32) {
        let Some(Some(socket)) = self.sockets.get_mut(slot as usize) else { return };
        socket.leaving = true;
        for lane in [Lane::Rtp, Lane::Rtcp] {
            let cancel =
                opcode::AsyncCancel::new(Kind::lane(lane).data(slot)).build().user_data(Kind::Cancel.data(slot));
            // SAFETY: a cancellation points to nothing.
            unsafe { self.push(cancel) };
        }
    }

    fn removed(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.removed)
    }

    fn lend(&mut self, slot: u32, shared: &Shared) {
        self.lent_sockets.insert(slot, shared.clone());
    }

    fn take_back(&mut self, slot: u32) {
        self.lent_sockets.remove(&slot);
    }

    fn tie(&mut self, tie: Tie) {
        let Some(Some(socket)) = self.sockets.get_mut(tie.slot as usize) else { return };
        socket.pair.hear();
        if !socket.pair.one_address {
            return;
        }
        match sys::tie(socket.pair.fd(Lane::Rtp), socket.pair.v6, tie.to) {
            Ok(()) => socket.tied = tie.to,
            Err(error) => tracing::debug!(%error, "a socket stays as it was"),
        }
    }

    fn send_one(&mut self, slot: u32, to: SocketAddr, bytes: &[u8]) {
        let Some((fd, to)) = self.way(slot, Lane::Rtp, to) else { return };
        // SAFETY: the bytes are borrowed until we return, and all is submitted by then.
        unsafe { self.queue_send(fd, to, bytes.as_ptr(), bytes.len()) };
        self.submit();
    }

    fn send(&mut self, outbox: &Outbox) {
        for (transmit, bytes) in outbox.transmits() {
            let Some((fd, to)) = self.way(transmit.slot, transmit.lane, transmit.to) else { continue };
            // SAFETY: the outbox is borrowed until we return, and all is submitted by then.
            unsafe { self.queue_send(fd, to, bytes.as_ptr(), bytes.len()) };
        }
        self.submit();
    }

    fn turn(&mut self, timeout: Duration, handler: &mut dyn Handler) -> io::Result<()> {
        if self.completions.is_empty() {
            self.wait(timeout)?;
        }
        self.busy = self.completions.iter().any(|(data, result, _)| is_packet(*data, *result));
        let mut completions = std::mem::take(&mut self.completions);
        for (data, result, flags) in completions.drain(..) {
            self.complete(data, result, flags, handler);
        }
        // What a submission within the loop collected comes first at the next turn.
        if self.completions.is_empty() {
            self.completions = completions;
        }
        Ok(())
    }

    fn take_send_failures(&mut self) -> u64 {
        std::mem::take(&mut self.send_failures)
    }
}

/// Whether this kernel does all that the backend needs: a packet is sent to oneself and received.
pub(crate) fn probe() -> io::Result<()> {
    struct Seen(Option<(u32, Vec<u8>)>);
    impl Handler for Seen {
        fn packet(&mut self, slot: u32, _: Lane, _: SocketAddr, room: &mut [u8], len: usize) -> Option<Forward> {
            self.0 = Some((slot, room[..len].to_vec()));
            None
        }
    }
    const HELLO: &[u8] = b"probe";
    /// Loopback delivers within the sending system call; this covers a machine under load.
    const PATIENCE: Duration = Duration::from_millis(500);

    let mut uring = Uring::new(Arc::new(Waker::new()?), Duration::ZERO)?;
    let pair = Arc::new(SocketPair::bind_anywhere()?);
    let to = pair.local_address()?;
    uring.add(0, pair.clone())?;
    // SAFETY: the bytes are static.
    unsafe { uring.queue_send(SendFd::Plain(pair.fd(Lane::Rtcp)), Some(Name::new(to)), HELLO.as_ptr(), HELLO.len()) };
    let mut seen = Seen(None);
    let deadline = sys::mono() + PATIENCE;
    while seen.0.is_none() && sys::mono() < deadline && uring.send_failures == 0 {
        uring.turn(PATIENCE, &mut seen)?;
    }
    match seen.0 {
        Some((0, bytes)) if bytes == HELLO => Ok(()),
        _ => Err(io::Error::new(io::ErrorKind::Unsupported, "io_uring does not carry datagrams here")),
    }
}
