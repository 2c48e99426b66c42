//! Agents: leases, calls at once, and their time.

use center::Center;
use types::record::{AgentState, InteractionRecord, LegRole, SegmentKind};
use types::{AgentId, InteractionId, Now, Wall};

use super::{Invariant, Verdict, number};
use crate::figures::Figures;
use crate::people::People;

/// A lease that ends is enforced by a timer at once; this much may pass in rounding.
const SLACK_MS: u64 = 2_000;
/// Between an agent's release and the end of its leg lies the network: so much for each leg, and
/// once for the whole day, milliseconds.
const PER_LEG_MS: u64 = 200;
const PER_DAY_MS: u64 = 10_000;

#[derive(Debug)]
struct Agent {
    state: AgentState,
    /// Its state when a call began to ring at it without a queue's doing.
    rung_in: Option<AgentState>,
    since: Wall,
    /// Time by state: ready, ringing, talking, wrap-up, milliseconds.
    times: [u64; 4],
    /// When its legs were up, or its page was awaited, by the records.
    legs: Vec<(i64, i64)>,
}

#[derive(Debug)]
pub(crate) struct Agents {
    people: People,
    agents: Vec<Agent>,
}

impl Agents {
    pub(crate) fn new(people: People) -> Self {
        let offline =
            || Agent { state: AgentState::Offline, rung_in: None, since: Wall(0), times: [0; 4], legs: Vec::new() };
        let agents = people.ids().iter().map(|_| offline()).collect();
        Self { people, agents }
    }

    pub(crate) fn on_state(
        &mut self,
        verdict: &mut Verdict,
        now: Now,
        id: AgentId,
        state: AgentState,
        interaction: Option<InteractionId>,
        by_queue: bool,
    ) {
        let Some(agent) = self.people.place(id).and_then(|place| self.agents.get_mut(place)) else { return };
        let (from, to) = (agent.state, state);
        agent.pass(now.wall);
        agent.state = state;
        let occupied = matches!(state, AgentState::Ringing | AgentState::Talking | AgentState::WrapUp);
        if occupied != interaction.is_some() {
            verdict.breaks(now, Invariant::Leases, || format!("agent {}: {to:?} of {interaction:?}", number(id)));
        }
        // Queues ring only who is ready, and only a talk leads to the work after it, which goes on
        // when a call that rang meanwhile was not answered.
        let may = match to {
            AgentState::Ringing => !by_queue || matches!(from, AgentState::Ready | AgentState::Ringing),
            AgentState::WrapUp => {
                matches!(from, AgentState::Talking | AgentState::WrapUp) || agent.rung_in == Some(AgentState::WrapUp)
            }
            _ => true,
        };
        agent.rung_in = match to {
            AgentState::Ringing if from == AgentState::Ringing => agent.rung_in,
            AgentState::Ringing => Some(from),
            _ => None,
        };
        if !may {
            verdict.breaks(now, Invariant::AgentStates, || format!("agent {}: {from:?} to {to:?}", number(id)));
        }
    }

    /// When the agents' legs were up, by this record, and when their pages were awaited: they count as talking all the
    /// while, also once the leg that was lost has ended.
    pub(crate) fn on_record(&mut self, record: &InteractionRecord) {
        for (at, leg) in record.legs.iter().enumerate() {
            let Some(agent) = leg.agent.filter(|_| leg.role == LegRole::Agent) else { continue };
            // An agent who calls is occupied from the first moment.
            let calls = at == 0;
            let from = if calls { Some(leg.started) } else { leg.answered };
            let place = self.people.place(agent);
            if let Some((agent, from)) = place.and_then(|place| self.agents.get_mut(place)).zip(from) {
                agent.legs.push((from.0, leg.ended.unwrap_or(record.ended).0));
            }
        }
        for segment in record.segments.iter().filter(|s| s.kind == SegmentKind::Away) {
            let place = segment.agent.and_then(|agent| self.people.place(agent));
            if let Some(agent) = place.and_then(|place| self.agents.get_mut(place)) {
                agent.legs.push((segment.from.0, segment.to.0));
            }
        }
    }

    pub(crate) fn look(&self, verdict: &mut Verdict, now: Now, center: &Center) {
        for id in self.people.ids().iter().copied() {
            let Some(status) = center.agent_status(now, self.people.tenant(), id) else { continue };
            let over = status.until.map_or(0, |until| now.wall.ms_since(until));
            if over > SLACK_MS {
                verdict.breaks(now, Invariant::Leases, || {
                    format!("agent {} is {:?} for {over} ms beyond its lease", number(id), status.state)
                });
            }
        }
    }

    pub(crate) fn at_the_end(&mut self, verdict: &mut Verdict, now: Now) {
        for (agent, id) in self.agents.iter_mut().zip(self.people.ids().iter().copied()) {
            agent.pass(now.wall);
            if !matches!(agent.state, AgentState::Offline | AgentState::NotReady | AgentState::Ready) {
                let state = agent.state;
                verdict.breaks(now, Invariant::NothingLeft, || format!("agent {} is {state:?}", number(id)));
            }
            let (told, legs) = (agent.times[2], union(&mut agent.legs));
            if told.abs_diff(legs) > PER_DAY_MS + PER_LEG_MS * agent.legs.len() as u64 {
                verdict.breaks(now, Invariant::AgentSums, || {
                    format!("agent {}: talked {told} ms, by its legs {legs} ms", number(id))
                });
            }
        }
    }

    pub(crate) fn tell(&self, figures: &mut Figures) {
        let sum = |i: usize| self.agents.iter().map(|a| a.times[i]).sum::<u64>();
        figures.ready_ms = sum(0);
        figures.occupied_ms = sum(1) + sum(2) + sum(3);
    }
}

impl Agent {
    fn pass(&mut self, to: Wall) {
        let ms = to.ms_since(self.since);
        let slot = match self.state {
            AgentState::Ready => Some(0),
            AgentState::Ringing => Some(1),
            AgentState::Talking => Some(2),
            AgentState::WrapUp => Some(3),
            AgentState::Offline | AgentState::NotReady => None,
        };
        if let Some(slot) = slot {
            self.times[slot] += ms;
        }
        self.since = to.max(self.since);
    }
}

/// The time that is in at least one of these spans.
fn union(spans: &mut [(i64, i64)]) -> u64 {
    spans.sort_unstable();
    let (mut total, mut end) = (0, i64::MIN);
    for &mut (from, to) in spans {
        let from = from.max(end);
        if to > from {
            total += to - from;
            end = to;
        }
    }
    u64::try_from(total).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_spans_count_once() {
        assert_eq!(union(&mut [(5, 9), (0, 3), (2, 6), (20, 21), (4, 4)]), 10);
        assert_eq!(union(&mut []), 0);
    }
}
