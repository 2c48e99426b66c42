//! `lingtong projection`: make the lists of the database anew.

use std::path::Path;

/// Rebuilds what is made from the journal, with a line for each percent that it takes.
pub(crate) fn rebuild_in(data: &Path) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let mut told = None;
    let done = runtime.block_on(node::rebuild(data, |so_far| {
        if told != Some(so_far.percent) {
            told = Some(so_far.percent);
            eprintln!("{} % of the journal: {} interactions", so_far.percent, so_far.interactions);
        }
    }));
    let done = done.map_err(|e| e.to_string())?;
    println!("rebuilt from {} events: {} interactions, {} unreadable", done.events, done.interactions, done.unreadable);
    Ok(())
}
