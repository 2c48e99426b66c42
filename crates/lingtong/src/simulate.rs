//! `lingtong simulate`.

use std::path::Path;

use sim::{Day, Options, simulate};

/// Runs a simulated day and prints its figures as one JSON object.
pub(crate) fn run(calls: u32, agents: u32, seed: u64, day: Option<&Path>) -> Result<(), String> {
    let mut options = Options::new(calls, agents, seed);
    if let Some(path) = day {
        options.day = self::day(path)?;
    }
    println!("{}", simulate(&options).to_json());
    Ok(())
}

/// A day file.
pub(crate) fn day(path: &Path) -> Result<Day, String> {
    let text =
        std::fs::read_to_string(path).map_err(|e| format!("the day file {} can't be read: {e}", path.display()))?;
    Day::parse(&text).map_err(|e| format!("{}: {e}", path.display()))
}
