//! Presses of Stop that were made here and are not known to be recorded: while there is one, this replica allows nothing,
//! and goes on trying to record it.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use domain::{
    agent_file::{MOST_TEXT, is_slug},
    id::{PersonId, StopId},
    view::StopView,
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};
use uuid::Uuid;

use crate::{Actor, AgentError, Error, Governance, Result, call::call, id};

/// How long whoever pressed waits for an answer of the record. A page that says what is known comes within two seconds.
const PATIENCE: Duration = Duration::from_millis(1300);

/// What takes longer than this holds everything back, before anybody is told so.
const HOLD_AFTER: Duration = Duration::from_secs(1);

/// How long one try may take, and the pause before the next.
const TRY: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(500);

/// How many presses of single agents may be open at once, and how many of one person. One of everything, each person may
/// always have.
const MOST_OPEN: usize = 1000;
const MOST_OF_ONE: usize = 100;

/// How many reasons are kept of one press: as many as a stop shows.
const MOST_SAID: usize = 20;

/// What came of a press, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Pressed {
    Recorded(StopView),
    /// It is not recorded, and is being tried again.
    NotRecorded,
    /// No answer came of the record yet, or it was lost: it is being tried again.
    Unknown,
    /// So many other reasons of theirs wait to be recorded already that this one is not kept. The press is.
    NotKept,
    /// So many presses of other agents wait to be recorded already that this one is not kept. One of everything would be.
    TooMany,
}

/// A stop that somebody asked for. The same press is recorded once, however often it is tried.
#[derive(Clone)]
pub(crate) struct Press {
    pub id: StopId,
    pub actor: Actor,
    pub slug: Option<String>,
    /// What was said with it: none of it empty, and nothing twice.
    pub reasons: Vec<String>,
    /// The last one that it was pressed by.
    pub call: Option<Uuid>,
    at: Instant,
}

impl Press {
    pub fn new(actor: &Actor, slug: Option<&str>, reason: &str) -> Self {
        // Whatever is typed here must not fail the stop.
        let reason: String =
            reason.trim().replace("\r\n", "\n").chars().filter(|c| *c != '\0').take(MOST_TEXT).collect();
        Self {
            id: StopId(id::next()),
            actor: actor.clone(),
            slug: slug.map(str::to_owned),
            reasons: Some(reason).filter(|reason| !reason.is_empty()).into_iter().collect(),
            call: call(),
            at: Instant::now(),
        }
    }

    /// Who presses what: pressed again, it is the same.
    fn what(&self) -> What {
        (self.actor.person().ok().map(|me| me.id), self.slug.clone())
    }

    /// Pressed again. It is told by the new name: the stop that an earlier try has recorded, perhaps, may be released by now.
    fn joined(&mut self, again: Press) {
        self.id = again.id;
        self.call = again.call;
        self.reasons.extend(again.reasons);
    }
}

type What = (Option<PersonId>, Option<String>);

/// The number of the last try of an open press, and what came of it; `None` before its first has ended.
type Tried = Option<(u64, Came)>;

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
    /// How many tries have begun.
    begun: u64,
    press: Press,
    /// Who has pressed since the last try began: only the next one is theirs.
    again: Option<Press>,
}

impl Open {
    /// Pressed again; `false` where the reason is not kept.
    fn join(&mut self, mut press: Press) -> bool {
        let said: Vec<&String> = self.press.reasons.iter().chain(self.again.iter().flat_map(|p| &p.reasons)).collect();
        press.reasons.retain(|reason| !said.contains(&reason));
        let keeps = press.reasons.is_empty() || said.len() < MOST_SAID;
        if !keeps {
            press.reasons.clear();
        }
        match &mut self.again {
            Some(again) => again.joined(press),
            None => self.again = Some(press),
        }
        keeps
    }
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

    /// Nothing panics with it, and a press is kept whatever does.
    fn lock(&self) -> MutexGuard<'_, HashMap<What, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a try: its number, and what it is to record.
    fn begin(&self, what: &What) -> Option<(u64, Press)> {
        let mut presses = self.lock();
        let open = presses.get_mut(what)?;
        if let Some(again) = open.again.take() {
            open.press.joined(again);
        }
        open.begun += 1;
        Some((open.begun, open.press.clone()))
    }

    /// Ends a press that is over. Where somebody has pressed since its last try began, theirs goes on: gives when they did.
    fn end(&self, what: &What) -> Option<Instant> {
        let mut presses = self.lock();
        let open = presses.get_mut(what)?;
        let Some(again) = open.again.take() else {
            presses.remove(what);
            return None;
        };
        open.press = again;
        Some(open.press.at)
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
        // No agent is called so: it would hold this replica back until the record had said that.
        if slug.is_some_and(|slug| !is_slug(slug)) {
            return Err(Error::NotFound);
        }
        let Some(joined) = self.open(Press::new(actor, slug, reason)) else { return Ok(Pressed::TooMany) };
        let Joined { mut tries, number, keeps } = joined;
        if !keeps {
            return Ok(Pressed::NotKept);
        }
        let theirs = |tried: &Tried| tried.as_ref().is_some_and(|(tried, _)| *tried >= number);
        let Ok(Ok(tried)) = timeout(PATIENCE, tries.wait_for(theirs)).await else { return Ok(Pressed::Unknown) };
        match tried.clone() {
            Some((_, Ok(pressed))) => Ok(pressed),
            Some((_, Err(Refused::NoSuchAgent))) => Err(Error::NotFound),
            Some((_, Err(Refused::Forbidden))) => Err(Error::Forbidden),
            None => Ok(Pressed::Unknown),
        }
    }

    /// Whether a stop that was pressed here is not known to be recorded, so that nothing is allowed here.
    pub fn holds_back(&self) -> bool {
        self.0.presses.forbid()
    }

    /// Begins to record a press, or joins the same one that is open; `None` where too many are.
    fn open(&self, press: Press) -> Option<Joined> {
        let mut presses = self.0.presses.lock();
        let what = press.what();
        if let Some(open) = presses.get_mut(&what) {
            let keeps = open.join(press);
            return Some(Joined { tries: open.tries.clone(), number: open.begun + 1, keeps });
        }
        if !has_place(&presses, &what) {
            return None;
        }
        let (told, tries) = watch::channel(None);
        presses.insert(what.clone(), Open { tries: tries.clone(), begun: 0, press, again: None });
        let governance = self.clone();
        let attempt = move |press| governance.clone().try_press(press);
        tokio::spawn(self.clone().keep_pressing(what, told, attempt));
        Some(Joined { tries, number: 1, keeps: true })
    }

    async fn keep_pressing<F>(self, what: What, told: watch::Sender<Tried>, attempt: impl Fn(Press) -> F)
    where
        F: Future<Output = Came> + Send + 'static,
    {
        let mut held = None;
        while let Some((number, press)) = self.0.presses.begin(&what) {
            let hold_at = press.at + HOLD_AFTER;
            let done = {
                let attempt = outcome(attempt(press));
                tokio::pin!(attempt);
                tokio::select! {
                    done = &mut attempt => done,
                    () = sleep_until(hold_at), if held.is_none() => {
                        held = Some(Held::new(&self));
                        attempt.await
                    }
                }
            };
            if matches!(done, Ok(Pressed::NotRecorded | Pressed::Unknown)) {
                held.get_or_insert_with(|| Held::new(&self));
                told.send_replace(Some((number, done)));
                tracing::error!("a stop that was pressed is not recorded; nothing is allowed here until it is");
                sleep(PAUSE).await;
                continue;
            }
            let again = self.0.presses.end(&what);
            told.send_replace(Some((number, done)));
            let Some(again) = again else { return };
            // Who has pressed meanwhile may have been told already that nothing is allowed.
            held = held.filter(|_| again.elapsed() >= HOLD_AFTER);
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

fn has_place(open: &HashMap<What, Open>, (who, slug): &What) -> bool {
    let of_agents = || open.keys().filter(|(_, slug)| slug.is_some());
    slug.is_none() || of_agents().count() < MOST_OPEN && of_agents().filter(|(by, _)| by == who).count() < MOST_OF_ONE
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

/// A press that is open: the first try that is its own, and whether what was said with it is kept.
struct Joined {
    tries: watch::Receiver<Tried>,
    number: u64,
    keeps: bool,
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
        let press = Press::new(&Actor::System, None, "");
        let what = press.what();
        let (told, mut tries) = watch::channel(None);
        let open = Open { tries: tries.clone(), begun: 0, press, again: None };
        governance.0.presses.open.lock().unwrap().insert(what.clone(), open);
        let made = AtomicUsize::new(0);
        let attempt = move |_| {
            let first = made.fetch_add(1, SeqCst) == 0;
            async move { if first { panic!("on purpose") } else { Err(Refused::NoSuchAgent) } }
        };
        let pressing = tokio::spawn(governance.clone().keep_pressing(what, told, attempt));
        tries.changed().await.unwrap();
        assert_eq!(*tries.borrow_and_update(), Some((1, Ok(Pressed::Unknown))));
        assert!(governance.holds_back());

        tries.changed().await.unwrap();
        assert_eq!(*tries.borrow(), Some((2, Err(Refused::NoSuchAgent))));
        pressing.await.unwrap();
        assert!(!governance.holds_back() && governance.0.presses.open.lock().unwrap().is_empty());
    }

    #[test]
    fn a_reason_is_cut_where_it_would_be_too_long_elsewhere() {
        let reason = |typed: &str| Press::new(&Actor::System, None, typed).reasons.concat();
        let lines = "ab\r\n".repeat(MOST_TEXT);
        assert_eq!(domain::seen::length(&reason(&lines)), MOST_TEXT);
        assert!(reason(&lines).starts_with("ab\nab\n") && reason("a\0b\r\n") == "ab");
    }
}
