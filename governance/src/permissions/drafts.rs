//! Drafts: the permission set that admins are writing, one an agent.
//!
//! A draft decides nothing: changing it takes no control lock, and holds up no decision.

pub(crate) mod begin;

use chrono::{DateTime, Utc};
use domain::{
    agent::Mode,
    authoring::{
        difference::differences,
        draft::{CaughtUp, DraftConflict, DraftHead, DraftSeen, DraftView, Edited, Origin, VersionRow},
        edit::Edit,
        risk,
    },
    entry::{Detail, DraftTakenBack, OfDraft, OfRevision},
    fault::Fault,
    id::{AgentId, PersonId},
    permission::PermissionSet,
    role::Capability,
    sentence,
    view::AgentLink,
};
use sqlx::PgConnection;

use crate::{
    Actor, Conflict, Error, Governance, Result,
    db::{self, drafts::Draft},
    entry::NewEntry,
    permit::Permit,
};

/// A set is read by people: what is longer than this was not written by them.
const MOST_BYTES: usize = 256 * 1024;

impl Governance {
    /// The open draft, or what is in force, and who else has the editor open.
    pub async fn draft(&self, actor: &Actor, slug: &str) -> Result<DraftView> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::pages::agent_row(&mut connection, &control, slug, now).await?.ok_or(Error::NotFound)?;
        let id = agent.link.id;
        let draft = db::drafts::open(&mut connection, id).await?;
        let in_force = db::versions::in_force(&mut connection, id).await?;
        let discarded = db::drafts::discarded(&mut connection, id).await?;
        let may_edit = actor.can(Capability::Govern) && agent.mode != Mode::Retired;
        let others = match actor.person() {
            Ok(me) => db::drafts::others(&mut connection, id, me.id).await?,
            Err(_) => Vec::new(),
        };
        let two_to_publish = db::control::two_to_publish(&mut connection).await?;
        let may_publish = match (&draft, actor.person()) {
            _ if agent.mode == Mode::Retired => Err(DraftConflict::Retired),
            (Some(draft), Ok(me)) => {
                let rests = need_difference(draft, in_force.as_ref());
                rests.and_then(|()| need_second_person(&draft.head, me.id, two_to_publish))
            }
            _ => Err(DraftConflict::Gone),
        };
        // All is told by the catalog that stands for it in `read_by`.
        let catalog = db::catalog::shop(&mut connection).await?;
        let names = catalog.names();
        let differences = match (&draft, &in_force) {
            (Some(draft), Some((_, set))) => differences(set, &draft.permissions, &names),
            (Some(draft), None) => differences(&blank(&mut connection).await?, &draft.permissions, &names),
            (None, _) => Vec::new(),
        };
        let (draft, permissions) = match (draft, &in_force) {
            (Some(draft), _) => (Some(draft.head), draft.permissions),
            (None, Some((_, permissions))) => (None, permissions.clone()),
            (None, None) => (None, blank(&mut connection).await?),
        };
        drop(connection);
        Ok(DraftView {
            sentences: sentence::permission_set(&permissions, &names),
            differences,
            risks: risk::risks(&permissions, &catalog),
            read_by: catalog.read_by(&agent.link.name)?,
            catalog,
            agent,
            draft,
            permissions,
            in_force: in_force.map(|(row, _)| row),
            discarded,
            others,
            two_to_publish,
            may_edit,
            may_publish,
            now,
        })
    }

    /// Says that somebody has the editor open, for the others who do. Who cannot change the draft is no reason to take care.
    pub async fn look_at_draft(&self, actor: &Actor, slug: &str) -> Result<()> {
        self.allow(actor, Capability::Look).await?;
        let me = actor.person()?.id;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::agents::by_slug(&mut connection, slug).await?.ok_or(Error::NotFound)?;
        if actor.can(Capability::Govern) && !db::phases::stands(&mut connection, agent.id).await?.retired {
            db::drafts::look(&mut connection, agent.id, me).await?;
        }
        Ok(())
    }

    /// Applies an edit to the draft; the first one begins the draft from what is in force.
    ///
    /// Edits have no entries of their own: they take effect only when they are published, and the version is whole in
    /// the record.
    pub async fn edit_draft(&self, actor: &Actor, slug: &str, edit: &Edit) -> Result<Edited> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let me = actor.person()?.id;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let (agent, now) = agent_to_edit(&mut tx, slug).await?;
        let (draft, begun) = open_or_begin(&mut tx, &permit, &agent, now).await?;

        let permissions = draft.permissions.apply(edit).map_err(Conflict::Edit)?;
        need_room(&permissions)?;
        if permissions == draft.permissions {
            // What changes nothing begins nothing.
            return Ok(Edited { seen: (!begun).then_some(draft.head.seen), permissions });
        }

        let base = draft.head.base;
        let seen = db::drafts::change(&mut tx, draft.head.seen, base, &permissions, me, now).await?;
        withdraw_proposal(&mut tx, &permit, &agent, &draft.head, now).await?;
        self.commit(tx).await?;
        Ok(Edited { seen: Some(seen), permissions })
    }

    /// Discards the draft as it was seen. It can be taken back until another one is discarded.
    pub async fn discard_draft(&self, actor: &Actor, slug: &str, seen: DraftSeen) -> Result<()> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let me = actor.person()?.id;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let (agent, now) = agent_to_edit(&mut tx, slug).await?;
        let draft = lock_seen(&mut tx, &agent, seen).await?;

        db::drafts::forget_discarded(&mut tx, agent.id, None).await?;
        db::drafts::discard(&mut tx, draft.head.seen.draft, me, now).await?;
        let detail = Detail::DraftDiscarded(OfDraft { draft: seen.draft });
        NewEntry::new(detail, &permit).agent(agent.id).write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// Takes back what was discarded last. An open draft, which has to be the one that was seen, is discarded instead.
    pub async fn take_back_draft(&self, actor: &Actor, slug: &str, open: Option<DraftSeen>) -> Result<DraftSeen> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let me = actor.person()?.id;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let (agent, now) = agent_to_edit(&mut tx, slug).await?;
        let open = need_seen(db::drafts::open_for_update(&mut tx, agent.id).await?, open)?;
        let back = db::drafts::discarded_for_update(&mut tx, agent.id).await?.ok_or(DraftConflict::Gone)?;

        if let Some(open) = &open {
            db::drafts::discard(&mut tx, open.head.seen.draft, me, now).await?;
        }
        db::drafts::take_back(&mut tx, back).await?;
        let instead_of = open.map(|open| open.head.seen.draft);
        let detail = Detail::DraftTakenBack(DraftTakenBack { draft: back, instead_of });
        NewEntry::new(detail, &permit).agent(agent.id).write(&mut tx, now).await?;
        let draft = db::drafts::open(&mut tx, agent.id).await?.ok_or(DraftConflict::Gone)?;
        self.commit(tx).await?;
        Ok(draft.head.seen)
    }

    /// Carries the draft as it was seen over to the version in force, which was published after it was begun.
    pub async fn catch_up_draft(&self, actor: &Actor, slug: &str, seen: DraftSeen) -> Result<CaughtUp> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let me = actor.person()?.id;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let (agent, now) = agent_to_edit(&mut tx, slug).await?;
        let draft = lock_seen(&mut tx, &agent, seen).await?;
        let (version, other) = db::versions::published(&mut tx, agent.id).await?.ok_or(DraftConflict::Same)?;
        if draft.head.base == Some(version) {
            return Err(DraftConflict::Same.into());
        }
        let base = match draft.head.base {
            Some(base) => db::versions::find(&mut tx, agent.id, base).await?.ok_or(Error::NotFound)?.1,
            None => blank(&mut tx).await?,
        };

        let (permissions, both) = draft.permissions.carry_over(&base, &other);
        let seen = db::drafts::change(&mut tx, seen, Some(version), &permissions, me, now).await?;
        withdraw_proposal(&mut tx, &permit, &agent, &draft.head, now).await?;
        self.commit(tx).await?;
        Ok(CaughtUp { seen, both })
    }
}

/// The agent whose draft is about to change, and the time.
pub(crate) async fn agent_to_edit(connection: &mut PgConnection, slug: &str) -> Result<(AgentLink, DateTime<Utc>)> {
    let now = db::control::head(connection).await?.now;
    let agent = db::agents::by_slug(connection, slug).await?.ok_or(Error::NotFound)?;
    need_not_retired(connection, agent.id).await?;
    Ok((agent, now))
}

pub(crate) async fn need_not_retired(connection: &mut PgConnection, agent: AgentId) -> Result<()> {
    match db::phases::stands(connection, agent).await?.retired {
        true => Err(DraftConflict::Retired.into()),
        false => Ok(()),
    }
}

/// Locks the draft, and checks that it is what somebody saw.
pub(crate) async fn lock_seen(connection: &mut PgConnection, agent: &AgentLink, seen: DraftSeen) -> Result<Draft> {
    let open = db::drafts::open_for_update(connection, agent.id).await?;
    need_seen(open, Some(seen))?.ok_or_else(|| DraftConflict::Gone.into())
}

/// The open draft, where it is exactly what was seen: neither another one nor one that has gone on.
fn need_seen(open: Option<Draft>, seen: Option<DraftSeen>) -> Result<Option<Draft>> {
    match (open, seen) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(DraftConflict::Gone.into()),
        (Some(draft), None) => Err(DraftConflict::Open { draft: Box::new(draft.head) }.into()),
        (Some(draft), Some(seen)) if draft.head.seen == seen => Ok(Some(draft)),
        (Some(draft), Some(seen)) if draft.head.seen.draft == seen.draft => {
            Err(DraftConflict::Changed { draft: Box::new(draft.head) }.into())
        }
        (Some(draft), Some(_)) => Err(DraftConflict::Open { draft: Box::new(draft.head) }.into()),
    }
}

/// Locks the open draft; where there is none, begins one from what is in force, and says so.
async fn open_or_begin(
    connection: &mut PgConnection,
    permit: &Permit,
    agent: &AgentLink,
    now: DateTime<Utc>,
) -> Result<(Draft, bool)> {
    if let Some(draft) = db::drafts::open_for_update(connection, agent.id).await? {
        return Ok((draft, false));
    }
    let (origin, base, permissions) = match db::versions::published(connection, agent.id).await? {
        Some((version, permissions)) => (Origin::Published { version }, Some(version), permissions),
        None => (Origin::Nothing, None, blank(connection).await?),
    };
    // Of two who begin at once, the second goes on with the draft of the first.
    let begun = begin::insert(connection, permit, agent, &origin, base, &permissions, now).await?;
    let draft = db::drafts::open_for_update(connection, agent.id).await?.ok_or(DraftConflict::Gone)?;
    Ok((draft, begun))
}

/// The record says that a proposal, which it holds, no longer stands.
async fn withdraw_proposal(
    connection: &mut PgConnection,
    permit: &Permit,
    agent: &AgentLink,
    before: &DraftHead,
    now: DateTime<Utc>,
) -> Result<()> {
    if before.proposal.is_some() {
        let detail = OfRevision { draft: before.seen.draft, revision: before.seen.revision };
        let entry = NewEntry::new(Detail::ProposalWithdrawn(detail), permit).agent(agent.id);
        entry.write(connection, now).await?;
    }
    Ok(())
}

/// What a new agent starts from.
pub(crate) async fn blank(connection: &mut PgConnection) -> Result<PermissionSet> {
    Ok(PermissionSet::blank(&db::queues::first(connection).await?.unwrap_or_default()))
}

fn need_room(permissions: &PermissionSet) -> Result<()> {
    match serde_json::to_vec(permissions)?.len() {
        0..=MOST_BYTES => Ok(()),
        _ => Err(Error::Invalid(Fault::Other, "the permissions are too long".to_owned())),
    }
}

/// A draft rests on the version in force, and differs from it.
pub(crate) fn need_difference(
    draft: &Draft,
    in_force: Option<&(VersionRow, PermissionSet)>,
) -> std::result::Result<(), DraftConflict> {
    match in_force {
        Some((version, _)) if draft.head.base != Some(version.version) => {
            Err(DraftConflict::Superseded { version: Box::new(version.clone()) })
        }
        Some((_, permissions)) if *permissions == draft.permissions => Err(DraftConflict::Same),
        _ => Ok(()),
    }
}

/// Where it takes two, one has proposed it, and another publishes it.
pub(crate) fn need_second_person(
    draft: &DraftHead,
    me: PersonId,
    two_to_publish: bool,
) -> std::result::Result<(), DraftConflict> {
    match &draft.proposal {
        _ if !two_to_publish => Ok(()),
        None => Err(DraftConflict::NeedsProposal),
        Some(proposal) if proposal.stamp.by.id == me => Err(DraftConflict::OwnProposal),
        Some(_) => Ok(()),
    }
}
