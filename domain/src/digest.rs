//! What an approval is bound to.

use serde::Serialize;
use serde_json::Value;

use crate::{
    id::{AgentId, RequestId},
    json,
    request::{Ask, Customer, Read},
};

/// All that a reviewer decides about; its canonical form is what the digest is over.
#[derive(Serialize)]
struct Bound<'a> {
    id: RequestId,
    agent: AgentId,
    action: &'a str,
    revision: i32,
    arguments: &'a Value,
    customer: Option<&'a Customer>,
    reads: Option<&'a [Read]>,
    topics: Option<&'a [String]>,
    output: Option<&'a str>,
}

/// SHA-256 over the canonical form (RFC 8785) of what a reviewer sees take effect.
pub fn of_request(id: RequestId, agent: AgentId, revision: i32, ask: &Ask) -> Result<[u8; 32], serde_json::Error> {
    json::digest(&Bound {
        id,
        agent,
        action: &ask.action,
        revision,
        arguments: &ask.arguments,
        customer: ask.customer.as_ref(),
        reads: ask.reads.as_deref(),
        topics: ask.topics.as_deref(),
        output: ask.output.as_deref(),
    })
}
