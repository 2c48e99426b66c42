//! Takes the built web pages along, where there are any, and the commit that all of it is built from.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rustc-env=LINGTONG_COMMIT={}", commit());
    pages();
}

/// What git calls this tree; whoever builds without git may say it in `LINGTONG_COMMIT`.
fn commit() -> String {
    println!("cargo::rerun-if-env-changed=LINGTONG_COMMIT");
    if let Some(given) = env::var("LINGTONG_COMMIT").ok().filter(|given| !given.is_empty()) {
        return given;
    }
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()).filter(|text| !text.is_empty())
    };
    // A commit moves the first or the second, and what is staged the third; sources make the tree dirty.
    let branch = git(&["symbolic-ref", "-q", "HEAD"]);
    for name in [Some("HEAD".to_owned()), branch, Some("index".to_owned())].into_iter().flatten() {
        if let Some(path) = git(&["rev-parse", "--git-path", &name]).filter(|path| Path::new(path).exists()) {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    for source in fs::read_dir("..").into_iter().flatten().flatten().map(|entry| entry.path().join("src")) {
        if source.is_dir() {
            println!("cargo::rerun-if-changed={}", source.display());
        }
    }
    git(&["describe", "--always", "--dirty", "--exclude=*", "--abbrev=12"]).unwrap_or_else(|| "unknown".to_owned())
}

/// The web applications, and the folder that each is served from.
const APPS: [(&str, &str); 2] = [("console", ""), ("desk", "desk")];

fn pages() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("pages");
    let _ = fs::remove_dir_all(&out);
    fs::create_dir_all(&out).expect("OUT_DIR can be written");
    for (app, folder) in APPS {
        let dist = Path::new("../../web/apps").join(app).join("dist");
        println!("cargo::rerun-if-changed={}", dist.display());
        if dist.is_dir() {
            let target = out.join(folder);
            fs::create_dir_all(&target).expect("OUT_DIR can be written");
            copy(&dist, &target);
        } else {
            println!("cargo::warning=the pages of {app} are not built; the server will answer without them");
        }
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the folder can be read").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).expect("OUT_DIR can be written");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("OUT_DIR can be written");
        }
    }
}
