//! Rules of retention, holds, and what was deleted.

use std::path::PathBuf;

use ::archive::{DEFAULT, DISPOSITION, Pass, queue_scope};
use serde_json::json;
use store::{DispositionChoice, Interaction, LegalHold, Queue, Retention, Tombstone};
use types::InteractionId;

use super::{PAGE, open};
use crate::tenant::{OfTenant, Place, now};

/// Characters of a case, a name or a reason at most: what fits a line.
const TEXT_MAX: usize = 200;

/// Sets, takes away or prints the rules.
pub(super) async fn keep(
    of: &OfTenant,
    queue: Option<String>,
    disposition: Option<String>,
    days: Option<u32>,
    forget: bool,
) -> Result<(), String> {
    let Place { store, tenant } = Place::open(of).await?;
    let tenant = tenant.id;
    let queues: Vec<Queue> = store.list(tenant).await.map_err(|e| e.to_string())?;
    let dispositions: Vec<DispositionChoice> = store.list(tenant).await.map_err(|e| e.to_string())?;
    let scope = match (queue, disposition) {
        (Some(name), _) => {
            let named = queues.iter().find(|queue| *queue.name == *name).map(|queue| queue.id);
            // A queue that has been deleted is known by its id alone.
            let gone = || name.parse().ok().filter(|_| forget);
            queue_scope(named.or_else(gone).ok_or_else(|| format!("--queue: there is no queue `{name}`"))?)
        }
        (_, Some(code)) if forget || dispositions.iter().any(|choice| *choice.code == *code) => {
            format!("{DISPOSITION}{code}")
        }
        (_, Some(code)) => return Err(format!("--disposition: there is no disposition `{code}`")),
        _ => DEFAULT.to_owned(),
    };
    if let Some(keep_days) = days {
        store.put(&Retention { tenant, scope, keep_days }).await.map_err(|e| e.to_string())?;
    } else if forget && !store.delete::<Retention>(tenant, (tenant, scope.clone())).await.map_err(|e| e.to_string())? {
        return Err(format!("there is no rule `{scope}`"));
    }
    for Retention { scope, keep_days, .. } in store.list(tenant).await.map_err(|e| e.to_string())? {
        let queue = queues.iter().find(|queue| queue_scope(queue.id) == scope).map(|queue| &*queue.name);
        println!("{}", json!({"scope": scope, "queue": queue, "keep_days": keep_days}));
    }
    Ok(())
}

fn text(field: &str, text: &str, may_be_empty: bool) -> Result<(), String> {
    let long = text.chars().count();
    if long > TEXT_MAX || (text.trim().is_empty() && !may_be_empty) || text.chars().any(char::is_control) {
        return Err(format!("--{field}: 1 to {TEXT_MAX} characters on one line"));
    }
    Ok(())
}

/// Holds an interaction.
pub(super) async fn hold(
    of: &OfTenant,
    matter: String,
    interaction: InteractionId,
    held_by: String,
    reason: String,
) -> Result<(), String> {
    text("matter", &matter, false)?;
    text("by", &held_by, false)?;
    text("reason", &reason, true)?;
    let Place { store, tenant } = Place::open(of).await?;
    let tenant = tenant.id;
    if store.get::<Interaction>(tenant, interaction).await.map_err(|e| e.to_string())?.is_none() {
        return Err(format!("--interaction: there is no interaction {interaction} that has ended"));
    }
    let (released, released_by) = (None, None);
    let hold = LegalHold { tenant, matter, interaction, held: now(), held_by, reason, released, released_by };
    store.put(&hold).await.map_err(|e| e.to_string())?;
    print(&hold);
    Ok(())
}

/// Releases all that is held for a case.
pub(super) async fn release(of: &OfTenant, matter: &str, by: String) -> Result<(), String> {
    text("by", &by, false)?;
    let Place { store, tenant } = Place::open(of).await?;
    let holds: Vec<LegalHold> = store.list(tenant.id).await.map_err(|e| e.to_string())?;
    let mut released = 0;
    for hold in holds.into_iter().filter(|hold| hold.matter == matter && hold.released.is_none()) {
        let hold = LegalHold { released: Some(now()), released_by: Some(by.clone()), ..hold };
        store.put(&hold).await.map_err(|e| e.to_string())?;
        print(&hold);
        released += 1;
    }
    if released == 0 { Err(format!("--matter: nothing is held for `{matter}`")) } else { Ok(()) }
}

/// Prints all holds.
pub(super) async fn holds(of: &OfTenant) -> Result<(), String> {
    let place = Place::open(of).await?;
    let holds: Vec<LegalHold> = place.store.list(place.tenant.id).await.map_err(|e| e.to_string())?;
    holds.iter().for_each(print);
    Ok(())
}

fn print(hold: &LegalHold) {
    let LegalHold { matter, interaction, held, held_by, reason, released, released_by, .. } = hold;
    let said = json!({
        "matter": matter, "interaction": interaction.to_string(), "held_at": held.to_string(), "held_by": held_by,
        "reason": reason, "released_at": released.map(|at| at.to_string()), "released_by": released_by,
    });
    println!("{said}");
}

/// Prints all tombstones.
pub(super) async fn tombstones(of: &OfTenant) -> Result<(), String> {
    let place = Place::open(of).await?;
    let mut after = 0;
    loop {
        let stones = place.store.tombstones(place.tenant.id, after, PAGE).await.map_err(|e| e.to_string())?;
        let Some(last) = stones.last() else { return Ok(()) };
        after = last.number;
        for stone in &stones {
            let Tombstone {
                number,
                recording,
                interaction,
                started,
                duration_ms,
                bytes,
                hash,
                deleted,
                rule,
                proof,
                ..
            } = stone;
            let said = json!({
                "number": number, "recording": recording.to_string(), "interaction": interaction.to_string(),
                "started_at": started.to_string(), "duration_ms": duration_ms, "bytes": bytes, "hash": hash,
                "deleted_at": deleted.to_string(), "rule": rule, "proof": proof,
            });
            println!("{said}");
        }
    }
}

/// Deletes what is due.
pub(super) async fn expire(of: &OfTenant, master_key_file: Option<PathBuf>) -> Result<(), String> {
    let (place, archive) = open(of, master_key_file).await?;
    let done = ::archive::expire(&archive, &place.store, place.tenant.id, now()).await;
    let Pass { deleted, held } = done.map_err(|e| e.to_string())?;
    println!("{}", json!({"deleted": deleted, "held": held}));
    Ok(())
}
