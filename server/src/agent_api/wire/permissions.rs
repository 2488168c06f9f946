//! How the description shows money, permission sets and sentences. `domain` has the types, and goes to browsers, too,
//! which need no description; a test holds these against what is sent.
#![expect(dead_code, reason = "describes what `domain` writes")]

use std::collections::{BTreeMap, BTreeSet};

use utoipa::ToSchema;

use super::super::words::{ActionEffect, RequestField};

/// A decimal string with no more decimals than the currency has, and an ISO 4217 code.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Money)]
pub struct MoneyBody {
    #[schema(example = "72.50", pattern = r"^[0-9]{1,16}(\.[0-9]{1,4})?$")]
    amount: String,
    #[schema(example = "USD", pattern = "^[A-Z]{3}$")]
    currency: String,
}

/// A permission set, layer by layer.
#[derive(ToSchema)]
#[schema(as = Permissions)]
pub struct PermissionsBody {
    data_access: DataAccess,
    action_scope: ActionScope,
    approval_thresholds: ApprovalThresholds,
    audit_logging: AuditLogging,
}

/// What is not listed is denied; a denial wins.
#[derive(ToSchema)]
struct DataAccess {
    read: BTreeMap<String, Scope>,
    deny: BTreeSet<String>,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum Scope {
    ThisCustomer,
    All,
}

/// What is not listed is denied; a denial wins.
#[derive(ToSchema)]
struct ActionScope {
    allow: BTreeMap<String, Allowance>,
    deny: BTreeSet<String>,
}

#[derive(ToSchema)]
struct Allowance {
    /// Judged and recorded, never carried out.
    shadow: bool,
    /// Beyond them is denied, and nobody is asked.
    #[schema(required = false)]
    limits: Vec<Limit>,
}

#[derive(ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Limit {
    /// An amount a request.
    Amount { most: MoneyBody },
    /// Requests in a rolling window, this one included.
    Count { most: u32, window: Window },
    /// Money in a rolling window, this request included.
    Sum { most: MoneyBody, window: Window },
}

#[derive(ToSchema)]
struct Window {
    per: Per,
    /// In seconds.
    within_s: u32,
    /// The actions that count; without any, the one that is judged.
    #[schema(required = false)]
    actions: BTreeSet<String>,
    /// Whether the agent's word that something failed gives its place back.
    #[schema(required = false)]
    trust_agent: bool,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum Per {
    Customer,
    Agent,
}

#[derive(ToSchema)]
struct ApprovalThresholds {
    queue: String,
    within_s: u32,
    rules: Vec<Rule>,
}

/// "When these actions and all these conditions, `needed` different people of `queue` decide within `within_s`."
#[derive(ToSchema)]
struct Rule {
    id: String,
    /// Kept, and asks nobody.
    #[schema(required = false)]
    off: bool,
    applies_to: AppliesTo,
    #[schema(required = false)]
    when: Vec<Condition>,
    queue: String,
    needed: u32,
    within_s: u32,
    #[schema(rename = "else")]
    otherwise: Otherwise,
    /// Whether somebody who decides for another queue may decide for this one, too.
    same_person: bool,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum AppliesTo {
    Any,
    Actions(BTreeSet<String>),
    Effects(BTreeSet<ActionEffect>),
}

/// What happens when nobody decides in time. It is never a yes.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum Otherwise {
    Reject,
    Escalate(Escalation),
}

/// Who gets it then, with a time of its own.
#[derive(ToSchema)]
struct Escalation {
    queue: String,
    within_s: u32,
}

/// Something that can be true of a request. What is unknown counts as true.
#[derive(ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Condition {
    AmountOver { limit: MoneyBody },
    FirstOrder { trust_agent: bool },
    LifetimeValueOver { limit: MoneyBody, trust_agent: bool },
    OpenComplaint { trust_agent: bool },
    UnknownCustomer,
    Touches { topics: BTreeSet<String> },
    FirstOfItsKind,
    TemplateNotIn { templates: BTreeSet<String> },
    CountOver { limit: u32, window: Window },
    SumOver { limit: MoneyBody, window: Window },
    Irreversible,
}

#[derive(ToSchema)]
struct AuditLogging {
    record: Recorded,
    /// What a request must carry.
    require: BTreeSet<RequestField>,
    /// JSON pointers into the request whose values nobody is shown.
    #[schema(required = false)]
    mask: BTreeSet<String>,
    keep_days: u32,
}

#[derive(ToSchema)]
struct Recorded {
    input: bool,
    reasoning: bool,
    output: bool,
    reads: bool,
}

/// A permission set as sentences, layer by layer.
#[derive(ToSchema)]
#[schema(as = Sentences)]
pub struct SentencesBody {
    data_access: Vec<String>,
    action_scope: Vec<String>,
    approval_thresholds: Vec<String>,
    audit_logging: Vec<String>,
}
