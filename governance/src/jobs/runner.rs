//! Taking what is due, working on it under a lease, and giving it back.

use std::time::Duration;

use chrono::TimeDelta;
use domain::words;
use tokio::{
    task::{AbortHandle, JoinSet},
    time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout},
};

use super::{Job, LeftOver, Turn};
use crate::{
    Governance, Result,
    db::{
        self,
        jobs::{Came, Lease, Offer, Taken},
    },
};

/// How often it is looked what is due.
const LOOK: Duration = Duration::from_millis(500);

/// How long a replica that says nothing keeps a job from the others; and how often it says so.
const LEASE: Duration = Duration::from_secs(10);
const RENEW: Duration = Duration::from_secs(3);

/// The longest that is waited after a failure, or while the database is away.
const MOST_BETWEEN: Duration = Duration::from_secs(60);
const MOST_AWAY: Duration = Duration::from_secs(5);

const LOST: &str = "the server that worked on it did not say how that ended";
const PANICKED: &str = "it met something that it was not made for, which the server's log tells";

impl Governance {
    /// Takes these jobs as they are due, and works on them. Comes back never; what it works on ends with it.
    pub async fn run_jobs(&self, jobs: &'static [Job]) {
        let mut tasks = JoinSet::new();
        let mut working: Vec<(&str, AbortHandle)> = Vec::new();
        let (mut enlisted, mut away) = (false, LOOK);
        loop {
            while tasks.try_join_next().is_some() {}
            working.retain(|(_, task)| !task.is_finished());
            let free: Vec<&Job> = jobs.iter().filter(|job| working.iter().all(|(name, _)| *name != job.name)).collect();
            let taken = timeout(MOST_AWAY, self.take(jobs, &free, &mut enlisted)).await;
            away = match &taken {
                Ok(Ok(_)) => LOOK,
                _ => (away * 2).min(MOST_AWAY),
            };
            for taken in taken.into_iter().flatten().flatten() {
                if let Some(job) = jobs.iter().find(|job| job.name == taken.name) {
                    let governance = self.clone();
                    working.push((job.name, tasks.spawn(async move { governance.work(job, taken).await })));
                }
            }
            sleep(away).await;
        }
    }

    async fn take(&self, all: &[Job], free: &[&Job], enlisted: &mut bool) -> Result<Vec<Taken>> {
        let mut connection = self.0.pages.acquire().await?;
        let now = db::control::head(&mut connection).await?.now;
        if !*enlisted {
            let names: Vec<String> = all.iter().map(|job| job.name.to_owned()).collect();
            db::jobs::enlist(&mut connection, &names, now).await?;
            *enlisted = true;
        }
        // Another replica may have read the time a moment later.
        let furthest = |most: Duration| now + delta(most + LEASE);
        let offers: Vec<Offer> = free
            .iter()
            .map(|job| Offer { name: job.name.to_owned(), furthest: furthest(job.every.max(MOST_BETWEEN)) })
            .collect();
        let lease = Lease { until: now + delta(LEASE), furthest: furthest(LEASE) };
        db::jobs::take(&mut connection, self.0.replica, &offers, &lease, LOST, now).await
    }

    async fn work(&self, job: &Job, taken: Taken) {
        let begun = Instant::now();
        let Some(came) = self.attempt(job, Turn { taken_over: taken.taken_over }).await else {
            tracing::warn!(job = job.name, "another replica has taken this over");
            self.0.counts.job(job.name, "lost");
            return;
        };
        self.0.counts.job(job.name, if came.is_ok() { "done" } else { "failed" });
        tell(job, &taken, &came);
        // What is not given back is taken when the lease has run out.
        let _ = timeout(MOST_AWAY, self.give_back(job, &taken, &came, begun.elapsed())).await;
    }

    /// What came of it; `None`: it is another's by now, and this one has ended.
    async fn attempt(&self, job: &Job, turn: Turn) -> Option<std::result::Result<LeftOver, String>> {
        // A task of its own, which ends with this: a panic in it is its own.
        let mut attempt = JoinSet::new();
        attempt.spawn((job.work)(self.clone(), turn));
        let end = Instant::now() + job.longest;
        let mut held = Instant::now();
        let mut renewing = interval(RENEW);
        renewing.set_missed_tick_behavior(MissedTickBehavior::Delay);
        renewing.tick().await;
        loop {
            tokio::select! {
                done = attempt.join_next() => return Some(match done {
                    Some(Ok(done)) => done.map_err(|error| error.to_string()),
                    Some(Err(_)) | None => Err(PANICKED.to_owned()),
                }),
                () = sleep_until(end) => {
                    let longest = words::span(i64::try_from(job.longest.as_secs()).unwrap_or(i64::MAX));
                    return Some(Err(format!("it was not done within {longest}, and was ended")));
                }
                _ = renewing.tick() => match timeout(RENEW, self.renew(job.name)).await {
                    Ok(Ok(true)) => held = Instant::now(),
                    Ok(Ok(false)) => return None,
                    // The database is away: as long as the lease holds, nobody else has it.
                    Ok(Err(_)) | Err(_) if held.elapsed() >= LEASE => return None,
                    Ok(Err(_)) | Err(_) => {}
                },
            }
        }
    }

    async fn renew(&self, name: &str) -> Result<bool> {
        let mut connection = self.0.pages.acquire().await?;
        let now = db::control::head(&mut connection).await?.now;
        db::jobs::renew(&mut connection, self.0.replica, name, now + delta(LEASE)).await
    }

    async fn give_back(
        &self,
        job: &Job,
        taken: &Taken,
        came: &std::result::Result<LeftOver, String>,
        took: Duration,
    ) -> Result<()> {
        let mut connection = self.0.pages.acquire().await?;
        let now = db::control::head(&mut connection).await?.now;
        let (wait, left_over, error) = match came {
            Ok(left_over) => (job.every.saturating_sub(took), left_over.as_deref(), None),
            Err(error) => (between(taken.attempts), None, Some(error.as_str())),
        };
        let took_ms = i32::try_from(took.as_millis()).unwrap_or(i32::MAX);
        let came = Came { due: now + delta(wait), took_ms, left_over, error };
        db::jobs::give_back(&mut connection, self.0.replica, job.name, &came, now).await
    }
}

/// How long is waited after so many failures and one more.
fn between(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts).unwrap_or_default().min(6);
    Duration::from_secs(1 << doublings).min(MOST_BETWEEN)
}

/// Says once what is wrong, and once that it is no more.
fn tell(job: &Job, taken: &Taken, came: &std::result::Result<LeftOver, String>) {
    let (error, left_over) = match came {
        Ok(left_over) => (None, left_over.as_ref()),
        Err(error) => (Some(error), None),
    };
    match error {
        Some(error) if taken.error.as_ref() != Some(error) => {
            tracing::error!(job = job.name, error, "a job has failed")
        }
        None if taken.error.is_some() => tracing::info!(job = job.name, "a job is done again"),
        _ => {}
    }
    if let Some(left_over) = left_over
        && taken.left_over.as_ref() != Some(left_over)
    {
        tracing::error!(job = job.name, left_over, "a job has left something undone");
    }
}

fn delta(time: Duration) -> TimeDelta {
    TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_tried_again_after_a_second_and_then_ever_later_up_to_a_minute() {
        let waits: Vec<u64> = (0..9).map(|attempts| between(attempts).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
