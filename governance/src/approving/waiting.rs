//! What waits for people: the list, how much of it is somebody's, and what comes next.

use chrono::{DateTime, Utc};
use domain::{
    id::{AgentId, PersonId},
    role::Capability,
    view::{AgentLink, ApprovalsPage, QueueView, RequestRow, WaitingFilter, approvals::PAGE},
};
use sqlx::PgConnection;

use crate::{
    Actor, Governance, Result,
    approving::able::short_of,
    control::Control,
    db::{
        self,
        pages::{Count, Part, Waiting},
    },
};

impl Governance {
    /// The queues, and what waits in one of them, or in all of the reader's, or in all where the reader has none.
    pub async fn approvals(&self, actor: &Actor, filter: &WaitingFilter) -> Result<ApprovalsPage> {
        self.allow(actor, Capability::Look).await?;
        let me = actor.person()?.id;
        let mut connection = self.0.pages.acquire().await?;
        let (control, now) = self.control(&mut connection).await?;
        let mut queues = db::queues::all(&mut *connection, Some(me)).await?;
        let waiting = Waiting::read(&mut connection, &control, Some(me)).await?;

        let agent = |slug: &String| control.agents.values().find(|known| known.link.slug == *slug);
        let agent = filter.agent.as_ref().and_then(agent).map(|known| known.link.id);
        let queue = filter.queue.as_ref().filter(|slug| queues.iter().any(|queue| queue.slug == **slug));
        let shown = shown(&queues, queue);
        let part = |agent: Option<AgentId>, now: bool| Part { queues: Some(&shown), agent, now };
        let this = part(agent, !filter.later);
        let mut after = filter.after.clone();
        let (mut rows, mut next) = waiting.page(&mut connection, this, after.as_ref(), PAGE, now).await?;
        if rows.is_empty() && after.take().is_some() {
            (rows, next) = waiting.page(&mut connection, this, None, PAGE, now).await?;
        }
        let last_decided = if rows.is_empty() { db::pages::last_decided(&mut connection).await? } else { None };

        let agents = Vec::from_iter(waiting.agents(&shown));
        let mut parts = vec![part(agent, true), part(agent, false)];
        parts.extend(agents.iter().map(|id| part(Some(*id), !filter.later)));
        parts.extend(queues.iter().map(|queue| Part {
            queues: Some(std::slice::from_ref(&queue.slug)),
            agent: None,
            now: true,
        }));
        let counts = waiting.count(&mut connection, &parts).await?;
        let mut counts = counts.into_iter();
        let mut count = || counts.next().unwrap_or_default();
        let (to_decide, not_now) = (count(), count());
        let agents = agents.into_iter().filter_map(|id| {
            let count = count().count;
            Some((control.agents.get(&id)?.link.clone(), count)).filter(|_| count > 0)
        });
        let mut agents: Vec<(AgentLink, u32)> = agents.collect();
        agents.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
        let of_queues: Vec<u32> = queues.iter().map(|_| count().count).collect();
        let queue = queue.cloned();
        queues.iter_mut().zip(of_queues).for_each(|(queue, count)| queue.waiting = count);
        let total = if filter.later { not_now } else { to_decide };
        let cut = waiting.cut.iter().filter_map(|id| Some(control.agents.get(id)?.link.clone())).collect();
        let short = short_of(&mut connection, &control, &waiting).await?;
        Ok(ApprovalsPage {
            agents,
            filter: WaitingFilter {
                queue,
                agent: filter.agent.clone().filter(|_| agent.is_some()),
                later: filter.later,
                after,
            },
            waiting: rows,
            next,
            total: total.count,
            now_and_later: (to_decide.count, not_now.count),
            oldest: total.oldest.filter(|_| waiting.cut.is_empty()),
            last_decided,
            cut,
            short,
            now,
            queues,
        })
    }
}

/// How much this person could decide now, for all their queues, and whether there may be more that is not counted.
pub(crate) async fn waiting_for(
    connection: &mut PgConnection,
    control: &Control,
    person: PersonId,
) -> Result<(Count, bool)> {
    if control.queues_of(person).is_empty() {
        return Ok((Count::default(), false));
    }
    let waiting = Waiting::read(connection, control, Some(person)).await?;
    Ok((waiting.count_mine(connection).await?, !waiting.cut.is_empty()))
}

/// What this person could decide now and comes first.
pub(crate) async fn next_for(
    connection: &mut PgConnection,
    control: &Control,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Option<RequestRow>> {
    let mine = Vec::from_iter(control.queues_of(person));
    if mine.is_empty() {
        return Ok(None);
    }
    let waiting = Waiting::read(connection, control, Some(person)).await?;
    let part = Part { queues: Some(&mine), agent: None, now: true };
    let (first, _) = waiting.page(connection, part, None, 1, now).await?;
    Ok(first.into_iter().next())
}

/// The queues whose requests are shown.
fn shown(queues: &[QueueView], chosen: Option<&String>) -> Vec<String> {
    let slugs = |of: &dyn Fn(&QueueView) -> bool| queues.iter().filter(|q| of(q)).map(|q| q.slug.clone()).collect();
    match chosen {
        Some(slug) => vec![slug.clone()],
        None if queues.iter().any(|queue| queue.mine) => slugs(&|queue| queue.mine),
        None => slugs(&|_| true),
    }
}
