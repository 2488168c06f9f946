//! What an agent lacks before a phase begins, of what Reins knows.

use domain::{
    agent_file::AgentHead,
    phase::Phase,
    readiness::{Check, Missing},
    view::KeyKind,
};

use crate::support::{Shop, id_of};

impl Shop {
    async fn missing(&self, slug: &str) -> Vec<Missing> {
        let readiness = self.governance.readiness(&self.auditor, slug).await.unwrap();
        readiness.checks.into_iter().flat_map(|line| line.missing).collect()
    }
}

#[tokio::test]
async fn a_new_agent_lacks_permissions_and_a_key_and_gets_them() {
    let shop = Shop::open().await;
    let head = AgentHead { slug: "returns".to_owned(), name: "Returns".to_owned(), purpose: String::new() };
    shop.governance.create_agent(&shop.admin, &head, None).await.unwrap();
    let checks = async || shop.missing("returns").await.iter().map(Missing::check).collect::<Vec<_>>();
    let all = [Check::DataAccess, Check::Actions, Check::Rules, Check::Logging, Check::Key, Check::Stop, Check::Shadow];
    assert_eq!(checks().await, all);
    shop.governance.create_key(&shop.admin, "returns", KeyKind::Hook, "feedback").await.unwrap();
    assert!(checks().await.contains(&Check::Key), "a hook asks for nothing");
    shop.governance.create_key(&shop.admin, "returns", KeyKind::Agent, "asks").await.unwrap();
    assert!(!checks().await.contains(&Check::Key));
}

#[tokio::test]
async fn what_is_paused_or_short_of_people_is_missing_until_it_is_mended() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    assert_eq!(shop.missing("support").await, [Missing::Stop, Missing::Shadow { days: 0 }]);

    governance.remove_member(&shop.admin, "legal", id_of(&shop.lee), 9).await.unwrap();
    governance.open_breaker(&shop.operator, "shopify", "errors").await.unwrap();
    let missing = shop.missing("support").await;
    let paused = Missing::Paused { slug: "shopify".to_owned(), name: "Shopify".to_owned() };
    assert!(missing.contains(&paused), "{missing:?}");
    assert!(missing.iter().any(|one| one.check() == Check::People), "{missing:?}");
    governance.add_member(&shop.admin, "legal", id_of(&shop.lee)).await.unwrap();
    shop.close_breaker("shopify", "it answers").await.unwrap();

    let stop = governance.stop(&shop.operator, Some("support"), "a drill").await;
    stop.unwrap();
    shop.release(Some("support"), "it went well").await;
    assert_eq!(shop.missing("support").await, [Missing::Shadow { days: 0 }]);
    let readiness = governance.readiness(&shop.auditor, "support").await.unwrap();
    assert_eq!(readiness.missing_for(Phase::Rescue).count(), 0);
}

#[tokio::test]
async fn days_in_shadow_count_whole_over_all_phases() {
    let shop = Shop::open().await;
    let past = "insert into agent_phases (id, agent_id, kind, began_at, began_by, why, ended_at) \
                select gen_random_uuid(), agent_id, 'shadow', told_now() - interval '20 days', began_by, 'a trial', \
                    told_now() - interval '14 days 12 hours' from agent_phases";
    shop.database.run(past).await;
    assert!(shop.missing("support").await.contains(&Missing::Shadow { days: 5 }));
    let move_there =
        "update agent_phases set began_at = told_now() - interval '40 hours', kind = 'shadow' where ended_at is null";
    shop.database.run(move_there).await;
    assert!(!shop.missing("support").await.iter().any(|one| one.check() == Check::Shadow), "5.5 and 1.7 days are 7");
}
