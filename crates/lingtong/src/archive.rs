//! `lingtong archive`: what is in the archive of recordings, and whether it is as it was put there.

use std::path::PathBuf;

use ::archive::Failure;
use clap::Subcommand;
use store::{ArchiveFailure, Archived};
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
    /// Read every object and hold its hash against the one that was written down; print what is damaged or missing, as
    /// JSON, one a line, then a summary. Exit status 1 when there is any.
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
        ArchiveCommand::Verify { of, master_key_file } => runtime.block_on(verify(&of, master_key_file)),
    }
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
    let place = Place::open(of).await?;
    let master = keys::find(&of.data, master_key_file.as_deref())?;
    let keyring = Keyring::open(place.store.clone(), master).await.map_err(|e| e.to_string())?;
    let archive = archive_in(&of.data, of.data.join(TRACKS), keyring.into(), true)?;
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
    println!("{}", serde_json::json!({"read": read, "bad": bad}));
    if bad == 0 { Ok(()) } else { Err(format!("{bad} of {read} recordings in the archive are not as they were")) }
}
