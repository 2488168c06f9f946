//! Replicas beside a newer schema: they go on where that lets them, and do nothing any more where it does not.

use domain::state::State;
use governance::{AgentError, Error, Governance, Health, NotMigrated, NotReady, migrate};

use crate::support::{Shop, gift, note, refund};

/// What a newer program has done to the schema, recorded as the migrator records it.
async fn migrate_newer(shop: &Shop, sql: &str) {
    shop.database
        .run(format!(
            "begin; {sql};
             insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             values (9999, 'newer', true, '', 0);
             commit"
        ))
        .await;
}

const WIDER: &str = "alter table agents add column mood text; create table moods (name text)";
const NARROWER: &str = "alter table agents rename column purpose to aim; select need_version(9999)";

/// How a replica stands by now.
async fn health(replica: &Governance) -> Health {
    // What was found is good for half a second.
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    replica.health().await
}

#[tokio::test]
async fn a_newer_schema_that_lets_them_keeps_old_replicas_well() {
    let shop = Shop::open().await;
    let replicas = [shop.governance.clone(), shop.replica()];
    let approved = shop.approved_refund().await;
    migrate_newer(&shop, WIDER).await;
    for replica in &replicas {
        assert_eq!(health(replica).await, Health::Ready);
        replica.ready().await.unwrap();
        let asked = replica.ask(&shop.key, &uuid::Uuid::now_v7().to_string(), refund("1.00")).await.unwrap();
        assert_eq!(asked.state, State::Granted);
    }
    shop.claim(approved).await.unwrap();
    shop.governance.stop(&shop.operator, None, "").await.unwrap();
    shop.release(None, "fine").await;

    // Gone back to, the older program starts, and leaves the schema as it is.
    migrate(&shop.database.owner_url(), &shop.database.server_url()).await.unwrap();
    assert_eq!(shop.database.count("select max(version) from _sqlx_migrations").await, 9999);
    shop.database.run("update _sqlx_migrations set checksum = 'x' where version = 3").await;
    let other = migrate(&shop.database.owner_url(), &shop.database.server_url()).await;
    assert!(matches!(other, Err(NotMigrated::Other(3))));
}

#[tokio::test]
async fn a_newer_schema_that_leaves_them_behind_has_old_replicas_do_nothing() {
    let shop = Shop::open().await;
    let replicas = [shop.governance.clone(), shop.replica()];
    let approved = shop.approved_refund().await;
    let waiting = shop.waiting(gift()).await;
    let digest = shop.look_at(waiting).await.digest;
    shop.ask(note("both have read the control state")).await;
    replicas[1].ask(&shop.key, "too", note("both have read the control state")).await.unwrap();
    migrate_newer(&shop, NARROWER).await;
    let written = "select count(*) from entries";
    let entries = shop.database.count(written).await;

    for replica in &replicas {
        let asked = replica.ask(&shop.key, &uuid::Uuid::now_v7().to_string(), note("not any more")).await;
        assert!(matches!(asked, Err(AgentError::Unavailable)), "{asked:?}");
        assert!(matches!(replica.claim(&shop.key, "c", approved).await, Err(AgentError::Unavailable)));
        assert!(matches!(replica.approve(&shop.ana, waiting, &digest, "").await, Err(Error::Unavailable)));
        assert!(matches!(replica.need_two_to_publish(&shop.admin).await, Err(Error::Unavailable)));
        assert!(replica.pass_deadlines().await.is_err());
        // What it cannot know to hold is not confirmed.
        assert!(matches!(replica.stop(&shop.operator, None, "").await, Err(Error::Unavailable)));
        assert_eq!(health(replica).await, Health::Ahead);
        assert_eq!(replica.ready().await, Err(NotReady::Ahead));
    }
    assert_eq!(shop.database.count(written).await, entries);
    let refused = migrate(&shop.database.owner_url(), &shop.database.server_url()).await;
    assert!(matches!(refused, Err(NotMigrated::Newer)));
}

#[tokio::test]
async fn decisions_under_way_are_waited_for_before_replicas_are_left_behind() {
    let shop = Shop::open().await;
    let mut deciding = shop.database.server_session().await;
    sqlx::query("begin").execute(&mut deciding).await.unwrap();
    sqlx::query("select pg_advisory_xact_lock_shared(90457536090880)").execute(&mut deciding).await.unwrap();
    let mut newer = shop.database.owner.acquire().await.unwrap();
    sqlx::query("set lock_timeout = '100ms'").execute(&mut *newer).await.unwrap();
    let refused = sqlx::query("select need_version(9999)").execute(&mut *newer).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("55P03"));
    sqlx::query("commit").execute(&mut deciding).await.unwrap();
    sqlx::query("select need_version(9999)").execute(&mut *newer).await.unwrap();
    // It is the owner's to say.
    let by_server = sqlx::query("select need_version(0)").execute(&mut deciding).await.unwrap_err();
    assert_eq!(by_server.as_database_error().unwrap().code().as_deref(), Some("42501"));
}
