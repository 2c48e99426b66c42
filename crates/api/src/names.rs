//! Names of agents and queues, as lists and events show them beside ids.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use directory::Agent;
use serde::Deserialize;
use store::{DispositionChoice, Queue, QueueMember, Setting, Store, Team};
use tokio::time::Instant;
use types::leg::Text;
use types::{AgentId, Private, QueueId, TeamId, TenantId, Title};

use crate::error::Result;

/// A changed name is seen everywhere after this time.
const FRESH: Duration = Duration::from_secs(5);
/// The setting by which agents may know who listens to their calls.
const AGENTS_SEE_SUPERVISION: &str = "supervision.agents_see";
/// Tenants whose names are kept at once.
const TENANTS: usize = 1_000;

/// A team, and who is in it.
#[derive(Clone, Debug)]
pub(crate) struct TeamName {
    pub(crate) id: TeamId,
    pub(crate) name: Text,
    pub(crate) title: Title,
    pub(crate) agents: Vec<AgentId>,
}

/// What a team's row holds beside its name, as names need it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct TeamConfig {
    title: Title,
    agents: Vec<AgentId>,
}

/// One tenant's names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    agents: HashMap<AgentId, (Text, Private<Text>)>,
    queues: HashMap<QueueId, (Text, Title)>,
    dispositions: HashMap<Text, Title>,
    serves: HashMap<AgentId, Vec<QueueId>>,
    hidden: HashSet<QueueId>,
    teams: Vec<TeamName>,
    shows_supervision: bool,
}

impl Names {
    /// Number and name of an agent; empty when it was removed.
    pub(crate) fn agent(&self, id: AgentId) -> (String, String) {
        self.agents.get(&id).map(|(number, name)| (number.to_string(), name.reveal().to_string())).unwrap_or_default()
    }

    /// Name of a queue; empty when it was removed.
    pub(crate) fn queue(&self, id: QueueId) -> String {
        self.queues.get(&id).map(|(name, _)| name.to_string()).unwrap_or_default()
    }

    /// What people read of a queue, in Chinese and English; empty when it was removed.
    pub(crate) fn queue_title(&self, id: QueueId) -> (Text, Text) {
        self.queues.get(&id).map(|(name, title)| title.shown(name)).unwrap_or_default()
    }

    /// What people read of a disposition's code, in Chinese and English.
    pub(crate) fn disposition_title(&self, code: &str) -> (Text, Text) {
        self.dispositions.get(code).map_or_else(|| Title::default().shown(code), |title| title.shown(code))
    }

    /// The queues that an agent serves.
    pub(crate) fn queues_of(&self, agent: AgentId) -> &[QueueId] {
        self.serves.get(&agent).map_or(&[], Vec::as_slice)
    }

    /// Whether an agent is kept off the wall: it serves hidden queues and no other.
    pub(crate) fn is_hidden(&self, agent: AgentId) -> bool {
        let queues = self.queues_of(agent);
        !queues.is_empty() && queues.iter().all(|q| self.hidden.contains(q))
    }

    /// All teams.
    pub(crate) fn teams(&self) -> &[TeamName] {
        &self.teams
    }

    /// Whether agents may know who listens to their calls.
    pub(crate) const fn shows_supervision(&self) -> bool {
        self.shows_supervision
    }

    /// The agent with this number.
    pub(crate) fn agent_by_number(&self, number: &str) -> Option<AgentId> {
        self.agents.iter().find(|(_, (n, _))| &**n == number).map(|(id, _)| *id)
    }

    /// The queue of this name.
    pub(crate) fn queue_by_name(&self, name: &str) -> Option<QueueId> {
        self.queues.iter().find(|(_, (n, _))| &**n == name).map(|(id, _)| *id)
    }
}

/// All tenants' names, read anew when they are old.
pub(crate) struct NamesCache {
    store: Store,
    tenants: Mutex<HashMap<TenantId, (Instant, Arc<Names>)>>,
}

impl NamesCache {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, tenants: Mutex::default() }
    }

    pub(crate) async fn of(&self, tenant: TenantId) -> Result<Arc<Names>> {
        let now = Instant::now();
        let known = self.tenants.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        if let Some((read, names)) = known
            && now < read + FRESH
        {
            return Ok(names);
        }
        let names = Arc::new(self.read(tenant).await?);
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if tenants.len() >= TENANTS {
            tenants.retain(|_, (read, _)| now < *read + FRESH);
        }
        tenants.insert(tenant, (now, Arc::clone(&names)));
        Ok(names)
    }

    /// A tenant's names have changed.
    pub(crate) fn forget(&self, tenant: TenantId) {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner).remove(&tenant);
    }

    async fn read(&self, tenant: TenantId) -> Result<Names> {
        let mut names = Names::default();
        for agent in self.store.list::<Agent>(tenant).await? {
            names.agents.insert(agent.id, (agent.number, agent.name));
        }
        for queue in self.store.list::<Queue>(tenant).await? {
            if queue.config.get("hidden").is_some_and(|h| h == true) {
                names.hidden.insert(queue.id);
            }
            names.queues.insert(queue.id, (queue.name, queue.title));
        }
        for team in self.store.list::<Team>(tenant).await? {
            // A row of another version may hold anything.
            let TeamConfig { title, agents } = serde_json::from_value(team.config).unwrap_or_default();
            names.teams.push(TeamName { id: team.id, name: team.name, title, agents });
        }
        for choice in self.store.list::<DispositionChoice>(tenant).await? {
            names.dispositions.insert(choice.code, choice.title);
        }
        for member in self.store.list::<QueueMember>(tenant).await? {
            names.serves.entry(member.agent).or_default().push(member.queue);
        }
        let shown = self.store.get::<Setting>(tenant, (tenant, AGENTS_SEE_SUPERVISION.to_owned())).await?;
        names.shows_supervision = shown.is_some_and(|s| s.value == true || s.value == "true");
        Ok(names)
    }
}
