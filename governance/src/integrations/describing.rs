//! What people say of an integration. No decision rests on it, so that nothing of it takes the control lock.

use domain::{
    entry::{Detail, IntegrationChanged, Name},
    fault::Fault,
    id::PersonId,
    integration::Integration,
    json,
    role::Capability,
};
use serde_json::json;

use crate::{Actor, Conflict, Error, Governance, Result, db, entry::NewEntry};

impl Governance {
    /// Says all anew of an integration as it was `seen`; what it is called stays.
    pub async fn describe_integration(
        &self,
        actor: &Actor,
        to: &Integration,
        owner: Option<PersonId>,
        seen: &str,
    ) -> Result<()> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        db::integrations::lock(&mut tx, &to.slug).await?;
        let (head, owned) = db::integrations::find(&mut tx, &to.slug).await?.ok_or(Error::NotFound)?;
        let owned = owned.map(|person| person.id);
        let to = Integration { name: head.name.clone(), ..to.clone() };
        need_sound(&to)?;
        if seen_as(&head, owned)? != seen {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        if (&head, owned) == (&to, owner) {
            return Err(Error::Invalid(Fault::Same, "nothing is changed".to_owned()));
        }
        if let Some(owner) = owner.filter(|owner| Some(*owner) != owned) {
            let words = || "whoever owns it can sign in".to_owned();
            db::people::me(&mut *tx, owner).await?.ok_or_else(|| Error::Invalid(Fault::Other, words()))?;
        }

        db::integrations::describe(&mut tx, &to, owner).await?;
        let changed = IntegrationChanged { integration: Name::of(&to.slug), proposal: None, proposed_by: None };
        let beside = json!({ "known": to, "owner": owner, "before": head, "owner_before": owned });
        NewEntry::new(Detail::IntegrationChanged(changed), &permit).personal(beside)?.write(&mut tx, now).await?;
        self.commit(tx).await
    }
}

fn need_sound(head: &Integration) -> Result<()> {
    if let Some((fault, words)) = head.faults().into_iter().next() {
        return Err(Error::Invalid(fault, words));
    }
    if head.version.is_empty() && head.version_ends.is_some() {
        let words = "only a version that is pinned ends".to_owned();
        return Err(Error::Invalid(Fault::Version, words));
    }
    Ok(())
}

/// What a form says that was drawn with this.
pub(super) fn seen_as(head: &Integration, owner: Option<PersonId>) -> Result<String> {
    Ok(json::hex(&json::digest(&(head, owner))?))
}
