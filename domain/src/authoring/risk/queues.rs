//! Layer 3: queues that cannot decide, or that one person decides for alone.

use std::collections::BTreeSet;

use super::{Code, Review, cover, words::number};
use crate::{
    authoring::statement::{Given, Statement},
    id::PersonId,
    permission::{Otherwise, Rule},
    statement,
};

/// What is to be said of the queues that the rule at this place asks.
pub(super) fn risks(review: &Review<'_>, at: usize, rule: &Rule) -> Vec<(Code, Statement)> {
    let needed = rule.needed.max(1);
    let needs = || Given::new(needed, format!("this rule needs {}", number(needed)));
    let mut found: Vec<(Code, Statement)> = able(review, &rule.queue, needed, needs()).into_iter().collect();
    found.extend(long_wait(rule.within_s));
    if let Otherwise::Escalate { queue, within_s } = &rule.otherwise {
        found.extend(long_wait(*within_s));
        if *queue == rule.queue {
            let said =
                statement!("escalates_to_itself", "This rule escalates to the queue that did not decide in time.");
            found.push((Code::EscalatesToItself, said));
        } else {
            found.extend(able(review, queue, needed, needs()));
        }
    }
    let others = review.set.approval_thresholds.rules.iter().enumerate().filter(|(_, other)| !other.off);
    for (place, other) in others {
        // Of two rules of one kind the later says it.
        if place < at || (place > at && rule.same_person && !other.same_person) {
            found.extend(with_another(review, rule, other).filter(|new| !found.contains(new)));
        }
    }
    found
}

/// A month: longer than that nobody remembers what waits.
const LONG_S: u32 = 31 * 24 * 60 * 60;

pub(super) fn long_wait(within_s: u32) -> Option<(Code, Statement)> {
    let said = || {
        statement!(
            "waits_long",
            "A request may wait for {within}, and the customer with it.",
            within = Given::seconds(within_s)
        )
    };
    (within_s > LONG_S).then(|| (Code::WaitsLong, said()))
}

/// What is to be said of two rules whose queues both have to decide a request.
fn with_another(review: &Review<'_>, rule: &Rule, other: &Rule) -> Option<(Code, Statement)> {
    let asks_both = review.allowed.iter().any(|a| [rule, other].iter().all(|rule| cover::can_ask(rule, a, review.set)));
    if rule.queue == other.queue || !asks_both {
        return None;
    }
    let [(one, mine), (two, theirs)] = [able_of(review, rule)?, able_of(review, other)?];
    if rule.same_person {
        let said = statement!(
            "one_person_for_two",
            "Where {one} and {two} are both asked, one person who is in both can decide for both.",
            one,
            two
        );
        return mine.intersection(theirs).next().map(|_| (Code::OnePersonForTwo, said));
    }
    let (needed, other_needed) = (rule.needed.max(1), other.needed.max(1));
    let there = |people: usize| u32::try_from(people).unwrap_or(u32::MAX);
    let (all, both) = (needed.saturating_add(other_needed), there(mine.union(theirs).count()));
    // A queue that is too small for its own rule is told of there.
    let alone = there(mine.len()) < needed || there(theirs.len()) < other_needed;
    if other.same_person || alone || both >= all {
        return None;
    }
    let said = statement!(
        "too_few_people.between_two",
        "Where {one} and {two} are both asked, it takes {all} different people, and there {are} {both} between them.",
        one,
        two,
        all = number(all),
        both = number(both);
        are = if both == 1 { "is" } else { "are" }
    );
    Some((Code::TooFewPeople, said))
}

/// The name of the queue that a rule asks, and who of it can decide.
fn able_of<'a>(review: &'a Review<'_>, rule: &Rule) -> Option<(Given, &'a BTreeSet<PersonId>)> {
    let queue = review.catalog.queue(&rule.queue)?;
    Some((Given::name(&queue.name), queue.able.as_ref()?))
}

/// Whether a queue is there, with people enough.
pub(super) fn able(review: &Review<'_>, slug: &str, needed: u32, needs: Given) -> Option<(Code, Statement)> {
    let Some(queue) = review.catalog.queue(slug) else {
        let said = statement!("unknown_queue", "There is no queue {slug}.", slug = Given::name(slug));
        return Some((Code::UnknownQueue, said));
    };
    let able = u32::try_from(queue.able.as_ref()?.len()).unwrap_or(u32::MAX);
    if able >= needed {
        return None;
    }
    let said = statement!(
        "too_few_people",
        "The queue {queue} has {able} {members} who can decide, and {needs}.",
        queue = Given::name(&queue.name),
        able = number(able),
        needs;
        members = if able == 1 { "member" } else { "members" }
    );
    Some((Code::TooFewPeople, said))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::{authoring::risk, catalog::Catalog, permission::PermissionSet};

    /// What is found of two rules about refunds, for which the leads 1 and 2 and the managers 2 can decide.
    fn found(mine: Value, theirs: Value) -> Vec<(Code, String)> {
        let rule = |id: &str, queue: &str, more: Value| {
            let mut rule = json!({"id": id, "applies_to": "any", "queue": queue});
            rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            rule
        };
        let people = |ids: &[u128]| ids.iter().map(|id| Uuid::from_u128(*id)).collect::<Vec<_>>();
        let set: PermissionSet = serde_json::from_value(json!({
            "data_access": {}, "action_scope": {"allow": {"refund": {}}}, "audit_logging": {},
            "approval_thresholds": {"queue": "leads", "rules": [
                rule("a", "leads", mine), rule("b", "managers", theirs)]},
        }))
        .unwrap();
        let catalog: Catalog = serde_json::from_value(json!({
            "actions": [{"name": "refund", "label": "Refund", "sentence": "", "effect": "write",
                "reversibility": {"kind": "irreversible"}, "arguments": {"type": "object"}}],
            "data_sets": [], "integrations": [], "word_lists": {},
            "queues": [{"slug": "leads", "name": "Leads", "able": people(&[1, 2])},
                {"slug": "managers", "name": "Managers", "able": people(&[2])}],
        }))
        .unwrap();
        let about = [Code::TooFewPeople, Code::OnePersonForTwo];
        let risks = risk::risks(&set, &catalog).into_iter().filter(|risk| about.contains(&risk.code));
        risks.map(|risk| (risk.code, risk.said.sentence)).collect()
    }

    #[test]
    fn who_is_in_two_queues_is_one_person() {
        let two = || json!({"needed": 2});
        assert_eq!(found(json!({}), json!({})), []);
        let few = "Where `Managers` and `Leads` are both asked, it takes three different people, and there are two between them.";
        assert_eq!(found(two(), json!({})), [(Code::TooFewPeople, few.to_owned())]);
        let alone = "The queue `Managers` has one member who can decide, and this rule needs two.";
        assert_eq!(found(json!({}), two()), [(Code::TooFewPeople, alone.to_owned())]);
        assert_eq!(found(json!({"needed": 2, "off": true}), json!({})), []);
    }

    #[test]
    fn where_one_person_may_decide_for_both_that_is_said_once() {
        let same = || json!({"same_person": true});
        let said = |one: &str, two: &str| {
            let text =
                format!("Where `{one}` and `{two}` are both asked, one person who is in both can decide for both.");
            [(Code::OnePersonForTwo, text)]
        };
        assert_eq!(found(same(), json!({})), said("Leads", "Managers"));
        assert_eq!(found(json!({}), same()), said("Managers", "Leads"));
        assert_eq!(found(same(), same()), said("Managers", "Leads"));
    }
}
