//! The page that says what needs somebody.

use chrono::{DateTime, Utc};
use domain::{
    role::Capability,
    view::{AgentLink, Pile, Today},
};

use crate::{
    Actor, Governance, Result,
    approving::able::short_of,
    db::{self, pages::Waiting},
    jobs,
};

impl Governance {
    pub async fn today(&self, actor: &Actor) -> Result<Today> {
        self.allow(actor, Capability::Look).await?;
        let me = actor.person()?.id;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let what = Waiting::read(&mut connection, &control, Some(me)).await?;
        let agents = db::pages::agent_rows(&mut connection, &control, now, None).await?;
        let few = actor.can(Capability::ManagePeople);
        let short = if few { short_of(&mut connection, &control, &what).await? } else { Vec::new() };
        let open = db::outcome::open(&mut connection).await?;
        let breaches = db::outcome::open_breaches(&mut connection).await?;
        let unknown = db::pages::unknown(&mut connection, &control, now).await?;
        let breaches = piles(open.iter().map(|open| (&open.agent, open.breaches)), breaches, |breach| &breach.agent);
        let unknown = piles(open.iter().map(|open| (&open.agent, open.unknown)), unknown, |row| &row.agent);
        let waiting = what.count_mine(&mut connection).await?;
        let more_waits = !what.cut.is_empty() && !control.queues_of(me).is_empty();
        let (waiting_for_me, oldest_waiting) = (waiting.count, waiting.oldest.filter(|_| !more_waits));
        let (mut proposals, mut changes) = (Vec::new(), Vec::new());
        if actor.can(Capability::Govern) {
            proposals = db::drafts::proposals(&mut connection).await?;
            changes.extend(db::proposals::all(&mut connection).await?.into_iter().map(|proposal| proposal.head));
        }
        let late = if actor.can(Capability::Operate) { jobs::late(&mut connection, now).await? } else { Vec::new() };
        let unclaimed = db::pages::unclaimed(&mut connection, me, !actor.can(Capability::Govern)).await?;
        changes.retain(|change| change.stamp.by.id != me);
        proposals.retain(|proposal| proposal.stamp.by.id != me);
        Ok(Today {
            waiting_for_me,
            more_waits,
            oldest_waiting,
            agents,
            breaches,
            unknown,
            proposals,
            changes,
            short,
            unclaimed,
            late,
            now,
        })
    }
}

/// What lies open, by agent.
fn piles<'a, T: Clone>(
    totals: impl Iterator<Item = (&'a AgentLink, (u32, DateTime<Utc>))>,
    first: Vec<T>,
    agent_of: impl Fn(&T) -> &AgentLink,
) -> Vec<Pile<T>> {
    let piles = totals.map(|(agent, (total, until))| {
        let first: Vec<T> = first.iter().filter(|one| agent_of(one).id == agent.id).cloned().collect();
        // What came between both looks is among the first only.
        let total = total.max(u32::try_from(first.len()).unwrap_or(u32::MAX));
        Pile { agent: agent.clone(), total, until, first }
    });
    piles.filter(|pile| !pile.first.is_empty()).collect()
}
