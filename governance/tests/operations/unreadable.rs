//! An agent of which something cannot be read: nothing is judged for it, and all others go on.

use domain::state::{Outcome, State};
use governance::AgentError;

use crate::support::{Shop, refund};

const BREAK: [&str; 2] = [
    "update permission_sets set body = '{\"from\": \"a newer version\"}' where agent_id = (select id from agents where slug = 'support')",
    "update agent_phases set kind = 'rest' where agent_id = (select id from agents where slug = 'support')",
];

async fn broken(how: &str) -> (Shop, governance::Key) {
    let shop = Shop::open().await;
    let other = shop.second_agent("returns").await;
    // Only a newer schema knows such a phase.
    shop.database.run("alter table agent_phases drop constraint agent_phases_kind_check").await;
    let granted = shop.ask(refund("40.00")).await;
    let approved = shop.approved_refund().await;
    shop.database.run(how).await;
    shop.database.run("update control set revision = revision + 1, nonce = gen_random_uuid()").await;

    assert!(matches!(shop.try_ask(refund("40.00")).await, Err(AgentError::Unavailable)));
    assert!(matches!(shop.claim(approved).await, Err(AgentError::Unavailable)));
    let token = granted.grant.unwrap().token;
    assert_eq!(shop.report(granted.id, &token, Outcome::Succeeded).await.unwrap(), State::Succeeded);
    (shop, other)
}

#[tokio::test]
async fn nothing_is_judged_for_it_and_all_others_go_on() {
    for how in BREAK {
        let (shop, other) = broken(how).await;
        let asked = shop.governance.ask(&other, "k", refund("40.00")).await.unwrap();
        assert_eq!(asked.state, State::Granted);
        shop.governance.stop(&shop.ana, Some("support"), "").await.unwrap();
        shop.release(Some("support"), "fine").await;
        shop.governance.pass_deadlines().await.unwrap();
        assert!(matches!(shop.try_ask(refund("40.00")).await, Err(AgentError::Unavailable)));
    }
}

#[tokio::test]
async fn its_page_and_today_say_so_until_it_can_be_read_again() {
    let (shop, _) = broken(BREAK[0]).await;
    let unreadable = async || {
        let today = shop.governance.today(&shop.admin).await.unwrap();
        let names = today.agents.into_iter().filter(|row| row.unreadable).map(|row| row.link.slug);
        names.collect::<Vec<_>>()
    };
    assert_eq!(unreadable().await, ["support"]);
    let page = shop.governance.agent(&shop.auditor, "support").await.unwrap();
    assert!(page.row.unreadable && page.permissions.is_none());

    let readable =
        "update permission_sets set body = (select body from permission_sets p join agents a on a.id = agent_id
                    where slug = 'returns') where agent_id = (select id from agents where slug = 'support')";
    shop.database.run(readable).await;
    shop.database.run("update control set revision = revision + 1, nonce = gen_random_uuid()").await;
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
    assert_eq!(unreadable().await, [""; 0]);
}
