//! `lingtong archive`: what is in the archive of recordings, and whether it is as it was put there.

mod retention;

use std::path::PathBuf;

use ::archive::{Archive, Broken, DAYS, Failure, REGULATED_DAYS, check_chain};
use clap::Subcommand;
use store::{ArchiveFailure, Archived};
use types::InteractionId;
use vault::Keyring;

use crate::keys;
use crate::recordings::archive_in;
use crate::tenant::{OfTenant, Place};

/// Rows that are read at a time.
const PAGE: u64 = 500;
/// The folder of tracks in a data folder.
const TRACKS: &str = "recordings";

/// The archive of recordings. All of it may be asked for while the server runs.
#[derive(Subcommand)]
pub(crate) enum ArchiveCommand {
    /// Print how much is in the archive, how much waits, and what could not be brought there, as JSON.
    Status {
        #[command(flatten)]
        of: OfTenant,
    },
    /// Say how long recordings are kept: of a queue, of a disposition, or of all that neither names. Where several name a
    /// recording, the longest holds; where none does, it is kept for ever. Prints all rules.
    Keep {
        #[command(flatten)]
        of: OfTenant,
        /// Of this queue, by its name.
        #[arg(long, value_name = "NAME", conflicts_with = "disposition")]
        queue: Option<String>,
        /// Of calls with this disposition, by its code.
        #[arg(long, value_name = "CODE")]
        disposition: Option<String>,
        /// Days from the start of the recording.
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(days()))]
        days: Option<u32>,
        /// 15 years.
        #[arg(long, conflicts_with_all = ["days", "forget"])]
        regulated: bool,
        /// Take the rule away.
        #[arg(long, conflicts_with = "days")]
        forget: bool,
    },
    /// Keep an interaction's recordings, whatever the rules say, until the hold is released.
    Hold {
        #[command(flatten)]
        of: OfTenant,
        /// The case that they are kept for.
        #[arg(long, value_name = "CASE")]
        matter: String,
        /// The interaction's id.
        #[arg(long, value_name = "ID")]
        interaction: InteractionId,
        /// Who says so.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Release all that is held for a case.
    Release {
        #[command(flatten)]
        of: OfTenant,
        /// The case.
        #[arg(long, value_name = "CASE")]
        matter: String,
        /// Who says so.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Print all holds, those that were released too, as JSON, one a line.
    Holds {
        #[command(flatten)]
        of: OfTenant,
    },
    /// Print what is left of recordings that were deleted, as JSON, one a line.
    Tombstones {
        #[command(flatten)]
        of: OfTenant,
    },
    /// Delete what is due now, of a server that does not run; one that runs does so at its start and once a day.
    Expire {
        #[command(flatten)]
        of: OfTenant,
        /// File with the master key, where the server is given one.
        #[arg(long, value_name = "FILE")]
        master_key_file: Option<PathBuf>,
    },
    /// Read every object and hold its hash against the one that was written down; print what is damaged or missing, as
    /// JSON, one a line, then a summary with the proof of all deletions. Exit status 1 when there is any.
    Verify {
        #[command(flatten)]
        of: OfTenant,
        /// File with the master key, where the server is given one.
        #[arg(long, value_name = "FILE")]
        master_key_file: Option<PathBuf>,
    },
}

/// Carries a command out.
pub(crate) fn run(command: ArchiveCommand) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    match command {
        ArchiveCommand::Status { of } => runtime.block_on(status(&of)),
        ArchiveCommand::Keep { of, queue, disposition, days, regulated, forget } => {
            let days = if regulated { Some(REGULATED_DAYS) } else { days };
            runtime.block_on(retention::keep(&of, queue, disposition, days, forget))
        }
        ArchiveCommand::Hold { of, matter, interaction, by, reason } => {
            runtime.block_on(retention::hold(&of, matter, interaction, by, reason))
        }
        ArchiveCommand::Release { of, matter, by } => runtime.block_on(retention::release(&of, &matter, by)),
        ArchiveCommand::Holds { of } => runtime.block_on(retention::holds(&of)),
        ArchiveCommand::Tombstones { of } => runtime.block_on(retention::tombstones(&of)),
        ArchiveCommand::Expire { of, master_key_file } => runtime.block_on(retention::expire(&of, master_key_file)),
        ArchiveCommand::Verify { of, master_key_file } => runtime.block_on(verify(&of, master_key_file)),
    }
}

/// The archive of a data folder whose server may be running.
async fn open(of: &OfTenant, master_key_file: Option<PathBuf>) -> Result<(Place, Archive), String> {
    let place = Place::open(of).await?;
    let master = keys::find(&of.data, master_key_file.as_deref())?;
    let keyring = Keyring::open(place.store.clone(), master).await.map_err(|e| e.to_string())?;
    let archive = archive_in(&of.data, of.data.join(TRACKS), keyring.into(), true)?;
    Ok((place, archive))
}

/// The days that a rule may say, as the command line takes them.
fn days() -> std::ops::RangeInclusive<i64> {
    i64::from(*DAYS.start())..=i64::from(*DAYS.end())
}

async fn status(of: &OfTenant) -> Result<(), String> {
    let place = Place::open(of).await?;
    let tenant = place.tenant.id;
    let figures = place.store.archive_figures(tenant).await.map_err(|e| e.to_string())?;
    let failures: Vec<ArchiveFailure> = place.store.list(tenant).await.map_err(|e| e.to_string())?;
    let failures = failures.iter().map(|failure| {
        serde_json::json!({
            "recording": failure.recording.to_string(), "tries": failure.tries, "reason": failure.reason,
            "next_try": failure.next.map(|at| at.to_string()),
        })
    });
    let said = serde_json::json!({
        "recordings": figures.recordings, "bytes": figures.bytes, "raw_bytes": figures.raw_bytes,
        "duration_s": figures.duration_ms / 1000, "waiting": figures.waiting,
        "failures": failures.collect::<Vec<_>>(),
    });
    println!("{said}");
    Ok(())
}

async fn verify(of: &OfTenant, master_key_file: Option<PathBuf>) -> Result<(), String> {
    let (place, archive) = open(of, master_key_file).await?;
    let (mut after, mut read, mut bad) = (None, 0u64, 0u64);
    loop {
        let rows = place.store.archived_after(place.tenant.id, after, PAGE).await.map_err(|e| e.to_string())?;
        let Some(last) = rows.last() else { break };
        after = Some(last.recording);
        for Archived { recording, hash, .. } in rows {
            read += 1;
            let Err(failure) = archive.verify(place.tenant.id, recording, &hash) else { continue };
            bad += 1;
            let what = match failure {
                Failure::Changed { .. } => "damaged",
                Failure::Blob(blob::Error::NotFound(_)) => "missing",
                _ => "unreadable",
            };
            let reason = failure.to_string();
            println!("{}", serde_json::json!({"recording": recording.to_string(), "is": what, "reason": reason}));
        }
    }
    let chain = check_chain(&place.store, place.tenant.id).await;
    let (deleted, proof, broken) = chain.map_err(|e| e.to_string())?;
    if let Some(broken) = broken {
        bad += 1;
        let said = match broken {
            Broken::Missing(number) => serde_json::json!({"tombstone": number, "is": "missing"}),
            Broken::Changed(number, recording) => {
                serde_json::json!({"tombstone": number, "recording": recording.to_string(), "is": "changed"})
            }
        };
        println!("{said}");
    }
    println!("{}", serde_json::json!({"read": read, "deleted": deleted, "proof": proof, "bad": bad}));
    if bad == 0 { Ok(()) } else { Err(format!("{bad} things in the archive are not as they were")) }
}
