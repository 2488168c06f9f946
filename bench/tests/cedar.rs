//! Layers 1 to 3 without windows decide in Cedar as they do in Reins.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set its case has failed")]

#[path = "../../domain/tests/properties/arbitrary.rs"]
#[expect(dead_code, reason = "the strategies are those of the domain's own tests")]
mod arbitrary;
#[path = "../../domain/tests/support/mod.rs"]
mod support;

use std::{collections::BTreeMap, str::FromStr};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, Schema, ValidationMode, Validator,
};
use domain::{
    action::{ActionType, DATA_READ},
    agent::Mode,
    authoring::cedar,
    catalog::Catalog,
    decision::Verdict,
    permission::PermissionSet,
};
use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};

use support::Case;

const SETS: usize = 20_000;
const REQUESTS: usize = 5;

/// What both must agree on: for each queue how many people, and in what time.
#[derive(Debug, PartialEq)]
enum Answer {
    Allowed,
    Asked(BTreeMap<String, (u32, u32)>),
    Denied,
}

#[test]
fn cedar_decides_as_reins_does() {
    let mut runner = TestRunner::deterministic();
    let drafts = (arbitrary::permissions(true), types(), vec(arbitrary::case(true, false), REQUESTS));
    let mut answers = [0_usize; 3];
    for _ in 0..SETS {
        let (set, types, cases) = drafts.new_tree(&mut runner).unwrap().current();
        let set = without_windows(set);
        let catalog = Catalog { actions: types, ..Catalog::default() };
        let judge = Judge::new(&set, &catalog);
        for case in cases {
            let case = of_the_rules(case, &set, &catalog);
            let (ours, theirs) = (reins(&case), judge.answer(&case, &set));
            assert_eq!(theirs, ours, "{case:#?}\n{}", judge.text);
            answers[match ours {
                Answer::Allowed => 0,
                Answer::Asked(_) => 1,
                Answer::Denied => 2,
            }] += 1;
        }
    }
    let [allowed, asked, denied] = answers;
    println!("{allowed} allowed, {asked} asked, {denied} denied");
    assert!(answers.iter().all(|n| *n > SETS * REQUESTS / 50), "each answer is given often");
}

fn types() -> impl Strategy<Value = Vec<ActionType>> {
    ["order.refund", "order.cancel", "message.send", DATA_READ]
        .map(|name| arbitrary::action_type(name.to_owned()))
        .prop_map(|types| types.to_vec())
}

fn without_windows(mut set: PermissionSet) -> PermissionSet {
    set.action_scope.allow.values_mut().for_each(|allowance| allowance.limits.retain(|limit| limit.window().is_none()));
    for rule in &mut set.approval_thresholds.rules {
        rule.when.retain(|condition| condition.window().is_none());
    }
    // Layer 4 is not exported.
    set.audit_logging.require.clear();
    set
}

/// The case with nothing in the way but layers 1 to 3.
fn of_the_rules(case: Case, set: &PermissionSet, catalog: &Catalog) -> Case {
    Case {
        mode: Mode::Live,
        stopped: None,
        action: catalog.action(&case.ask.action).cloned(),
        permissions: Some(set.clone()),
        tightenings: vec![],
        breaker_open: false,
        ..case
    }
}

fn reins(case: &Case) -> Answer {
    let verdict = match case.decide().verdict {
        Verdict::Shadowed { would } => *would,
        verdict => verdict,
    };
    match verdict {
        Verdict::Allowed => Answer::Allowed,
        Verdict::Denied => Answer::Denied,
        Verdict::NeedsApproval { needs } => {
            Answer::Asked(needs.into_iter().map(|need| (need.queue, (need.needed, need.within_s))).collect())
        }
        verdict => panic!("{verdict:?} is not for the rules to say"),
    }
}

struct Judge {
    text: String,
    policies: PolicySet,
    schema: Schema,
    authorizer: Authorizer,
}

impl Judge {
    fn new(set: &PermissionSet, catalog: &Catalog) -> Self {
        let exported = cedar::export(set, catalog, "support");
        assert_eq!(exported.left_out, [""; 0]);
        let policies =
            PolicySet::from_str(&exported.policies).unwrap_or_else(|error| panic!("{error}\n{}", exported.policies));
        let (schema, warnings) = Schema::from_cedarschema_str(&exported.schema).unwrap();
        assert_eq!(warnings.count(), 0);
        let result = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        assert!(result.validation_passed(), "{result}\n{}", exported.policies);
        Self { text: exported.policies, policies, schema, authorizer: Authorizer::new() }
    }

    fn answer(&self, case: &Case, set: &PermissionSet) -> Answer {
        let (approved, denying) = self.decide(case, set, true);
        if approved == Decision::Deny {
            return Answer::Denied;
        }
        assert_eq!(denying, []);
        let (unapproved, denying) = self.decide(case, set, false);
        match unapproved {
            Decision::Allow => Answer::Allowed,
            Decision::Deny => {
                let mut asked = BTreeMap::new();
                for (queue, needed, within) in denying {
                    let (most, least) = asked.entry(queue).or_insert((needed, within));
                    *most = needed.max(*most);
                    *least = within.min(*least);
                }
                Answer::Asked(asked)
            }
        }
    }

    /// The decision, and the queue, people and time of the policies that deny.
    fn decide(&self, case: &Case, set: &PermissionSet, approved: bool) -> (Decision, Vec<(String, u32, u32)>) {
        let action = case.action.as_ref().unwrap();
        let uid = |text: &str| EntityUid::from_str(text).unwrap();
        let name = uid(&format!("Action::\"{}\"", action.name));
        let context = cedar::context(&case.ask, action, &case.facts, &case.words, set, approved);
        let context = Context::from_json_value(context, Some((&self.schema, &name))).unwrap();
        let (agent, shop) = (uid(r#"Agent::"support""#), uid(r#"Shop::"shop""#));
        let request = Request::new(agent, name, shop, context, Some(&self.schema)).unwrap();
        let answer = self.authorizer.is_authorized(&request, &self.policies, &Entities::empty());
        assert_eq!(answer.diagnostics().errors().count(), 0);
        let annotation = |id, name| self.policies.policy(id).unwrap().annotation(name);
        let number = |id, name| annotation(id, name)?.parse::<u32>().ok();
        let needs = answer
            .diagnostics()
            .reason()
            .filter_map(|id| Some((annotation(id, "queue")?.to_owned(), number(id, "needed")?, number(id, "within")?)));
        (answer.decision(), needs.collect())
    }
}
