//! Approval queues and their members.

use domain::{
    agent_file::is_slug,
    authoring::meaning::Change,
    entry::{Detail, Name, QueueChanged},
    fault::Fault,
    id::{PersonId, QueueId},
    role::Capability,
    view::QueueView,
};
use serde_json::json;

use crate::{
    Actor, Came, Error, Governance, Result,
    approving::able::need_others,
    catalog::changes::{need_fitting, steps},
    db,
    entry::NewEntry,
    id,
    names::{Labels, need_name},
    people::accounts::propose_of,
};

impl Governance {
    pub async fn queues(&self, actor: &Actor) -> Result<Vec<QueueView>> {
        self.allow(actor, Capability::Look).await?;
        db::queues::all(&*self.0.pages, actor.person().ok().map(|me| me.id)).await
    }

    pub async fn add_queue(&self, actor: &Actor, slug: &str, name: &str) -> Result<()> {
        let permit = self.allow(actor, Capability::ManagePeople).await?;
        let name = name.trim();
        if !is_slug(slug) {
            let words = "a queue needs a short name of small letters, digits and inner hyphens, at most 40";
            return Err(Error::Invalid(Fault::Slug, words.to_owned()));
        }
        need_name("a queue", name)?;
        let (mut tx, now) = self.begin_control().await?;
        Labels::load(&mut tx).await?.queues.need_own(slug, name)?;
        db::queues::insert(&mut tx, QueueId(id::next()), slug, name).await?;
        let queue = Name::of(slug);
        let detail = QueueChanged { queue, person: None, member: None, proposal: None, proposed_by: None };
        let entry = NewEntry::new(Detail::QueueChanged(detail), &permit);
        entry.personal(json!({ "name": name, "added": true }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// Lets somebody decide what waits in a queue. Where it takes two admins, proposes it.
    pub async fn add_member(&self, actor: &Actor, queue: &str, person: PersonId) -> Result<Came> {
        let permit = self.allow(actor, Capability::ManagePeople).await?;
        let (mut tx, now) = self.begin_control().await?;
        let change = Change::Member { person, queue: queue.to_owned() };
        if db::control::two_to_publish(&mut tx).await? {
            propose_of(&mut tx, &permit, &change, None, now).await?;
            self.commit(tx).await?;
            return Ok(Came::Proposed);
        }
        need_fitting(&mut tx, &change).await?;
        let detail = steps::set_member(&mut tx, queue, person, true, now).await?;
        NewEntry::new(Detail::QueueChanged(detail), &permit).write(&mut tx, now).await?;
        self.commit(tx).await?;
        Ok(Came::Done)
    }

    /// Takes somebody out of a queue; no more than `losing` of what waits may be left without anybody who could approve it.
    pub async fn remove_member(&self, actor: &Actor, queue: &str, person: PersonId, losing: u32) -> Result<()> {
        let permit = self.allow(actor, Capability::ManagePeople).await?;
        self.may_leave(Some(queue), person, losing).await?;
        let (mut tx, now) = self.begin_control().await?;
        need_others(&mut tx, Some(queue), person, losing).await?;
        let detail = steps::set_member(&mut tx, queue, person, false, now).await?;
        NewEntry::new(Detail::QueueChanged(detail), &permit).write(&mut tx, now).await?;
        self.commit(tx).await
    }
}
