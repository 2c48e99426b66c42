//! What kind of day it is: when callers come, and how long they talk and wait.

use serde::{Deserialize, Serialize};

/// Minutes from midnight to the latest end of a day's last interval.
const LATEST_END_MIN: u32 = 22 * 60;

/// A day's profile, as read from a day file.
///
/// A day file is JSON, and strict: unknown keys are refused.
///
/// ```json
/// {"version": 1, "opens": "08:00", "interval_min": 60, "arrivals": [120, 300, 420, 380, 200],
///  "talk_s": 180, "patience_s": 150, "support_share": 0.45}
/// ```
///
/// - `version`: 1.
/// - `opens`: the local time at which the first interval begins, `HH:MM`.
/// - `interval_min`: the length of each interval, minutes.
/// - `arrivals`: expected calls in each interval. Where a number of calls is asked for, they are
///   scaled to it.
/// - `talk_s`: mean talk, 1 to 600 seconds (optional, 180).
/// - `patience_s`: how long callers wait for an agent on average, 1 to 3600 seconds (optional, 150).
/// - `support_share`: the share of callers who want support rather than sales, 0 to 1 (optional, 0.45).
///
/// The last interval ends by 22:00, so that every call of the day is over by midnight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Day {
    version: u32,
    opens: String,
    interval_min: u32,
    arrivals: Vec<f64>,
    #[serde(default = "talk_s")]
    pub(crate) talk_s: f64,
    #[serde(default = "patience_s")]
    pub(crate) patience_s: f64,
    #[serde(default = "support_share")]
    pub(crate) support_share: f64,
}

const fn talk_s() -> f64 {
    180.0
}
const fn patience_s() -> f64 {
    150.0
}
const fn support_share() -> f64 {
    0.45
}

/// A day that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("day file: {0}")]
pub struct DayError(String);

impl Default for Day {
    /// A working day of a Chinese service centre: peaks in the late morning and the afternoon, a dip at noon.
    fn default() -> Self {
        let arrivals = [45., 80., 100., 105., 60., 55., 85., 95., 90., 70., 50., 40., 30., 20.];
        Self {
            version: 1,
            opens: "08:00".to_owned(),
            interval_min: 60,
            arrivals: arrivals.to_vec(),
            talk_s: talk_s(),
            patience_s: patience_s(),
            support_share: support_share(),
        }
    }
}

impl Day {
    /// Reads a day file.
    ///
    /// # Errors
    /// When it is no JSON, has unknown keys, or a value is out of range; the message names it.
    pub fn parse(json: &str) -> Result<Self, DayError> {
        let day: Self = serde_json::from_str(json).map_err(|e| DayError(e.to_string()))?;
        day.check()?;
        Ok(day)
    }

    fn check(&self) -> Result<(), DayError> {
        let refuse = |why: &str| Err(DayError(why.to_owned()));
        if self.version != 1 {
            return refuse("version: only 1 is known");
        }
        let Some(opens) = minutes(&self.opens) else {
            return refuse("opens: must be a time such as 08:00");
        };
        if !(1..=24 * 60).contains(&self.interval_min) || self.arrivals.is_empty() {
            return refuse("interval_min and arrivals: need at least one interval of 1 to 1440 minutes");
        }
        let intervals = u32::try_from(self.arrivals.len()).unwrap_or(u32::MAX);
        if opens.saturating_add(self.interval_min.saturating_mul(intervals)) > LATEST_END_MIN {
            return refuse("arrivals: the last interval must end by 22:00");
        }
        if self.arrivals.iter().any(|a| !a.is_finite() || *a < 0.0) || self.arrivals.iter().sum::<f64>() <= 0.0 {
            return refuse("arrivals: must not be negative, nor all zero");
        }
        if !(1.0..=600.0).contains(&self.talk_s) || !(1.0..=3600.0).contains(&self.patience_s) {
            return refuse("talk_s must be 1 to 600 seconds, patience_s 1 to 3600 seconds");
        }
        if !(0.0..=1.0).contains(&self.support_share) {
            return refuse("support_share: must be 0 to 1");
        }
        Ok(())
    }

    /// The calls the profile itself expects.
    pub fn calls(&self) -> u32 {
        self.arrivals.iter().sum::<f64>().round() as u32
    }

    /// Minutes from midnight to the first interval, minutes of an interval, and the calls in each.
    pub fn arrivals(&self) -> (u32, u32, &[f64]) {
        (minutes(&self.opens).unwrap_or(0), self.interval_min, &self.arrivals)
    }

    /// Seconds from midnight to the first interval.
    pub(crate) fn opens_s(&self) -> f64 {
        f64::from(minutes(&self.opens).unwrap_or(0)) * 60.0
    }

    /// Seconds from midnight to the end of the last interval.
    pub(crate) fn closes_s(&self) -> f64 {
        self.opens_s() + f64::from(self.interval_min) * 60.0 * self.arrivals.len() as f64
    }

    /// A caller's moment, seconds from midnight. Given their number, the moments of Poisson arrivals
    /// are independent draws from the profile.
    pub(crate) fn arrival(&self, rng: &mut crate::rng::Rng) -> f64 {
        let interval = rng.weighted(&self.arrivals) as f64;
        self.opens_s() + (interval + rng.unit()) * f64::from(self.interval_min) * 60.0
    }
}

fn minutes(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |t: &str| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit());
    if !two(hours) || !two(minutes) {
        return None;
    }
    let (h, m): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (h < 24 && m < 60).then_some(h * 60 + m)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_file_is_read_strictly() {
        let good = r#"{"version": 1, "opens": "09:30", "interval_min": 30, "arrivals": [10, 20.5]}"#;
        let day = Day::parse(good).unwrap();
        assert_eq!((day.calls(), day.opens_s(), day.closes_s()), (31, 34_200.0, 37_800.0));
        assert_eq!(Day::parse(&serde_json::to_string(&Day::default()).unwrap()), Ok(Day::default()));
        for (bad, names) in [
            ("{}", "version"),
            (&good.replace("version\": 1", "version\": 2"), "version"),
            (&good.replace("09:30", "9:30"), "opens"),
            (&good.replace("09:30", "24:00"), "opens"),
            (&good.replace("09:30", "21:30"), "22:00"),
            (&good.replace("interval_min", "intervall_min"), "intervall_min"),
            (&good.replace("[10, 20.5]", "[0, 0]"), "arrivals"),
            (&good.replace("[10, 20.5]", "[-1, 3]"), "arrivals"),
            (&good.replace("\"version\"", "\"support_share\": 2, \"version\""), "support_share"),
            (&good.replace("\"version\"", "\"talk_s\": 601, \"version\""), "talk_s"),
        ] {
            let error = Day::parse(bad).unwrap_err().to_string();
            assert!(error.contains(names), "{error}");
        }
    }
}
