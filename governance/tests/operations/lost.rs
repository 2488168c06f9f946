//! Commits whose answer is lost: what is told of them is what is so, or that it is not known.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering::SeqCst},
    },
};

use domain::state::State;
use governance::{Error, Governance, Pools};
use sqlx::{ConnectOptions, postgres::PgConnectOptions};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

use crate::support::{Shop, refund};

/// What the wire does to the next commit.
const NOTHING: u8 = 0;
const LOSES_COMMIT: u8 = 1;
const LOSES_ANSWER: u8 = 2;
/// Loses the answer, and lets nobody through any more.
const BREAKS: u8 = 3;

/// Stands between one replica and PostgreSQL.
pub struct Wire {
    directory: PathBuf,
    does: Arc<AtomicU8>,
    pub governance: Governance,
}

impl Wire {
    pub async fn lay(shop: &Shop) -> Self {
        let straight = PgConnectOptions::from_str(&shop.database.server_url()).unwrap();
        let name = format!(".s.PGSQL.{}", straight.get_port());
        let to = straight.get_socket().unwrap().join(&name);
        let directory = std::env::temp_dir().join(format!("reins-wire-{}", uuid::Uuid::now_v7().simple()));
        std::fs::create_dir(&directory).unwrap();
        let listener = UnixListener::bind(directory.join(&name)).unwrap();
        let does = Arc::new(AtomicU8::new(NOTHING));
        tokio::spawn({
            let does = does.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(carry(stream, to.clone(), does.clone()));
                }
            }
        });
        let url = straight.socket(&directory).to_url_lossy();
        Self { directory, does, governance: Governance::connect(url.as_str(), Pools::default()).unwrap() }
    }

    fn next_commit(&self, does: u8) {
        self.does.store(does, SeqCst);
    }

    /// Lets nobody through any more.
    pub fn cut(&self) {
        self.does.store(BREAKS + 1, SeqCst);
    }

    pub fn mend(&self) {
        self.does.store(NOTHING, SeqCst);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

async fn carry(mut client: UnixStream, to: impl AsRef<Path>, does: Arc<AtomicU8>) -> Option<()> {
    let mut server = UnixStream::connect(to).await.ok()?;
    let (mut asked, mut answered) = (vec![0; 65536], vec![0; 65536]);
    loop {
        if does.load(SeqCst) == BREAKS + 1 {
            return None;
        }
        tokio::select! {
            read = client.read(&mut asked) => {
                let said = &asked[..read.ok().filter(|length| *length > 0)?];
                let commits = said.windows(7).any(|word| word == b"COMMIT\0");
                match (commits, does.load(SeqCst)) {
                    (true, LOSES_COMMIT) => {
                        does.store(NOTHING, SeqCst);
                        return None;
                    }
                    (true, then @ (LOSES_ANSWER | BREAKS)) => {
                        does.store(if then == BREAKS { BREAKS + 1 } else { NOTHING }, SeqCst);
                        server.write_all(said).await.ok()?;
                        server.readable().await.ok()?;
                        return None;
                    }
                    _ => server.write_all(said).await.ok()?,
                }
            }
            read = server.read(&mut answered) => {
                client.write_all(&answered[..read.ok().filter(|length| *length > 0)?]).await.ok()?;
            }
        }
    }
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_looked_up_and_confirmed() {
    let shop = Shop::open().await;
    let wire = Wire::lay(&shop).await;
    let id = shop.waiting(refund("80.00")).await;
    let seen = shop.governance.request(&shop.ana, id).await.unwrap();

    wire.next_commit(LOSES_ANSWER);
    wire.governance.approve(&shop.ana, id, &seen.digest, "").await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
    wire.next_commit(LOSES_ANSWER);
    wire.governance.stop(&shop.ana, None, "").await.unwrap();
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Stopped);
    assert_eq!(shop.entries("stopped").await.len(), 1);
}

#[tokio::test]
async fn a_change_that_was_lost_before_its_commit_was_not_done() {
    let shop = Shop::open().await;
    let wire = Wire::lay(&shop).await;
    wire.next_commit(LOSES_COMMIT);
    assert!(matches!(wire.governance.stop(&shop.ana, None, "").await, Err(Error::Unavailable)));
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
}

#[tokio::test]
async fn a_change_of_which_nothing_can_be_found_out_is_said_to_be_unknown() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    let digest = shop.governance.request(&shop.ana, id).await.unwrap().digest;

    let wire = Wire::lay(&shop).await;
    wire.next_commit(BREAKS);
    let answer = wire.governance.reject(&shop.ana, id, &digest, "no").await;
    assert!(matches!(answer, Err(Error::Unknown)), "{answer:?}");
    assert_eq!(shop.state(id).await, State::Rejected);

    let wire = Wire::lay(&shop).await;
    wire.next_commit(BREAKS);
    let answer = wire.governance.stop(&shop.ana, None, "").await;
    assert!(matches!(answer, Err(Error::Unknown)), "{answer:?}");
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Stopped);
}

#[tokio::test]
async fn a_commit_that_the_database_refuses_was_not_done() {
    let shop = Shop::open().await;
    shop.database
        .run(
            "create function refuse() returns trigger language plpgsql as
                 $$ begin raise exception 'broken on purpose'; end $$;
             create constraint trigger refused after insert on stops deferrable initially deferred
                 for each row execute function refuse()",
        )
        .await;
    assert!(matches!(shop.governance.stop(&shop.ana, None, "").await, Err(Error::Unavailable)));
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
}
