//! One of each, with everything in it. Members are named without exception, so that a new one has to be.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    action::{AbsentAmount, ActionType, DataSet, Effect, Reversibility, Sensitivity},
    agent_file::AgentHead,
    approval::Pending,
    authoring::{
        draft::Origin,
        impact::{Gap, Impact, Judged, LeftOut, Told},
        meaning::{Change, NewAdmin, Thing},
        statement::Statement,
    },
    decision::{Need, Verdict},
    id::PersonId,
    money::Money,
    permission::*,
    role::Role,
    schema::Schema,
};
use serde_json::json;
use uuid::Uuid;

fn usd(amount: &str) -> Money {
    Money::parse(amount, "USD").unwrap()
}

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_793_439_000_123_456).unwrap()
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

fn window(per: Per, trust_agent: bool) -> WindowSpec {
    WindowSpec { per, within_s: 86_400, actions: set(["order.refund"]), trust_agent }
}

/// What comes after each, beginning with the first: one that is new has no place yet, and does not compile.
fn conditions() -> Vec<Condition> {
    let next = |condition: &Condition| match condition {
        Condition::AmountOver { .. } => Some(Condition::FirstOrder { trust_agent: true }),
        Condition::FirstOrder { .. } => {
            Some(Condition::LifetimeValueOver { limit: usd("1000.00"), trust_agent: false })
        }
        Condition::LifetimeValueOver { .. } => Some(Condition::OpenComplaint { trust_agent: false }),
        Condition::OpenComplaint { .. } => Some(Condition::UnknownCustomer),
        Condition::UnknownCustomer => Some(Condition::Touches { topics: set(["medical", "legal"]) }),
        Condition::Touches { .. } => Some(Condition::FirstOfItsKind),
        Condition::FirstOfItsKind => Some(Condition::TemplateNotIn { templates: set(["thanks"]) }),
        Condition::TemplateNotIn { .. } => Some(Condition::CountOver { limit: 3, window: window(Per::Customer, true) }),
        Condition::CountOver { .. } => {
            Some(Condition::SumOver { limit: usd("200.00"), window: window(Per::Agent, false) })
        }
        Condition::SumOver { .. } => Some(Condition::Irreversible),
        Condition::Irreversible => None,
    };
    std::iter::successors(Some(Condition::AmountOver { limit: usd("50.00") }), next).collect()
}

fn limits() -> Vec<Limit> {
    let next = |limit: &Limit| match limit {
        Limit::Amount { .. } => Some(Limit::Count { most: 5, window: window(Per::Agent, false) }),
        Limit::Count { .. } => Some(Limit::Sum { most: usd("900.00"), window: window(Per::Customer, true) }),
        Limit::Sum { .. } => None,
    };
    std::iter::successors(Some(Limit::Amount { most: usd("500.00") }), next).collect()
}

fn rule(id: &str, applies_to: AppliesTo, otherwise: Otherwise, when: Vec<Condition>) -> Rule {
    let (queue, off) = ("cs-leads".to_owned(), otherwise == Otherwise::Reject);
    Rule { id: id.to_owned(), off, applies_to, when, queue, needed: 2, within_s: 3600, otherwise, same_person: off }
}

fn escalate() -> Otherwise {
    Otherwise::Escalate { queue: "managers".to_owned(), within_s: 7200 }
}

pub fn permission_sets() -> Vec<PermissionSet> {
    let next = |applies_to: &AppliesTo| match applies_to {
        AppliesTo::Any => Some(AppliesTo::Actions(set(["order.refund", "gift.send"]))),
        AppliesTo::Actions(_) => Some(AppliesTo::Effects(Effect::ALL.into())),
        AppliesTo::Effects(_) => None,
    };
    let reaches: Vec<_> = std::iter::successors(Some(AppliesTo::Any), next).collect();
    let rules = reaches.into_iter().enumerate().map(|(place, applies_to)| match place {
        0 => rule("any", applies_to, escalate(), conditions()),
        _ => rule(&format!("rule-{place}"), applies_to, Otherwise::Reject, Vec::new()),
    });
    let recorded = Recorded { input: true, reasoning: false, output: true, reads: false };
    let full = PermissionSet {
        data_access: DataAccess {
            read: [("customer.orders", Scope::ThisCustomer), ("shop.products", Scope::All)]
                .map(|(name, scope)| (name.to_owned(), scope))
                .into(),
            deny: set(["customer.cards"]),
        },
        action_scope: ActionScope {
            allow: [
                ("order.refund".to_owned(), Allowance { shadow: false, limits: limits() }),
                ("gift.send".to_owned(), Allowance { shadow: true, limits: Vec::new() }),
            ]
            .into(),
            deny: set(["order.delete"]),
        },
        approval_thresholds: ApprovalThresholds {
            queue: "cs-leads".to_owned(),
            within_s: 14_400,
            rules: rules.collect(),
        },
        audit_logging: AuditLogging {
            record: recorded,
            require: Field::ALL.into(),
            mask: set(["/arguments/card"]),
            keep_days: 400,
        },
    };
    vec![full]
}

fn schema() -> Schema {
    let next = |schema: &Schema| match schema {
        Schema::String { .. } => Some(Schema::Integer { minimum: Some(1), maximum: Some(9) }),
        Schema::Integer { .. } => Some(Schema::Boolean),
        Schema::Boolean => {
            let items = Box::new(Schema::Money { currency: None });
            Some(Schema::Array { items, min_items: 1, max_items: 3 })
        }
        Schema::Array { .. } => Some(Schema::Money { currency: Some(usd("1.00").currency) }),
        Schema::Money { .. } => Some(Schema::Object { properties: BTreeMap::new(), required: BTreeSet::new() }),
        Schema::Object { .. } => None,
    };
    let first = Schema::String { min_length: 1, max_length: 40, one_of: vec!["mug".to_owned(), "cap".to_owned()] };
    let all = std::iter::successors(Some(first), next).enumerate();
    Schema::Object {
        properties: all.map(|(place, schema)| (format!("argument_{place}"), schema)).collect(),
        required: set(["argument_4"]),
    }
}

pub fn action_types() -> Vec<ActionType> {
    let next = |reversibility: &Reversibility| match reversibility {
        Reversibility::Reversible { .. } => {
            Some(Reversibility::Until { moment: "the parcel leaves".to_owned(), how: "call.".to_owned() })
        }
        Reversibility::Until { .. } => Some(Reversibility::Irreversible),
        Reversibility::Irreversible => None,
    };
    let all = std::iter::successors(Some(Reversibility::Reversible { how: "charge it again.".to_owned() }), next);
    let made = all.zip(Effect::ALL).map(|(reversibility, effect)| ActionType {
        name: "order.refund".to_owned(),
        label: "Refund".to_owned(),
        sentence: "Refund {argument_4} to {customer}".to_owned(),
        effect,
        reversibility,
        integration: Some("shopify".to_owned()),
        data_sets: vec!["customer.orders".to_owned()],
        amount: Some("argument_4".to_owned()),
        absent_amount: AbsentAmount::NothingMoves,
        zero_amount: true,
        for_customer: false,
        arguments: schema(),
    });
    made.chain([ActionType::data_read()]).collect()
}

fn need(otherwise: Otherwise) -> Need {
    Need {
        queue: "cs-leads".to_owned(),
        needed: 2,
        within_s: 3600,
        otherwise,
        same_person: false,
        rules: vec!["over-50".to_owned()],
    }
}

pub fn pending() -> Vec<Pending> {
    [Otherwise::Reject, escalate()].map(|otherwise| Pending { need: need(otherwise), expires_at: at() }).into()
}

pub fn statements() -> Vec<Statement> {
    let with = BTreeMap::from([("queue".to_owned(), json!("legal")), ("within_s".to_owned(), json!(3600))]);
    vec![Statement { id: "risk.nobody".to_owned(), with, sentence: "Nobody decides for `legal`.".to_owned() }]
}

pub fn origins() -> Vec<Origin> {
    let next = |origin: &Origin| match origin {
        Origin::Nothing => Some(Origin::Published { version: 3 }),
        Origin::Published { .. } => Some(Origin::Version { version: 1 }),
        Origin::Version { .. } => Some(Origin::StartingPoint { name: "support".to_owned() }),
        Origin::StartingPoint { .. } => Some(Origin::File),
        Origin::File => None,
    };
    std::iter::successors(Some(Origin::Nothing), next).collect()
}

fn ways() -> Vec<NewAdmin> {
    let next = |way: &NewAdmin| match way {
        NewAdmin::Role { .. } => Some(NewAdmin::Enabled { disabled_at: at() }),
        NewAdmin::Enabled { .. } => Some(NewAdmin::Password),
        NewAdmin::Password => None,
    };
    std::iter::successors(Some(NewAdmin::Role { seen: Role::Manager }), next).collect()
}

pub fn changes() -> Vec<Change> {
    let person = PersonId(Uuid::from_u128(1));
    let data_set =
        |sensitivity| DataSet { name: "customer.orders".to_owned(), label: "Orders".to_owned(), sensitivity };
    let rename = |thing| Change::Rename {
        thing,
        slug: "legal".to_owned(),
        seen: "Legal".to_owned(),
        name: "Lawyers".to_owned(),
    };
    let head = AgentHead { slug: "support".to_owned(), name: "Support".to_owned(), purpose: "Answers.".to_owned() };
    let next = |change: &Change| match change {
        Change::ActionType { .. } => {
            Some(Change::DataSet { set: data_set(Sensitivity::Personal), seen: Some(data_set(Sensitivity::Internal)) })
        }
        Change::DataSet { .. } => Some(Change::Words {
            topic: "medical".to_owned(),
            words: vec!["dose".to_owned()],
            seen: vec!["side effect".to_owned()],
        }),
        Change::Words { .. } => {
            Some(Change::Agent { seen: head.clone(), name: "Help".to_owned(), purpose: "Helps.".to_owned() })
        }
        Change::Agent { .. } => Some(rename(Thing::Queue)),
        Change::Rename { .. } => Some(Change::OneToPublish),
        Change::OneToPublish => Some(Change::Member { person, queue: "legal".to_owned() }),
        Change::Member { .. } => Some(Change::Admin { person, by: NewAdmin::Password }),
        Change::Admin { .. } => None,
    };
    let first = Change::ActionType { action: action_types().remove(0), seen: Some(2) };
    let all = std::iter::successors(Some(first), next);
    let ways = ways().into_iter().map(|by| Change::Admin { person, by });
    all.chain([rename(Thing::Integration)]).chain(ways).collect()
}

pub fn impacts() -> Vec<Impact> {
    let mut impact = Impact::default();
    let (allowed, denied) = (Verdict::Allowed, Verdict::Denied);
    let asked = Verdict::NeedsApproval { needs: vec![need(Otherwise::Reject)] };
    let day = NaiveDate::from_ymd_opt(2026, 11, 3).unwrap();
    let told = || Told { name: "line 7".to_owned(), sentence: "Refund $72.50".to_owned(), why: "Over 50.".to_owned() };
    for (before, after) in [(&denied, &allowed), (&asked, &allowed), (&allowed, &asked), (&asked, &asked)] {
        impact.add(&Judged { day, amount: Some(usd("72.50")), before, after }, told);
    }
    for why in [LeftOut::Unreadable, LeftOut::UnknownAction, LeftOut::Erased, LeftOut::NotRecorded, LeftOut::Masked] {
        impact.leave_out(why);
    }
    for gap in [Gap::CustomerFacts, Gap::Texts, Gap::EarlierRequests] {
        impact.miss(gap);
    }
    vec![impact]
}
