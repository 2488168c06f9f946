//! Names: plainly visible, and none that people take for another's.

use std::collections::BTreeMap;

use domain::{
    agent_file::{AgentHead, MOST_NAME, MOST_TEXT},
    fault::Fault,
    folding::{addresses_look_alike, look_alike},
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

pub(crate) async fn need_queues_own(connection: &mut PgConnection, slug: &str, name: &str) -> Result<()> {
    need_apart("queue", name, &db::queues::other_names(connection, slug).await?)
}

/// What permissions are read by, of which each is told apart by its looks; read under the control lock.
pub(crate) struct Labels {
    pub actions: Names,
    pub data_sets: Names,
    pub integrations: Names,
}

impl Labels {
    pub async fn load(connection: &mut PgConnection) -> Result<Self> {
        let shop = db::catalog::shop(connection).await?;
        let names = |what, known| Names { what, known };
        Ok(Self {
            actions: names("action", shop.actions.into_iter().map(|action| (action.name, action.label)).collect()),
            data_sets: names("data set", shop.data_sets.into_iter().map(|set| (set.name, set.label)).collect()),
            integrations: names("integration", shop.integrations.into_iter().map(|one| (one.slug, one.name)).collect()),
        })
    }
}

/// How all of a kind are called.
pub(crate) struct Names {
    what: &'static str,
    known: BTreeMap<String, String>,
}

impl Names {
    pub fn has(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    /// A label that no other has, nor one that looks like it. One that stands already is nobody's news.
    pub fn put(&mut self, name: &str, label: &str) -> Result<()> {
        if self.known.insert(name.to_owned(), label.to_owned()).is_some_and(|before| before == label) {
            return Ok(());
        }
        let others = self.known.iter().filter(|(other, _)| *other != name).map(|(_, label)| label.clone());
        need_apart(self.what, label, &Vec::from_iter(others))
    }
}

/// Whoever was here once stays in the record, so that nobody else gets their name, nor an address that looks like theirs.
pub(crate) async fn need_persons_own(connection: &mut PgConnection, me: &Me) -> Result<()> {
    let (names, emails) = db::people::others(connection, me.id).await?.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    need_apart("person", &me.name, &names)?;
    let Some(other) = emails.iter().find(|other| addresses_look_alike(&me.email, other)) else { return Ok(()) };
    let [email, other] = [&me.email, other].map(|email| value(email));
    let words = format!("the address {email} looks like that of another person, {other}");
    Err(Error::Invalid(Fault::EmailAlike, words))
}

/// What Reins calls itself, and all agents.
const OWN: [&str; 5] = ["Reins", "The command line", "Command line", "All agents", "Everything"];

fn need_apart(what: &str, name: &str, others: &[String]) -> Result<()> {
    let shown = value(name);
    let words = if OWN.iter().any(|own| look_alike(name, own)) {
        format!("the name {shown} would pass for one that Reins uses itself")
    } else if let Some(other) = others.iter().find(|other| look_alike(name, other)) {
        let other = value(other);
        format!("the name {shown} looks like that of another {what}, {other}: people would take one for the other")
    } else {
        return Ok(());
    };
    Err(Error::Invalid(Fault::Alike, words))
}
