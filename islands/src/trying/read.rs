//! A form as a request, and as what would be known of it beside its own words.

use std::collections::BTreeSet;

use domain::{
    action::ActionType,
    facts::{BrandFacts, Facts},
    id::AgentId,
    money::{Currency, Money},
    permission::{Condition, Field, Limit, PermissionSet, WindowSpec},
    request::{Ask, Customer, Read},
    window::Usage,
};

use super::Bench;
use crate::fields::{Fields, arguments};

/// Parts of a request whose text decides nothing: a form only says whether they are there.
pub const LEFT_OUT: [Field; 5] =
    [Field::Input, Field::Reasoning, Field::Model, Field::PromptVersion, Field::AgentVersion];

/// Of whom a data set is read, as a form names it.
pub const READ_OF: [(&str, &str); 3] =
    [("customer", "of this customer"), ("other", "of another customer"), ("nobody", "of nobody in particular")];

/// A window that something reads for this action, and the name of its fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    pub name: String,
    pub spec: WindowSpec,
}

pub(super) fn ask(action: &ActionType, fields: &Fields) -> Ask {
    let customer = text(fields, "customer").map(|id| Customer {
        orders: number(fields, "orders"),
        lifetime_value: money(fields, "worth"),
        open_complaints: number(fields, "complaints"),
        id,
    });
    let topics = fields.get("topics").map(String::as_str).unwrap_or_default();
    let topics = topics.split([',', '\n']).map(str::trim).filter(|topic| !topic.is_empty()).map(str::to_owned);
    let carried = |field: Field| (!is_on(fields, &format!("without/{}", field.name()))).then(|| "…".to_owned());
    Ask {
        action: action.name.clone(),
        arguments: arguments(&action.arguments, fields),
        reads: reads(fields, customer.as_ref().map(|customer| customer.id.as_str())),
        topics: (!is_on(fields, "without/topics")).then(|| topics.collect()),
        template: text(fields, "template"),
        trigger: text(fields, "trigger"),
        input: carried(Field::Input),
        reasoning: carried(Field::Reasoning),
        output: text(fields, "output"),
        model: carried(Field::Model),
        prompt_version: carried(Field::PromptVersion),
        agent_version: carried(Field::AgentVersion),
        customer,
    }
}

fn reads(fields: &Fields, customer: Option<&str>) -> Option<Vec<Read>> {
    let read = |(name, of): (&String, &String)| {
        let data_set = name.strip_prefix("reads/")?.to_owned();
        let subject = match of.as_str() {
            "customer" => Some(customer?.to_owned()),
            "other" => Some("somebody-else".to_owned()),
            "nobody" => None,
            _ => return None,
        };
        Some(Read { data_set, subject })
    };
    let reads: Vec<Read> = fields.iter().filter_map(read).collect();
    (!reads.is_empty()).then_some(reads)
}

pub(super) fn facts(windows: &[Counted], ask: &Ask, fields: &Fields) -> Facts {
    let usage = |name: &str| Usage {
        count: number(fields, &format!("{name}/count")).unwrap_or_default(),
        sums: money(fields, &format!("{name}/sum")).into_iter().collect(),
    };
    let brand = BrandFacts {
        orders: number(fields, "brand/orders"),
        lifetime_value: money(fields, "brand/worth"),
        open_complaints: number(fields, "brand/complaints"),
    };
    let windows = windows.iter().filter_map(|one| Some((one.spec.of(agent(), ask)?, usage(&one.name))));
    Facts {
        brand: (is_on(fields, "brand/known") || brand != BrandFacts::default()).then_some(brand),
        recorded_complaints: number(fields, "recorded-complaints").unwrap_or_default(),
        other_customer_under_trigger: is_on(fields, "other-customer"),
        kind_has_succeeded: is_on(fields, "has-succeeded"),
        windows: windows.collect(),
    }
}

/// The windows that a limit or a rule of any side reads for the action, each once.
pub fn counted(bench: &Bench) -> Vec<Counted> {
    let sets = bench.sides.iter().filter_map(|side| side.permissions.as_ref());
    let mut specs: BTreeSet<WindowSpec> = BTreeSet::new();
    for spec in sets.flat_map(|set| read_by(set, &bench.action)) {
        let mut spec = spec.clone();
        if spec.actions.is_empty() {
            spec.actions.insert(bench.action.name.clone());
        }
        specs.insert(spec);
    }
    let name = |(at, spec)| Counted { name: format!("window/{at}"), spec };
    specs.into_iter().enumerate().map(name).collect()
}

fn read_by<'a>(set: &'a PermissionSet, action: &'a ActionType) -> impl Iterator<Item = &'a WindowSpec> {
    let limits = set.action_scope.allow.get(&action.name).into_iter().flat_map(|allowance| &allowance.limits);
    let rules = set.approval_thresholds.in_force().filter(|rule| rule.applies_to.covers(action));
    limits.filter_map(Limit::window).chain(rules.flat_map(|rule| &rule.when).filter_map(Condition::window))
}

/// Of the agent it matters only that it is always the same.
pub(super) fn agent() -> AgentId {
    AgentId(Default::default())
}

pub(super) fn is_on(fields: &Fields, name: &str) -> bool {
    fields.get(name).is_some_and(|text| !text.is_empty())
}

fn text(fields: &Fields, name: &str) -> Option<String> {
    let text = fields.get(name)?.replace("\r\n", "\n");
    (!text.trim().is_empty()).then_some(text)
}

fn number(fields: &Fields, name: &str) -> Option<u32> {
    fields.get(name)?.trim().parse().ok()
}

/// An amount, and its currency beside it; what cannot be read is not known.
fn money(fields: &Fields, name: &str) -> Option<Money> {
    let currency = Currency::parse(fields.get(&format!("{name}/currency"))?.trim()).ok()?;
    Money::typed(fields.get(name)?, currency).ok()
}
