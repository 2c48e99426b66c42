//! When in a day calls come.

use crate::check::{Invalid, Why};

const HOUR_MIN: u32 = 60;
const DAY_MIN: u32 = 24 * HOUR_MIN;
/// The exponents between which a curve is made flatter or steeper: at the upper one nearly all calls come in the
/// busiest interval.
const STEEPEST: f64 = 64.0;
/// Halvings by which the exponent is found.
const HALVINGS: usize = 60;
/// How far the share that is reached may be off.
const CLOSE: f64 = 1e-6;

/// The calls of a day by interval. Only their relation to each other counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    opens_min: u32,
    interval_min: u32,
    arrivals: Vec<f64>,
}

impl Default for Curve {
    /// A working day of a Chinese service centre by half-hours from 8 to 22: peaks in the late morning and the
    /// afternoon, a dip at noon. The busiest hour has 11.4 % of the calls.
    fn default() -> Self {
        let arrivals = [
            18., 27., 38., 42., 48., 52., 54., 51., 34., 26., 24., 31., 40., 45., 47., 48., 47., 43., 37., 33., 27.,
            23., 21., 19., 16., 14., 11., 9.,
        ];
        Self { opens_min: 8 * HOUR_MIN, interval_min: 30, arrivals: arrivals.to_vec() }
    }
}

impl Curve {
    /// `opens_min`: minutes from midnight to the first interval; `interval_min`: 15, 30 or 60.
    ///
    /// # Errors
    /// Another length of intervals; they reach beyond the day; a negative count, or nothing in all of them.
    pub fn new(opens_min: u32, interval_min: u32, arrivals: Vec<f64>) -> Result<Self, Invalid> {
        if ![15, 30, 60].contains(&interval_min) {
            return Err(Invalid { field: "curve.interval_min", why: Why::OneOf("15, 30, 60") });
        }
        let fits = opens_min < DAY_MIN && arrivals.len() <= ((DAY_MIN - opens_min) / interval_min) as usize;
        let sound = arrivals.iter().all(|calls| calls.is_finite() && *calls >= 0.0);
        let sum: f64 = arrivals.iter().sum();
        if fits && sound && sum > 0.0 && sum.is_finite() {
            Ok(Self { opens_min, interval_min, arrivals })
        } else {
            Err(Invalid { field: "curve.arrivals", why: Why::Curve })
        }
    }

    /// Minutes of an interval.
    pub const fn interval_min(&self) -> u32 {
        self.interval_min
    }

    /// Minutes from midnight to each interval, and its share of the day's calls.
    pub(crate) fn shares(&self) -> impl Iterator<Item = (u32, f64)> + '_ {
        let sum: f64 = self.arrivals.iter().sum();
        let starts = (0..).map(|i| self.opens_min + i * self.interval_min);
        starts.zip(self.arrivals.iter().map(move |calls| calls / sum))
    }

    /// The share of the day's calls that the busiest hour has; an hour begins with any interval.
    pub fn peak_share(&self) -> f64 {
        let hour = ((HOUR_MIN / self.interval_min) as usize).min(self.arrivals.len());
        let busiest = self.arrivals.windows(hour).map(|hour| hour.iter().sum::<f64>()).fold(0.0, f64::max);
        busiest / self.arrivals.iter().sum::<f64>()
    }

    /// The curve made steeper or flatter until its busiest hour has this share: each interval's calls are raised to
    /// the same power, so that the order of intervals stays.
    ///
    /// # Errors
    /// No power gets there.
    pub(crate) fn with_peak_share(&self, share: f64) -> Result<Self, Invalid> {
        let (mut low, mut high) = (0.0, STEEPEST);
        for _ in 0..HALVINGS {
            let middle = (low + high) / 2.0;
            if self.raised(middle).peak_share() < share {
                low = middle;
            } else {
                high = middle;
            }
        }
        let found = self.raised(high);
        if (found.peak_share() - share).abs() <= CLOSE {
            return Ok(found);
        }
        let (least, most) = (self.raised(0.0).peak_share(), self.raised(STEEPEST).peak_share());
        Err(Invalid { field: "peak_share", why: Why::Range { least, most } })
    }

    fn raised(&self, power: f64) -> Self {
        let highest = self.arrivals.iter().copied().fold(0.0, f64::max);
        let raise = |calls: &f64| if *calls > 0.0 { (calls / highest).powf(power) } else { 0.0 };
        Self { arrivals: self.arrivals.iter().map(raise).collect(), ..self.clone() }
    }
}
