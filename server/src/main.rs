//! `reins`: see `reins --help`.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use server::{commands::Command, log};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The control room for the AI agents of a shop.
#[derive(Parser)]
#[command(name = "reins", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let log = log::begin();

    let ran = arguments.command.run().await;
    log.end();
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            // Whoever started it may not read any more.
            let _ = writeln!(std::io::stderr(), "reins: {fault}");
            ExitCode::FAILURE
        }
    }
}
