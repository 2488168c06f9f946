//! Attempts without a valid key or session: held back in memory before any database work, and counted for people to see.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    mem,
    sync::Mutex,
    time::Duration,
};

use tokio::time::Instant;

use crate::{Governance, Result, db};

/// How many tries to sign in are allowed within `WINDOW`: from an address, behind which may sit a whole office, on an
/// account from an address, and from a device on which somebody has signed in before.
const FROM_SOURCE: u32 = 100;
const ON_ACCOUNT: u32 = 10;
const FROM_DEVICE: u32 = 20;
const WINDOW: Duration = Duration::from_secs(600);

/// Places of each allowance. Who shares one with another nobody can choose, as the hash is secret.
const PLACES: usize = 1 << 14;

/// How many sources are told apart between two writings; the others are counted together.
const SOURCES: usize = 100;
const OTHERS: &str = "others";

#[derive(Default)]
pub(crate) struct Attempts {
    counts: Mutex<HashMap<(&'static str, String), i32>>,
    sign_ins: SignIns,
}

struct SignIns {
    secret: RandomState,
    sources: Allowance,
    accounts: Allowance,
    devices: Allowance,
}

impl Default for SignIns {
    fn default() -> Self {
        Self {
            secret: RandomState::new(),
            sources: Allowance::of(FROM_SOURCE),
            accounts: Allowance::of(ON_ACCOUNT),
            devices: Allowance::of(FROM_DEVICE),
        }
    }
}

/// Who tries to sign in.
pub(crate) enum Trying<'a> {
    /// From an address, on the account of this e-mail address.
    Unknown { source: &'a str, email: &'a str },
    /// From a device on which this person has signed in before: nobody else uses it up.
    Device(&'a str),
}

impl Attempts {
    /// Whether one more try is allowed; one that is not does not count.
    pub fn may_sign_in(&self, who: &Trying<'_>, now: Instant) -> bool {
        let SignIns { secret, sources, accounts, devices } = &self.sign_ins;
        match who {
            Trying::Device(device) => devices.take(secret.hash_one(device), now),
            Trying::Unknown { source, email } => {
                take_both((sources, secret.hash_one(source)), (accounts, secret.hash_one((source, email))), now)
            }
        }
    }

    /// Whoever has signed in may mistype as often again.
    pub fn signed_in(&self, who: &Trying<'_>) {
        let SignIns { secret, accounts, devices, .. } = &self.sign_ins;
        match who {
            Trying::Device(device) => devices.forget(secret.hash_one(device)),
            Trying::Unknown { source, email } => accounts.forget(secret.hash_one((source, email))),
        }
    }

    fn count(&self, kind: &'static str, source: &str) {
        let Ok(mut counts) = self.counts.lock() else { return };
        let full = counts.len() >= SOURCES && !counts.contains_key(&(kind, source.to_owned()));
        let source = if full { OTHERS } else { source };
        let count = counts.entry((kind, source.to_owned())).or_default();
        *count = count.saturating_add(1);
    }
}

/// How often each of many may do something within the window.
struct Allowance {
    most: u32,
    places: Mutex<Places>,
}

/// How often, since when; by a hash of who it is.
type Places = Vec<Option<(u32, Instant)>>;

impl Allowance {
    fn of(most: u32) -> Self {
        Self { most, places: Mutex::new(vec![None; PLACES]) }
    }

    fn take(&self, who: u64, now: Instant) -> bool {
        let Ok(mut places) = self.places.lock() else { return false };
        let Some(count) = self.next(&places, who, now) else { return false };
        places[who as usize % PLACES] = Some(count);
        true
    }

    /// How a place stands once it is taken once more; `None` where that is not allowed.
    fn next(&self, places: &Places, who: u64, now: Instant) -> Option<(u32, Instant)> {
        let place = places[who as usize % PLACES].filter(|(_, since)| now.duration_since(*since) < WINDOW);
        let (count, since) = place.unwrap_or((0, now));
        (count < self.most).then_some((count + 1, since))
    }

    fn forget(&self, who: u64) {
        if let Ok(mut places) = self.places.lock() {
            places[who as usize % PLACES] = None;
        }
    }
}

/// Takes of both or of none: what one of them refuses must not use up the other, which somebody else may share.
fn take_both((first, one): (&Allowance, u64), (second, other): (&Allowance, u64), now: Instant) -> bool {
    let (Ok(mut ones), Ok(mut others)) = (first.places.lock(), second.places.lock()) else { return false };
    let next = first.next(&ones, one, now).zip(second.next(&others, other, now));
    if let Some((first, second)) = next {
        ones[one as usize % PLACES] = Some(first);
        others[other as usize % PLACES] = Some(second);
    }
    next.is_some()
}

impl Governance {
    /// Counts an attempt without a valid key or session, in memory.
    pub fn count_attempt(&self, kind: &'static str, source: &str) {
        self.0.attempts.count(kind, source);
    }

    /// Writes what was counted since the last time; what cannot be written is counted on.
    pub async fn write_attempts(&self) -> Result<()> {
        let counts = match self.0.attempts.counts.lock() {
            Ok(mut counts) => mem::take(&mut *counts),
            Err(_) => return Ok(()),
        };
        if counts.is_empty() {
            return Ok(());
        }
        let written = db::people::add_attempts(&self.0.pages, &counts).await;
        if written.is_err()
            && let Ok(mut kept) = self.0.attempts.counts.lock()
        {
            for (what, count) in counts {
                let kept = kept.entry(what).or_default();
                *kept = kept.saturating_add(count);
            }
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELSEWHERE: Trying<'_> = Trying::Unknown { source: "6.6.6.6", email: "nora@example.com" };

    #[test]
    fn after_the_window_one_may_try_again() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        let allowed = (0..30).filter(|_| attempts.may_sign_in(&ELSEWHERE, now)).count();
        assert_eq!(allowed, ON_ACCOUNT as usize);
        assert!(!attempts.may_sign_in(&ELSEWHERE, now + WINDOW - Duration::from_secs(1)));
        assert!(attempts.may_sign_in(&ELSEWHERE, now + WINDOW));
    }

    #[test]
    fn what_a_source_may_not_try_uses_up_nobody_elses_allowance() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        let mut allowed = 0;
        for source in 0..6 {
            for name in 0..20_000 {
                let (source, email) = (format!("6.6.6.{source}"), format!("{name}@made-up.example"));
                allowed += u32::from(attempts.may_sign_in(&Trying::Unknown { source: &source, email: &email }, now));
            }
        }
        let taken = attempts.sign_ins.accounts.places.lock().unwrap();
        let taken: u32 = taken.iter().flatten().map(|(count, _)| count).sum();
        assert_eq!((allowed, taken), (6 * FROM_SOURCE, 6 * FROM_SOURCE));
    }

    #[test]
    fn what_an_account_may_not_be_tried_uses_up_nothing_of_its_source() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for _ in 0..1000 {
            attempts.may_sign_in(&ELSEWHERE, now);
        }
        let taken = attempts.sign_ins.sources.places.lock().unwrap();
        assert_eq!(taken.iter().flatten().map(|(count, _)| *count).collect::<Vec<_>>(), [ON_ACCOUNT]);
    }

    #[test]
    fn made_up_sources_are_counted_together_beyond_a_hundred() {
        let attempts = Attempts::default();
        for n in 0..5000 {
            attempts.count("agent key", &format!("2001:db8:0:{n:x}::/64"));
        }
        let counts = attempts.counts.lock().unwrap();
        assert_eq!((counts.len(), counts.values().sum::<i32>()), (SOURCES + 1, 5000));
    }
}
