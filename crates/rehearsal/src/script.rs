//! Who calls when, and who works when.

use std::collections::BTreeMap;
use std::time::Duration;

use center::Setup;
use sim::Rng;
use sim::rehearse::{Arrival, Duty, Turn};
use store::{Past, StateChange};
use types::leg::Text;
use types::record::{AgentState, Outcome};
use types::{AgentId, Private, Wall};

use crate::demand::{Demand, Seats, minutes};
use crate::error::Error;
use crate::history::Call;

const MINUTE: Duration = Duration::from_secs(60);
/// The interval by which a forecast tells times of the day apart, minutes.
pub(crate) const FORECAST_MIN: u64 = 30;
/// Who has no hours of its own works from so long before the first call …
const BEFORE: Duration = Duration::from_secs(15 * 60);
/// … until so long after the last one.
const AFTER: Duration = Duration::from_secs(30 * 60);

/// The calls of a recorded day: who gave up is as patient as it was, who was answered talks as long as it did.
pub(crate) fn recorded(calls: &[Past<Call>], midnight: Wall, patience_s: Option<f64>, seed: u64) -> Vec<Arrival> {
    let mut rng = Rng::new(seed ^ 0x07ec_04de);
    let arrival = |call: &Past<Call>| {
        let record = &call.record;
        let waited = Duration::from_millis(record.wait_ms);
        let drawn = rng.exponential(patience_s.unwrap_or(0.0));
        let patience = match record.outcome {
            Outcome::Abandoned if record.queue.is_some() => Some(waited),
            // It would have waited on; for how long nobody knows.
            _ if record.wait_ms > 0 => patience_s.map(|_| waited + drawn),
            _ => None,
        };
        Arrival {
            at: Duration::from_millis(call.started.ms_since(midnight)),
            number: record.to.reveal().clone(),
            caller: record.from.clone(),
            patience,
            talk: record.connected.map(|_| Duration::from_millis((record.talk_ms + record.hold_ms).max(1_000))),
        }
    };
    // They come newest first.
    calls.iter().rev().map(arrival).collect()
}

/// A whole number of calls whose mean is the one that is expected.
fn whole(expected: f64, rng: &mut Rng) -> usize {
    expected.floor() as usize + usize::from(rng.chance(expected.fract()))
}

/// Calls within an interval, at any moments of it.
fn spread(
    out: &mut Vec<Arrival>,
    (from, length): (Duration, Duration),
    (number, count): (&Text, usize),
    callers: &[Private<Text>],
    rng: &mut Rng,
) {
    for _ in 0..count {
        let at = from + length.mul_f64(rng.unit());
        let caller = match callers.len() {
            0 => Private::new(format!("1990{:07}", out.len()).into()),
            some => callers[rng.below(some)].clone(),
        };
        out.push(Arrival { at, number: number.clone(), caller, patience: None, talk: None });
    }
}

/// The mean of days that have been, by time of day and number, times a factor; with callers who have called then.
pub(crate) fn forecast(days: &[(Wall, Vec<Past<Call>>)], scale: f64, seed: u64) -> Vec<Arrival> {
    let mut cells: BTreeMap<(u64, Text), Vec<Private<Text>>> = BTreeMap::new();
    for (midnight, calls) in days {
        for call in calls {
            let interval = call.started.ms_since(*midnight) / (FORECAST_MIN * 60_000);
            let cell = cells.entry((interval, call.record.to.reveal().clone())).or_default();
            cell.push(call.record.from.clone());
        }
    }
    let (mut rng, mut all) = (Rng::new(seed ^ 0xf07e_ca57), Vec::new());
    let length = MINUTE * FORECAST_MIN as u32;
    for ((interval, number), callers) in &cells {
        let count = whole(callers.len() as f64 * scale / days.len().max(1) as f64, &mut rng);
        spread(&mut all, (length * *interval as u32, length), (number, count), callers, &mut rng);
    }
    all.sort_by_key(|arrival| arrival.at);
    all
}

/// What somebody has written down.
pub(crate) fn written(demand: &Demand, seed: u64) -> Vec<Arrival> {
    let (mut rng, mut all) = (Rng::new(seed ^ 0x3717_7e4a), Vec::new());
    for cell in &demand.calls {
        let from = MINUTE * minutes(&cell.from).unwrap_or_default();
        let (count, number) = (whole(cell.calls, &mut rng), Text::from(cell.number.as_str()));
        spread(&mut all, (from, MINUTE * demand.interval_min), (&number, count), &[], &mut rng);
    }
    all.sort_by_key(|arrival| arrival.at);
    all
}

/// What agents did on a day, from their states; those before midnight tell how the day began.
pub(crate) fn hours(states: &[StateChange], midnight: Wall) -> Vec<Turn> {
    let mut before: BTreeMap<AgentId, Duty> = BTreeMap::new();
    let mut turns = Vec::new();
    for change in states {
        let duty = match change.state {
            AgentState::Offline => Duty::Away,
            AgentState::NotReady => Duty::Break,
            AgentState::Ready | AgentState::Ringing | AgentState::Talking | AgentState::WrapUp => Duty::Ready,
        };
        if before.insert(change.agent, duty) == Some(duty) {
            continue;
        }
        turns.push(Turn { at: Duration::from_millis(change.at.ms_since(midnight)), agent: change.agent, duty });
    }
    // Of what was before midnight only the last of each counts.
    let mut begins: BTreeMap<AgentId, Turn> = BTreeMap::new();
    turns.retain(|turn| {
        let earlier = turn.at.is_zero();
        if earlier {
            begins.insert(turn.agent, turn.clone());
        }
        !earlier
    });
    let there = begins.into_values().filter(|turn| turn.duty != Duty::Away);
    there.chain(turns).collect()
}

/// These agents work from a little before the first call to a little after the last one.
pub(crate) fn all_day(agents: impl Iterator<Item = AgentId>, arrivals: &[Arrival]) -> Vec<Turn> {
    let (Some(first), Some(last)) = (arrivals.first(), arrivals.last()) else { return Vec::new() };
    let (from, to) = (first.at.saturating_sub(BEFORE), last.at + AFTER);
    agents
        .flat_map(|agent| [Turn { at: from, agent, duty: Duty::Ready }, Turn { at: to, agent, duty: Duty::Away }])
        .collect()
}

/// Agents for the seats, in the order of their numbers, those first who are there today and in the draft.
///
/// # Errors
/// A queue that is in neither.
pub(crate) fn seats(seats: &[Seats], today: &Setup, draft: Option<&Setup>) -> Result<Vec<Turn>, Error> {
    let setups = || std::iter::once(today).chain(draft);
    let mut known: BTreeMap<AgentId, (usize, Text)> = BTreeMap::new();
    for agent in setups().flat_map(|setup| &setup.agents) {
        known.entry(agent.id).or_insert_with(|| (0, agent.number.clone())).0 += 1;
    }
    let mut order: Vec<(AgentId, (usize, Text))> = known.into_iter().collect();
    order.sort_by(|(_, (a_in, a)), (_, (b_in, b))| b_in.cmp(a_in).then_with(|| a.cmp(b)));
    let mut taken: BTreeMap<AgentId, Vec<(u32, u32)>> = BTreeMap::new();
    let mut turns = Vec::new();
    for (at, wanted) in seats.iter().enumerate() {
        let (from, to) = (minutes(&wanted.from).unwrap_or_default(), minutes(&wanted.to).unwrap_or_default());
        if let Some(name) = &wanted.queue
            && !setups().any(|setup| setup.queues.iter().any(|queue| *queue.name == **name))
        {
            return Err(Error::wanted(format!("demand.seats[{at}].queue"), format!("there is no queue {name}")));
        }
        let serves = |agent: AgentId| match &wanted.queue {
            None => true,
            Some(name) => setups().any(|setup| {
                let queue = setup.queues.iter().find(|queue| *queue.name == **name).map(|queue| queue.id);
                let config = setup.agents.iter().find(|config| config.id == agent);
                queue.zip(config).is_some_and(|(queue, config)| config.queues.contains(&queue))
            }),
        };
        let is_free = |agent: &AgentId, taken: &BTreeMap<AgentId, Vec<(u32, u32)>>| {
            taken.get(agent).is_none_or(|times| times.iter().all(|(begin, end)| *end <= from || *begin >= to))
        };
        let chosen: Vec<AgentId> = order
            .iter()
            .map(|(agent, _)| *agent)
            .filter(|agent| is_free(agent, &taken) && serves(*agent))
            .take(wanted.agents as usize)
            .collect();
        for agent in chosen {
            taken.entry(agent).or_default().push((from, to));
        }
    }
    for (agent, mut times) in taken {
        times.sort_unstable();
        // Who goes on with the next stretch does not sign out between the two.
        let mut joined: Vec<(u32, u32)> = Vec::new();
        for (from, to) in times {
            match joined.last_mut().filter(|last| last.1 == from) {
                Some(last) => last.1 = to,
                None => joined.push((from, to)),
            }
        }
        for (from, to) in joined {
            turns.push(Turn { at: MINUTE * from, agent, duty: Duty::Ready });
            turns.push(Turn { at: MINUTE * to, agent, duty: Duty::Away });
        }
    }
    turns.sort_by_key(|turn| turn.at);
    Ok(turns)
}
