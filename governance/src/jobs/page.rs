use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    role::Capability,
    view::jobs::{JobRow, JobsPage, LateJob},
};
use sqlx::PgConnection;

use super::{JOBS, Job};
use crate::{
    Actor, Governance, Result,
    db::{self, jobs::Standing},
};

/// How much later than usual is too late.
const GRACE: TimeDelta = TimeDelta::seconds(30);

impl Governance {
    /// What is done by itself, how that stands, and by whom.
    pub async fn jobs(&self, actor: &Actor) -> Result<JobsPage> {
        self.allow(actor, Capability::Operate).await?;
        let mut connection = self.0.pages.acquire().await?;
        let now = db::control::head(&mut connection).await?.now;
        let jobs = standing(&mut connection).await?.into_iter().map(|(job, stands)| row(job, stands, now)).collect();
        let (replicas, revision) = db::jobs::replicas(&mut connection).await?;
        Ok(JobsPage { jobs, replicas, revision, now })
    }
}

/// What has not been done for too long.
pub(crate) async fn late(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<LateJob>> {
    let late = standing(connection).await?.into_iter().filter_map(|(job, stands)| {
        let since = late_since(job, &stands, now)?;
        Some(LateJob { label: job.label.to_owned(), since, without: job.without.to_owned() })
    });
    Ok(late.collect())
}

async fn standing(connection: &mut PgConnection) -> Result<Vec<(&'static Job, Standing)>> {
    let names: Vec<String> = JOBS.iter().map(|job| job.name.to_owned()).collect();
    let mut known = db::jobs::standing(connection, &names).await?;
    let of = |job: &'static Job| {
        let at = known.iter().position(|stands| stands.name == job.name)?;
        Some((job, known.swap_remove(at)))
    };
    Ok(JOBS.iter().filter_map(of).collect())
}

/// Since when it has not been done, where that is longer than it takes at most.
fn late_since(job: &Job, stands: &Standing, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let done = stands.done_at.unwrap_or(stands.added_at);
    let usual = TimeDelta::from_std(job.every + job.longest).unwrap_or(TimeDelta::MAX);
    (now - done > usual + GRACE).then_some(done)
}

fn row(job: &Job, stands: Standing, now: DateTime<Utc>) -> JobRow {
    let failing = stands.failing();
    let late_since = late_since(job, &stands, now);
    JobRow {
        name: job.name.to_owned(),
        label: job.label.to_owned(),
        does: job.does.to_owned(),
        without: job.without.to_owned(),
        every: u32::try_from(job.every.as_secs()).unwrap_or(u32::MAX),
        working: stands.leased_until.filter(|until| *until > now).and(stands.by.zip(stands.begun_at)),
        done_at: stands.done_at,
        took_ms: stands.took_ms.and_then(|ms| u32::try_from(ms).ok()),
        left_over: stands.left_over,
        failing,
        late_since,
    }
}
