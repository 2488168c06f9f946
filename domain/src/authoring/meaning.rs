//! What decisions rest on beside permissions, and what a change of it means for permissions in force. They stay as they
//! were published, and yet decide otherwise: whoever makes the change has to accept that.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    action::{ActionType, DataSet, Sensitivity},
    agent_file::{AgentFile, AgentHead},
    authoring::{
        risk::{Risk, Severity, risks, words::whose},
        statement::{Given, Statement},
    },
    catalog::{Catalog, Queue},
    facts::as_word,
    id::PersonId,
    kept::Kept,
    part::Part,
    permission::{Condition, PermissionSet},
    role::Role,
    sentence::about,
    statement,
};

mod action;
mod kind;
mod told;

/// A change of what decisions rest on, or of how many it takes to publish; with what its author saw of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Adds an action type, or changes the one whose revision was seen.
    ActionType { action: ActionType, seen: Option<i32> },
    /// Adds a data set, or changes the one that was seen.
    DataSet { set: DataSet, seen: Option<DataSet> },
    /// The words that give a topic away; without any, the shop has none for it.
    Words { topic: String, words: Vec<String>, seen: Vec<String> },
    /// Calls or describes an agent otherwise than it was seen.
    Agent { seen: AgentHead, name: String, purpose: String },
    /// Calls something otherwise than it was seen; its short name stays.
    Rename { thing: Thing, slug: String, seen: String, name: String },
    /// Where it takes two admins to publish: from then on, one.
    OneToPublish,
    /// Where it takes two admins: lets somebody decide what waits in a queue.
    Member { person: PersonId, queue: String },
    /// Where it takes two admins: lets somebody act as one who could not.
    Admin { person: PersonId, by: NewAdmin },
}

/// What people who decide know by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    Queue,
    Integration,
}

impl Thing {
    pub fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Integration => "integration",
        }
    }
}

/// How somebody comes to act as an admin, or to sign in as who decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewAdmin {
    /// In place of the role that was seen.
    Role { seen: Role },
    /// An admin who was disabled then.
    Enabled { disabled_at: DateTime<Utc> },
    /// An admin, or who decides for a queue, gets a password that somebody else has chosen.
    Password,
}

impl Kept for Change {
    const FORMAT: u64 = 1;
}

impl Change {
    /// What it is about: of two changes of the same, one replaces the other.
    pub fn subject(&self) -> String {
        match self {
            Self::ActionType { action, .. } => format!("action {}", action.name),
            Self::DataSet { set, .. } => format!("data set {}", set.name),
            Self::Words { topic, .. } => format!("words {topic}"),
            Self::Agent { seen, .. } => format!("agent {}", seen.slug),
            Self::Rename { thing, slug, .. } => format!("{} {slug}", thing.name()),
            Self::OneToPublish => "publishing".to_owned(),
            Self::Member { person, queue } => format!("member {person} of {queue}"),
            Self::Admin { person, .. } => format!("person {person}"),
        }
    }

    /// The person that it is about.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Member { person, .. } | Self::Admin { person, .. } => Some(*person),
            Self::ActionType { .. }
            | Self::DataSet { .. }
            | Self::Words { .. }
            | Self::Agent { .. }
            | Self::Rename { .. }
            | Self::OneToPublish => None,
        }
    }
}

impl Catalog {
    /// As it is after the change.
    pub fn with(mut self, change: &Change) -> Self {
        match change {
            Change::ActionType { action, .. } => put(&mut self.actions, action, |known| known.name == action.name),
            Change::DataSet { set, .. } => put(&mut self.data_sets, set, |known| known.name == set.name),
            Change::Words { topic, words, .. } if words.is_empty() => drop(self.word_lists.remove(topic)),
            Change::Words { topic, words, .. } => drop(self.word_lists.insert(topic.clone(), words.clone())),
            Change::Rename { thing: Thing::Queue, slug, name, .. } => {
                let known = self.queues.iter_mut().filter(|known| known.slug == *slug);
                known.for_each(|known| known.name.clone_from(name));
            }
            Change::Rename { thing: Thing::Integration, slug, name, .. } => {
                let known = self.integrations.iter_mut().filter(|known| known.slug == *slug);
                known.for_each(|known| known.name.clone_from(name));
            }
            Change::Agent { .. } | Change::OneToPublish | Change::Member { .. } | Change::Admin { .. } => {}
        }
        self
    }

    /// As it is once all that the file defines is in it.
    pub fn with_file(mut self, file: &AgentFile) -> Self {
        for action in &file.actions {
            put(&mut self.actions, action, |known| known.name == action.name);
        }
        for set in &file.data_sets {
            put(&mut self.data_sets, set, |known| known.name == set.name);
        }
        for head in &file.queues {
            let able = self.queue(&head.slug).map_or(Some(BTreeSet::new()), |known| known.able.clone());
            let queue = Queue { slug: head.slug.clone(), name: head.name.clone(), able };
            put(&mut self.queues, &queue, |known| known.slug == head.slug);
        }
        for head in &file.integrations {
            put(&mut self.integrations, &head.head(), |known| known.slug == head.slug);
        }
        self.word_lists.extend(file.word_lists.clone());
        self
    }

    /// The words that give a topic away, however both are written.
    fn words_for(&self, topic: &str) -> BTreeSet<String> {
        let lists = self.word_lists.iter().filter(|(known, _)| as_word(known) == as_word(topic));
        lists.flat_map(|(_, words)| looked_for(words)).collect()
    }
}

/// Words as they are looked for.
fn looked_for(words: &[String]) -> BTreeSet<String> {
    words.iter().map(|word| as_word(word).into_owned()).collect()
}

fn put<T: Clone>(all: &mut Vec<T>, one: &T, is_it: impl Fn(&T) -> bool) {
    match all.iter_mut().find(|known| is_it(known)) {
        Some(known) => *known = one.clone(),
        None => all.push(one.clone()),
    }
}

/// What has to be accepted of a change from one catalog to another; what the agent's permissions do not name means nothing
/// to them. How many people a queue has is no part of what it means.
pub fn meaning(agent: &str, set: &PermissionSet, before: &Catalog, after: &Catalog) -> Vec<Statement> {
    if before == after {
        return Vec::new();
    }
    let mut found = Vec::new();
    for action in after.actions.iter().filter(|action| before.action(&action.name) != Some(action)) {
        found.extend(action::meaning(agent, set, before, after, action));
    }
    found.extend(words(agent, set, before, after));
    found.extend(data_sets(agent, set, before, after));
    found.extend(renamed(agent, set, before, after));
    for said in new_risks(agent, set, before, after) {
        if !found.contains(&said) {
            found.push(said);
        }
    }
    found
}

/// The words of the shop that a file replaces, where no permissions in force say so by themselves.
pub fn replaced_words(file: &AgentFile, before: &Catalog) -> Vec<Statement> {
    let known = file.word_lists.iter().filter_map(|(topic, words)| Some((topic, words, before.word_lists.get(topic)?)));
    let replaced = known.filter(|(_, words, known)| words != known);
    let told = replaced.filter_map(|(topic, words, known)| {
        let changed = difference(&looked_for(known), &looked_for(words))?;
        Some(statement!(
            "words.replaced",
            "The shop’s words for {topic}: {changed}.",
            topic = Given::name(topic),
            changed
        ))
    });
    told.collect()
}

/// `no longer “lawyer”; from now on “court”`.
fn difference(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Option<Given> {
    let only = |these: &BTreeSet<String>, others: &BTreeSet<String>| -> Vec<Given> {
        these.difference(others).map(|word| Given::name(word)).collect()
    };
    let parts = [(only(before, after), "no longer"), (only(after, before), "from now on")];
    let parts = parts.map(|(words, how)| (!words.is_empty(), Given::list(words, "and"), how));
    let said: Vec<String> =
        parts.iter().filter(|(any, ..)| *any).map(|(_, words, how)| format!("{how} {words}")).collect();
    let [(_, gone, _), (_, new, _)] = parts;
    (!said.is_empty()).then(|| Given::new(json!({ "gone": gone.value, "new": new.value }), said.join("; ")))
}

fn words(agent: &str, set: &PermissionSet, before: &Catalog, after: &Catalog) -> Vec<Statement> {
    let conditions = set.approval_thresholds.in_force().flat_map(|rule| &rule.when);
    let topics: BTreeSet<&String> = conditions
        .filter_map(|condition| match condition {
            Condition::Touches { topics } => Some(topics),
            _ => None,
        })
        .flatten()
        .collect();
    let told = topics.into_iter().filter_map(|topic| {
        let changed = difference(&before.words_for(topic), &after.words_for(topic))?;
        Some(statement!(
            "words.of_rules",
            "{agent} rules know by other words what touches on {topic}: {changed}.",
            agent = whose(agent),
            topic = Given::name(topic),
            changed
        ))
    });
    told.collect()
}

/// Who may read it was published with what it was called, and how private it was.
fn data_sets(agent: &str, set: &PermissionSet, before: &Catalog, after: &Catalog) -> Vec<Statement> {
    let access = &set.data_access;
    let may_read = |name: &str| access.read.contains_key(name) && !access.deny.contains(name);
    let named = after.data_sets.iter().filter(|set| may_read(&set.name));
    let told = named.filter_map(|set| {
        let known = before.data_set(&set.name)?;
        let privacy = |sensitivity: Sensitivity| Given::new(json!(sensitivity), sensitivity.words());
        let kept = (set.sensitivity != known.sensitivity).then(|| {
            statement!(
                "data_set.sensitivity",
                "{agent} may read {label}, which counts as {new} from now on, before as {old}.",
                agent = Given::name(agent),
                label = Given::name(&set.label),
                new = privacy(set.sensitivity),
                old = privacy(known.sensitivity)
            )
        });
        let renamed = (set.label != known.label).then(|| {
            statement!(
                "data_set.label",
                "{agent} may read what was called {old}, and is called {new} from now on.",
                agent = Given::name(agent),
                old = Given::name(&known.label),
                new = Given::name(&set.label)
            )
        });
        Some([kept, renamed])
    });
    told.flatten().flatten().collect()
}

/// Queues that its rules name, and integrations that what it allows runs on, by what people who decide know them.
fn renamed(agent: &str, set: &PermissionSet, before: &Catalog, after: &Catalog) -> Vec<Statement> {
    let scope = &set.action_scope;
    let allowed = after.actions.iter().filter(|action| scope.allow.contains_key(&action.name));
    let runs_on: BTreeSet<&str> = allowed.filter_map(|action| action.integration.as_deref()).collect();
    let queues = set
        .queues()
        .into_iter()
        .filter_map(|slug| Some((Thing::Queue, &before.queue(slug)?.name, &after.queue(slug)?.name)));
    let integrations = runs_on
        .into_iter()
        .filter_map(|slug| Some((Thing::Integration, &before.integration(slug)?.name, &after.integration(slug)?.name)));
    let renamed = queues.chain(integrations).filter(|(_, old, new)| old != new);
    let told = renamed.map(|(what, old, new)| {
        statement!(
            "renamed",
            "{agent}: the {what} {old} is called {new} from now on.",
            agent = Given::name(agent),
            what = Given::new(json!(what), what.name()),
            old = Given::name(old),
            new = Given::name(new)
        )
    });
    told.collect()
}

/// What is wrong or risky after it and was not before, whatever things are called.
fn new_risks(agent: &str, set: &PermissionSet, before: &Catalog, after: &Catalog) -> Vec<Statement> {
    let known = risks(set, &called_as(before, after));
    let is_new = |risk: &Risk| {
        risk.severity != Severity::Note && !known.iter().any(|known| known.part == risk.part && known.said == risk.said)
    };
    let new = risks(set, after).into_iter().filter(is_new);
    let (rules, names) = (&set.approval_thresholds.rules, after.names());
    let told = new.map(|Risk { part, said, .. }| {
        let rule = rules.iter().find(|rule| part == Part::Rule { id: rule.id.clone() });
        match rule {
            Some(rule) => statement!(
                "new_risk.of_rule",
                "{agent}, the rule for {rule}: {risk}",
                agent = Given::name(agent),
                rule = Given::new(json!(rule), about(rule, &names)),
                risk = &said
            ),
            None => {
                statement!("new_risk", "{agent}: {risk}", agent = Given::name(agent), risk = &said)
            }
        }
    });
    told.collect()
}

/// The catalog with things called as they are in the other.
fn called_as(catalog: &Catalog, other: &Catalog) -> Catalog {
    let mut catalog = catalog.clone();
    for action in &mut catalog.actions {
        if let Some(known) = other.action(&action.name) {
            action.label.clone_from(&known.label);
        }
    }
    for set in &mut catalog.data_sets {
        if let Some(known) = other.data_set(&set.name) {
            set.label.clone_from(&known.label);
        }
    }
    for queue in &mut catalog.queues {
        if let Some(known) = other.queue(&queue.slug) {
            queue.name.clone_from(&known.name);
        }
    }
    catalog
}

#[cfg(test)]
mod tests;
