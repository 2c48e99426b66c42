//! What an interaction was for each subject that it touched.

use std::collections::{BTreeMap, HashMap};

use types::record::{Direction, Outcome, SegmentKind};
use types::{AgentId, FlowId, InteractionId, QueueId, TeamId, TenantId, Wall};

use super::stay::{Stay, Stays};
use super::{Dimension, Figure, Sums};
use crate::parts::{Part, Span};

/// What counts as good service where no queue says so, seconds: what a queue's target is when nobody sets it.
const TARGET_S: u32 = 20;

/// What reports need of a record.
#[derive(Clone, Debug)]
pub(crate) struct Outline {
    pub(crate) id: InteractionId,
    pub(crate) tenant: TenantId,
    pub(crate) pos: u64,
    pub(crate) direction: Option<Direction>,
    pub(crate) outcome: Option<Outcome>,
    /// The customer's number; empty when withheld.
    pub(crate) customer: String,
    pub(crate) dialled: String,
    pub(crate) flows: Vec<FlowId>,
    pub(crate) began: Wall,
    pub(crate) connected: bool,
    pub(crate) ended: Wall,
    pub(crate) talk_ms: u64,
    pub(crate) hold_ms: u64,
    pub(crate) stays: Stays,
    pub(crate) parts: Vec<Part>,
    /// Agents who were done with it before it ended: who, for which queue, how long.
    pub(crate) wraps: Vec<(AgentId, Option<QueueId>, u64)>,
    /// Agents who talked with it, each with whether somebody else had it afterwards.
    pub(crate) handed_on: Vec<(AgentId, bool)>,
}

impl Outline {
    pub(crate) fn stays(spans: &[Span<'_>]) -> Stays {
        Stays::of(spans)
    }

    /// Agents who talked with it, each with whether somebody else was called or talked after the last talk.
    pub(crate) fn handed_on(spans: &[Span<'_>]) -> Vec<(AgentId, bool)> {
        let mut agents: Vec<(AgentId, bool)> = Vec::new();
        for span in spans {
            let kind = SegmentKind::parse(span.kind());
            let talks = kind == Some(SegmentKind::Talking);
            if talks || matches!(kind, Some(SegmentKind::Queued | SegmentKind::Ringing)) {
                agents.iter_mut().filter(|(agent, _)| span.agent() != Some(*agent)).for_each(|(_, on)| *on = true);
            }
            let Some(agent) = span.agent().filter(|_| talks) else { continue };
            match agents.iter_mut().find(|(known, _)| *known == agent) {
                // It has the customer again.
                Some((_, on)) => *on = false,
                None => agents.push((agent, false)),
            }
        }
        agents
    }
}

/// What is set up for a tenant's reports, as it was when an interaction came in.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) utc_offset_min: i32,
    pub(super) short_abandon_ms: u64,
    pub(super) repeat_ms: u64,
    pub(super) teams: HashMap<AgentId, Vec<TeamId>>,
}

impl Rules {
    pub(super) fn teams_of(&self, agent: AgentId) -> &[TeamId] {
        self.teams.get(&agent).map_or(&[], Vec::as_slice)
    }
}

/// What an interaction was for one subject.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Contact {
    pub(super) dimension: Dimension,
    pub(super) subject: String,
    pub(super) at: Wall,
    pub(super) pos: u64,
    pub(super) sums: Sums,
}

impl Outline {
    /// A contact for each subject. `target_s`: of a queue.
    pub(super) fn contacts(&self, rules: &Rules, target_s: impl Fn(QueueId) -> Option<u32>) -> Vec<Contact> {
        let target_ms = |queue: Option<QueueId>| u64::from(queue.and_then(&target_s).unwrap_or(TARGET_S)) * 1_000;
        let mut all = Vec::with_capacity(6);
        let contact =
            |dimension, subject: String, sums| Contact { dimension, subject, at: self.began, pos: self.pos, sums };
        let whole = self.whole(rules, target_ms);
        if let Some(direction) = self.direction {
            all.push(contact(Dimension::Direction, direction.as_str().to_owned(), whole));
        }
        all.extend(self.flows.iter().map(|flow| contact(Dimension::Flow, flow.to_string(), whole)));
        // What was refused was no number of ours: a scanner would fill the reports.
        if self.direction == Some(Direction::Inbound) && self.outcome != Some(Outcome::Rejected) {
            all.push(contact(Dimension::Number, self.dialled.clone(), whole));
        }
        for (at, stay) in self.stays.all.iter().enumerate() {
            if let Some(queue) = stay.queue {
                all.push(contact(Dimension::Queue, queue.to_string(), self.in_queue(at, stay, rules, target_ms)));
            }
        }
        let mut teams: BTreeMap<TeamId, Sums> = BTreeMap::new();
        for part in &self.parts {
            let sums = self.of_agent(part, &whole);
            for team in rules.teams_of(part.agent) {
                teams.entry(*team).or_default().join(&sums);
            }
            all.push(contact(Dimension::Agent, part.agent.to_string(), sums));
        }
        all.extend(teams.into_iter().map(|(team, sums)| contact(Dimension::Team, team.to_string(), sums)));
        all
    }

    fn is_abandoned(&self) -> bool {
        self.outcome == Some(Outcome::Abandoned) && !self.connected
    }

    pub(super) fn is_resolvable(&self) -> bool {
        self.direction == Some(Direction::Inbound) && !self.customer.is_empty()
    }

    fn whole(&self, rules: &Rules, target_ms: impl Fn(Option<QueueId>) -> u64) -> Sums {
        let stays = &self.stays;
        let place = stays.first_answered.or(stays.waiting_at_end).or(stays.all.len().checked_sub(1));
        let target_ms = target_ms(place.and_then(|at| stays.all[at].queue));
        let waited = Waited { ms: stays.waited_ms(), answered: self.connected, abandoned: self.is_abandoned() };
        let mut sums = Sums::default();
        sums.flag(Figure::Contacts, true);
        if !stays.all.is_empty() || waited.answered || waited.abandoned {
            waited.tell(&mut sums, target_ms, rules.short_abandon_ms);
        }
        sums.flag(Figure::Missed, self.parts.iter().any(|part| part.missed));
        sums.flag(Figure::Transferred, stays.all.iter().any(|stay| stay.transferred));
        sums.flag(Figure::Resolvable, waited.answered && self.is_resolvable());
        sums.set(Figure::TalkingMs, self.talk_ms);
        sums.set(Figure::HoldingMs, self.hold_ms);
        sums.set(Figure::WrappingMs, self.wraps.iter().map(|(_, _, ms)| ms).sum());
        sums
    }

    fn in_queue(&self, at: usize, stay: &Stay, rules: &Rules, target_ms: impl Fn(Option<QueueId>) -> u64) -> Sums {
        let answered = stay.answered_after_ms.is_some();
        let abandoned = !answered && self.outcome == Some(Outcome::Abandoned) && self.stays.waiting_at_end == Some(at);
        let waited = Waited { ms: stay.answered_after_ms.unwrap_or(stay.waited_ms), answered, abandoned };
        let mut sums = Sums::default();
        sums.flag(Figure::Contacts, true);
        waited.tell(&mut sums, target_ms(stay.queue), rules.short_abandon_ms);
        sums.flag(Figure::Transferred, stay.transferred);
        sums.flag(Figure::Resolvable, answered && self.is_resolvable());
        sums.set(Figure::TalkingMs, stay.talking_ms);
        sums.set(Figure::HoldingMs, stay.holding_ms);
        let wraps = self.wraps.iter().filter(|(_, queue, _)| *queue == stay.queue);
        sums.set(Figure::WrappingMs, wraps.map(|(_, _, ms)| ms).sum());
        sums
    }

    /// An agent is offered what rings there and answers what it takes: the customer's wait is the queue's matter.
    fn of_agent(&self, part: &Part, whole: &Sums) -> Sums {
        let taken = part.taken.is_some() || part.talked_ms > 0;
        let mut sums = Sums::default();
        sums.flag(Figure::Contacts, true);
        sums.flag(Figure::Offered, true);
        sums.flag(Figure::Answered, taken);
        sums.flag(Figure::WentOn, !taken);
        sums.flag(Figure::Missed, part.missed);
        sums.flag(Figure::Transferred, self.handed_on.iter().any(|(agent, on)| *agent == part.agent && *on));
        sums.flag(Figure::Resolvable, taken && whole.get(Figure::Resolvable) > 0);
        sums.set(Figure::TalkingMs, part.talked_ms);
        sums.set(Figure::HoldingMs, part.held_ms);
        let wraps = self.wraps.iter().filter(|(agent, _, _)| *agent == part.agent);
        sums.set(Figure::WrappingMs, wraps.map(|(_, _, ms)| ms).sum());
        sums
    }
}

/// A wait and its end.
struct Waited {
    ms: u64,
    answered: bool,
    abandoned: bool,
}

impl Waited {
    fn tell(&self, sums: &mut Sums, target_ms: u64, short_abandon_ms: u64) {
        let in_target = self.ms <= target_ms;
        sums.flag(Figure::Offered, true);
        sums.flag(Figure::Answered, self.answered);
        sums.flag(Figure::AnsweredInTarget, self.answered && in_target);
        sums.flag(Figure::Abandoned, self.abandoned);
        sums.flag(Figure::AbandonedShort, self.abandoned && self.ms < short_abandon_ms);
        sums.flag(Figure::AbandonedInTarget, self.abandoned && in_target);
        sums.flag(Figure::WentOn, !self.answered && !self.abandoned);
        sums.set(Figure::WaitedMs, self.ms);
        if self.answered {
            sums.set(Figure::AnswerWaitMs, self.ms);
        }
    }
}

impl Sums {
    /// Two agents of one team in the same interaction: it counts once, their times add up.
    fn join(&mut self, other: &Self) {
        for figure in Figure::ALL {
            let (mine, theirs) = (self.get(*figure), other.get(*figure));
            self.set(*figure, if figure.is_time() { mine + theirs } else { mine.max(theirs) });
        }
        self.flag(Figure::WentOn, self.get(Figure::Answered) == 0);
    }
}

impl Figure {
    /// Whether it is a sum of milliseconds rather than a count.
    pub const fn is_time(self) -> bool {
        matches!(self, Self::WaitedMs | Self::AnswerWaitMs | Self::TalkingMs | Self::HoldingMs | Self::WrappingMs)
    }
}
