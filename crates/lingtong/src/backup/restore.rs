//! Reading a backup back.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use tar::{Archive, EntryType};

use super::sums::Hashed;
use super::{ABOUT, DATABASE, FORMAT, SUMS};

/// The hashes of ten million recordings.
const SUMS_BYTES: u64 = 1 << 30;
/// What says which archive it is.
const ABOUT_BYTES: u64 = 4096;

/// Makes a data folder of a backup. Nothing is put in its place before all of it has been read and found right.
pub(crate) fn restore(file: &Path, data: &Path) -> Result<(), String> {
    let is_free = match fs::read_dir(data) {
        Ok(mut inside) => inside.next().is_none(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => true,
        Err(e) => return Err(format!("{}: {e}", data.display())),
    };
    if !is_free {
        return Err(format!("{} is not empty: name a new folder with --data", data.display()));
    }
    let opened = File::open(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let mut name = data.as_os_str().to_owned();
    name.push(".restoring");
    let staging = PathBuf::from(name);
    if let Some(above) = staging.parent() {
        private_folder().recursive(true).create(above).map_err(|e| format!("{}: {e}", above.display()))?;
    }
    private_folder().create(&staging).map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("{} is left of a restore that was cut off, or one goes on: remove it first", staging.display())
        }
        _ => format!("{}: {e}", staging.display()),
    })?;
    let done = unpack(opened, &staging).map_err(|why| format!("{}: {why}", file.display())).and_then(|files| {
        fs::rename(&staging, data).map_err(|e| format!("{}: {e}", data.display()))?;
        Ok(files)
    });
    if done.is_err() {
        let _ = fs::remove_dir_all(&staging);
    }
    println!("{} files, all as they were written", done?);
    Ok(())
}

fn private_folder() -> DirBuilder {
    let mut folder = DirBuilder::new();
    folder.mode(0o700);
    folder
}

/// Unpacks an archive and holds it against its hashes; how many files it had.
fn unpack(file: File, into: &Path) -> Result<usize, String> {
    let mut found = HashMap::new();
    let mut sums = None;
    let mut archive = Archive::new(BufReader::new(file));
    let damaged = |e: io::Error| format!("it is damaged or no backup: {e}");
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = entry.path().map_err(damaged)?.into_owned();
        let is_inside = name.components().all(|part| matches!(part, Component::Normal(_)));
        let text = name.to_str().map(str::to_owned);
        let Some(text) = text.filter(|_| is_inside && entry.header().entry_type() == EntryType::Regular) else {
            return Err(format!("it holds `{}`, which no backup does", name.display()));
        };
        if sums.is_some() {
            return Err("it goes on behind its end".to_owned());
        }
        if text == SUMS {
            let mut said = String::new();
            entry.take(SUMS_BYTES).read_to_string(&mut said).map_err(damaged)?;
            sums = Some(said);
            continue;
        }
        let hash = if text == ABOUT { about(&mut entry)? } else { put(&mut entry, into, &name)? };
        if found.insert(text, hash).is_some() {
            return Err(format!("it holds `{}` twice", name.display()));
        }
    }
    let sums = sums.ok_or("it ends too early: it was cut off")?;
    check(&sums, &found)?;
    if !found.contains_key(DATABASE) || !found.contains_key(ABOUT) {
        return Err("it is no backup of a data folder".to_owned());
    }
    Ok(found.len())
}

/// Refuses an archive that this program does not know; its hash otherwise.
fn about(entry: &mut impl Read) -> Result<String, String> {
    let mut entry = Hashed::new(entry.take(ABOUT_BYTES));
    let mut text = String::new();
    entry.read_to_string(&mut text).map_err(|e| e.to_string())?;
    let said: serde_json::Value = serde_json::from_str(&text).map_err(|_| "it is no backup of a data folder")?;
    if said["format"].as_u64() != Some(FORMAT) {
        return Err(format!("it was written by {}; this program is older and can't read it", said["version"]));
    }
    Ok(entry.finish().1)
}

/// Writes a file and keeps it; its hash.
fn put(entry: &mut impl Read, into: &Path, name: &Path) -> Result<String, String> {
    let path = into.join(name);
    let failed = |e: io::Error| format!("{}: {e}", path.display());
    if let Some(folder) = path.parent() {
        private_folder().recursive(true).create(folder).map_err(failed)?;
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
    let mut file = Hashed::new(file);
    io::copy(entry, &mut file).map_err(failed)?;
    let (file, hash) = file.finish();
    file.sync_all().map_err(failed)?;
    Ok(hash)
}

/// Holds what was found against what was written down.
fn check(sums: &str, found: &HashMap<String, String>) -> Result<(), String> {
    let mut named = 0;
    for line in sums.lines() {
        let (hash, name) = line.split_once("  ").ok_or("its hashes can't be read")?;
        match found.get(name) {
            None => return Err(format!("`{name}` is missing")),
            Some(is) if is != hash => return Err(format!("`{name}` is not as it was written")),
            Some(_) => named += 1,
        }
    }
    if named == found.len() { Ok(()) } else { Err("it holds files without a hash".to_owned()) }
}
