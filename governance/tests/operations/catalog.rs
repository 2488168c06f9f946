//! Agents, action types and data sets, as an admin adds and changes them.

use domain::{
    action::{ActionType, DataSet, Sensitivity},
    agent::Mode,
    agent_file::AgentHead,
    authoring::{
        draft::Origin,
        risk::Severity,
        statement::{Statement, keys},
    },
    money::Money,
};
use governance::{Came, Conflict, Error};

use crate::support::{Shop, refund, support_file};

pub fn head(slug: &str, name: &str, purpose: &str) -> AgentHead {
    AgentHead { slug: slug.to_owned(), name: name.to_owned(), purpose: purpose.to_owned() }
}

pub fn refunds() -> ActionType {
    support_file().actions.swap_remove(0)
}

pub fn not_accepted<T: std::fmt::Debug>(answer: Result<T, Error>) -> Vec<Statement> {
    match answer {
        Err(Error::Conflict(Conflict::NotAccepted { statements })) => statements,
        other => panic!("{other:?}"),
    }
}

pub fn sentences(statements: &[Statement]) -> Vec<&str> {
    statements.iter().map(|said| said.sentence.as_str()).collect()
}

/// With all accepted that has to be.
pub async fn accepting<T>(put: impl AsyncFn(&[String]) -> Result<T, Error>) -> Result<T, Error> {
    match put(&[]).await {
        Err(Error::Conflict(Conflict::NotAccepted { statements })) => put(&keys(&statements)).await,
        answer => answer,
    }
}

fn said<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Invalid(_, words)) => words,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_new_agent_is_a_draft_without_permissions() {
    let shop = Shop::open().await;
    shop.governance.create_agent(&shop.admin, &head("returns", "Returns", "Takes things back."), None).await.unwrap();
    let view = shop.governance.draft(&shop.admin, "returns").await.unwrap();
    assert_eq!((view.agent.mode, view.agent.permission_version, view.in_force), (Mode::Draft, None, None));
    assert!(view.permissions.action_scope.allow.is_empty());
    assert!(
        shop.governance
            .queues(&shop.admin)
            .await
            .unwrap()
            .iter()
            .any(|queue| { queue.slug == view.permissions.approval_thresholds.queue })
    );
    let again = shop.governance.create_agent(&shop.admin, &head("returns", "Returns", ""), None).await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::Exists))), "{again:?}");
    for wrong in [
        head("Returns", "Returns", ""),
        head("new", "New", ""),
        head("r", " ", ""),
        head("r", "Returns", &"x".repeat(2001)),
    ] {
        assert!(
            matches!(shop.governance.create_agent(&shop.admin, &wrong, None).await, Err(Error::Invalid(..))),
            "{wrong:?}"
        );
    }
    let not_mine = shop.governance.create_agent(&shop.mia, &head("mine", "Mine", ""), None).await;
    assert!(matches!(not_mine, Err(Error::Forbidden)));
}

#[tokio::test]
async fn a_new_agent_starts_from_a_starting_point_and_leaves_the_shop_as_it_is() {
    let shop = Shop::open().await;
    let before = shop.governance.catalog(&shop.admin).await.unwrap();
    let worth_over = Money::parse("500", "EUR").unwrap();
    let new = head("desk", "Desk", "Answers customers.");
    shop.governance.create_agent(&shop.admin, &new, Some(("support", worth_over))).await.unwrap();

    let view = shop.governance.draft(&shop.admin, "desk").await.unwrap();
    let draft = view.draft.unwrap();
    assert_eq!((draft.origin, draft.base), (Origin::StartingPoint { name: "support".to_owned() }, None));
    assert_eq!(view.agent.link.name, "Desk");
    assert!(view.risks.iter().all(|risk| risk.severity != Severity::Wrong), "{:?}", view.risks);
    assert!(view.permissions.approval_thresholds.rules.iter().any(|rule| rule.id == "every-write"));
    let after = shop.governance.catalog(&shop.admin).await.unwrap();
    let known = |name: &str| after.actions.iter().find(|row| row.action.name == name).unwrap();
    for row in &before.actions {
        assert_eq!((&known(&row.action.name).action, known(&row.action.name).revision), (&row.action, row.revision));
    }
    assert!(after.actions.len() > before.actions.len() && after.data_sets.len() > before.data_sets.len());
    assert_eq!(shop.entries("agent_created").await.len() + shop.entries("agent_imported").await.len(), 2);

    let again = shop.governance.begin_from_starting_point(&shop.admin, "desk", "notes", worth_over, None).await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::Draft(_)))), "{again:?}");
    let seen = Some(draft.seen);
    shop.governance.begin_from_starting_point(&shop.admin, "desk", "notes", worth_over, seen).await.unwrap();
    let none = shop.governance.create_agent(&shop.admin, &head("x", "X", ""), Some(("nothing", worth_over))).await;
    assert!(matches!(none, Err(Error::NotFound)));
    let mine = shop.governance.begin_from_starting_point(&shop.mia, "desk", "notes", worth_over, seen).await;
    assert!(matches!(mine, Err(Error::Forbidden)));
}

#[tokio::test]
async fn what_a_starting_point_adds_is_told_apart_from_what_the_shop_has() {
    let shop = Shop::open().await;
    let mut own = refunds();
    own.name = "money.back".to_owned();
    own.label = "Return refund.".to_owned();
    shop.governance.put_action_type(&shop.admin, &own, None, "ours", &[]).await.unwrap();
    let cards = DataSet {
        name: "cards".to_owned(),
        label: "Full card numbers".to_owned(),
        ..support_file().data_sets[0].clone()
    };
    shop.governance.put_data_set(&shop.admin, &cards, None, "ours", &[]).await.unwrap();
    let worth_over = Money::parse("500", "USD").unwrap();
    for slug in ["desk", "desk-two"] {
        let new = head(slug, slug, "Takes returns.");
        shop.governance.create_agent(&shop.admin, &new, Some(("returns", worth_over))).await.unwrap();
        let actions = shop.governance.catalog(&shop.admin).await.unwrap().actions;
        let called = |name: &str| {
            let [row] = actions.iter().filter(|row| row.action.name == name).collect::<Vec<_>>().try_into().unwrap();
            (row.action.label.clone(), row.revision)
        };
        assert_eq!(called("return.refund"), ("Returns: Return refund".to_owned(), 1), "{slug}");
        assert_eq!(called("return.exchange"), ("Exchange".to_owned(), 1), "{slug}");
        assert_eq!(called("money.back"), ("Return refund.".to_owned(), 1), "{slug}");
    }
}

#[tokio::test]
async fn an_agent_is_renamed_as_it_was_seen() {
    let shop = Shop::open().await;
    let seen = head("support", "Support", "Answers customers.");
    shop.governance.describe_agent(&shop.admin, &seen, "Help", "Answers people.").await.unwrap();
    let row = shop.governance.agent(&shop.auditor, "support").await.unwrap().row;
    assert_eq!((row.link.name.as_str(), row.purpose.as_str()), ("Help", "Answers people."));
    let late = shop.governance.describe_agent(&shop.admin, &seen, "Desk", "").await;
    assert!(matches!(late, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "{late:?}");
    assert_eq!(shop.entries("agent_described").await.len(), 1);
}

#[tokio::test]
async fn a_changed_action_type_is_a_new_revision_that_holds_from_the_next_ask() {
    let shop = Shop::open().await;
    let replica = shop.replica();
    let before = replica.ask(&shop.key, "before", refund("40.00")).await.unwrap();
    let mut action = refunds();
    action.label = "Pay back".to_owned();
    let put = async |accepted: &[String]| {
        shop.governance.put_action_type(&shop.admin, &action, Some(1), "as we say it", accepted).await
    };
    let called = not_accepted(put(&[]).await);
    assert_eq!(sentences(&called), ["`Support`: what was called `Refund` is called `Pay back` from now on."]);
    assert_eq!(put(&keys(&called)).await.unwrap(), Came::Done);
    let after = replica.ask(&shop.key, "after", refund("40.00")).await.unwrap();
    assert_eq!(shop.look_at(before.id).await.row.label, "Pay back", "what it is called now");
    let revision =
        async |id| shop.database.count(format!("select revision::bigint from requests where id = '{id}'")).await;
    assert_eq!((revision(before.id).await, revision(after.id).await), (1, 2));

    let view = shop.governance.action_type(&shop.auditor, "order.refund").await.unwrap();
    let labels: Vec<_> = view.revisions.iter().map(|row| (row.revision, row.action.label.as_str())).collect();
    assert_eq!(labels, [(2, "Pay back"), (1, "Refund")]);
    assert_eq!(view.row.agents.iter().map(|agent| agent.slug.as_str()).collect::<Vec<_>>(), ["support"]);
    assert_eq!(view.row.changed.unwrap().by.name, "Ada");
}

#[tokio::test]
async fn an_action_type_is_changed_as_it_was_seen() {
    let shop = Shop::open().await;
    let put = async |change: fn(&mut ActionType), seen| {
        let mut action = refunds();
        change(&mut action);
        let (governance, admin) = (&shop.governance, &shop.admin);
        accepting(async |accepted: &[String]| {
            governance.put_action_type(admin, &action, seen, "tested", accepted).await
        })
        .await
    };
    assert!(said(put(|_| {}, Some(1)).await).contains("nothing is changed"));
    assert!(matches!(put(|a| a.label = "x".to_owned(), None).await, Err(Error::Conflict(Conflict::Exists))));
    put(|a| a.label = "Pay back".to_owned(), Some(1)).await.unwrap();
    for seen in [Some(1), Some(3)] {
        let late = put(|a| a.label = "Return".to_owned(), seen).await;
        assert!(matches!(late, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "{late:?}");
    }
    let another: fn(&mut ActionType) = |a| (a.name, a.label) = ("order.cancel".to_owned(), "Cancel".to_owned());
    assert_eq!(put(another, None).await.unwrap(), Came::Done);
    let gone = put(|a| (a.name, a.label) = ("order.burn".to_owned(), "Burn".to_owned()), Some(1)).await;
    assert!(matches!(gone, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "{gone:?}");
}

#[tokio::test]
async fn an_action_type_that_cannot_work_is_refused_in_words() {
    let shop = Shop::open().await;
    type Change = fn(&mut ActionType);
    let cases: [(Change, &str); 6] = [
        (|a| a.name = "Order".to_owned(), "is not a name"),
        (|a| a.name = "data.read".to_owned(), "is built in"),
        (|a| a.amount = Some("sum".to_owned()), "has no money argument `sum`"),
        (|a| a.integration = Some("shopfy".to_owned()), "runs on `shopfy`, which is not an integration"),
        (|a| a.data_sets.push("customer.secrets".to_owned()), "rests on `customer.secrets`, which is not a data set"),
        (|a| a.label.clear(), "has a label that needs 1 to 80 characters"),
    ];
    for (change, why) in cases {
        let mut action = refunds();
        change(&mut action);
        let words = said(shop.governance.put_action_type(&shop.admin, &action, Some(1), "tested", &[]).await);
        assert!(words.contains(why), "{words}");
    }
    assert_eq!(shop.entries("action_changed").await.len(), 0);
}

#[tokio::test]
async fn a_data_set_is_changed_as_it_was_seen() {
    let shop = Shop::open().await;
    let set =
        |label: &str, sensitivity| DataSet { name: "customer.orders".to_owned(), label: label.to_owned(), sensitivity };
    let put = async |set: &DataSet, seen| shop.governance.put_data_set(&shop.admin, set, seen, "tested", &[]).await;
    let (seen, now) = (set("Orders", Sensitivity::Personal), set("Orders", Sensitivity::Sensitive));
    let told = not_accepted(put(&now, Some(&seen)).await);
    let sensitive = "`Support` may read `Orders`, which counts as sensitive from now on, before as personal.";
    assert_eq!(sentences(&told), [sensitive]);
    shop.governance.put_data_set(&shop.admin, &now, Some(&seen), "tested", &keys(&told)).await.unwrap();
    assert!(matches!(put(&seen, Some(&seen)).await, Err(Error::Invalid(..))));
    let late = put(&set("Past orders", Sensitivity::Personal), Some(&seen)).await;
    assert!(matches!(late, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "{late:?}");
    assert!(matches!(put(&now, None).await, Err(Error::Conflict(Conflict::Exists))));
    let new = DataSet { name: "customer.notes".to_owned(), ..set("Notes", Sensitivity::Internal) };
    put(&new, None).await.unwrap();

    let page = shop.governance.catalog(&shop.auditor).await.unwrap();
    let row = page.data_sets.iter().find(|row| row.set == now).unwrap();
    assert_eq!((row.agents.len(), row.actions.as_slice()), (1, ["order.refund".to_owned()].as_slice()));
    assert!(page.data_sets.iter().any(|row| row.set == new) && !page.may_edit);
    let names: Vec<_> = page.actions.iter().map(|row| row.action.name.as_str()).collect();
    assert_eq!(names, ["data.read", "desk.note", "gift.send", "order.refund"]);
    assert_eq!(shop.entries("data_set_changed").await.len(), 2);
}

#[tokio::test]
async fn only_an_admin_changes_the_catalog() {
    let shop = Shop::open().await;
    let set = DataSet { name: "a".to_owned(), label: "A".to_owned(), sensitivity: Sensitivity::Public };
    for who in [&shop.auditor, &shop.ana, &shop.operator, &shop.mia] {
        let mut action = refunds();
        action.label = "Mine".to_owned();
        let put = shop.governance.put_action_type(who, &action, Some(1), "mine", &[]).await;
        assert!(matches!(put, Err(Error::Forbidden)), "{put:?}");
        assert!(matches!(shop.governance.put_data_set(who, &set, None, "mine", &[]).await, Err(Error::Forbidden)));
        let seen = head("support", "Support", "Answers customers.");
        assert!(matches!(shop.governance.describe_agent(who, &seen, "Mine", "").await, Err(Error::Forbidden)));
        shop.governance.catalog(who).await.unwrap();
    }
}
