//! Legal holds: what must be kept, of a customer or of an agent. While one holds, none of that is erased or deleted.

use chrono::NaiveDate;
use domain::{
    entry::{Detail, HoldPlaced, HoldReleased},
    fault::Fault,
    folding::folded,
    id::HoldId,
    role::Capability,
    seen,
    view::erasing::HoldView,
};
use serde_json::json;

use crate::{
    Actor, Conflict, Error, Governance, Result,
    db::{
        self,
        holds::{NewHold, On},
    },
    entry::NewEntry,
    id,
    reasons::need_reason,
};

/// What is to be held, as people name it.
#[derive(Clone, Copy, Debug)]
pub enum Hold<'a> {
    /// By its slug.
    Agent(&'a str),
    /// By the id that agents use.
    Customer(&'a str),
}

impl Governance {
    /// Holds all that is kept of an agent or a customer, up to the end of a day or until somebody releases it.
    pub async fn place_hold(&self, actor: &Actor, hold: Hold<'_>, until: Option<NaiveDate>, why: &str) -> Result<()> {
        let permit = self.allow(actor, Capability::Erase).await?;
        let (by, why) = (permit.person()?, need_reason(why)?);
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let (control, now) = self.control(&mut tx).await?;
        let mark;
        let on = match hold {
            Hold::Agent(slug) => On::Agent(db::agents::by_slug(&mut tx, slug).await?.ok_or(Error::NotFound)?.id),
            Hold::Customer(customer) => {
                need_id(customer)?;
                mark = control.mark_of_customer(&folded(customer))?;
                On::Customer { mark: &mark, id: customer }
            }
        };
        let id = HoldId(id::next());
        if !db::holds::place(&mut tx, &NewHold { id, on, why, by, until, now }).await? {
            return Err(Error::Invalid(Fault::Date, "the last day of a hold is not over yet".to_owned()));
        }
        let entry = NewEntry::new(Detail::HoldPlaced(HoldPlaced { hold: id, until }), &permit);
        let entry = match on {
            On::Agent(agent) => entry.agent(agent).personal(json!({ "reason": why }))?,
            On::Customer { id, .. } => entry.personal(json!({ "customer": id, "reason": why }))?,
        };
        entry.write(&mut tx, now).await?;
        self.commit(tx).await
    }

    pub async fn release_hold(&self, actor: &Actor, id: HoldId, why: &str) -> Result<()> {
        let permit = self.allow(actor, Capability::Erase).await?;
        let (by, why) = (permit.person()?, need_reason(why)?);
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        let agent = db::holds::release(&mut tx, id, by, now, why).await?.ok_or(Conflict::ChangedMeanwhile)?;
        let mut entry = NewEntry::new(Detail::HoldReleased(HoldReleased { hold: id }), &permit);
        entry.agent = agent;
        entry.personal(json!({ "reason": why }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// The holds that nobody has released, and the last ones that somebody has, the newest first.
    pub async fn holds(&self, actor: &Actor) -> Result<Vec<HoldView>> {
        self.allow(actor, Capability::Erase).await?;
        let mut connection = self.0.pages.acquire().await?;
        db::holds::all(&mut connection).await
    }
}

/// An id that an agent could have used.
pub(super) fn need_id(customer: &str) -> Result<()> {
    let fault = if seen::says_nothing(customer) { Some("is needed".to_owned()) } else { seen::unfit_id(customer) };
    match fault {
        Some(fault) => Err(Error::Invalid(Fault::Other, format!("the id of a customer {fault}"))),
        None => Ok(()),
    }
}
