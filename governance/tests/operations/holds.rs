//! Legal holds: placed and released with a reason, by admins alone, and over by themselves after their last day.

use chrono::{Days, NaiveDate};
use domain::view::erasing::Kept;
use governance::{Conflict, Error, Hold};
use serde_json::json;

use crate::support::{Shop, id_of};

async fn held(shop: &Shop, agent: &str, mark: &str) -> bool {
    let held = sqlx::query_scalar("select held((select id from agents where slug = $1), $2)").bind(agent).bind(mark);
    held.fetch_one(&shop.database.owner).await.unwrap()
}

async fn today(shop: &Shop) -> NaiveDate {
    let today = sqlx::query_scalar("select (told(c) at time zone time_zone)::date from control c");
    today.fetch_one(&shop.database.owner).await.unwrap()
}

#[tokio::test]
async fn a_hold_keeps_a_customer_by_any_writing_of_the_id_until_it_is_released() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    let mark = shop.mark("omar").await;
    governance.place_hold(admin, Hold::Customer("OMAR"), None, "a lawsuit").await.unwrap();
    assert!(held(&shop, "nobody", &mark).await && !held(&shop, "support", "somebody").await);
    let again = governance.place_hold(admin, Hold::Customer("omar"), None, "a lawsuit").await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::Exists))), "{again:?}");

    let hold = governance.holds(admin).await.unwrap().remove(0);
    assert_eq!(
        (&hold.keeps, hold.why.as_str(), hold.by.as_str()),
        (&Kept::Customer(Some("OMAR".into())), "a lawsuit", "Ada")
    );
    governance.release_hold(admin, hold.id, "it is settled").await.unwrap();
    assert!(!held(&shop, "nobody", &mark).await);
    let again = governance.release_hold(admin, hold.id, "it is settled").await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "{again:?}");
    assert_eq!(shop.entries("hold_placed").await, [json!({ "hold": hold.id, "until": null })]);
    assert_eq!(shop.beside("hold_placed").await, [json!({ "customer": "OMAR", "reason": "a lawsuit" })]);
    assert_eq!(shop.entries("hold_released").await, [json!({ "hold": hold.id })]);
    let released = governance.holds(admin).await.unwrap().remove(0);
    assert_eq!((released.holds, released.released.unwrap().2.as_str()), (false, "it is settled"));
}

#[tokio::test]
async fn a_hold_of_an_agent_is_over_after_its_last_day_in_the_shops_time_zone() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    governance.describe_shop(admin, "My shop", "Pacific/Auckland").await.unwrap();
    let today = today(&shop).await;
    let yesterday = governance.place_hold(admin, Hold::Agent("support"), today.pred_opt(), "an audit").await;
    assert!(matches!(yesterday, Err(Error::Invalid(..))), "{yesterday:?}");
    governance.place_hold(admin, Hold::Agent("support"), Some(today), "an audit").await.unwrap();
    assert!(held(&shop, "support", "somebody").await);

    shop.database.run("update holds set until = until - 1").await;
    assert!(!held(&shop, "support", "somebody").await);
    let hold = governance.holds(admin).await.unwrap().remove(0);
    assert_eq!((hold.until, hold.holds, hold.released), (today.checked_sub_days(Days::new(1)), false, None));
    governance.place_hold(admin, Hold::Agent("support"), None, "an audit").await.unwrap();
    assert!(held(&shop, "support", "somebody").await, "the same again");
}

#[tokio::test]
async fn a_clock_that_jumps_forward_ends_no_hold() {
    let shop = Shop::open().await;
    let today = today(&shop).await;
    shop.governance.place_hold(&shop.admin, Hold::Agent("support"), Some(today), "an audit").await.unwrap();
    shop.database.run("update control set demo = false; update holds set until = until - 30").await;
    shop.database.run("update retention set at = at - interval '60 days'").await;
    assert!(held(&shop, "support", "somebody").await && shop.governance.holds(&shop.admin).await.unwrap()[0].holds);
    shop.database.run("update retention set at = told_now()").await;
    assert!(!held(&shop, "support", "somebody").await);
}

#[tokio::test]
async fn only_admins_hold_and_nobody_without_a_reason() {
    let shop = Shop::open().await;
    for other in [&shop.auditor, &shop.operator, &shop.mia] {
        let placed = shop.governance.place_hold(other, Hold::Agent("support"), None, "an audit").await;
        assert!(matches!(placed, Err(Error::Forbidden)), "{placed:?}");
    }
    assert_eq!(shop.entries("refused").await[0], json!({ "what": "erase a customer, or hold what is kept of one" }));
    for (hold, why) in
        [(Hold::Agent("support"), " "), (Hold::Customer(""), "an audit"), (Hold::Agent("nobody"), "an audit")]
    {
        let placed = shop.governance.place_hold(&shop.admin, hold, None, why).await;
        assert!(matches!(placed, Err(Error::Invalid(..) | Error::NotFound)), "{placed:?}");
    }
    let id = id_of(&shop.admin);
    shop.database.run(format!(
        "insert into holds (id, agent_id, why, placed_by, placed_at) select gen_random_uuid(), id, 'x', '{id}', told_now() from agents"
    ))
    .await;
    let mut session = shop.database.server_session().await;
    for sql in ["delete from holds", "update holds set until = null", "update holds set customer_folded = 'x'"] {
        let refused = sqlx::raw_sql(sql).execute(&mut session).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{sql}");
    }
}
