//! People, their roles, and how they sign in.

use std::sync::atomic::Ordering::Relaxed;

use chrono::{DateTime, Utc};
use domain::{
    authoring::{
        draft::DraftConflict,
        meaning::{Change, NewAdmin},
    },
    entry::{Detail, Nothing, PersonAdded, PersonChanged},
    fault::Fault,
    id::{PersonId, ProposalId},
    role::{Capability, Role},
    seen::unfit_id,
    view::{Me, people::PersonRow},
};
use serde_json::json;
use sqlx::PgConnection;
use tokio::time::Instant;

use crate::{
    Actor, Came, Conflict, Error, Governance, Result,
    approving::able::need_others,
    catalog::changes::{need_fitting, propose, steps},
    db::{self, people::Edit, proposals::NewProposal},
    entry::NewEntry,
    id,
    names::{need_name, need_persons_own},
    people::{attempts::Trying, password::need_password},
    permit::Permit,
};

/// What came of trying to sign in.
#[derive(Clone, Debug, PartialEq)]
pub enum SignIn {
    Welcome(Me),
    /// Unknown, disabled, or a wrong password: nobody learns which.
    Wrong,
    /// Too many attempts in a short time from this source or on this account.
    Slow,
}

impl Governance {
    /// Signs somebody in; the answer and its time are the same for an unknown person and a wrong password.
    ///
    /// `device` is what `new_device` gave to the browser, if it has any: on such a device nobody else's tries count.
    pub async fn sign_in(&self, email: &str, password: &str, source: &str, device: Option<&str>) -> Result<SignIn> {
        let email: String = email.trim().to_lowercase().chars().take(200).collect();
        let trying = self.trying(&email, source, device).await?;
        if !self.0.attempts.may_sign_in(&trying, Instant::now()) {
            self.count_attempt("sign-in", source);
            return Ok(SignIn::Slow);
        }

        let found = db::people::for_sign_in(&self.0.pages, &email).await?;
        let (me, hash) = found.map_or((None, None), |(me, hash)| (Some(me), Some(hash)));
        let fits = self.password_fits(password, hash).await?;

        let Some(me) = me.filter(|_| fits) else {
            let detail = Detail::SignInFailed(Nothing {});
            let permit = self.allow(&Actor::System, Capability::Look).await?;
            self.record_sign_in(detail, &permit, json!({ "source": source })).await?;
            return Ok(SignIn::Wrong);
        };
        self.0.attempts.signed_in(&trying);
        let detail = Detail::SignedIn(Nothing {});
        let permit = self.allow(&Actor::Person(me.clone()), Capability::Look).await?;
        self.record_sign_in(detail, &permit, json!({ "source": source })).await?;
        Ok(SignIn::Welcome(me))
    }

    /// Whose allowance a try uses up.
    pub(crate) async fn trying<'a>(
        &self,
        email: &'a str,
        source: &'a str,
        device: Option<&'a str>,
    ) -> Result<Trying<'a>> {
        Ok(match device {
            Some(device) if self.made_device(device, Some(email)).await? => Trying::Device(device),
            _ => Trying::Unknown { source, email },
        })
    }

    pub async fn signed_out(&self, actor: &Actor) -> Result<()> {
        let permit = self.allow(actor, Capability::Look).await?;
        self.record_sign_in(Detail::SignedOut(Nothing {}), &permit, json!({})).await
    }

    async fn record_sign_in(&self, detail: Detail, permit: &Permit, beside: serde_json::Value) -> Result<()> {
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        NewEntry::new(detail, permit).personal(beside)?.write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// The person of a session, as they are now; `None` when they may no longer sign in.
    pub async fn person(&self, id: PersonId) -> Result<Option<Me>> {
        db::people::me(&*self.0.sessions, id).await
    }

    pub async fn person_by_email(&self, email: &str) -> Result<Option<Me>> {
        let found = db::people::for_sign_in(&self.0.pages, &email.trim().to_lowercase()).await?;
        Ok(found.map(|(me, _)| me))
    }

    /// Whether there is an admin; without one, the first is made with a one-time code.
    pub async fn has_admin(&self) -> Result<bool> {
        // There is one for ever after: the last cannot go.
        if self.0.has_admin.load(Relaxed) {
            return Ok(true);
        }
        let found = db::people::has_admin(&*self.0.pages).await?;
        self.0.has_admin.store(found, Relaxed);
        Ok(found)
    }

    pub async fn people(&self, actor: &Actor) -> Result<Vec<PersonRow>> {
        self.allow(actor, Capability::ManagePeople).await?;
        let mut connection = self.0.pages.acquire().await?;
        db::people::all(&mut connection, actor.person().ok().map(|me| me.id)).await
    }

    /// Lets somebody new sign in. Where it takes two admins, a new one is an auditor until another admin accepts that.
    pub async fn add_person(
        &self,
        actor: &Actor,
        email: &str,
        name: &str,
        role: Role,
        password: &str,
    ) -> Result<(PersonId, Came)> {
        let permit = self.allow(actor, Capability::ManagePeople).await?;
        let (me, hash) = self.new_person(email, name, role, password).await?;
        let (mut tx, now) = self.begin_control().await?;
        let proposed = role == Role::Admin && db::control::two_to_publish(&mut tx).await?;
        let me = if proposed { Me { role: Role::Auditor, ..me } } else { me };
        insert(&mut tx, now, &permit, &me, &hash).await?;
        if proposed {
            let change = Change::Admin { person: me.id, by: NewAdmin::Role { seen: me.role } };
            propose_of(&mut tx, &permit, &change, None, now).await?;
        }
        self.commit(tx).await?;
        Ok((me.id, if proposed { Came::Proposed } else { Came::Done }))
    }

    async fn new_person(&self, email: &str, name: &str, role: Role, password: &str) -> Result<(Me, String)> {
        let (email, name) = (email.trim().to_lowercase(), name.trim());
        let plausible = email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
        if !plausible || email.chars().count() > 200 || email.contains(' ') {
            return Err(Error::Invalid(Fault::Email, "that is not an e-mail address".to_owned()));
        }
        // Nobody could sign in by what they see.
        if let Some(fault) = unfit_id(&email) {
            return Err(Error::Invalid(Fault::Email, format!("the e-mail address {fault}")));
        }
        need_name("a person", name)?;
        need_password(password)?;
        let hash = self.hash_password(password).await?;
        Ok((Me { id: PersonId(id::next()), name: name.to_owned(), email, role }, hash))
    }

    /// Makes the first admin, and only the first.
    pub async fn add_first_admin(&self, email: &str, name: &str, password: &str) -> Result<PersonId> {
        self.add_missing_admin(email, name, password, 1).await
    }

    /// For whoever has the command line of the machine: makes the first admin, or a second one where it takes two and one
    /// is left, who could not make another one alone.
    pub async fn add_admin_on_the_machine(&self, email: &str, name: &str, password: &str) -> Result<PersonId> {
        let two = self.two_to_publish(&Actor::System).await?;
        self.add_missing_admin(email, name, password, if two { 2 } else { 1 }).await
    }

    /// Makes an admin while there are fewer than `wanted` different ones who may sign in.
    async fn add_missing_admin(&self, email: &str, name: &str, password: &str, wanted: usize) -> Result<PersonId> {
        let (me, hash) = self.new_person(email, name, Role::Admin, password).await?;
        // Under the control lock: of several at once, the second sees the first.
        let (mut tx, now) = self.begin_control().await?;
        if db::people::admins_apart(&mut tx).await?.len() >= wanted {
            return Err(Conflict::Exists.into());
        }
        let permit = self.allow(&Actor::System, Capability::ManagePeople).await?;
        insert(&mut tx, now, &permit, &me, &hash).await?;
        self.commit(tx).await?;
        Ok(me.id)
    }

    /// Gives somebody another role than the one that was seen. Where it decides nothing, no more than `losing` of what
    /// waits may be left without anybody who could approve it.
    pub async fn change_person(
        &self,
        actor: &Actor,
        id: PersonId,
        seen: Role,
        role: Role,
        losing: u32,
    ) -> Result<Came> {
        let permit = self.allow(actor, Capability::ManagePeople).await?;
        if seen == role {
            return Err(Error::Invalid(Fault::Same, "nothing is changed".to_owned()));
        }
        self.change(&permit, id, Edit::Role { seen, role }, losing).await
    }

    /// Gives somebody another password; their sessions end.
    pub async fn set_password(&self, actor: &Actor, id: PersonId, password: &str) -> Result<Came> {
        let permit = self.allow(actor, Capability::ManagePeople).await?;
        need_password(password)?;
        let hash = self.hash_password(password).await?;
        let by = actor.person().ok().map(|me| me.id);
        self.change(&permit, id, Edit::Password { hash, by }, 0).await
    }

    /// Ends the person's sessions at once; what they did stays in the record. One admin alone may do it, where it takes
    /// two as well: nobody gets anything by it, and somebody whose password is stolen cannot wait. No more than `losing` of
    /// what waits may be left without anybody who could approve it.
    pub async fn disable_person(&self, actor: &Actor, id: PersonId, losing: u32) -> Result<()> {
        let permit = self.allow(actor, Capability::ManagePeople).await?;
        self.change(&permit, id, Edit::Disable, losing).await?;
        Ok(())
    }

    /// Lets somebody sign in again who was disabled then, and not once more since.
    pub async fn enable_person(&self, actor: &Actor, id: PersonId, disabled_at: DateTime<Utc>) -> Result<Came> {
        let permit = self.allow(actor, Capability::ManagePeople).await?;
        self.change(&permit, id, Edit::Enable { disabled_at }, 0).await
    }

    /// Says that nobody else knows the password that somebody has chosen since then: from then on the two count as two.
    /// That is for another admin than those who count as one with them, or for whoever has the machine.
    pub async fn confirm_password(&self, actor: &Actor, id: PersonId, own_since: DateTime<Utc>) -> Result<()> {
        let permit = self.allow(actor, Capability::ManagePeople).await?;
        let (mut tx, now) = self.begin_control().await?;
        if let Ok(me) = actor.person()
            && !db::people::as_one(&mut tx).await?.are_two(me.id, id)
        {
            tx.rollback().await?;
            self.refused(actor, "confirm a password that they may know", None).await?;
            return Err(DraftConflict::SharedPassword.into());
        }
        if !db::people::confirm_password(&mut tx, id, own_since).await? {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        let own_since = Some(own_since);
        let detail = PersonChanged { password_confirmed: Some(true), own_since, ..PersonChanged::of(id) };
        NewEntry::new(Detail::PersonChanged(detail), &permit).write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// Makes a change of a person. Where it takes two, one is proposed that lets somebody act as an admin, or sign in as who
    /// decides for a queue.
    async fn change(&self, permit: &Permit, id: PersonId, change: Edit, losing: u32) -> Result<Came> {
        let decides_no_more = match &change {
            Edit::Disable => true,
            Edit::Role { role, .. } => !role.can(Capability::Decide),
            Edit::Enable { .. } | Edit::Password { .. } => false,
        };
        if decides_no_more {
            self.may_leave(None, id, losing).await?;
        }
        let (mut tx, now) = self.begin_control().await?;
        let stands = db::people::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let is_admin = stands.role == Role::Admin;
        let decides = !db::queues::of_person(&mut tx, id).await?.is_empty();
        let new_admin = match &change {
            Edit::Role { seen, role: Role::Admin } => Some((NewAdmin::Role { seen: *seen }, None)),
            Edit::Enable { disabled_at } if is_admin => Some((NewAdmin::Enabled { disabled_at: *disabled_at }, None)),
            Edit::Password { hash, by } if is_admin || decides && by.is_some_and(|by| by != id) => {
                Some((NewAdmin::Password, Some(hash.as_str())))
            }
            _ => None,
        };
        if let Some((by, secret)) = new_admin
            && db::control::two_to_publish(&mut tx).await?
        {
            propose_of(&mut tx, permit, &Change::Admin { person: id, by }, secret, now).await?;
            self.commit(tx).await?;
            return Ok(Came::Proposed);
        }
        if decides_no_more {
            need_others(&mut tx, None, id, losing).await?;
        }
        let detail = steps::edit(&mut tx, id, change, now).await?;
        NewEntry::new(Detail::PersonChanged(detail), permit).write(&mut tx, now).await?;
        self.commit(tx).await?;
        Ok(Came::Done)
    }
}

/// Proposes a change of what somebody may do; what it means is accepted by whoever accepts it.
pub(crate) async fn propose_of(
    connection: &mut PgConnection,
    permit: &Permit,
    change: &Change,
    secret: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    need_fitting(connection, change).await?;
    let id = ProposalId(id::next());
    let new = NewProposal { id, change, accepted: &[], note: "", secret, by: permit.person()? };
    propose(connection, permit, &new, now).await
}

async fn insert(connection: &mut PgConnection, now: DateTime<Utc>, permit: &Permit, me: &Me, hash: &str) -> Result<()> {
    let by = permit.person().ok();
    need_persons_own(connection, me).await?;
    db::people::insert(connection, me, hash, by, now).await?;
    let detail = Detail::PersonAdded(PersonAdded { person: me.id, role: me.role });
    let entry = NewEntry::new(detail, permit);
    entry.personal(json!({ "email": me.email, "name": me.name }))?.write(connection, now).await?;
    Ok(())
}
