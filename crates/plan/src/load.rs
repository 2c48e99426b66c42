//! The work that comes, and what callers meet with it.

use crate::check::{Invalid, MAX_ERLANGS, Why, within};

/// The work that comes in an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Calls at work at once, on average, if nobody had to wait.
    pub(crate) erlangs: f64,
    /// Mean time that a call keeps an agent busy, seconds.
    pub(crate) aht_s: f64,
}

impl Load {
    /// So many calls in an interval of minutes, each of which keeps an agent busy for seconds.
    ///
    /// # Errors
    /// A figure is out of its range: `calls` 0 to 10⁹, `interval_min` 1 to 1,440, `aht_s` 0.1 to 86,400; or together
    /// they make more than [`MAX_ERLANGS`].
    pub fn new(calls: f64, interval_min: f64, aht_s: f64) -> Result<Self, Invalid> {
        within("calls", calls, 0.0..=1e9)?;
        within("interval_min", interval_min, 1.0..=1440.0)?;
        within("aht_s", aht_s, 0.1..=86_400.0)?;
        let erlangs = calls * aht_s / (interval_min * 60.0);
        if erlangs > MAX_ERLANGS {
            return Err(Invalid { field: "calls", why: Why::TooMuch });
        }
        Ok(Self { erlangs, aht_s })
    }

    /// Calls at work at once.
    pub const fn erlangs(&self) -> f64 {
        self.erlangs
    }
}

/// What callers meet, and how busy agents are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Share of calls that find no agent free.
    pub wait_probability: f64,
    /// Share of calls that give up.
    pub abandon_probability: f64,
    /// Share of all calls that is answered within the target; who gives up is not, however soon.
    pub service_level: f64,
    /// Mean wait of those who are answered, seconds; infinite where the queue never ends.
    pub asa_s: f64,
    /// Mean wait of all, also of those who give up, seconds; infinite where the queue never ends.
    pub mean_wait_s: f64,
    /// Share of their time that agents have a call.
    pub occupancy: f64,
}

impl Figures {
    /// Nothing comes.
    pub(crate) const IDLE: Self = Self {
        wait_probability: 0.0,
        abandon_probability: 0.0,
        service_level: 1.0,
        asa_s: 0.0,
        mean_wait_s: 0.0,
        occupancy: 0.0,
    };
    /// More comes than can be served, and nobody gives up.
    pub(crate) const ENDLESS: Self = Self {
        wait_probability: 1.0,
        abandon_probability: 0.0,
        service_level: 0.0,
        asa_s: f64::INFINITY,
        mean_wait_s: f64::INFINITY,
        occupancy: 1.0,
    };
}
