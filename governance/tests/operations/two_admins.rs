//! Where it takes two admins, one cannot be both: neither by an account of their own making, nor by another's password.

use domain::{id::PersonId, meaning::Change, role::Role, view::catalog::ProposedChange};
use governance::{Actor, Came, Conflict, Error, Result, SignIn};

use crate::support::{Shop, id_of};

const PASSWORD: &str = "correct horse battery";

/// Ada and Ida, of whom it takes both.
async fn two() -> (Shop, Actor) {
    let shop = Shop::open().await;
    let ida = shop.person("Ida", Role::Admin).await;
    shop.governance.need_two_to_publish(&shop.admin).await.unwrap();
    (shop, ida)
}

async fn person(shop: &Shop, id: PersonId) -> Actor {
    Actor::Person(shop.governance.person(id).await.unwrap().unwrap())
}

async fn only_proposal(shop: &Shop) -> ProposedChange {
    let [proposal] = shop.governance.proposed_changes(&shop.admin).await.unwrap().try_into().unwrap();
    proposal
}

/// Accepts the only proposal.
async fn accept(shop: &Shop, who: &Actor) -> Result<()> {
    let ProposedChange { head, meaning, .. } = only_proposal(shop).await;
    shop.governance.accept_change(who, head.id, "agreed", &meaning).await
}

async fn signs_in(shop: &Shop, email: &str, password: &str) -> bool {
    matches!(shop.governance.sign_in(email, password, "1.2.3.4", None).await.unwrap(), SignIn::Welcome(_))
}

#[tokio::test]
async fn a_new_admin_is_an_auditor_until_another_admin_accepts_them() {
    let (shop, ida) = two().await;
    let added = shop.governance.add_person(&shop.admin, "eva@example.com", "Eva", Role::Admin, PASSWORD).await;
    let (eva, came) = added.unwrap();
    assert_eq!(came, Came::Proposed);
    assert_eq!(shop.governance.person(eva).await.unwrap().unwrap().role, Role::Auditor);
    assert_eq!(only_proposal(&shop).await.head.title, "Eva as an admin");

    let own = accept(&shop, &shop.admin).await;
    assert!(matches!(own, Err(Error::Conflict(Conflict::Draft(_)))), "{own:?}");
    let as_eva = accept(&shop, &person(&shop, eva).await).await;
    assert!(matches!(as_eva, Err(Error::Forbidden)), "{as_eva:?}");
    accept(&shop, &ida).await.unwrap();
    assert_eq!(shop.governance.person(eva).await.unwrap().unwrap().role, Role::Admin);
    let entry = shop.entries("person_changed").await.pop().unwrap();
    assert_eq!(
        (&entry["role"], entry["proposed_by"].as_str()),
        (&"admin".into(), Some(&*id_of(&shop.admin).to_string()))
    );
    assert!(shop.governance.proposed_changes(&ida).await.unwrap().is_empty());
}

#[tokio::test]
async fn nobody_is_raised_to_admin_by_one() {
    let (shop, ida) = two().await;
    let mia = id_of(&shop.mia);
    let raise = async |seen| shop.governance.change_person(&shop.admin, mia, seen, Role::Admin, 9).await;
    assert!(matches!(raise(Role::Reviewer).await, Err(Error::Conflict(Conflict::ChangedMeanwhile))));
    assert_eq!(raise(Role::Manager).await.unwrap(), Came::Proposed);
    assert_eq!(shop.governance.person(mia).await.unwrap().unwrap().role, Role::Manager);

    // Of how they were: a proposal about somebody who is something else since is void.
    shop.governance.change_person(&ida, mia, Role::Manager, Role::Reviewer, 9).await.unwrap();
    assert!(shop.governance.proposed_changes(&ida).await.unwrap().is_empty());
    assert_eq!(raise(Role::Reviewer).await.unwrap(), Came::Proposed);
    accept(&shop, &ida).await.unwrap();
    assert_eq!(shop.governance.person(mia).await.unwrap().unwrap().role, Role::Admin);
}

#[tokio::test]
async fn an_admins_password_and_coming_back_take_two() {
    let (shop, ida) = two().await;
    let eva = shop.person("Eva", Role::Admin).await;
    let other = "another long password";
    assert_eq!(shop.governance.set_password(&shop.admin, id_of(&eva), other).await.unwrap(), Came::Proposed);
    assert!(!signs_in(&shop, "eva@example.com", other).await);
    let recorded = shop.entries("change_proposed").await.pop().unwrap().to_string();
    assert!(!recorded.contains("argon2"), "{recorded}");
    accept(&shop, &ida).await.unwrap();
    assert!(signs_in(&shop, "eva@example.com", other).await);
    assert!(!shop.entries("person_changed").await.pop().unwrap().to_string().contains("argon2"));

    shop.governance.disable_person(&shop.admin, id_of(&eva), 9).await.unwrap();
    assert_eq!(shop.enable(id_of(&eva)).await.unwrap(), Came::Proposed);
    assert!(!signs_in(&shop, "eva@example.com", other).await);
    accept(&shop, &ida).await.unwrap();
    assert!(signs_in(&shop, "eva@example.com", other).await);

    // Whoever cannot be the second is one's own to manage.
    assert_eq!(shop.governance.set_password(&shop.admin, id_of(&shop.lee), other).await.unwrap(), Came::Done);
}

#[tokio::test]
async fn who_knows_the_others_password_is_no_second_person() {
    let shop = Shop::open().await;
    let added = shop.governance.add_person(&shop.admin, "eva@example.com", "Eva", Role::Admin, PASSWORD).await;
    let eva = person(&shop, added.unwrap().0).await;
    shop.governance.need_two_to_publish(&shop.admin).await.unwrap();
    let meaning = shop.governance.meaning(&shop.admin, &Change::OneToPublish).await.unwrap().sentences;
    for (one, other) in [(&shop.admin, &eva), (&eva, &shop.admin)] {
        shop.governance.put_change(one, &Change::OneToPublish, "alone", &meaning).await.unwrap();
        let refused = accept(&shop, other).await.unwrap_err().to_string();
        assert!(refused.contains("password"), "{refused}");
    }
    // Nor are two whose passwords somebody else knows.
    let id = id_of(&shop.admin);
    shop.database.run(&format!("update people set password_by = '{}' where role = 'admin'", id_of(&shop.mia))).await;
    assert!(accept(&shop, &shop.admin).await.is_err());

    shop.database.run(&format!("update people set password_by = null where id <> '{id}'")).await;
    accept(&shop, &shop.admin).await.unwrap();
    assert!(!shop.governance.two_to_publish(&shop.admin).await.unwrap());
}

#[tokio::test]
async fn who_is_left_alone_changes_nothing_that_takes_two_until_the_machine_adds_a_second() {
    let (shop, ida) = two().await;
    let add = async |email: &str| shop.governance.add_admin_on_the_machine(email, "Eva", PASSWORD).await;
    assert!(matches!(add("eva@example.com").await, Err(Error::Conflict(Conflict::Exists))));

    shop.governance.disable_person(&shop.admin, id_of(&ida), 9).await.unwrap();
    let meaning = shop.governance.meaning(&shop.admin, &Change::OneToPublish).await.unwrap().sentences;
    shop.governance.put_change(&shop.admin, &Change::OneToPublish, "alone", &meaning).await.unwrap();
    assert!(accept(&shop, &shop.admin).await.is_err());
    let eva = person(&shop, add("eva@example.com").await.unwrap()).await;
    assert!(add("eve@example.com").await.is_err());
    accept(&shop, &eva).await.unwrap();
}
