//! An agent of which something cannot be read: nothing is judged for it, and all others go on.

use domain::{
    agent::Mode,
    state::{Outcome, State},
    view::KeyKind,
};
use governance::{AgentError, Error, Governance, Key};

use crate::support::{Shop, gift, note, refund, support_file};

const BREAK: [&str; 3] = [
    "update permission_sets set published_at = told_now(), body = jsonb_set(body, '{format}', '2') where agent_id = (select id from agents where slug = 'support')",
    "update permission_sets set published_at = told_now(), body = '{\"from\": \"a newer version\"}' where agent_id = (select id from agents where slug = 'support')",
    "update agent_phases set kind = 'rest' where agent_id = (select id from agents where slug = 'support')",
];

async fn broken(how: &str) -> (Shop, Key) {
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
async fn a_change_reads_nothing_of_others_again_and_a_replica_that_begins_reads_all() {
    let shop = Shop::open().await;
    let other = shop.second_agent("returns").await;
    let ask = async |governance: &Governance, key| governance.ask(&other, key, refund("40.00")).await;
    assert!(ask(&shop.governance, "before").await.is_ok());
    // Nobody can do that but the owner: what was published stays as it was.
    shop.database
        .run("update permission_sets set body = '{}' where agent_id = (select id from agents where slug = 'returns')")
        .await;
    shop.governance.stop(&shop.ana, Some("support"), "").await.unwrap();
    assert!(ask(&shop.governance, "after").await.is_ok());
    assert!(matches!(ask(&shop.replica(), "anew").await, Err(AgentError::Unavailable)));

    // Its sentences say what another name is.
    shop.database.run("update queues set name = 'Leads of support'").await;
    shop.release(Some("support"), "fine").await;
    assert!(matches!(ask(&shop.governance, "named anew").await, Err(AgentError::Unavailable)));
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

#[tokio::test]
async fn an_action_of_a_newer_form_holds_up_those_alone_who_may_do_it() {
    let shop = Shop::open().await;
    let mut file = support_file();
    file.agent.slug = "returns".to_owned();
    file.agent.name = "Returns".to_owned();
    file.permissions.action_scope.allow.remove("gift.send");
    file.permissions.approval_thresholds.rules.retain(|rule| rule.id != "gifts");
    shop.take_in(&file, "a second one").await.unwrap();
    shop.governance.set_mode(&shop.admin, "returns", Mode::Live, "a second one").await.unwrap();
    let key = shop.governance.create_key(&shop.admin, "returns", KeyKind::Agent, "test").await.unwrap();
    let other = Key::read(&key.secret).unwrap();

    shop.database.run("update action_types set body = jsonb_set(body, '{format}', '2') where name = 'gift.send'").await;
    shop.database.run("update control set revision = revision + 1, nonce = gen_random_uuid()").await;
    for ask in [gift(), refund("40.00")] {
        assert!(matches!(shop.try_ask(ask).await, Err(AgentError::Unavailable)));
    }
    let asked = async |name, ask| shop.governance.ask(&other, name, ask).await.unwrap().state;
    assert_eq!(asked("refund", refund("40.00")).await, State::Granted);
    assert_eq!(asked("gift", gift()).await, State::Denied);
    shop.governance.stop(&shop.ana, None, "").await.unwrap();
    assert_eq!(asked("stopped", refund("40.00")).await, State::Stopped);
}

#[tokio::test]
async fn a_request_of_a_newer_form_stays_as_it_is() {
    let shop = Shop::open().await;
    let (waiting, approved) = (shop.waiting(gift()).await, shop.approved_refund().await);
    let digest = shop.look_at(waiting).await.digest;
    for form in
        ["answer = jsonb_set(answer::jsonb, '{format}', '2')::json", "pending = jsonb_set(pending, '{0,format}', '2')"]
    {
        shop.database.run(format!("update requests set {form} where state in ('waiting', 'approved')")).await;
        assert!(matches!(shop.claim(approved).await, Err(AgentError::Unavailable)));
        assert!(matches!(shop.governance.approve(&shop.ana, waiting, &digest, "").await, Err(Error::Unavailable)));
        shop.pass_time(4000).await;
        let _ = shop.governance.pass_deadlines().await;
        let known = "select count(*) from requests where state in ('waiting', 'approved')";
        assert_eq!(shop.database.count(known).await, 2, "{form}");
        shop.database.run(format!("update requests set {}", form.replace("'2'", "'1'"))).await;
    }
    assert_eq!(shop.ask(note("all else goes on")).await.state, State::Granted);
}
