//! What the journal needs so that a decision can be made again, and making it again from there.

use std::time::Duration;

use acd::{Change, Ranking};
use serde::Serialize;
use serde::de::DeserializeOwned;
use types::event::{AgentStands, Event, Happening, Worked};
use types::leg::Text;
use types::record::{AgentState, Need};
use types::{AgentId, InteractionId, Mono, Now, Private, QueueId, TenantId, Wall};

use crate::Center;

/// Settings of one event: far below the journal's longest event, and one write all the same.
const AT_ONCE: usize = 1_000;

/// Queues of one event: each may name all agents.
const QUEUES_AT_ONCE: usize = 10;
/// All is told again after so many changes of agents' states, or after this time when there was any: who makes a decision
/// again reads no more than that.
const STATES: u32 = 5_000;
const TIME: Duration = Duration::from_secs(3600);

/// What has happened since all that decisions depend on was told.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SinceTold {
    /// Changes of agents' states.
    pub(crate) states: u32,
    /// When that was.
    at: Mono,
}

impl SinceTold {
    fn is_enough(self, now: Mono) -> bool {
        self.states >= STATES || self.states > 0 && now.since(self.at) >= TIME
    }
}

/// What a decision is made of, with an agent's state: what the journal keeps beside it.
#[derive(Debug)]
pub(crate) struct Basis {
    pub(crate) queue: Option<QueueId>,
    pub(crate) clock: Option<Mono>,
    pub(crate) worked: Option<Worked>,
    pub(crate) need: Need,
}

/// An offer of the past, and all whom the queue could have chosen instead.
#[derive(Clone, Debug, PartialEq)]
pub struct PastOffer {
    /// What was offered.
    pub interaction: InteractionId,
    /// By which queue.
    pub queue: QueueId,
    /// To whom.
    pub agent: AgentId,
    /// When.
    pub at: Wall,
    /// Everybody in question, the best first.
    pub ranking: Ranking,
}

/// A tenant's routing as the journal tells it. Hand it all events in order, from one on with which the tenant's routing
/// began anew.
#[derive(Debug)]
pub struct Replay {
    tenant: TenantId,
    router: Option<acd::Replay>,
    unreadable: u64,
}

impl Replay {
    /// A replay of this tenant.
    pub const fn new(tenant: TenantId) -> Self {
        Self { tenant, router: None, unreadable: 0 }
    }

    /// Whether the routing's beginning has been seen, or a moment at which all was told.
    pub const fn has_begun(&self) -> bool {
        self.router.is_some()
    }

    /// Settings that this version cannot read: what was decided since then may come out otherwise.
    pub const fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// Takes the next event. Gives the offer that it tells of when that is of an interaction that is `wanted`, with all
    /// candidates as they stood just before; none where the journal does not reach back to the routing's beginning.
    pub fn take(&mut self, event: &Event, wanted: impl FnOnce(InteractionId) -> bool) -> Option<PastOffer> {
        if event.tenant != self.tenant {
            return None;
        }
        match &event.what {
            // By the priorities it was decided who waits how long, not which agent is best for whoever is next.
            Happening::RoutingChanged { begun, queues, agents, queues_gone, agents_gone, priorities: _ } => {
                if let Some(seed) = begun {
                    (self.router, self.unreadable) = (Some(acd::Replay::new(*seed)), 0);
                }
                queues.iter().for_each(|settings| self.change(read(settings).map(Change::Queue)));
                agents.iter().for_each(|settings| self.change(read(settings).map(Change::Agent)));
                queues_gone.iter().for_each(|queue| self.change(Some(Change::QueueGone(*queue))));
                agents_gone.iter().for_each(|agent| self.change(Some(Change::AgentGone(*agent))));
                None
            }
            Happening::RoutingStands { queues, agents } => {
                let router = self.router.as_mut()?;
                queues.iter().for_each(|stands| router.queue_stands(stands));
                for AgentStands { agent, state, idle_ms, worked } in agents {
                    router.agent_state(*agent, *state, Some(Mono::from_millis(*idle_ms)), Some(*worked));
                }
                None
            }
            Happening::AgentState { agent, state, interaction, queue, clock_ms, worked, need, .. } => {
                let router = self.router.as_mut()?;
                let clock = clock_ms.map(Mono::from_millis);
                let mut offer = None;
                if let (Some(queue), Some(interaction), Some(now)) = (*queue, *interaction, clock) {
                    let ranking = wanted(interaction).then(|| router.rank(queue, need, now)).flatten();
                    let (agent, at) = (*agent, event.at);
                    offer = ranking.map(|ranking| PastOffer { interaction, queue, agent, at, ranking });
                    router.offered(queue, need, agent);
                }
                router.agent_state(*agent, *state, clock.filter(|_| *state == AgentState::Ready), *worked);
                offer
            }
            _ => None,
        }
    }

    fn change(&mut self, change: Option<Change>) {
        match (&mut self.router, change) {
            (Some(router), Some(change)) => router.change(change),
            (Some(_), None) => self.unreadable += 1,
            (None, _) => {}
        }
    }
}

fn read<T: DeserializeOwned>(settings: &Text) -> Option<T> {
    serde_json::from_str(settings).ok()
}

/// Plain data, which has a form in JSON.
pub(crate) fn written(settings: &impl Serialize) -> Option<Text> {
    serde_json::to_string(settings).ok().map(Into::into)
}

/// Changes as one event.
fn told(begun: Option<u64>, changes: &[Change], priorities: Option<Private<Text>>) -> Happening {
    let (mut queues, mut agents, mut queues_gone, mut agents_gone) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Queue(settings) => queues.extend(written(settings)),
            Change::Agent(settings) => agents.extend(written(settings)),
            Change::QueueGone(queue) => queues_gone.push(*queue),
            Change::AgentGone(agent) => agents_gone.push(*agent),
        }
    }
    Happening::RoutingChanged { begun, queues, agents, queues_gone, agents_gone, priorities }
}

impl Center {
    /// Writes down that a tenant's router begins anew from this seed, and the settings that it was given until now.
    pub(crate) fn routing_begins(&mut self, now: Now, tenant: TenantId, seed: u64) {
        let mut changes = Vec::new();
        if let Some(t) = self.tenants.get_mut(&tenant) {
            // Nobody is signed in yet: there is nothing else that it could say.
            while let Some(acd::Output::Settings(change)) = t.router.poll_output() {
                changes.push(*change);
            }
        }
        if let Some(t) = self.tenants.get_mut(&tenant) {
            changes.iter().for_each(|change| t.versions.note(change));
        }
        self.routing_told(now, tenant, seed, &changes);
    }

    fn routing_told(&mut self, now: Now, tenant: TenantId, seed: u64, settings: &[Change]) {
        self.tell_priorities(now, tenant, Some(seed));
        for some in settings.chunks(AT_ONCE) {
            self.journal(now, tenant, told(None, some, None));
        }
        if let Some(t) = self.tenants.get_mut(&tenant) {
            t.since_told = SinceTold { states: 0, at: now.mono };
        }
    }

    /// Who goes before others from now on; with a seed, as the first that is told of the routing.
    pub(crate) fn tell_priorities(&mut self, now: Now, tenant: TenantId, begun: Option<u64>) {
        let rules = self.tenants.get(&tenant).map(|t| t.priority_setting()).unwrap_or_default();
        self.journal(now, tenant, told(begun, &[], Some(rules)));
    }

    /// Now and then all that decisions depend on is told again. The router has nothing more to say at this moment.
    pub(crate) fn tell_how_routing_stands(&mut self, now: Now, tenant: TenantId) {
        let Some(t) = self.tenants.get(&tenant).filter(|t| t.since_told.is_enough(now.mono)) else { return };
        let stands = t.router.stands();
        self.routing_told(now, tenant, stands.seed, &stands.settings);
        for some in stands.queues.chunks(QUEUES_AT_ONCE) {
            self.journal(now, tenant, Happening::RoutingStands { queues: some.to_vec(), agents: Vec::new() });
        }
        for some in stands.agents.chunks(AT_ONCE) {
            self.journal(now, tenant, Happening::RoutingStands { queues: Vec::new(), agents: some.to_vec() });
        }
    }

    pub(crate) fn on_routing_change(&mut self, now: Now, tenant: TenantId, change: Change) {
        if let Some(t) = self.tenants.get_mut(&tenant) {
            t.versions.note(&change);
        }
        self.journal(now, tenant, told(None, &[change], None));
    }
}
