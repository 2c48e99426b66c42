//! Rehearsal: a day's callers meet a centre's real settings in virtual time, before anybody else does.
//!
//! A [`Script`] is what happens around the centre: who calls when, for how long they wait and talk, which keys they press,
//! who works when. [`rehearse`] plays it against a [`Setup`](center::Setup), a tenant's settings as the product itself takes
//! them, and tells what came of it by interval and by queue. Two settings that are played with one script meet the very
//! same callers: each caller's draws follow from the seed and the caller's own place in the day alone, so that what differs
//! is the settings' doing.
//!
//! What is assumed: telephones and carriers work; agents do nothing but take calls and go on breaks; a talk is not handed
//! on; callbacks are asked for and not carried out.

mod callers;
mod cast;
mod choice;
mod lines;
mod stage;
mod tally;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use center::{Setup, SetupError};
use types::leg::Text;
use types::{AgentId, Private, Wall};

use crate::{Broken, WaitFigures};

pub use tally::{Interval, LeftAt, Nowhere, Outcomes, QueueFigures};

/// The shortest and the longest interval of the result, minutes.
pub const INTERVAL_RANGE_MIN: std::ops::RangeInclusive<u32> = 5..=1440;

/// What happens around the centre on a day.
#[derive(Clone, Debug)]
pub struct Script {
    /// The midnight of the tenant at which the day begins.
    pub midnight: Wall,
    /// How finely the result is told, minutes, within [`INTERVAL_RANGE_MIN`].
    pub interval_min: u32,
    /// The seed of all chance.
    pub seed: u64,
    /// Who calls, in the order of time.
    pub arrivals: Vec<Arrival>,
    /// Who works when, in the order of time.
    pub turns: Vec<Turn>,
    /// What people do.
    pub habits: Habits,
}

/// A customer calls.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// When, after midnight.
    pub at: Duration,
    /// The number dialled.
    pub number: Text,
    /// The caller's number.
    pub caller: Private<Text>,
    /// How long it waits for an agent at most, where that is known.
    pub patience: Option<Duration>,
    /// How long it talks, where that is known.
    pub talk: Option<Duration>,
}

/// From when on an agent is there for calls, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// When, after midnight.
    pub at: Duration,
    /// Who.
    pub agent: AgentId,
    /// What it does.
    pub duty: Duty,
}

/// Whether an agent is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// For calls.
    Ready,
    /// Signed in, but not for calls.
    Break,
    /// Signed out.
    Away,
}

/// What people do on average.
#[derive(Clone, Debug, PartialEq)]
pub struct Habits {
    /// How long callers wait before they give up, on average, seconds; none where nobody does.
    pub patience_s: Option<f64>,
    /// The talk of a call that is of no queue known here, on average, seconds.
    pub talk_s: f64,
    /// The work after a talk that is of no queue known here, on average, seconds; as long as its queue grants where nothing
    /// is known.
    pub wrap_up_s: Option<f64>,
    /// How long an agent's telephone rings before it is taken, on average, seconds.
    pub ring_s: f64,
    /// The share of calls that ring at an agent and are not taken, 0 to 1.
    pub missed: f64,
    /// The work of each queue, by its name.
    pub queues: HashMap<Text, Work>,
    /// How often callers left a node by each of its outlets, by flow and node. The outlet without a name stands for those
    /// who hung up there.
    pub ways: HashMap<(Text, Text), BTreeMap<Text, u64>>,
    /// The same over all menus together, for a menu of which nothing is known.
    pub menus: BTreeMap<Text, u64>,
    /// How long prompts are, by language and id, seconds.
    pub prompts_s: HashMap<(Text, Text), f64>,
}

/// What a queue's calls are like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// The mean talk, hold included, seconds.
    pub talk_s: Option<f64>,
    /// The mean work after it, seconds.
    pub wrap_up_s: Option<f64>,
    /// How long its callers wait before they give up, on average, seconds.
    pub patience_s: Option<f64>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            patience_s: Some(150.0),
            talk_s: 180.0,
            wrap_up_s: None,
            ring_s: 4.0,
            missed: 0.0,
            queues: HashMap::new(),
            ways: HashMap::new(),
            menus: BTreeMap::new(),
            prompts_s: HashMap::new(),
        }
    }
}

/// What came of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Rehearsed {
    /// What came of the calls.
    pub outcomes: Outcomes,
    /// All queues together.
    pub total: WaitFigures,
    /// The agents' share of busy time in the time that they were ready or busy, 0 to 1.
    pub occupancy: Option<f64>,
    /// The day by intervals; those before the first call or turn and after the last are left out.
    pub intervals: Vec<Interval>,
    /// Each queue, by name.
    pub queues: Vec<QueueFigures>,
    /// Where callers hung up before anybody had spoken with them, the most first.
    pub left: Vec<LeftAt>,
    /// Calls that the centre itself ended with nothing done for the caller, the most first.
    pub nowhere: Vec<Nowhere>,
    /// Agents who were to work and could not be reached: they have no telephone.
    pub unreachable: u32,
    /// What did not hold of what always has to; empty on a good day.
    pub broken: Vec<Broken>,
    /// Events that were handled.
    pub events: u64,
}

/// Plays a day. `watch` is told now and then which share of the day is over, 0 to 1, and says whether to go on; without it,
/// there is no result. The same setup and script give the same result.
///
/// # Errors
/// Settings that the centre does not accept.
pub fn rehearse(
    setup: Setup,
    script: &Script,
    watch: &mut dyn FnMut(f64) -> bool,
) -> Result<Option<Rehearsed>, SetupError> {
    Ok(stage::Stage::new(setup, script)?.run(watch))
}
