//! People, their roles, and how they sign in.

use std::sync::atomic::Ordering::Relaxed;

use chrono::{DateTime, Utc};
use domain::{
    entry::Kind,
    fault::Fault,
    folding::unseen,
    id::PersonId,
    role::{Capability, Role},
    view::{Me, PersonRow},
};
use serde_json::json;
use sqlx::PgConnection;
use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    Actor, Conflict, Error, Governance, Result,
    attempts::Trying,
    db,
    names::{need_name, need_persons_own},
    password::need_password,
    record::NewEntry,
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
        let device = match device {
            Some(device) if self.made_device(device, Some(&email)).await? => Some(device),
            _ => None,
        };
        let trying = device.map_or(Trying::Unknown { source, email: &email }, Trying::Device);
        if !self.0.attempts.may_sign_in(&trying, Instant::now()) {
            self.count_attempt("sign-in", source);
            return Ok(SignIn::Slow);
        }

        let found = db::people::for_sign_in(&self.0.pages, &email).await?;
        let (me, hash) = found.map_or((None, None), |(me, hash)| (Some(me), Some(hash)));
        let fits = self.password_fits(password, hash).await?;

        let Some(me) = me.filter(|_| fits) else {
            self.record_sign_in(Kind::SignInFailed, &Actor::System, json!({ "source": source })).await?;
            return Ok(SignIn::Wrong);
        };
        self.0.attempts.signed_in(&trying);
        self.record_sign_in(Kind::SignedIn, &Actor::Person(me.clone()), json!({ "source": source })).await?;
        Ok(SignIn::Welcome(me))
    }

    pub async fn signed_out(&self, actor: &Actor) -> Result<()> {
        self.record_sign_in(Kind::SignedOut, actor, json!({})).await
    }

    async fn record_sign_in(&self, kind: Kind, actor: &Actor, detail: serde_json::Value) -> Result<()> {
        let mut tx = self.0.pages.begin_with(db::control::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        NewEntry::new(kind, actor).detail(detail).write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// The person of a session, as they are now; `None` when they may no longer sign in.
    pub async fn person(&self, id: PersonId) -> Result<Option<Me>> {
        db::people::me(&self.0.doors, id).await
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
        let found = db::people::has_admin(&self.0.pages).await?;
        self.0.has_admin.store(found, Relaxed);
        Ok(found)
    }

    pub async fn people(&self, actor: &Actor) -> Result<Vec<PersonRow>> {
        self.allow(actor, Capability::ManagePeople).await?;
        db::people::all(&self.0.pages).await
    }

    pub async fn add_person(
        &self,
        actor: &Actor,
        email: &str,
        name: &str,
        role: Role,
        password: &str,
    ) -> Result<PersonId> {
        self.allow(actor, Capability::ManagePeople).await?;
        let (me, hash) = self.new_person(email, name, role, password).await?;
        let mut tx = self.0.pages.begin_with(db::control::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        insert(&mut tx, now, actor, &me, &hash).await?;
        self.commit(tx).await?;
        Ok(me.id)
    }

    async fn new_person(&self, email: &str, name: &str, role: Role, password: &str) -> Result<(Me, String)> {
        let (email, name) = (email.trim().to_lowercase(), name.trim());
        let plausible = email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
        if !plausible || email.chars().count() > 200 || email.contains(' ') {
            return Err(Error::Invalid(Fault::Email, "that is not an e-mail address".to_owned()));
        }
        // Nobody could sign in by what they see.
        if let Some(fault) = unseen(&email) {
            return Err(Error::Invalid(Fault::Email, format!("the e-mail address {fault}")));
        }
        need_name("a person", name)?;
        need_password(password)?;
        let hash = self.hash_password(password).await?;
        Ok((Me { id: PersonId(Uuid::now_v7()), name: name.to_owned(), email, role }, hash))
    }

    /// Makes the first admin, and only the first.
    pub async fn add_first_admin(&self, email: &str, name: &str, password: &str) -> Result<PersonId> {
        let (me, hash) = self.new_person(email, name, Role::Admin, password).await?;
        // Under the control lock: of several at once, the second sees the first.
        let (mut tx, now) = self.begin_control().await?;
        if db::people::has_admin(&mut *tx).await? {
            return Err(Conflict::Exists.into());
        }
        insert(&mut tx, now, &Actor::System, &me, &hash).await?;
        self.commit(tx).await?;
        Ok(me.id)
    }

    pub async fn change_person(&self, actor: &Actor, id: PersonId, role: Role) -> Result<()> {
        self.allow(actor, Capability::ManagePeople).await?;
        self.change(actor, id, json!({ "person": id, "role": role }), db::people::Edit::Role(role)).await
    }

    /// Gives somebody another password; their sessions end.
    pub async fn set_password(&self, actor: &Actor, id: PersonId, password: &str) -> Result<()> {
        self.allow(actor, Capability::ManagePeople).await?;
        need_password(password)?;
        let hash = self.hash_password(password).await?;
        self.change(actor, id, json!({ "person": id, "password": true }), db::people::Edit::Password(hash)).await
    }

    /// Ends the person's sessions at once; what they did stays in the record.
    pub async fn disable_person(&self, actor: &Actor, id: PersonId) -> Result<()> {
        self.allow(actor, Capability::ManagePeople).await?;
        self.change(actor, id, json!({ "person": id, "disabled": true }), db::people::Edit::Disable).await
    }

    pub async fn enable_person(&self, actor: &Actor, id: PersonId) -> Result<()> {
        self.allow(actor, Capability::ManagePeople).await?;
        self.change(actor, id, json!({ "person": id, "disabled": false }), db::people::Edit::Enable).await
    }

    async fn change(
        &self,
        actor: &Actor,
        id: PersonId,
        detail: serde_json::Value,
        edit: db::people::Edit,
    ) -> Result<()> {
        let (mut tx, now) = self.begin_control().await?;
        let shuts_out = matches!(edit, db::people::Edit::Disable | db::people::Edit::Password(_));
        if !db::people::edit(&mut tx, id, edit, now).await? {
            return Err(Error::NotFound);
        }
        if shuts_out {
            db::sessions::delete_of(&mut tx, id).await?;
        }
        // Without an admin nobody could manage people any more.
        if !db::people::has_admin(&mut *tx).await? {
            return Err(Conflict::Other("there has to be an admin".to_owned()).into());
        }
        NewEntry::new(Kind::PersonChanged, actor).detail(detail).write(&mut tx, now).await?;
        self.commit(tx).await
    }
}

async fn insert(connection: &mut PgConnection, now: DateTime<Utc>, actor: &Actor, me: &Me, hash: &str) -> Result<()> {
    db::people::insert(connection, me, hash, now).await?;
    need_persons_own(connection, me).await?;
    let entry = NewEntry::new(Kind::PersonAdded, actor).detail(json!({ "person": me.id, "role": me.role }));
    entry.personal(json!({ "email": me.email, "name": me.name }))?.write(connection, now).await?;
    Ok(())
}
