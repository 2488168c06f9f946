//! Leave to do something, which every entry needs.

use domain::{
    entry::{By, Kind},
    id::PersonId,
    role::Capability,
    view::KeyKind,
};
use uuid::Uuid;

use crate::{
    actor::Actor,
    call::call,
    control::{Control, KeyControl},
    error::{AgentError, Error, Result},
};

/// Leave to do something: no entry is made without one, and only what checks makes one. So a change whose check was
/// forgotten has no entry, and does not compile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit {
    by: By,
    /// What was checked, of people and the command line.
    may: Option<Capability>,
    call: Option<Uuid>,
}

impl Permit {
    pub fn by(&self) -> By {
        self.by
    }

    pub fn call(&self) -> Option<Uuid> {
        self.call
    }

    /// Whether what was checked is what an entry of this kind needs.
    pub fn fits(&self, kind: Kind) -> bool {
        match (self.by, self.may) {
            (_, Some(may)) => needs(kind).contains(&may),
            (By::Agent(_) | By::Hook(_), None) => is_by_agents(kind),
            (By::Job(_), None) => is_by_itself(kind),
            (By::Person(_) | By::System, None) => false,
        }
    }

    /// The person, where only people may act.
    pub fn person(&self) -> Result<PersonId> {
        match self.by {
            By::Person(id) => Ok(id),
            _ => Err(Error::Forbidden),
        }
    }

    /// Of whoever may do that; `None` where they may not.
    pub fn check(actor: &Actor, capability: Capability) -> Option<Self> {
        let by = match actor {
            Actor::Person(me) => By::Person(me.id),
            Actor::System => By::System,
        };
        actor.can(capability).then(|| Self { by, may: Some(capability), call: call() })
    }

    /// Of whoever shows this key, by its hash, as part of `call`.
    pub fn of_key(
        control: &Control,
        hash: &[u8],
        call: Option<Uuid>,
    ) -> std::result::Result<(Self, KeyControl), AgentError> {
        let key = *control.keys.get(hash).ok_or(AgentError::BadKey)?;
        let by = match key.kind {
            KeyKind::Agent => By::Agent(key.agent),
            KeyKind::Hook => By::Hook(key.agent),
        };
        Ok((Self { by, may: None, call }, key))
    }

    /// Of what happens by itself: for jobs alone.
    pub fn of_job(name: &'static str) -> Self {
        Self { by: By::Job(name), may: None, call: None }
    }

    /// The same as part of another call: it goes on in a task of its own, or with others.
    pub fn in_call(self, call: Option<Uuid>) -> Self {
        Self { call, ..self }
    }
}

/// What somebody has to be allowed, any of these, whom an entry of this kind is about; nothing of what people do not do.
fn needs(kind: Kind) -> &'static [Capability] {
    use Capability::*;
    match kind {
        Kind::Approved | Kind::Changed | Kind::Rejected => &[Decide],
        Kind::Settled | Kind::RolledBack | Kind::ComplaintResolved => &[Settle],
        Kind::Stopped | Kind::StopJoined | Kind::StopRepeated | Kind::StopExplained => &[Stop],
        // Whoever pressed may take it back.
        Kind::Released => &[Release, Stop],
        Kind::BreakerOpened | Kind::BreakerClosed => &[Break],
        Kind::TighteningAdded | Kind::TighteningLifted => &[Tighten],
        Kind::KeyCreated | Kind::KeyRevoked => &[ManageKeys],
        Kind::PersonAdded => &[ManagePeople],
        // Who is proposed by who manages people is accepted by who governs.
        Kind::PersonChanged | Kind::QueueChanged | Kind::ChangeProposed => &[ManagePeople, Govern],
        Kind::ModeChanged
        | Kind::Published
        | Kind::DraftBegun
        | Kind::DraftDiscarded
        | Kind::DraftTakenBack
        | Kind::Proposed
        | Kind::ProposalWithdrawn
        | Kind::PublishingChanged
        | Kind::AgentApplied
        | Kind::AgentImported
        | Kind::AgentCreated
        | Kind::AgentDescribed
        | Kind::ActionChanged
        | Kind::DataSetChanged
        | Kind::WordsChanged
        | Kind::ChangeWithdrawn
        | Kind::ChangeTurnedDown
        | Kind::IntegrationChanged
        | Kind::ShopDescribed
        | Kind::CustomersSynced => &[Govern],
        Kind::HoldPlaced | Kind::HoldReleased | Kind::CustomerErased => &[Erase],
        Kind::SeenUnclaimed
        | Kind::AgentExported
        | Kind::PasswordChanged
        | Kind::SignedIn
        | Kind::SignedOut
        | Kind::SignInFailed
        | Kind::Refused => &[Look],
        Kind::Asked
        | Kind::Escalated
        | Kind::Expired
        | Kind::WaitsAgain
        | Kind::Cancelled
        | Kind::Claimed
        | Kind::ClaimRefused
        | Kind::Reported
        | Kind::OutcomeUnknown
        | Kind::Breach
        | Kind::Feedback
        | Kind::Deleted => &[],
    }
}

fn is_by_agents(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Asked
            | Kind::Cancelled
            | Kind::Claimed
            | Kind::ClaimRefused
            | Kind::Reported
            | Kind::Breach
            | Kind::Feedback
    )
}

fn is_by_itself(kind: Kind) -> bool {
    matches!(kind, Kind::Escalated | Kind::Expired | Kind::WaitsAgain | Kind::OutcomeUnknown | Kind::Deleted)
}

#[cfg(test)]
mod tests {
    use domain::{id::AgentId, view::Me};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn everything_that_happens_is_somebodys() {
        for kind in Kind::ALL {
            let who = [!needs(*kind).is_empty(), is_by_agents(*kind), is_by_itself(*kind)];
            assert_eq!(who.into_iter().filter(|does| *does).count(), 1, "{kind:?}");
        }
    }

    #[test]
    fn leave_for_one_thing_is_none_for_another() {
        let me = Me {
            id: PersonId(Uuid::nil()),
            name: String::new(),
            email: String::new(),
            role: domain::role::Role::Operator,
        };
        let actor = Actor::Person(me);
        assert!(Permit::check(&actor, Capability::Govern).is_none());
        let looks = Permit::check(&actor, Capability::Look).unwrap();
        assert!(looks.fits(Kind::SignedOut) && !looks.fits(Kind::Released) && !looks.fits(Kind::Asked));
        let asks = Permit { by: By::Agent(AgentId(Uuid::nil())), may: None, call: None };
        assert!(asks.fits(Kind::Asked) && !asks.fits(Kind::Approved));
        assert!(!Permit::of_job("deadlines").fits(Kind::Claimed));
    }
}
