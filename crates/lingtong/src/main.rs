//! `lingtong`: a call centre in one program.

mod backend;
mod certificate;
mod cli;
mod demo;
mod journal;
mod log;
mod metrics;
mod pages;
mod process;
mod projection;
mod recordings;
mod serve;
mod simulate;
mod sip_parse;
mod version;

use std::process::ExitCode;

use clap::Parser;

/// Thousands of small allocations a second on few threads: mimalloc keeps them apart by thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let done = match cli::Cli::parse().command {
        cli::Command::Serve(flags) => serve::run(*flags),
        cli::Command::Sip(cli::Sip::Parse { file }) => sip_parse::run(&file),
        cli::Command::Simulate { calls, agents, seed, day } => simulate::run(calls, agents, seed, day.as_deref()),
        cli::Command::Journal(cli::Journal::Inspect { data }) => journal::inspect_in(&data),
        cli::Command::Journal(cli::Journal::Repair { data }) => journal::repair_in(&data),
        cli::Command::Projection(cli::Projection::Rebuild { data }) => projection::rebuild_in(&data),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("lingtong: {message}");
            ExitCode::FAILURE
        }
    }
}
