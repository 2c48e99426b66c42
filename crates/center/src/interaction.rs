//! One interaction in progress.

use std::collections::VecDeque;
use std::time::Duration;

use call::Call;
use flow::Walk;
use types::forward::Forward;
use types::leg::{CallerId, Text};
use types::record::{Direction, SkillLevel, Supervision};
use types::{AgentId, InteractionId, LegId, Mono, Now, PlayId, Private, QueueId, TenantId, TrunkId, Wall};

use crate::bounds::Bounds;
use crate::ledger::Ledger;
use crate::measured::Unmeasured;
use crate::message::Message;
use crate::outside::OutsideWay;
use crate::pages::Pages;
use crate::voicemail::Leaving;

/// How long a direct call rings before it counts as not answered: four ringback cycles and a half
/// more than most people need, and below the three minutes after which proxies give up.
pub(crate) const RING_FOR: Duration = Duration::from_secs(45);

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
    /// In a slot, for whoever picks it up.
    Parked,
    /// The customer talks with somebody.
    Talking,
    /// All is being taken down.
    Ending,
}

/// What a playback is for.
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
    /// Music while the other one holds.
    Hold,
    /// The target rings.
    Ringback,
    /// The number of the slot in which it has parked the customer; it leaves then.
    Slot,
    /// Something for one who listens to its messages.
    Mailbox,
    /// The last thing the caller hears.
    Farewell,
}

/// What plays to a leg.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Playback {
    pub(crate) leg: LegId,
    pub(crate) play: PlayId,
    pub(crate) what: Playing,
}

/// An agent whom this interaction keeps from other work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Engaged {
    pub(crate) agent: AgentId,
    pub(crate) leg: LegId,
    /// Came from a queue's offer: wrap-up follows.
    pub(crate) queue: Option<QueueId>,
    /// Has a customer whom a queue had given to somebody else, and since when: that queue's wrap-up follows.
    pub(crate) took_on: Option<(QueueId, Mono)>,
}

impl Engaged {
    /// One whom no queue has found.
    pub(crate) const fn unqueued(agent: AgentId, leg: LegId) -> Self {
        Self { agent, leg, queue: None, took_on: None }
    }
}

/// A supervisor who takes part in a call, or is rung to.
#[derive(Clone, Debug)]
pub(crate) struct Supervisor {
    pub(crate) agent: AgentId,
    /// Its telephones while they ring, and then the one that answered.
    pub(crate) legs: Vec<LegId>,
    pub(crate) mode: Supervision,
    /// It has answered.
    pub(crate) is_there: bool,
}

/// When one who waits is told its position and its expected wait next, and hears music at last while a telephone that it
/// is offered to says nothing; none for never.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Announcements {
    pub(crate) position: Option<Mono>,
    pub(crate) wait: Option<Mono>,
    pub(crate) music: Option<Mono>,
}

impl Announcements {
    /// When there is something to tell.
    pub(crate) fn next(&self) -> Option<Mono> {
        [self.position, self.wait, self.music].into_iter().flatten().min()
    }
}

/// A customer in a slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parked {
    /// Its number, as it is dialled.
    pub(crate) slot: u16,
    /// When whoever parked it is rung again; not once that is done.
    pub(crate) until: Option<Mono>,
    /// Who parked it.
    pub(crate) by: Option<AgentId>,
}

/// What somebody who listens hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hears {
    /// How many messages there are, or what became of one; a message comes after it.
    Words,
    /// A message, and what can be done with it.
    Message,
    /// Nothing: a key is waited for.
    Nothing,
}

/// Somebody who listens to its messages.
#[derive(Clone, Debug)]
pub(crate) struct Listening {
    /// Who.
    pub(crate) agent: AgentId,
    pub(crate) messages: Vec<Message>,
    /// The one that is played, or comes next.
    pub(crate) at: usize,
    pub(crate) hears: Hears,
    /// Until when a key is waited for.
    pub(crate) until: Option<Mono>,
}

/// On whose behalf somebody is rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    /// For the customer, who has nobody to talk with.
    Reach,
    /// For a party that hands the customer on.
    Transfer {
        by: LegId,
        /// Somebody was rung already; else the wish itself is refused.
        begun: bool,
    },
}

impl Errand {
    pub(crate) const fn begun(self) -> Self {
        match self {
            Self::Reach => Self::Reach,
            Self::Transfer { by, .. } => Self::Transfer { by, begun: true },
        }
    }
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
    /// What plays, to whom; one at most for each leg.
    pub(crate) playing: Vec<Playback>,
    pub(crate) language: Text,
    pub(crate) caller: CallerId,
    pub(crate) dialled: Private<Text>,
    pub(crate) engaged: Vec<Engaged>,
    /// Which agent each dialled leg belongs to, until it ends.
    pub(crate) dialled_agents: Vec<(LegId, AgentId)>,
    /// Ways outside that are still to be tried, the next first.
    pub(crate) further_ways: VecDeque<OutsideWay>,
    /// How long each of them may ring.
    pub(crate) ring_for: Duration,
    /// The agent who is being rung because somebody asked for it, and on whose behalf.
    pub(crate) rung: Option<(AgentId, Errand)>,
    /// The slot in which the customer is, or was until whoever parked it is rung again.
    pub(crate) parked: Option<Parked>,
    /// How the call was led on since somebody had it last.
    pub(crate) led: Vec<Forward>,
    /// Legs that occupy a line of a trunk.
    pub(crate) lines: Vec<(LegId, TrunkId)>,
    pub(crate) record: bool,
    /// The customer has refused to be recorded.
    pub(crate) record_refused: bool,
    pub(crate) announcements: Announcements,
    /// Legs whose media has stopped, and when each counts as gone.
    pub(crate) media_lost: Vec<(LegId, Mono)>,
    pub(crate) pages: Pages,
    /// When the leases of the agents who talk are renewed.
    pub(crate) alive_at: Option<Mono>,
    pub(crate) bounds: Bounds,
    pub(crate) armed: Option<Mono>,
    /// A callback was noted: the customer is not lost.
    pub(crate) callback: bool,
    /// It calls a customer back who asked for it in this interaction.
    pub(crate) callback_of: Option<InteractionId>,
    /// The caller's number was made up for a trial: nobody outside is shown it.
    pub(crate) made_up_caller: bool,
    /// The message that it is leaving.
    pub(crate) leaving: Option<Leaving>,
    /// It listens to its messages.
    pub(crate) listening: Option<Listening>,
    /// It has left a message: the customer is not lost.
    pub(crate) left_message: bool,
    /// What its flow wants the agent to be able to do, beside what the queue asks.
    pub(crate) wants: Vec<SkillLevel>,
    /// Since when it waits for an agent, over all offers.
    pub(crate) waited_from: Option<Now>,
    /// Since when it had waited in the queue that it left last without an agent: the place of a callback.
    pub(crate) stood: Option<Now>,
    /// How long it had waited when an agent took it: counts again should it lose that agent.
    pub(crate) waited: Duration,
    /// The agent who left last, for what its leaving means.
    pub(crate) departed: Option<Engaged>,
    /// Supervisors who take part, or are rung to.
    pub(crate) supervisors: Vec<Supervisor>,
    /// Since when the recording is paused.
    pub(crate) paused: Option<Wall>,
    /// The party that called in serves the other one now (it asked for a transfer).
    pub(crate) swapped: bool,
    pub(crate) unmeasured: Unmeasured,
}

impl Interaction {
    pub(crate) fn new(
        id: InteractionId,
        tenant: TenantId,
        call: Call,
        ledger: Ledger,
        caller: CallerId,
        dialled: Private<Text>,
        bounds: Bounds,
    ) -> Self {
        Self {
            id,
            tenant,
            call,
            ledger,
            walk: None,
            stage: Stage::Walking,
            playing: Vec::new(),
            language: "zh".into(),
            caller,
            dialled,
            engaged: Vec::new(),
            dialled_agents: Vec::new(),
            further_ways: VecDeque::new(),
            ring_for: RING_FOR,
            rung: None,
            led: Vec::new(),
            parked: None,
            lines: Vec::new(),
            record: false,
            record_refused: false,
            announcements: Announcements::default(),
            media_lost: Vec::new(),
            pages: Pages::default(),
            alive_at: None,
            bounds,
            armed: None,
            callback: false,
            callback_of: None,
            made_up_caller: false,
            leaving: None,
            listening: None,
            left_message: false,
            wants: Vec::new(),
            waited_from: None,
            stood: None,
            waited: Duration::ZERO,
            departed: None,
            supervisors: Vec::new(),
            paused: None,
            swapped: false,
            unmeasured: Unmeasured::default(),
        }
    }

    /// By what it is decided which versions of flows it walks: the customer's number, or what is its own where there is none.
    pub(crate) fn lot(&self) -> Private<Text> {
        let number = &self.caller.number;
        if number.reveal().is_empty() { Private::new(self.id.to_string().into()) } else { number.clone() }
    }

    /// The flow has no more say; its steps go into the record.
    pub(crate) fn leave_flow(&mut self) {
        if let Some(walk) = self.walk.take() {
            self.ledger.trace(walk.trace().iter().cloned());
        }
    }

    /// When this interaction wants to be called next.
    pub(crate) fn deadline(&self) -> Option<Mono> {
        let walk = self.walk.as_ref().and_then(Walk::poll_timeout);
        let lost = self.media_lost.iter().map(|(_, at)| *at).min();
        let parked = self.parked.filter(|_| self.stage == Stage::Parked).and_then(|p| p.until);
        let figures = self.unmeasured.deadline();
        let listens = self.listening.as_ref().and_then(|listening| listening.until);
        let kept = [parked, listens, self.alive_at, self.bounds.deadline(), self.pages.deadline(), figures];
        let own = [self.call.poll_timeout(), walk, self.announcements.next(), lost].into_iter().chain(kept);
        own.flatten().min()
    }

    /// The agent whose leg this is.
    pub(crate) fn agent_of(&self, leg: LegId) -> Option<AgentId> {
        let engaged = self.engaged.iter().find(|e| e.leg == leg).map(|e| e.agent);
        engaged.or_else(|| self.dialled_agents.iter().find(|(l, _)| *l == leg).map(|(_, a)| *a))
    }

    /// The agent that calls out, where one does.
    pub(crate) fn calls_out(&self) -> Option<AgentId> {
        let outward = self.ledger.record().direction != Direction::Inbound;
        outward.then(|| self.engaged.first().map(|e| e.agent)).flatten()
    }

    /// What the customer is played.
    pub(crate) fn customer_hears(&self) -> Option<Playing> {
        let customer = self.call.customer();
        self.playing.iter().find(|p| p.leg == customer).map(|p| p.what)
    }

    /// A leg hears this from now on, in place of what it was played before.
    pub(crate) fn note_playing(&mut self, leg: LegId, play: PlayId, what: Playing) {
        self.playing.retain(|p| p.leg != leg);
        self.playing.push(Playback { leg, play, what });
    }

    /// The slot in which the customer is now.
    pub(crate) fn slot(&self) -> Option<u16> {
        self.parked.filter(|_| self.stage == Stage::Parked).map(|p| p.slot)
    }

    /// A playback is over; what it was for.
    pub(crate) fn played(&mut self, play: PlayId) -> Option<Playing> {
        let at = self.playing.iter().position(|p| p.play == play)?;
        Some(self.playing.swap_remove(at).what)
    }

    pub(crate) fn hears_hold_music(&self, leg: LegId) -> bool {
        self.playing.iter().any(|p| p.leg == leg && p.what == Playing::Hold)
    }
}
