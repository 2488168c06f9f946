//! People: how they sign in, and who may no longer.

use std::time::Duration;

use domain::role::Role;
use governance::{Actor, Conflict, Error, SignIn};

use crate::support::{Shop, at_once, id_of, measured};

const PASSWORD: &str = "correct horse battery";

async fn with_nora(shop: &Shop) -> domain::id::PersonId {
    shop.governance.add_person(&shop.admin, " Nora@Example.com ", "Nora", Role::Reviewer, PASSWORD).await.unwrap().0
}

#[tokio::test]
async fn the_right_password_signs_in_whatever_the_case_of_the_address() {
    let shop = Shop::open().await;
    let id = with_nora(&shop).await;
    for email in ["nora@example.com", " NORA@example.com "] {
        let SignIn::Welcome(me) = shop.governance.sign_in(email, PASSWORD, "1.2.3.4", None).await.unwrap() else {
            panic!("not welcome");
        };
        assert_eq!((me.id, me.role), (id, Role::Reviewer));
    }
    assert_eq!(shop.entries("signed_in").await.len(), 2);
}

#[tokio::test]
async fn an_unknown_person_and_a_wrong_password_get_the_same_answer_in_the_same_time() {
    let shop = Shop::open().await;
    with_nora(&shop).await;
    let mut times = [Duration::MAX; 2];
    for _ in 0..4 {
        for (time, email) in times.iter_mut().zip(["nora@example.com", "nobody@example.com"]) {
            let (answer, took) = measured(shop.governance.sign_in(email, "wrong wrong wrong", "1.2.3.4", None)).await;
            assert_eq!(answer.unwrap(), SignIn::Wrong);
            *time = took.min(*time);
        }
    }
    let [wrong, unknown] = times;
    println!("wrong password {wrong:?}, unknown person {unknown:?}");
    assert!(unknown > wrong / 2 && wrong > unknown / 2, "{wrong:?} against {unknown:?}");
    assert_eq!(shop.entries("sign_in_failed").await.len(), 8);
}

#[tokio::test]
async fn many_wrong_passwords_slow_down_that_source_only() {
    let shop = Shop::open().await;
    with_nora(&shop).await;
    let sign_in = async |password: &str, source: &str| {
        shop.governance.sign_in("nora@example.com", password, source, None).await.unwrap()
    };
    for _ in 0..10 {
        assert_eq!(sign_in("wrong wrong wrong", "6.6.6.6").await, SignIn::Wrong);
    }
    assert_eq!(sign_in("wrong wrong wrong", "6.6.6.6").await, SignIn::Slow);
    assert_eq!(sign_in(PASSWORD, "6.6.6.6").await, SignIn::Slow);
    assert!(matches!(sign_in(PASSWORD, "1.2.3.4").await, SignIn::Welcome(_)));
}

#[tokio::test]
async fn nobody_elses_tries_keep_a_known_device_out() {
    let shop = Shop::open().await;
    with_nora(&shop).await;
    let device = shop.governance.new_device("nora@example.com").await.unwrap();
    for n in 0..110 {
        let email = if n < 10 { "nora@example.com".to_owned() } else { format!("{n}@example.com") };
        shop.governance.sign_in(&email, "wrong", "6.6.6.6", None).await.unwrap();
    }
    let sign_in = async |email: &str, device: Option<&str>| {
        shop.governance.sign_in(email, PASSWORD, "6.6.6.6", device).await.unwrap()
    };
    assert_eq!(sign_in("nora@example.com", None).await, SignIn::Slow);
    assert!(matches!(sign_in("nora@example.com", Some(&device)).await, SignIn::Welcome(_)));

    // It is of one account, and nobody can make it up.
    assert_eq!(sign_in("ada@example.com", Some(&device)).await, SignIn::Slow);
    let made_up = device.replace(&device[..4], "0000");
    assert_eq!(sign_in("nora@example.com", Some(&made_up)).await, SignIn::Slow);
    assert!(!shop.governance.made_device("", None).await.unwrap());
}

#[tokio::test]
async fn a_session_that_somebody_made_up_is_known_without_a_look() {
    let shop = Shop::open().await;
    let id = shop.governance.new_session_id().await.unwrap();
    assert!(shop.governance.made_session_id(id).await.unwrap());
    assert!(shop.replica().made_session_id(id).await.unwrap(), "another replica does not know it");
    for made_up in [0, 1, -1, id + 1, id ^ (1 << 100)] {
        assert!(!shop.governance.made_session_id(made_up).await.unwrap());
    }
}

#[tokio::test]
async fn guessing_many_accounts_from_one_source_is_slowed_down() {
    let shop = Shop::open().await;
    let mut slow = 0;
    for n in 0..110 {
        let answer = shop.governance.sign_in(&format!("{n}@example.com"), "wrong", "6.6.6.6", None).await.unwrap();
        slow += usize::from(answer == SignIn::Slow);
    }
    assert_eq!(slow, 10);
}

#[tokio::test]
async fn who_is_disabled_neither_signs_in_nor_keeps_a_session() {
    let shop = Shop::open().await;
    let id = with_nora(&shop).await;
    shop.governance.disable_person(&shop.admin, id).await.unwrap();
    assert_eq!(shop.governance.sign_in("nora@example.com", PASSWORD, "1.2.3.4", None).await.unwrap(), SignIn::Wrong);
    assert_eq!(shop.governance.person(id).await.unwrap(), None);
    shop.governance.enable_person(&shop.admin, id).await.unwrap();
    assert!(matches!(
        shop.governance.sign_in("nora@example.com", PASSWORD, "1.2.3.4", None).await.unwrap(),
        SignIn::Welcome(_)
    ));
}

#[tokio::test]
async fn there_is_always_an_admin() {
    let shop = Shop::open().await;
    let last = id_of(&shop.admin);
    let governance = &shop.governance;
    for answer in [
        governance.disable_person(&shop.admin, last).await,
        governance.change_person(&shop.admin, last, Role::Admin, Role::Auditor).await.map(drop),
    ] {
        assert!(matches!(answer, Err(Error::Conflict(Conflict::Other(_)))), "{answer:?}");
    }
    assert_eq!(governance.person(last).await.unwrap().unwrap().role, Role::Admin);

    let second = id_of(&shop.person("Eva", Role::Admin).await);
    governance.change_person(&shop.admin, last, Role::Admin, Role::Auditor).await.unwrap();
    assert!(governance.disable_person(&shop.admin, second).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_admins_who_disable_each_other_at_once_leave_one() {
    let shop = Shop::open().await;
    let eva = shop.person("Eva", Role::Admin).await;
    let pairs =
        [(shop.governance.clone(), shop.admin.clone(), id_of(&eva)), (shop.replica(), eva.clone(), id_of(&shop.admin))];
    let done = at_once(
        pairs.map(|(governance, who, whom)| async move { governance.disable_person(&who, whom).await.is_ok() }),
    );
    assert_eq!(done.await.into_iter().filter(|done| *done).count(), 1);
    assert!(shop.governance.has_admin().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_admin_is_made_once_even_by_several_at_once() {
    let shop = Shop::open().await;
    assert!(shop.governance.add_first_admin("late@example.com", "Late", PASSWORD).await.is_err());
    shop.database.run("update people set role = 'manager' where role = 'admin'").await;
    assert!(!shop.governance.has_admin().await.unwrap());

    let handles = [shop.governance.clone(), shop.replica()];
    let tries = (0..4).map(|n| {
        let governance = handles[n % 2].clone();
        async move { governance.add_first_admin(&format!("first{n}@example.com"), "First", PASSWORD).await }
    });
    let results = at_once(tries).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert!(
        results.iter().all(|result| matches!(result, Ok(_) | Err(Error::Conflict(Conflict::Exists)))),
        "{results:?}"
    );
    assert_eq!(shop.database.count("select count(*) from people where role = 'admin'").await, 1);
}

#[tokio::test]
async fn a_person_needs_an_address_a_name_and_a_long_password() {
    let shop = Shop::open().await;
    for (email, name, password) in [
        ("nora", "Nora", PASSWORD),
        ("@example.com", "Nora", PASSWORD),
        ("no ra@example.com", "Nora", PASSWORD),
        ("nora@example.com", " ", PASSWORD),
        ("nora@example.com", "Nora", "too short"),
        ("no\u{200b}ra@example.com", "Nora", PASSWORD),
        ("nora@example.com\u{ad}", "Nora", PASSWORD),
        ("nora@example.com", "Nora\u{202e}", PASSWORD),
        ("nora@example.com", "No\nra", PASSWORD),
        ("nora@example.com", "\u{200b}", PASSWORD),
    ] {
        let answer = shop.governance.add_person(&shop.admin, email, name, Role::Reviewer, password).await;
        assert!(matches!(answer, Err(Error::Invalid(..))), "{email}: {answer:?}");
    }
    with_nora(&shop).await;
    let again = shop.governance.add_person(&shop.admin, "NORA@example.com", "Nora", Role::Reviewer, PASSWORD).await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::Exists))), "{again:?}");
}

#[tokio::test]
async fn passwords_are_stored_as_argon2id_and_addresses_outside_the_entry() {
    let shop = Shop::open().await;
    with_nora(&shop).await;
    let stored = "select count(*) from people where email = 'nora@example.com' and password_hash like '$argon2id$v=19$m=19456,t=2,p=1$%'";
    assert_eq!(shop.database.count(stored).await, 1);
    let detail = shop.entries("person_added").await.pop().unwrap();
    assert!(!detail.to_string().contains("nora"), "{detail}");
    assert!(
        shop.governance.add_person(&Actor::System, "cli@example.com", "Cli", Role::Auditor, PASSWORD).await.is_ok()
    );
}

#[tokio::test]
async fn a_session_that_was_ended_stays_ended() {
    let shop = Shop::open().await;
    let session = governance::SessionRow {
        id: "s1".to_owned(),
        data: serde_json::json!({ "who": "ana" }),
        expires_at: sqlx::query_scalar("select now() + interval '1 hour'")
            .fetch_one(&shop.database.owner)
            .await
            .unwrap(),
    };
    assert!(shop.governance.create_session(&session).await.unwrap());
    assert!(!shop.governance.create_session(&session).await.unwrap());
    assert_eq!(shop.governance.load_session("s1").await.unwrap().as_ref(), Some(&session));
    shop.governance.delete_session("s1").await.unwrap();
    shop.governance.save_session(&session).await.unwrap();
    assert_eq!(shop.governance.load_session("s1").await.unwrap(), None);

    assert!(shop.governance.create_session(&session).await.unwrap());
    shop.database.run("update sessions set expires_at = now()").await;
    assert_eq!(shop.governance.load_session("s1").await.unwrap(), None);
    shop.governance.tidy().await.unwrap();
    assert_eq!(shop.database.count("select count(*) from sessions").await, 0);
}
