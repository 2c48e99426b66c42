//! `lingtong`: a call centre in one program.

mod backend;
mod cli;
mod demo;
mod log;
mod metrics;
mod pages;
mod recordings;
mod serve;
mod sip_parse;

use std::process::ExitCode;

use clap::Parser;

/// Thousands of small allocations a second on few threads: mimalloc keeps them apart by thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let done = match cli::Cli::parse().command {
        cli::Command::Serve(flags) => serve::run(*flags),
        cli::Command::Sip(cli::Sip::Parse { file }) => sip_parse::run(&file),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("lingtong: {message}");
            ExitCode::FAILURE
        }
    }
}
