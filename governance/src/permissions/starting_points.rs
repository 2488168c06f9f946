//! The agents that most shops have, to start from.
//!
//! A file is written as a shop has it that has come to trust its agent. To start with, a person decides every write and
//! every commitment: [`AgentFile::to_start_from`] adds the default rules, and drops what they make superfluous.

use domain::{agent_file::AgentFile, authoring::starting_point::Shared, money::Money};

#[derive(Clone, Copy, Debug)]
pub struct StartingPoint {
    pub slug: &'static str,
    text: &'static str,
}

macro_rules! starting_points {
    ($($slug:literal),+ $(,)?) => {
        [$(StartingPoint { slug: $slug, text: include_str!(concat!("starting_points/", $slug, ".toml")) }),+]
    };
}

pub const STARTING_POINTS: [StartingPoint; 12] = starting_points![
    "support",
    "returns",
    "listings",
    "reviews",
    "ads",
    "campaigns",
    "inventory",
    "pricing",
    "fraud",
    "reporting",
    "social",
    "notes",
];

const SHARED: &str = include_str!("starting_points/shared.toml");

impl StartingPoint {
    pub fn find(slug: &str) -> Option<&'static Self> {
        STARTING_POINTS.iter().find(|point| point.slug == slug)
    }

    /// As a shop has it that trusts the agent by now.
    pub fn as_written(&self) -> Result<AgentFile, toml::de::Error> {
        toml::from_str(self.text)
    }

    /// As a shop starts, in the currency of `worth_over`, above which a customer counts as valued.
    pub fn file(&self, worth_over: Money) -> Result<AgentFile, toml::de::Error> {
        let shared: Shared = toml::from_str(SHARED)?;
        Ok(self.as_written()?.to_start_from(&shared, worth_over))
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        action::{AbsentAmount, Effect},
        authoring::risk::{Code, Risk, Severity, risks},
        catalog::Catalog,
        folding::look_alike,
        permission::Condition,
    };

    use super::*;

    fn files(currency: &str) -> Vec<AgentFile> {
        let worth_over = Money::parse("500", currency).unwrap();
        STARTING_POINTS.iter().map(|point| point.file(worth_over).unwrap()).collect()
    }

    fn found(file: &AgentFile) -> Vec<Risk> {
        risks(&file.permissions, &Catalog::of_file(file))
    }

    #[test]
    fn each_is_named_after_its_file_and_says_what_it_is_for() {
        for (point, file) in STARTING_POINTS.iter().zip(files("USD")) {
            assert_eq!(point.slug, file.agent.slug);
            assert!(!file.agent.name.is_empty() && !file.agent.purpose.is_empty(), "{}", point.slug);
        }
    }

    #[test]
    fn each_can_be_published_in_any_currency() {
        for currency in ["USD", "EUR", "JPY", "KWD"] {
            for file in files(currency) {
                assert_eq!(file.faults(), [""; 0], "{}", file.agent.slug);
                let wrong = found(&file).into_iter().find(|risk| risk.severity == Severity::Wrong);
                assert_eq!(wrong, None, "{}", file.agent.slug);
                assert!(file.actions_elsewhere().is_empty() && file.queues_elsewhere().is_empty());
                assert!(file.integrations_elsewhere().is_empty());
            }
        }
    }

    #[test]
    fn a_person_decides_every_write_and_commitment_and_each_message_where_judgement_adds_safety() {
        for file in files("USD") {
            let set = &file.permissions;
            let is_allowed =
                |name: &str| set.action_scope.allow.contains_key(name) && !set.action_scope.deny.contains(name);
            for action in file.actions.iter().filter(|action| is_allowed(&action.name)) {
                let rules = || set.approval_thresholds.in_force().filter(|rule| rule.applies_to.covers(action));
                let always = rules().any(|rule| rule.always_asks(action));
                let alone = |wanted: fn(&Condition) -> bool| rules().any(|rule| rule.when.iter().all(wanted));
                let place = format!("{}: {}", file.agent.slug, action.name);
                match action.effect {
                    Effect::Read | Effect::Internal => {}
                    Effect::Write | Effect::Commitment => assert!(always, "{place}"),
                    Effect::Message => assert!(
                        always
                            || alone(|c| matches!(c, Condition::LifetimeValueOver { trust_agent: false, .. }))
                                && alone(|c| matches!(c, Condition::FirstOrder { trust_agent: false }))
                                && alone(|c| matches!(c, Condition::OpenComplaint { trust_agent: false }))
                                && alone(|c| matches!(c, Condition::FirstOfItsKind))
                                && alone(|c| matches!(c, Condition::Touches { topics } if topics.contains("medical"))),
                        "{place}"
                    ),
                }
            }
        }
    }

    #[test]
    fn whoever_uses_several_has_no_two_actions_of_one_name() {
        let labels: Vec<(String, String)> =
            files("USD").into_iter().flat_map(|file| file.actions).map(|action| (action.name, action.label)).collect();
        for (at, (name, label)) in labels.iter().enumerate() {
            let twin = labels[..at].iter().find(|(other, known)| other != name && look_alike(known, label));
            assert_eq!(twin, None, "{name}: {label}");
        }
    }

    /// What is left out or nothing is said here, so that nobody allows it unseen.
    #[test]
    fn an_absent_amount_is_allowed_nowhere_and_nothing_only_of_an_order_that_cost_nothing() {
        let mut may_be_nothing = Vec::new();
        for file in files("USD") {
            for action in file.actions.into_iter().filter(|action| action.amount.is_some()) {
                let misfits = action.arguments.misfits(&serde_json::json!({}), "/arguments");
                let missing = format!("`{}` is missing", action.amount.as_deref().unwrap());
                assert!(misfits.iter().any(|misfit| misfit.detail == missing), "{}: {misfits:?}", action.name);
                assert_eq!(action.absent_amount, AbsentAmount::Unknown, "{}", action.name);
                may_be_nothing.extend(action.zero_amount.then_some(action.name));
            }
        }
        assert_eq!(may_be_nothing, ["order.cancel", "risk.release", "risk.cancel"]);
    }

    /// What is left to accept is said here, so that nothing joins it unseen.
    #[test]
    fn little_is_left_to_accept() {
        let left: Vec<(String, Code, String)> = files("USD")
            .iter()
            .flat_map(|file| found(file).into_iter().map(|risk| (file.agent.slug.clone(), risk)))
            .filter(|(_, risk)| risk.severity == Severity::Risky)
            .map(|(slug, risk)| (slug, risk.code, risk.said.sentence))
            .collect();
        let open = |slug: &str, what: &str| {
            (slug.to_owned(), Code::OpenToAll, format!("May be read of everybody, though it is {what}."))
        };
        assert_eq!(
            left,
            [
                open("reviews", "personal: `Which order a review belongs to`"),
                open("inventory", "sensitive: `Lead times, minimum orders and prices of suppliers`"),
            ]
        );
    }
}
