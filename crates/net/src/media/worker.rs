//! One media thread: its engine, its sockets, its orders.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use media::engine::{Engine, Forward, Lane, MediaCommand, MediaEvent, TrackBytes};
use media::prompt::PromptBank;
use types::{LegId, Mono};

use super::backend::{Backend, Handler};
use super::ports::SocketPair;
use super::recorder::RecorderQueue;
use super::sys::{self, Waker};

/// Orders carried out before packets are looked at again.
const ORDERS_PER_TURN: usize = 256;
/// Sleep when nothing is planned.
const IDLE: Duration = Duration::from_secs(10);

/// What a media thread is told.
pub(super) enum Order {
    /// A leg on a pair of sockets, which the thread may see for the first time.
    Create { leg: LegId, slot: u32, seed: u64, fresh: Option<Arc<SocketPair>> },
    /// For the engine.
    Command(MediaCommand),
    /// New prompts.
    Bank(Arc<PromptBank>),
    /// The end.
    Stop,
}

/// What a thread has done, for metrics.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) received: AtomicU64,
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
    pub(super) waker: Arc<Waker>,
    pub(super) events: EventSink,
    pub(super) recorder: RecorderQueue,
    pub(super) counters: Arc<Counters>,
    /// Ends of tracks that the recorder had no room for: they must not be dropped, or files stay open. One a leg.
    pub(super) unfinished: VecDeque<TrackBytes>,
}

/// The engine as the backend sees it during a turn.
struct Turn<'a> {
    engine: &'a mut Engine,
    now: Option<Mono>,
    received: u64,
    forwarded: u64,
}

impl Handler for Turn<'_> {
    fn packet(&mut self, slot: u32, lane: Lane, from: SocketAddr, room: &mut [u8], len: usize) -> Option<Forward> {
        // Read after the sleep, once for all packets of the turn.
        let now = *self.now.get_or_insert_with(sys::mono);
        self.received += 1;
        let forward = self.engine.handle_packet(now, slot, lane, from, room, len);
        self.forwarded += u64::from(forward.is_some());
        forward
    }
}

impl Worker {
    /// Runs until told to stop.
    pub(super) fn run(mut self, backend: &mut dyn Backend) {
        loop {
            self.waker.clear();
            let Some(more) = self.obey(backend) else { return };
            let now = sys::now();
            if let Some(deadline) = self.engine.next_deadline().filter(|d| *d <= now.mono) {
                let late = now.mono.since(deadline);
                if late > Duration::from_millis(20) {
                    self.counters.late_ticks.fetch_add(1, Ordering::Relaxed);
                }
                self.engine.tick(now);
            }
            self.flush(backend);
            let timeout = match self.engine.next_deadline() {
                _ if more => Duration::ZERO,
                Some(deadline) => deadline.since(sys::mono()).min(IDLE),
                None => IDLE,
            };
            let mut turn = Turn { engine: &mut self.engine, now: None, received: 0, forwarded: 0 };
            if let Err(error) = backend.turn(timeout, &mut turn) {
                tracing::error!(%error, "a media thread cannot receive");
                std::thread::sleep(Duration::from_millis(10));
                continue;
            }
            let (received, forwarded) = (turn.received, turn.forwarded);
            self.counters.received.fetch_add(received, Ordering::Relaxed);
            self.counters.sent.fetch_add(forwarded, Ordering::Relaxed);
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
                    self.engine.handle_command(sys::now(), MediaCommand::Create { leg, slot, seed });
                }
                Ok(Order::Command(command)) => self.engine.handle_command(sys::now(), command),
                Ok(Order::Bank(bank)) => self.engine.set_bank(bank),
                Ok(Order::Stop) | Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => return Some(false),
            }
        }
        Some(true)
    }

    /// Carries out what the engine wants.
    fn flush(&mut self, backend: &mut dyn Backend) {
        let outbox = self.engine.outbox();
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
            let TrackBytes { leg, recording, span, .. } = track;
            let lost = MediaCommand::RecordingLost { leg, recording, span, disk: false };
            self.engine.handle_command(sys::now(), lost);
        }
    }
}
