//! Where a tenant's database files are.

use std::path::{Component, Path, PathBuf};

use crate::Why;

/// A file of the tenant's folder; wherever links lead, it has to be in there.
pub(super) async fn find(files: Option<&Path>, tenant: &str, file: &str) -> Result<PathBuf, Why> {
    let within = Path::new(file);
    let plain = |part| matches!(part, Component::Normal(_));
    if file.is_empty() || !within.components().all(plain) || !plain_name(tenant) {
        return Err(Why::NoFile);
    }
    let folder = files.ok_or(Why::NotAllowed)?.join(tenant);
    let real = |path: PathBuf| async { tokio::fs::canonicalize(path).await.map_err(|_| Why::NoFile) };
    let (path, folder) = (real(folder.join(within)).await?, real(folder).await?);
    if path.starts_with(folder) && path.is_file() { Ok(path) } else { Err(Why::NoFile) }
}

/// A tenant's name is one step of a path.
fn plain_name(tenant: &str) -> bool {
    !tenant.is_empty()
        && tenant.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
        && !tenant.starts_with('.')
}
