//! Being told to end: by a signal, from the first moment on.

use std::io;

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

/// Whether this process was told to end; what is told early is not forgotten.
#[derive(Clone)]
pub struct End(watch::Receiver<bool>);

impl End {
    /// Listens to signals from now on, which end this process by themselves no more.
    pub fn listen() -> io::Result<Self> {
        let mut signals = vec![signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?];
        // A terminal that is closed; not where `nohup` lets it be.
        if !ignores_hang_ups() {
            signals.push(signal(SignalKind::hangup())?);
        }
        let (told, end) = watch::channel(false);
        for signal in signals {
            tokio::spawn(tell(signal, told.clone()));
        }
        Ok(Self(end))
    }

    /// Waits until this process is told to end.
    pub async fn told(mut self) {
        // Who tells lives as long as the process.
        let _ = self.0.wait_for(|told| *told).await;
    }

    /// What the work gives; `None` where this process is told to end before, and the work is dropped.
    pub async fn before<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.clone().told() => None,
            done = work => Some(done),
        }
    }
}

async fn tell(mut signal: Signal, told: watch::Sender<bool>) {
    while signal.recv().await.is_some() {
        told.send_replace(true);
    }
}

/// By the mask of `/proc`: asking the system itself would take unsafe code.
fn ignores_hang_ups() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}
