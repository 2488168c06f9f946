//! Presses of Stop that were made here and are not known to be recorded: while there is one, this replica allows nothing,
//! and goes on trying to record it.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use domain::{
    agent_file::MOST_TEXT,
    id::{PersonId, StopId},
    view::StopView,
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use uuid::Uuid;

use crate::{Actor, AgentError, Error, Governance, Result};

/// How long whoever pressed waits for an answer of the record. A page that says what is known comes within two seconds.
const PATIENCE: Duration = Duration::from_millis(1300);

/// What takes longer than this holds everything back, before anybody is told so.
const HOLD_AFTER: Duration = Duration::from_secs(1);

/// How long one try may take, and the pause before the next.
const TRY: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(500);

/// Longer names name no agent.
const LONGEST_SLUG: usize = 100;

/// How many may be open at once: people times what they stop.
const MOST_OPEN: usize = 1000;

/// How many reasons are kept of those who press again.
const MOST_SAID: usize = 20;

/// What came of a press, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Pressed {
    Recorded(StopView),
    /// It is not recorded, and is being tried again.
    NotRecorded,
    /// No answer came of the record yet, or it was lost: it is being tried again.
    Unknown,
}

/// A stop that somebody asked for. The same press is recorded once, however often it is tried.
#[derive(Clone)]
pub(crate) struct Press {
    pub id: StopId,
    pub actor: Actor,
    pub slug: Option<String>,
    pub reason: String,
    /// Other reasons of the same person, who has pressed again since.
    pub later: Vec<String>,
}

impl Press {
    pub fn new(actor: &Actor, slug: Option<&str>, reason: &str) -> Self {
        // Whatever is typed here must not fail the stop.
        let reason = reason.trim().replace("\r\n", "\n").chars().filter(|c| *c != '\0').take(MOST_TEXT).collect();
        let (id, slug) = (StopId(Uuid::now_v7()), slug.map(str::to_owned));
        Self { id, actor: actor.clone(), slug, reason, later: Vec::new() }
    }

    /// Who presses what: pressed again, it is the same.
    fn what(&self) -> What {
        (self.actor.person().ok().map(|me| me.id), self.slug.clone())
    }
}

type What = (Option<PersonId>, Option<String>);

/// How the last try of an open press went; `None` before its first has ended.
type Tried = Option<Came>;

/// What came of one try.
type Came = std::result::Result<Pressed, Refused>;

/// A press that comes to nothing, however often it is tried.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Refused {
    NoSuchAgent,
    Forbidden,
}

struct Open {
    tries: watch::Receiver<Tried>,
    later: Vec<String>,
}

#[derive(Default)]
pub(crate) struct Presses {
    open: Mutex<HashMap<What, Open>>,
    /// How many of them have kept somebody waiting for longer than a stop takes.
    unrecorded: AtomicUsize,
}

impl Presses {
    /// Whether a stop that was pressed here is not known to be recorded. Then nothing is allowed here.
    pub fn forbid(&self) -> bool {
        self.unrecorded.load(SeqCst) > 0
    }

    fn later(&self, what: &What) -> Vec<String> {
        let open = self.open.lock().ok();
        open.and_then(|open| Some(open.get(what)?.later.clone())).unwrap_or_default()
    }

    /// Ends a press that is over, unless it is recorded and more than `taken` reasons have been said meanwhile.
    fn end(&self, what: &What, came: &Came, taken: usize) -> bool {
        let Ok(mut open) = self.open.lock() else { return true };
        let goes_on = came.is_ok() && open.get(what).is_some_and(|press| press.later.len() > taken);
        if !goes_on {
            open.remove(what);
        }
        !goes_on
    }

    /// An answer to an agent, unless nothing is allowed: it may have been decided while somebody pressed.
    pub fn let_out<T>(&self, answer: std::result::Result<T, AgentError>) -> std::result::Result<T, AgentError> {
        if self.forbid() { Err(AgentError::Unavailable) } else { answer }
    }
}

impl Governance {
    /// Stops an agent, or everything, for somebody who waits: the answer comes soon and says what is known by then.
    ///
    /// It goes on by itself, also when the caller does not wait. What is not recorded soon is tried until it is, and
    /// meanwhile nothing is allowed here.
    pub async fn press(&self, actor: &Actor, slug: Option<&str>, reason: &str) -> Result<Pressed> {
        if slug.is_some_and(|slug| slug.len() > LONGEST_SLUG) {
            return Err(Error::NotFound);
        }
        let mut tries = self.open(Press::new(actor, slug, reason))?;
        let answered = timeout(PATIENCE, tries.changed()).await.is_ok_and(|changed| changed.is_ok());
        if !answered {
            return Ok(Pressed::Unknown);
        }
        match tries.borrow().clone() {
            Some(Ok(pressed)) => Ok(pressed),
            Some(Err(Refused::NoSuchAgent)) => Err(Error::NotFound),
            Some(Err(Refused::Forbidden)) => Err(Error::Forbidden),
            None => Ok(Pressed::Unknown),
        }
    }

    /// Whether a stop that was pressed here is not known to be recorded, so that nothing is allowed here.
    pub fn holds_back(&self) -> bool {
        self.0.presses.forbid()
    }

    /// Begins to record a press, or joins the same one that is open.
    fn open(&self, press: Press) -> Result<watch::Receiver<Tried>> {
        let mut open = self.0.presses.open.lock().map_err(|_| Error::Unavailable)?;
        if let Some(Open { tries, later }) = open.get_mut(&press.what()) {
            if !press.reason.is_empty() && !later.contains(&press.reason) && later.len() < MOST_SAID {
                later.push(press.reason);
            }
            let mut tries = tries.clone();
            tries.mark_unchanged();
            return Ok(tries);
        }
        if open.len() >= MOST_OPEN {
            return Err(Error::Unavailable);
        }
        let (told, tries) = watch::channel(None);
        open.insert(press.what(), Open { tries: tries.clone(), later: Vec::new() });
        let (governance, what) = (self.clone(), press.what());
        let attempt = move || {
            let later = governance.0.presses.later(&press.what());
            governance.clone().try_press(Press { later, ..press.clone() })
        };
        tokio::spawn(self.clone().keep_pressing(what, told, attempt));
        Ok(tries)
    }

    async fn keep_pressing<F>(self, what: What, told: watch::Sender<Tried>, attempt: impl Fn() -> F)
    where
        F: Future<Output = Came> + Send + 'static,
    {
        let mut held = None;
        let mut is_recorded = false;
        loop {
            let taken = self.0.presses.later(&what).len();
            let done = {
                let attempt = outcome(attempt());
                tokio::pin!(attempt);
                tokio::select! {
                    done = &mut attempt => done,
                    () = sleep(HOLD_AFTER), if held.is_none() && !is_recorded => {
                        held = Some(Held::new(&self));
                        attempt.await
                    }
                }
            };
            let over = !matches!(done, Ok(Pressed::NotRecorded | Pressed::Unknown));
            if over {
                let ends = self.0.presses.end(&what, &done, taken);
                told.send_replace(Some(done));
                if ends {
                    return;
                }
                // It is stopped; what was said meanwhile is not recorded yet.
                (held, is_recorded) = (None, true);
                continue;
            }
            if !is_recorded {
                held.get_or_insert_with(|| Held::new(&self));
                told.send_replace(Some(done));
                tracing::error!("a stop that was pressed is not recorded; nothing is allowed here until it is");
            }
            sleep(PAUSE).await;
        }
    }

    async fn try_press(self, press: Press) -> Came {
        match self.record_press(&press).await {
            Ok(stop) => Ok(Pressed::Recorded(stop)),
            Err(Error::NotFound) => Err(Refused::NoSuchAgent),
            Err(Error::Forbidden) => Err(Refused::Forbidden),
            Err(Error::Unknown) => Ok(Pressed::Unknown),
            Err(_) => Ok(Pressed::NotRecorded),
        }
    }
}

/// What came of a try. Of one that takes too long or panics that is not known, and it goes on no more.
async fn outcome(attempt: impl Future<Output = Came> + Send + 'static) -> Came {
    let mut trying = JoinSet::new();
    trying.spawn(attempt);
    match timeout(TRY, trying.join_next()).await {
        Ok(Some(Ok(came))) => came,
        _ => Ok(Pressed::Unknown),
    }
}

/// Forbids everything here for as long as it lives.
struct Held(Governance);

impl Held {
    fn new(governance: &Governance) -> Self {
        governance.0.presses.unrecorded.fetch_add(1, SeqCst);
        Self(governance.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.presses.unrecorded.fetch_sub(1, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pools;

    #[tokio::test]
    async fn a_try_that_panics_holds_everything_back_until_a_later_one_is_recorded() {
        let governance = Governance::connect("postgres://nobody@localhost:1/nothing", Pools::default()).unwrap();
        let what = (None, None);
        let (told, mut tries) = watch::channel(None);
        governance
            .0
            .presses
            .open
            .lock()
            .unwrap()
            .insert(what.clone(), Open { tries: tries.clone(), later: Vec::new() });
        let made = AtomicUsize::new(0);
        let attempt = move || {
            let first = made.fetch_add(1, SeqCst) == 0;
            async move { if first { panic!("on purpose") } else { Err(Refused::NoSuchAgent) } }
        };
        let pressing = tokio::spawn(governance.clone().keep_pressing(what, told, attempt));
        tries.changed().await.unwrap();
        assert_eq!(*tries.borrow_and_update(), Some(Ok(Pressed::Unknown)));
        assert!(governance.holds_back());

        tries.changed().await.unwrap();
        assert_eq!(*tries.borrow(), Some(Err(Refused::NoSuchAgent)));
        pressing.await.unwrap();
        assert!(!governance.holds_back() && governance.0.presses.open.lock().unwrap().is_empty());
    }

    #[test]
    fn a_reason_is_cut_where_it_would_be_too_long_elsewhere() {
        let reason = |typed: &str| Press::new(&Actor::System, None, typed).reason;
        let lines = "ab\r\n".repeat(MOST_TEXT);
        assert_eq!(domain::seen::length(&reason(&lines)), MOST_TEXT);
        assert!(reason(&lines).starts_with("ab\nab\n") && reason("a\0b\r\n") == "ab");
    }
}
