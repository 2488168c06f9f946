//! What a changed action type means for permissions in force.

use super::kind::{exact, members};
use crate::{
    action::{AbsentAmount, ActionType, Reversibility},
    authoring::risk::words::{all, whose},
    catalog::Catalog,
    permission::{AppliesTo, Condition, PermissionSet, Rule},
    schema::{Schema, escape},
    sentence::{called, list, value},
};

/// What has to be accepted, in sentences that name the agent; what its permissions do not allow means nothing to them.
pub fn meaning(
    agent: &str,
    set: &PermissionSet,
    catalog: &Catalog,
    after_all: &Catalog,
    after: &ActionType,
) -> Vec<String> {
    let scope = &set.action_scope;
    if !scope.allow.contains_key(&after.name) || scope.deny.contains(&after.name) {
        return Vec::new();
    }
    let all = all(&after.label);
    let Some(before) = catalog.action(&after.name) else {
        return vec![format!("{} permissions name it already: {all} are allowed from now on.", whose(agent))];
    };
    // Each field has its sentence below; a new one does not compile before it has one.
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
    let change = Change { agent, set, catalog: after_all, before, after, all };
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
    agent: &'a str,
    set: &'a PermissionSet,
    catalog: &'a Catalog,
    before: &'a ActionType,
    after: &'a ActionType,
    /// "refunds".
    all: String,
}

impl Change<'_> {
    /// What people who decide read of it is what they sign.
    fn label(&self) -> Option<String> {
        let Self { agent, before, after, .. } = self;
        let (old, new) = (&before.label, &after.label);
        let told = || format!("{agent}: what was called {} is called {} from now on.", value(old), value(new));
        (old != new).then(told)
    }

    fn sentence(&self) -> Option<String> {
        let Self { agent, all, before, after, .. } = self;
        let (old, new) = (&before.sentence, &after.sentence);
        let about = format!("{agent}: people who decide about {all} read");
        (old != new).then(|| format!("{about} {} from now on, before {}.", value(new), value(old)))
    }

    fn amount(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        let about = format!("{} rules and limits about money look at", whose(agent));
        Some(match (&self.before.amount, &self.after.amount) {
            (Some(_), None) => format!("{about} nothing any more: {all} would have no amount."),
            (None, Some(name)) => format!("{about} {} of {all} from now on.", value(name)),
            (Some(old), Some(new)) if old != new => {
                format!("{about} {} of {all} instead of {}.", value(new), value(old))
            }
            _ => return None,
        })
    }

    /// What a request may leave out, and what it counts as then.
    fn absent_amount(&self) -> Option<String> {
        let Self { agent, all, before, after, .. } = self;
        let name = after.amount.as_ref()?;
        let quoted = value(name);
        let known = before.amount.is_some();
        let newly_left_out = known && !requires(after, name) && before.amount.iter().all(|name| requires(before, name));
        let about = format!("{} rules and limits about money", whose(agent));
        match (before.absent_amount, after.absent_amount) {
            (AbsentAmount::Unknown, AbsentAmount::NothingMoves) => Some(format!(
                "{about} count {all} without {quoted} as moving nothing from now on: rules about it do not ask for \
                 them, and limits let them through."
            )),
            (AbsentAmount::NothingMoves, AbsentAmount::Unknown) if known => Some(format!(
                "{about} count {all} without {quoted} as moving nobody knows how much from now on: rules about it ask \
                 for them, and limits deny them."
            )),
            (_, AbsentAmount::NothingMoves) if newly_left_out => Some(format!(
                "{about} look at nothing where {all} leave out {quoted}, which they may from now on: they count as \
                 moving nothing."
            )),
            (_, AbsentAmount::Unknown) if newly_left_out => Some(format!(
                "{agent}: {all} may leave out {quoted} from now on; then nobody knows how much they move, so that rules \
                 about money ask for them, and limits deny them."
            )),
            _ => None,
        }
    }

    fn zero_amount(&self) -> Option<String> {
        let Self { agent, all, before, after, .. } = self;
        let name = value(after.amount.as_ref()?);
        match (before.zero_amount, after.zero_amount) {
            (false, true) => Some(format!("{agent}: {all} may have a {name} of zero from now on, which was denied.")),
            (true, false) => Some(format!("{agent}: {all} with a {name} of zero are denied from now on.")),
            _ => None,
        }
    }

    fn effect(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        let (old, new) = (self.before.effect, self.after.effect);
        if old == new {
            return None;
        }
        let falls_silent = self.rules().any(|rule| match &rule.applies_to {
            AppliesTo::Effects(effects) => effects.contains(&old) && !effects.contains(&new),
            AppliesTo::Any | AppliesTo::Actions(_) => false,
        });
        Some(match falls_silent {
            true => format!("{} rules for whatever {} no longer ask about {all}.", whose(agent), old.words()),
            false => format!("{agent}: {all} count as what {}, no longer as what {}.", new.words(), old.words()),
        })
    }

    fn for_customer(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        match (self.before.for_customer, self.after.for_customer) {
            (true, false) => Some(format!("{agent}: {all} no longer need a customer, nor what set them off.")),
            (false, true) => Some(format!("{agent}: {all} need a customer from now on, and what set them off.")),
            _ => None,
        }
    }

    fn data_sets(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        let (old, new) = (&self.before.data_sets, &self.after.data_sets);
        let names = self.catalog.names();
        let only = |these: &[String], others: &[String]| {
            let mut labels: Vec<String> = Vec::new();
            for name in these.iter().filter(|name| !others.contains(name)) {
                labels.push(called(&names.data_sets, name));
            }
            (!labels.is_empty()).then(|| list(&labels, "and"))
        };
        match (only(new, old), only(old, new)) {
            (None, None) => None,
            (Some(more), None) => Some(format!("{agent}: {all} rest on more: {more}.")),
            (None, Some(less)) => Some(format!("{agent}: {all} no longer rest on what was checked: {less}.")),
            (Some(more), Some(less)) => Some(format!("{agent}: {all} rest on {more}, no longer on {less}.")),
        }
    }

    /// Rules ask whether; how and until when is read by people who decide.
    fn undoing(&self) -> Option<String> {
        let Self { agent, all, before, after, .. } = self;
        if std::mem::discriminant(&before.reversibility) == std::mem::discriminant(&after.reversibility) {
            let [old, new] = [before, after].map(|action| action.reversibility.words());
            let about = format!("{agent}: people read of {all}");
            return (old != new).then(|| format!("{about} {} from now on, before {}.", value(&new), value(&old)));
        }
        let asks = |rule: &Rule| rule.when.contains(&Condition::Irreversible);
        Some(match self.after.reversibility {
            Reversibility::Reversible { .. } if self.rules().any(asks) => {
                format!("{} rules for what cannot be undone no longer ask about {all}.", whose(agent))
            }
            Reversibility::Reversible { .. } => format!("{agent}: {all} count as what can always be undone."),
            Reversibility::Until { .. } => format!("{agent}: {all} count as what can be undone for a while."),
            Reversibility::Irreversible => format!("{agent}: {all} count as what cannot be undone."),
        })
    }

    fn integration(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        let name = |slug: &String| value(self.catalog.integration(slug).map_or(slug, |known| &known.name));
        let (old, new) = (self.before.integration.as_ref(), self.after.integration.as_ref());
        match (old, new) {
            _ if old == new => None,
            (Some(old), None) => Some(format!("{agent}: the circuit breaker of {} no longer pauses {all}.", name(old))),
            (None, Some(new)) => Some(format!("{agent}: the circuit breaker of {} pauses {all}, too.", name(new))),
            (Some(old), Some(new)) => Some(format!(
                "{agent}: the circuit breaker of {} pauses {all}, that of {} no longer does.",
                name(new),
                name(old)
            )),
            (None, None) => None,
        }
    }

    /// What was denied for its arguments may go through, and the other way round.
    fn arguments(&self) -> Option<String> {
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
        (!told.is_empty()).then(|| format!("{agent}: {all} have other arguments: {}.", told.join("; ")))
    }

    /// A mask hides what is called so, whatever it is.
    fn masks(&self) -> Option<String> {
        let Self { agent, all, .. } = self;
        let masked = |name: &&String| {
            let whole = format!("/arguments/{}", escape(name));
            let within = format!("{whole}/");
            self.set.audit_logging.mask.iter().any(|mask| *mask == whole || mask.starts_with(&within))
        };
        let (before, after) = (arguments(self.before), arguments(self.after));
        let gone: Vec<String> =
            before.filter(|name| !after.clone().any(|known| known == *name)).filter(masked).map(|s| value(s)).collect();
        (!gone.is_empty()).then(|| {
            let gone = list(&gone, "and");
            format!("{} masks hide {gone}, which {all} no longer have: what takes its place is shown.", whose(agent))
        })
    }

    /// The rules in force that were about it.
    fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.set.approval_thresholds.in_force().filter(|rule| rule.applies_to.covers(self.before))
    }
}

fn requires(action: &ActionType, name: &String) -> bool {
    matches!(&action.arguments, Schema::Object { required, .. } if required.contains(name))
}

fn arguments(action: &ActionType) -> impl Iterator<Item = &String> + Clone {
    let properties = match &action.arguments {
        Schema::Object { properties, .. } => Some(properties),
        _ => None,
    };
    properties.into_iter().flat_map(|properties| properties.keys())
}
