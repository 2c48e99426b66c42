//! The agents of one queue: who is ready, in the strategy's order, and how many are out and why.
//! Kept up to date at each change of an agent's state, so that a decision never walks over all.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use types::leg::Text;
use types::record::{AgentState, Candidate, Excluded};
use types::{AgentId, QueueId};

use crate::agent::Agent;
use crate::config::{QueueConfig, Strategy};
use crate::strategy::{Facts, Moment, Rank, lot};

/// Runners-up that a decision keeps.
pub(crate) const NEXT_MAX: usize = 10;

/// Reasons that keep an agent out, by index; [`index`] maps states to them.
static REASONS: LazyLock<[Text; KINDS]> = LazyLock::new(|| {
    ["ready", "offline", "not_ready", "ringing", "talking", "wrap_up", "missing_skill"].map(Arc::from)
});
const KINDS: usize = 7;
const MISSING_SKILL: usize = 6;

const fn index(state: AgentState) -> usize {
    match state {
        AgentState::Ready => 0,
        AgentState::Offline => 1,
        AgentState::NotReady => 2,
        AgentState::Ringing => 3,
        AgentState::Talking => 4,
        AgentState::WrapUp => 5,
    }
}

/// The best stands first: greatest rank, then the lot, then the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    rank: Reverse<Rank>,
    tie: u64,
    agent: AgentId,
}

#[derive(Debug)]
struct Member {
    kind: usize,
    last_offer: u64,
    /// Its levels in the queue's skills, summed.
    levels: u32,
    standing: Option<Standing>,
}

#[derive(Debug)]
pub(crate) struct Members {
    queue: QueueId,
    strategy: Strategy,
    all: BTreeMap<AgentId, Member>,
    ready: BTreeSet<Standing>,
    counts: [u32; KINDS],
    offers: u64,
}

impl Members {
    pub(crate) const fn new(queue: QueueId, strategy: Strategy) -> Self {
        Self { queue, strategy, all: BTreeMap::new(), ready: BTreeSet::new(), counts: [0; KINDS], offers: 0 }
    }

    /// Orders by another strategy from now on; the caller puts all members in anew.
    pub(crate) fn set_strategy(&mut self, strategy: Strategy) {
        self.strategy = strategy;
    }

    /// Brings a member in, or up to date with the queue's settings and the state the agent shows.
    pub(crate) fn put(&mut self, agent: &Agent, queue: &QueueConfig) {
        let levels = queue.skills.iter().map(|need| u32::from(agent.config.level(&need.skill))).sum();
        self.set(agent, queue.suits(&agent.config), levels);
    }

    /// Brings a member in of whom nothing is asked.
    pub(crate) fn put_any(&mut self, agent: &Agent) {
        self.set(agent, true, 0);
    }

    /// As [`Self::put`] for a member whose skills have not changed.
    pub(crate) fn update(&mut self, agent: &Agent) {
        if let Some(member) = self.all.get(&agent.config.id) {
            self.set(agent, member.kind != MISSING_SKILL, member.levels);
        }
    }

    fn set(&mut self, agent: &Agent, suits: bool, levels: u32) {
        let id = agent.config.id;
        let kind = if suits { index(agent.shown.state) } else { MISSING_SKILL };
        let member = self.all.entry(id).or_insert_with(|| {
            self.counts[kind] += 1;
            Member { kind, last_offer: 0, levels, standing: None }
        });
        self.counts[member.kind] -= 1;
        self.counts[kind] += 1;
        member.kind = kind;
        member.levels = levels;
        if let Some(old) = member.standing.take() {
            self.ready.remove(&old);
        }
        if kind == index(AgentState::Ready) {
            let facts = Facts {
                idle_since: agent.idle_since,
                last_offer: member.last_offer,
                worked: agent.worked,
                order: agent.config.order,
                number: agent.config.number.parse().unwrap_or(i64::MAX),
                weight: agent.config.weight,
                levels,
            };
            let standing = Standing { rank: Reverse(self.strategy.rank(facts)), tie: agent.tie, agent: id };
            self.ready.insert(standing);
            member.standing = Some(standing);
        }
    }

    pub(crate) fn remove(&mut self, agent: AgentId) {
        if let Some(member) = self.all.remove(&agent) {
            self.counts[member.kind] -= 1;
            if let Some(standing) = member.standing {
                self.ready.remove(&standing);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// How many suitable agents are in this state.
    pub(crate) const fn count(&self, state: AgentState) -> u32 {
        self.counts[index(state)]
    }

    /// Suitable agents who are signed in.
    pub(crate) fn staffed(&self) -> bool {
        self.working() > 0 || self.count(AgentState::NotReady) > 0
    }

    /// Each suitable agent who is signed in.
    pub(crate) fn signed_in(&self) -> impl Iterator<Item = AgentId> {
        let there = |member: &Member| member.kind != index(AgentState::Offline) && member.kind != MISSING_SKILL;
        self.all.iter().filter(move |(_, member)| there(member)).map(|(id, _)| *id)
    }

    /// Suitable agents who work: ready, ringing, talking or wrapping up.
    pub(crate) fn working(&self) -> u32 {
        [AgentState::Ready, AgentState::Ringing, AgentState::Talking, AgentState::WrapUp]
            .into_iter()
            .map(|state| self.count(state))
            .sum()
    }

    /// Whether this agent serves the queue and is ready.
    pub(crate) fn is_ready(&self, agent: AgentId) -> bool {
        self.all.get(&agent).is_some_and(|member| member.standing.is_some())
    }

    /// Whether this agent serves the queue and is signed in.
    pub(crate) fn is_there(&self, agent: AgentId) -> bool {
        self.all
            .get(&agent)
            .is_some_and(|member| member.kind != index(AgentState::Offline) && member.kind != MISSING_SKILL)
    }

    /// All who are ready, the best first where no lots are drawn.
    pub(crate) fn ready(&self) -> impl Iterator<Item = AgentId> {
        self.ready.iter().map(|standing| standing.agent)
    }

    /// The best of the ready ones who fit, so many at most, and how many ready ones do not.
    pub(crate) fn best(
        &self,
        now: types::Mono,
        most: usize,
        fits: Option<&dyn Fn(AgentId) -> bool>,
    ) -> (Vec<Candidate>, u32) {
        let moment = Moment { now, offers: self.offers };
        let candidate = |rank: Rank, agent| Candidate { agent, terms: self.strategy.terms(rank, moment) };
        let mut unfit = 0;
        let fit = self.ready.iter().filter(|standing| {
            let fit = fits.is_none_or(|fits| fits(standing.agent));
            unfit += u32::from(!fit);
            fit
        });
        let best = if self.strategy.draws() {
            let mut drawn: Vec<_> = fit.map(|standing| self.draw(standing)).collect();
            if drawn.len() > most {
                drawn.select_nth_unstable(most);
                drawn.truncate(most);
            }
            drawn.sort_unstable();
            drawn.into_iter().map(|standing| candidate(standing.rank.0, standing.agent)).collect()
        } else if fits.is_none() {
            fit.take(most).map(|standing| candidate(standing.rank.0, standing.agent)).collect()
        } else {
            let mut best = Vec::new();
            // To the end, so that all who do not fit are counted.
            for standing in fit {
                if best.len() < most {
                    best.push(candidate(standing.rank.0, standing.agent));
                }
            }
            best
        };
        (best, unfit)
    }

    fn draw(&self, standing: &Standing) -> Standing {
        let lot = lot(standing.tie, self.queue.0, self.offers);
        Standing { rank: Reverse(self.strategy.drawn(standing.rank.0, lot)), ..*standing }
    }

    /// The moment of a decision of this queue.
    pub(crate) const fn moment(&self, now: types::Mono) -> Moment {
        Moment { now, offers: self.offers }
    }

    /// How many agents are out, by reason; `unfit` more for lack of a skill.
    pub(crate) fn excluded(&self, unfit: u32) -> Vec<Excluded> {
        let count = |kind: usize| self.counts[kind] + if kind == MISSING_SKILL { unfit } else { 0 };
        (1..KINDS)
            .filter(|kind| count(*kind) > 0)
            .map(|kind| Excluded { reason: REASONS[kind].clone(), count: count(kind) })
            .collect()
    }

    /// The strategy's name.
    pub(crate) fn strategy(&self) -> Text {
        self.strategy.name()
    }

    /// Every agent who was out of the question, and why; a ready one who does not fit lacks a skill.
    pub(crate) fn left_out(&self, fits: impl Fn(AgentId) -> bool) -> impl Iterator<Item = (AgentId, Text)> {
        let ready = index(AgentState::Ready);
        let out = self.all.iter().filter(move |(agent, member)| member.kind != ready || !fits(**agent));
        out.map(move |(agent, member)| {
            let kind = if member.kind == ready { MISSING_SKILL } else { member.kind };
            (*agent, REASONS[kind].clone())
        })
    }

    /// How many offers there have been, and the number of the last one of each agent who got one.
    pub(crate) fn offers(&self) -> (u64, Vec<(AgentId, u64)>) {
        let last = self.all.iter().filter(|(_, member)| member.last_offer > 0);
        (self.offers, last.map(|(agent, member)| (*agent, member.last_offer)).collect())
    }

    /// Takes that there have been these offers. Nobody may be ready yet.
    pub(crate) fn set_offers(&mut self, offers: u64, last: &[(AgentId, u64)]) {
        self.offers = offers;
        for (agent, offer) in last {
            if let Some(member) = self.all.get_mut(agent) {
                member.last_offer = *offer;
            }
        }
    }

    /// Notes that this agent gets the queue's next offer.
    pub(crate) fn offered(&mut self, agent: AgentId) {
        self.offers += 1;
        if let Some(member) = self.all.get_mut(&agent) {
            member.last_offer = self.offers;
        }
    }
}
