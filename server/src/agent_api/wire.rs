//! The words of the agent API, version 1, as they stand on the wire.

use chrono::{DateTime, Utc};
use domain::{
    approval::Pending,
    decision::Reason,
    money::Money,
    request::{Ask, Customer, Read},
    state,
};
use governance::{Asked, Claimed, Followed, Grant, Vote};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    members::Members,
    words::{AgentMode, DecisionWord, FeedbackWord, OutcomeStatus, ReasonLayer, RequestState, ShortText, VoteKind},
};

mod permissions;
pub use permissions::{MoneyBody, PermissionsBody, SentencesBody};

/// One ask. `action` and `arguments` are required; the rest as far as the agent's permission set requires it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Ask, example = json!({
    "action": "order.refund",
    "arguments": { "order_id": "#W6067464", "total": { "amount": "72.50", "currency": "USD" } },
    "customer": { "id": "omar_anderson_3203", "orders": 3 },
    "trigger": "ticket 4411",
    "reasoning": "Order was delivered 6 days ago; the policy allows returns within 30 days.",
}))]
pub struct AskBody {
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub action: String,
    /// As the action type's schema says.
    #[schema(value_type = HashMap<String, Value>)]
    pub arguments: Value,
    /// The data that the action rests on, beside the data sets of its type, which count in any case, of this
    /// customer where nothing else is said. An empty list says that nothing else is read.
    #[schema(value_type = Option<Vec<ReadBody>>, max_items = 100)]
    pub reads: Option<Vec<Members<ReadBody>>>,
    #[schema(value_type = Option<CustomerBody>)]
    pub customer: Option<Members<CustomerBody>>,
    #[schema(value_type = Option<Vec<ShortText>>, max_items = 100)]
    pub topics: Option<Vec<String>>,
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub template: Option<String>,
    /// What made the agent ask, such as a ticket.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub trigger: Option<String>,
    pub input: Option<String>,
    pub reasoning: Option<String>,
    pub output: Option<String>,
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub model: Option<String>,
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub prompt_version: Option<String>,
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub agent_version: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Read)]
pub struct ReadBody {
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub data_set: String,
    /// Whose data it is.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub subject: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Customer)]
pub struct CustomerBody {
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub id: String,
    /// How many orders, this one included.
    #[serde(default, deserialize_with = "whole")]
    #[schema(maximum = 4294967295_u32)]
    pub orders: Option<u32>,
    #[schema(value_type = Option<MoneyBody>)]
    pub lifetime_value: Option<Members<Money>>,
    #[serde(default, deserialize_with = "whole")]
    #[schema(maximum = 4294967295_u32)]
    pub open_complaints: Option<u32>,
}

/// A whole number however it is written: to JSON, `3.0` is `3`.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let fits = |number: f64| number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    match Option::<f64>::deserialize(deserializer)? {
        None => Ok(None),
        Some(number) if fits(number) => Ok(Some(number as u32)),
        Some(_) => Err(D::Error::custom(format!("is not a whole number from 0 to {}", u32::MAX))),
    }
}

impl From<AskBody> for Ask {
    fn from(body: AskBody) -> Self {
        let read = |Members(read): Members<ReadBody>| Read { data_set: read.data_set, subject: read.subject };
        let customer = |Members(customer): Members<CustomerBody>| Customer {
            id: customer.id,
            orders: customer.orders,
            lifetime_value: customer.lifetime_value.map(|Members(money)| money),
            open_complaints: customer.open_complaints,
        };
        Self {
            action: body.action,
            arguments: body.arguments,
            reads: body.reads.map(|reads| reads.into_iter().map(read).collect()),
            customer: body.customer.map(customer),
            topics: body.topics,
            template: body.template,
            trigger: body.trigger,
            input: body.input,
            reasoning: body.reasoning,
            output: body.output,
            model: body.model,
            prompt_version: body.prompt_version,
            agent_version: body.agent_version,
        }
    }
}

/// A decision. It is an answer, not an error, whatever it is.
#[derive(Serialize, ToSchema)]
#[schema(as = Decided, example = json!({
    "id": "0199a3c2-7d1e-7000-8000-000000000000", "decision": "needs_approval", "state": "waiting",
    "reasons": [{
        "layer": "approval_thresholds", "rule": "refund-over-50", "pointer": "/arguments/total",
        "text": "Refund: the amount is over $50.00, so one person from CS leads decides.",
    }],
    "permission_version": 7,
    "approvals": [{ "queue": "cs-leads", "needed": 1, "given": 0, "expires_at": "2026-11-30T12:00:00Z" }],
    "grant": null, "would_have_been": null,
}))]
pub struct AskedBody {
    pub id: Uuid,
    #[schema(value_type = DecisionWord)]
    pub decision: String,
    #[schema(value_type = RequestState)]
    pub state: &'static str,
    pub reasons: Vec<ReasonBody>,
    #[schema(required)]
    pub permission_version: Option<i32>,
    pub approvals: Vec<ApprovalBody>,
    /// Only with `allowed`.
    #[schema(required)]
    pub grant: Option<GrantBody>,
    /// Only with `shadowed`.
    #[schema(value_type = Option<DecisionWord>, required)]
    pub would_have_been: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Reason)]
pub struct ReasonBody {
    #[schema(value_type = ReasonLayer)]
    pub layer: domain::decision::Layer,
    pub rule: String,
    pub text: String,
    /// A JSON pointer into the request.
    #[schema(required)]
    pub pointer: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Approval)]
pub struct ApprovalBody {
    pub queue: String,
    pub needed: u32,
    pub given: u32,
    pub expires_at: DateTime<Utc>,
}

/// Leave to execute one request once, before a moment of the database's clock.
#[derive(Serialize, ToSchema)]
#[schema(as = Grant)]
pub struct GrantBody {
    pub token: String,
    pub execute_before: DateTime<Utc>,
    pub execute_within_s: i64,
}

impl From<Grant> for GrantBody {
    fn from(grant: Grant) -> Self {
        Self { token: grant.token, execute_before: grant.execute_before, execute_within_s: state::GRANT_SECONDS }
    }
}

fn reasons(reasons: Vec<Reason>) -> Vec<ReasonBody> {
    let wire = |reason: Reason| ReasonBody {
        layer: reason.layer,
        rule: reason.rule,
        text: reason.text,
        pointer: reason.pointer,
    };
    reasons.into_iter().map(wire).collect()
}

fn approvals(pending: impl IntoIterator<Item = (Pending, u32)>) -> Vec<ApprovalBody> {
    let wire = |(pending, given): (Pending, u32)| ApprovalBody {
        given,
        queue: pending.need.queue,
        needed: pending.need.needed,
        expires_at: pending.expires_at,
    };
    pending.into_iter().map(wire).collect()
}

impl From<Asked> for AskedBody {
    fn from(asked: Asked) -> Self {
        Self {
            id: asked.id.0,
            decision: asked.decision,
            state: asked.state.name(),
            reasons: reasons(asked.reasons),
            permission_version: asked.permission_version,
            approvals: approvals(asked.approvals.into_iter().map(|pending| (pending, 0))),
            grant: asked.grant.map(GrantBody::from),
            would_have_been: asked.would_have_been,
        }
    }
}

/// A request as it stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Request)]
pub struct FollowedBody {
    pub id: Uuid,
    pub action: String,
    /// As approved; a person may have changed them.
    #[schema(value_type = HashMap<String, Value>)]
    pub arguments: Value,
    /// Whether the customer was erased, and with them what was asked: then there are neither arguments nor reasons, and
    /// nothing is carried out.
    pub erased: bool,
    #[schema(value_type = DecisionWord)]
    pub decision: String,
    #[schema(value_type = RequestState)]
    pub state: &'static str,
    pub reasons: Vec<ReasonBody>,
    #[schema(required)]
    pub permission_version: Option<i32>,
    pub approvals: Vec<ApprovalBody>,
    /// Who decided what, when and why, the oldest first.
    pub decided: Vec<VoteBody>,
    #[schema(value_type = Option<DecisionWord>, required)]
    pub would_have_been: Option<String>,
    pub asked_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    /// Waiting: to be decided by. Approved: to be claimed by. Granted: to be executed by.
    #[schema(required)]
    pub deadline: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Vote)]
pub struct VoteBody {
    pub by: String,
    #[schema(value_type = VoteKind)]
    pub what: String,
    pub at: DateTime<Utc>,
    pub note: String,
}

impl From<Followed> for FollowedBody {
    fn from(followed: Followed) -> Self {
        let approvals = approvals(followed.approvals);
        let vote = |vote: Vote| VoteBody { by: vote.by, what: vote.what, at: vote.at, note: vote.note };
        Self {
            id: followed.asked.id.0,
            action: followed.action,
            arguments: followed.arguments,
            erased: followed.erased,
            decision: followed.asked.decision,
            state: followed.state.name(),
            reasons: reasons(followed.asked.reasons),
            permission_version: followed.asked.permission_version,
            approvals,
            decided: followed.votes.into_iter().map(vote).collect(),
            would_have_been: followed.asked.would_have_been,
            asked_at: followed.asked_at,
            changed_at: followed.changed_at,
            deadline: followed.deadline,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Claim)]
pub struct ClaimedBody {
    pub grant: GrantBody,
    /// As approved; a person may have changed them.
    #[schema(value_type = HashMap<String, Value>)]
    pub arguments: Value,
}

impl From<Claimed> for ClaimedBody {
    fn from(claimed: Claimed) -> Self {
        Self { grant: claimed.grant.into(), arguments: claimed.arguments }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Standing)]
pub struct StateBody {
    pub id: Uuid,
    #[schema(value_type = RequestState)]
    pub state: &'static str,
}

/// What came of a granted request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Outcome, example = json!({
    "grant": "grant_…", "status": "succeeded", "reference": "refund 991",
    "cost": { "amount": "0.012", "currency": "USD" },
}))]
pub struct OutcomeBody {
    /// The token of the grant; without it, the outcome is recorded as a breach and refused.
    pub grant: Option<String>,
    #[schema(value_type = OutcomeStatus)]
    pub status: state::Outcome,
    #[serde(default)]
    #[schema(max_length = 500)]
    pub reference: String,
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub detail: Value,
    #[schema(value_type = Option<CostBody>)]
    pub cost: Option<Members<CostBody>>,
}

/// Up to six decimals.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Cost)]
pub struct CostBody {
    #[schema(example = "0.012", pattern = r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
    pub amount: String,
    #[schema(example = "USD", pattern = "^[A-Z]{3}$")]
    pub currency: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Feedback, example = json!({ "kind": "quality", "score": 0.8, "note": "answered kindly" }))]
pub struct FeedbackBody {
    #[schema(value_type = FeedbackWord)]
    pub kind: governance::FeedbackKind,
    /// From 0, bad, to 1, good.
    #[schema(minimum = 0, maximum = 1)]
    pub score: Option<f64>,
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub note: String,
}

/// An agent, as it learns of itself.
#[derive(Serialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentBody {
    pub slug: String,
    pub name: String,
    #[schema(value_type = AgentMode)]
    pub mode: &'static str,
    pub stopped: bool,
    #[schema(required)]
    pub permission_version: Option<i32>,
    /// The permission set in force, as data.
    #[schema(value_type = Option<PermissionsBody>, required)]
    pub permissions: Option<domain::permission::PermissionSet>,
    /// The same, as sentences a layer.
    #[schema(value_type = Option<SentencesBody>, required)]
    pub sentences: Option<domain::sentence::Sentences>,
}

/// What is told on the stream: the name of a server-sent event, and its data. Each has an id, for `Last-Event-ID`.
#[derive(Serialize, ToSchema)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum StreamEvent {
    /// This agent or everything is stopped.
    Stopped(Nothing),
    Released(Nothing),
    /// The permission set, the mode or a tightening is another.
    Permissions(Nothing),
    /// A request of this agent stands in this state now.
    Action(StateBody),
}

/// An empty object.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}
