//! One interaction in progress.

use call::Call;
use flow::Walk;
use types::leg::{CallerId, Text};
use types::{AgentId, InteractionId, LegId, Mono, PlayId, Private, QueueId, TenantId};

use crate::ledger::Ledger;

/// Who has control of the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The flow.
    Walking,
    /// A queue: music and announcements.
    Queued { queue: QueueId },
    /// An agent's telephones ring.
    Offered { queue: QueueId, agent: AgentId },
    /// An agent has answered; the customer is told who it is.
    Announcing { queue: QueueId, agent: AgentId, leg: LegId },
    /// A transfer target, a colleague or a trunk is being reached without a queue.
    Reaching,
    /// The customer talks with somebody.
    Talking,
    /// All is being taken down.
    Ending,
}

/// What a playback was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Playing {
    /// The flow wants to know when this playback of its own ends.
    Flow(u32),
    /// Music while waiting.
    Music,
    /// A position or comfort announcement; music comes after it.
    Announcement,
    /// The agent's number; the bridge comes after it.
    AgentNumber,
    /// Music while the agent holds.
    Hold,
    /// The last thing the caller hears.
    Farewell,
}

/// An agent whom this interaction keeps from other work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Engaged {
    pub(crate) agent: AgentId,
    pub(crate) leg: LegId,
    /// Came from a queue's offer: wrap-up follows.
    pub(crate) queue: Option<QueueId>,
}

/// One interaction.
#[derive(Debug)]
pub(crate) struct Interaction {
    pub(crate) id: InteractionId,
    pub(crate) tenant: TenantId,
    pub(crate) call: Call,
    pub(crate) ledger: Ledger,
    pub(crate) walk: Option<Walk>,
    pub(crate) stage: Stage,
    pub(crate) playing: Option<(PlayId, Playing)>,
    pub(crate) language: Text,
    pub(crate) caller: CallerId,
    pub(crate) dialled: Private<Text>,
    pub(crate) engaged: Vec<Engaged>,
    /// Which agent each dialled leg belongs to, until it ends.
    pub(crate) dialled_agents: Vec<(LegId, AgentId)>,
    /// Trunks that are still to be tried, the next first.
    pub(crate) further_targets: std::collections::VecDeque<types::leg::Target>,
    pub(crate) record: bool,
    pub(crate) announce_at: Option<Mono>,
    /// The media of this leg has stopped; when it counts as gone.
    pub(crate) media_lost: Option<(LegId, Mono)>,
    pub(crate) armed: Option<Mono>,
    /// A callback was noted: the customer is not lost.
    pub(crate) callback: bool,
    /// Since when it waits for an agent, over all attempts.
    pub(crate) waited_from: Option<types::Now>,
    /// The trunk it came by or goes out by.
    pub(crate) trunk: Option<types::TrunkId>,
}

impl Interaction {
    pub(crate) fn new(
        id: InteractionId,
        tenant: TenantId,
        customer: LegId,
        ledger: Ledger,
        caller: CallerId,
        dialled: Private<Text>,
    ) -> Self {
        Self {
            id,
            tenant,
            call: Call::incoming(customer),
            ledger,
            walk: None,
            stage: Stage::Walking,
            playing: None,
            language: "zh".into(),
            caller,
            dialled,
            engaged: Vec::new(),
            dialled_agents: Vec::new(),
            further_targets: std::collections::VecDeque::new(),
            record: false,
            announce_at: None,
            media_lost: None,
            armed: None,
            callback: false,
            waited_from: None,
            trunk: None,
        }
    }

    /// When this interaction wants to be called next.
    pub(crate) fn deadline(&self) -> Option<Mono> {
        let walk = self.walk.as_ref().and_then(Walk::poll_timeout);
        let lost = self.media_lost.map(|(_, at)| at);
        [self.call.poll_timeout(), walk, self.announce_at, lost].into_iter().flatten().min()
    }

    /// The agent whose leg this is.
    pub(crate) fn agent_of(&self, leg: LegId) -> Option<AgentId> {
        let engaged = self.engaged.iter().find(|e| e.leg == leg).map(|e| e.agent);
        engaged.or_else(|| self.dialled_agents.iter().find(|(l, _)| *l == leg).map(|(_, a)| *a))
    }
}
