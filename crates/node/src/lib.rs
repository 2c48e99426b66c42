//! The shell of a node: feeds `center`, writes the journal first, carries the effects out by the hands.
//!
//! Three kinds of threads: one for signalling, which also runs the mind; one a core for media; tokio for
//! all that may wait (SQL, HTTP, connections, names). [`Node::start`] wires them.

mod alarms;
mod ask;
mod canary;
mod demo;
mod figures;
mod keeper;
mod keys;
mod lookups;
mod mind;
mod offline;
mod project;
mod prompts;
mod rebuild;
mod recovery;
mod settings;
mod tally;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use center::{
    AgentOrder, AgentStatus, By, CallOrder, CallbackWish, Center, Live, LiveAlert, LiveDetail, LiveFigures, Message,
    Refused, TrialWish, Was,
};
use flow::{LookupRequest, LookupTold};
use journal::Journal;
use journal::ladder::{Ladder, LadderOptions, Position};
use net::Transport;
use net::media::{BrowserAddress, BrowserPorts, MediaPool, MediaPoolConfig, PromptBank};
use net::outside::{Connections, Doorway, Listen, Visit};
use net::prompts::PromptError;
pub use net::prompts::{KeepError, Kept, Library, MAX_UPLOAD_S, Sounds, UploadError};
use net::signalling::{PoolPlane, Post, Signalling, SignallingConfig, StartError};
use net::ua::UaConfig;
use resource::{ChangeError, Changed, Request, Secrets};
use store::{Projector, Store};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use types::alert::Alert;
use types::event::Happening;
use types::forward::Forwarding;
use types::leg::Text;
use types::record::{AgentState, CallbackStatus, Disposition, Outcome, Supervision};
use types::voicemail::{Mailbox, MarkedBy, MessageStatus};
use types::{AgentId, AlertId, FlowId, InteractionId, LegId, Private, RecordingId, TenantId};
use vault::{Keyring, Master};

use alarms::{Board, Notes};
use keeper::Keeper;
use prompts::Stage;

pub use alarms::Standing;
pub use ask::Ask;
pub use demo::{Hasher, NAME as DEMO_TENANT};
pub use figures::NodeFigures;
pub use keeper::News;
pub use keys::SealKeys;
pub use mind::NodeMind;
pub use net::{Certificates, TlsError, TlsFiles, own_address};
pub use offline::Offline;
pub use rebuild::{Rebuilt, rebuild};
pub use settings::SettingsError;
pub use tally::{MOS_BOUNDS, MediaTally, Tally, TenantTally};

/// How long a draining node waits for its calls.
const DRAIN_FOR: Duration = Duration::from_secs(300);
/// How often a draining node looks whether all calls are over.
const DRAIN_LOOK: Duration = Duration::from_millis(200);
/// The last turn of signalling after all calls were ended: their goodbyes leave.
const GOODBYE: Duration = Duration::from_millis(300);
/// Changed settings that find the mind too busy are brought again so often, and after so long: longer than any turn.
const SETTINGS_TRIES: usize = 20;
const SETTINGS_TRY: Duration = Duration::from_millis(100);
/// What the start waits for the disk.
const FIRST_WRITE: Duration = Duration::from_secs(2);

/// Settings of a node.
#[derive(Clone)]
pub struct NodeConfig {
    /// Where everything is kept.
    pub data: PathBuf,
    /// This node's number.
    pub node: u16,
    /// Sets up the demo tenant; its users' passwords are hashed by this. Without it no demo tenant is served, not even
    /// one that an earlier start has set up.
    pub demo: Option<Hasher>,
    /// SIP over UDP and TCP.
    pub sip: SocketAddr,
    /// SIP over TLS, and the certificate to show.
    pub sips: Option<(SocketAddr, Arc<Certificates>)>,
    /// The address that session descriptions name.
    pub media_ip: Option<IpAddr>,
    /// UDP ports for media.
    pub rtp: (u16, u16),
    /// Media threads; 0 is one a core.
    pub media_threads: usize,
    /// Named values that flows refer to.
    pub settings: BTreeMap<String, String>,
    /// Makes what is kept of passwords when settings change.
    pub secrets: Arc<dyn Secrets>,
    /// The program's version, for SIP's User-Agent.
    pub version: &'static str,
    /// Signs SIP nonces.
    pub secret: [u8; 32],
    /// Below it are folders of the tenants' names with the database files that their flows may look into.
    pub database_files: Option<PathBuf>,
    /// Wraps the keys under which recordings are sealed.
    pub master: Arc<dyn Master>,
}

/// Why a node did not start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The data folder can't be used.
    #[error("the data folder {} can't be used: {source}; give another with --data or mend its permissions", path.display())]
    Data {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The journal can't be opened.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// The database can't be used.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A rebuild found no event to make the lists from.
    #[error(
        "the journal in {} holds no event, so the lists were left as they are; check that its disk is mounted",
        path.display()
    )]
    EmptyJournal {
        /// The journal's folder.
        path: PathBuf,
    },
    /// A rebuild found a journal that the lists were not made from.
    #[error(
        "the journal in {} ends at position {last}, but the database has seen {seen}, so the lists were left as they \
         are; check that its disk is mounted; if this is all that is left of it, start the server once, then rebuild",
        path.display()
    )]
    OtherJournal {
        /// The journal's folder.
        path: PathBuf,
        /// Its last position.
        last: u64,
        /// The newest position that rows were made from.
        seen: u64,
    },
    /// A tenant's settings can't be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A tenant's queues or agents can't be used.
    #[error(transparent)]
    Setup(#[from] center::SetupError),
    /// A prompt can't be used.
    #[error(transparent)]
    Prompts(#[from] PromptError),
    /// The keys of recordings can't be used.
    #[error(transparent)]
    Keys(#[from] vault::Error),
    /// Sockets or threads are not to be had.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// A running node.
pub struct Node {
    handle: Handle,
    signalling: Signalling<Ask>,
    media: Arc<MediaPool>,
    stop: watch::Sender<bool>,
    projection: JoinHandle<()>,
}

/// A way to a node, for the API. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    post: Post<Ask>,
    /// The journal.
    pub journal: Arc<Journal>,
    /// The SIP messages of recent calls.
    pub ladder: Arc<Ladder>,
    /// Settings and projections.
    pub store: Store,
    /// Where tracks of recordings are.
    pub recordings: PathBuf,
    /// Tenants in the database that are not served: to everybody they are as if they were not there.
    pub closed: Arc<[TenantId]>,
    media: Arc<MediaPool>,
    /// The last event that lists and reports show.
    projected: Arc<AtomicU64>,
    door: Doorway<Ask>,
    secret: [u8; 32],
    alarms: watch::Receiver<Standing>,
    keeper: Arc<Keeper>,
    /// The sound of tenants' own prompts.
    pub library: Arc<Library>,
    /// The keys under which recordings are sealed.
    pub keyring: Arc<Keyring>,
    stage: Arc<Stage>,
}

/// A browser's connection over which it speaks SIP, one message a frame (RFC 7118).
pub type PhoneLine = Visit<Ask>;

/// What a browser registers with as a telephone.
#[derive(Clone, Debug)]
pub struct PhoneCredentials {
    /// The tenant's realm.
    pub realm: Text,
    /// The device's SIP name.
    pub device: Text,
    /// The digest user name.
    pub username: String,
    /// The digest password.
    pub password: Private<String>,
    /// Until when they hold, in seconds from now.
    pub expires_in_s: u32,
}

/// The node does not answer: it is going down, or far too busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node does not answer")]
pub struct Unavailable;

impl Node {
    /// Starts everything.
    ///
    /// # Errors
    /// See [`NodeError`]; nothing is left running then.
    pub async fn start(config: NodeConfig) -> Result<Self, NodeError> {
        let recordings = config.data.join("recordings");
        let data = |source| NodeError::Data { path: config.data.clone(), source };
        std::fs::create_dir_all(&recordings).map_err(data)?;
        let store = Store::open_sqlite(config.data.join("lingtong.db")).await?;
        // A journal that was lost begins behind what the database has seen, so that nothing new is taken for old.
        let mut projector = Projector::open(store.clone()).await?;
        let after_pos = projector.newest();
        let notes = Arc::new(Notes::default());
        let (of_journal, of_ladder) = (notes.clone(), notes.clone());
        let alarm: journal::AlarmSink = Arc::new(move |alarm| of_journal.leave(alarm));
        let options = journal::Options { node: config.node, alarm, after_pos, ..journal::Options::default() };
        let journal = Arc::new(Journal::open(config.data.join("journal"), options)?);
        for warning in journal.warnings() {
            tracing::warn!("{warning}");
        }
        project::catch_up(&journal, &mut projector).await;
        let listed = projector.cursor();
        let ladder = Arc::new(Ladder::open(config.data.join("ladder"), ladder_options(of_ladder))?);
        let now = net::media::now();
        if let Some(hash) = config.demo {
            demo::seed(&store, config.node, now.wall, hash).await?;
        }
        let keyring = Arc::new(Keyring::open(store.clone(), config.master.clone()).await?);
        let mut center = Center::new(config.node);
        center.set_capacity(capacity(&config));
        let closed = open_tenants(&store, &config, now, &mut center).await?;
        let checkpoint = config.data.join("checkpoint.json");
        let dialogs = restore(&journal, &checkpoint, &mut center)?;
        for tenant in store.tenants().await?.iter().filter(|tenant| !closed.contains(&tenant.id)) {
            keyring.ensure(tenant.id, now.wall).await?;
        }
        let library = Arc::new(Library::new(&config.data));
        let mut bank = net::prompts::load(&config.data.join("prompts"))?;
        for tenant in store.tenants().await?.iter().filter(|tenant| !closed.contains(&tenant.id)) {
            prompts::set_own(&mut bank, &library, tenant.id, &store.list(tenant.id).await?);
        }
        let (shown, alarms) = watch::channel(Standing::default());
        let (to_look_up, to_be_looked_up) = mpsc::channel(lookups::WAITING);
        let mut mind =
            NodeMind::new(center, journal.clone(), ladder.writer(), Board::new(notes.clone(), shown), to_look_up);
        mind.restore_saved(dialogs.iter().map(|(leg, (tenant, _))| (*leg, *tenant)));
        let dialogs = dialogs.into_iter().map(|(leg, (_, bytes))| (leg, bytes)).collect();
        let Hands { signalling, media, door } =
            start_signalling(&config, &keyring, mind, Arc::new(bank.clone()), &recordings, dialogs)?;
        tokio::spawn(lookups::run(to_be_looked_up, signalling.post(), config.database_files.clone()));
        let waker = signalling.post();
        // A mind with a full inbox is awake, and looks at the end of its turn.
        notes.wake_by(move || {
            let _ = waker.message(Ask::Alarms);
        });
        let (stop, stopped) = watch::channel(false);
        let scan = recovery::Scan::catch_up(&journal, &checkpoint)?;
        let checkpoint = project::Checkpoint { scan, path: checkpoint };
        let projected = Arc::new(AtomicU64::new(listed));
        let projection =
            tokio::spawn(project::run(journal.clone(), store.clone(), checkpoint, projected.clone(), stopped));
        let (post, pool, secret) = (signalling.post(), media.clone(), config.secret);
        let stage = Arc::new(Stage::new(library.clone(), media.clone(), bank));
        let keeper = Keeper::new(store.clone(), config.settings, config.secrets, library.clone(), config.node);
        let keeper = Arc::new(keeper);
        let handle = Handle {
            post,
            journal,
            ladder,
            store,
            recordings,
            closed,
            media: pool,
            projected,
            door,
            secret,
            alarms,
            keeper,
            library,
            keyring,
            stage,
        };
        let canaries = handle.keeper.canaries.clone();
        tokio::spawn(canary::run(handle.clone(), canaries, stop.subscribe()));
        Ok(Self { handle, signalling, media, stop, projection })
    }

    /// A way to the node.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Where SIP over UDP listens.
    pub fn sip_address(&self) -> SocketAddr {
        self.signalling.address()
    }

    /// Refuses new calls and waits for those that stand, for a bounded time or until `hurry` resolves;
    /// then ends everything in order.
    pub async fn drain(self, hurry: impl Future<Output = ()>) {
        let _ = self.handle.post.message(Ask::Drain);
        let idle = async {
            while self.handle.in_progress().await.unwrap_or(0) > 0 {
                tokio::time::sleep(DRAIN_LOOK).await;
            }
        };
        tokio::select! {
            _ = tokio::time::timeout(DRAIN_FOR, idle) => {}
            () = hurry => {}
        }
        self.stop().await;
    }

    /// Ends all calls and everything else, in order.
    pub async fn stop(self) {
        let _ = self.handle.ask(Ask::ShutDown).await;
        tokio::time::sleep(GOODBYE).await;
        let signalling = self.signalling;
        let ended = tokio::task::spawn_blocking(move || signalling.stop()).await;
        if ended.is_err() {
            tracing::error!("signalling did not end in order");
        }
        drop(self.media);
        let _ = self.stop.send(true);
        let _ = self.projection.await;
        if let Err(error) = self.handle.store.close().await {
            tracing::warn!(%error, "the database was not closed in order");
        }
    }
}

/// Gives the center its tenants; those that stay closed. Everyone knows the demo's passwords: they must not outlive the
/// starts that ask for it.
async fn open_tenants(
    store: &Store,
    config: &NodeConfig,
    now: types::Now,
    center: &mut Center,
) -> Result<Arc<[TenantId]>, NodeError> {
    let (closed, open): (Vec<_>, Vec<_>) =
        store.tenants().await?.into_iter().partition(|tenant| tenant.demo && config.demo.is_none());
    for tenant in &closed {
        tracing::warn!(
            tenant = %tenant.id,
            "the demo tenant in this data folder is not served, since everyone knows its passwords: start with --demo to \
             use it, or with another --data folder to leave it behind"
        );
    }
    for tenant in open {
        let setup = settings::load(store, &tenant, &config.settings).await?;
        center.add_tenant(now, setup)?;
        for row in store.standing_alerts(tenant.id).await? {
            center.restore_alert(now, tenant.id, standing(row));
        }
        for row in store.kept_voicemails(tenant.id).await? {
            if let Some(mailbox) = row.mailbox() {
                center.restore_message(tenant.id, mailbox, message(row));
            }
        }
        for call in store.last_queued(tenant.id, center::CUSTOMERS_MAX as u64).await? {
            let was = match (call.outcome, call.agent) {
                (Outcome::Answered, Some(agent)) => Was::Served(agent),
                _ => Was::Lost { waited: Duration::from_millis(call.wait_ms) },
            };
            center.restore_customer(now, tenant.id, &call.from, call.queue, call.ended, was);
        }
        for row in store.open_callbacks(tenant.id, center::WISHES_MAX as u64).await? {
            if let Some(wish) = wish(row) {
                center.restore_callback(now, tenant.id, wish);
            }
        }
    }
    Ok(closed.iter().map(|tenant| tenant.id).collect())
}

/// A wish to be called back as the center keeps it; none where no queue's agents are to follow it.
fn wish(row: store::Callback) -> Option<CallbackWish> {
    Some(CallbackWish {
        of: row.interaction,
        queue: row.queue?,
        wants: row.wants(),
        asked: row.requested,
        since: row.since.unwrap_or(row.requested),
        attempts: row.attempts,
        next: row.next,
        number: row.number,
        missed: row.missed,
    })
}

/// A message as the center keeps it.
fn message(row: store::Voicemail) -> Message {
    let store::Voicemail { recording, leg, from, left: at, status, .. } = row;
    Message { recording, leg, from, at, is_new: status == MessageStatus::New }
}

/// The named value that says how many calls this node can carry at once, where what is reckoned does not fit.
const CAPACITY_SETTING: &str = "capacity.calls";
/// Recorded calls that a core carries at once: it is said to be full with 1,700 (see the figures of media), and signalling,
/// the journal and the pages need theirs.
const CALLS_PER_CORE: usize = 1_000;
/// Ports of a call: two legs, each with a pair.
const PORTS_PER_CALL: usize = 4;

/// How many calls this node can carry at once.
fn capacity(config: &NodeConfig) -> u32 {
    let told = config.settings.get(CAPACITY_SETTING).map(|text| text.parse::<u32>());
    match told {
        Some(Ok(calls)) if calls > 0 => return calls,
        Some(_) => tracing::warn!("{CAPACITY_SETTING} is no number of calls and is passed over"),
        None => {}
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if config.media_threads == 0 { cores } else { config.media_threads };
    let (low, high) = config.rtp;
    let by_ports = (usize::from(high.saturating_sub(low)) + 1) / PORTS_PER_CALL;
    u32::try_from(by_ports.min(threads * CALLS_PER_CORE)).unwrap_or(u32::MAX)
}

/// An alert as the center keeps it.
fn standing(row: store::AlertRow) -> LiveAlert {
    let store::AlertRow { id, threshold, title, queue, measure, level, value, limit, raised, .. } = row;
    let acknowledged = row.acknowledged.zip(row.acknowledged_by);
    LiveAlert { alert: Alert { id, threshold, title, queue, measure, level, value, limit }, raised, acknowledged }
}

/// Dialogs that still stand on the far side, and whose they are.
type Dialogs = BTreeMap<LegId, (TenantId, Vec<u8>)>;

/// Puts the center where the node was, and gives the dialogs that still stand on the far side.
fn restore(journal: &Arc<Journal>, checkpoint: &Path, center: &mut Center) -> Result<Dialogs, NodeError> {
    let now = net::media::now();
    let recovered = recovery::recover(journal, checkpoint)?;
    // What agents said holds before their telephones would make them ready.
    for (agent, seen) in &recovered.agents {
        if let Some(away) = &seen.away {
            center.restore_away(now, seen.tenant, *agent, away.reason.clone());
        }
    }
    for (device, (tenant, bindings)) in &recovered.registrations {
        center.restore_registration(now, *tenant, *device, bindings);
    }
    for (agent, seen) in &recovered.agents {
        if let (AgentState::NotReady, Some(reason), false) = (seen.state, &seen.reason, seen.ends) {
            center.restore_not_ready(now, seen.tenant, *agent, reason);
        }
    }
    for (tenant, at, expired) in &recovered.expired {
        center.restore_expired(*tenant, *at, *expired);
    }
    let cut_off = recovered.ends.len() + recovered.unheard.len();
    if cut_off > 0 {
        tracing::warn!(interactions = cut_off, "calls were cut off by the last end of this node");
    }
    center.expect_again(now, recovered.unheard);
    let mut writer = journal.writer();
    for event in &recovered.ends {
        if let Happening::VoicemailLeft { recording, mailbox, from, leg, .. } = &event.what {
            let message = Message { recording: *recording, leg: *leg, from: from.clone(), at: event.at, is_new: true };
            center.restore_message(event.tenant, *mailbox, message);
        }
        writer.append(event);
    }
    writer.barrier(FIRST_WRITE);
    Ok(recovered.dialogs)
}

/// What carries the mind's decisions out.
struct Hands {
    signalling: Signalling<Ask>,
    media: Arc<MediaPool>,
    door: Doorway<Ask>,
}

/// By which addresses browsers reach our media: the one that is told, and the host's own of the other family.
fn browser_addresses(config: &NodeConfig) -> Vec<BrowserAddress> {
    let own = net::own_address(config.sip.ip());
    let first = config.media_ip.map_or(BrowserAddress::own(own), |told| BrowserAddress::announced(told, own));
    let v6 = config.sip.ip().is_unspecified().then(|| net::own_address(IpAddr::from([0u16; 8])));
    let second = v6.filter(|ip| ip.is_ipv6() && !ip.is_unspecified() && !first.bind.is_ipv6());
    std::iter::once(first).chain(second.map(BrowserAddress::own)).collect()
}

fn start_signalling(
    config: &NodeConfig,
    keyring: &Arc<Keyring>,
    mind: NodeMind,
    bank: Arc<PromptBank>,
    recordings: &Path,
    dialogs: Vec<(LegId, Vec<u8>)>,
) -> Result<Hands, NodeError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let media_config = MediaPoolConfig {
        threads: if config.media_threads == 0 { cores } else { config.media_threads },
        pin: true,
        ip: if config.sip.ip().is_loopback() { config.sip.ip() } else { IpAddr::from([0, 0, 0, 0]) },
        ports: config.rtp,
        browsers: BrowserPorts { addresses: browser_addresses(config), ports: config.rtp },
        keys: Some(Arc::new(SealKeys(keyring.clone()))),
        ..MediaPoolConfig::default()
    };
    let host = config.media_ip.unwrap_or_else(|| net::own_address(config.sip.ip()));
    let sent_by = SocketAddr::new(host, config.sip.port()).to_string();
    let seed = u64::from_le_bytes(std::array::from_fn(|i| config.secret[i])) ^ net::media::now().wall.0 as u64;
    let mut identities: Vec<_> = [Transport::Udp, Transport::Tcp].map(|t| (t, config.sip, sent_by.clone())).into();
    // Browsers come by the web server; this names us in what they get.
    identities.extend([Transport::Ws, Transport::Wss].map(|t| (t, config.sip, sent_by.clone())));
    identities
        .extend(config.sips.iter().map(|(at, _)| (Transport::Tls, *at, SocketAddr::new(host, at.port()).to_string())));
    let user_agent = format!("Lingtong/{}", config.version);
    let media_ip = config.media_ip.or_else(|| config.sip.ip().is_unspecified().then_some(host));
    let (recordings, secret) = (recordings.to_owned(), config.secret);
    let ua = UaConfig { identities, user_agent, media_ip, recordings, seed, secret };
    let signalling = SignallingConfig { udp: config.sip, ua, dialogs };
    let (mut pool, mut door) = (None, None);
    let listen = Listen { tcp: config.sip, tls: config.sips.clone() };
    let signalling = net::signalling::start(
        signalling,
        mind,
        |post: Post<Ask>| {
            let media = Arc::new(MediaPool::start(media_config, bank, Arc::new(move |event| post.media(event)))?);
            pool = Some(media.clone());
            Ok(Box::new(PoolPlane::new(media)))
        },
        |post| {
            let connections = Connections::start(&listen, post)?;
            door = Some(connections.doorway());
            Ok(Box::new(connections))
        },
    )?;
    let missing = || StartError::System(io::Error::other("media threads or connections are missing"));
    let (media, door) = pool.zip(door).ok_or_else(missing)?;
    Ok(Hands { signalling, media, door })
}

/// The ladder has a queue and files of its own; whether the disk is slow is told by the journal.
fn ladder_options(notes: Arc<Notes>) -> LadderOptions {
    let tell = move |alarm: journal::Alarm| match alarm.code {
        "ladder_failed" => notes.leave(alarm),
        code => tracing::warn!(code, raised = alarm.raised, detail = %alarm.detail, "of the SIP messages"),
    };
    LadderOptions { alarm: Arc::new(tell), ..LadderOptions::default() }
}

impl Handle {
    /// The last word on each of the node's own alarms, also while the journal takes none.
    pub fn alarms(&self) -> watch::Receiver<Standing> {
        self.alarms.clone()
    }

    async fn ask<T>(&self, question: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Result<T, Unavailable> {
        let (to, answer) = oneshot::channel();
        self.post.message(question(to)).map_err(|_| Unavailable)?;
        answer.await.map_err(|_| Unavailable)
    }

    /// What goes on right now, with the journal's cursor of the same moment.
    ///
    /// # Errors
    /// [`Unavailable`], here and below.
    pub async fn live(&self, tenant: TenantId) -> Result<Option<(u64, Live)>, Unavailable> {
        self.ask(|to| Ask::Live(tenant, to)).await
    }

    /// Tries a look-up as a flow would make it, now.
    ///
    /// # Errors
    /// [`Unavailable`], also when too many are on their way.
    pub async fn try_lookup(&self, tenant: TenantId, request: LookupRequest) -> Result<LookupTold, Unavailable> {
        self.ask(|to| Ask::TryLookup(tenant, Box::new(request), to)).await
    }

    /// What changes by the second.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn live_figures(&self, tenant: TenantId) -> Result<LiveFigures, Unavailable> {
        self.ask(|to| Ask::LiveFigures(tenant, to)).await
    }

    /// Somebody, by the name of a user, looks after an alert from now on.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn acknowledge(
        &self,
        tenant: TenantId,
        alert: AlertId,
        by: Text,
    ) -> Result<Result<(), Refused>, Unavailable> {
        self.ask(|to| Ask::Acknowledge(tenant, alert, by, to)).await
    }

    /// An agent's state.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn agent(&self, tenant: TenantId, agent: AgentId) -> Result<Option<AgentStatus>, Unavailable> {
        self.ask(|to| Ask::Agent(tenant, agent, to)).await
    }

    /// An order to an agent's state.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn order(
        &self,
        tenant: TenantId,
        agent: AgentId,
        order: AgentOrder,
    ) -> Result<Result<AgentStatus, Refused>, Unavailable> {
        self.ask(|to| Ask::Order(tenant, agent, order, to)).await
    }

    /// An agent's rules for calls that it doesn't take; none when there is no such agent.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn forwarding(&self, tenant: TenantId, agent: AgentId) -> Result<Option<Forwarding>, Unavailable> {
        self.ask(|to| Ask::Forwarding(tenant, agent, to)).await
    }

    /// Sets an agent's rules; `by` names the user who wants it.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn set_forwarding(
        &self,
        tenant: TenantId,
        agent: AgentId,
        rules: Forwarding,
        by: Text,
    ) -> Result<Result<(), Refused>, Unavailable> {
        self.ask(|to| Ask::SetForwarding(tenant, agent, rules, by, to)).await
    }

    /// The mailboxes that are an agent's business.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn mailboxes(&self, tenant: TenantId, agent: AgentId) -> Result<Vec<Mailbox>, Unavailable> {
        self.ask(|to| Ask::Mailboxes(tenant, agent, to)).await
    }

    /// Says what has become of a message.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn mark_message(
        &self,
        tenant: TenantId,
        recording: RecordingId,
        status: MessageStatus,
        by: MarkedBy,
    ) -> Result<Result<(), Refused>, Unavailable> {
        self.ask(|to| Ask::MarkMessage(tenant, recording, status, by, to)).await
    }

    /// An interaction in progress, in the shape of its record.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn interaction(
        &self,
        tenant: TenantId,
        id: InteractionId,
    ) -> Result<Option<Box<LiveDetail>>, Unavailable> {
        self.ask(|to| Ask::Interaction(tenant, id, to)).await
    }

    /// Says what came of an interaction, in progress or over; `known`: the store has it.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn dispose(
        &self,
        tenant: TenantId,
        id: InteractionId,
        disposition: Disposition,
        known: bool,
    ) -> Result<Result<(), Refused>, Unavailable> {
        self.ask(|to| Ask::Dispose(tenant, id, disposition, known, to)).await
    }

    /// Orders something about a call that goes on.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn order_call(
        &self,
        tenant: TenantId,
        id: InteractionId,
        by: By,
        order: CallOrder,
    ) -> Result<Result<(), Refused>, Unavailable> {
        self.ask(|to| Ask::OrderCall(tenant, id, by, order, to)).await
    }

    /// Has an agent call a number, its own telephones first.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn dial(
        &self,
        tenant: TenantId,
        agent: AgentId,
        number: Private<Text>,
    ) -> Result<Result<InteractionId, Refused>, Unavailable> {
        self.ask(|to| Ask::Dial(tenant, agent, number, to)).await
    }

    /// A supervisor takes part in a call, changes how, or leaves.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn supervise(
        &self,
        tenant: TenantId,
        id: InteractionId,
        by: AgentId,
        mode: Supervision,
    ) -> Result<Result<(), Refused>, Unavailable> {
        self.ask(|to| Ask::Supervise(tenant, id, by, mode, to)).await
    }

    /// Ends an interaction.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn hang_up(&self, tenant: TenantId, id: InteractionId) -> Result<Result<(), Refused>, Unavailable> {
        self.ask(|to| Ask::HangUp(tenant, id, to)).await
    }

    /// How far a wish to be called back has come was said by a person, as in this row: whether agents are still to call.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn callback_changed(&self, row: store::Callback) -> Result<(), Unavailable> {
        let (tenant, of) = (row.tenant, row.interaction);
        let wish = Some(row).filter(|row| row.status == CallbackStatus::Asked).and_then(wish);
        self.ask(|to| Ask::CallbackChanged(tenant, of, wish.map(Box::new), to)).await
    }

    /// Has a customer called back as soon as an agent is free.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn call_back_now(&self, tenant: TenantId, of: InteractionId) -> Result<Result<(), Refused>, Unavailable> {
        self.ask(|to| Ask::CallBackNow(tenant, of, to)).await
    }

    /// What an agent's browser registers with; none when the agent has no device.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn phone_credentials(
        &self,
        tenant: TenantId,
        agent: AgentId,
    ) -> Result<Option<PhoneCredentials>, Unavailable> {
        let Some((realm, device)) = self.ask(|to| Ask::Device(tenant, agent, to)).await? else { return Ok(None) };
        Ok(Some(self.leased(realm, device)))
    }

    /// Lets a browser call a flow that is not published: the interaction that the call will be, and what the browser calls
    /// with, its own name.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn await_trial(
        &self,
        tenant: TenantId,
        wish: TrialWish,
    ) -> Result<Result<(InteractionId, PhoneCredentials), Refused>, Unavailable> {
        let waits = self.ask(|to| Ask::AwaitTrial(tenant, Box::new(wish), to)).await?;
        Ok(waits.map(|trial| (trial.interaction, self.leased(trial.realm, trial.user))))
    }

    fn leased(&self, realm: Text, device: Text) -> PhoneCredentials {
        let now = net::media::now().wall;
        let (username, password) = net::browser_password(&self.secret, now, &realm, &device);
        let password = password.into();
        PhoneCredentials { realm, device, username, password, expires_in_s: net::BROWSER_PASSWORD_S }
    }

    /// What a change of settings would do; nothing changes.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub async fn check_settings(&self, tenant: TenantId, request: Request) -> Result<Changed, ChangeError> {
        self.keeper.check(tenant, request).await
    }

    /// Changes settings, all that is asked for or nothing; calls go on, and what comes next goes by the new ones.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub async fn change_settings(&self, tenant: TenantId, by: &str, request: Request) -> Result<Changed, ChangeError> {
        let take = async |news: News| self.take_settings(tenant, news).await;
        self.keeper.change(net::media::now().wall, tenant, by, request, take).await
    }

    /// What was seen of a flow's version that a share of the callers walks, and of the other one meanwhile.
    pub fn canary_report(&self, tenant: TenantId, flow: FlowId, version: u32) -> Option<flow::canary::Report> {
        self.keeper.canaries.report(tenant, flow, version)
    }

    /// Serves a tenant that was added to the store.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub async fn open_tenant(&self, tenant: TenantId) -> Result<(), ChangeError> {
        let news = self.keeper.news_of(tenant).await?;
        self.keyring.ensure(tenant, net::media::now().wall).await.map_err(|error| {
            tracing::error!(%error, "a tenant has no key for its recordings");
            ChangeError::Unavailable
        })?;
        self.take_settings(tenant, news).await
    }

    async fn take_settings(&self, tenant: TenantId, mut news: News) -> Result<(), ChangeError> {
        // Calls hear a prompt as soon as flows may name it.
        if let Some(prompts) = news.prompts.take() {
            self.take_prompts(tenant, &prompts).await?;
        }
        for _ in 0..SETTINGS_TRIES {
            if let Ok(taken) = self.ask(|to| Ask::Settings(tenant, Box::new(news.clone()), to)).await {
                return taken.map_err(|error| ChangeError::Refused(vec![settings::problem(error)]));
            }
            tokio::time::sleep(SETTINGS_TRY).await;
        }
        Err(ChangeError::Unavailable)
    }

    async fn take_prompts(&self, tenant: TenantId, prompts: &Arc<[store::Prompt]>) -> Result<(), ChangeError> {
        for _ in 0..SETTINGS_TRIES {
            let (stage, prompts) = (self.stage.clone(), prompts.clone());
            let set = tokio::task::spawn_blocking(move || stage.set(tenant, &prompts)).await;
            if set.map_err(|e| ChangeError::Thread(e.to_string()))? {
                return Ok(());
            }
            tokio::time::sleep(SETTINGS_TRY).await;
        }
        Err(ChangeError::Unavailable)
    }

    /// What callers of all tenants hear under a name such as `zh/menu_main`, as a WAV file.
    pub fn common_prompt(&self, name: &str) -> Option<Vec<u8>> {
        self.stage.common(name)
    }

    /// Whether there is such a one.
    pub fn has_common_prompt(&self, name: &str) -> bool {
        self.stage.has_common(name)
    }

    /// A browser has connected, over TLS or not; none when there are too many connections.
    pub fn phone_line(&self, secure: bool, peer: SocketAddr) -> Option<PhoneLine> {
        self.door.enter(secure, peer)
    }

    /// Has the SIP messages so far handed to the ladder, which otherwise happens a moment later; the newest of them.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn flush_ladder(&self) -> Result<Position, Unavailable> {
        self.ask(Ask::Ladder).await
    }

    /// How many interactions are in progress.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn in_progress(&self) -> Result<usize, Unavailable> {
        self.ask(Ask::InProgress).await
    }
}
