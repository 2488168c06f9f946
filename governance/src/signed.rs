//! What browsers show again and again, so signed that what is made up is known without the database.

use domain::json::hex;
use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use sha2::{Digest, Sha256};

use crate::{Governance, Result, db, error::corrupt};

type Tag = [u8; 32];

impl Governance {
    /// A new id of a session: 96 random bits, which alone keep it from being guessed, and 32 of their signature.
    pub async fn new_session_id(&self) -> Result<i128> {
        let mut id = [0; 16];
        rand::rng().fill_bytes(&mut id[..12]);
        let tag = tag(self.signing_key().await?, "session", &id[..12])?;
        id[12..].copy_from_slice(&tag[..4]);
        Ok(i128::from_le_bytes(id))
    }

    /// Whether Reins has made this id; it may be over by now.
    pub async fn made_session_id(&self, id: i128) -> Result<bool> {
        let id = id.to_le_bytes();
        Ok(tag(self.signing_key().await?, "session", &id[..12])?[..4] == id[12..])
    }

    /// What marks a device on which somebody has signed in: it is no leave, only an allowance of its own to try.
    pub async fn new_device(&self, email: &str) -> Result<String> {
        let mut random = [0; 16];
        rand::rng().fill_bytes(&mut random);
        let named = format!("{}.{}", hex(&random), account(email));
        let tag = tag(self.signing_key().await?, "device", named.as_bytes())?;
        Ok(format!("{named}.{}", hex(&tag[..16])))
    }

    /// Whether Reins has made this mark of a device, for this e-mail address where one is given.
    pub async fn made_device(&self, device: &str, email: Option<&str>) -> Result<bool> {
        let Some((named, shown)) = device.rsplit_once('.').filter(|_| device.len() <= 200) else { return Ok(false) };
        let tag = tag(self.signing_key().await?, "device", named.as_bytes())?;
        let of_account = email.is_none_or(|email| named.ends_with(&account(email)));
        Ok(of_account && hex(&tag[..16]) == shown)
    }

    /// What marks what a session is told in an address.
    pub async fn seal(&self, session: &str) -> Result<Seal> {
        Ok(Seal(tag(self.signing_key().await?, "address", session.as_bytes())?))
    }

    /// Derived from the secret of the control state, so that every replica has the same.
    async fn signing_key(&self) -> Result<&Tag> {
        self.0
            .signing_key
            .get_or_try_init(|| async {
                let mut connection = self.0.sessions.acquire().await?;
                let head = db::control::head(&mut connection).await?;
                Ok(Sha256::new().chain_update("sessions and devices").chain_update(head.secret).finalize().into())
            })
            .await
    }
}

/// Marks texts as Reins' own, for one session: nobody else can have written them.
#[derive(Clone)]
pub struct Seal(Tag);

impl Seal {
    /// 128 bits, in hexadecimal digits.
    pub fn mark(&self, text: &str) -> Result<String> {
        Ok(hex(&tag(&self.0, "text", text.as_bytes())?[..16]))
    }

    /// Compares in constant time.
    pub fn fits(&self, text: &str, mark: &str) -> bool {
        self.mark(text).is_ok_and(|own| {
            let difference = own.bytes().zip(mark.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
            own.len() == mark.len() && difference == 0
        })
    }
}

/// Names an account without saying which.
fn account(email: &str) -> String {
    hex(&Sha256::digest(email.trim().to_lowercase())[..8])
}

fn tag(key: &Tag, kind: &str, what: &[u8]) -> Result<Tag> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| corrupt("a signing key"))?;
    mac.update(kind.as_bytes());
    mac.update(what);
    Ok(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_fits_its_text_and_its_session_alone() {
        let seal = |session: &str| Seal(tag(&[7; 32], "address", session.as_bytes()).unwrap());
        let mark = seal("a").mark("text").unwrap();
        assert_eq!(mark.len(), 32);
        assert!(seal("a").fits("text", &mark));
        assert!(!seal("b").fits("text", &mark) && !seal("a").fits("other", &mark) && !seal("a").fits("text", ""));
    }
}
