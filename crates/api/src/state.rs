//! What all routes share.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use journal::Journal;
use journal::ladder::Ladder;
use speech::Speaker;
use store::Store;
use tokio::sync::Semaphore;
use types::{IdSource, Network, TenantId, Wall};

use crate::assets::Assets;
use crate::auth::{Decoys, Lockout, Vault};
use crate::backend::{Backend, PromptLibrary, Recordings};
use crate::counters::Counters;
use crate::jobs::Jobs;
use crate::names::NamesCache;
use crate::outbound::Outbound;
use crate::relay::Relay;
use crate::streams::Streams;
use crate::subjects::Subjects;

/// Passwords that are checked at once: each takes a core and megabytes for a while, and calls need the cores.
const CHECKS: usize = 2;
/// Recordings that are rendered at once.
const RENDERS: usize = 4;
/// Decisions that are made again at once: each reads some of the journal.
const REPLAYS: usize = 1;

/// Uploads that are read and decoded at once.
const UPLOADS: usize = 2;

/// What the interface is made of.
#[derive(Clone)]
pub struct ApiState {
    /// Settings, sessions and past interactions.
    pub store: Store,
    /// What happens.
    pub journal: Arc<Journal>,
    /// SIP messages of recent calls.
    pub ladder: Arc<Ladder>,
    /// What goes on right now.
    pub backend: Arc<dyn Backend>,
    /// Letters and posts.
    pub outbound: Arc<dyn Outbound>,
    /// Sound.
    pub recordings: Arc<dyn Recordings>,
    /// The sound of prompts.
    pub prompts: Arc<dyn PromptLibrary>,
    /// Speaks texts.
    pub speaker: Arc<dyn Speaker>,
    /// The web pages.
    pub assets: Assets,
    /// Tenants in the store that are not served: who belongs to them is as unknown as anybody.
    pub closed: Arc<[TenantId]>,
    /// Proxies that are believed when they say for whom they ask.
    pub trusted_proxies: Arc<[Network]>,
    /// Where browsers' sound goes when no other way leads here.
    pub relay: Option<Relay>,
    /// Named values given at the start of the server, which win over stored ones.
    pub given: Arc<BTreeMap<String, String>>,
    /// This node's number, for new ids.
    pub node: u16,
    /// This node's own secret, from which keys are made.
    pub secret: [u8; 32],
}

impl fmt::Debug for ApiState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiState").finish_non_exhaustive()
    }
}

/// [`ApiState`] with what the interface keeps for itself.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) journal: Arc<Journal>,
    pub(crate) ladder: Arc<Ladder>,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) outbound: Arc<dyn Outbound>,
    pub(crate) recordings: Arc<dyn Recordings>,
    pub(crate) prompts: Arc<dyn PromptLibrary>,
    pub(crate) speaker: Arc<dyn Speaker>,
    pub(crate) assets: Assets,
    pub(crate) closed: Arc<[TenantId]>,
    pub(crate) names: NamesCache,
    pub(crate) lockout: Lockout,
    pub(crate) decoys: Decoys,
    pub(crate) checks: Semaphore,
    pub(crate) renders: Semaphore,
    pub(crate) replays: Semaphore,
    pub(crate) uploads: Semaphore,
    pub(crate) jobs: Jobs,
    pub(crate) streams: Streams,
    pub(crate) subjects: Subjects,
    pub(crate) counters: Counters,
    pub(crate) vault: Vault,
    pub(crate) relay: Option<Relay>,
    pub(crate) given: Arc<BTreeMap<String, String>>,
    pub(crate) ids: Mutex<IdSource>,
}

/// How routes get at what they share.
pub(crate) type App = Arc<Shared>;

impl From<ApiState> for Shared {
    fn from(state: ApiState) -> Self {
        let ApiState {
            store,
            journal,
            ladder,
            backend,
            outbound,
            recordings,
            prompts,
            speaker,
            assets,
            closed,
            trusted_proxies: _,
            relay,
            given,
            node,
            secret,
        } = state;
        Self {
            names: NamesCache::new(store.clone()),
            store,
            journal,
            ladder,
            backend,
            outbound,
            recordings,
            prompts,
            speaker,
            assets,
            closed,
            lockout: Lockout::default(),
            decoys: Decoys::default(),
            checks: Semaphore::new(CHECKS),
            renders: Semaphore::new(RENDERS),
            replays: Semaphore::new(REPLAYS),
            uploads: Semaphore::new(UPLOADS),
            jobs: Jobs::default(),
            streams: Streams::default(),
            subjects: Subjects::default(),
            counters: Counters::default(),
            vault: Vault::new(&secret),
            relay,
            given,
            ids: Mutex::new(IdSource::new(node)),
        }
    }
}

impl Shared {
    /// A fresh id of whatever kind.
    pub(crate) fn new_id(&self) -> u64 {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).next(now())
    }
}

/// The time on the wall. The only clock that this crate reads for records.
#[allow(clippy::disallowed_methods)]
pub(crate) fn now() -> Wall {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Wall(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
