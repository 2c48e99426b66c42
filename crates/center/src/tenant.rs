//! One tenant at work.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use acd::Router;
use dialplan::{DidTarget, DoNotCallList, Plan, PriorityRules};
use directory::{Directory, Registrations};
use flow::Flow;
use types::leg::Text;
use types::record::DoNotCall;
use types::voicemail::Mailbox;
use types::{AgentId, FlowId, InteractionId, Mono, Now, Private, QueueId, Seconds, TenantId, Wall};

use crate::bounds::time_for;
use crate::expired::Expired;
use crate::message::Message;
use crate::remembered::Remembered;
use crate::replay::SinceTold;
use crate::setup::{Setup, SetupError, invalid};
use crate::versions::Versions;
use crate::wishes::Wishes;
use crate::{Center, Who};

/// A call of an agent outside the queues.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DirectCall {
    pub(crate) id: InteractionId,
    /// It still rings at the agent.
    pub(crate) rings: bool,
}

/// An agent's work after a talk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wrapping {
    pub(crate) id: InteractionId,
    pub(crate) queue: Option<QueueId>,
    pub(crate) from: Wall,
}

/// One tenant's settings and the brains that work by them.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) directory: Directory,
    pub(crate) plan: Plan,
    pub(crate) router: Router,
    pub(crate) queues: HashMap<QueueId, acd::QueueConfig>,
    pub(crate) queue_names: HashMap<Text, QueueId>,
    /// Whose the mailboxes of queues are that not all who serve the queue have.
    pub(crate) mailbox_agents: HashMap<QueueId, Vec<AgentId>>,
    pub(crate) flows: HashMap<FlowId, Arc<Flow>>,
    pub(crate) library: Arc<flow::Library>,
    pub(crate) settings: HashMap<Text, Text>,
    /// What its flows show to other systems.
    pub(crate) secrets: HashMap<Text, Private<Text>>,
    pub(crate) databases: HashMap<Text, flow::Database>,
    /// Who goes before others.
    pub(crate) priorities: PriorityRules,
    /// Whom its people may not call.
    pub(crate) do_not_call: DoNotCallList,
    pub(crate) registrations: Registrations,
    pub(crate) registrations_lapse: Option<Mono>,
    /// Trunks at work.
    pub(crate) lines: HashMap<types::TrunkId, dialplan::Line>,
    /// Calls outside the queues by agent.
    pub(crate) direct_calls: HashMap<AgentId, Vec<DirectCall>>,
    pub(crate) longest_call: Duration,
    /// How long a page that has gone in the middle of a talk is waited for.
    pub(crate) reconnect: Duration,
    /// Agents who have said themselves that they want no calls: why, or nothing for signed out.
    pub(crate) away: HashMap<AgentId, Option<Text>>,
    /// Agents at work after a talk.
    pub(crate) wrapping: HashMap<AgentId, Wrapping>,
    /// Agents who are no longer among the tenant's, and whose last call goes on.
    pub(crate) retiring: HashSet<AgentId>,
    /// The messages in each mailbox, the oldest first.
    pub(crate) mailboxes: HashMap<Mailbox, Vec<Message>>,
    /// The interactions that ended last, the newest at the end.
    pub(crate) ended: VecDeque<InteractionId>,
    pub(crate) remembered: Remembered,
    /// Who waits to be called back.
    pub(crate) wishes: Wishes,
    pub(crate) alerts: alert::Board,
    pub(crate) alerts_armed: Option<Mono>,
    pub(crate) expired: Expired,
    pub(crate) armed: Option<Mono>,
    pub(crate) since_told: SinceTold,
    pub(crate) versions: Versions,
}

impl Tenant {
    /// Binding expiries are wall times; the timer is monotonic.
    pub(crate) fn rearm_registrations(&mut self, now: Now) {
        self.registrations_lapse = self.registrations.next_expiry().map(|at| {
            let ms = at.ms_since(now.wall);
            now.mono + Duration::from_millis(ms)
        });
    }

    /// Whether a queue is kept off the wall.
    pub(crate) fn is_hidden(&self, queue: QueueId) -> bool {
        self.queues.get(&queue).is_some_and(|q| q.hidden)
    }

    /// Whether a place that is lost in this queue is kept.
    pub(crate) fn keeps_places(&self, queue: QueueId) -> bool {
        self.queues.get(&queue).is_some_and(|q| q.keep_place_s.is_some())
    }

    /// Why its people may not call this number outside, however it is dialled; none where they may.
    pub(crate) fn may_not_call(&self, number: &Text) -> Option<DoNotCall> {
        self.do_not_call.of(&self.recorded(number)).filter(|_| !self.is_emergency(number))
    }

    /// What is added to the priority of one who calls from this number and has dialled that one.
    pub(crate) fn priority_of(&self, caller: &str, dialled: &str) -> i32 {
        self.priorities.of(caller, self.plan.numbering().received(dialled).text())
    }

    /// The same as it was set, for the journal: `routing.priority`.
    pub(crate) fn priority_setting(&self) -> Private<Text> {
        self.settings.get(PriorityRules::SETTING).cloned().unwrap_or_default().into()
    }

    /// Whether an agent is kept off the wall: one who serves hidden queues alone.
    pub(crate) fn is_agent_hidden(&self, agent: types::AgentId) -> bool {
        let queues = self.router.agent_config(agent).map_or(&[][..], |config| &config.queues);
        !queues.is_empty() && queues.iter().all(|queue| self.is_hidden(*queue))
    }

    /// The agent or the queue that has this number itself, without the dialplan's doing.
    pub(crate) fn by_own_number(&self, number: &str) -> Option<DidTarget> {
        if let Some(agent) = self.directory.agent_by_number(number) {
            return Some(DidTarget::Agent(agent.id));
        }
        // An empty number is none: a call that names nobody leads to no queue.
        let queue = self.queues.values().find(|q| !q.number.is_empty() && &*q.number == number)?;
        Some(DidTarget::Queue(queue.id))
    }

    /// Whether an agent can be rung at all.
    pub(crate) fn is_reachable(&self, agent: types::AgentId) -> bool {
        self.directory.agent(agent).is_some_and(|a| a.address.is_some())
            || self.directory.devices_of(agent).iter().any(|d| !self.registrations.of(*d).is_empty())
    }
}

impl Setup {
    /// Whether a center accepts it.
    ///
    /// # Errors
    /// The first setting that makes no sense.
    pub fn check(&self) -> Result<(), SetupError> {
        self.check_queue_numbers()?;
        self.check_caller_ids()?;
        for what in &Seconds::ALL {
            time_for(what, &self.settings)?;
        }
        self.priorities()?;
        self.do_not_call()?;
        for queue in &self.queues {
            queue.validate().map_err(|e| invalid("queue", &queue.name, &e))?;
        }
        for agent in &self.agents {
            agent.validate().map_err(|e| invalid("agent", &agent.number, &e))?;
        }
        Ok(())
    }
}

impl Center {
    /// Adds a tenant.
    ///
    /// # Errors
    /// When a queue's or an agent's settings make no sense; nothing has changed then.
    pub fn add_tenant(&mut self, now: Now, setup: Setup) -> Result<(), SetupError> {
        let (id, seed) = (setup.directory.tenant().id, setup.seed);
        let longest_call = time_for(&Seconds::LONGEST_CALL, &setup.settings)?;
        let reconnect = time_for(&Seconds::PAGE_AWAY, &setup.settings)?;
        setup.check_queue_numbers()?;
        setup.check_caller_ids()?;
        let priorities = setup.priorities()?;
        let do_not_call = setup.do_not_call()?;
        let mut router = Router::new(setup.seed);
        for queue in &setup.queues {
            router.upsert_queue(now, queue.clone()).map_err(|e| invalid("queue", &queue.name, &e))?;
        }
        for agent in &setup.agents {
            router.upsert_agent(now, agent.clone()).map_err(|e| invalid("agent", &agent.number, &e))?;
        }
        let thresholds = setup.thresholds;
        let always: Vec<_> = setup.directory.agents().filter(|a| a.address.is_some()).map(|a| a.id).collect();
        let tenant = Tenant {
            directory: setup.directory,
            plan: setup.plan,
            router,
            queue_names: setup.queues.iter().map(|q| (q.name.clone(), q.id)).collect(),
            queues: setup.queues.into_iter().map(|q| (q.id, q)).collect(),
            mailbox_agents: setup.mailbox_agents,
            library: Arc::new(setup.flows.values().map(|f| (f.id.clone(), f.clone())).collect()),
            flows: setup.flows,
            settings: setup.settings,
            secrets: setup.secrets,
            databases: setup.databases,
            priorities,
            do_not_call,
            registrations: Registrations::default(),
            registrations_lapse: None,
            lines: HashMap::new(),
            direct_calls: HashMap::new(),
            longest_call,
            reconnect,
            away: HashMap::new(),
            wrapping: HashMap::new(),
            retiring: HashSet::new(),
            mailboxes: HashMap::new(),
            ended: VecDeque::new(),
            remembered: Remembered::default(),
            wishes: Wishes::default(),
            alerts: alert::Board::default(),
            alerts_armed: None,
            expired: Expired::default(),
            armed: None,
            since_told: SinceTold::default(),
            versions: Versions::default(),
        };
        self.tenants.insert(id, tenant);
        self.set_thresholds(now, id, thresholds);
        self.routing_begins(now, id, seed);
        for agent in always {
            self.sign_in(now, id, agent);
        }
        self.dirty_routers.push_back(id);
        self.pump(now);
        Ok(())
    }

    /// What is known of a tenant's people and telephones.
    pub fn directory(&self, tenant: TenantId) -> Option<&Directory> {
        self.tenants.get(&tenant).map(|t| &t.directory)
    }

    /// A tenant's numbers and trunks.
    pub fn plan(&self, tenant: TenantId) -> Option<&Plan> {
        self.tenants.get(&tenant).map(|t| &t.plan)
    }

    /// One of a tenant's named values.
    pub fn setting(&self, tenant: TenantId, name: &str) -> Option<&str> {
        self.tenants.get(&tenant)?.settings.get(name).map(|value| &**value)
    }

    /// All tenants.
    pub fn tenants(&self) -> impl Iterator<Item = TenantId> {
        self.tenants.keys().copied()
    }

    pub(crate) fn touch_router(&mut self, tenant: TenantId) {
        self.dirty_routers.push_back(tenant);
    }

    pub(crate) fn disarm(&mut self, who: Who, armed: &mut Option<Mono>) {
        self.timers.arm(who, armed, None);
    }
}
