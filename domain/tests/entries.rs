//! The form of entries: one of each kind, as it is written and hashed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    decision::Layer,
    entry::*,
    id::{AgentId, DraftId, EntryId, HoldId, PersonId, ProposalId, RequestId, StopId, TighteningId},
    json::{canonical, hex},
    role::Role,
    standing::Silence,
    state::{Outcome, State},
    view::KeyKind,
};
use serde_json::Value;
use uuid::Uuid;

/// Changes only together with `FORMAT`: what was sealed before has to be worked out again for ever.
const GOLDEN: &str = "tests/entries.golden";

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_793_439_000_123_456).unwrap()
}

/// One of each kind, with everything in it.
fn sample(kind: Kind) -> Detail {
    let (person, draft, by) = (PersonId(id(1)), DraftId(id(2)), Some(PersonId(id(3))));
    let (proposal, name) = (ProposalId(id(4)), || Name::of("order.refund"));
    let (stop, proposed) =
        (OfStop { stop: StopId(id(5)), everything: true }, OfProposal { proposal: Some(proposal), proposed_by: by });
    let decided =
        || Decided { digest: Name::of("9f86d0"), queues: BTreeSet::from([Name::of("cs-leads"), Name::of("legal")]) };
    let (integration, revision) = (Name::of("shopify"), OfRevision { draft, revision: 7 });
    let cost = || Some(Cost { amount: Name::of("0.012"), currency: Name::of("USD") });
    let dropped = ChangeDropped { proposal, proposed_by: PersonId(id(3)) };
    let of_proposal = Some(proposal);
    match kind {
        Kind::Asked => Detail::Asked(Asked {
            reasons: vec![Reason { layer: Layer::ApprovalThresholds, rule: Name::of("over-50") }],
            permission_version: Some(3),
            would_have_been: Some(Name::of("allowed")),
            revision: Some(2),
            key: Name::of("reins_3f9a71c0"),
        }),
        Kind::Approved => {
            let Decided { digest, queues } = decided();
            Detail::Approved(Approved { digest, queues, approved: true })
        }
        Kind::Rejected => Detail::Rejected(decided()),
        Kind::Changed => Detail::Changed(Changed { digest: Name::of("9f"), old_digest: Name::of("86") }),
        Kind::Escalated => Detail::Escalated(Escalated { to: vec![Name::of("managers")] }),
        Kind::Expired => Detail::Expired(Expired { because: Silence::StoodStill }),
        Kind::WaitsAgain => Detail::WaitsAgain(Nothing {}),
        Kind::Cancelled => Detail::Cancelled(Nothing {}),
        Kind::Claimed => Detail::Claimed(Claimed { execute_before: at() }),
        Kind::ClaimRefused => Detail::ClaimRefused(Because { because: "it is not approved".into() }),
        Kind::SeenUnclaimed => Detail::SeenUnclaimed(Nothing {}),
        Kind::Reported => Detail::Reported(Reported {
            status: Outcome::Succeeded,
            was: State::Unknown,
            cost: cost(),
            cost_before: cost(),
        }),
        Kind::OutcomeUnknown => Detail::OutcomeUnknown(Nothing {}),
        Kind::Breach => Detail::Breach(Breach { status: Outcome::Succeeded, granted: false, state: State::Waiting }),
        Kind::Settled => Detail::Settled(Settled {
            status: Some(Outcome::Failed),
            was: Some(State::Unknown),
            breach: Some(EntryId(id(6))),
        }),
        Kind::RolledBack => Detail::RolledBack(RolledBack { was: State::Succeeded }),
        Kind::Feedback => Detail::Feedback(Feedback { kind: Name::of("quality"), score: Some(1e-7), from_agent: true }),
        Kind::ComplaintResolved => Detail::ComplaintResolved(Nothing {}),
        Kind::Stopped => Detail::Stopped(stop),
        Kind::StopJoined => Detail::StopJoined(stop),
        Kind::StopRepeated => Detail::StopRepeated(stop),
        Kind::StopExplained => Detail::StopExplained(stop),
        Kind::Released => Detail::Released(Released { stop: StopId(id(5)), everything: false, taken_back: true }),
        Kind::ModeChanged => Detail::ModeChanged(ModeChanged { from: Name::of("shadow"), to: Name::of("live") }),
        Kind::Published => Detail::Published(Published { version: 3, draft: Some(draft), proposed_by: by }),
        Kind::DraftBegun => Detail::DraftBegun(DraftBegun {
            draft,
            base: Some(2),
            from: Name::of("starting_point"),
            version: Some(1),
            starting_point: Some(Name::of("support")),
        }),
        Kind::DraftDiscarded => Detail::DraftDiscarded(OfDraft { draft }),
        Kind::DraftTakenBack => Detail::DraftTakenBack(DraftTakenBack { draft, instead_of: Some(draft) }),
        Kind::Proposed => Detail::Proposed(revision),
        Kind::ProposalWithdrawn => Detail::ProposalWithdrawn(revision),
        Kind::PublishingChanged => Detail::PublishingChanged(PublishingChanged {
            two_to_publish: true,
            proposal: of_proposal,
            proposed_by: by,
        }),
        Kind::AgentApplied => Detail::AgentApplied(Nothing {}),
        Kind::AgentImported => Detail::AgentImported(AgentImported { starting_point: Some(Name::of("support")) }),
        Kind::AgentExported => Detail::AgentExported(AgentExported { version: 3 }),
        Kind::AgentCreated => Detail::AgentCreated(Nothing {}),
        Kind::AgentDescribed => Detail::AgentDescribed(proposed),
        Kind::ActionChanged => {
            Detail::ActionChanged(ActionChanged { revision: 2, proposal: of_proposal, proposed_by: by })
        }
        Kind::DataSetChanged => {
            Detail::DataSetChanged(DataSetChanged { name: name(), proposal: of_proposal, proposed_by: by })
        }
        Kind::WordsChanged => Detail::WordsChanged(proposed),
        Kind::ChangeProposed => Detail::ChangeProposed(ChangeProposed { proposal }),
        Kind::ChangeWithdrawn => Detail::ChangeWithdrawn(dropped),
        Kind::ChangeTurnedDown => Detail::ChangeTurnedDown(dropped),
        Kind::TighteningAdded => Detail::TighteningAdded(TighteningAdded {
            tightening: TighteningId(id(7)),
            actions: BTreeSet::from([name()]),
            until: Some(at()),
        }),
        Kind::TighteningLifted => Detail::TighteningLifted(TighteningLifted { tightening: TighteningId(id(7)) }),
        Kind::BreakerOpened => Detail::BreakerOpened(OfIntegration { integration }),
        Kind::BreakerClosed => Detail::BreakerClosed(OfIntegration { integration }),
        Kind::KeyCreated => Detail::KeyCreated(KeyCreated { key: Name::of("reins_3f9a71c0"), kind: KeyKind::Hook }),
        Kind::KeyRevoked => Detail::KeyRevoked(KeyRevoked { key: Name::of("reins_3f9a71c0") }),
        Kind::PersonAdded => Detail::PersonAdded(PersonAdded { person, role: Role::Reviewer }),
        Kind::PersonChanged => Detail::PersonChanged(PersonChanged {
            person,
            role: Some(Role::Auditor),
            before: Some(Role::Reviewer),
            left: vec![Name::of("legal")],
            disabled: Some(false),
            password: Some(true),
            password_confirmed: Some(true),
            own_since: Some(at()),
            proposal: of_proposal,
            proposed_by: by,
        }),
        Kind::PasswordChanged => Detail::PasswordChanged(Nothing {}),
        Kind::QueueChanged => Detail::QueueChanged(QueueChanged {
            queue: Name::of("legal"),
            person: Some(person),
            member: Some(true),
            proposal: of_proposal,
            proposed_by: by,
        }),
        Kind::IntegrationChanged => {
            Detail::IntegrationChanged(IntegrationChanged { integration, proposal: of_proposal, proposed_by: by })
        }
        Kind::ShopDescribed => Detail::ShopDescribed(Nothing {}),
        Kind::CustomersSynced => Detail::CustomersSynced(CustomersSynced { customers: 1200 }),
        Kind::HoldPlaced => {
            let until = NaiveDate::from_ymd_opt(2027, 6, 30);
            Detail::HoldPlaced(HoldPlaced { hold: HoldId(id(15)), until })
        }
        Kind::HoldReleased => Detail::HoldReleased(HoldReleased { hold: HoldId(id(15)) }),
        Kind::CustomerErased => {
            let customer = Name::of("0f6b1d5c2a9e8f7b3c4d5e6f");
            Detail::CustomerErased(CustomerErased { customer, requests: 10_000, left: 17 })
        }
        Kind::SignedIn => Detail::SignedIn(Nothing {}),
        Kind::SignedOut => Detail::SignedOut(Nothing {}),
        Kind::SignInFailed => Detail::SignInFailed(Nothing {}),
        Kind::Refused => Detail::Refused(Refused { what: "stop an agent".into() }),
        Kind::Deleted => Detail::Deleted(Deleted { requests: 500, entries: 1200, before: at() }),
    }
}

/// Who did it and what else there is, another for each.
fn whole(place: usize, kind: Kind, detail: &str) -> String {
    let by = [
        By::Agent(AgentId(id(10))),
        By::Hook(AgentId(id(10))),
        By::Person(PersonId(id(11))),
        By::Job("deadlines"),
        By::System,
    ][place % 5];
    let hash = [0xab; 32];
    let whole = Whole {
        format: FORMAT,
        id: EntryId(id(12)),
        at: at(),
        kind: kind.name(),
        actor: by.stored(),
        job: by.job(),
        agent: place.is_multiple_of(2).then_some(AgentId(id(10))),
        request: place.is_multiple_of(3).then_some(RequestId(id(13))),
        call: (place % 2 == 1).then_some(id(14)),
        action: place.is_multiple_of(3).then_some("order.refund"),
        decision: (place == 0).then_some("allowed"),
        detail,
        personal_hash: place.is_multiple_of(2).then_some(&hash),
    };
    let text = whole.canonical();
    let again = canonical(&serde_json::from_str::<Value>(&text).unwrap()).unwrap();
    assert_eq!(text, again, "it is in canonical form");
    format!("{text}\n{}\n", hex(&whole.leaf()))
}

#[test]
fn an_entry_of_each_kind_is_hashed_as_it_ever_was() {
    let mut now = String::new();
    for (place, kind) in Kind::ALL.iter().enumerate() {
        let detail = sample(*kind);
        assert_eq!(detail.kind(), *kind);
        let _ = write!(now, "{}", whole(place, *kind, &detail.canonical().unwrap()));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
    let golden = fs::read_to_string(&path).unwrap_or_default();
    if golden != now {
        let beside = std::env::temp_dir().join("entries.golden");
        fs::write(&beside, &now).unwrap();
        let lines = golden.lines().zip(now.lines()).find(|(before, now)| before != now);
        panic!("entries are written otherwise than {GOLDEN} says: see {}; first {lines:#?}", beside.display());
    }
}

#[test]
fn what_is_stored_reads_back_by_its_kind_and_what_is_newer_does_not() {
    for kind in Kind::ALL {
        let detail = sample(*kind);
        let mut stored: Value = serde_json::from_str(&detail.canonical().unwrap()).unwrap();
        assert_eq!(Detail::read(kind.name(), FORMAT, &stored), Some(detail));
        assert_eq!(Detail::read(kind.name(), FORMAT + 1, &stored), None);
        stored["new"] = true.into();
        assert_eq!(Detail::read(kind.name(), FORMAT, &stored), None, "{kind:?}");
    }
    assert_eq!(Detail::read("invented", FORMAT, &Value::Object(Default::default())), None);
}

#[test]
fn no_text_hides_in_a_name() {
    for text in ["omar@example.com", "Omar Smith", "", "späti", "a\"b", "a/b"] {
        assert_eq!(Name::of(text).as_str(), "?");
    }
    assert_eq!(Name::of("order.refund_2-b").as_str(), "order.refund_2-b");
}
