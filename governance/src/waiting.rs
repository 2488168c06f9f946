//! What waits for people: the list, how much of it is somebody's, and what comes next.

use chrono::{DateTime, Utc};
use domain::{
    id::PersonId,
    role::Capability,
    view::{AgentLink, ApprovalsPage, QueueView, RequestRow, WaitingFilter, approvals::PAGE},
};
use sqlx::PgConnection;

use crate::{
    Actor, Governance, Result,
    control::Control,
    db::{
        self,
        pages::{Count, Part},
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
        let waiting = db::pages::Waiting::for_reader(&mut connection, &control, me).await?;

        let agent = |slug: &String| control.agents.values().find(|known| known.link.slug == *slug);
        let agent = filter.agent.as_ref().and_then(agent).map(|known| known.link.id);
        let queue = filter.queue.as_ref().filter(|slug| queues.iter().any(|queue| queue.slug == **slug));
        let shown = shown(&queues, queue);
        let is_now = !filter.later;
        let part = waiting.count(&shown, agent, is_now);
        let page = filter.page.min(part.count.div_ceil(PAGE).saturating_sub(1));
        let of = Part { queues: &shown, agent, now: is_now, page };
        let rows = db::pages::waiting(&mut connection, &control, me, of, now).await?;
        let last_decided = if rows.is_empty() { db::pages::last_decided(&mut connection).await? } else { None };

        for queue in &mut queues {
            queue.waiting = waiting.count(std::slice::from_ref(&queue.slug), None, true).count;
        }
        let agents = waiting.agents().into_iter().filter_map(|id| {
            let count = waiting.count(&shown, Some(id), is_now).count;
            Some((control.agents.get(&id)?.link.clone(), count)).filter(|(_, count)| *count > 0)
        });
        let mut agents: Vec<(AgentLink, u32)> = agents.collect();
        agents.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
        let count = |is_now| waiting.count(&shown, agent, is_now).count;
        Ok(ApprovalsPage {
            agents,
            filter: WaitingFilter {
                queue: queue.cloned(),
                agent: filter.agent.clone().filter(|_| agent.is_some()),
                later: filter.later,
                page,
            },
            waiting: rows,
            total: part.count,
            now_and_later: (count(true), count(false)),
            oldest: part.oldest,
            last_decided,
            now,
            queues,
        })
    }
}

/// What this person could decide now, for all their queues.
pub(crate) async fn waiting_for(connection: &mut PgConnection, control: &Control, person: PersonId) -> Result<Count> {
    let mine = Vec::from_iter(control.queues_of(person));
    Ok(db::pages::Waiting::for_reader(connection, control, person).await?.count(&mine, None, true))
}

/// What this person could decide now and is due first.
pub(crate) async fn next_for(
    connection: &mut PgConnection,
    control: &Control,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Option<RequestRow>> {
    let mine = Vec::from_iter(control.queues_of(person));
    let part = Part { queues: &mine, agent: None, now: true, page: 0 };
    let first = db::pages::waiting(connection, control, person, part, now).await?;
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
