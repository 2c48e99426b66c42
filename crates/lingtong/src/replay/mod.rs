//! `lingtong replay`: a recorded day under its own policy and under that of a file.

mod draft;
mod plot;
mod table;

use std::path::PathBuf;

use api::{draft_policy, recorded_day, replay_lines};
use clap::Args;
use journal::Past;
use resource::Rows;
use sim::Comparison;

use crate::tenant::{OfTenant, Place};
use draft::Draft;

/// Flags of `replay`.
#[derive(Args)]
pub(crate) struct Replay {
    /// The day by the tenant's clock, such as 2026-03-02.
    #[arg(long, value_name = "DAY")]
    day: String,
    /// What would be otherwise: a YAML file as `apply` takes it; `-` is standard input. What it does not name is as it is
    /// set up now.
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    #[command(flatten)]
    of: OfTenant,
    /// The seed of what is drawn, such as the patience of those who were served: the same seed gives the same figures.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A named value, as given to `serve`. May be given more than once.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = config::parse_setting)]
    set: Vec<(String, String)>,
    /// Print a table for people, in Chinese where LANG says so, instead of JSON.
    #[arg(long)]
    table: bool,
    /// Also draw both policies into this file, as SVG.
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
}

/// Replays and prints.
pub(crate) fn run(flags: &Replay) -> Result<(), String> {
    let draft = Draft::read(&flags.policy)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let (recorded, comparison) = runtime.block_on(compared(flags, &draft))?;
    if let Some(path) = &flags.plot {
        let drawn = plot::svg(&recorded.date, &comparison, is_chinese());
        std::fs::write(path, drawn).map_err(|e| format!("--plot: {}: {e}", path.display()))?;
    }
    if flags.table {
        print!("{}", table::text(&recorded, &comparison, is_chinese()));
        return Ok(());
    }
    for line in replay_lines(&recorded, flags.seed, &comparison) {
        println!("{}", serde_json::to_string(&line).map_err(|e| e.to_string())?);
    }
    Ok(())
}

async fn compared(flags: &Replay, draft: &Draft) -> Result<(api::Recorded, Comparison), String> {
    let place = Place::open(&flags.of).await?;
    let rows = Rows::read(&place.store, place.tenant.id).await.map_err(|e| e.to_string())?;
    let rows = rows.ok_or("there is no such tenant")?;
    // As the rehearsal has it: what the server was started with.
    let given = flags.set.iter().cloned().collect();
    let (policy, _) = draft_policy(&rows, &given, &draft.request()).map_err(|problems| draft.told(&problems))?;
    let journal = flags.of.data.join("journal");
    let past = |from, back| Past::open(&journal, from, back);
    let recorded = recorded_day(&place.store, &rows, &given, &flags.day, past).await;
    let recorded = recorded.map_err(|e| e.to_string())?;
    let comparison = sim::compare(&recorded.day, &recorded.policy, &policy, flags.seed).map_err(|e| e.to_string())?;
    Ok((recorded, comparison))
}

/// Whether whoever reads wants Chinese, by the variables that say so.
fn is_chinese() -> bool {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    said.is_some_and(|value| value.starts_with("zh"))
}
