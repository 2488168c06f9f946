//! A change and its entry commit together: where the entry cannot be written, everything is as before.

use std::{collections::BTreeSet, fmt::Debug};

use domain::{
    action::DataSet,
    agent::Mode,
    agent_file::AgentHead,
    authoring::edit::ActionStanding,
    facts::BrandFacts,
    id::{EntryId, KeyId, RequestId},
    role::Role,
    state::Outcome,
    view::KeyKind,
};
use governance::{AgentError, CustomerFacts, Feedback, FeedbackKind};
use sqlx::AssertSqlSafe;

use crate::support::{Shop, gift, refund, support_file};

/// Every row of every table. Sessions, attempts and who looks at a draft are kept for a while, not recorded.
async fn everything(shop: &Shop) -> BTreeSet<String> {
    let owner = &shop.database.owner;
    let tables = sqlx::query_scalar::<_, String>(
        "select relname::text from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
             and relname not in ('_sqlx_migrations', 'sessions', 'attempts', 'draft_readers')",
    );
    let tables = tables.fetch_all(owner).await.unwrap();
    assert!(tables.len() >= 19, "{tables:?}");
    let rows = tables.iter().map(|table| format!("select '{table} ' || t::text from {table} t"));
    let rows = rows.collect::<Vec<_>>().join(" union all ");
    sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(owner).await.unwrap().into_iter().collect()
}

/// The operation fails and leaves everything as it was while entries cannot be written; then it works, and is recorded as
/// an entry of this kind.
async fn together<E: Debug>(shop: &Shop, kind: &str, operation: impl AsyncFn() -> Result<(), E>) {
    let recorded = format!("select count(*) from entries where kind = '{kind}'");
    let (before, entries) = (everything(shop).await, shop.database.count(&recorded).await);

    shop.database.break_inserts("entries", "true").await;
    let error = operation().await.expect_err(kind);
    shop.database.mend_inserts("entries").await;
    assert_eq!(format!("{error:?}"), "Unavailable", "{kind}");
    let changed: Vec<_> = everything(shop).await.symmetric_difference(&before).cloned().collect();
    assert_eq!(changed, [""; 0], "{kind}");

    operation().await.unwrap_or_else(|error| panic!("{kind}: {error:?}"));
    assert_eq!(shop.database.count(&recorded).await, entries + 1, "{kind}");
    let rows = |all: &BTreeSet<String>| {
        let besides = all.iter().filter(|row| !row.starts_with("entries ") && !row.starts_with("personal "));
        besides.cloned().collect::<BTreeSet<_>>()
    };
    let changes = rows(&everything(shop).await) != rows(&before);
    assert_eq!(changes, kind != "claim_refused", "{kind}");
}

/// A grant of the agent's own, with its token.
async fn granted(shop: &Shop) -> (RequestId, String) {
    let asked = shop.ask(refund("40.00")).await;
    (asked.id, asked.grant.unwrap().token)
}

#[tokio::test]
async fn what_people_control_changes_with_its_entry_or_not_at_all() {
    let shop = Shop::open().await;
    let (governance, operator, admin) = (&shop.governance, &shop.operator, &shop.admin);

    for slug in [None, Some("support")] {
        together(&shop, "stopped", async || governance.stop(operator, slug, "").await.map(drop)).await;
        together(&shop, "stop_repeated", async || governance.stop(operator, slug, "").await.map(drop)).await;
        let holding = shop.held(slug).await.id;
        together(&shop, "stop_explained", async || governance.explain_stop(operator, holding, "drift").await).await;
        together(&shop, "released", async || governance.release(operator, holding, 2, "fine").await).await;
    }

    let refunds = || BTreeSet::from(["order.refund".to_owned()]);
    let tighten = async || governance.tighten(operator, "support", refunds(), "drift", None).await;
    together(&shop, "tightening_added", tighten).await;
    let tightening = governance.agent(admin, "support").await.unwrap().tightenings[0].id;
    together(&shop, "tightening_lifted", async || governance.lift(operator, tightening, "fine").await).await;

    together(&shop, "breaker_opened", async || governance.open_breaker(operator, "shopify", "errors").await).await;
    together(&shop, "breaker_closed", async || shop.close_breaker("shopify", "well").await).await;

    for mode in [Mode::Shadow, Mode::Live, Mode::Retired] {
        together(&shop, "mode_changed", async || governance.set_mode(admin, "support", mode, "trial").await).await;
    }
}

#[tokio::test]
async fn a_file_is_applied_with_its_entries_or_not_at_all() {
    let shop = Shop::open().await;
    let mut known = support_file();
    known.agent.purpose = "Helps.".to_owned();
    known.integrations[0].version = "2027-01".to_owned();
    known.permissions.approval_thresholds.within_s = 60;
    let mut new = known.clone();
    new.agent.slug = "returns".to_owned();
    new.agent.name = "Returns".to_owned();
    for file in [known, new] {
        let apply = async || shop.governance.apply(&shop.admin, &file, "reviewed", &[], false).await.map(drop);
        together(&shop, "agent_applied", apply).await;
    }
    let published = "select count(*) from entries where kind = 'published'";
    assert_eq!(shop.database.count(published).await, 3);
}

#[tokio::test]
async fn what_admins_write_is_recorded_or_does_not_happen() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    let ida = shop.person("Ida", Role::Admin).await;
    let seen = async || governance.draft(admin, "support").await.unwrap().draft.unwrap().seen;
    let edit = async |standing| {
        let set = governance.draft(admin, "support").await.unwrap().permissions;
        let edit = super::drafts::edit(&set, super::drafts::stand("gift.send", standing));
        governance.edit_draft(admin, "support", &edit).await.map(drop)
    };
    let publication = async || super::drafts::publication(governance, admin, seen().await).await;

    together(&shop, "draft_begun", async || edit(ActionStanding::Denied).await).await;
    let first = seen().await;
    together(&shop, "draft_discarded", async || governance.discard_draft(admin, "support", first).await).await;
    let back = async || governance.take_back_draft(admin, "support", None).await.map(drop);
    together(&shop, "draft_taken_back", back).await;
    let propose = async || governance.propose(admin, "support", &publication().await).await;
    together(&shop, "proposed", propose).await;
    together(&shop, "proposal_withdrawn", async || edit(ActionStanding::Shadow).await).await;
    together(&shop, "publishing_changed", async || governance.need_two_to_publish(admin).await).await;
    governance.propose(&ida, "support", &publication().await).await.unwrap();
    let publish = async || governance.publish(admin, "support", &publication().await).await.map(drop);
    together(&shop, "published", publish).await;
    let restore = async || governance.restore_version(admin, "support", 1, None).await.map(drop);
    together(&shop, "draft_begun", restore).await;

    let mut file = support_file();
    file.agent.slug = "returns".to_owned();
    file.agent.name = "Returns".to_owned();
    let import = async || governance.import_agent(admin, &file, "reviewed", None, &[], false).await.map(drop);
    together(&shop, "agent_imported", import).await;
    let new = AgentHead { slug: "reviews".to_owned(), name: "New".to_owned(), ..file.agent.clone() };
    together(&shop, "agent_created", async || governance.create_agent(admin, &new, None).await).await;
    let describe = async || governance.describe_agent(admin, &new, "Reviews", "Answers reviews.").await.map(drop);
    together(&shop, "agent_described", describe).await;
    let mut action = file.actions[0].clone();
    action.name = "order.pay_back".to_owned();
    action.label = "Pay back".to_owned();
    let put = async || governance.put_action_type(admin, &action, None, "as we say", &[]).await.map(drop);
    together(&shop, "action_changed", put).await;
    let set = DataSet { name: "customer.past".to_owned(), label: "Their past".to_owned(), ..file.data_sets[0].clone() };
    let put = async || governance.put_data_set(admin, &set, None, "as we say", &[]).await.map(drop);
    together(&shop, "data_set_changed", put).await;
}

#[tokio::test]
async fn keys_people_queues_and_customers_change_with_their_entry_or_not_at_all() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);

    let create = async || governance.create_key(admin, "support", KeyKind::Hook, "helpdesk").await.map(drop);
    together(&shop, "key_created", create).await;
    let keys = governance.keys(admin).await.unwrap();
    let key: KeyId = keys.iter().find(|row| row.label == "helpdesk").unwrap().id;
    together(&shop, "key_revoked", async || governance.revoke_key(admin, key).await).await;

    let add = async || {
        let added = governance.add_person(admin, "nora@example.com", "Nora", Role::Reviewer, "a long password").await;
        added.map(drop)
    };
    together(&shop, "person_added", add).await;
    let nora = governance.person_by_email("nora@example.com").await.unwrap().unwrap().id;
    together(&shop, "person_changed", async || {
        governance.change_person(admin, nora, Role::Reviewer, Role::Manager, 9).await.map(drop)
    })
    .await;
    let password = async || governance.set_password(admin, nora, "another long password").await.map(drop);
    together(&shop, "person_changed", password).await;
    together(&shop, "person_changed", async || governance.disable_person(admin, nora, 9).await).await;
    together(&shop, "person_changed", async || shop.enable(nora).await.map(drop)).await;

    together(&shop, "queue_changed", async || governance.add_queue(admin, "finance", "Finance").await).await;
    together(&shop, "queue_changed", async || governance.add_member(admin, "finance", nora).await.map(drop)).await;
    together(&shop, "queue_changed", async || governance.remove_member(admin, "finance", nora, 0).await).await;

    let facts = BrandFacts { orders: Some(3), ..Default::default() };
    let list = [CustomerFacts { id: "omar".to_owned(), facts }];
    together(&shop, "customers_synced", async || governance.sync_customers(admin, &list).await.map(drop)).await;
}

#[tokio::test]
async fn what_an_agent_does_with_its_requests_is_recorded_or_does_not_happen() {
    let shop = Shop::open().await;
    let governance = &shop.governance;

    let approved = shop.approved_refund().await;
    together(&shop, "claimed", async || shop.claim(approved).await.map(drop)).await;
    let waiting = shop.waiting(refund("80.00")).await;
    let claim = async || match shop.claim(waiting).await {
        Err(AgentError::NotApproved(_)) => Ok(()),
        other => other.map(drop),
    };
    together(&shop, "claim_refused", claim).await;

    for status in [Outcome::Succeeded, Outcome::Failed, Outcome::Unknown] {
        let (id, token) = granted(&shop).await;
        together(&shop, "reported", async || shop.report(id, &token, status).await.map(drop)).await;
    }
    let breach = async || match shop.report(waiting, "grant_00", Outcome::Succeeded).await {
        Err(AgentError::NoGrant(_)) => Ok(()),
        other => other.map(drop),
    };
    together(&shop, "breach", breach).await;

    let complaint = Feedback { kind: FeedbackKind::Complaint, score: None, note: "still broken".to_owned() };
    let complain = async || governance.give_feedback(&shop.key, None, waiting, &complaint).await.map(drop);
    together(&shop, "feedback", complain).await;
    let resolve = async || governance.resolve_complaint(&shop.operator, waiting, "sent another").await;
    together(&shop, "complaint_resolved", resolve).await;

    let approved = shop.approved_refund().await;
    for open in [waiting, approved] {
        together(&shop, "cancelled", async || governance.cancel(&shop.key, open).await.map(drop)).await;
    }
}

#[tokio::test]
async fn what_people_decide_and_settle_is_recorded_or_does_not_happen() {
    let shop = Shop::open().await;
    let (governance, operator) = (&shop.governance, &shop.operator);

    let first = shop.waiting(refund("250.00")).await;
    together(&shop, "approved", async || shop.approve(&shop.ana, first).await).await;
    together(&shop, "approved", async || shop.approve(&shop.ben, first).await).await;
    let second = shop.waiting(refund("80.00")).await;
    together(&shop, "changed", async || shop.change_amount(&shop.ana, second, "60.00").await).await;
    let third = shop.waiting(refund("80.00")).await;
    together(&shop, "rejected", async || shop.reject(&shop.ana, third, "no").await).await;

    let (settled, token) = granted(&shop).await;
    shop.report(settled, &token, Outcome::Unknown).await.unwrap();
    let settle = async || governance.settle(operator, settled, Outcome::Succeeded, "I looked").await;
    together(&shop, "settled", settle).await;
    together(&shop, "rolled_back", async || governance.roll_back(operator, settled, "wrong order").await).await;

    assert!(shop.report(third, "grant_00", Outcome::Succeeded).await.is_err());
    let breach: EntryId = governance.today(operator).await.unwrap().breaches[0].first[0].entry;
    together(&shop, "settled", async || governance.settle_breach(operator, breach, "a slip").await).await;
}

#[tokio::test]
async fn a_deadline_passes_with_its_entry_or_not_at_all() {
    let shop = Shop::open().await;
    let pass = async |kind: &str, seconds: i64| {
        shop.pass_time(seconds).await;
        together(&shop, kind, async || {
            let moved = shop.governance.pass_deadlines().await?;
            assert_eq!(moved, 1, "{kind}");
            Ok::<_, governance::Error>(())
        })
        .await;
    };
    shop.waiting(refund("80.00")).await;
    pass("expired", 3601).await;
    shop.approved_refund().await;
    pass("expired", 901).await;
    granted(&shop).await;
    pass("outcome_unknown", 631).await;
    shop.waiting(gift()).await;
    pass("escalated", 3601).await;
    pass("expired", 7201).await;
}
