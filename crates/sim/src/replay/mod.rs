//! A recorded day once more, under a policy of choice: the same customers come at the same moments, the same agents sit
//! there, and the very [`acd::Router`] of the product decides.
//!
//! [`Recorder`] makes a [`RecordedDay`] of the records and agents' states that a store keeps; [`compare`] runs it under the
//! policy of that day and under another one, and tells beside both what truly came of the day. Pure: two runs of the same
//! day, policies and seed are equal.
//!
//! What is assumed, since nobody recorded what would have been otherwise:
//!
//! - an agent does with its rings what it did with those of that day, in their order and from the first on again where there
//!   are more: it takes them after as long a ring, misses them, refuses them, and is away after that for as long. One who was
//!   never rung takes each after as long a ring as was recorded for that customer;
//! - who talked talks for as long again, whoever takes the call; who never talked, and does now, talks for as long as
//!   another one of its queue did;
//! - who gave up gives up after the same wait. How long the others would have waited nobody knows: as long as they did, and
//!   then for a time drawn from the patience of those who gave up (exponential, of the queue where enough gave up there);
//! - who left by a key, or otherwise by its own will, leaves after the same wait;
//! - agents come, pause and go as they did, but for pauses that a missed ring had brought about, and have the same calls beside the queues; work after a talk lasts as long as the
//!   queue's setting says, as much shorter or longer as the agent made it that day;
//! - what follows in another queue (a transfer, an overflow by the flow) follows if the stay before ends as it did.
//!
//! Two policies are given the same draws.

mod changed;
mod customers;
mod policy;
mod record;
mod rings;
mod run;
mod tally;

use std::collections::BTreeMap;
use std::time::Duration;

use acd::ConfigError;
use types::leg::Text;
use types::record::SkillLevel;
use types::{AgentId, InteractionId, Private, QueueId, Wall};

pub use changed::{Changed, ChangedCall, Fared, Found, Why};
pub use policy::Policy;
pub use record::{Entry, Recorder};
pub use rings::{Ring, RingEnd};
pub use tally::{Class, Outcomes, TimeOfDay};

use customers::customers;
use run::Run;
use tally::Book;

use crate::waits::Fate;

/// So long after the day its last calls may go on: the longest talk that a router lets pass.
pub const GRACE: Duration = Duration::from_secs(4 * 3600);
/// Length of the intervals in which a day is told.
pub const INTERVAL: Duration = Duration::from_secs(30 * 60);

/// A recorded day.
#[derive(Clone, Debug, Default)]
pub struct RecordedDay {
    /// Its first moment.
    pub from: Wall,
    /// The first moment after it.
    pub to: Wall,
    /// Who came to queues. One that follows another stands behind it.
    pub arrivals: Vec<Arrival>,
    /// From when on agents were there for calls, or not, in order of time; also within [`GRACE`] after the day.
    pub turns: Vec<Turn>,
    /// What agents did beside the queues.
    pub errands: Vec<Errand>,
    /// What each agent did when it rang for a queue, in order of time.
    pub rings: BTreeMap<AgentId, Vec<Ring>>,
    /// How the agents spent the day.
    pub staffed: Staffed,
}

/// Agents' time, all of them together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Staffed {
    /// Waiting for a call.
    pub ready: Duration,
    /// Ringing, talking, or at work after a talk.
    pub busy: Duration,
}

/// A customer who came to a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Of which interaction it was a part.
    pub interaction: InteractionId,
    /// The queue.
    pub queue: QueueId,
    /// When.
    pub at: Wall,
    /// Who called; empty when withheld.
    pub caller: Private<Text>,
    /// The number dialled.
    pub called: Private<Text>,
    /// What the flow adds to the queue's priority.
    pub priority: i32,
    /// What the flow wants agents to be able to do.
    pub skills: Vec<SkillLevel>,
    /// How long it waited.
    pub waited: Duration,
    /// How it ended.
    pub end: End,
    /// The stay of the same customer that it follows.
    pub after: Option<After>,
}

/// What an arrival follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// Its place among the arrivals.
    pub arrival: usize,
    /// The time from the end of that stay, the talk included, to this one.
    pub gap: Duration,
}

/// How a recorded stay in a queue ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// An agent served it.
    Served(Service),
    /// The customer gave up.
    GaveUp,
    /// It left by a key, or was taken elsewhere by somebody.
    Left,
    /// The queue sent it away: waited too long, full, nobody there.
    TurnedAway,
}

/// An agent's work on one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// The ring before it was taken.
    pub ring: Duration,
    /// The agent's talk, with time on hold.
    pub talk: Duration,
    /// The work after it.
    pub wrap_up: WrapUp,
}

/// How long the work after a talk was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrapUp {
    /// As the queue's setting says.
    AsSet,
    /// The agent was done after this time, before it ended by itself.
    Early(Duration),
    /// The agent asked for so much more.
    Longer(Duration),
}

/// From when on an agent was there for calls, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who.
    pub agent: AgentId,
    /// When.
    pub at: Wall,
    /// What it did.
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

/// A call that no queue gave an agent: one that it made, a colleague's, a transfer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Who.
    pub agent: AgentId,
    /// When.
    pub at: Wall,
    /// How long.
    pub lasts: Duration,
}

/// A day under two policies, and as it truly was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// What truly came of it.
    pub actual: Outcomes,
    /// What comes of it under the policy that it had: how near that is to the truth says what a replay is worth.
    pub recorded: Outcomes,
    /// What comes of it under the other policy.
    pub draft: Outcomes,
    /// What the other policy changes for single calls.
    pub changed: Changed,
}

/// A recorded day under its own policy and under another one.
///
/// # Errors
/// A queue or an agent of a policy that makes no sense.
pub fn compare(day: &RecordedDay, own: &Policy, draft: &Policy, seed: u64) -> Result<Comparison, ConfigError> {
    // Nobody stops it: there is always a result.
    Ok(compare_watched(day, own, draft, seed, &mut |_| true)?.unwrap_or_default())
}

/// The same; `watch` is told now and then which share of the work is done, 0 to 1, and says whether to go on. Without it,
/// there is no result.
///
/// # Errors
/// A queue or an agent of a policy that makes no sense.
pub fn compare_watched(
    day: &RecordedDay,
    own: &Policy,
    draft: &Policy,
    seed: u64,
    watch: &mut dyn FnMut(f64) -> bool,
) -> Result<Option<Comparison>, ConfigError> {
    let classes = (own, draft);
    let Some((recorded, ours)) = one(day, own, classes, seed, &mut |share| watch(share / 2.0))? else {
        return Ok(None);
    };
    let Some((other, theirs)) = one(day, draft, classes, seed, &mut |share| watch(0.5 + share / 2.0))? else {
        return Ok(None);
    };
    let changed = changed::changed(day, (own, &ours), (draft, &theirs));
    Ok(Some(Comparison { actual: actual(day, own, draft), recorded, draft: other, changed }))
}

/// The day under a policy. The same day, policy and seed give the same figures.
///
/// # Errors
/// A queue or an agent of the policy that makes no sense.
pub fn replay(day: &RecordedDay, policy: &Policy, seed: u64) -> Result<Outcomes, ConfigError> {
    let outcomes = one(day, policy, (policy, policy), seed, &mut |_| true)?;
    Ok(outcomes.map(|(outcomes, _)| outcomes).unwrap_or_default())
}

/// What came of a day, and of each who came to a queue.
type Played = (Outcomes, Vec<Option<Fared>>);

fn one(
    day: &RecordedDay,
    policy: &Policy,
    classes: (&Policy, &Policy),
    seed: u64,
    watch: &mut dyn FnMut(f64) -> bool,
) -> Result<Option<Played>, ConfigError> {
    let book = Book::new(day, policy, classes);
    Ok(Run::new(day, policy, customers(day, seed), seed)?.go(book, watch))
}

/// What truly came of the day, in the same figures.
fn actual(day: &RecordedDay, own: &Policy, draft: &Policy) -> Outcomes {
    let mut book = Book::new(day, own, (own, draft));
    for (at, arrival) in day.arrivals.iter().enumerate() {
        let fate = match arrival.end {
            End::Served(_) => Fate::Answered,
            End::GaveUp => Fate::Abandoned,
            End::Left | End::TurnedAway => Fate::Elsewhere,
        };
        book.count(at, arrival.at, arrival.waited, fate);
    }
    book.outcomes(day.staffed)
}
