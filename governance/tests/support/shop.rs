//! A shop with a live support agent, people of every role, and the queues that they decide in.

use domain::{
    agent::Mode,
    agent_file::AgentFile,
    authoring::statement::keys,
    id::{PersonId, RequestId},
    permission::PermissionSet,
    request::Ask,
    role::Role,
    state::State,
    view::{KeyKind, Me, RequestView, StopView},
};
use governance::{Actor, AgentError, Asked, Came, Claimed, Error, Governance, Key, Outcome, Pools, Taken};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Database, For};

pub struct Shop {
    pub database: Database,
    pub governance: Governance,
    /// Of the agent `support`.
    pub key: Key,
    pub admin: Actor,
    pub operator: Actor,
    pub auditor: Actor,
    /// A manager, and the only member of the queue `managers`.
    pub mia: Actor,
    /// Reviewers, and the members of the queue `cs-leads`.
    pub ana: Actor,
    pub ben: Actor,
    /// A reviewer, and the only member of the queue `legal`.
    pub lee: Actor,
    /// A reviewer without a queue.
    pub stranger: Actor,
}

/// The support agent: refunds up to 50.00 are its own, up to 500.00 with people, gifts always with people.
pub fn support_file() -> AgentFile {
    let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
    let over = |amount: &str| json!([{ "kind": "amount_over", "limit": usd(amount) }]);
    let refunds = json!({ "actions": ["order.refund"] });
    let text = json!({ "type": "string" });
    serde_json::from_value(json!({
        "agent": { "slug": "support", "name": "Support", "purpose": "Answers customers." },
        "queues": [
            { "slug": "cs-leads", "name": "CS leads" },
            { "slug": "legal", "name": "Legal" },
            { "slug": "managers", "name": "Managers" },
        ],
        "integrations": [{ "slug": "shopify", "name": "Shopify", "version": "2026-10" }],
        "data_sets": [{ "name": "customer.orders", "label": "Orders", "sensitivity": "personal" }],
        "actions": [
            {
                "name": "order.refund", "label": "Refund", "sentence": "Refund {total} to {customer}", "effect": "write",
                "reversibility": { "kind": "reversible", "how": "charge it again." }, "integration": "shopify",
                "data_sets": ["customer.orders"], "amount": "total",
                "arguments": { "type": "object", "required": ["order_id", "total"], "properties": {
                    "order_id": text, "card": text, "total": { "type": "money" },
                } },
            },
            {
                "name": "gift.send", "label": "Gift", "sentence": "Send {gift} to {customer}", "effect": "write",
                "reversibility": { "kind": "irreversible" },
                "arguments": { "type": "object", "required": ["gift"], "properties": { "gift": text } },
            },
            {
                "name": "desk.note", "label": "Note", "sentence": "Note {text}", "effect": "internal",
                "reversibility": { "kind": "reversible", "how": "delete it." }, "for_customer": false,
                "arguments": { "type": "object", "required": ["text"], "properties": { "text": text } },
            },
        ],
        "permissions": {
            "data_access": { "read": { "customer.orders": "this_customer" } },
            "action_scope": { "allow": {
                "order.refund": { "limits": [{ "kind": "amount", "most": usd("500.00") }] },
                "gift.send": {}, "desk.note": {}, "data.read": {},
            } },
            "approval_thresholds": { "queue": "cs-leads", "rules": [
                { "id": "over-50", "applies_to": refunds, "when": over("50.00"), "queue": "cs-leads", "within_s": 3600 },
                { "id": "over-200", "applies_to": refunds, "when": over("200.00"), "queue": "cs-leads", "needed": 2,
                    "within_s": 3600 },
                { "id": "over-300", "applies_to": refunds, "when": over("300.00"), "queue": "legal", "within_s": 7200 },
                { "id": "gifts", "applies_to": { "actions": ["gift.send"] }, "queue": "cs-leads", "within_s": 3600,
                    "else": { "escalate": { "queue": "managers", "within_s": 7200 } } },
            ] },
            "audit_logging": {},
        },
    }))
    .unwrap()
}

impl Shop {
    pub async fn open() -> Self {
        let database = Database::fresh().await;
        let governance = Governance::connect(&database.server_url(), Pools::default()).unwrap();
        let admin = person(&database, "Ada", Role::Admin).await;
        Self::take_in_as(&governance, &admin, &support_file(), "opening").await.unwrap();
        governance.set_mode(&admin, "support", Mode::Live, "opening").await.unwrap();
        let key = governance.create_key(&admin, "support", KeyKind::Agent, "test").await.unwrap();

        let shop = Self {
            key: Key::read(&key.secret).unwrap(),
            operator: person(&database, "Oli", Role::Operator).await,
            auditor: person(&database, "Aud", Role::Auditor).await,
            mia: person(&database, "Mia", Role::Manager).await,
            ana: person(&database, "Ana", Role::Reviewer).await,
            ben: person(&database, "Ben", Role::Reviewer).await,
            lee: person(&database, "Lee", Role::Reviewer).await,
            stranger: person(&database, "Sam", Role::Reviewer).await,
            admin,
            governance,
            database,
        };
        for (queue, member) in
            [("cs-leads", &shop.ana), ("cs-leads", &shop.ben), ("legal", &shop.lee), ("managers", &shop.mia)]
        {
            shop.governance.add_member(&shop.admin, queue, id_of(member)).await.unwrap();
        }
        shop
    }

    /// What another replica of the server holds.
    pub fn replica(&self) -> Governance {
        self.replica_with(Pools::default())
    }

    pub fn replica_with(&self, pools: Pools) -> Governance {
        Governance::connect(&self.database.server_url(), pools).unwrap()
    }

    /// A second live agent with the same permissions; gives its key.
    pub async fn second_agent(&self, slug: &str) -> Key {
        let mut file = support_file();
        file.agent.slug = slug.to_owned();
        file.agent.name = format!("Support {slug}");
        self.take_in(&file, "a second one").await.unwrap();
        self.governance.set_mode(&self.admin, slug, Mode::Live, "a second one").await.unwrap();
        let key = self.governance.create_key(&self.admin, slug, KeyKind::Agent, "test").await.unwrap();
        Key::read(&key.secret).unwrap()
    }

    pub async fn person(&self, name: &str, role: Role) -> Actor {
        person(&self.database, name, role).await
    }

    /// Publishes the support agent's permissions with a change.
    pub async fn publish(&self, change: impl FnOnce(&mut PermissionSet)) {
        self.apply(|file| change(&mut file.permissions)).await;
    }

    pub async fn apply(&self, change: impl FnOnce(&mut AgentFile)) {
        let mut file = support_file();
        change(&mut file);
        self.take_in(&file, "changed").await.unwrap();
    }

    /// Applies a file as the admin, with all that has to be accepted of it.
    pub async fn take_in(&self, file: &AgentFile, note: &str) -> Result<Taken, Error> {
        Self::take_in_as(&self.governance, &self.admin, file, note).await
    }

    pub async fn take_in_as(
        governance: &Governance,
        who: &Actor,
        file: &AgentFile,
        note: &str,
    ) -> Result<Taken, Error> {
        let shown = governance.apply(who, file, note, &[], true).await?;
        governance.apply(who, file, note, &keys(&shown.to_accept()), false).await
    }

    /// Asks as the support agent, each time for the first time.
    pub async fn try_ask(&self, ask: Ask) -> Result<Asked, AgentError> {
        self.governance.ask(&self.key, &Uuid::now_v7().to_string(), ask).await
    }

    pub async fn ask(&self, ask: Ask) -> Asked {
        self.try_ask(ask).await.unwrap()
    }

    /// A request that waits for people.
    pub async fn waiting(&self, ask: Ask) -> RequestId {
        let asked = self.ask(ask).await;
        assert_eq!(asked.state, State::Waiting, "{:?}", asked.reasons);
        asked.id
    }

    /// A refund that Ana has approved.
    pub async fn approved_refund(&self) -> RequestId {
        let id = self.waiting(super::refund("80.00")).await;
        self.approve(&self.ana, id).await.unwrap();
        id
    }

    pub async fn look_at(&self, id: RequestId) -> RequestView {
        self.governance.request(&self.admin, id).await.unwrap()
    }

    pub async fn state(&self, id: RequestId) -> State {
        self.look_at(id).await.row.state
    }

    /// Approves what the request is now.
    pub async fn approve(&self, who: &Actor, id: RequestId) -> Result<(), Error> {
        let digest = self.look_at(id).await.digest;
        self.governance.approve(who, id, &digest, "fine").await
    }

    pub async fn reject(&self, who: &Actor, id: RequestId, reason: &str) -> Result<(), Error> {
        let digest = self.look_at(id).await.digest;
        self.governance.reject(who, id, &digest, reason).await
    }

    /// Approves a refund of another amount.
    pub async fn change_amount(&self, who: &Actor, id: RequestId, amount: &str) -> Result<(), Error> {
        let seen = self.look_at(id).await;
        let mut arguments = seen.ask.arguments;
        arguments["total"] = serde_json::to_value(super::money(amount)).unwrap();
        self.governance.change_and_approve(who, id, &seen.digest, arguments, "less").await
    }

    pub async fn claim(&self, id: RequestId) -> Result<Claimed, AgentError> {
        self.governance.claim(&self.key, "claim", id).await
    }

    pub async fn report(
        &self,
        id: RequestId,
        token: &str,
        status: domain::state::Outcome,
    ) -> Result<State, AgentError> {
        let outcome = Outcome { status, reference: "refund 991".to_owned(), detail: json!({}), cost: None };
        self.governance.report(&self.key, id, Some(token), &outcome).await.map(|reported| reported.state)
    }

    /// Ends the stop of an agent, or of everything, as the operator.
    pub async fn release(&self, slug: Option<&str>, reason: &str) {
        let stop = self.held(slug).await;
        self.governance.release(&self.operator, stop.id, stop.said, reason).await.unwrap();
    }

    /// Ends the pause of an integration, as the operator.
    pub async fn close_breaker(&self, slug: &str, reason: &str) -> Result<(), Error> {
        let all = self.governance.integrations(&self.operator).await.unwrap();
        let opened = all.iter().find(|one| one.slug == slug).and_then(|one| one.pause.as_ref()).unwrap().began_at;
        self.governance.close_breaker(&self.operator, slug, opened, reason).await
    }

    /// Lets somebody sign in again, as the admin.
    pub async fn enable(&self, id: PersonId) -> Result<Came, Error> {
        let all = self.governance.people(&self.admin).await.unwrap();
        let disabled_at = all.iter().find(|one| one.id == id).and_then(|one| one.disabled_at).unwrap();
        self.governance.enable_person(&self.admin, id, disabled_at).await
    }

    /// The stop of an agent, or of everything, that holds.
    pub async fn held(&self, slug: Option<&str>) -> StopView {
        let stops = self.governance.stops(&self.operator).await.unwrap();
        let found = stops.into_iter().find(|stop| stop.agent.as_ref().map(|a| a.slug.as_str()) == slug);
        found.unwrap_or_else(|| panic!("{slug:?} is not stopped"))
    }

    /// Lets so many seconds pass, for everything.
    pub async fn pass_time(&self, seconds: i64) {
        self.database.shift_clock(&format!("{seconds} seconds")).await;
    }

    /// What stands in for a customer where requests are counted.
    pub async fn mark(&self, customer: &str) -> String {
        let id = self.ask(super::note("hello").of(customer)).await.id;
        let mark = sqlx::query_scalar("select customer_folded from requests where id = $1").bind(id.0);
        mark.fetch_one(&self.database.owner).await.unwrap()
    }

    /// What lies beside the entries of a kind, the oldest first.
    pub async fn beside(&self, kind: &str) -> Vec<Value> {
        let beside = "select body::jsonb from personal join entries on id = entry_id where kind = $1 order by at, id";
        sqlx::query_scalar(beside).bind(kind).fetch_all(&self.database.owner).await.unwrap()
    }

    /// The details of all entries of a kind, the oldest first.
    pub async fn entries(&self, kind: &str) -> Vec<Value> {
        let details = sqlx::query_scalar("select detail from entries where kind = $1 order by at, id").bind(kind);
        details.fetch_all(&self.database.owner).await.unwrap()
    }
}

pub fn id_of(actor: &Actor) -> PersonId {
    actor.person().unwrap().id
}

async fn person(database: &Database, name: &str, role: Role) -> Actor {
    let email = format!("{}@example.com", name.to_lowercase());
    let me = Me { id: PersonId(Uuid::now_v7()), name: name.to_owned(), email, role };
    let insert = sqlx::query(
        "insert into people (id, email, name, password_hash, role, created_at) values ($1, $2, $3, 'none', $4, told_now())",
    );
    let insert = insert.bind(me.id.0).bind(&me.email).bind(&me.name).bind(role.name());
    insert.execute(&database.owner).await.unwrap();
    Actor::Person(me)
}
