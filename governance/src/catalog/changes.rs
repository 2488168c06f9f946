//! Changes of what decisions rest on beside permissions: the one path that pages take.
//!
//! What a change means for permissions in force is accepted by whoever makes it; where it takes two to publish, it is
//! proposed, and another admin accepts it, too.

mod carry_out;
pub(crate) mod meaning;
pub(crate) mod steps;

use chrono::{DateTime, Utc};
use domain::{
    action::{ActionType, DataSet},
    authoring::{draft::DraftConflict, meaning::Change},
    entry::{ChangeDropped, ChangeProposed, Detail},
    id::ProposalId,
    role::Capability,
    view::catalog::{Meaning, ProposedChange},
};
use serde_json::json;
use sqlx::PgConnection;

use crate::{
    Actor, Conflict, Governance, Result,
    db::{self, pages::count_open, proposals::NewProposal},
    entry::NewEntry,
    id,
    permit::Permit,
    reasons::need_reason,
};
use carry_out::carry_out;
pub(crate) use carry_out::need_fitting;
use meaning::{InForce, need_accepted};

/// What came of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    Done,
    /// It waits for another admin.
    Proposed,
}

impl Governance {
    /// Adds an action type, or changes the one whose revision was seen.
    pub async fn put_action_type(
        &self,
        actor: &Actor,
        action: &ActionType,
        seen: Option<i32>,
        note: &str,
        accepted: &[String],
    ) -> Result<Came> {
        self.put_change(actor, &Change::ActionType { action: action.clone(), seen }, note, accepted).await
    }

    /// Adds a data set, or changes the one that was seen.
    pub async fn put_data_set(
        &self,
        actor: &Actor,
        set: &DataSet,
        seen: Option<&DataSet>,
        note: &str,
        accepted: &[String],
    ) -> Result<Came> {
        self.put_change(actor, &Change::DataSet { set: set.clone(), seen: seen.cloned() }, note, accepted).await
    }

    /// Makes a change; what it means has to be `accepted`, by its [keys](domain::authoring::statement::Statement::key). Where it takes two, proposes it.
    pub async fn put_change(&self, actor: &Actor, change: &Change, note: &str, accepted: &[String]) -> Result<Came> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let note = need_reason(note)?;
        let by = actor.person()?.id;
        let (mut tx, now) = self.begin_control().await?;
        need_fitting(&mut tx, change).await?;
        let meaning = InForce::load(&mut tx).await?.meaning(change);
        let takes_two = !meaning.is_empty() && db::control::two_to_publish(&mut tx).await?;
        let accepted = &need_accepted(meaning, accepted)?;

        if takes_two {
            let new = NewProposal { id: ProposalId(id::next()), change, accepted, note, secret: None, by };
            propose(&mut tx, &permit, &new, now).await?;
            self.commit(tx).await?;
            return Ok(Came::Proposed);
        }
        carry_out(&mut tx, &permit, change, None, note, accepted, now).await?;
        db::proposals::remove_about(&mut tx, &change.subject()).await?;
        self.commit(tx).await?;
        Ok(Came::Done)
    }

    /// Accepts what somebody else has proposed, with what it means now, and so makes it; gives the change.
    pub async fn accept_change(
        &self,
        actor: &Actor,
        id: ProposalId,
        note: &str,
        accepted: &[String],
    ) -> Result<Change> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let note = need_reason(note)?;
        let me = actor.person()?.id;
        let (mut tx, now) = self.begin_control().await?;
        let proposal = db::proposals::find_for_update(&mut tx, id).await?.ok_or(Conflict::ChangedMeanwhile)?;
        let by = proposal.head.stamp.by.id;
        if by == me {
            tx.rollback().await?;
            self.refused(actor, "accept a change that they proposed themselves", None).await?;
            return Err(DraftConflict::OwnProposal.into());
        }
        let change = &proposal.change;
        let as_one = db::people::as_one(&mut tx).await?;
        // Whoever may be able to sign in as somebody would act in their name by what only the other has weighed.
        let of_own = change.person().is_some_and(|person| person != me && !as_one.are_two(person, me));
        if of_own || !as_one.are_two(by, me) {
            tx.rollback().await?;
            let what = "accept a change as the second of two whose passwords one of them knows";
            self.refused(actor, what, None).await?;
            return Err(DraftConflict::SharedPassword.into());
        }
        need_fitting(&mut tx, change).await?;
        let accepted = &need_accepted(InForce::load(&mut tx).await?.meaning(change), accepted)?;

        carry_out(&mut tx, &permit, change, Some(&proposal), note, accepted, now).await?;
        db::proposals::remove(&mut tx, id).await?;
        self.commit(tx).await?;
        Ok(proposal.change)
    }

    /// Takes a proposed change back, or turns it down.
    pub async fn withdraw_change(&self, actor: &Actor, id: ProposalId) -> Result<()> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let (mut tx, now) = self.begin_control().await?;
        let proposal = db::proposals::find_for_update(&mut tx, id).await?.ok_or(Conflict::ChangedMeanwhile)?;
        db::proposals::remove(&mut tx, id).await?;
        let by = proposal.head.stamp.by.id;
        let dropped = ChangeDropped { proposal: id, proposed_by: by };
        let mine = permit.person()? == by;
        let detail = if mine { Detail::ChangeWithdrawn(dropped) } else { Detail::ChangeTurnedDown(dropped) };
        let entry = NewEntry::new(detail, &permit);
        entry.personal(json!({ "subject": proposal.change.subject() }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// What waits for another admin, with what it would mean now.
    pub async fn proposed_changes(&self, actor: &Actor) -> Result<Vec<ProposedChange>> {
        self.allow(actor, Capability::Look).await?;
        let me = actor.person()?.id;
        let mut connection = self.0.pages.acquire().await?;
        let proposals = db::proposals::all(&mut connection).await?;
        let in_force = InForce::load(&mut connection).await?;
        let (control, _) = self.control(&mut connection).await?;
        let ends = proposals.iter().map(|proposal| control.carried_out(|_, action| revises(&proposal.change, action)));
        let ends = count_open(&mut connection, &ends.collect::<Vec<_>>()).await?;
        let shown = proposals.into_iter().zip(ends).map(|(proposal, ends)| ProposedChange {
            told: proposal.change.told(&in_force.catalog),
            meaning: Meaning { statements: in_force.meaning(&proposal.change), takes_two: false, ends },
            mine: proposal.head.stamp.by.id == me,
            head: proposal.head,
        });
        Ok(shown.collect())
    }

    /// What a change would mean, and whether it takes two.
    pub async fn meaning(&self, actor: &Actor, change: &Change) -> Result<Meaning> {
        self.allow(actor, Capability::Look).await?;
        let mut connection = self.0.pages.acquire().await?;
        let statements = InForce::load(&mut connection).await?.meaning(change);
        let takes_two = !statements.is_empty() && db::control::two_to_publish(&mut connection).await?;
        drop(connection);
        let ends = self.ending(|_, action| revises(change, action)).await?;
        Ok(Meaning { statements, takes_two, ends })
    }
}

/// Whether it is another revision of this action type.
fn revises(change: &Change, name: &str) -> bool {
    matches!(change, Change::ActionType { action, .. } if action.name == name)
}

/// Lets another admin accept it. What is kept of a secret stays out of the record.
pub(crate) async fn propose(
    connection: &mut PgConnection,
    permit: &Permit,
    new: &NewProposal<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    db::proposals::put(connection, new, now).await?;
    let entry = NewEntry::new(Detail::ChangeProposed(ChangeProposed { proposal: new.id }), permit);
    let beside = json!({ "change": new.change, "accepted": new.accepted, "note": new.note });
    entry.personal(beside)?.write(connection, now).await?;
    Ok(())
}
