//! A thread of its own for those who press Stop: however much waits to be worked on elsewhere, they do not wait behind it.

use std::{io, thread};

use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
    task::JoinError,
};

pub struct Lane {
    handle: Handle,
    /// Its thread ends when this is dropped.
    _end: oneshot::Sender<()>,
}

impl Lane {
    pub fn begin() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        thread::Builder::new().name("stop".to_owned()).spawn(move || runtime.block_on(ended))?;
        Ok(Self { handle, _end: end })
    }

    /// Goes on when whoever waits for it does not; an error stands for a panic.
    pub async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T, JoinError> {
        self.handle.spawn(work).await
    }
}
