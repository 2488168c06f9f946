//! The log: lines to standard error, by a thread of their own. A reader that is gone, one that does not read, or a full
//! disk holds nothing up and breaks nothing.

use std::{
    io::{self, IsTerminal, Write},
    mem,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    time::Duration,
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// Lines that may wait; what does not fit is lost.
const MOST_WAITING: usize = 10_000;

/// How long the last lines are waited for.
const LAST: Duration = Duration::from_secs(1);

enum Said {
    Line(Vec<u8>),
    /// Everything before this was written.
    End(SyncSender<()>),
}

#[derive(Clone)]
pub struct Log(SyncSender<Said>);

/// Begins to log, as text or as JSON. What somebody makes up in a cookie is no warning each, and which calls have lines is
/// a setting of its own.
pub fn begin() -> Log {
    let (sender, receiver) = sync_channel(MOST_WAITING);
    std::thread::spawn(move || write(receiver));
    let log = Log(sender);
    let filter =
        EnvFilter::try_from_env("REINS_LOG").unwrap_or_else(|_| EnvFilter::new("warn,server=info,governance=info"));
    let always = ["tower_sessions=error", "tower_sessions_core=error", "server::calls=info"]
        .into_iter()
        .filter_map(|always| always.parse().ok());
    let filter = always.fold(filter, EnvFilter::add_directive);
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .log_internal_errors(false)
        .with_writer(log.clone());
    match std::env::var("REINS_LOG_FORMAT").as_deref() {
        Ok("json") => lines.json().flatten_event(true).init(),
        _ => lines.init(),
    }
    log
}

fn write(lines: Receiver<Said>) {
    for said in lines {
        match said {
            // It cannot be said anywhere that it cannot be said.
            Said::Line(line) => _ = io::stderr().write_all(&line),
            Said::End(told) => _ = told.send(()),
        }
    }
}

impl Log {
    /// Waits a moment until what was said is written.
    pub fn end(&self) {
        let (told, written) = sync_channel(1);
        if self.0.try_send(Said::End(told)).is_ok() {
            let _ = written.recv_timeout(LAST);
        }
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { log: self, bytes: Vec::new() }
    }
}

pub struct Line<'a> {
    log: &'a Log,
    bytes: Vec<u8>,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let _ = self.log.0.try_send(Said::Line(mem::take(&mut self.bytes)));
    }
}
