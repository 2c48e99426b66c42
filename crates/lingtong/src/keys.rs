//! `lingtong keys`, and where the master key comes from.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use store::{DataKey, Store};
use vault::{Keyring, LocalMaster, Master};

use crate::tenant::{OfTenant, Place, now, open_store};

/// The variable that may hold the master key itself.
const VARIABLE: &str = "LINGTONG_MASTER_KEY";
/// The master key that a server makes for itself, in its data folder.
const OWN: &str = "master.key";

/// The keys under which recordings are sealed.
#[derive(Subcommand)]
pub(crate) enum Keys {
    /// List the data keys of a tenant and the master keys that wrapped them.
    List {
        #[command(flatten)]
        of: OfTenant,
    },
    /// Make a new data key for a tenant. What is recorded after the server's next start is sealed under it; nothing is
    /// written anew, and older keys are kept.
    Renew {
        #[command(flatten)]
        of: OfTenant,
        /// File with the master key, where the server is given one.
        #[arg(long, value_name = "FILE")]
        master_key_file: Option<PathBuf>,
    },
    /// Wrap the data keys of all tenants by another master key, of a server that does not run.
    Wrap {
        /// The server's data folder.
        #[arg(long, value_name = "DIR", default_value = "./data")]
        data: PathBuf,
        /// File with the master key so far; without it, as the server finds its own.
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// File with the new master key, 64 hexadecimal digits. It is made where it is not there.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
}

/// Carries a command out.
pub(crate) fn run(command: Keys) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(carry_out(command))
}

async fn carry_out(command: Keys) -> Result<(), String> {
    match command {
        Keys::List { of } => {
            let place = Place::open(&of).await?;
            let mut rows: Vec<DataKey> = place.store.list(place.tenant.id).await.map_err(|e| e.to_string())?;
            rows.sort_by_key(|row| row.made);
            for DataKey { id, made, master, .. } in rows {
                println!("{}", serde_json::json!({"key": id.to_string(), "made": made.to_string(), "master": master}));
            }
            Ok(())
        }
        Keys::Renew { of, master_key_file } => {
            let place = Place::open(&of).await?;
            let master = find(&of.data, master_key_file.as_deref())?;
            let ring = Keyring::open(place.store.clone(), master).await.map_err(|e| e.to_string())?;
            let id = ring.renew(place.tenant.id, now()).await.map_err(|e| e.to_string())?;
            println!("{}", serde_json::json!({"key": id.to_string()}));
            Ok(())
        }
        Keys::Wrap { data, from, to } => {
            let store: Store = open_store(&data).await?;
            let (old, new) = (find(&data, from.as_deref())?, find_or_make(&to)?);
            let wrapped = vault::wrap_anew(&store, &*old, &*new).await.map_err(|e| e.to_string())?;
            println!("{}", serde_json::json!({"wrapped": wrapped, "master": new.name()}));
            Ok(())
        }
    }
}

/// The master key: from the file that is named, else from the environment, else the server's own, which is made at the
/// first start.
pub(crate) fn find(data: &Path, file: Option<&Path>) -> Result<Arc<dyn Master>, String> {
    if let Some(file) = file {
        let text = std::fs::read_to_string(file).map_err(|e| format!("master_key_file: {}: {e}", file.display()))?;
        return parse(&text, &format!("master_key_file: {}", file.display()));
    }
    match std::env::var(VARIABLE) {
        Ok(text) => parse(&text, VARIABLE),
        Err(std::env::VarError::NotPresent) => find_or_make(&data.join(OWN)),
        Err(error) => Err(format!("{VARIABLE}: {error}")),
    }
}

fn find_or_make(file: &Path) -> Result<Arc<dyn Master>, String> {
    let said = |e: io::Error| format!("{}: {e}", file.display());
    match std::fs::read_to_string(file) {
        Ok(text) => parse(&text, &file.display().to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = LocalMaster::make().map_err(|e| e.to_string())?;
            keep(file, made.reveal()).map_err(said)?;
            parse(made.reveal(), OWN)
        }
        Err(error) => Err(said(error)),
    }
}

/// Writes a new key, whole or not at all: half of one would stop each later start. Lost, it would take all recordings
/// with it: it is on the disk before anything is sealed.
fn keep(file: &Path, key: &str) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Readable by its owner alone, as the library makes such files.
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(key.as_bytes())?;
    beside.as_file().sync_all()?;
    beside.persist_noclobber(file)?;
    std::fs::File::open(folder)?.sync_all()
}

fn parse(text: &str, place: &str) -> Result<Arc<dyn Master>, String> {
    let master = LocalMaster::parse(text).map_err(|e| format!("{place}: {e}"))?;
    Ok(Arc::new(master))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_that_was_made_is_its_owners_alone_and_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(OWN);
        let made = find_or_make(&file).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(find_or_make(&file).unwrap().name(), made.name());
        assert!(keep(&file, "another").is_err(), "a key is never written over");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}
