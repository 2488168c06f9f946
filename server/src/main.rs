//! `reins`: see `reins --help`.

use std::{fmt::Display, io::Write, process::ExitCode};

use clap::Parser;
use domain::seen::visible;
use server::{commands::Command, first, log};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The control room for the AI agents of a shop.
#[derive(Parser)]
#[command(name = "reins", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    if std::process::id() == 1 {
        return first::run().unwrap_or_else(failed);
    }
    run()
}

#[tokio::main]
async fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let log = log::begin();

    let ran = arguments.command.run().await;
    log.end();
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => failed(fault),
    }
}

fn failed(fault: impl Display) -> ExitCode {
    // Whoever started it may not read any more.
    let _ = writeln!(std::io::stderr(), "reins: {}", visible(&fault.to_string()));
    ExitCode::FAILURE
}
