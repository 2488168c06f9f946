//! Passwords: argon2id, off the async threads, and few at a time; and how people change their own.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use domain::{
    entry::{Detail, Nothing},
    fault::Fault,
    role::Capability,
};
use tokio::time::Instant;

use crate::{Actor, Conflict, Error, Governance, Result, db, entry::NewEntry};

/// A hash that no password has, so that an unknown person takes as long as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// OWASP's least: 12 characters are well above its 8; longer than 200 only costs time.
pub(crate) fn need_password(password: &str) -> Result<()> {
    match password.chars().count() {
        12..=200 => Ok(()),
        _ => Err(Error::Invalid(Fault::Password, "a password has 12 to 200 characters".to_owned())),
    }
}

/// What came of changing one's own password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnPassword {
    Changed,
    /// The old one is not theirs: nothing was changed.
    Wrong,
    /// Too many attempts in a short time, at signing in or at this: nothing was changed.
    Slow,
}

impl Governance {
    /// Changes the actor's own password, and ends all their sessions, the one that asks for it among them.
    ///
    /// `source` and `device` are those of `sign_in`: it is as good a place to guess a password as that.
    pub async fn change_own_password(
        &self,
        actor: &Actor,
        old: &str,
        new: &str,
        source: &str,
        device: Option<&str>,
    ) -> Result<OwnPassword> {
        let me = actor.person()?;
        let permit = self.allow(actor, Capability::Look).await?;
        need_password(new)?;
        if old == new {
            return Err(Error::Invalid(Fault::Same, "that is the old password".to_owned()));
        }
        let email = me.email.to_lowercase();
        let trying = self.trying(&email, source, device).await?;
        if !self.0.attempts.may_sign_in(&trying, Instant::now()) {
            self.count_attempt("own password", source);
            return Ok(OwnPassword::Slow);
        }

        let hash = db::people::password(&self.0.pages, me.id).await?.ok_or(Error::Forbidden)?;
        if !self.password_fits(old, Some(hash.clone())).await? {
            self.refused(actor, "change their password: the old one was wrong", None).await?;
            return Ok(OwnPassword::Wrong);
        }
        self.0.attempts.signed_in(&trying);
        let new = self.hash_password(new).await?;

        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        // An admin may have set another while this was looked at: that one stays.
        if !db::people::replace_password(&mut tx, me.id, &hash, &new, now).await? {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        db::sessions::end_of(&mut tx, me.id).await?;
        // A password that somebody else proposed is not wanted any more.
        db::proposals::remove_about(&mut tx, &format!("person {}", me.id)).await?;
        NewEntry::new(Detail::PasswordChanged(Nothing {}), &permit).write(&mut tx, now).await?;
        self.commit(tx).await?;
        Ok(OwnPassword::Changed)
    }

    pub(crate) async fn hash_password(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.hashing(move || {
            let hash = Argon2::default().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|_| crate::error::corrupt("a password hash"))
        })
        .await?
    }

    /// Whether the password is the hash's; without a hash it takes as long and is not.
    pub(crate) async fn password_fits(&self, password: &str, hash: Option<String>) -> Result<bool> {
        let password = password.to_owned();
        self.hashing(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
            let Ok(hash) = PasswordHash::new(&hash) else { return false };
            let fits = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
            fits && known
        })
        .await
    }

    /// Each hash takes 19 MiB and tens of milliseconds: a bounded number at a time, none on the async threads.
    async fn hashing<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _place = self.0.hashing.acquire().await.map_err(|_| Error::Unavailable)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Unavailable)
    }
}
