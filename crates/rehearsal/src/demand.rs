//! A day's demand that somebody has written down.

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The version of the form.
const VERSION: u32 = 1;
/// Lines of one demand: a number for each quarter of an hour of a hundred numbers.
const CELLS_MAX: usize = 9_600;
/// Minutes of a day.
const DAY_MIN: u32 = 24 * 60;
/// Intervals that a day divides into evenly, minutes.
const INTERVALS_MIN: [u32; 5] = [5, 10, 15, 30, 60];

/// What comes on a day, and who is there for it. Unknown keys are refused.
///
/// ```json
/// {"version": 1, "interval_min": 30,
///  "calls": [{"from": "09:00", "number": "95000", "calls": 120}],
///  "seats": [{"from": "08:30", "to": "18:00", "agents": 40, "queue": "sales"}],
///  "talk_s": 180, "wrap_up_s": 20, "patience_s": 150}
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// 1.
    pub version: u32,
    /// The length of an interval, minutes: 5, 10, 15, 30 or 60.
    #[serde(default = "half_an_hour")]
    pub interval_min: u32,
    /// Calls by interval and number.
    pub calls: Vec<DemandCell>,
    /// Who works when; as recorded on the last such weekday where it is left out.
    #[serde(default)]
    pub seats: Vec<Seats>,
    /// The mean talk, seconds; as recorded where it is left out.
    #[serde(default)]
    pub talk_s: Option<f64>,
    /// The mean work after it, seconds; as recorded where it is left out.
    #[serde(default)]
    pub wrap_up_s: Option<f64>,
    /// How long callers wait before they give up, on average, seconds; as recorded where it is left out.
    #[serde(default)]
    pub patience_s: Option<f64>,
}

const fn half_an_hour() -> u32 {
    30
}

/// Calls of one interval to one number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemandCell {
    /// When the interval begins, `HH:MM`.
    pub from: String,
    /// The number dialled.
    pub number: String,
    /// How many calls are expected.
    pub calls: f64,
}

/// Agents who work for a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seats {
    /// From when on, `HH:MM`.
    pub from: String,
    /// Until when, `HH:MM`, at most `24:00`.
    pub to: String,
    /// How many.
    pub agents: u32,
    /// Of those who serve this queue; of all where it is left out.
    #[serde(default)]
    pub queue: Option<String>,
}

impl Demand {
    /// Reads JSON, or a table with the columns `from`, `number` and `calls` separated by commas.
    ///
    /// # Errors
    /// What makes no sense, with its field.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let demand: Self = if text.starts_with('{') {
            serde_json::from_str(text).map_err(|e| Error::wanted("demand", e.to_string()))?
        } else {
            table(text)?
        };
        demand.check()?;
        Ok(demand)
    }

    /// Whether it makes sense.
    ///
    /// # Errors
    /// The first thing that does not, with its field.
    pub fn check(&self) -> Result<(), Error> {
        if self.version != VERSION {
            return Err(Error::wanted("demand.version", "only 1 is known"));
        }
        if !INTERVALS_MIN.contains(&self.interval_min) {
            return Err(Error::wanted("demand.interval_min", "must be 5, 10, 15, 30 or 60"));
        }
        if self.calls.is_empty() || self.calls.len() > CELLS_MAX {
            return Err(Error::wanted("demand.calls", format!("must have 1 to {CELLS_MAX} lines")));
        }
        for (at, cell) in self.calls.iter().enumerate() {
            let field = |name: &str| format!("demand.calls[{at}].{name}");
            let from = minutes(&cell.from).filter(|from| from % self.interval_min == 0 && *from < DAY_MIN);
            from.ok_or_else(|| {
                Error::wanted(field("from"), "must be a time at which an interval begins, such as 09:00")
            })?;
            if cell.number.is_empty() {
                return Err(Error::wanted(field("number"), "must be a number of ours"));
            }
            if !(cell.calls.is_finite() && cell.calls >= 0.0) {
                return Err(Error::wanted(field("calls"), "must be 0 or more"));
            }
        }
        for (at, seats) in self.seats.iter().enumerate() {
            let from = minutes(&seats.from)
                .ok_or_else(|| Error::wanted(format!("demand.seats[{at}].from"), "must be a time such as 08:30"))?;
            if minutes(&seats.to).is_none_or(|to| to <= from) {
                return Err(Error::wanted(
                    format!("demand.seats[{at}].to"),
                    "must be a time after `from`, 24:00 at most",
                ));
            }
        }
        for (field, value, range) in [
            ("talk_s", self.talk_s, 1.0..=1_800.0),
            ("wrap_up_s", self.wrap_up_s, 0.0..=3_600.0),
            ("patience_s", self.patience_s, 1.0..=3_000.0),
        ] {
            if value.is_some_and(|value| !range.contains(&value)) {
                let (low, high) = (range.start(), range.end());
                return Err(Error::wanted(format!("demand.{field}"), format!("must be {low} to {high}")));
            }
        }
        Ok(())
    }
}

fn table(text: &str) -> Result<Demand, Error> {
    let mut lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    let header = lines.next().map(|(_, line)| line.split(',').map(str::trim).collect::<Vec<_>>());
    if header.as_deref() != Some(&["from", "number", "calls"]) {
        return Err(Error::wanted("demand", "must be JSON, or begin with the line `from,number,calls`"));
    }
    let cell = |(at, line): (usize, &str)| {
        let wrong = |why: &str| Error::wanted(format!("demand, line {}", at + 1), why);
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let [from, number, calls] = cells[..] else { return Err(wrong("must have three columns")) };
        let calls = calls.parse().map_err(|_| wrong("calls: must be a number"))?;
        Ok(DemandCell { from: from.to_owned(), number: number.to_owned(), calls })
    };
    let calls = lines.map(cell).collect::<Result<_, _>>()?;
    let (talk_s, wrap_up_s, patience_s) = (None, None, None);
    Ok(Demand { version: VERSION, interval_min: 30, calls, seats: Vec::new(), talk_s, wrap_up_s, patience_s })
}

/// Minutes after midnight.
pub(crate) fn minutes(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    if !two(hours) || !two(minutes) {
        return None;
    }
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60 && hours * 60 + minutes <= DAY_MIN).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demand_is_read_strictly() {
        let good = r#"{"version": 1, "calls": [{"from": "09:00", "number": "95000", "calls": 12.5}],
            "seats": [{"from": "08:30", "to": "24:00", "agents": 3}]}"#;
        assert_eq!(Demand::parse(good).unwrap().calls[0].calls, 12.5);
        for (bad, named) in [
            (good.replace("version\": 1", "version\": 2"), "demand.version"),
            (good.replace("09:00", "09:10"), "demand.calls[0].from"),
            (good.replace("12.5", "-1"), "demand.calls[0].calls"),
            (good.replace("\"95000\"", "\"\""), "demand.calls[0].number"),
            (good.replace("24:00", "08:00"), "demand.seats[0].to"),
            (good.replace("agents", "agentes"), "agentes"),
            (good.replace("\"calls\": [", "\"talk_s\": 0, \"calls\": ["), "demand.talk_s"),
            (good.replace("\"calls\": [", "\"interval_min\": 7, \"calls\": ["), "demand.interval_min"),
        ] {
            let error = Demand::parse(&bad).unwrap_err().to_string();
            assert!(error.contains(named), "{bad}: {error}");
        }
    }

    #[test]
    fn a_table_is_read_with_its_header() {
        let demand = Demand::parse("from,number,calls\n09:00,95000,3\n\n09:30, 95001 ,4.5\n").unwrap();
        assert_eq!((demand.calls.len(), &*demand.calls[1].number, demand.calls[1].calls), (2, "95001", 4.5));
        for (bad, named) in [
            ("09:00,95000,3", "from,number,calls"),
            ("from,number,calls\n09:00,95000", "line 2"),
            ("from,number,calls\n09:00,95000,x", "line 2"),
            ("from,number,calls\n", "demand.calls"),
        ] {
            let error = Demand::parse(bad).unwrap_err().to_string();
            assert!(error.contains(named), "{bad}: {error}");
        }
    }
}
