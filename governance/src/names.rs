//! Names: plainly visible, and none that people take for another's.

use domain::{
    agent_file::{AgentHead, MOST_NAME, MOST_TEXT},
    fault::Fault,
    folding::look_alike,
    seen::{in_one_line, unfit_name, unfit_text},
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

/// Whoever was here once stays in the record, so that nobody else gets their name.
pub(crate) async fn need_persons_own(connection: &mut PgConnection, me: &Me) -> Result<()> {
    need_apart("person", &me.name, &db::people::other_names(connection, me.id).await?)
}

fn need_apart(what: &str, name: &str, others: &[String]) -> Result<()> {
    let Some(other) = others.iter().find(|other| look_alike(name, other)) else { return Ok(()) };
    let words = format!(
        "the name `{}` looks like that of another {what}, `{}`: people would take one for the other",
        in_one_line(name),
        in_one_line(other)
    );
    Err(Error::Invalid(Fault::Alike, words))
}
