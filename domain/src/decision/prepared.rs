//! A permission set made ready, once for all the requests that it judges.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Deref,
    sync::Arc,
};

use crate::{
    action::ActionType,
    permission::{AppliesTo, Limit, PermissionSet, Rule},
    sentence::{self, Names},
};

/// A permission set, with what a decision would otherwise find out and say anew for each request.
#[derive(Clone, Debug)]
pub struct Prepared {
    set: PermissionSet,
    /// The rules that may apply to an action, for each action that a rule names.
    named: BTreeMap<String, Vec<Arc<Said<Rule>>>>,
    /// The rules that name no action: those that may apply to any other.
    nameless: Vec<Arc<Said<Rule>>>,
    /// The hard limits of each action.
    limits: BTreeMap<String, Vec<Said<Limit>>>,
}

/// A rule or a limit, and its part of the sentence that a reason is.
#[derive(Clone, Debug)]
pub struct Said<T> {
    pub what: T,
    pub words: String,
}

impl Prepared {
    pub fn new(set: PermissionSet, names: &Names) -> Self {
        let rules = set.approval_thresholds.in_force();
        let rules: Vec<_> =
            rules.map(|rule| Arc::new(Said { what: rule.clone(), words: sentence::why(rule, names) })).collect();
        let that_may_apply = |to: Option<&String>| -> Vec<_> {
            let may_apply = |rule: &Rule| match &rule.applies_to {
                AppliesTo::Actions(names) => to.is_some_and(|action| names.contains(action)),
                AppliesTo::Any | AppliesTo::Effects(_) => true,
            };
            rules.iter().filter(|rule| may_apply(&rule.what)).cloned().collect()
        };
        let actions = rules.iter().filter_map(|rule| match &rule.what.applies_to {
            AppliesTo::Actions(names) => Some(names),
            AppliesTo::Any | AppliesTo::Effects(_) => None,
        });
        let actions: BTreeSet<&String> = actions.flatten().collect();
        let named = actions.into_iter().map(|action| (action.clone(), that_may_apply(Some(action)))).collect();

        let say = |limit: &Limit| Said { what: limit.clone(), words: sentence::limit(limit, names) };
        let allowed = set.action_scope.allow.iter();
        let limits = allowed.map(|(action, allowance)| (action.clone(), allowance.limits.iter().map(say).collect()));
        Self { named, nameless: that_may_apply(None), limits: limits.collect(), set }
    }

    /// The rules of layer 3 that apply to an action, in their order, each with why it asks.
    pub fn rules_for(&self, action: &ActionType) -> impl Iterator<Item = &Said<Rule>> {
        let rules = self.named.get(&action.name).unwrap_or(&self.nameless);
        rules.iter().map(Arc::as_ref).filter(|rule| match &rule.what.applies_to {
            AppliesTo::Effects(effects) => effects.contains(&action.effect),
            AppliesTo::Any | AppliesTo::Actions(_) => true,
        })
    }

    /// The hard limits of an action. One that is denied anyway has none.
    pub(super) fn limits_of(&self, action: &str) -> &[Said<Limit>] {
        let limits = self.limits.get(action).filter(|_| !self.action_scope.deny.contains(action));
        limits.map(Vec::as_slice).unwrap_or_default()
    }
}

/// Whatever reads a permission set reads a prepared one as well.
impl Deref for Prepared {
    type Target = PermissionSet;

    fn deref(&self) -> &PermissionSet {
        &self.set
    }
}
