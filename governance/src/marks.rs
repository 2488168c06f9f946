//! What stands in for a customer, and for what set something off, where those are only compared: their mark.
//!
//! It names nobody without the secret of the control state, so it stays when a customer is erased, and caps go on counting
//! whoever comes again under the same id.

use domain::json::hex;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{
    control::Control,
    error::{Result, corrupt},
};

/// So many bytes of the HMAC make a mark: no two customers of a shop will ever have the same.
const LENGTH: usize = 12;

impl Control {
    /// Of a customer's id, folded: `H1` and `h1` are one customer.
    pub fn mark_of_customer(&self, folded: &str) -> Result<String> {
        mark(&self.secret, "customer ", folded)
    }

    /// Of a trigger, folded.
    pub fn mark_of_occasion(&self, folded: &str) -> Result<String> {
        mark(&self.secret, "occasion ", folded)
    }
}

fn mark(secret: &[u8], of: &str, text: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| corrupt("control.grant_secret"))?;
    mac.update(of.as_bytes());
    mac.update(text.as_bytes());
    Ok(hex(&mac.finalize().into_bytes()[..LENGTH]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_of_one_thing_in_one_shop() {
        let one = mark(b"secret", "customer ", "omar").unwrap();
        assert_eq!((one.len(), &one), (24, &mark(b"secret", "customer ", "omar").unwrap()));
        for other in
            [(b"secret", "customer ", "yara"), (b"others", "customer ", "omar"), (b"secret", "occasion ", "omar")]
        {
            assert_ne!(mark(other.0, other.1, other.2).unwrap(), one);
        }
    }
}
