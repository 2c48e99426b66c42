//! When something that repeats is due, when one that failed is tried again, and when it is quiet.
//!
//! All of it is arithmetic on [`types::Wall`] and a company's minutes east of UTC; nobody reads a clock here. A company's
//! clock is not put forward or back in summer, so that each day has its every minute once.

mod backoff;
mod quiet;
mod rhythm;

pub use backoff::Backoff;
pub use quiet::Quiet;
pub use rhythm::{Every, Rhythm, Turn, clock_time};

const MINUTE_MS: i64 = 60_000;
/// Figures are kept by quarters of an hour.
const QUARTER_MS: i64 = 15 * MINUTE_MS;
const DAY_MIN: i64 = 24 * 60;
const DAY_MS: i64 = DAY_MIN * MINUTE_MS;
