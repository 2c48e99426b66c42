//! `lingtong journal`: look for damage, and take it out.

use std::path::Path;

use journal::{Damage, inspect, repair};

/// Reports what is damaged; changes nothing.
pub(crate) fn inspect_in(data: &Path) -> Result<(), String> {
    let damages = inspect(data.join("journal")).map_err(|e| e.to_string())?;
    report(&damages, "damaged");
    Ok(())
}

/// Takes the damaged bytes out; the damaged files are kept beside the mended ones.
pub(crate) fn repair_in(data: &Path) -> Result<(), String> {
    let damages = repair(data.join("journal")).map_err(|e| e.to_string())?;
    report(&damages, "taken out and kept beside");
    Ok(())
}

fn report(damages: &[Damage], what: &str) {
    for damage in damages {
        println!("{}: {} bytes at {} {what}", damage.file.display(), damage.bytes, damage.offset);
    }
    if damages.is_empty() {
        println!("the journal is whole");
    }
}
