//! Being the first process of a container.
//!
//! What has lost its parent there becomes the first one's child, and stays a zombie until that one waits for it. So the
//! first one runs Reins as its child, hands signals on, and waits for whatever ends.

use std::{
    io,
    process::{Command, ExitCode},
};

use rustix::{
    io::Errno,
    process::{Pid, Signal, WaitOptions, WaitStatus, kill_process, wait},
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};

/// Runs this program again as a child, with the same arguments; gives what it ended with.
pub fn run() -> io::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(watch())
}

async fn watch() -> io::Result<ExitCode> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;

    let child = Command::new(std::env::current_exe()?).args(std::env::args_os().skip(1)).spawn()?;
    let child = Pid::from_child(&child);
    let (sender, mut ended) = oneshot::channel();
    std::thread::spawn(move || sender.send(wait_for_all_until(child)));
    loop {
        let told = tokio::select! {
            ended = &mut ended => return ended.unwrap_or(Ok(ExitCode::FAILURE)),
            _ = terminate.recv() => Signal::TERM,
            _ = interrupt.recv() => Signal::INT,
            _ = hang_up.recv() => Signal::HUP,
        };
        // It may be gone already.
        let _ = kill_process(child, told);
    }
}

/// Waits for whatever ends, until this child has.
fn wait_for_all_until(child: Pid) -> io::Result<ExitCode> {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((who, status))) if who == child => return Ok(code(status)),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// As a shell says it.
fn code(status: WaitStatus) -> ExitCode {
    let code = status.exit_status().or_else(|| status.terminating_signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}
