//! Passwords: argon2id, off the async threads, and few at a time.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use domain::fault::Fault;

use crate::{Error, Governance, Result};

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

impl Governance {
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
