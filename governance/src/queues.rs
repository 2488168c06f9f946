//! Approval queues and their members.

use domain::{
    agent_file::is_slug,
    entry::Kind,
    fault::Fault,
    id::{PersonId, QueueId},
    role::Capability,
    view::QueueView,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Actor, Conflict, Error, Governance, Result,
    able::need_others,
    db,
    names::{need_name, need_queues_own},
    record::NewEntry,
};

impl Governance {
    pub async fn queues(&self, actor: &Actor) -> Result<Vec<QueueView>> {
        self.allow(actor, Capability::Look).await?;
        db::queues::all(&self.0.pages, actor.person().ok().map(|me| me.id)).await
    }

    pub async fn add_queue(&self, actor: &Actor, slug: &str, name: &str) -> Result<()> {
        self.allow(actor, Capability::ManagePeople).await?;
        let name = name.trim();
        if !is_slug(slug) {
            let words = "a queue needs a short name of small letters, digits and inner hyphens, at most 40";
            return Err(Error::Invalid(Fault::Slug, words.to_owned()));
        }
        need_name("a queue", name)?;
        let (mut tx, now) = self.begin_control().await?;
        need_queues_own(&mut tx, slug, name).await?;
        db::queues::insert(&mut tx, QueueId(Uuid::now_v7()), slug, name).await?;
        let detail = json!({ "queue": slug, "name": name, "added": true });
        NewEntry::new(Kind::QueueChanged, actor).detail(detail).write(&mut tx, now).await?;
        self.commit(tx).await
    }

    pub async fn add_member(&self, actor: &Actor, queue: &str, person: PersonId) -> Result<()> {
        self.change_member(actor, queue, person, true, 0).await
    }

    /// Takes somebody out of a queue; no more than `losing` of what waits may be left without anybody who could approve it.
    pub async fn remove_member(&self, actor: &Actor, queue: &str, person: PersonId, losing: u32) -> Result<()> {
        self.change_member(actor, queue, person, false, losing).await
    }

    async fn change_member(
        &self,
        actor: &Actor,
        queue: &str,
        person: PersonId,
        member: bool,
        losing: u32,
    ) -> Result<()> {
        self.allow(actor, Capability::ManagePeople).await?;
        let (mut tx, now) = self.begin_control().await?;
        let role = db::people::find(&mut tx, person).await?.ok_or(Error::NotFound)?.role;
        if member && !role.can(Capability::Decide) {
            return Err(Error::Invalid(Fault::Role, format!("an {} decides nothing", role.name())));
        }
        if !member {
            need_others(&mut tx, Some(queue), person, losing).await?;
        }
        if !db::queues::set_member(&mut tx, queue, person, member, now).await?.ok_or(Error::NotFound)? {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        let detail = json!({ "queue": queue, "person": person, "member": member });
        NewEntry::new(Kind::QueueChanged, actor).detail(detail).write(&mut tx, now).await?;
        self.commit(tx).await
    }
}
