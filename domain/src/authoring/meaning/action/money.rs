//! What another amount means, and where it may be left out or zero.

use super::Change;
use crate::{
    action::{AbsentAmount, ActionType},
    authoring::statement::{Given, Statement},
    schema::Schema,
    statement,
};

impl Change<'_> {
    pub fn amount(&self) -> Option<Statement> {
        let Self { whose, all, .. } = self;
        Some(match (&self.before.amount, &self.after.amount) {
            (Some(_), None) => statement!(
                "action.amount.gone",
                "{whose} rules and limits about money look at nothing any more: {all} would have no amount.",
                whose,
                all
            ),
            (None, Some(name)) => statement!(
                "action.amount.new",
                "{whose} rules and limits about money look at {new} of {all} from now on.",
                whose,
                new = Given::name(name),
                all
            ),
            (Some(old), Some(new)) if old != new => statement!(
                "action.amount.other",
                "{whose} rules and limits about money look at {new} of {all} instead of {old}.",
                whose,
                new = Given::name(new),
                all,
                old = Given::name(old)
            ),
            _ => return None,
        })
    }

    /// What a request may leave out, and what it counts as then.
    pub fn absent_amount(&self) -> Option<Statement> {
        let Self { agent, whose, all, before, after, .. } = self;
        let name = after.amount.as_ref()?;
        let known = before.amount.is_some();
        let newly_left_out = known && !requires(after, name) && before.amount.iter().all(|name| requires(before, name));
        Some(match (before.absent_amount, after.absent_amount) {
            (AbsentAmount::Unknown, AbsentAmount::NothingMoves) => statement!(
                "action.absent_amount.nothing_moves",
                "{whose} rules and limits about money count {all} without {name} as moving nothing from now on: rules about \
                 it do not ask for them, and limits let them through.",
                whose,
                all,
                name = Given::name(name)
            ),
            (AbsentAmount::NothingMoves, AbsentAmount::Unknown) if known => statement!(
                "action.absent_amount.unknown",
                "{whose} rules and limits about money count {all} without {name} as moving nobody knows how much from now \
                 on: rules about it ask for them, and limits deny them.",
                whose,
                all,
                name = Given::name(name)
            ),
            (_, AbsentAmount::NothingMoves) if newly_left_out => statement!(
                "action.absent_amount.left_out",
                "{whose} rules and limits about money look at nothing where {all} leave out {name}, which they may from now \
                 on: they count as moving nothing.",
                whose,
                all,
                name = Given::name(name)
            ),
            (_, AbsentAmount::Unknown) if newly_left_out => statement!(
                "action.absent_amount.left_out_unknown",
                "{agent}: {all} may leave out {name} from now on; then nobody knows how much they move, so that rules about \
                 money ask for them, and limits deny them.",
                agent,
                all,
                name = Given::name(name)
            ),
            _ => return None,
        })
    }

    pub fn zero_amount(&self) -> Option<Statement> {
        let Self { agent, all, .. } = self;
        let name = self.after.amount.as_ref()?;
        match (self.before.zero_amount, self.after.zero_amount) {
            (false, true) => Some(statement!(
                "action.zero_amount.may",
                "{agent}: {all} may have a {name} of zero from now on, which was denied.",
                agent,
                all,
                name = Given::name(name)
            )),
            (true, false) => Some(statement!(
                "action.zero_amount.denied",
                "{agent}: {all} with a {name} of zero are denied from now on.",
                agent,
                all,
                name = Given::name(name)
            )),
            _ => None,
        }
    }
}

fn requires(action: &ActionType, name: &String) -> bool {
    matches!(&action.arguments, Schema::Object { required, .. } if required.contains(name))
}
