//! What is wrong or risky in a permission set, in words for the person who writes it.

use serde::{Deserialize, Serialize};

use crate::{
    action::ActionType,
    authoring::statement::{Given, Statement},
    catalog::Catalog,
    decision::Layer,
    part::Part,
    permission::PermissionSet,
    sentence::Names,
    statement,
};

mod actions;
mod cover;
mod data;
mod queues;
mod rules;
pub(crate) mod words;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    pub code: Code,
    pub severity: Severity,
    pub layer: Layer,
    /// What a page shows it beside.
    pub part: Part,
    pub said: Statement,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Keeps the set from being published.
    Wrong,
    /// Whoever publishes has to accept it.
    Risky,
    /// Good to know.
    Note,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// What [`PermissionSet::faults`] finds.
    Fault,
    UnknownAction,
    UnknownDataSet,
    UnknownQueue,
    /// An amount that nothing bounds.
    NoUpperLimit,
    /// A limit that another comes before.
    LimitNeverReached,
    /// A limit or condition in a currency that the amount is never in.
    OtherCurrency,
    /// Allowed, irreversible, and nobody is asked.
    IrreversibleUnasked,
    /// Allowed, not only for looking up and noting, and nobody is asked.
    Unasked,
    /// Another rule asks the same queue for all cases of this one.
    AddsNothing,
    NeverAsks,
    /// A rule names an action that it never asks about.
    NeverAsksOf,
    /// What it asks is never known, so it always asks.
    AlwaysAsks,
    TooFewPeople,
    /// Somebody who decides for another queue may decide here, too.
    OnePersonForTwo,
    EscalatesToItself,
    /// Longer than a month to decide.
    WaitsLong,
    AllSwitchedOff,
    /// What only the agent says is enough.
    AgentsWord,
    OpenToAll,
    /// Counted per customer, and for none.
    AlwaysDenied,
    /// Rests on data that it may not read.
    Unreadable,
    UnknownIntegration,
    HiddenAmount,
    /// A mask of a place that no request has.
    HidesNothing,
    /// Said to be allowed and denied.
    DeniedAnyway,
}

impl Code {
    pub fn severity(self) -> Severity {
        match self {
            Self::Fault | Self::UnknownAction | Self::UnknownDataSet | Self::UnknownQueue => Severity::Wrong,
            Self::AlwaysAsks | Self::DeniedAnyway => Severity::Note,
            _ => Severity::Risky,
        }
    }
}

/// All that is wrong or risky, the worst first.
pub fn risks(set: &PermissionSet, catalog: &Catalog) -> Vec<Risk> {
    let names = catalog.names();
    let review = Review::new(set, catalog, &names);
    let flaws = set.flaws(&names).into_iter().map(|flaw| {
        let said = statement!("fault", "{what}", what = Given::new(flaw.sentence.clone(), flaw.sentence));
        risk(Code::Fault, flaw.part, said)
    });
    let mut found: Vec<Risk> = flaws.collect();
    found.extend(data::risks(&review));
    found.extend(actions::risks(&review));
    found.extend(rules::risks(&review));
    found.sort_by_key(|risk| risk.severity);
    found
}

/// A set with what its names mean.
struct Review<'a> {
    set: &'a PermissionSet,
    catalog: &'a Catalog,
    names: &'a Names,
    /// The actions on the allow list that are known and not denied; those in shadow among them.
    allowed: Vec<&'a ActionType>,
}

impl<'a> Review<'a> {
    fn new(set: &'a PermissionSet, catalog: &'a Catalog, names: &'a Names) -> Self {
        let scope = &set.action_scope;
        let listed = scope.allow.keys().filter(|name| !scope.deny.contains(*name));
        Self { set, catalog, names, allowed: listed.filter_map(|name| catalog.action(name)).collect() }
    }
}

fn risk(code: Code, part: Part, said: Statement) -> Risk {
    // What is about the whole set is about its rules.
    let layer = part.layer().unwrap_or(Layer::ApprovalThresholds);
    Risk { code, severity: code.severity(), layer, part, said }
}

#[cfg(test)]
mod tests;
