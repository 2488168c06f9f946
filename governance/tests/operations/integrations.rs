//! What is known of integrations, who uses them, and their pauses.

use chrono::NaiveDate;
use domain::{
    fault::Fault,
    id::PersonId,
    integration::{Integration, Numbering},
    state::State,
};
use governance::{Conflict, Error};
use uuid::Uuid;

use crate::support::{Shop, id_of, refund, support_file};

fn shopify() -> Integration {
    Integration {
        slug: "shopify".to_owned(),
        name: "Shopify".to_owned(),
        version: "2026-10".to_owned(),
        vendor: "Shopify".to_owned(),
        product: "Admin API".to_owned(),
        numbering: Some(Numbering::Quarters),
        version_ends: NaiveDate::from_ymd_opt(2027, 9, 30),
        documentation: "https://shopify.example/docs".to_owned(),
        status_page: "https://status.shopify.example".to_owned(),
        account: "The store in the EU".to_owned(),
    }
}

impl Shop {
    async fn describe(&self, to: &Integration, owner: Option<PersonId>) -> Result<(), Error> {
        let seen = self.governance.integration(&self.admin, &to.slug).await?.seen;
        self.governance.describe_integration(&self.admin, to, owner, &seen).await
    }
}

#[tokio::test]
async fn what_is_said_of_an_integration_is_kept_and_changes_no_control_state() {
    let shop = Shop::open().await;
    let before = shop.database.count("select revision from control").await;
    shop.describe(&shopify(), Some(id_of(&shop.operator))).await.unwrap();
    let seen = shop.governance.integration(&shop.auditor, "shopify").await.unwrap();
    assert_eq!((seen.head.clone(), seen.owner.map(|owner| owner.name)), (shopify(), Some("Oli".to_owned())));
    assert_eq!(shop.database.count("select revision from control").await, before);

    shop.describe(&Integration { vendor: String::new(), ..shopify() }, None).await.unwrap();
    let seen = shop.governance.integration(&shop.auditor, "shopify").await.unwrap();
    assert_eq!((seen.head.vendor.as_str(), seen.owner), ("", None));
    assert_eq!(shop.entries("integration_changed").await.len(), 2);
}

#[tokio::test]
async fn what_cannot_be_so_is_refused_and_nothing_is_changed() {
    let shop = Shop::open().await;
    let known = || Integration { version_ends: None, ..shopify() };
    for (to, fault) in [
        (Integration { version: "2026-11".to_owned(), ..known() }, Fault::Version),
        (Integration { version: String::new(), ..shopify() }, Fault::Version),
        (Integration { documentation: "javascript:alert(1)".to_owned(), ..known() }, Fault::Link),
        (Integration { status_page: "http://status.example".to_owned(), ..known() }, Fault::Link),
        (Integration { account: "EU\u{202e}".to_owned(), ..known() }, Fault::Name),
    ] {
        let answer = shop.describe(&to, None).await;
        assert!(matches!(&answer, Err(Error::Invalid(found, _)) if *found == fault), "{to:?}: {answer:?}");
    }
    let nobody = shop.describe(&known(), Some(PersonId(Uuid::nil()))).await;
    assert!(matches!(nobody, Err(Error::Invalid(Fault::Other, _))), "{nobody:?}");
    let none = Integration { slug: "nothing".to_owned(), ..known() };
    assert!(matches!(shop.governance.describe_integration(&shop.admin, &none, None, "").await, Err(Error::NotFound)));
    let refused = shop.governance.describe_integration(&shop.operator, &known(), None, "").await;
    assert!(matches!(refused, Err(Error::Forbidden)));
    assert!(shop.entries("integration_changed").await.is_empty());
}

#[tokio::test]
async fn the_second_who_describes_an_integration_gets_a_conflict() {
    let shop = Shop::open().await;
    let seen = shop.governance.integration(&shop.admin, "shopify").await.unwrap().seen;
    let describe = async |account: &str| {
        let to = Integration { account: account.to_owned(), ..shopify() };
        shop.governance.describe_integration(&shop.admin, &to, None, &seen).await
    };
    describe("EU").await.unwrap();
    assert!(matches!(describe("US").await, Err(Error::Conflict(Conflict::ChangedMeanwhile))));
    let same = shop.describe(&Integration { account: "EU".to_owned(), ..shopify() }, None).await;
    assert!(matches!(same, Err(Error::Invalid(Fault::Same, _))), "{same:?}");
}

#[tokio::test]
async fn a_file_keeps_what_it_does_not_say_and_a_new_pin_has_no_old_end() {
    let shop = Shop::open().await;
    shop.describe(&shopify(), Some(id_of(&shop.mia))).await.unwrap();
    let known = async || shop.governance.integration(&shop.auditor, "shopify").await.unwrap();
    shop.apply(|file| file.integrations[0].version = String::new()).await;
    assert_eq!(known().await.head, shopify());

    shop.apply(|file| file.integrations[0].version = "2027-01".to_owned()).await;
    let moved = Integration { version: "2027-01".to_owned(), version_ends: None, ..shopify() };
    assert_eq!((known().await.head, known().await.owner.unwrap().name), (moved.clone(), "Mia".to_owned()));
    let file = shop.governance.export_agent(&shop.admin, "support", None).await.unwrap();
    assert_eq!(file.integrations, [moved]);
    assert_eq!(shop.take_in(&file, "again").await.unwrap().changes, [""; 0]);

    let mut file = support_file();
    file.integrations[0].status_page = "javascript:alert(1)".to_owned();
    assert!(matches!(shop.take_in(&file, "hostile").await, Err(Error::Invalid(..))));
}

#[tokio::test]
async fn a_page_says_who_uses_an_integration_and_each_pause_with_who_and_why() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    governance.open_breaker(&shop.operator, "shopify", "it answers with errors").await.unwrap();
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Paused);
    let seen = governance.integration(&shop.auditor, "shopify").await.unwrap();
    let uses: Vec<_> = seen.actions.iter().map(|one| (one.label.as_str(), one.agents[0].slug.as_str())).collect();
    assert_eq!(uses, [("Refund", "support")]);
    assert_eq!(seen.data_sets, [("customer.orders".to_owned(), "Orders".to_owned())]);
    let pause = seen.pause().unwrap().clone();
    assert_eq!((pause.by.as_deref(), pause.reason.as_str()), (Some("Oli"), "it answers with errors"));

    governance.close_breaker(&shop.admin, "shopify", pause.began_at, "it answers again").await.unwrap();
    governance.open_breaker(&shop.admin, "shopify", "and not again").await.unwrap();
    let pauses = governance.integration(&shop.auditor, "shopify").await.unwrap().pauses;
    let end = pauses[1].end.clone().unwrap();
    assert_eq!((end.by.as_deref(), end.reason.as_str()), (Some("Ada"), "it answers again"));
    assert_eq!((pauses.len(), pauses[0].reason.as_str()), (2, "and not again"));
    let again = governance.close_breaker(&shop.admin, "shopify", pause.began_at, "late").await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "the pause that was ended");
    assert!(matches!(governance.open_breaker(&shop.admin, "nothing", "x").await, Err(Error::Conflict(_))));
}
