//! Repository chores. `cargo xtask tidy` holds the rules of ARCHITECTURE.md against the tree.

use std::path::PathBuf;
use std::process::ExitCode;

mod tidy;

const USAGE: &str = "usage: cargo xtask tidy\n\n  tidy   check layers, purity, budgets, module cycles and words";

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => run_tidy(),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// Where the workspace is, seen from this crate.
fn root() -> PathBuf {
    let mut path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    path.pop();
    path.pop();
    path
}

fn run_tidy() -> ExitCode {
    match tidy::run(&root()) {
        Ok(report) => {
            for finding in &report.findings {
                println!("{finding}");
            }
            println!("{report}");
            if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("tidy could not run: {error}");
            ExitCode::from(2)
        }
    }
}
