//! The words of the agent API, version 1, as they stand on the wire.

use chrono::{DateTime, Utc};
use domain::{
    approval::{Given, Pending, given_in},
    decision::Reason,
    money::Money,
    request::{Ask, Customer, Read},
    state,
};
use governance::{Asked, Claimed, Followed, Grant, Vote};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::members::Members;

/// A decimal string with no more decimals than the currency has, and an ISO 4217 code.
#[derive(ToSchema)]
#[expect(dead_code, reason = "stands for `domain::Money` in the description of the API")]
pub struct MoneyBody {
    #[schema(example = "72.50")]
    amount: String,
    #[schema(example = "USD")]
    currency: String,
}

/// One ask. `action` and `arguments` are required; the rest as far as the agent's permission set requires it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Ask)]
pub struct AskBody {
    #[schema(example = "order.refund")]
    pub action: String,
    /// As the action type's schema says.
    #[schema(value_type = Object)]
    pub arguments: Value,
    /// The data that the action rests on; absent, the data sets of its type count.
    #[schema(value_type = Option<Vec<ReadBody>>)]
    pub reads: Option<Vec<Members<ReadBody>>>,
    #[schema(value_type = Option<CustomerBody>)]
    pub customer: Option<Members<CustomerBody>>,
    pub topics: Option<Vec<String>>,
    pub template: Option<String>,
    /// What made the agent ask, such as a ticket.
    pub trigger: Option<String>,
    pub input: Option<String>,
    pub reasoning: Option<String>,
    pub output: Option<String>,
    pub model: Option<String>,
    pub prompt_version: Option<String>,
    pub agent_version: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Read)]
pub struct ReadBody {
    pub data_set: String,
    pub subject: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Customer)]
pub struct CustomerBody {
    pub id: String,
    /// How many orders, this one included.
    pub orders: Option<u32>,
    #[schema(value_type = Option<MoneyBody>)]
    pub lifetime_value: Option<Members<Money>>,
    pub open_complaints: Option<u32>,
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
#[schema(as = Decision)]
pub struct AskedBody {
    pub id: Uuid,
    /// `allowed`, `denied`, `needs_approval`, `shadowed`, `stopped` or `paused`.
    pub decision: String,
    pub state: &'static str,
    pub reasons: Vec<ReasonBody>,
    pub permission_version: Option<i32>,
    pub approvals: Vec<ApprovalBody>,
    /// Only with `allowed`.
    pub grant: Option<GrantBody>,
    /// Only with `shadowed`.
    pub would_have_been: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Reason)]
pub struct ReasonBody {
    /// `stop`, `agent`, `integration`, `data_access`, `action_scope`, `approval_thresholds`, `audit_logging`, `tightening`.
    #[schema(value_type = String)]
    pub layer: domain::decision::Layer,
    pub rule: String,
    pub text: String,
    /// A JSON pointer into the request.
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

fn approvals(pending: Vec<Pending>, given: &[Given]) -> Vec<ApprovalBody> {
    let wire = |pending: Pending| ApprovalBody {
        given: given_in(&pending.need.queue, given),
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
            approvals: approvals(asked.approvals, &[]),
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
    #[schema(value_type = Object)]
    pub arguments: Value,
    pub decision: String,
    /// `denied`, `stopped`, `paused`, `shadowed`, `granted`, `waiting`, `frozen`, `approved`, `rejected`, `expired`,
    /// `cancelled`, `succeeded`, `failed`, `unknown` or `rolled_back`.
    pub state: &'static str,
    pub reasons: Vec<ReasonBody>,
    pub permission_version: Option<i32>,
    pub approvals: Vec<ApprovalBody>,
    /// Who decided what, when and why, the oldest first.
    pub decided: Vec<VoteBody>,
    pub would_have_been: Option<String>,
    pub asked_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    /// Waiting: to be decided by. Approved: to be claimed by. Granted: to be executed by.
    pub deadline: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Vote)]
pub struct VoteBody {
    pub by: String,
    pub what: String,
    pub at: DateTime<Utc>,
    pub note: String,
}

impl From<Followed> for FollowedBody {
    fn from(followed: Followed) -> Self {
        let approvals = approvals(followed.approvals, &followed.given);
        let vote = |vote: Vote| VoteBody { by: vote.by, what: vote.what, at: vote.at, note: vote.note };
        Self {
            id: followed.asked.id.0,
            action: followed.action,
            arguments: followed.arguments,
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
    #[schema(value_type = Object)]
    pub arguments: Value,
}

impl From<Claimed> for ClaimedBody {
    fn from(claimed: Claimed) -> Self {
        Self { grant: claimed.grant.into(), arguments: claimed.arguments }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = State)]
pub struct StateBody {
    pub id: Uuid,
    pub state: &'static str,
}

/// What came of a granted request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Outcome)]
pub struct OutcomeBody {
    /// The token of the grant; without it, the outcome is recorded as a breach and refused.
    pub grant: Option<String>,
    /// `succeeded`, `failed` or `unknown`.
    #[schema(value_type = String)]
    pub status: state::Outcome,
    #[serde(default)]
    pub reference: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub detail: Value,
    #[schema(value_type = Option<CostBody>)]
    pub cost: Option<Members<CostBody>>,
}

/// Up to six decimals.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Cost)]
pub struct CostBody {
    #[schema(example = "0.012")]
    pub amount: String,
    #[schema(example = "USD")]
    pub currency: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Feedback)]
pub struct FeedbackBody {
    /// `complaint`, `quality` or `reply`.
    #[schema(value_type = String)]
    pub kind: governance::FeedbackKind,
    /// From 0, bad, to 1, good.
    pub score: Option<f64>,
    #[serde(default)]
    pub note: String,
}

/// An agent, as it learns of itself.
#[derive(Serialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentBody {
    pub slug: String,
    pub name: String,
    pub mode: &'static str,
    pub stopped: bool,
    pub permission_version: Option<i32>,
    /// The permission set in force, as data.
    #[schema(value_type = Option<Object>)]
    pub permissions: Option<domain::permission::PermissionSet>,
    /// The same, as sentences a layer.
    #[schema(value_type = Option<Object>)]
    pub sentences: Option<domain::sentence::Sentences>,
}
