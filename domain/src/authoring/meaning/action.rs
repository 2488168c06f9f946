//! What a changed action type means for permissions in force.

use serde_json::json;

use super::kind::{exact, members};
use crate::{
    action::{ActionType, Reversibility},
    authoring::{
        risk::words::{all, whose},
        statement::{Given, Statement},
    },
    catalog::Catalog,
    permission::{AppliesTo, Condition, PermissionSet, Rule},
    schema::{Schema, escape},
    sentence::value,
    statement,
};

mod money;

/// What has to be accepted; what the agent's permissions do not allow means nothing to them.
pub fn meaning(
    agent: &str,
    set: &PermissionSet,
    catalog: &Catalog,
    after_all: &Catalog,
    after: &ActionType,
) -> Vec<Statement> {
    let scope = &set.action_scope;
    if !scope.allow.contains_key(&after.name) || scope.deny.contains(&after.name) {
        return Vec::new();
    }
    let whose = whose(agent);
    let Some(before) = catalog.action(&after.name) else {
        return vec![statement!(
            "action.named_already",
            "{whose} permissions name it already: {all} are allowed from now on.",
            whose,
            all = all(&after.label)
        )];
    };
    // Each field has its statement below; a new one does not compile before it has one.
    let ActionType {
        name: _,
        label: _,
        sentence: _,
        effect: _,
        reversibility: _,
        integration: _,
        data_sets: _,
        amount: _,
        absent_amount: _,
        zero_amount: _,
        for_customer: _,
        arguments: _,
    } = after;
    let (agent, all) = (Given::name(agent), all(&after.label));
    let change = Change { agent, whose, all, set, catalog: after_all, before, after };
    [
        change.label(),
        change.sentence(),
        change.amount(),
        change.absent_amount(),
        change.zero_amount(),
        change.effect(),
        change.for_customer(),
        change.data_sets(),
        change.undoing(),
        change.integration(),
        change.arguments(),
        change.masks(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

struct Change<'a> {
    /// "`Support`".
    agent: Given,
    /// "`Support`’s".
    whose: Given,
    /// "`refunds`".
    all: Given,
    set: &'a PermissionSet,
    catalog: &'a Catalog,
    before: &'a ActionType,
    after: &'a ActionType,
}

impl Change<'_> {
    /// What people who decide read of it is what they sign.
    fn label(&self) -> Option<Statement> {
        let Self { agent, .. } = self;
        let (old, new) = (&self.before.label, &self.after.label);
        let said = || {
            statement!(
                "action.label",
                "{agent}: what was called {old} is called {new} from now on.",
                agent,
                old = Given::name(old),
                new = Given::name(new)
            )
        };
        (old != new).then(said)
    }

    fn sentence(&self) -> Option<Statement> {
        let Self { agent, all, .. } = self;
        let (old, new) = (&self.before.sentence, &self.after.sentence);
        let said = || {
            statement!(
                "action.sentence",
                "{agent}: people who decide about {all} read {new} from now on, before {old}.",
                agent,
                all,
                new = Given::name(new),
                old = Given::name(old)
            )
        };
        (old != new).then(said)
    }

    fn effect(&self) -> Option<Statement> {
        let Self { agent, whose, all, .. } = self;
        let (old, new) = (self.before.effect, self.after.effect);
        if old == new {
            return None;
        }
        let falls_silent = self.rules().any(|rule| match &rule.applies_to {
            AppliesTo::Effects(effects) => effects.contains(&old) && !effects.contains(&new),
            AppliesTo::Any | AppliesTo::Actions(_) => false,
        });
        let [old, new] = [old, new].map(|effect| Given::new(json!(effect), effect.words()));
        Some(match falls_silent {
            true => statement!(
                "action.effect.falls_silent",
                "{whose} rules for whatever {old} no longer ask about {all}.",
                whose,
                old,
                all
            ),
            false => statement!(
                "action.effect",
                "{agent}: {all} count as what {new}, no longer as what {old}.",
                agent,
                all,
                new,
                old
            ),
        })
    }

    fn for_customer(&self) -> Option<Statement> {
        let Self { agent, all, .. } = self;
        match (self.before.for_customer, self.after.for_customer) {
            (true, false) => Some(statement!(
                "action.for_customer.not",
                "{agent}: {all} no longer need a customer, nor what set them off.",
                agent,
                all
            )),
            (false, true) => Some(statement!(
                "action.for_customer",
                "{agent}: {all} need a customer from now on, and what set them off.",
                agent,
                all
            )),
            _ => None,
        }
    }

    fn data_sets(&self) -> Option<Statement> {
        let Self { agent, all, .. } = self;
        let (old, new) = (&self.before.data_sets, &self.after.data_sets);
        let names = self.catalog.names();
        let only = |these: &[String], others: &[String]| {
            let only = these.iter().filter(|name| !others.contains(name));
            let labels: Vec<Given> = only.map(|name| Given::called(&names.data_sets, name)).collect();
            (!labels.is_empty()).then(|| Given::list(labels, "and"))
        };
        match (only(new, old), only(old, new)) {
            (None, None) => None,
            (Some(more), None) => {
                Some(statement!("action.data_sets.more", "{agent}: {all} rest on more: {more}.", agent, all, more))
            }
            (None, Some(less)) => Some(statement!(
                "action.data_sets.less",
                "{agent}: {all} no longer rest on what was checked: {less}.",
                agent,
                all,
                less
            )),
            (Some(more), Some(less)) => Some(statement!(
                "action.data_sets.other",
                "{agent}: {all} rest on {more}, no longer on {less}.",
                agent,
                all,
                more,
                less
            )),
        }
    }

    /// Rules ask whether; how and until when is read by people who decide.
    fn undoing(&self) -> Option<Statement> {
        let Self { agent, whose, all, before, after, .. } = self;
        if std::mem::discriminant(&before.reversibility) == std::mem::discriminant(&after.reversibility) {
            let [old, new] = [before, after].map(|action| action.reversibility.words());
            let said = || {
                statement!(
                    "action.undoing.words",
                    "{agent}: people read of {all} {new} from now on, before {old}.",
                    agent,
                    all,
                    new = Given::new(json!(after.reversibility), value(&new)),
                    old = Given::new(json!(before.reversibility), value(&old))
                )
            };
            return (old != new).then(said);
        }
        let asks = |rule: &Rule| rule.when.contains(&Condition::Irreversible);
        Some(match after.reversibility {
            Reversibility::Reversible { .. } if self.rules().any(asks) => statement!(
                "action.undoing.falls_silent",
                "{whose} rules for what cannot be undone no longer ask about {all}.",
                whose,
                all
            ),
            Reversibility::Reversible { .. } => {
                statement!("action.undoing.always", "{agent}: {all} count as what can always be undone.", agent, all)
            }
            Reversibility::Until { .. } => statement!(
                "action.undoing.for_a_while",
                "{agent}: {all} count as what can be undone for a while.",
                agent,
                all
            ),
            Reversibility::Irreversible => {
                statement!("action.undoing.never", "{agent}: {all} count as what cannot be undone.", agent, all)
            }
        })
    }

    fn integration(&self) -> Option<Statement> {
        let Self { agent, all, .. } = self;
        let name =
            |slug: &String| Given::name(self.catalog.integration(slug).map_or(slug, |known| known.name.as_str()));
        match (self.before.integration.as_ref(), self.after.integration.as_ref()) {
            (old, new) if old == new => None,
            (Some(old), None) => Some(statement!(
                "action.integration.gone",
                "{agent}: the circuit breaker of {old} no longer pauses {all}.",
                agent,
                old = name(old),
                all
            )),
            (None, Some(new)) => Some(statement!(
                "action.integration.new",
                "{agent}: the circuit breaker of {new} pauses {all}, too.",
                agent,
                new = name(new),
                all
            )),
            (Some(old), Some(new)) => Some(statement!(
                "action.integration.other",
                "{agent}: the circuit breaker of {new} pauses {all}, that of {old} no longer does.",
                agent,
                new = name(new),
                all,
                old = name(old)
            )),
            (None, None) => None,
        }
    }

    /// What was denied for its arguments may go through, and the other way round.
    fn arguments(&self) -> Option<Statement> {
        let Self { agent, all, before, after, .. } = self;
        let (old, new) = (members(&before.arguments, value), members(&after.arguments, value));
        let [was, is] = [before, after].map(|action| members(&action.arguments, exact));
        let changed = new.iter().filter_map(|(name, kind)| {
            let quoted = value(name);
            match old.get(name) {
                None => Some(format!("{quoted} can be there ({kind})")),
                Some(known) if was.get(name) != is.get(name) => Some(format!("{quoted} is {kind}, before {known}")),
                Some(_) => None,
            }
        });
        let gone = old.keys().filter(|name| !new.contains_key(*name));
        let gone = gone.map(|name| format!("{} cannot be there any more", value(name)));
        let told: Vec<String> = changed.chain(gone).collect();
        let said = || {
            statement!(
                "action.arguments",
                "{agent}: {all} have other arguments: {told}.",
                agent,
                all,
                told = Given::new(json!([before.arguments, after.arguments]), told.join("; "))
            )
        };
        (!told.is_empty()).then(said)
    }

    /// A mask hides what is called so, whatever it is.
    fn masks(&self) -> Option<Statement> {
        let Self { whose, all, .. } = self;
        let masked = |name: &&String| {
            let whole = format!("/arguments/{}", escape(name));
            let within = format!("{whole}/");
            self.set.audit_logging.mask.iter().any(|mask| *mask == whole || mask.starts_with(&within))
        };
        let (before, after) = (arguments(self.before), arguments(self.after));
        let gone = before.filter(|name| !after.clone().any(|known| known == *name)).filter(masked);
        let gone: Vec<Given> = gone.map(|name| Given::name(name)).collect();
        if gone.is_empty() {
            return None;
        }
        Some(statement!(
            "action.masks",
            "{whose} masks hide {gone}, which {all} no longer have: what takes its place is shown.",
            whose,
            gone = Given::list(gone, "and"),
            all
        ))
    }

    /// The rules in force that were about it.
    fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.set.approval_thresholds.in_force().filter(|rule| rule.applies_to.covers(self.before))
    }
}

fn arguments(action: &ActionType) -> impl Iterator<Item = &String> + Clone {
    let properties = match &action.arguments {
        Schema::Object { properties, .. } => Some(properties),
        _ => None,
    };
    properties.into_iter().flat_map(|properties| properties.keys())
}
