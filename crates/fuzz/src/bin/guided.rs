//! The targets under libFuzzer: `FUZZ_TARGET` names one, `FUZZ_CORPUS` the folder that gets its seeds and, beside it, its
//! dictionary. See `crates/fuzz/run`.

#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use fuzz::{TARGETS, TOKENS, Target};

static CHOSEN: OnceLock<&Target> = OnceLock::new();

/// Chooses the target and lays out what it begins with, before the engine reads it.
fn begin() {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("FUZZ_TARGET is none of {}", names.join(", "));
        std::process::exit(2);
    };
    CHOSEN.get_or_init(|| target);
    if let Some(folder) = std::env::var_os("FUZZ_CORPUS")
        && let Err(error) = lay_out(target, Path::new(&folder))
    {
        eprintln!("{}: {error}", Path::new(&folder).display());
        std::process::exit(2);
    }
}

fn lay_out(target: &Target, folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (place, seed) in (target.seeds)().into_iter().enumerate() {
        let length = seed.len().min(target.max_len);
        std::fs::write(folder.join(format!("seed-{place}")), &seed[..length])?;
    }
    let escape = |token: &&[u8]| token.iter().map(|byte| format!("\\x{byte:02x}")).collect::<String>();
    let lines: String = TOKENS.iter().map(|token| format!("\"{}\"\n", escape(token))).collect();
    std::fs::write(folder.with_extension("dict"), lines)
}

libfuzzer_sys::fuzz_target!(init: begin(), |data: &[u8]| {
    if let Some(target) = CHOSEN.get() {
        (target.run)(data);
    }
});
