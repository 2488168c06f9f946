//! Names: plainly visible, and none that people take for another's.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    agent_file::{AgentFile, AgentHead, MOST_NAME, MOST_TEXT},
    catalog::Catalog,
    fault::Fault,
    folding::{addresses_look_alike, look_alike, looks},
    seen::{unfit_name, unfit_text},
    sentence::value,
    view::Me,
};
use sqlx::PgConnection;

use crate::{Error, Result, db};

/// A name of `what`, such as "a queue".
pub(crate) fn need_name(what: &str, name: &str) -> Result<()> {
    match unfit_name(name, MOST_NAME) {
        None => Ok(()),
        Some(fault) => Err(Error::Invalid(Fault::Name, format!("the name of {what} {fault}"))),
    }
}

pub(crate) fn need_purpose(purpose: &str) -> Result<()> {
    match unfit_text(purpose, MOST_TEXT) {
        None => Ok(()),
        Some(fault) => Err(Error::Invalid(Fault::Purpose, format!("the purpose {fault}"))),
    }
}

/// A name that no other agent has, nor one that looks like it; under the control lock.
pub(crate) async fn need_agents_own(connection: &mut PgConnection, head: &AgentHead) -> Result<()> {
    need_apart("agent", &head.name, &db::agents::other_names(connection, &head.slug).await?)
}

/// What people read permissions by, of which each is told apart by its looks; read under the control lock.
pub(crate) struct Labels {
    pub queues: Names,
    pub actions: Names,
    pub data_sets: Names,
    pub integrations: Names,
}

impl Labels {
    pub async fn load(connection: &mut PgConnection) -> Result<Self> {
        Ok(Self::of(&db::catalog::shop(connection).await?))
    }

    pub fn of(shop: &Catalog) -> Self {
        Self {
            queues: Names::of("queue", shop.queues.iter().map(|queue| (&queue.slug, &queue.name))),
            actions: Names::of("action", shop.actions.iter().map(|action| (&action.name, &action.label))),
            data_sets: Names::of("data set", shop.data_sets.iter().map(|set| (&set.name, &set.label))),
            integrations: Names::of("integration", shop.integrations.iter().map(|one| (&one.slug, &one.name))),
        }
    }

    /// All that a file calls something; what is there already is called so only where it is `changed`.
    pub fn need_own_of_file(self, file: &AgentFile, changed: bool) -> Result<()> {
        let Self { mut queues, mut actions, mut data_sets, mut integrations } = self;
        queues.put_all(file.queues.iter().map(|queue| (&queue.slug, &queue.name)), changed);
        actions.put_all(file.actions.iter().map(|action| (&action.name, &action.label)), changed);
        data_sets.put_all(file.data_sets.iter().map(|set| (&set.name, &set.label)), changed);
        integrations.put_all(file.integrations.iter().map(|one| (&one.slug, &one.name)), changed);
        [queues, integrations, data_sets, actions].iter().try_for_each(Names::need_apart)
    }
}

/// How all of a kind are called.
pub(crate) struct Names {
    what: &'static str,
    known: BTreeMap<String, String>,
    /// What is called otherwise than before. What stands already is nobody's news.
    put: BTreeSet<String>,
}

impl Names {
    fn of<'a>(what: &'static str, called: impl Iterator<Item = (&'a String, &'a String)>) -> Self {
        let known = called.map(|(name, label)| (name.clone(), label.clone())).collect();
        Self { what, known, put: BTreeSet::new() }
    }

    /// Something is called so that no other is called so, nor like it.
    pub fn need_own(mut self, name: &str, label: &str) -> Result<()> {
        self.put(name, label);
        self.need_apart()
    }

    fn put_all<'a>(&mut self, called: impl Iterator<Item = (&'a String, &'a String)>, changed: bool) {
        for (name, label) in called {
            if changed || !self.known.contains_key(name) {
                self.put(name, label);
            }
        }
    }

    fn put(&mut self, name: &str, label: &str) {
        if self.known.insert(name.to_owned(), label.to_owned()).is_none_or(|before| before != label) {
            self.put.insert(name.to_owned());
        }
    }

    /// All at once, so that two can change labels; and each is looked at once, as a shop may have many.
    fn need_apart(&self) -> Result<()> {
        if self.put.is_empty() {
            return Ok(());
        }
        let all: Vec<_> = self.known.iter().map(|(name, label)| (name, label, looks(label))).collect();
        let mut alike: HashMap<(usize, &str), Vec<(&String, &String)>> = HashMap::new();
        for (name, label, looks) in &all {
            for look in looks.iter().map(String::as_str).enumerate() {
                alike.entry(look).or_default().push((name, label));
            }
        }
        for (name, label, looks) in all.iter().filter(|(name, ..)| self.put.contains(*name)) {
            let mut like = looks.iter().map(String::as_str).enumerate().filter_map(|look| alike.get(&look)).flatten();
            let other = like.find(|(other, _)| other != name).map(|(_, label)| label.as_str());
            need_apart_from(self.what, label, other)?;
        }
        Ok(())
    }
}

/// Whoever was here once stays in the record, so that nobody else gets their name, nor an address that looks like theirs.
pub(crate) async fn need_persons_own(connection: &mut PgConnection, me: &Me) -> Result<()> {
    let others = db::people::others(connection, me.id).await?;
    if let Some((name, _)) = others.iter().find(|(_, email)| *email == me.email) {
        return Err(Error::Invalid(Fault::EmailTaken, format!("{} has this email address already", value(name))));
    }
    let (names, emails) = others.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    need_apart("person", &me.name, &names)?;
    let Some(other) = emails.iter().find(|other| addresses_look_alike(&me.email, other)) else { return Ok(()) };
    let [email, other] = [&me.email, other].map(|email| value(email));
    let words = format!("the address {email} looks like that of another person, {other}");
    Err(Error::Invalid(Fault::EmailAlike, words))
}

/// What Reins calls itself, and all agents.
const OWN: [&str; 5] = ["Reins", "The command line", "Command line", "All agents", "Everything"];

fn need_apart(what: &str, name: &str, others: &[String]) -> Result<()> {
    need_apart_from(what, name, others.iter().find(|other| look_alike(name, other)).map(String::as_str))
}

/// `other` looks like it.
fn need_apart_from(what: &str, name: &str, other: Option<&str>) -> Result<()> {
    let shown = value(name);
    let words = if OWN.iter().any(|own| look_alike(name, own)) {
        format!("the name {shown} would pass for one that Reins uses itself")
    } else if let Some(other) = other {
        let other = value(other);
        format!("the name {shown} looks like that of another {what}, {other}: people would take one for the other")
    } else {
        return Ok(());
    };
    Err(Error::Invalid(Fault::Alike, words))
}
