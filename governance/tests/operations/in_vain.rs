//! What could not be carried out any more: nobody is let approve it, and it does not stand among what can be decided.

use domain::{
    agent::Mode,
    agent_file::AgentFile,
    id::RequestId,
    state::State,
    view::{WaitingFilter, approvals::InVain},
};
use governance::{Conflict, Error};
use serde_json::json;

use crate::support::{Shop, gift, money, note, refund, support_file};

async fn listed(shop: &Shop, later: bool) -> Vec<(RequestId, bool)> {
    let filter = WaitingFilter { later, ..WaitingFilter::default() };
    let page = shop.governance.approvals(&shop.ana, &filter).await.unwrap();
    page.waiting.into_iter().map(|row| (row.id, row.in_vain)).collect()
}

/// Nobody can approve it in any form; it stands with what cannot be decided, and can be rejected.
async fn is_in_vain(shop: &Shop, id: RequestId) {
    let seen = shop.look_at(id).await;
    let Some(InVain::Whatever(why)) = &seen.in_vain else { panic!("{:?}", seen.in_vain) };
    assert!(why.contains("`Support`"), "{why}");
    let refused = Err::<(), _>(Conflict::InVain(why.clone()));
    let conflict = |answer: Result<(), Error>| match answer {
        Err(Error::Conflict(conflict)) => Err(conflict),
        other => panic!("{other:?}"),
    };
    assert_eq!(conflict(shop.approve(&shop.ana, id).await), refused);
    assert_eq!(conflict(shop.change_amount(&shop.ana, id, "70.00").await), refused);
    assert_eq!((listed(shop, false).await, listed(shop, true).await), (vec![], vec![(id, true)]));
    assert_eq!(shop.governance.frame(&shop.ana).await.unwrap().waiting, 0);
    shop.reject(&shop.ana, id, "ask anew").await.unwrap();
    assert_eq!(shop.state(id).await, State::Rejected);
    assert_eq!(shop.look_at(id).await.in_vain, None);
}

#[tokio::test]
async fn what_an_action_meant_otherwise_is_not_approved() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.apply(|file| file.actions[0].label = "Pay back".to_owned()).await;
    is_in_vain(&shop, id).await;
    shop.approve(&shop.ana, shop.waiting(refund("80.00")).await).await.unwrap();
}

#[tokio::test]
async fn how_much_ends_with_a_change_is_told_before() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    shop.waiting(refund("80.00")).await;
    shop.approved_refund().await;
    shop.waiting(gift()).await;
    shop.ask(note("this is over")).await;
    let ends = async |file: &AgentFile| {
        let applied = governance.apply(admin, file, "x", &[], true).await.unwrap();
        let taken = governance.import_agent(admin, file, "x", None, &[], true).await.unwrap();
        (applied.ends, taken.ends)
    };
    let deny_gifts = |file: &mut AgentFile| {
        let scope = &mut file.permissions.action_scope;
        scope.allow.remove("gift.send");
        scope.deny.insert("gift.send".to_owned());
    };
    let mut file = support_file();
    assert_eq!(ends(&file).await, (0, 0));
    file.actions[0].label = "Pay back".to_owned();
    assert_eq!(ends(&file).await, (2, 2));
    deny_gifts(&mut file);
    assert_eq!(ends(&file).await, (3, 2), "a draft takes nothing away");
    assert_eq!(governance.ends_with_draft(admin, "support").await.unwrap(), 0);
    let mut file = support_file();
    deny_gifts(&mut file);
    governance.import_agent(admin, &file, "x", None, &[], false).await.unwrap();
    assert_eq!(governance.ends_with_draft(admin, "support").await.unwrap(), 1);
    governance.set_mode(admin, "support", Mode::Shadow, "to watch").await.unwrap();
    assert_eq!(governance.ends_with_draft(admin, "support").await.unwrap(), 0, "it could not before");
    assert_eq!(governance.open_of(admin, "support").await.unwrap(), 3);
}

#[tokio::test]
async fn nothing_of_an_agent_in_shadow_is_approved() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.governance.set_mode(&shop.admin, "support", Mode::Shadow, "to watch").await.unwrap();
    is_in_vain(&shop, id).await;
}

#[tokio::test]
async fn what_the_agent_may_do_no_more_is_not_approved() {
    let shop = Shop::open().await;
    for in_shadow in [false, true] {
        let id = shop.waiting(refund("80.00")).await;
        shop.publish(|set| match in_shadow {
            true => set.action_scope.allow.get_mut("order.refund").unwrap().shadow = true,
            false => {
                set.action_scope.deny.insert("order.refund".to_owned());
            }
        })
        .await;
        is_in_vain(&shop, id).await;
        shop.publish(|_| {}).await;
    }
}

#[tokio::test]
async fn what_is_beyond_a_limit_by_now_is_approved_as_less() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("350.00")).await;
    let less = serde_json::from_value(json!({ "kind": "amount", "most": money("100.00") })).unwrap();
    shop.publish(|set| set.action_scope.allow.get_mut("order.refund").unwrap().limits = vec![less]).await;
    let why = shop.look_at(id).await.in_vain.unwrap();
    assert!(matches!(&why, InVain::AsItIs(words) if words.contains("Beyond the hard limit")), "{why:?}");
    let refused = shop.approve(&shop.ana, id).await.unwrap_err();
    assert!(matches!(&refused, Error::Conflict(Conflict::InVain(words)) if words == why.words()), "{refused:?}");
    assert_eq!(listed(&shop, false).await, [(id, false)]);
    shop.change_amount(&shop.ana, id, "90.00").await.unwrap();
    shop.claim(id).await.unwrap();
}
