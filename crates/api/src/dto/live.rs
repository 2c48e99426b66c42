//! What goes on right now.

use directory::Permission;
use serde::Serialize;
use types::Wall;
use types::record::SegmentKind;
use types::register::Registering;
use utoipa::ToSchema;

use super::{
    AgentRef, AgentStateName, Capacity, Channel, Direction, LiveAlert, NextState, SupervisionMode, Title, mirror,
};
use crate::names::{Names, TeamName};
use crate::viewer::Viewer;

/// What an interaction does right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LiveInteractionState {
    Menu,
    Queued,
    Ringing,
    Talking,
    Held,
    Away,
    Parked,
    Ending,
}

impl From<SegmentKind> for LiveInteractionState {
    fn from(kind: SegmentKind) -> Self {
        match kind {
            // Nothing has answered yet: to whoever looks, it rings.
            SegmentKind::Setup | SegmentKind::Ringing => Self::Ringing,
            SegmentKind::Menu => Self::Menu,
            SegmentKind::Queued => Self::Queued,
            SegmentKind::Talking => Self::Talking,
            SegmentKind::Held => Self::Held,
            SegmentKind::Away => Self::Away,
            SegmentKind::Parked => Self::Parked,
            SegmentKind::Ending | SegmentKind::WrapUp => Self::Ending,
        }
    }
}

/// An agent right now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LiveAgent {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) state: AgentStateName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    pub(crate) since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interaction_id: Option<String>,
    /// What the agent has asked for once what it does now is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<NextState>,
    /// Ids of the queues the agent serves.
    pub(crate) queues: Vec<String>,
}

impl From<center::LiveAgent> for LiveAgent {
    fn from(agent: center::LiveAgent) -> Self {
        let center::LiveAgent { number, name, queues, status } = agent;
        Self {
            id: status.agent.to_string(),
            number: number.to_string(),
            name: name.reveal().to_string(),
            state: status.state.into(),
            reason: status.reason.map(|r| r.to_string()),
            since: status.since.to_string(),
            until: status.until.map(|at| at.to_string()),
            interaction_id: status.interaction.map(|id| id.to_string()),
            next: NextState::not_ready(status.next),
            queues: queues.iter().map(ToString::to_string).collect(),
        }
    }
}

/// An interaction right now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LiveInteraction {
    pub(crate) id: String,
    pub(crate) channel: Channel,
    pub(crate) direction: Direction,
    pub(crate) state: LiveInteractionState,
    /// The caller's number; empty when withheld.
    pub(crate) from: String,
    /// The number dialled.
    pub(crate) to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) queue_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent_id: Option<String>,
    pub(crate) started_at: String,
    pub(crate) state_since: String,
    /// The number of its slot, while it is parked: any telephone that dials it picks the call up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) slot: Option<u16>,
    /// Place in its queue, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) position: Option<u32>,
    /// The interaction in which the customer asked for this call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) callback_of: Option<String>,
    /// Supervisors who take part; for whomever `interaction.supervised` is told, and which tells what changes. Events
    /// leave it out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) supervisors: Vec<LiveSupervisor>,
}

/// A supervisor who takes part in a call.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LiveSupervisor {
    pub(crate) agent_id: String,
    pub(crate) mode: SupervisionMode,
}

impl LiveInteraction {
    /// As this reader may see it.
    pub(crate) fn new(live: center::LiveInteraction, viewer: &Viewer, names: &Names) -> Self {
        let (sight, sees_supervision) = (viewer.sight(), viewer.sees_supervision(names, live.agent));
        let supervisor = |(agent, mode): (types::AgentId, types::record::Supervision)| LiveSupervisor {
            agent_id: agent.to_string(),
            mode: mode.into(),
        };
        let supervisors = live.supervisors.into_iter().filter(|_| sees_supervision).map(supervisor);
        Self {
            id: live.id.to_string(),
            channel: Channel::Voice,
            direction: live.direction.into(),
            state: live.state.into(),
            from: sight.number(live.from.reveal(), live.agent),
            to: sight.number(live.to.reveal(), live.agent),
            queue_id: live.queue.map(|id| id.to_string()),
            agent_id: live.agent.map(|id| id.to_string()),
            started_at: live.started.to_string(),
            state_since: live.state_since.to_string(),
            slot: live.slot,
            position: live.position,
            callback_of: live.callback_of.map(|of| of.to_string()),
            supervisors: supervisors.collect(),
        }
    }
}

/// A queue right now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct LiveQueue {
    pub(crate) id: String,
    /// The technical name.
    pub(crate) name: String,
    pub(crate) title: Title,
    /// What is dialled, or transferred to, to hand a call to this queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extension: Option<String>,
    pub(crate) waiting: u32,
    /// Customers in line who are to be called back.
    pub(crate) callbacks: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) longest_wait_since: Option<String>,
    pub(crate) ready_agents: u32,
    pub(crate) talking_agents: u32,
    #[schema(required = false)]
    pub(crate) ringing_agents: u32,
    #[schema(required = false)]
    pub(crate) wrap_up_agents: u32,
    #[schema(required = false)]
    pub(crate) not_ready_agents: u32,
    /// Share of today's offered calls answered within the target, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service_level: Option<f64>,
    pub(crate) answered_today: u64,
    pub(crate) abandoned_today: u64,
    pub(crate) offered_today: u64,
    /// Waits that ended within the last half hour: answered, given up, sent elsewhere.
    #[schema(required = false)]
    pub(crate) ended_recently: u32,
    /// Of them, answered within the target.
    #[schema(required = false)]
    pub(crate) in_target_recently: u32,
    /// Of them, given up by the customer.
    #[schema(required = false)]
    pub(crate) abandoned_recently: u32,
    /// The most that waited at once in each minute of the last hour, the oldest first. Events leave it out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) waited: Vec<u32>,
}

impl LiveQueue {
    pub(crate) fn new(queue: center::LiveQueue, names: &Names) -> Self {
        Self {
            id: queue.queue.to_string(),
            title: names.queue_title(queue.queue).into(),
            name: queue.name.to_string(),
            extension: Some(queue.number.to_string()).filter(|number| !number.is_empty()),
            waiting: queue.waiting,
            callbacks: queue.callbacks,
            longest_wait_since: queue.longest_wait_since.map(|at| at.to_string()),
            ready_agents: queue.ready,
            talking_agents: queue.talking,
            ringing_agents: queue.ringing,
            wrap_up_agents: queue.wrap_up,
            not_ready_agents: queue.not_ready,
            service_level: queue.service_level,
            answered_today: queue.answered,
            abandoned_today: queue.abandoned,
            offered_today: queue.offered,
            ended_recently: queue.recent.ended(),
            in_target_recently: queue.recent.in_target,
            abandoned_recently: queue.recent.abandoned,
            waited: Vec::new(),
        }
    }
}

/// Whether the far end of a trunk answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TrunkState {
    /// Nobody asks, or it has not been asked yet.
    Unknown,
    /// It answers.
    Up,
    /// It does not: calls pass it over.
    Down,
}

/// How a trunk's registration with its carrier stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TrunkRegistration {
    /// It does not register.
    Off,
    /// The first answer is awaited.
    Trying,
    /// The carrier knows where we are.
    Registered,
    /// The carrier does not take us.
    Refused,
    /// There is no answer.
    Unreachable,
}

/// A trunk right now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct LiveTrunk {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Calls in progress, in and out.
    pub(crate) calls: u32,
    /// Most calls at once; 0 is no limit.
    pub(crate) max_calls: u32,
    pub(crate) state: TrunkState,
    pub(crate) registration: TrunkRegistration,
    /// What the carrier said when it refused the registration: a SIP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) registration_status: Option<u16>,
}

impl From<center::LiveTrunk> for LiveTrunk {
    fn from(trunk: center::LiveTrunk) -> Self {
        let state = match trunk.health {
            center::Health::Unknown => TrunkState::Unknown,
            center::Health::Up => TrunkState::Up,
            center::Health::Down => TrunkState::Down,
        };
        let (registration, registration_status) = match trunk.registration {
            None => (TrunkRegistration::Off, None),
            Some(Registering::Trying) => (TrunkRegistration::Trying, None),
            Some(Registering::Registered) => (TrunkRegistration::Registered, None),
            Some(Registering::Refused { status }) => (TrunkRegistration::Refused, Some(status)),
            Some(Registering::Unreachable) => (TrunkRegistration::Unreachable, None),
        };
        let (id, name) = (trunk.id.to_string(), trunk.name.to_string());
        let (calls, max_calls) = (trunk.calls, trunk.max_calls);
        Self { id, name, calls, max_calls, state, registration, registration_status }
    }
}

/// A team.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LiveTeam {
    pub(crate) id: String,
    /// The technical name.
    pub(crate) name: String,
    pub(crate) title: Title,
    /// Ids of its agents.
    pub(crate) agents: Vec<String>,
}

impl LiveTeam {
    fn new(team: &TeamName) -> Self {
        let ids = team.agents.iter().map(ToString::to_string);
        let title = team.title.shown(&team.name).into();
        Self { id: team.id.to_string(), name: team.name.to_string(), title, agents: ids.collect() }
    }
}

mirror! {
    /// What was held.
    LeaseKind of types::lease::LeaseKind { Connect = "connect", Talk = "talk", Call = "call", Leg = "leg" }
}

/// A lease that had to expire: a release was forgotten somewhere, and what was held is free again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExpiredLease {
    /// `connect`: an agent between its answer and the talk; `talk`: one in a talk of a queue's; `call`: one in a call
    /// outside the queues; `leg`: a telephone that was told to end and never said that it had.
    pub(crate) lease: LeaseKind,
    /// When it expired.
    pub(crate) at: String,
    /// Since when it was held.
    pub(crate) since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<AgentRef>,
    pub(crate) interaction_id: String,
    /// Why it expired, a sentence for people.
    pub(crate) why: String,
}

impl ExpiredLease {
    pub(crate) fn new(at: Wall, expired: &types::lease::ExpiredLease, names: &Names) -> Self {
        Self {
            lease: expired.lease.into(),
            at: at.to_string(),
            since: expired.since.to_string(),
            agent: expired.agent.map(|agent| AgentRef::new(agent, names)),
            interaction_id: expired.interaction.to_string(),
            why: expired.lease.why().to_owned(),
        }
    }
}

/// All of a tenant right now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LiveSnapshot {
    /// Where the event stream continues from this snapshot.
    pub(crate) cursor: String,
    pub(crate) at: String,
    pub(crate) agents: Vec<LiveAgent>,
    pub(crate) interactions: Vec<LiveInteraction>,
    pub(crate) queues: Vec<LiveQueue>,
    #[schema(required = false)]
    pub(crate) trunks: Vec<LiveTrunk>,
    /// Alerts that stand, for whomever `alert.raised` is told.
    #[schema(required = false)]
    pub(crate) alerts: Vec<LiveAlert>,
    /// Teams, for the same.
    #[schema(required = false)]
    pub(crate) teams: Vec<LiveTeam>,
    #[schema(required = false)]
    pub(crate) capacity: Capacity,
    /// Leases that had to expire, the newest first, fifty at most; empty for whoever may not supervise. What comes is
    /// told by `lease.expired`.
    #[schema(required = false)]
    pub(crate) expired_leases: Vec<ExpiredLease>,
}

impl LiveSnapshot {
    pub(crate) fn new(cursor: u64, at: Wall, mut live: center::Live, names: &Names, viewer: &Viewer) -> Self {
        let mut agents: Vec<LiveAgent> = live.agents.into_iter().map(LiveAgent::from).collect();
        agents.sort_by(|a, b| a.number.cmp(&b.number));
        let seen = |i| LiveInteraction::new(i, viewer, names);
        let mut interactions: Vec<_> = live.interactions.into_iter().map(seen).collect();
        interactions.sort_by(|a, b| a.id.cmp(&b.id));
        let mut queues: Vec<LiveQueue> = live
            .queues
            .into_iter()
            .map(|q| LiveQueue { waited: live.waited.remove(&q.queue).unwrap_or_default(), ..LiveQueue::new(q, names) })
            .collect();
        queues.sort_by(|a, b| a.id.cmp(&b.id));
        let trunks = live.trunks.into_iter().map(LiveTrunk::from).collect();
        let expired = live.expired.iter().filter(|_| viewer.may(Permission::Supervise));
        let expired_leases = expired.map(|(at, lease)| ExpiredLease::new(*at, lease, names)).collect();
        let sees = viewer.may(Permission::InteractionsReadAll);
        let shown = live.alerts.into_iter().filter(|_| sees);
        let alerts = shown.map(|s| LiveAlert::new(s.alert, s.raised, s.acknowledged, names)).collect();
        let teams = names.teams().iter().filter(|_| sees).map(LiveTeam::new).collect();
        let capacity = live.capacity.into();
        let (cursor, at) = (cursor.to_string(), at.to_string());
        Self { cursor, at, agents, interactions, queues, trunks, alerts, teams, capacity, expired_leases }
    }
}
