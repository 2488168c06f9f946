//! What entries hold for ever, and what lies beside them.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::{
    action::{DataSet, Sensitivity},
    agent::Mode,
    agent_file::{AgentFile, AgentHead},
    authoring::{edit::ActionStanding, meaning::Thing, statement::keys},
    decision::Reason,
    entry::Kind,
    role::Role,
    state::{Outcome as Status, State},
    view::{KeyKind, RecordFilter},
};
use governance::{Cost, CustomerFacts, Feedback, FeedbackKind, Hold, Key, Outcome, in_call};
use serde_json::json;
use uuid::Uuid;

use crate::{
    drafts::{change, publication, publish, stand},
    retention,
    support::{For, Shop, note, refund, support_file},
};

const PASSWORD: &str = "correct horse battery";

/// Stands in every text that a person, an agent or a file can write.
const MARK: &str = "Xenia Marked";

fn marked(text: &str) -> String {
    format!("{text} {MARK}")
}

fn marked_file() -> AgentFile {
    let mut file = support_file();
    file.agent.purpose = marked("Answers");
    for queue in &mut file.queues {
        queue.name = marked(&queue.slug);
    }
    file.integrations[0].name = marked("Shop");
    file.data_sets[0].label = marked("Orders");
    for action in &mut file.actions {
        action.label = marked(&action.label);
        action.sentence = marked(&action.sentence);
    }
    file.word_lists.insert(marked("topic").to_lowercase(), vec![marked("word")]);
    for rule in &mut file.permissions.approval_thresholds.rules {
        rule.id = marked(&rule.id);
    }
    file
}

/// Everything that the shop's people, agents and jobs can do, with marked words wherever there is room for some.
async fn everything(shop: &Shop) {
    let (governance, admin, operator) = (&shop.governance, &shop.admin, &shop.operator);
    shop.take_in(&marked_file(), &marked("a note")).await.unwrap();
    governance.describe_shop(admin, &marked("Brand"), "Europe/Berlin").await.unwrap();
    let customers = [CustomerFacts { id: marked("omar"), facts: serde_json::from_value(json!({})).unwrap() }];
    governance.sync_customers(admin, &customers).await.unwrap();

    let mut ask = refund("80.00").of_marked();
    let waiting = shop.waiting(ask.clone()).await;
    shop.change_amount(&shop.ana, waiting, "70.00").await.unwrap();
    let _ = shop.approve(&shop.ana, waiting).await;
    shop.claim(waiting).await.unwrap();
    let granted = shop.ask(refund("40.00").of_marked()).await;
    let outcome = Outcome {
        status: Status::Unknown,
        reference: marked("ref"),
        detail: json!({ MARK: MARK }),
        cost: Cost::parse("0.5", "USD"),
    };
    let token = granted.grant.unwrap().token;
    governance.report(&shop.key, granted.id, Some(&token), &outcome).await.unwrap();
    governance.settle(operator, granted.id, Status::Succeeded, &marked("seen")).await.unwrap();
    governance.roll_back(operator, granted.id, &marked("undone")).await.unwrap();
    assert!(governance.report(&shop.key, granted.id, None, &outcome).await.is_err());
    let breach = governance.today(operator).await.unwrap().breaches[0].first[0].entry;
    governance.settle_breach(operator, breach, &marked("a slip")).await.unwrap();
    let feedback = Feedback { kind: FeedbackKind::Complaint, score: Some(0.1), note: marked("bad") };
    governance.give_feedback(&shop.key, None, granted.id, &feedback).await.unwrap();
    governance.resolve_complaint(operator, granted.id, &marked("sorry")).await.unwrap();

    let rejected = shop.waiting(refund("80.00").of_marked()).await;
    shop.reject(&shop.ana, rejected, &marked("no")).await.unwrap();
    shop.waiting(refund("80.00").of_marked()).await;
    shop.pass_time(4000).await;
    shop.waiting(crate::support::gift()).await;
    shop.pass_time(4000).await;
    let unclaimed = shop.approved_refund().await;
    shop.pass_time(1000).await;
    governance.pass_deadlines().await.unwrap();
    governance.see_unclaimed(admin, unclaimed).await.unwrap();
    shop.ask(refund("40.00").of_marked()).await;
    shop.pass_time(4000).await;
    governance.pass_deadlines().await.unwrap();
    let withdrawn = shop.waiting(refund("80.00").of_marked()).await;
    governance.cancel(&shop.key, withdrawn).await.unwrap();

    let erin = marked("erin");
    shop.ask(note(MARK).of(&erin)).await;
    governance.place_hold(admin, Hold::Customer(&erin), None, &marked("a lawsuit")).await.unwrap();
    let hold = governance.holds(admin).await.unwrap()[0].id;
    governance.release_hold(admin, hold, &marked("settled")).await.unwrap();
    governance.erase_customer(admin, &erin, 1, &marked("a demand")).await.unwrap();

    // What no catalog knows, and what does not fit, is the agent's word alone.
    ask.action = marked("no such action");
    shop.ask(ask.clone()).await;
    ask.action = "order.refund".to_owned();
    ask.arguments = json!({ MARK: MARK });
    shop.ask(ask).await;

    governance
        .tighten(operator, "support", BTreeSet::new(), &marked("drift"), Some(TimeDelta::hours(1)))
        .await
        .unwrap();
    let tightened = shop.waiting(refund("40.00").of_marked()).await;
    let words = |reason: &Reason| reason.text.contains(MARK);
    assert!(shop.look_at(tightened).await.reasons.iter().any(words), "the page says why");
    let tightening = governance.agent(operator, "support").await.unwrap().tightenings[0].id;
    governance.lift(operator, tightening, &marked("over")).await.unwrap();
    governance.open_breaker(operator, "shopify", &marked("errors")).await.unwrap();
    shop.close_breaker("shopify", &marked("fine")).await.unwrap();

    let approved = shop.approved_refund().await;
    governance.stop(&shop.ana, Some("support"), &marked("stop")).await.unwrap();
    assert!(shop.claim(approved).await.is_err());
    governance.stop(&shop.ben, Some("support"), &marked("me too")).await.unwrap();
    governance.stop(&shop.ben, Some("support"), "").await.unwrap();
    let stop = shop.held(Some("support")).await.id;
    governance.explain_stop(&shop.ben, stop, &marked("and so")).await.unwrap();
    shop.release(Some("support"), &marked("go on")).await;
    governance.pass_deadlines().await.unwrap();

    let hook = governance.create_key(admin, "support", KeyKind::Hook, &marked("hook")).await.unwrap();
    let hooked = Key::read(&hook.secret).unwrap();
    governance.give_feedback(&hooked, None, granted.id, &feedback).await.unwrap();
    governance.revoke_key(admin, hook.row.id).await.unwrap();
    let head = AgentHead { slug: "other".to_owned(), name: marked("Other"), purpose: marked("Does") };
    governance.create_agent(admin, &head, None).await.unwrap();
    governance.describe_agent(admin, &head, &marked("Another"), &marked("Does not")).await.unwrap();
    governance.set_mode(admin, "other", Mode::Retired, &marked("over")).await.unwrap();
    governance.export_agent(admin, "support", None).await.unwrap();
    let mut file = marked_file();
    file.permissions.approval_thresholds.within_s = 60;
    file.agent.purpose = marked("Answers more");
    let shown = governance.import_agent(admin, &file, &marked("in"), None, &[], true).await.unwrap();
    governance.import_agent(admin, &file, &marked("in"), None, &keys(&shown.to_accept()), false).await.unwrap();
    let seen = governance.draft(admin, "support").await.unwrap().draft.unwrap().seen;
    governance.discard_draft(admin, "support", seen).await.unwrap();
    let seen = governance.take_back_draft(admin, "support", None).await.unwrap();
    let with_note = async |seen| domain::authoring::draft::Publication {
        note: marked("published"),
        ..publication(governance, admin, seen).await
    };
    governance.propose(admin, "support", &with_note(seen).await).await.unwrap();
    let seen = change(shop, admin, stand("desk.note", ActionStanding::Denied)).await;
    publish(governance, admin, seen).await.unwrap();

    let set = DataSet { name: "extra".to_owned(), label: marked("Extra"), sensitivity: Sensitivity::Public };
    governance.put_data_set(admin, &set, None, &marked("new"), &[]).await.unwrap();
    let action = domain::action::ActionType { label: marked("Again"), ..support_file().actions[2].clone() };
    let action = domain::action::ActionType { name: "desk.other".to_owned(), ..action };
    governance.put_action_type(admin, &action, None, &marked("new"), &[]).await.unwrap();
    let words = domain::authoring::meaning::Change::Words {
        topic: "xenia marked".to_owned(),
        words: vec![marked("word")],
        seen: Vec::new(),
    };
    governance.put_change(admin, &words, &marked("new"), &[]).await.unwrap();
    for (thing, slug, seen) in
        [(Thing::Queue, "legal", marked("legal")), (Thing::Integration, "shopify", marked("Shop"))]
    {
        let (slug, name) = (slug.to_owned(), marked("Renamed"));
        let change = domain::authoring::meaning::Change::Rename { thing, slug, seen, name };
        let meaning = keys(&governance.meaning(admin, &change).await.unwrap().statements);
        governance.put_change(admin, &change, &marked("new"), &meaning).await.unwrap();
    }

    let (nora, _) = governance
        .add_person(admin, "xenia.marked@example.com", &marked("Nora"), Role::Reviewer, PASSWORD)
        .await
        .unwrap();
    governance.add_queue(admin, "finance", &marked("Finance")).await.unwrap();
    governance.add_member(admin, "finance", nora).await.unwrap();
    governance.sign_in("xenia.marked@example.com", "wrong", MARK, None).await.unwrap();
    governance.sign_in("xenia.marked@example.com", PASSWORD, MARK, None).await.unwrap();
    let me = governance::Actor::Person(governance.person(nora).await.unwrap().unwrap());
    governance.change_own_password(&me, PASSWORD, "another horse battery", MARK, None).await.unwrap();
    governance.signed_out(&me).await.unwrap();
    governance.refused(&me, "try something", Some(MARK)).await.unwrap();
    governance.change_person(admin, nora, Role::Reviewer, Role::Auditor, 9).await.unwrap();
    let ida = shop.person("Ida", Role::Admin).await;
    governance.need_two_to_publish(admin).await.unwrap();
    for by in [admin, &ida] {
        governance.change_person(admin, nora, Role::Auditor, Role::Admin, 0).await.unwrap();
        let proposed = governance.proposed_changes(&ida).await.unwrap()[0].head.id;
        governance.withdraw_change(by, proposed).await.unwrap();
    }
}

trait Marked {
    fn of_marked(self) -> Self;
}

impl Marked for domain::request::Ask {
    fn of_marked(mut self) -> Self {
        self.arguments["order_id"] = json!(MARK);
        self.customer.as_mut().unwrap().id = marked("omar");
        let text = || Some(MARK.to_owned());
        (self.trigger, self.input, self.reasoning, self.output) = (text(), text(), text(), text());
        (self.model, self.prompt_version, self.agent_version, self.template) = (text(), text(), text(), text());
        self.topics = Some(vec![MARK.to_owned()]);
        self
    }
}

#[tokio::test]
async fn no_entry_holds_what_somebody_wrote_and_all_are_as_they_were_sealed() {
    let shop = retention::open().await;
    retention::succeeded(&shop, "40.00").await;
    shop.pass_time(200 * retention::DAY).await;
    retention::retain(&shop).await;
    everything(&shop).await;

    let holding = "select kind || ' ' || detail::text from entries e where e::text ilike '%marked%'";
    let holding: Vec<String> = sqlx::query_scalar(holding).fetch_all(&shop.database.owner).await.unwrap();
    assert_eq!(holding, [""; 0]);
    let beside = shop.database.count("select count(*) from personal where body::text ilike '%marked%'").await;
    assert!(beside > 45, "{beside}");

    let written =
        sqlx::query_scalar("select distinct kind from entries").fetch_all(&shop.database.owner).await.unwrap();
    let written = BTreeSet::<String>::from_iter(written);
    let missing: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).filter(|kind| !written.contains(*kind)).collect();
    assert_eq!(missing, [""; 0], "the shop does everything");

    let verified = shop.governance.verify(&shop.auditor).await.unwrap();
    assert_eq!(verified.broken, []);
    assert_eq!(verified.entries as i64, shop.database.count("select count(*) from entries").await);
    let page = shop.governance.record(&shop.auditor, &RecordFilter::default()).await.unwrap();
    assert!(page.entries.iter().all(|entry| entry.kind.is_some()));
    assert!(page.entries.iter().any(|entry| entry.detail.to_string().contains(MARK)), "pages still say it");
}

#[tokio::test]
async fn an_entry_that_was_tampered_with_is_found_and_one_whose_words_were_erased_is_whole() {
    let shop = Shop::open().await;
    shop.governance.stop(&shop.ana, None, "a reason").await.unwrap();
    let all = shop.governance.verify(&shop.auditor).await.unwrap();
    assert_eq!((all.broken.len(), all.entries > 3), (0, true));
    shop.database.run("delete from personal where entry_id in (select id from entries where kind = 'stopped')").await;
    assert_eq!(shop.governance.verify(&shop.auditor).await.unwrap(), all);

    for (tampered, kind) in [
        ("entries set detail = detail || '{\"everything\": false}'", "stopped"),
        ("entries set at = at - interval '1 microsecond'", "key_created"),
        ("entries set actor_id = gen_random_uuid()", "mode_changed"),
        ("personal set body = '{\"note\": \"another\"}'", "agent_applied"),
    ] {
        let of = format!("select id from entries where kind = '{kind}'");
        let column = if tampered.starts_with("personal") { "entry_id" } else { "id" };
        shop.database.run(format!("update {tampered} where {column} in ({of})")).await;
    }
    assert_eq!(shop.governance.verify(&shop.auditor).await.unwrap().broken.len(), 4);
}

#[tokio::test]
async fn what_a_newer_reins_wrote_is_shown_as_that_and_breaks_no_page() {
    let shop = Shop::open().await;
    let id = shop.ask(refund("40.00")).await.id;
    let insert = |format: i16, kind: &str, detail: &str| {
        format!(
            "insert into entries (id, at, format, kind, actor_kind, agent_id, request_id, detail, leaf)
             select gen_random_uuid(), told_now(), {format}, '{kind}', 'system', agent_id, id, '{detail}', sha256('')
             from requests where id = '{id}'"
        )
    };
    for (format, kind, detail) in
        [(1, "invented", "{}"), (2, "cancelled", "{}"), (1, "cancelled", r#"{"new": 1}"#), (1, "claimed", "{}")]
    {
        shop.database.run(insert(format, kind, detail)).await;
    }
    let page = shop.governance.record(&shop.auditor, &RecordFilter::default()).await.unwrap();
    let unknown: Vec<_> = page.entries.iter().filter(|entry| entry.kind.is_none()).map(|entry| &entry.detail).collect();
    assert_eq!(unknown.len(), 4);
    assert!(unknown.contains(&&json!({ "kind": "invented" })));
    let entries = shop.look_at(id).await.entries;
    assert_eq!(entries.iter().filter(|entry| entry.kind.is_none()).count(), 4);
    assert_eq!(shop.state(id).await, State::Granted);
}

#[tokio::test]
async fn an_entry_names_the_call_that_it_was_part_of_also_where_that_went_on_elsewhere() {
    let shop = Shop::open().await;
    let (asked, stopped, lifted) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    in_call(asked, shop.ask(refund("40.00"))).await;
    in_call(stopped, shop.governance.press(&shop.ana, None, "now")).await.unwrap();
    in_call(lifted, shop.release(None, "fine")).await;
    let calls = sqlx::query_as("select kind, call from entries where call is not null order by at, id");
    let calls: Vec<(String, Uuid)> = calls.fetch_all(&shop.database.owner).await.unwrap();
    let kind = |kind: Kind| kind.name().to_owned();
    assert_eq!(calls, [(kind(Kind::Asked), asked), (kind(Kind::Stopped), stopped), (kind(Kind::Released), lifted)]);

    let jobs = "select count(*) from entries where actor_kind = 'job' and job = 'deadlines' and call is null";
    shop.waiting(refund("80.00")).await;
    shop.pass_time(4000).await;
    shop.governance.pass_deadlines().await.unwrap();
    assert_eq!(shop.database.count(jobs).await, 2, "nobody decided the one, and nobody said what came of the other");
}
