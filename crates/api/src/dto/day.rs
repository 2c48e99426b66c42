//! An agent's day.

use serde::Serialize;
use store::{AgentDay as Stored, Part};
use types::record::AgentState;
use types::{InteractionId, Wall};
use utoipa::ToSchema;

/// Length of one entry of `hours`, milliseconds.
const HOUR_MS: i64 = 3_600_000;

/// Calls of an agent within a time, which are over.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub(crate) struct DayCalls {
    /// Calls that the agent took.
    pub(crate) answered: u32,
    /// Calls that rang at the agent and that nobody took there.
    pub(crate) missed: u32,
    pub(crate) talk_ms: u64,
    pub(crate) hold_ms: u64,
    pub(crate) wrap_up_ms: u64,
}

/// An hour of an agent's day, counted from its beginning.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayHour {
    pub(crate) from: String,
    #[serde(flatten)]
    pub(crate) calls: DayCalls,
}

/// What an agent did within a time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgentDay {
    #[serde(flatten)]
    pub(crate) calls: DayCalls,
    pub(crate) ready_ms: u64,
    pub(crate) not_ready_ms: u64,
    /// Ringing, talking and wrapping up.
    pub(crate) busy_ms: u64,
    /// All of these together.
    pub(crate) signed_in_ms: u64,
    /// The hours with calls, in their order; a call counts in the hour in which it began.
    pub(crate) hours: Vec<DayHour>,
}

impl AgentDay {
    /// The figures from a moment until before another.
    pub(crate) fn new(day: &Stored, from: Wall, to: Wall) -> Self {
        let count = |part: &Part| DayCalls {
            answered: u32::from(part.taken.is_some()),
            missed: u32::from(part.missed),
            talk_ms: part.talked_ms,
            hold_ms: part.held_ms,
            wrap_up_ms: wrap_up_ms(day, part.interaction),
        };
        let mut all = Self {
            calls: DayCalls::default(),
            ready_ms: 0,
            not_ready_ms: 0,
            busy_ms: 0,
            signed_in_ms: 0,
            hours: Vec::new(),
        };
        let mut last = None;
        for part in &day.parts {
            let calls = count(part);
            if calls.answered + calls.missed == 0 {
                continue;
            }
            let hour = (part.began.0 - from.0) / HOUR_MS;
            if last != Some(hour) {
                let from = Wall(from.0 + hour * HOUR_MS).to_string();
                all.hours.push(DayHour { from, calls: DayCalls::default() });
                last = Some(hour);
            }
            all.calls.add(calls);
            if let Some(hour) = all.hours.last_mut() {
                hour.calls.add(calls);
            }
        }
        all.add_states(day, from, to);
        all
    }

    fn add_states(&mut self, day: &Stored, from: Wall, to: Wall) {
        let ends = day.states.iter().skip(1).map(|next| next.at).chain([to]);
        for (state, end) in day.states.iter().zip(ends) {
            let ms = end.min(to).ms_since(state.at.max(from));
            match state.state {
                AgentState::Offline => continue,
                AgentState::Ready => self.ready_ms += ms,
                AgentState::NotReady => self.not_ready_ms += ms,
                AgentState::Ringing | AgentState::Talking | AgentState::WrapUp => self.busy_ms += ms,
            }
            self.signed_in_ms += ms;
        }
    }
}

impl DayCalls {
    fn add(&mut self, more: Self) {
        self.answered += more.answered;
        self.missed += more.missed;
        self.talk_ms += more.talk_ms;
        self.hold_ms += more.hold_ms;
        self.wrap_up_ms += more.wrap_up_ms;
    }
}

fn wrap_up_ms(day: &Stored, id: InteractionId) -> u64 {
    day.wrap_ups.iter().filter(|wrap| wrap.interaction == id).map(|wrap| wrap.wrap_up_ms).sum()
}
