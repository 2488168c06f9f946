//! What waits and nobody can approve, as there are no people, or too few different ones.

use std::collections::BTreeSet;

use domain::{
    able::{apart, why_short},
    catalog::Queue,
    decision::Need,
    id::PersonId,
    role::Capability,
    view::{
        MOST_WAITING,
        approvals::{Leaving, Lost, Short},
    },
};
use sqlx::PgConnection;

use crate::{
    Actor, Conflict, Governance, Result,
    control::Control,
    db::{
        self,
        pages::{Needed, Waiting},
    },
};

impl Governance {
    /// What waits in vain, the most of it first.
    pub async fn short(&self, actor: &Actor) -> Result<Vec<Short>> {
        self.allow(actor, Capability::Look).await?;
        let mut connection = self.0.pages.acquire().await?;
        let (control, _) = self.control(&mut connection).await?;
        let waiting = Waiting::read(&mut connection, &control, None).await?;
        short_of(&mut connection, &control, &waiting).await
    }

    /// Whose leaving of a queue would leave something that waits without people enough, or undo a yes, and how much.
    pub async fn leaving(&self, actor: &Actor) -> Result<Vec<Leaving>> {
        self.allow(actor, Capability::ManagePeople).await?;
        let mut connection = self.0.pages.acquire().await?;
        let (control, _) = self.control(&mut connection).await?;
        let waiting = Waiting::read(&mut connection, &control, None).await?;
        let (needed, more) = (waiting.needed(&mut connection).await?, !waiting.cut.is_empty());
        let yeses = db::approvals::counting(&mut connection, &control).await?;
        let members = control.members.iter().flat_map(|(queue, of)| of.keys().map(move |id| (Some(queue), *id)));
        let all: BTreeSet<PersonId> = control.members.values().flat_map(|of| of.keys()).copied().collect();
        let leaving = members.chain(all.into_iter().map(|id| (None, id))).filter_map(|(queue, person)| {
            let leave = Leave::new(&control, queue.map(String::as_str), person);
            let queue = queue.cloned();
            let yeses = yeses.get(&(queue.clone(), person)).copied().unwrap_or_default();
            let nobody = needed.iter().filter(|one| leave.loses(&one.needs)).map(|one| one.count);
            let nobody = nobody.fold(0, u32::saturating_add).min(MOST_WAITING);
            let lost = Lost { nobody, more: more && leave.changes_anything(), yeses };
            (lost != Lost::default()).then_some(Leaving { queue, person, lost })
        });
        Ok(leaving.collect())
    }

    /// To how much that is open somebody who has just been disabled has said yes, which counts no more.
    pub async fn undone_yeses(&self, actor: &Actor, person: PersonId) -> Result<u32> {
        self.allow(actor, Capability::ManagePeople).await?;
        let mut connection = self.0.pages.acquire().await?;
        let (control, _) = self.control(&mut connection).await?;
        db::approvals::undone(&mut connection, &control, person).await
    }

    /// As [`need_others`], before the control lock is taken, under which nothing is decided: who is refused never takes it.
    pub(crate) async fn may_leave(&self, queue: Option<&str>, person: PersonId, losing: u32) -> Result<()> {
        let mut connection = self.0.controls.acquire().await?;
        let (control, _) = self.control(&mut connection).await?;
        refuse_leaving(&mut connection, &control, queue, person, losing).await
    }
}

impl Control {
    /// Every queue with those who may decide for it, one in the place of all who count as one.
    pub fn able(&self) -> Vec<Queue> {
        apart(&self.queues(None), &self.as_one)
    }

    /// Every queue with those who may decide for it, without a person in a queue, or in all.
    fn queues(&self, without: Option<(Option<&str>, PersonId)>) -> Vec<Queue> {
        let queue = |(slug, name): (&String, &String)| {
            let members = self.members.get(slug).into_iter().flat_map(|of| of.keys()).copied();
            let is_gone = |id: &PersonId| {
                without.is_some_and(|(queue, person)| person == *id && queue.is_none_or(|queue| queue == slug))
            };
            let able = members.filter(|id| !is_gone(id)).collect();
            Queue { slug: slug.clone(), name: name.clone(), able: Some(able) }
        };
        self.names.queues.iter().map(queue).collect()
    }

    /// Why nobody can approve what needs this, in sentences, with what to do.
    pub fn why_nobody(&self, needs: &[Need]) -> Option<String> {
        let queues = self.able();
        let why = why_short(needs, &queues)?;
        let reject =
            if may_reject(needs, &queues) { "It can still be rejected." } else { "Nobody can reject it either." };
        Some(format!("{why} {reject} An admin adds people to queues under Settings, Queues."))
    }
}

/// Whether anybody who can decide is in one of the queues.
fn may_reject(needs: &[Need], queues: &[Queue]) -> bool {
    let is_asked = |queue: &&Queue| needs.iter().any(|need| need.queue == queue.slug);
    queues.iter().filter(is_asked).any(|queue| queue.able.as_ref().is_some_and(|able| !able.is_empty()))
}

/// What waits in vain, the most of it first.
pub(crate) async fn short_of(
    connection: &mut PgConnection,
    control: &Control,
    waiting: &Waiting<'_>,
) -> Result<Vec<Short>> {
    let queues = control.able();
    let more = !waiting.cut.is_empty();
    let mut found: Vec<Short> = Vec::new();
    for Needed { needs, count } in waiting.needed(connection).await? {
        let Some(why) = why_short(&needs, &queues) else { continue };
        let rejectable = may_reject(&needs, &queues);
        match found.iter_mut().find(|known| known.why == why && known.rejectable == rejectable) {
            Some(known) => known.count = known.count.saturating_add(count),
            None => found.push(Short { why, rejectable, count, more }),
        }
    }
    found.sort_by_key(|short| std::cmp::Reverse(short.count));
    Ok(found)
}

/// Refuses where more than `losing` of what waits could be approved by nobody without this person in this queue, or in all, and
/// where that is not known and nothing may be lost. Under the control lock no more is read than that.
pub(crate) async fn need_others(
    connection: &mut PgConnection,
    queue: Option<&str>,
    person: PersonId,
    losing: u32,
) -> Result<()> {
    // Not remembered: this transaction is about to change what others would then take for what holds.
    let head = db::control::head(connection).await?;
    let control = db::control::load(connection, &head, None).await?;
    refuse_leaving(connection, &control, queue, person, losing).await
}

async fn refuse_leaving(
    connection: &mut PgConnection,
    control: &Control,
    queue: Option<&str>,
    person: PersonId,
    losing: u32,
) -> Result<()> {
    let leave = Leave::new(control, queue, person);
    if !leave.changes_anything() {
        return Ok(());
    }
    let waiting = Waiting::read(connection, control, None).await?;
    match waiting.count_needing(connection, |needs| leave.loses(needs)).await? {
        count if count > losing => Err(Conflict::LeavesNobody { count }.into()),
        _ if losing == 0 && !waiting.cut.is_empty() => Err(Conflict::MayLeaveNobody.into()),
        _ => Ok(()),
    }
}

/// Who may decide before somebody leaves a queue, or all, and after.
struct Leave {
    before: Vec<Queue>,
    after: Vec<Queue>,
}

impl Leave {
    fn new(control: &Control, queue: Option<&str>, person: PersonId) -> Self {
        let after = apart(&control.queues(Some((queue, person))), &control.as_one);
        Self { before: control.able(), after }
    }

    fn changes_anything(&self) -> bool {
        self.before != self.after
    }

    /// Whether what needs this could be approved before, and not after.
    fn loses(&self, needs: &[Need]) -> bool {
        why_short(needs, &self.before).is_none() && why_short(needs, &self.after).is_some()
    }
}
