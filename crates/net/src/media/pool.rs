//! The media threads as signalling sees them: legs are made, told and ended here.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use media::dtls::Identity;
use media::engine::{Engine, EngineConfig, MediaCommand};
use media::ice::Credentials;
use media::prompt::PromptBank;
use media::seal::Keys;
use types::LegId;
use types::leg::Connection;

use super::backend::Backend;
use super::browser::{self, BrowserEnd, Browsers, IdentityFailed};
use super::door::{Door, Order, Sockets};
use super::epoll::Epoll;
use super::ports::{GUARD, PortPool, PortsExhausted};
use super::recorder::{self, Loss, Recorder, lock};
use super::shared::{BrowserPorts, Shared as SharedPort};
use super::sys::{self, Waker};
use super::uring::{self, Uring};
use super::worker::{Counters, EventSink, Moves, Worker};

/// Orders that may wait for one thread: what 1,000 calls a second give in a second and a half.
const ORDERS: usize = 8192;

/// Packets that may wait for one thread's browser legs on other threads' ports: what as many legs as it may have send in
/// 20 ms. A thread that is later than that has lost them for hearing anyway.
const HANDED_OVER: usize = 2048;

/// See [`MediaPoolConfig::legs_per_thread`]: 600 bridged calls keep a processor half busy.
const LEGS_PER_THREAD: usize = 1200;

/// How media threads talk to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum BackendChoice {
    /// io_uring where it works, else epoll.
    #[default]
    Auto,
    /// io_uring, or the start fails.
    IoUring,
    /// epoll.
    Epoll,
}

/// What the media threads are set up with.
#[derive(Clone)]
pub struct MediaPoolConfig {
    /// Media threads; usually one a processor.
    pub threads: usize,
    /// Legs that a thread takes before the next one is used: packets that are served together cost a fifth less, so calls
    /// are packed, not spread, as long as a thread has time.
    pub legs_per_thread: usize,
    /// Keep thread n on processor n.
    pub pin: bool,
    /// Address to bind RTP to. The one that session descriptions tell, where it is the host's own: then media comes
    /// from there too on a host of several addresses, and each packet costs less than with the unspecified address.
    pub ip: IpAddr,
    /// Lowest and highest RTP or RTCP port.
    pub ports: (u16, u16),
    /// How long a port rests between two calls.
    pub port_guard: Duration,
    /// How browsers reach us.
    pub browsers: BrowserPorts,
    /// How to talk to the kernel.
    pub backend: BackendChoice,
    /// How long a packet may wait so that one wake-up serves many. 2 ms are not heard and save a tenth of the CPU of a
    /// hundred calls against none.
    pub coalesce: Duration,
    /// Under which keys recordings are sealed; none: they are kept in the clear.
    pub keys: Option<Arc<dyn Keys>>,
    /// For the engines.
    pub engine: EngineConfig,
}

impl Default for MediaPoolConfig {
    fn default() -> Self {
        Self {
            threads: 1,
            legs_per_thread: LEGS_PER_THREAD,
            pin: false,
            ip: IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
            ports: (40_000, 59_999),
            port_guard: GUARD,
            browsers: BrowserPorts::default(),
            backend: BackendChoice::Auto,
            coalesce: Duration::from_millis(2),
            keys: None,
            engine: EngineConfig::default(),
        }
    }
}

/// Why there are no media threads.
#[derive(Debug, thiserror::Error)]
pub enum MediaStartError {
    /// The port range holds no even port with its odd neighbour.
    #[error("the RTP port range {0}-{1} holds no pair of ports; give it at least two, the first even")]
    EmptyRange(u16, u16),
    /// io_uring was asked for and is not to be had.
    #[error("io_uring is not available here ({0}); choose the automatic backend")]
    NoUring(#[source] io::Error),
    /// No certificate for browsers.
    #[error(transparent)]
    Identity(#[from] IdentityFailed),
    /// The system gives no threads or descriptors.
    #[error("media threads cannot be started: {0}")]
    System(#[source] io::Error),
}

/// Why a leg was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// No port is free.
    #[error(transparent)]
    Ports(#[from] PortsExhausted),
    /// The media thread has more orders waiting than it may.
    #[error(transparent)]
    Busy(#[from] MediaBusy),
    /// Browsers have no port here.
    #[error("there is no media port for browsers: set an address for them")]
    NoBrowsers,
    /// The system has no randomness for the leg's credentials.
    #[error("the system gives no random bytes")]
    NoRandom,
}

/// A media thread does not keep up with its orders; nothing was queued.
#[derive(Debug, thiserror::Error)]
#[error("the media thread has too many orders waiting")]
pub struct MediaBusy;

/// The ports of a new leg, for its session description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalPorts {
    /// RTP.
    pub rtp: u16,
    /// RTCP.
    pub rtcp: u16,
}

/// What the media threads have done since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaStats {
    /// Legs that stand.
    pub legs: usize,
    /// Datagrams received.
    pub received: u64,
    /// Datagrams sent.
    pub sent: u64,
    /// Datagrams at browsers' ports that were nobody's, or more than a leg sends.
    pub refused: u64,
    /// Datagrams that the kernel refused.
    pub send_failures: u64,
    /// Ticks that ran over 20 ms late: the machine is too busy.
    pub late_ticks: u64,
    /// Recording chunks written.
    pub chunks: u64,
    /// Recording bytes written.
    pub recorded_bytes: u64,
    /// Recording chunks lost: the queue to the disk was full, or the disk refused.
    pub lost_chunks: u64,
    /// Recording chunks that wait for the disk.
    pub waiting_chunks: u64,
    /// The most that ever waited, of the [`MediaStats::RECORDING_QUEUE`] that may.
    pub most_waiting_chunks: u64,
}

impl MediaStats {
    /// Recording chunks that may wait for the disk before some are lost.
    pub const RECORDING_QUEUE: u64 = recorder::QUEUE as u64;
}

struct Placed {
    thread: usize,
    slot: u32,
    sockets: Sockets,
}

struct Thread {
    /// The browser port, and what browsers are told of it.
    browsers: Option<(SharedPort, Vec<SocketAddr>)>,
    door: Door,
    /// Orders that must not be refused (a leg's end) and found the ring full. At most one a leg.
    late: Mutex<VecDeque<Order>>,
    has_late: AtomicBool,
    /// There are orders that it has not been woken for.
    unheard: AtomicBool,
    counters: Arc<Counters>,
    legs: AtomicUsize,
}

impl Thread {
    fn post(&self, order: Order) -> Result<(), Order> {
        self.unheard.store(true, Ordering::Release);
        if self.has_late.load(Ordering::Acquire) && !self.post_late() {
            return Err(order);
        }
        self.door.post_quietly(order)
    }

    /// Wakes the thread if there is something for it.
    fn wake(&self) {
        if self.unheard.swap(false, Ordering::AcqRel) {
            self.door.waker.wake();
        }
    }

    /// Whether all late orders are on their way.
    fn post_late(&self) -> bool {
        let mut late = lock(&self.late);
        while let Some(order) = late.pop_front() {
            if let Err(order) = self.door.post_quietly(order) {
                late.push_front(order);
                return false;
            }
        }
        self.has_late.store(false, Ordering::Release);
        true
    }

    /// Posts now or with the next order.
    fn post_surely(&self, order: Order) {
        if let Err(order) = self.post(order) {
            lock(&self.late).push_back(order);
            self.has_late.store(true, Ordering::Release);
        }
    }
}

struct Shared {
    threads: Vec<Thread>,
    ports: Arc<PortPool>,
    legs: Mutex<HashMap<LegId, Placed>>,
}

impl Shared {
    fn thread_of(&self, leg: LegId) -> Option<usize> {
        lock(&self.legs).get(&leg).map(|placed| placed.thread)
    }

    /// Tells a leg's thread something. The table stays locked meanwhile, so that the leg does not move in between.
    fn tell(&self, command: MediaCommand) -> Result<(), MediaBusy> {
        let mut legs = lock(&self.legs);
        if let MediaCommand::Connect { leg, to } = &command {
            match to {
                Connection::Bridge(other) => self.gather(&mut legs, *other, &[*leg]),
                Connection::Hear(sources) => {
                    let legs_of_mix: Vec<LegId> = sources.iter().map(|(id, _)| *id).chain([*leg]).collect();
                    if let Some((first, others)) = legs_of_mix.split_first() {
                        self.gather(&mut legs, *first, others);
                    }
                }
                Connection::Silent | Connection::Echo => {}
            }
        }
        let Some(placed) = legs.get(&command.leg()) else { return Ok(()) };
        self.threads[placed.thread].post(Order::Command(command)).map_err(|_| MediaBusy)
    }

    /// Brings legs that are to hear each other onto one thread, that of `host`. Legs of one call are made together, so
    /// this happens when calls are joined.
    fn gather(&self, legs: &mut HashMap<LegId, Placed>, host: LegId, others: &[LegId]) {
        let Some(to) = legs.get(&host).map(|placed| placed.thread) else { return };
        for &leg in others {
            let Some(placed) = legs.get_mut(&leg).filter(|placed| placed.thread != to) else { continue };
            let (from, slot) = (placed.thread, placed.slot);
            let to_slot = self.ports.slot_for_move(to);
            (placed.thread, placed.slot) = (to, to_slot);
            self.threads[from].legs.fetch_sub(1, Ordering::Relaxed);
            self.threads[to].legs.fetch_add(1, Ordering::Relaxed);
            // First the one that waits, so that it knows of the leg before anything is said about it.
            self.threads[to].post_surely(Order::Expect(leg));
            let (sockets, to) = (placed.sockets.clone(), self.threads[to].door.clone());
            self.threads[from].post_surely(Order::Depart { leg, slot, to_slot, sockets, to });
        }
    }

    /// The disk refused a chunk: its leg's engine states the gap.
    fn lost(&self, loss: Loss) {
        let Loss { leg, recording, span } = loss;
        let Some(thread) = self.thread_of(leg) else { return };
        // A refused report costs a statement, not audio.
        let _ =
            self.threads[thread].post(Order::Command(MediaCommand::RecordingLost { leg, recording, span, disk: true }));
        self.threads[thread].wake();
    }
}

/// The media threads. Dropping it ends them, after all recorded bytes are written.
pub struct MediaPool {
    shared: Arc<Shared>,
    handles: Vec<JoinHandle<()>>,
    recorder: Option<Recorder>,
    keys: Option<Arc<dyn Keys>>,
    random: RandomState,
    legs_per_thread: usize,
    backend: &'static str,
    identity: Option<Arc<Identity>>,
}

impl MediaPool {
    /// Starts the threads. `events` is called on them and must not block.
    ///
    /// # Errors
    /// When the port range is empty, io_uring was demanded and is missing, or the system is out of resources.
    pub fn start(config: MediaPoolConfig, bank: Arc<PromptBank>, events: EventSink) -> Result<Self, MediaStartError> {
        let (lo, hi) = config.ports;
        if u32::from(lo.next_multiple_of(2)) + 1 > u32::from(hi) || lo == 0 {
            return Err(MediaStartError::EmptyRange(lo, hi));
        }
        let files = sys::raise_file_limit();
        let uring = choose(config.backend)?;
        let count = config.threads.max(1);
        let mut threads = Vec::with_capacity(count);
        let mut inputs = Vec::with_capacity(count);
        let identity = match config.browsers.addresses.is_empty() {
            true => None,
            false => Some(browser::new_identity()?),
        };
        for _ in 0..count {
            let browsers = identity.as_ref().map(|_| SharedPort::bind(&config.browsers));
            let (sender, orders) = mpsc::sync_channel(ORDERS);
            let (handed, datagrams) = mpsc::sync_channel(HANDED_OVER);
            let waker = Arc::new(Waker::new().map_err(MediaStartError::System)?);
            let counters = Arc::new(Counters::default());
            inputs.push((orders, datagrams, waker.clone(), counters.clone()));
            threads.push(Thread {
                browsers,
                door: Door { orders: sender, datagrams: handed, waker },
                late: Mutex::default(),
                has_late: AtomicBool::new(false),
                unheard: AtomicBool::new(false),
                counters,
                legs: AtomicUsize::new(0),
            });
        }
        let ports = Arc::new(PortPool::new(config.ip, (lo, hi), most_pairs(files), count, config.port_guard));
        let shared = Arc::new(Shared { threads, ports: ports.clone(), legs: Mutex::default() });
        let for_recorder = Arc::downgrade(&shared);
        let recorder = Recorder::start(config.keys.clone(), move |loss| {
            if let Some(shared) = for_recorder.upgrade() {
                shared.lost(loss);
            }
        })
        .map_err(MediaStartError::System)?;
        let mut handles = Vec::with_capacity(count);
        for (index, (orders, datagrams, waker, counters)) in inputs.into_iter().enumerate() {
            let worker = Worker {
                engine: Engine::new(EngineConfig { identity: identity.clone(), ..config.engine.clone() }, bank.clone()),
                orders,
                datagrams,
                waker,
                events: events.clone(),
                recorder: recorder.queue.clone(),
                counters,
                unfinished: VecDeque::new(),
                thread: index,
                ports: ports.clone(),
                moves: Moves::default(),
                browsers: Browsers::default(),
                alarmed: None,
            };
            let (pin, coalesce) = (config.pin.then_some(index), config.coalesce);
            let spawned = std::thread::Builder::new()
                .name(format!("media-{index}"))
                .spawn(move || run(worker, uring, pin, coalesce));
            handles.push(spawned.map_err(MediaStartError::System)?);
        }
        let backend = if uring { "io_uring" } else { "epoll" };
        tracing::info!(backend, threads = count, ports = %format!("{lo}-{hi}"), "media threads are running");
        for (index, thread) in shared.threads.iter().enumerate() {
            let Some((port, told)) = &thread.browsers else { continue };
            let pairs = port.each().map(|pair| (ports.slot_for_move(index), pair.clone())).collect();
            thread.post_surely(Order::OpenPort(pairs));
            thread.wake();
            tracing::info!(thread = index, addresses = ?told, "browsers' media port is open");
        }
        let (random, legs_per_thread, keys) = (RandomState::new(), config.legs_per_thread, config.keys);
        Ok(Self { shared, handles, recorder: Some(recorder), keys, random, legs_per_thread, backend, identity })
    }

    /// Under which keys recordings are sealed; none: they are kept in the clear.
    pub(super) fn keys(&self) -> Option<&dyn Keys> {
        self.keys.as_deref()
    }

    /// How the threads talk to the kernel: `io_uring` or `epoll`.
    pub fn backend(&self) -> &'static str {
        self.backend
    }

    /// Makes a leg and gives its ports. `near`: a leg that it will be bridged with, whose thread it shares.
    ///
    /// # Errors
    /// When no port is free, or the thread does not keep up; the leg does not exist then.
    pub fn create_leg(&self, leg: LegId, near: Option<LegId>) -> Result<LocalPorts, CreateError> {
        let created = self.create_leg_quietly(leg, near);
        self.wake();
        created
    }

    /// As [`MediaPool::create_leg`], but the leg lives only after the next [`MediaPool::wake`]: a wake-up of a thread
    /// costs more than what most orders make it do, so that many orders share one.
    ///
    /// # Errors
    /// As there.
    pub fn create_leg_quietly(&self, leg: LegId, near: Option<LegId>) -> Result<LocalPorts, CreateError> {
        let shared = &self.shared;
        let thread = near.and_then(|near| shared.thread_of(near)).unwrap_or_else(|| self.best_thread());
        let now = sys::mono();
        let taken = shared.ports.take(thread, now)?;
        let port = taken.pair.port;
        let fresh = taken.fresh.then(|| taken.pair.clone());
        let seed = self.random.hash_one((leg.0, now.0));
        let order = Order::Create { leg, slot: taken.slot, seed, fresh };
        if shared.threads[thread].post(order).is_err() {
            // The thread has not seen a fresh pair, so it must be told of it at its next use: forget the pair instead.
            if taken.fresh {
                shared.ports.forget(thread, taken.slot, port);
            } else {
                shared.ports.give(thread, taken.slot, taken.pair, now);
            }
            return Err(MediaBusy.into());
        }
        shared.threads[thread].legs.fetch_add(1, Ordering::Relaxed);
        let sockets = Sockets::Own(taken.pair);
        lock(&shared.legs).insert(leg, Placed { thread, slot: taken.slot, sockets });
        Ok(LocalPorts { rtp: port, rtcp: port + 1 })
    }

    /// Makes a leg for a browser, on the port of its thread. `near`: as at [`MediaPool::create_leg`]. Alive, as there,
    /// after the next [`MediaPool::wake`] at the latest.
    ///
    /// # Errors
    /// When there is no port for browsers, or the thread does not keep up; the leg does not exist then.
    pub fn create_browser_leg(&self, leg: LegId, near: Option<LegId>) -> Result<BrowserEnd, CreateError> {
        let shared = &self.shared;
        let index = near.and_then(|near| shared.thread_of(near)).unwrap_or_else(|| self.best_thread());
        let thread = &shared.threads[index];
        let port = thread.browsers.as_ref().filter(|(_, addresses)| !addresses.is_empty());
        let (Some((port, addresses)), Some(identity)) = (port, &self.identity) else {
            return Err(CreateError::NoBrowsers);
        };
        let ice = browser::new_credentials().ok_or(CreateError::NoRandom)?;
        let slot = shared.ports.slot_for_move(index);
        let seed = self.random.hash_one((leg.0, sys::mono().0));
        let create = Order::CreateBrowser { leg, slot, seed, ice: Box::new(ice.clone()), shared: port.clone() };
        if thread.post(create).is_err() {
            shared.ports.vacate(index, slot);
            return Err(MediaBusy.into());
        }
        thread.legs.fetch_add(1, Ordering::Relaxed);
        let sockets = Sockets::Shared { shared: port.clone(), thread: index, home: thread.door.clone() };
        lock(&shared.legs).insert(leg, Placed { thread: index, slot, sockets });
        Ok(BrowserEnd { addresses: addresses.clone(), ice, fingerprint: *identity.fingerprint() })
    }

    /// New ICE credentials for a browser leg whose description asks for an ICE restart (its own have changed and its
    /// fingerprint has not), to go into our answer. None when there is no such leg.
    ///
    /// # Errors
    /// When a thread does not keep up; the old ones are good still.
    pub fn restart_ice(&self, leg: LegId) -> Result<Option<Credentials>, MediaBusy> {
        let home = match lock(&self.shared.legs).get(&leg).map(|placed| placed.sockets.clone()) {
            Some(Sockets::Shared { thread, .. }) => thread,
            _ => return Ok(None),
        };
        let Some(ice) = browser::new_credentials() else { return Ok(None) };
        self.shared.threads[home].post(Order::Name { leg, ufrag: ice.ufrag.clone() }).map_err(|_| MediaBusy)?;
        self.command(MediaCommand::RestartIce { leg, ice: Box::new(ice.clone()) })?;
        Ok(Some(ice))
    }

    /// The first thread with room, or the one with the fewest legs.
    fn best_thread(&self) -> usize {
        let loads = || self.shared.threads.iter().map(|t| t.legs.load(Ordering::Relaxed)).enumerate();
        let with_room = loads().find(|(_, legs)| *legs < self.legs_per_thread);
        with_room.or_else(|| loads().min_by_key(|(_, legs)| *legs)).map_or(0, |(index, _)| index)
    }

    /// Tells a leg something. A leg that is not there (any more) is left alone.
    ///
    /// # Errors
    /// When the leg's thread does not keep up; the command was not queued. [`MediaCommand::Destroy`] never fails.
    pub fn command(&self, command: MediaCommand) -> Result<(), MediaBusy> {
        let told = self.command_quietly(command);
        self.wake();
        told
    }

    /// As [`MediaPool::command`], but at the latest after the next [`MediaPool::wake`] does it take effect.
    ///
    /// # Errors
    /// As there.
    pub fn command_quietly(&self, command: MediaCommand) -> Result<(), MediaBusy> {
        let leg = command.leg();
        if matches!(command, MediaCommand::Destroy(_)) {
            self.end(leg);
            return Ok(());
        }
        let told = self.shared.tell(command);
        if told.is_err() {
            self.wake();
        }
        told
    }

    /// Wakes the threads that have been told something quietly.
    pub fn wake(&self) {
        self.shared.threads.iter().for_each(Thread::wake);
    }

    /// Ends a leg: [`media::engine::MediaEvent::Ended`] follows, and its ports rest.
    pub fn destroy(&self, leg: LegId) {
        self.end(leg);
        self.wake();
    }

    fn end(&self, leg: LegId) {
        let Some(placed) = lock(&self.shared.legs).remove(&leg) else { return };
        let thread = &self.shared.threads[placed.thread];
        thread.legs.fetch_sub(1, Ordering::Relaxed);
        thread.post_surely(Order::Command(MediaCommand::Destroy(leg)));
        match placed.sockets {
            Sockets::Own(pair) => self.shared.ports.give(placed.thread, placed.slot, pair, sys::mono()),
            Sockets::Shared { thread, .. } => self.shared.threads[thread].post_surely(Order::Forget(leg)),
        }
    }

    /// Gives all threads new prompts, for playbacks that begin from now on.
    ///
    /// # Errors
    /// When a thread does not keep up; some may have the new ones already.
    pub fn set_bank(&self, bank: &Arc<PromptBank>) -> Result<(), MediaBusy> {
        let told =
            self.shared.threads.iter().try_for_each(|t| t.post(Order::Bank(bank.clone())).map_err(|_| MediaBusy));
        self.wake();
        told
    }

    /// What the threads have done.
    pub fn stats(&self) -> MediaStats {
        let mut stats = MediaStats::default();
        for thread in &self.shared.threads {
            let counters = &thread.counters;
            stats.legs += thread.legs.load(Ordering::Relaxed);
            stats.received += counters.received.load(Ordering::Relaxed);
            stats.refused += counters.refused.load(Ordering::Relaxed);
            stats.sent += counters.sent.load(Ordering::Relaxed);
            stats.send_failures += counters.send_failures.load(Ordering::Relaxed);
            stats.late_ticks += counters.late_ticks.load(Ordering::Relaxed);
            stats.lost_chunks += counters.lost_chunks.load(Ordering::Relaxed);
        }
        if let Some(recorder) = &self.recorder {
            let counters = &recorder.counters;
            stats.chunks = counters.chunks.load(Ordering::Relaxed);
            stats.recorded_bytes = counters.bytes.load(Ordering::Relaxed);
            stats.lost_chunks += counters.failures.load(Ordering::Relaxed);
            let count = |value: &AtomicI64| value.load(Ordering::Relaxed).max(0).unsigned_abs();
            stats.waiting_chunks = count(&counters.waiting);
            stats.most_waiting_chunks = count(&counters.most_waiting);
        }
        stats
    }
}

impl Drop for MediaPool {
    fn drop(&mut self) {
        for thread in &self.shared.threads {
            // Blocks while the ring is full; the thread empties it, or is gone.
            for order in std::mem::take(&mut *lock(&thread.late)).into_iter().chain([Order::Stop]) {
                thread.door.waker.wake();
                let _ = thread.door.orders.send(order);
            }
            thread.door.waker.wake();
        }
        for handle in self.handles.drain(..) {
            // A panic there has been reported by the thread itself.
            let _ = handle.join();
        }
        if let Some(recorder) = self.recorder.take() {
            recorder.join();
        }
    }
}

/// Pairs that may be open at once: a fifth of the process's files are left for trunks, browsers, tracks and the store.
fn most_pairs(files: usize) -> usize {
    files / 5 * 4 / 2
}

/// Whether io_uring is used.
fn choose(choice: BackendChoice) -> Result<bool, MediaStartError> {
    match choice {
        BackendChoice::Epoll => Ok(false),
        BackendChoice::IoUring => uring::probe().map(|()| true).map_err(MediaStartError::NoUring),
        BackendChoice::Auto => Ok(match uring::probe() {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "io_uring is not available; media falls back to epoll and needs more CPU");
                false
            }
        }),
    }
}

/// A media thread's life.
fn run(worker: Worker, uring: bool, pin: Option<usize>, coalesce: Duration) {
    if let Some(processor) = pin {
        sys::pin_to_processor(processor);
    }
    sys::exact_timers();
    let waker = worker.waker.clone();
    let mut backend: Box<dyn Backend> = match uring.then(|| Uring::new(waker.clone(), coalesce)) {
        Some(Ok(uring)) => Box::new(uring),
        other => {
            if let Some(Err(error)) = other {
                tracing::warn!(%error, "io_uring refused a media thread; it uses epoll");
            }
            match Epoll::new(waker, coalesce) {
                Ok(epoll) => Box::new(epoll),
                Err(error) => {
                    tracing::error!(%error, "a media thread could not start");
                    return;
                }
            }
        }
    };
    worker.run(&mut *backend);
}
