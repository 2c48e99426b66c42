//! `lingtong rehearse`: a day in virtual time under today's settings and under a draft, before anything goes live.

use std::collections::BTreeMap;
use std::path::PathBuf;

use api::{RehearsalFacts, RehearsalResult};
use clap::Args;
use rehearsal::{Date, Demand, Settings, Source, Wanted, day_of, prepare};
use serde_json::Value;

use crate::centre::documents::read_files;
use crate::tenant::{OfTenant, Place, now};

/// How far a forecast looks back where nothing is said, weeks.
const WEEKS: u32 = 4;

/// Flags of `rehearse`.
#[derive(Args)]
pub(crate) struct Rehearse {
    #[command(flatten)]
    of: OfTenant,
    /// A day that has been, call by call, such as 2026-11-20.
    #[arg(long, value_name = "DAY", value_parser = date, conflicts_with = "forecast")]
    day: Option<Date>,
    /// A day that is yet to come: the mean of the same weekdays before it [default: tomorrow].
    #[arg(long, value_name = "DAY", value_parser = date)]
    forecast: Option<Date>,
    /// What comes, as JSON or as a table with the columns from, number and calls; see the guide.
    #[arg(long, value_name = "FILE", conflicts_with = "day")]
    demand: Option<PathBuf>,
    /// How many weeks a forecast looks back, 1 to 13.
    #[arg(long, value_name = "N", default_value_t = WEEKS)]
    weeks: u32,
    /// How many more calls come than then: 1.2 is 20 % more.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    scale: f64,
    /// A YAML file of resources, as `apply` takes it: what would be set up otherwise. May be given more than once.
    #[arg(long = "draft", value_name = "FILE")]
    drafts: Vec<PathBuf>,
    /// A flow whose draft in the designer is taken. May be given more than once.
    #[arg(long = "flow-draft", value_name = "FLOW")]
    flow_drafts: Vec<String>,
    /// The seed of all chance: the same seed gives the same day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How finely the result is told, minutes, 5 to 1440.
    #[arg(long, value_name = "MIN", default_value_t = 30)]
    interval_min: u32,
    /// Print a table for people in place of JSON.
    #[arg(long)]
    table: bool,
    /// A named value, as given to `serve`. May be given more than once.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = config::parse_setting)]
    set: Vec<(String, String)>,
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "give a day such as 2026-11-23".to_owned())
}

/// Rehearses and prints.
pub(crate) fn run(flags: &Rehearse) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let result = runtime.block_on(rehearse(flags))?;
    let json = serde_json::to_value(result).map_err(|e| e.to_string())?;
    if flags.table {
        print!("{}", table(&json));
    } else {
        println!("{json}");
    }
    Ok(())
}

async fn rehearse(flags: &Rehearse) -> Result<RehearsalResult, String> {
    let failed = |e: rehearsal::Error| e.to_string();
    let mut drafts = read_files(&flags.drafts)?;
    let place = Place::open(&flags.of).await?;
    let given: BTreeMap<String, String> = flags.set.iter().cloned().collect();
    let settings = Settings::read(&place.store, place.tenant.id, given).await.map_err(failed)?;
    for flow in &flags.flow_drafts {
        drafts.push(settings.flow_draft(&place.store, flow).await.map_err(failed)?);
    }
    let draft = if drafts.is_empty() { None } else { Some(settings.draft(drafts).map_err(failed)?) };
    let tomorrow = day_of(&place.tenant, now()).plus(1);
    let day = flags.forecast.unwrap_or(tomorrow);
    let source = match (&flags.demand, flags.day) {
        (Some(file), _) => {
            let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
            let demand = Demand::parse(&text).map_err(|e| format!("{}: {e}", file.display()))?;
            Source::Written { day, demand }
        }
        (None, Some(day)) => Source::Recorded(day),
        (None, None) => Source::Forecast { day, weeks: flags.weeks, scale: flags.scale },
    };
    let wanted = Wanted { source, seed: flags.seed, interval_min: flags.interval_min };
    let prepared = prepare(&place.store, &settings, draft, &wanted, now()).await.map_err(failed)?;
    let facts = RehearsalFacts::new(&wanted.source, &prepared);
    let played = prepared.play(&mut |_| true).map_err(failed)?;
    // Nobody stops it.
    played.map(|played| facts.with(&played)).ok_or_else(|| "stopped".to_owned())
}

/// The figures of a line, their places in the result, and how they are shown.
const FIGURES: [(&str, &str, Shown); 8] = [
    ("calls", "calls", Shown::Count),
    ("offered", "offered", Shown::Count),
    ("service level", "service_level", Shown::Share),
    ("abandoned", "abandon_share", Shown::Share),
    ("ASA", "asa_s", Shown::Seconds),
    ("wait p90", "wait_p90_s", Shown::Seconds),
    ("longest", "longest_wait_s", Shown::Seconds),
    ("occupancy", "occupancy", Shown::Share),
];

#[derive(Clone, Copy)]
enum Shown {
    Count,
    Share,
    Seconds,
}

impl Shown {
    fn text(self, value: &Value) -> String {
        match (self, value.as_f64()) {
            (_, None) => "–".to_owned(),
            (Self::Count, Some(count)) => format!("{count:.0}"),
            (Self::Share, Some(share)) => format!("{:.1} %", share * 100.0),
            (Self::Seconds, Some(seconds)) => format!("{seconds:.1} s"),
        }
    }
}

/// The result for people: a line for the whole centre, each queue and each interval, today and the draft side by side.
fn table(result: &Value) -> String {
    let mut lines =
        vec![std::iter::once("".to_owned()).chain(FIGURES.iter().map(|(name, ..)| (*name).to_owned())).collect()];
    let has_draft = !result["draft"].is_null();
    let mut line = |name: &str, today: &Value, draft: &Value| {
        let cells = FIGURES.iter().map(|(_, key, shown)| {
            let today = shown.text(&today[*key]);
            if has_draft { format!("{today} → {}", shown.text(&draft[*key])) } else { today }
        });
        lines.push(std::iter::once(name.to_owned()).chain(cells).collect::<Vec<String>>());
    };
    line("centre", &result["today"], &result["draft"]);
    for (list, key) in [("queues", "queue"), ("intervals", "from")] {
        for today in result["today"][list].as_array().into_iter().flatten() {
            let of_draft = result["draft"][list].as_array().into_iter().flatten();
            let draft = of_draft.into_iter().find(|other| other[key] == today[key]).unwrap_or(&Value::Null);
            line(today[key].as_str().unwrap_or_default(), today, draft);
        }
    }
    let mut text = format!(
        "{} {}, seed {}: {} calls\n{}",
        result["source"].as_str().unwrap_or_default(),
        result["day"].as_str().unwrap_or_default(),
        result["seed"],
        result["calls"],
        columns(&lines)
    );
    for (side, day) in [("today", &result["today"]), ("draft", &result["draft"])] {
        for end in day["nowhere"].as_array().into_iter().flatten() {
            let part = |key: &str| end[key].as_str().unwrap_or("–");
            text.push_str(&format!(
                "{side}: {} calls to {} end with nothing done at {}/{} by {} ({})\n",
                end["calls"],
                part("number"),
                part("flow"),
                part("node"),
                part("outlet"),
                part("cause")
            ));
        }
        for broken in day["broken_invariants"].as_array().into_iter().flatten() {
            text.push_str(&format!(
                "{side}: {} did not hold {} times; first: {}\n",
                broken["name"], broken["count"], broken["first"]
            ));
        }
    }
    text
}

/// Cells in columns, the first to the left and the others to the right.
fn columns(lines: &[Vec<String>]) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..lines.first().map_or(0, Vec::len)).map(width).collect();
    let mut text = String::new();
    for line in lines {
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let pad = " ".repeat(width - cell.chars().count());
            match column {
                0 => text.push_str(&format!("{cell}{pad}")),
                _ => text.push_str(&format!("  {pad}{cell}")),
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_holds_both_days_side_by_side() {
        let day = |level: f64| {
            json!({"calls": 100, "offered": 80, "service_level": level, "abandon_share": 0.05, "asa_s": 12.34,
            "wait_p90_s": null, "longest_wait_s": 99.0, "occupancy": 0.8, "intervals": [{"from": "09:00", "calls": 7}],
            "queues": [{"queue": "sales", "offered": 80}], "nowhere": [], "broken_invariants": []})
        };
        let mut result = json!({"source": "recorded", "day": "2026-11-20", "seed": 1, "calls": 100, "today": day(0.8), "draft": null});
        let alone = table(&result);
        assert!(alone.contains("80.0 %") && alone.contains("12.3 s") && !alone.contains('→'), "{alone}");
        result["draft"] = day(0.9);
        result["draft"]["nowhere"] =
            json!([{"calls": 3, "number": "95000", "flow": "main", "node": "menu", "outlet": "7", "cause": "normal"}]);
        let both = table(&result);
        assert!(both.contains("80.0 % → 90.0 %") && both.contains("draft: 3 calls to 95000"), "{both}");
        assert_eq!(both.lines().filter(|line| line.starts_with("sales") || line.starts_with("09:00")).count(), 2);
    }
}
