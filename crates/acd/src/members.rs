//! The agents of one queue: who is ready, in the strategy's order, and how many are out and why.
//! Kept up to date at each change of an agent's state, so that a decision never walks over all.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use types::AgentId;
use types::leg::Text;
use types::record::{AgentState, Candidate, Excluded};

use crate::agent::Agent;
use crate::config::Strategy;
use crate::strategy::{Facts, Moment, Rank};

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
    standing: Option<Standing>,
}

#[derive(Debug)]
pub(crate) struct Members {
    strategy: Strategy,
    all: BTreeMap<AgentId, Member>,
    ready: BTreeSet<Standing>,
    counts: [u32; KINDS],
    offers: u64,
}

impl Members {
    pub(crate) const fn new(strategy: Strategy) -> Self {
        Self { strategy, all: BTreeMap::new(), ready: BTreeSet::new(), counts: [0; KINDS], offers: 0 }
    }

    /// Orders by another strategy from now on; the caller puts all members in anew.
    pub(crate) fn set_strategy(&mut self, strategy: Strategy) {
        self.strategy = strategy;
    }

    /// Brings a member in, or up to date with the state the agent shows.
    pub(crate) fn put(&mut self, agent: &Agent, suits: bool) {
        let id = agent.config.id;
        let kind = if suits { index(agent.shown.state) } else { MISSING_SKILL };
        let member = self.all.entry(id).or_insert_with(|| {
            self.counts[kind] += 1;
            Member { kind, last_offer: 0, standing: None }
        });
        self.counts[member.kind] -= 1;
        self.counts[kind] += 1;
        member.kind = kind;
        if let Some(old) = member.standing.take() {
            self.ready.remove(&old);
        }
        if kind == index(AgentState::Ready) {
            let facts = Facts { idle_since: agent.idle_since, last_offer: member.last_offer };
            let standing = Standing { rank: Reverse(self.strategy.rank(facts)), tie: agent.tie, agent: id };
            self.ready.insert(standing);
            member.standing = Some(standing);
        }
    }

    /// As [`Self::put`] for a member whose skills have not changed.
    pub(crate) fn update(&mut self, agent: &Agent) {
        if let Some(member) = self.all.get(&agent.config.id) {
            let suits = member.kind != MISSING_SKILL;
            self.put(agent, suits);
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

    /// Suitable agents who work: ready, ringing, talking or wrapping up.
    pub(crate) fn working(&self) -> u32 {
        [AgentState::Ready, AgentState::Ringing, AgentState::Talking, AgentState::WrapUp]
            .into_iter()
            .map(|state| self.count(state))
            .sum()
    }

    /// The choice now: the winner, so many runners-up, and who was out.
    pub(crate) fn choose(&self, now: types::Mono, most: usize) -> Option<(Candidate, Vec<Candidate>, Vec<Excluded>)> {
        let moment = Moment { now, offers: self.offers };
        let candidate = |standing: &Standing| Candidate {
            agent: standing.agent,
            terms: self.strategy.terms(standing.rank.0, moment),
        };
        let mut ready = self.ready.iter();
        let winner = candidate(ready.next()?);
        let next = ready.take(most).map(candidate).collect();
        let excluded = (1..KINDS)
            .filter(|kind| self.counts[*kind] > 0)
            .map(|kind| Excluded { reason: REASONS[kind].clone(), count: self.counts[kind] })
            .collect();
        Some((winner, next, excluded))
    }

    /// Every agent who was out of the question, and why.
    pub(crate) fn left_out(&self) -> impl Iterator<Item = (AgentId, Text)> {
        let out = self.all.iter().filter(|(_, member)| member.kind != index(AgentState::Ready));
        out.map(|(agent, member)| (*agent, REASONS[member.kind].clone()))
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
