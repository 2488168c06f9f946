//! Room set aside on the disk of the private PostgreSQL, which is given up where a stop cannot be written.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use governance::Governance;
use rustix::fs::{FallocateFlags, fallocate};
use tokio::time::{Instant, sleep};

/// In bytes: enough for PostgreSQL to come back, and for stops.
const ROOM: u64 = 48 << 20;

const LOOK: Duration = Duration::from_millis(200);
const AGAIN: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub struct Room(PathBuf);

impl Room {
    pub fn of(data_dir: &Path) -> Self {
        Self(data_dir.join("room-for-a-stop"))
    }

    /// Sets it aside, and gives it up while a stop that was pressed cannot be recorded.
    pub async fn keep(self, governance: Governance) {
        let mut next = Instant::now();
        loop {
            if governance.holds_back() {
                if fs::remove_file(&self.0).is_ok() {
                    tracing::warn!("room on the disk was given up for a stop");
                }
                next = Instant::now() + AGAIN;
            } else if Instant::now() >= next {
                self.set_aside();
                next = Instant::now() + AGAIN;
            }
            sleep(LOOK).await;
        }
    }

    fn set_aside(&self) {
        if fs::metadata(&self.0).is_ok_and(|known| known.len() == ROOM) {
            return;
        }
        let made = fs::File::create(&self.0).and_then(|file| Ok(fallocate(&file, FallocateFlags::empty(), 0, ROOM)?));
        if let Err(error) = made {
            let _ = fs::remove_file(&self.0);
            tracing::warn!(%error, "no room can be set aside for a stop on a full disk");
        }
    }
}
