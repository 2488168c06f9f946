//! What waits and nobody can approve, as there are no people, or too few different ones.

use std::collections::BTreeSet;

use domain::{
    able::why_short,
    as_one::AsOne,
    catalog::Queue,
    decision::Need,
    id::PersonId,
    role::Capability,
    view::approvals::{Leaving, Short},
};
use sqlx::PgConnection;

use crate::{
    Actor, Conflict, Governance, Result,
    db::{self, pages::Needed},
};

impl Governance {
    /// What waits in vain, the most of it first.
    pub async fn short(&self, actor: &Actor) -> Result<Vec<Short>> {
        self.allow(actor, Capability::Look).await?;
        let mut connection = self.0.pages.acquire().await?;
        let (control, _) = self.control(&mut connection).await?;
        let queues = apart(&db::catalog::queues(&mut connection).await?, &control.as_one);
        let mut found: Vec<Short> = Vec::new();
        for Needed { needs, count, oldest } in db::pages::needed(&mut connection, &control).await? {
            let Some(why) = why_short(&needs, &queues) else { continue };
            let rejectable = may_reject(&needs, &queues);
            match found.iter_mut().find(|known| known.why == why && known.rejectable == rejectable) {
                Some(known) => {
                    known.count += count;
                    known.oldest = known.oldest.min(oldest);
                }
                None => found.push(Short { why, rejectable, count, oldest }),
            }
        }
        found.sort_by_key(|short| std::cmp::Reverse(short.count));
        Ok(found)
    }

    /// Whose leaving of a queue would leave something that waits without people enough, and how much.
    pub async fn leaving(&self, actor: &Actor) -> Result<Vec<Leaving>> {
        self.allow(actor, Capability::ManagePeople).await?;
        let mut connection = self.0.pages.acquire().await?;
        let (control, _) = self.control(&mut connection).await?;
        let queues = db::catalog::queues(&mut connection).await?;
        let needed = db::pages::needed(&mut connection, &control).await?;
        let members = queues.iter().flat_map(|queue| queue.able.iter().flatten().map(|id| (Some(&queue.slug), *id)));
        let all: BTreeSet<PersonId> =
            queues.iter().filter_map(|queue| queue.able.as_ref()).flatten().copied().collect();
        let leaving = members.chain(all.into_iter().map(|id| (None, id))).filter_map(|(queue, person)| {
            let count = left(&needed, &queues, &control.as_one, queue.map(String::as_str), person);
            (count > 0).then(|| Leaving { queue: queue.cloned(), person, count })
        });
        Ok(leaving.collect())
    }
}

/// Whether anybody who can decide is in one of the queues.
fn may_reject(needs: &[Need], queues: &[Queue]) -> bool {
    let is_asked = |queue: &&Queue| needs.iter().any(|need| need.queue == queue.slug);
    queues.iter().filter(is_asked).any(|queue| queue.able.as_ref().is_some_and(|able| !able.is_empty()))
}

/// Why nobody can approve what needs this, in sentences, with what to do.
pub(crate) fn why_nobody(needs: &[Need], queues: &[Queue], as_one: &AsOne) -> Option<String> {
    let queues = apart(queues, as_one);
    let why = why_short(needs, &queues)?;
    let reject = if may_reject(needs, &queues) { "It can still be rejected." } else { "Nobody can reject it either." };
    Some(format!("{why} {reject} An admin adds people to queues under Settings, Queues."))
}

/// Refuses where more than `losing` of what waits could be approved by nobody without this person in this queue, or in all.
pub(crate) async fn need_others(
    connection: &mut PgConnection,
    queue: Option<&str>,
    person: PersonId,
    losing: u32,
) -> Result<()> {
    // Not remembered: this transaction is about to change what others would then take for what holds.
    let head = db::control::head(connection).await?;
    let control = db::control::load(connection, &head).await?;
    let queues = db::catalog::queues(connection).await?;
    match left(&db::pages::needed(connection, &control).await?, &queues, &control.as_one, queue, person) {
        count if count > losing => Err(Conflict::LeavesNobody { count }.into()),
        _ => Ok(()),
    }
}

/// Queues with one in the place of all who count as one.
pub(crate) fn apart(queues: &[Queue], as_one: &AsOne) -> Vec<Queue> {
    let one = |able: &BTreeSet<PersonId>| able.iter().map(|person| as_one.of(*person)).collect();
    queues.iter().map(|queue| Queue { able: queue.able.as_ref().map(one), ..queue.clone() }).collect()
}

fn left(needed: &[Needed], queues: &[Queue], as_one: &AsOne, queue: Option<&str>, person: PersonId) -> u32 {
    let mut without = queues.to_vec();
    let is_it = |known: &&mut Queue| queue.is_none_or(|queue| known.slug == queue);
    for able in without.iter_mut().filter(is_it).filter_map(|known| known.able.as_mut()) {
        able.remove(&person);
    }
    let (queues, without) = (&apart(queues, as_one), apart(&without, as_one));
    let is_lost = |one: &&Needed| why_short(&one.needs, queues).is_none() && why_short(&one.needs, &without).is_some();
    needed.iter().filter(is_lost).map(|one| one.count).sum()
}
