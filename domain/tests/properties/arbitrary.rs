//! Any request under any rules: few names and small numbers, so that they meet, and seldom what denies at once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use domain::{
    action::{AbsentAmount, ActionType, DATA_READ, Effect, Reversibility},
    agent::{Mode, Stopped, Tightening},
    facts::{BrandFacts, Facts, Words},
    id::TighteningId,
    money::{Currency, Money},
    permission::{
        ActionScope, Allowance, AppliesTo, ApprovalThresholds, AuditLogging, Condition, DataAccess, Field, Limit,
        Otherwise, Per, PermissionSet, Recorded, Rule, Scope, WindowSpec,
    },
    request::{Ask, Customer, Read},
    schema::Schema,
    window::{Usage, windows_for},
};
use proptest::{
    collection::{btree_set, vec},
    option,
    prelude::*,
    sample::select,
};
use serde_json::{Value, json};

use crate::support::{AGENT, Case, NOW};

const ACTIONS: [&str; 4] = ["order.refund", "order.cancel", "message.send", DATA_READ];
const DATA_SETS: [&str; 3] = ["orders", "profile", "catalog"];

pub fn action() -> impl Strategy<Value = String> {
    select(&ACTIONS).prop_map(str::to_owned)
}

pub fn data_set() -> impl Strategy<Value = String> {
    select(&DATA_SETS).prop_map(str::to_owned)
}

/// Most of the names, each with something.
fn most<T: std::fmt::Debug + Clone>(
    names: &'static [&'static str],
    of: impl Strategy<Value = T>,
) -> impl Strategy<Value = BTreeMap<String, T>> {
    let entries = vec(option::weighted(0.9, of), names.len());
    entries.prop_map(|entries| {
        names.iter().zip(entries).filter_map(|(name, of)| Some(((*name).to_owned(), of?))).collect()
    })
}

/// Mostly none, sometimes one or two.
fn few<T: std::fmt::Debug + Clone + Ord>(of: impl Strategy<Value = T>) -> impl Strategy<Value = BTreeSet<T>> {
    option::weighted(0.1, btree_set(of, 1..3)).prop_map(Option::unwrap_or_default)
}

pub fn person() -> impl Strategy<Value = String> {
    select(vec!["omar", "ana"]).prop_map(str::to_owned)
}

pub fn topic() -> impl Strategy<Value = String> {
    select(vec!["medical", "Legal", "press"]).prop_map(str::to_owned)
}

pub fn template() -> impl Strategy<Value = String> {
    select(vec!["accepted", "refused"]).prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    select(vec![" ", "Take one dose.", "Your money is on its way.", "Hello."]).prop_map(str::to_owned)
}

fn currency() -> impl Strategy<Value = Currency> {
    select(vec!["USD", "USD", "USD", "EUR"]).prop_map(|code| Currency::parse(code).unwrap())
}

pub fn money() -> impl Strategy<Value = Money> {
    (0..100_i64, currency()).prop_map(|(minor, currency)| Money { minor, currency })
}

prop_compose! {
    pub fn ask()(
        (action, arguments) in action().prop_flat_map(|action| (Just(action.clone()), arguments(action == DATA_READ))),
        reads in option::of(vec(read(), 0..3)),
        customer in option::weighted(0.9, customer()),
        topics in option::of(vec(topic(), 0..2)),
        template in option::of(template()),
        [trigger, input, reasoning, output, model, prompt_version] in [(); 6].map(|()| option::weighted(0.8, text())),
    ) -> Ask {
        let agent_version = model.clone();
        Ask {
            action, arguments, reads, customer, topics, template, trigger, input, reasoning, output, model,
            prompt_version, agent_version,
        }
    }
}

fn arguments(are_none: bool) -> impl Strategy<Value = Value> {
    let total =
        if are_none { Just(json!({})).boxed() } else { money().prop_map(|total| json!({"total": total})).boxed() };
    prop_oneof![18 => total, 1 => Just(json!({})), 1 => Just(json!({"total": "5.00"}))]
}

prop_compose! {
    fn read()(data_set in data_set(), subject in option::weighted(0.9, person())) -> Read {
        Read { data_set, subject }
    }
}

prop_compose! {
    fn customer()(
        id in person(),
        orders in option::of(0..4_u32),
        lifetime_value in option::of(money()),
        open_complaints in option::of(0..2_u32),
    ) -> Customer {
        Customer { id, orders, lifetime_value, open_complaints }
    }
}

prop_compose! {
    pub fn action_type(name: String)(
        effect in effect(),
        reversibility in select(vec![Reversibility::Irreversible, Reversibility::Reversible { how: "so".to_owned() }]),
        integration in option::of(Just("shopify".to_owned())),
        data_sets in vec(data_set(), 0..3),
        amount in option::weighted(0.9, Just("total".to_owned())),
        moves_nothing in any::<bool>(),
        may_be_zero in any::<bool>(),
        for_customer in any::<bool>(),
    ) -> ActionType {
        if name == DATA_READ {
            return ActionType::data_read();
        }
        let properties = BTreeMap::from([("total".to_owned(), Schema::Money { currency: None })]);
        let arguments = Schema::Object { properties, required: BTreeSet::new() };
        let (name, label, sentence) = (name.clone(), "Refund".to_owned(), "Refund {total}".to_owned());
        ActionType {
            absent_amount: if moves_nothing && amount.is_some() { AbsentAmount::NothingMoves } else { AbsentAmount::Unknown },
            zero_amount: may_be_zero && amount.is_some(),
            name, label, sentence, effect, reversibility, integration, data_sets, amount, for_customer, arguments
        }
    }
}

pub fn effect() -> impl Strategy<Value = Effect> {
    use Effect::*;
    select(vec![Read, Internal, Write, Message, Commitment])
}

prop_compose! {
    pub fn window_spec()(
        per in select(vec![Per::Customer, Per::Agent]),
        within_s in select(vec![60, 86_400]),
        actions in btree_set(action(), 0..3),
        trust_agent in any::<bool>(),
    ) -> WindowSpec {
        WindowSpec { per, within_s, actions, trust_agent }
    }
}

pub fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![
        money().prop_map(|most| Limit::Amount { most }),
        (0..6_u32, window_spec()).prop_map(|(most, window)| Limit::Count { most, window }),
        (money(), window_spec()).prop_map(|(most, window)| Limit::Sum { most, window }),
    ]
}

pub fn condition(trust_agent: bool) -> impl Strategy<Value = Condition> {
    prop_oneof![
        money().prop_map(|limit| Condition::AmountOver { limit }),
        Just(Condition::FirstOrder { trust_agent }),
        money().prop_map(move |limit| Condition::LifetimeValueOver { limit, trust_agent }),
        Just(Condition::OpenComplaint { trust_agent }),
        Just(Condition::UnknownCustomer),
        btree_set(topic(), 0..3).prop_map(|topics| Condition::Touches { topics }),
        Just(Condition::FirstOfItsKind),
        btree_set(template(), 0..2).prop_map(|templates| Condition::TemplateNotIn { templates }),
        (0..6_u32, window_spec()).prop_map(|(limit, window)| Condition::CountOver { limit, window }),
        (money(), window_spec()).prop_map(|(limit, window)| Condition::SumOver { limit, window }),
        Just(Condition::Irreversible),
    ]
}

prop_compose! {
    pub fn rule(trust_agent: bool)(
        id in "[a-c]",
        off in prop::bool::weighted(0.1),
        applies_to in prop_oneof![
            Just(AppliesTo::Any),
            btree_set(action(), 0..3).prop_map(AppliesTo::Actions),
            btree_set(effect(), 0..3).prop_map(AppliesTo::Effects),
        ],
        when in vec(condition(trust_agent), 0..3),
        queue in select(vec!["leads", "legal"]),
        needed in 0..3_u32,
        within_s in 0..100_u32,
        otherwise in prop_oneof![
            Just(Otherwise::Reject),
            (0..9_u32).prop_map(|within_s| Otherwise::Escalate { queue: "boss".to_owned(), within_s }),
        ],
        same_person in any::<bool>(),
    ) -> Rule {
        Rule { id, off, applies_to, when, queue: queue.to_owned(), needed, within_s, otherwise, same_person }
    }
}

prop_compose! {
    pub fn allowance()(shadow in prop::bool::weighted(0.1), limits in prop_oneof![3 => Just(vec![]), 1 => vec(limit(), 1..3)]) -> Allowance {
        Allowance { shadow, limits }
    }
}

pub fn field() -> impl Strategy<Value = Field> {
    select(Field::ALL.to_vec())
}

prop_compose! {
    pub fn permissions(trust_agent: bool)(
        read in most(&DATA_SETS, select(vec![Scope::ThisCustomer, Scope::All, Scope::All])),
        deny_read in few(data_set()),
        allow in most(&ACTIONS, allowance()),
        deny in few(action()),
        rules in vec(rule(trust_agent), 0..4),
        require in few(field()),
        mask in btree_set("/[a-z]{1,3}", 0..2),
        [input, reasoning, output, reads] in any::<[bool; 4]>(),
        keep_days in 0..400_u32,
    ) -> PermissionSet {
        PermissionSet {
            data_access: DataAccess { read, deny: deny_read },
            action_scope: ActionScope { allow, deny },
            approval_thresholds: ApprovalThresholds { queue: "leads".to_owned(), within_s: 3600, rules },
            audit_logging: AuditLogging { record: Recorded { input, reasoning, output, reads }, require, mask, keep_days },
        }
    }
}

prop_compose! {
    pub fn tightening()(actions in btree_set(action(), 0..2), left in option::of(-9..9_i64)) -> Tightening {
        let until = left.map(|seconds| NOW + TimeDelta::seconds(seconds));
        Tightening { id: TighteningId(uuid::Uuid::nil()), actions, reason: "drift".to_owned(), until }
    }
}

prop_compose! {
    fn brand()(
        orders in option::of(0..4_u32),
        lifetime_value in option::of(money()),
        open_complaints in option::of(0..2_u32),
    ) -> BrandFacts {
        BrandFacts { orders, lifetime_value, open_complaints }
    }
}

prop_compose! {
    pub fn usage()(count in 0..6_u32, sums in vec(money(), 0..2)) -> Usage {
        Usage { count, sums }
    }
}

/// Any case. Most of its windows are counted; with `knows_nothing`, the brand says nothing of the customer.
pub fn case(trust_agent: bool, knows_nothing: bool) -> impl Strategy<Value = Case> {
    let known = if knows_nothing { Just(None).boxed() } else { option::of(brand()).boxed() };
    let facts = (known, 0..2_u32, any::<[bool; 2]>(), vec(option::weighted(0.9, usage()), 12));
    let standing = (
        prop_oneof![16 => Just(Mode::Live), 2 => Just(Mode::Shadow), 1 => Just(Mode::Draft), 1 => Just(Mode::Retired)],
        prop_oneof![18 => Just(None), 1 => Just(Some(Stopped::ThisAgent)), 1 => Just(Some(Stopped::Everything))],
        prop::bool::weighted(0.1),
        vec(tightening(), 0..2),
    );
    let typed = ask().prop_flat_map(|ask| (action_type(ask.action.clone()), Just(ask)));
    let permissions = option::weighted(0.98, permissions(trust_agent));
    (typed, permissions, standing, facts, prop::bool::weighted(0.98)).prop_map(
        |((action, ask), permissions, (mode, stopped, breaker_open, tightenings), facts, known)| {
            let (brand, recorded_complaints, [other_customer_under_trigger, kind_has_succeeded], usages) = facts;
            let specs = permissions.iter().flat_map(|set| windows_for(AGENT, &ask, &action, set));
            let windows = specs.zip(usages).filter_map(|(window, usage)| Some((window, usage?))).collect();
            let facts = Facts { brand, recorded_complaints, other_customer_under_trigger, kind_has_succeeded, windows };
            let words = Words::from(&[("medical".to_owned(), vec!["dose".to_owned()])].into());
            let action = known.then_some(action);
            Case { ask, mode, stopped, action, permissions, tightenings, breaker_open, words, facts }
        },
    )
}

pub fn any_case() -> impl Strategy<Value = Case> {
    any::<[bool; 2]>().prop_flat_map(|[trust_agent, knows_nothing]| case(trust_agent, knows_nothing))
}
