//! What a day would be under other settings.
//!
//! [`Source`] says which day: a recorded one, a forecast from the same weekdays before, or one that somebody has written
//! down. [`prepare`] makes the day's [`Script`](sim::rehearse::Script) of it from what the store knows; [`Settings`] is the
//! tenant's as it stands, and with a draft applied, strictly, as `lingtong apply` would; [`Prepared::play`] has both played
//! with the same callers and needs no store: it belongs on a thread of its own.

mod calendar;
mod compare;
mod demand;
mod error;
mod habits;
mod history;
mod prepare;
mod script;
mod settings;

pub use calendar::{Date, day_of};
pub use compare::{Difference, Measure, Played};
pub use demand::{Demand, DemandCell, Seats};
pub use error::Error;
pub use history::recorded_days;
pub use prepare::{Assumptions, Staffed};
pub use prepare::{CALLS_MAX, Prepared, SCALE_RANGE, Source, WEEKS_RANGE, Wanted, prepare};
pub use settings::{Draft, Settings};
