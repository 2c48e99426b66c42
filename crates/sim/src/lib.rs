//! Seeded simulator of callers, agents, phones and networks around center, in virtual time.
//!
//! [`simulate`] runs a whole day of a call centre in seconds: the very [`center::Center`] of the
//! product answers, and everything around it (callers who give up, telephones that vanish, agents who
//! miss calls, carriers that are busy, races of all of them) follows from one seed. A day that breaks
//! an [`Invariant`] is reproduced by its seed.
//!
//! Reading order: [`Options`] and [`Report`] are what goes in and comes out; `world` is the company;
//! `sim` the loop; `lines` what telephones and carriers do with the center's commands; `talk` what
//! people do while they talk; `staff` what agents do all day; `check` holds the invariants; `fault`
//! plants faults that prove that the invariants would notice. [`compare`] runs a recorded day once more under
//! another policy.

mod acts;
mod agenda;
mod check;
mod day;
mod drawn;
mod fault;
mod figures;
mod leg;
mod lines;
mod people;
mod platinum;
pub mod rehearse;
mod replay;
mod report;
mod rng;
mod sim;
mod staff;
mod talk;
mod waits;
mod world;

pub use check::{Broken, Invariant};
pub use day::{Day, DayError};
pub use fault::Fault;
pub use figures::QueueRow;
pub use platinum::Platinum;
pub use replay::{
    After, Arrival, Changed, ChangedCall, Class, Comparison, Duty, End, Entry, Errand, Fared, Found, GRACE, INTERVAL,
    Outcomes, Policy, RecordedDay, Recorder, Ring, RingEnd, Service, Staffed, TimeOfDay, Turn, Why, WrapUp, compare,
    compare_watched, replay,
};
pub use report::Report;
pub use rng::Rng;
use types::event::Event;
pub use waits::{Fate, WaitFigures};

/// What day to simulate.
#[derive(Clone, Debug)]
pub struct Options {
    /// Calls of customers.
    pub calls: u32,
    /// Agents, 1 to 2,000.
    pub agents: u32,
    /// The seed of all chance; the same options give the same day, event by event.
    pub seed: u64,
    /// When callers come, and how long they talk and wait.
    pub day: Day,
    /// How much more often things go wrong than on an ordinary day (1.0): lost messages, telephones
    /// that vanish, missed calls, transfers and consultations, breaking connections. At most 10.
    pub trouble: f64,
    /// The share of callers whose number makes them platinum customers, 0 to 1.
    pub platinum: f64,
    /// Whether the routing's settings are drawn from the seed too: strategies, skills, help between queues and by a team,
    /// last agents, kept places, bounds. Some callers call again then.
    pub drawn: bool,
    /// A fault to plant; for tests of the invariants.
    pub fault: Option<Fault>,
}

impl Options {
    /// A working day without faults.
    pub fn new(calls: u32, agents: u32, seed: u64) -> Self {
        Self { calls, agents, seed, day: Day::default(), trouble: 1.0, platinum: 0.0, drawn: false, fault: None }
    }
}

/// Simulates a day.
pub fn simulate(options: &Options) -> Report {
    sim::Sim::new(options, 0, false).run().0
}

/// Simulates a day so many days after the usual one, and tells what was written in the journal: what a month of days makes
/// of reports can be held against it.
pub fn tell(options: &Options, days: u16) -> (Report, Vec<Event>) {
    sim::Sim::new(options, days, true).run()
}
