//! Agents' work after their talks: what is told of it against the agents' states.

use std::collections::{HashMap, HashSet};

use types::record::{AgentState, InteractionRecord, SegmentKind};
use types::{AgentId, InteractionId, Now, Wall};

use super::{Invariant, Verdict, number};

/// An agent at work after a talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Work {
    id: InteractionId,
    from: Wall,
}

#[derive(Debug, Default)]
pub(crate) struct Wraps {
    /// Who works after a talk, by the agents' states.
    working: HashMap<AgentId, Work>,
    /// What was told and no state has confirmed yet.
    told: HashMap<AgentId, (Work, u64)>,
    /// All that was told of interactions in progress.
    of: HashMap<InteractionId, Vec<(AgentId, Wall, Wall)>>,
    /// Who worked after which interaction.
    pairs: HashSet<(InteractionId, AgentId)>,
    /// Who had a part in which interaction.
    parts: HashSet<(InteractionId, AgentId)>,
}

impl Wraps {
    pub(crate) fn on_wrapped(&mut self, id: InteractionId, agent: AgentId, from: Wall, ms: u64) {
        self.told.insert(agent, (Work { id, from }, ms));
        self.of.entry(id).or_default().push((agent, from, Wall(from.0.saturating_add_unsigned(ms))));
        self.pairs.insert((id, agent));
    }

    /// Told of after the end of the work before it.
    pub(crate) fn on_state(
        &mut self,
        verdict: &mut Verdict,
        now: Now,
        agent: AgentId,
        state: AgentState,
        interaction: Option<InteractionId>,
    ) {
        let next = interaction.filter(|_| state == AgentState::WrapUp);
        let before = self.working.get(&agent).copied();
        if before.map(|w| w.id) == next {
            return;
        }
        self.working.remove(&agent);
        if let Some(id) = next {
            self.working.insert(agent, Work { id, from: now.wall });
        }
        let expected = before.map(|work| (work, now.wall.ms_since(work.from)));
        let told = self.told.remove(&agent);
        if told != expected {
            verdict.breaks(now, Invariant::WrapUps, || {
                format!("agent {}: told {told:?}, by its states {expected:?}", number(agent))
            });
        }
    }

    /// What had been told when the interaction ended is in its record.
    pub(crate) fn on_record(&mut self, verdict: &mut Verdict, now: Now, record: &InteractionRecord) {
        let id = record.id;
        self.parts.extend(record.legs.iter().filter_map(|l| Some((id, l.agent?))));
        let told = self.of.remove(&id).unwrap_or_default();
        let written = record.wrap_ups.iter().filter_map(|w| Some((w.agent?, w.from, w.to)));
        let kind = record.wrap_ups.iter().all(|w| w.kind == SegmentKind::WrapUp);
        if !kind || told != written.collect::<Vec<_>>() {
            verdict.breaks(now, Invariant::WrapUps, || format!("{id}: told {told:?}, written {:?}", record.wrap_ups));
        }
    }

    pub(crate) fn at_the_end(&self, verdict: &mut Verdict, now: Now) {
        for (agent, told) in &self.told {
            verdict.breaks(now, Invariant::WrapUps, || format!("agent {}: told {told:?} for nothing", number(*agent)));
        }
        for (id, agent) in self.pairs.difference(&self.parts) {
            verdict.breaks(now, Invariant::WrapUps, || {
                format!("agent {} worked after {id}, in which it had no part", number(*agent))
            });
        }
    }
}
