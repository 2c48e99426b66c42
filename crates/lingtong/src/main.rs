//! `lingtong`: a call centre in one program.

mod allocator;
mod archive;
mod backend;
mod backup;
mod centre;
mod certificate;
mod cli;
mod demo;
mod journal;
mod judge;
mod keys;
mod log;
mod metrics;
mod outbound;
mod pages;
mod plan;
mod process;
mod projection;
mod prompts;
mod recordings;
mod rehearse;
mod replay;
mod secrets;
mod serve;
mod simulate;
mod sip_parse;
mod tenant;
mod tts;
mod user;
mod version;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    allocator::set_up();
    let succeeded = |()| ExitCode::SUCCESS;
    let done = match cli::Cli::parse().command {
        cli::Command::Serve(flags) => serve::run(*flags).map(succeeded),
        cli::Command::Apply { wanted, dry_run } => centre::apply(wanted, dry_run),
        cli::Command::Diff(wanted) => centre::diff(wanted),
        cli::Command::Export { place, kinds } => centre::export(place, &kinds),
        cli::Command::Schema => centre::schema(),
        cli::Command::Sip(cli::Sip::Parse { file }) => sip_parse::run(&file).map(succeeded),
        cli::Command::Simulate { calls, agents, seed, day } => {
            simulate::run(calls, agents, seed, day.as_deref()).map(succeeded)
        }
        cli::Command::Replay(flags) => replay::run(&flags).map(succeeded),
        cli::Command::Plan(command) => plan::run(command).map(succeeded),
        cli::Command::Tts(wanted) => tts::tts(&wanted).map(succeeded),
        cli::Command::Words(command) => judge::words(command).map(succeeded),
        cli::Command::Emotion(wanted) => judge::emotion(&wanted).map(succeeded),
        cli::Command::Rehearse(flags) => rehearse::run(&flags).map(succeeded),
        cli::Command::Backup { file, data, no_recordings } => {
            backup::backup(&data, &file, !no_recordings).map(succeeded)
        }
        cli::Command::Restore { file, data } => backup::restore(&file, &data).map(succeeded),
        cli::Command::Journal(cli::Journal::Inspect { data }) => journal::inspect_in(&data).map(succeeded),
        cli::Command::Journal(cli::Journal::Repair { data }) => journal::repair_in(&data).map(succeeded),
        cli::Command::Projection(cli::Projection::Rebuild { data }) => projection::rebuild_in(&data).map(succeeded),
        cli::Command::Archive(command) => archive::run(command).map(succeeded),
        cli::Command::Keys(command) => keys::run(command).map(succeeded),
        cli::Command::User(command) => user::run(command).map(succeeded),
    };
    match done {
        Ok(code) => code,
        Err(message) => {
            eprintln!("lingtong: {message}");
            ExitCode::FAILURE
        }
    }
}
