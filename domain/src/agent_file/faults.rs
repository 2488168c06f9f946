//! What is wrong with a file, and with what it describes.

use std::collections::BTreeSet;

use super::{AgentFile, AgentHead, TAKEN, is_name, is_slug};
use crate::{
    action::{AbsentAmount, ActionType, DATA_READ, DataSet},
    fault::Fault,
    integration::Integration,
    schema::Schema,
    seen::{hidden_within, in_one_line, unfit_name, unfit_text},
    sentence,
};

/// The longest name of an agent, a queue, an integration or a person; the longest text of several lines.
pub const MOST_NAME: usize = 100;
pub const MOST_TEXT: usize = 2000;

/// The most that a file describes, of all kinds together: each is written while no decision is made.
pub const MOST_DESCRIBED: usize = 500;

/// The longest label of an action type or data set, and the longest sentence.
const MOST_LABEL: usize = 80;
const MOST_SENTENCE: usize = 500;

/// The longest topic, the longest of its words, and the most of them.
const MOST_TOPIC: usize = 80;
const MOST_WORD: usize = 100;
const MOST_WORDS: usize = 500;

impl AgentFile {
    /// What in the file contradicts itself, in words; empty when nothing does.
    ///
    /// Queues, data sets and actions may also stand in Reins already; names not in this file are listed by
    /// [`AgentFile::actions_elsewhere`], [`AgentFile::integrations_elsewhere`] and [`AgentFile::queues_elsewhere`].
    pub fn faults(&self) -> Vec<String> {
        let AgentFile { agent: _, queues, integrations, data_sets, actions, word_lists, permissions } = self;
        let described = queues.len() + integrations.len() + data_sets.len() + actions.len() + word_lists.len();
        if described > MOST_DESCRIBED {
            return vec![format!(
                "a file describes at most {MOST_DESCRIBED} actions, data sets, queues, integrations and topics together, \
                 not {described}: take the rest in by another file first"
            )];
        }
        let mut faults = permissions.faults();
        for slug in self.queues.iter().map(|queue| &queue.slug).chain([&self.agent.slug]) {
            if !is_slug(slug) {
                faults.push(format!("`{slug}` is not a short name: lower-case letters, digits and hyphens"));
            }
        }
        if TAKEN.contains(&self.agent.slug.as_str()) {
            faults.push(format!("no agent can be called `{}`", self.agent.slug));
        }
        let names = self.actions.iter().map(|a| &a.name).chain(self.data_sets.iter().map(|d| &d.name));
        for name in names.filter(|name| !is_name(name)) {
            faults.push(format!("`{name}` is not a name: lower-case letters, digits, dots, hyphens and underscores"));
        }
        for name in self.named_twice() {
            faults.push(format!("`{name}` is described twice"));
        }
        for action in &self.actions {
            faults.extend(action.faults().into_iter().map(|fault| format!("`{}` {fault}", action.name)));
        }
        faults.extend(self.integrations.iter().flat_map(Integration::faults).map(|(_, words)| words));
        faults.extend(self.unfit_texts());
        faults
    }

    /// Texts that cannot be shown as they are.
    fn unfit_texts(&self) -> Vec<String> {
        let AgentHead { slug, name, purpose } = &self.agent;
        let mut unfit = Vec::new();
        let mut check = |what: &str, slug: &str, fault: Option<String>| {
            unfit.extend(fault.map(|fault| format!("the {what} `{}` {fault}", in_one_line(slug))));
        };
        check("name of the agent", slug, unfit_name(name, MOST_NAME));
        check("purpose of the agent", slug, unfit_text(purpose, MOST_TEXT));
        for queue in &self.queues {
            check("name of the queue", &queue.slug, unfit_name(&queue.name, MOST_NAME));
        }
        for set in &self.data_sets {
            check("data set", &set.name, set.fault());
        }
        unfit.extend(self.word_lists.iter().filter_map(|(topic, words)| Some(word_faults(topic, words)?.1)));
        unfit
    }

    /// Of two descriptions under one name, nobody could say which counts.
    fn named_twice(&self) -> Vec<&str> {
        fn twice<'a>(names: impl Iterator<Item = &'a String>) -> impl Iterator<Item = &'a str> {
            let mut seen = BTreeSet::new();
            names.filter(move |name| !seen.insert(*name)).map(String::as_str)
        }
        let queues = twice(self.queues.iter().map(|q| &q.slug));
        let integrations = twice(self.integrations.iter().map(|i| &i.slug));
        let data_sets = twice(self.data_sets.iter().map(|d| &d.name));
        let actions = twice(self.actions.iter().map(|a| &a.name));
        queues.chain(integrations).chain(data_sets).chain(actions).collect()
    }
}

impl DataSet {
    /// What is wrong with its label, as the end of a sentence that starts with the data set.
    pub fn fault(&self) -> Option<String> {
        unfit_name(&self.label, MOST_LABEL).map(|fault| format!("has a label that {fault}"))
    }
}

/// What is wrong with the words for a topic.
pub fn word_faults(topic: &str, words: &[String]) -> Option<(Fault, String)> {
    if unfit_name(topic, MOST_TOPIC).is_some() || topic.contains(',') {
        let words = format!("a topic has 1 to {MOST_TOPIC} plain characters, and no comma");
        return Some((Fault::Name, words));
    }
    if words.len() > MOST_WORDS || words.iter().any(|word| unfit_name(word, MOST_WORD).is_some()) {
        let words = format!("a topic has at most {MOST_WORDS} words, each of 1 to {MOST_WORD} plain characters");
        return Some((Fault::Words, words));
    }
    None
}

impl ActionType {
    /// What is wrong with it, as the end of a sentence that starts with its name.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (what, text, most) in [("label", &self.label, MOST_LABEL), ("sentence", &self.sentence, MOST_SENTENCE)] {
            faults.extend(unfit_name(text, most).map(|fault| format!("has a {what} that {fault}")));
        }
        let rest = Self { label: String::new(), sentence: String::new(), ..self.clone() };
        let rest = serde_json::to_value(rest).unwrap_or_default();
        faults.extend(hidden_within(&rest).into_iter().map(|fault| format!("holds a text that is not plain: {fault}")));
        if self.name == DATA_READ {
            faults.push("is built in".to_owned());
        }
        let Schema::Object { properties, required } = &self.arguments else {
            faults.push("takes no object as its arguments".to_owned());
            return faults;
        };
        if let Some(amount) = &self.amount
            && !matches!(properties.get(amount), Some(Schema::Money { .. }))
        {
            faults.push(format!("has no money argument `{amount}`"));
        }
        if self.amount.is_none() && (self.zero_amount || self.absent_amount != AbsentAmount::Unknown) {
            faults.push("says what its amount may be, and has none".to_owned());
        }
        for name in required.iter().filter(|name| !properties.contains_key(*name)) {
            faults.push(format!("requires `{name}`, which is not among its arguments"));
        }
        let said = |name: &&str| matches!(*name, "customer" | "reads") || properties.contains_key(*name);
        for name in sentence::placeholders(&self.sentence).filter(|name| !said(name)) {
            faults.push(format!("says `{{{name}}}` in its sentence, which is not among its arguments"));
        }
        faults
    }
}
