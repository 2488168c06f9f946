//! `reins`: see `reins --help`.

use std::process::ExitCode;

use clap::Parser;
use server::commands::Command;
use tracing_subscriber::EnvFilter;

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
    let filter =
        EnvFilter::try_from_env("REINS_LOG").unwrap_or_else(|_| EnvFilter::new("warn,server=info,governance=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();

    match arguments.command.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("reins: {fault}");
            ExitCode::FAILURE
        }
    }
}
