//! A shop of an earlier version, as this one serves it.

use app::feature;
use domain::{id::RequestId, state::State};
use governance::{Actor, Governance, Health, Key, Pools, migrate};
use serde_json::json;
use server::{metrics, router, serve};
use uuid::Uuid;

use super::{dump::Left, living::ASKED_FIRST};
use crate::{
    front::{Front, config, refund},
    support::{self, Database, Shop, gift},
};

pub async fn serves(database: Database, left: Left) {
    migrate(&database.owner_url(), &database.server_url()).await.unwrap();
    database.run(format!("select set_clock('{}')", left.told)).await;
    let front = open(database, &left).await;
    let shop = &front.shop;
    let governance = &shop.governance;
    governance.ready().await.unwrap();
    assert_eq!(governance.health().await, Health::Ready);

    let verified = governance.verify(&shop.auditor).await.unwrap();
    assert!(verified.entries > 300 && verified.broken.is_empty(), "{verified:?}");
    assert_eq!(governance.holds(&shop.admin).await.unwrap().len(), 1);
    pages(&front, &left).await;
    asks(&front, &left).await;
    decisions(shop).await;

    // What people were about to do, another does.
    let ida = Actor::Person(governance.person_by_email("ida@example.com").await.unwrap().unwrap());
    let proposed = governance.proposed_changes(&ida).await.unwrap();
    let meaning = domain::authoring::statement::keys(&proposed[0].meaning.statements);
    governance.accept_change(&ida, proposed[0].head.id, "agreed", &meaning).await.unwrap();
    let draft = governance.draft(&ida, "support").await.unwrap();
    assert!(draft.draft.unwrap().proposal.is_some());
    assert!(governance.impact(&ida, "support").await.unwrap().run.unwrap().summary.is_some());

    // And what goes on by itself goes on.
    for _ in 0..2 {
        // What nobody decides goes to others, and is over when they do not, either.
        shop.database.shift_clock("3 days").await;
        governance.pass_deadlines().await.unwrap();
    }
    governance.count_entries().await.unwrap();
    governance.add_up_spans().await.unwrap();
    governance.make_room().await.unwrap();
    governance.tidy().await.unwrap();
    assert_eq!(shop.database.count("select count(*) from requests where state in ('waiting', 'approved')").await, 0);
    assert!(governance.verify(&shop.auditor).await.unwrap().broken.is_empty());
}

async fn open(database: Database, left: &Left) -> Front {
    let governance = Governance::connect(&database.server_url(), Pools::default()).unwrap();
    let person = async |name: &str| {
        let me = governance.person_by_email(&format!("{name}@example.com")).await.unwrap();
        Actor::Person(me.unwrap_or_else(|| panic!("{name} is not there")))
    };
    let shop = Shop {
        key: Key::read(&left.key).unwrap(),
        admin: person("ada").await,
        operator: person("oli").await,
        auditor: person("aud").await,
        mia: person("mia").await,
        ana: person("ana").await,
        ben: person("ben").await,
        lee: person("lee").await,
        stranger: person("sam").await,
        governance: governance.clone(),
        database,
    };
    let house = serve::house(governance.clone(), config(1000)).unwrap();
    tokio::spawn(house.live.clone().poll(governance));
    let (key, hook) = (left.key.clone(), left.hook.clone());
    Front { shop, key, hook, metrics: metrics::router(house.clone()), router: router::router(house) }
}

async fn request_in(shop: &Shop, state: &str) -> RequestId {
    let id = sqlx::query_scalar("select id from requests where state = $1 order by asked_at desc limit 1");
    RequestId(id.bind(state).fetch_one(&shop.database.owner).await.unwrap())
}

async fn pages(front: &Front, left: &Left) {
    let mut admin = front.browser();
    admin.cookie = left.cookie.clone();
    let waiting = request_in(&front.shop, "waiting").await;
    for page in feature::pages().filter(|page| page.needs.is_some()) {
        let parts = [(":slug", "support"), (":version", "1"), (":integration", "shopify"), (":name", "order.refund")];
        let path = parts.iter().fold(page.path.to_owned(), |path, (part, value)| path.replace(part, value));
        let path = path.replace(":id", &waiting.to_string());
        let answer = admin.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    }
    let ids = "select id from requests order by asked_at";
    let requests: Vec<Uuid> = sqlx::query_scalar(ids).fetch_all(&front.shop.database.owner).await.unwrap();
    assert!(requests.len() > 100);
    for id in requests {
        let answer = admin.get(&format!("/approvals/{id}")).await;
        assert_eq!(answer.status, 200, "{id}: {answer:?}");
    }
    let mut again = front.browser();
    assert_eq!(again.sign_in("admin@front.example").await.header("location"), "/");
}

async fn asks(front: &Front, left: &Left) {
    let shop = &front.shop;
    let first = shop.governance.ask(&shop.key, ASKED_FIRST, support::refund("9.00")).await;
    assert!(matches!(first, Err(governance::AgentError::GrantExpired(_))), "{first:?}");
    assert_eq!(front.ask(&refund("20.00")).await["decision"], "allowed");
    let other = front.post_text(&left.other, "/actions", "stopped", &refund("20.00").to_string()).await;
    assert_eq!(other.json()["decision"], "stopped", "{other:?}");

    let approved = request_in(shop, "approved").await;
    let claimed = front.post(&format!("/actions/{approved}/claim"), "c", &json!({})).await;
    assert_eq!(claimed.status, 200, "{claimed:?}");
    let outcome =
        json!({ "grant": claimed.json()["grant"]["token"], "status": "succeeded", "reference": "refund 991" });
    let reported = front.post(&format!("/actions/{approved}/outcome"), "", &outcome).await;
    assert_eq!(reported.json()["state"], "succeeded", "{reported:?}");
}

/// What waits is decided, and whoever follows is told.
async fn decisions(shop: &Shop) {
    let since = shop.governance.feed_position().await.unwrap();
    let waiting = shop.waiting(gift()).await;
    shop.approve(&shop.ana, waiting).await.unwrap();
    assert_eq!(shop.state(waiting).await, State::Approved);
    let older = request_in(shop, "waiting").await;
    shop.reject(&shop.ana, older, "too late").await.unwrap();
    let told = async {
        let mut since = since;
        loop {
            let read = shop.governance.changes(since).await.unwrap();
            if read.changes.iter().any(|change| change.request == Some(older)) {
                return;
            }
            since = read.next;
            // Transactions of other tests hold the feed back for a moment.
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), told).await.unwrap();
}
