//! Who may know the password of another counts as one with them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    authoring::{draft::DraftConflict, meaning::Change, statement::keys},
    id::PersonId,
    role::Role,
    state::State,
};
use governance::{Actor, Conflict, Error, OwnPassword, Result};

use super::two_admins::{PASSWORD, accept, person, two};
use crate::support::{Shop, id_of, refund};

/// A reviewer or an admin whose password Ada has chosen.
async fn added(shop: &Shop, name: &str, role: Role) -> Actor {
    let email = format!("{}@example.com", name.to_lowercase());
    let added = shop.governance.add_person(&shop.admin, &email, name, role, PASSWORD).await;
    person(shop, added.unwrap().0).await
}

/// Since when the password is one that was chosen by whoever was signed in as them, where somebody else may know it.
async fn own_since(shop: &Shop, id: PersonId) -> Option<DateTime<Utc>> {
    let people = shop.governance.people(&shop.admin).await.unwrap();
    people.into_iter().find(|one| one.id == id).unwrap().known_to.unwrap().own_since
}

pub fn shared(answer: Result<()>) -> bool {
    matches!(answer, Err(Error::Conflict(Conflict::Draft(DraftConflict::SharedPassword))))
}

#[tokio::test]
async fn who_may_know_the_others_password_is_no_second_person_until_another_admin_confirms_it() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let eva = added(&shop, "Eva", Role::Admin).await;
    assert!(shared(governance.need_two_to_publish(&shop.admin).await), "there are no two");
    let ida = shop.person("Ida", Role::Admin).await;
    governance.need_two_to_publish(&shop.admin).await.unwrap();
    let meaning = keys(&governance.meaning(&shop.admin, &Change::OneToPublish).await.unwrap().statements);
    let propose = async |who| governance.put_change(who, &Change::OneToPublish, "alone", &meaning).await.unwrap();
    for (one, other) in [(&shop.admin, &eva), (&eva, &shop.admin)] {
        propose(one).await;
        assert!(shared(accept(&shop, other).await));
    }

    // Ada, who knows the old password, could have chosen the new one as well.
    assert_eq!(own_since(&shop, id_of(&eva)).await, None);
    for (old, new) in [(PASSWORD, "another long password"), ("another long password", "a third long password")] {
        let changed = governance.change_own_password(&eva, old, new, "1.2.3.4", None).await.unwrap();
        assert_eq!(changed, OwnPassword::Changed);
    }
    assert!(shared(accept(&shop, &shop.admin).await));
    let at = own_since(&shop, id_of(&eva)).await.unwrap();
    let confirm = async |who, at| governance.confirm_password(who, id_of(&eva), at).await;
    for one_with_her in [&shop.admin, &eva] {
        assert!(shared(confirm(one_with_her, at).await));
    }
    let stale = confirm(&ida, at - TimeDelta::seconds(1)).await;
    assert!(matches!(stale, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "{stale:?}");
    confirm(&ida, at).await.unwrap();
    assert!(confirm(&ida, at).await.is_err(), "there is nothing to confirm any more");
    accept(&shop, &shop.admin).await.unwrap();
    assert!(!governance.two_to_publish(&shop.admin).await.unwrap());
}

#[tokio::test]
async fn a_password_is_known_to_whoever_knows_the_password_of_who_has_chosen_it() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let eva = added(&shop, "Eva", Role::Admin).await;
    let zoe = governance.add_person(&eva, "zoe@example.com", "Zoe", Role::Admin, PASSWORD).await.unwrap().0;
    let zoe = person(&shop, zoe).await;
    // In her own place, too: Ada may sit there.
    governance.set_password(&eva, id_of(&eva), "another long password").await.unwrap();
    let at = own_since(&shop, id_of(&eva)).await.unwrap();
    for one_with_her in [&shop.admin, &eva, &zoe] {
        assert!(shared(governance.confirm_password(one_with_her, id_of(&eva), at).await));
    }
    assert!(shared(governance.need_two_to_publish(&zoe).await));
    // Whoever has the machine is neither of them.
    governance.confirm_password(&Actor::System, id_of(&eva), at).await.unwrap();
    governance.need_two_to_publish(&shop.admin).await.unwrap();
    assert_eq!(shop.entries("person_changed").await.last().unwrap()["password_confirmed"], true);
}

#[tokio::test]
async fn of_those_who_count_as_one_one_says_yes_where_it_takes_two() {
    let (shop, ida) = two().await;
    let nora = added(&shop, "Nora", Role::Reviewer).await;
    for who in [&nora, &shop.admin] {
        shop.governance.add_member(&shop.admin, "cs-leads", id_of(who)).await.unwrap();
        accept(&shop, &ida).await.unwrap();
    }
    let id = shop.waiting(refund("250.00")).await;
    for who in [&nora, &shop.admin] {
        shop.approve(who, id).await.unwrap();
        assert_eq!(shop.state(id).await, State::Waiting);
    }
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
    shop.claim(id).await.unwrap();

    // A yes that has counted does so no longer once somebody else may have given it.
    let id = shop.waiting(refund("260.00")).await;
    for who in [&nora, &shop.ana] {
        shop.approve(who, id).await.unwrap();
    }
    assert_eq!(shop.state(id).await, State::Approved);
    shop.governance.set_password(&shop.admin, id_of(&shop.ana), PASSWORD).await.unwrap();
    accept(&shop, &ida).await.unwrap();
    assert!(shop.claim(id).await.is_err());

    // Where one admin alone can write the rules, nothing is won by that.
    let meaning = keys(&shop.governance.meaning(&shop.admin, &Change::OneToPublish).await.unwrap().statements);
    shop.governance.put_change(&shop.admin, &Change::OneToPublish, "alone", &meaning).await.unwrap();
    accept(&shop, &ida).await.unwrap();
    shop.claim(id).await.unwrap();
}

#[tokio::test]
async fn too_few_who_count_as_themselves_are_too_few() {
    let (shop, ida) = two().await;
    shop.waiting(refund("250.00")).await;
    assert_eq!(shop.governance.short(&shop.admin).await.unwrap(), []);
    for who in [&shop.ana, &shop.ben] {
        shop.governance.set_password(&shop.admin, id_of(who), PASSWORD).await.unwrap();
        accept(&shop, &ida).await.unwrap();
    }
    let [short] = shop.governance.short(&shop.admin).await.unwrap().try_into().unwrap();
    assert!(short.why.contains("it takes 2 different people"), "{}", short.why);
}
