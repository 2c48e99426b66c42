//! One media thread: its engine, its sockets, its orders.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use media::engine::{Engine, Forward, Lane, MediaCommand, MediaEvent, MovingLeg, TrackBytes};
use types::leg::Connection;
use types::{LegId, Mono};

use super::backend::{Backend, Handler, MAX_PACKET, PACKET_ROOM};
use super::browser::Browsers;
use super::door::{Door, HandedOver, Order, Sockets};
use super::ports::{PortPool, SocketPair};
use super::recorder::RecorderQueue;
use super::sys::{self, Waker};

/// Orders carried out before packets are looked at again.
const ORDERS_PER_TURN: usize = 256;
/// Sleep when nothing is planned.
const IDLE: Duration = Duration::from_secs(10);
/// Sleep until a leg is offered again to a thread that had no room for it.
const RETRY: Duration = Duration::from_millis(1);
/// How often a lasting loss of recorded audio is said.
const ALARM_EVERY: Duration = Duration::from_secs(60);
/// Commands that wait for legs to arrive. A leg takes less than a millisecond, so this is never reached by calls.
const MAX_HELD: usize = 4096;

/// What a thread has done, for metrics.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) received: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) sent: AtomicU64,
    pub(super) send_failures: AtomicU64,
    pub(super) late_ticks: AtomicU64,
    pub(super) lost_chunks: AtomicU64,
}

/// Takes the engine's events; called on media threads, so it must not block.
pub type EventSink = Arc<dyn Fn(MediaEvent) + Send + Sync>;

pub(super) struct Worker {
    pub(super) engine: Engine,
    pub(super) orders: Receiver<Order>,
    pub(super) datagrams: Receiver<HandedOver>,
    pub(super) waker: Arc<Waker>,
    pub(super) events: EventSink,
    pub(super) recorder: RecorderQueue,
    pub(super) counters: Arc<Counters>,
    /// Ends of tracks that the recorder had no room for: they must not be dropped, or files stay open. One a leg.
    pub(super) unfinished: VecDeque<TrackBytes>,
    pub(super) thread: usize,
    pub(super) ports: Arc<PortPool>,
    pub(super) moves: Moves,
    pub(super) browsers: Browsers,
    /// When it was last said that recordings lose audio.
    pub(super) alarmed: Option<Mono>,
}

/// Legs on their way between threads.
#[derive(Default)]
pub(super) struct Moves {
    /// Legs that will arrive.
    expected: Vec<LegId>,
    /// Commands that wait for them, in order.
    held: VecDeque<MediaCommand>,
    /// Legs that the other thread has no room for yet.
    leaving: VecDeque<(Door, Order)>,
}

impl Moves {
    /// Whether a command has to wait: it concerns a leg that has not arrived, or one that a waiting command concerns.
    fn must_wait(&self, command: &MediaCommand) -> bool {
        if self.expected.is_empty() || self.held.len() >= MAX_HELD {
            return false;
        }
        let waiting = |leg: LegId| self.expected.contains(&leg) || self.held.iter().any(|held| concerns(held, leg));
        waiting(command.leg()) || self.expected.iter().any(|&leg| concerns(command, leg))
    }
}

/// Whether a command is about a leg.
fn concerns(command: &MediaCommand, leg: LegId) -> bool {
    command.leg() == leg
        || match command {
            MediaCommand::Connect { to: Connection::Bridge(other), .. } => *other == leg,
            MediaCommand::Connect { to: Connection::Hear(sources), .. } => sources.iter().any(|(id, _)| *id == leg),
            _ => false,
        }
}

/// The engine as the backend sees it during a turn.
struct Turn<'a> {
    engine: &'a mut Engine,
    browsers: &'a mut Browsers,
    now: Option<Mono>,
    received: u64,
    forwarded: u64,
}

impl Handler for Turn<'_> {
    fn packet(&mut self, slot: u32, lane: Lane, from: SocketAddr, room: &mut [u8], len: usize) -> Option<Forward> {
        // Read after the sleep, once for all packets of the turn.
        let now = *self.now.get_or_insert_with(sys::mono);
        self.received += 1;
        let shared = self.browsers.is_port(slot);
        let slot = if shared { self.browsers.find(now, from, &room[..len])? } else { slot };
        let forward = self.engine.handle_packet(now, slot, lane, from, room, len);
        if shared {
            // At once: what follows in the same turn is known by its address.
            learn(self.engine, self.browsers);
        }
        self.forwarded += u64::from(forward.is_some());
        forward
    }
}

/// Passes on which addresses proved to be whose.
fn learn(engine: &mut Engine, browsers: &mut Browsers) {
    for learnt in engine.outbox().learnt.drain(..) {
        browsers.learn(learnt.slot, learnt.from);
    }
}

impl Worker {
    /// Runs until told to stop.
    pub(super) fn run(mut self, backend: &mut dyn Backend) {
        loop {
            self.waker.clear();
            let Some(more) = self.obey(backend) else {
                self.engine.close_tracks(sys::mono());
                return self.flush(backend);
            };
            let more = self.take_handed_over(backend) || more;
            let now = sys::now();
            if let Some(deadline) = self.engine.next_deadline().filter(|d| *d <= now.mono) {
                let late = now.mono.since(deadline);
                if late > Duration::from_millis(20) {
                    self.counters.late_ticks.fetch_add(1, Ordering::Relaxed);
                }
                self.engine.tick(now);
            }
            self.flush(backend);
            let blocked = self.move_on(backend);
            let timeout = match self.engine.next_deadline() {
                _ if more => Duration::ZERO,
                _ if blocked => RETRY,
                Some(deadline) => deadline.since(sys::mono()).min(IDLE),
                None => IDLE,
            };
            let (engine, browsers) = (&mut self.engine, &mut self.browsers);
            let mut turn = Turn { engine, browsers, now: None, received: 0, forwarded: 0 };
            if let Err(error) = backend.turn(timeout, &mut turn) {
                tracing::error!(%error, "a media thread cannot receive");
                std::thread::sleep(Duration::from_millis(10));
                continue;
            }
            let (received, forwarded) = (turn.received, turn.forwarded);
            self.counters.received.fetch_add(received, Ordering::Relaxed);
            self.counters.sent.fetch_add(forwarded, Ordering::Relaxed);
            self.counters.refused.fetch_add(self.browsers.take_refused(), Ordering::Relaxed);
        }
    }

    /// Carries out waiting orders; whether more wait, or nothing at the end.
    fn obey(&mut self, backend: &mut dyn Backend) -> Option<bool> {
        for _ in 0..ORDERS_PER_TURN {
            match self.orders.try_recv() {
                Ok(Order::Create { leg, slot, seed, fresh }) => {
                    if let Some(pair) = fresh
                        && let Err(error) = backend.add(slot, pair)
                    {
                        tracing::error!(%error, "cannot receive on a new pair of ports");
                    }
                    self.engine.handle_command(sys::now(), MediaCommand::Create { leg, slot, seed, ice: None });
                }
                Ok(Order::Command(command)) if self.moves.must_wait(&command) => self.moves.held.push_back(command),
                Ok(Order::Command(command)) => self.command(command, backend),
                Ok(Order::Expect(leg)) => self.moves.expected.push(leg),
                Ok(Order::Depart { leg, slot, to_slot, sockets, to }) => {
                    self.depart(leg, slot, to_slot, sockets, to, backend);
                }
                Ok(Order::Arrive { leg, moving, slot, sockets }) => self.arrive(leg, moving, slot, sockets, backend),
                Ok(Order::CreateBrowser { leg, slot, seed, ice, shared }) => {
                    backend.lend(slot, &shared);
                    self.browsers.welcome(leg, slot, &ice.ufrag);
                    let create = MediaCommand::Create { leg, slot, seed, ice: Some(ice) };
                    self.engine.handle_command(sys::now(), create);
                }
                Ok(Order::OpenPort(pairs)) => self.open_port(pairs, backend),
                Ok(Order::Name { leg, ufrag }) => self.browsers.name(leg, &ufrag),
                Ok(Order::Learnt { leg, from }) => self.browsers.learn_of(leg, from),
                Ok(Order::Moved { leg, to }) => self.browsers.moved(leg, to),
                Ok(Order::Forget(leg)) => self.browsers.forget(leg),
                Ok(Order::Bank(bank)) => self.engine.set_bank(bank),
                Ok(Order::Stop) | Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => return Some(false),
            }
        }
        Some(true)
    }

    fn open_port(&mut self, pairs: Vec<(u32, Arc<SocketPair>)>, backend: &mut dyn Backend) {
        for (slot, pair) in pairs {
            match backend.add(slot, pair) {
                Ok(()) => self.browsers.open(slot),
                Err(error) => tracing::error!(%error, "cannot receive on the port for browsers"),
            }
        }
    }

    fn command(&mut self, command: MediaCommand, backend: &mut dyn Backend) {
        let over = if let MediaCommand::Destroy(leg) = command { Some(leg) } else { None };
        self.engine.handle_command(sys::now(), command);
        if let Some(leg) = over
            && let Some(slot) = self.browsers.slot_of(leg)
        {
            // Its goodbyes first.
            self.flush(backend);
            self.browsers.leave(leg);
            backend.take_back(slot);
            self.ports.vacate(self.thread, slot);
        }
    }

    /// Takes what came on other threads' ports; whether more waits.
    fn take_handed_over(&mut self, backend: &mut dyn Backend) -> bool {
        for _ in 0..ORDERS_PER_TURN {
            let Ok(HandedOver { leg, from, bytes }) = self.datagrams.try_recv() else { return false };
            self.handed_over(leg, from, &bytes, backend);
        }
        true
    }

    /// A packet that came on another thread's port.
    fn handed_over(&mut self, leg: LegId, from: SocketAddr, bytes: &[u8], backend: &mut dyn Backend) {
        let (Some(slot), len) = (self.browsers.slot_of(leg), bytes.len()) else { return };
        if len > MAX_PACKET {
            return;
        }
        let mut room = [0; PACKET_ROOM];
        room[..len].copy_from_slice(bytes);
        self.counters.received.fetch_add(1, Ordering::Relaxed);
        let forward = self.engine.handle_packet(sys::mono(), slot, Lane::Rtp, from, &mut room, len);
        learn(&mut self.engine, &mut self.browsers);
        if let Some(Forward { slot, to, len }) = forward {
            backend.send_one(slot, to, &room[..len]);
            self.counters.sent.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn depart(&mut self, leg: LegId, slot: u32, to_slot: u32, sockets: Sockets, to: Door, backend: &mut dyn Backend) {
        let moving = self.engine.release(leg);
        match &sockets {
            Sockets::Own(_) => backend.remove(slot),
            Sockets::Shared { thread, home, .. } => {
                self.flush(backend);
                self.browsers.leave(leg);
                backend.take_back(slot);
                self.ports.vacate(self.thread, slot);
                if *thread == self.thread {
                    self.browsers.moved(leg, to.clone());
                } else {
                    self.moves.leaving.push_back((home.clone(), Order::Moved { leg, to: to.clone() }));
                }
            }
        }
        let arrive = Order::Arrive { leg, moving, slot: to_slot, sockets };
        self.moves.leaving.push_back((to, arrive));
    }

    fn arrive(
        &mut self,
        leg: LegId,
        moving: Option<MovingLeg>,
        slot: u32,
        sockets: Sockets,
        backend: &mut dyn Backend,
    ) {
        match sockets {
            Sockets::Own(pair) => {
                if let Err(error) = backend.add(slot, pair) {
                    tracing::error!(%error, "cannot receive on a pair of ports that moved");
                }
            }
            Sockets::Shared { shared, thread, home } => {
                backend.lend(slot, &shared);
                self.browsers.settle(leg, slot, (thread != self.thread).then_some(home));
            }
        }
        if let Some(moving) = moving {
            self.engine.adopt(sys::mono(), moving, slot);
        }
        self.moves.expected.retain(|&expected| expected != leg);
        for command in std::mem::take(&mut self.moves.held) {
            if self.moves.must_wait(&command) {
                self.moves.held.push_back(command);
            } else {
                self.command(command, backend);
            }
        }
    }

    /// Sends departing legs on and gives up the numbers of those that are gone. Whether some still wait.
    fn move_on(&mut self, backend: &mut dyn Backend) -> bool {
        for slot in backend.removed() {
            self.ports.vacate(self.thread, slot);
        }
        while let Some((to, order)) = self.moves.leaving.pop_front() {
            if let Err(order) = to.post(order) {
                self.moves.leaving.push_front((to, order));
                return true;
            }
        }
        false
    }

    /// Carries out what the engine wants.
    fn flush(&mut self, backend: &mut dyn Backend) {
        let outbox = self.engine.outbox();
        for tie in outbox.ties.drain(..) {
            backend.tie(tie);
        }
        let sent = outbox.transmits().len() as u64;
        if sent > 0 {
            backend.send(outbox);
            outbox.clear_transmits();
            self.counters.sent.fetch_add(sent, Ordering::Relaxed);
        }
        for event in outbox.events.drain(..) {
            (self.events)(event);
        }
        let tracks = std::mem::take(&mut outbox.tracks);
        if !tracks.is_empty() || !self.unfinished.is_empty() {
            self.record(tracks);
        }
        let failures = backend.take_send_failures();
        if failures > 0 {
            self.counters.send_failures.fetch_add(failures, Ordering::Relaxed);
        }
    }

    fn record(&mut self, tracks: Vec<TrackBytes>) {
        while let Some(last) = self.unfinished.pop_front() {
            if let Err(last) = self.recorder.offer(last) {
                self.unfinished.push_front(last);
                break;
            }
        }
        for track in tracks {
            let Err(track) = self.recorder.offer(track) else { continue };
            if track.last {
                self.unfinished.push_back(track);
                continue;
            }
            self.counters.lost_chunks.fetch_add(1, Ordering::Relaxed);
            self.alarm();
            let TrackBytes { leg, recording, span, .. } = track;
            let lost = MediaCommand::RecordingLost { leg, recording, span, disk: false };
            self.engine.handle_command(sys::now(), lost);
        }
    }

    /// Says that recordings lose audio: at once, then once a minute while it goes on.
    fn alarm(&mut self) {
        let now = sys::mono();
        if self.alarmed.is_none_or(|at| now.since(at) >= ALARM_EVERY) {
            self.alarmed = Some(now);
            let lost = self.counters.lost_chunks.load(Ordering::Relaxed);
            tracing::error!(lost_chunks = lost, "the disk is too slow for the recordings: they have gaps");
        }
    }
}
