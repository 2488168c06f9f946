//! People: how they sign in, and who may no longer.

use std::time::Duration;

use domain::{fault::Fault, role::Role};
use governance::{Actor, Conflict, Error, OwnPassword, SignIn};

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
    shop.governance.disable_person(&shop.admin, id, 9).await.unwrap();
    assert_eq!(shop.governance.sign_in("nora@example.com", PASSWORD, "1.2.3.4", None).await.unwrap(), SignIn::Wrong);
    assert_eq!(shop.governance.person(id).await.unwrap(), None);
    shop.enable(id).await.unwrap();
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
        governance.disable_person(&shop.admin, last, 9).await,
        governance.change_person(&shop.admin, last, Role::Admin, Role::Auditor, 9).await.map(drop),
    ] {
        assert!(matches!(answer, Err(Error::Conflict(Conflict::LastAdmin))), "{answer:?}");
    }
    assert_eq!(governance.person(last).await.unwrap().unwrap().role, Role::Admin);

    let second = id_of(&shop.person("Eva", Role::Admin).await);
    governance.change_person(&shop.admin, last, Role::Admin, Role::Auditor, 9).await.unwrap();
    assert!(governance.disable_person(&shop.admin, second, 9).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_admins_who_disable_each_other_at_once_leave_one() {
    let shop = Shop::open().await;
    let eva = shop.person("Eva", Role::Admin).await;
    let pairs =
        [(shop.governance.clone(), shop.admin.clone(), id_of(&eva)), (shop.replica(), eva.clone(), id_of(&shop.admin))];
    let done = at_once(
        pairs.map(|(governance, who, whom)| async move { governance.disable_person(&who, whom, 9).await.is_ok() }),
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
    assert!(
        matches!(&again, Err(Error::Invalid(Fault::EmailTaken, why)) if why == "`Nora` has this email address already"),
        "{again:?}"
    );
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
async fn a_session_that_was_ended_is_over_and_a_kept_one_ends_by_itself() {
    let shop = Shop::open().await;
    let (governance, ana) = (&shop.governance, id_of(&shop.ana));
    let id = governance.new_session_id().await.unwrap();
    assert!(governance.begin_session(id, ana).await.unwrap());
    assert!(!governance.begin_session(id, id_of(&shop.ben)).await.unwrap());
    assert_eq!(governance.session(id).await.unwrap(), Some(ana));
    governance.end_session(id).await.unwrap();
    assert_eq!(governance.session(id).await.unwrap(), None);

    assert!(governance.begin_session(id, ana).await.unwrap());
    shop.database.run("update sessions set expires_at = told_now()").await;
    assert_eq!(governance.session(id).await.unwrap(), None);
    governance.tidy().await.unwrap();
    assert_eq!(shop.database.count("select count(*) from sessions").await, 0);
}

#[tokio::test]
async fn who_reads_the_database_opens_no_session_with_it() {
    let shop = Shop::open().await;
    let id = shop.governance.new_session_id().await.unwrap();
    shop.governance.begin_session(id, id_of(&shop.ana)).await.unwrap();
    let stored: String =
        sqlx::query_scalar("select s::text from sessions s").fetch_one(&shop.database.owner).await.unwrap();
    for shown in [domain::json::hex(&id.to_le_bytes()), domain::json::hex(&id.to_be_bytes()), id.to_string()] {
        assert!(!stored.contains(&shown), "{stored}");
    }
}

/// A clock that is as far away as can be: of the database, and so of everything but the server's own.
#[tokio::test]
async fn a_session_ends_by_the_clock_of_the_database_alone() {
    let shop = Shop::open().await;
    let ana = id_of(&shop.ana);
    for shift in ["13 hours", "-3 days"] {
        shop.database.shift_clock(shift).await;
        let governance = shop.replica();
        let id = governance.new_session_id().await.unwrap();
        governance.begin_session(id, ana).await.unwrap();
        assert_eq!(governance.session(id).await.unwrap(), Some(ana), "{shift}");
        shop.database.shift_clock("11 hours 59 minutes").await;
        assert_eq!(shop.replica().session(id).await.unwrap(), Some(ana), "{shift}");
        shop.database.shift_clock("61 seconds").await;
        assert_eq!(shop.replica().session(id).await.unwrap(), None, "{shift}");
    }
}

const NEXT: &str = "another horse battery";

#[tokio::test]
async fn people_change_their_own_password_with_the_old_one_and_are_out_everywhere() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let nora = Actor::Person(governance.person(with_nora(&shop).await).await.unwrap().unwrap());
    let [own, others] = [governance.new_session_id().await.unwrap(), governance.new_session_id().await.unwrap()];
    governance.begin_session(own, id_of(&nora)).await.unwrap();
    governance.begin_session(others, id_of(&shop.ana)).await.unwrap();
    let change = async |old: &str, new: &str| governance.change_own_password(&nora, old, new, "1.2.3.4", None).await;

    assert_eq!(change("wrong wrong wrong", NEXT).await.unwrap(), OwnPassword::Wrong);
    for (new, fault) in [("too short", Fault::Password), (&"x".repeat(201), Fault::Password), (PASSWORD, Fault::Same)] {
        let answer = change(PASSWORD, new).await;
        assert!(matches!(&answer, Err(Error::Invalid(said, _)) if *said == fault), "{answer:?}");
    }
    assert_eq!(governance.session(own).await.unwrap(), Some(id_of(&nora)));
    assert_eq!(shop.entries("password_changed").await.len(), 0);
    assert_eq!(shop.entries("refused").await[0]["what"], "change their password: the old one was wrong");

    assert_eq!(change(PASSWORD, NEXT).await.unwrap(), OwnPassword::Changed);
    assert_eq!(governance.session(own).await.unwrap(), None);
    assert_eq!(governance.session(others).await.unwrap(), Some(id_of(&shop.ana)));
    assert_eq!(shop.entries("password_changed").await.len(), 1);
    let sign_in = async |password| governance.sign_in("nora@example.com", password, "1.2.3.4", None).await.unwrap();
    assert_eq!(sign_in(PASSWORD).await, SignIn::Wrong);
    assert!(matches!(sign_in(NEXT).await, SignIn::Welcome(_)));
}

#[tokio::test]
async fn an_old_password_is_guessed_no_faster_than_at_the_sign_in() {
    let shop = Shop::open().await;
    let nora = Actor::Person(shop.governance.person(with_nora(&shop).await).await.unwrap().unwrap());
    let change =
        async |old: &str| shop.governance.change_own_password(&nora, old, NEXT, "6.6.6.6", None).await.unwrap();
    for n in 0..10 {
        let sign_in = shop.governance.sign_in("nora@example.com", "wrong wrong wrong", "6.6.6.6", None);
        match n % 2 {
            0 => assert_eq!(sign_in.await.unwrap(), SignIn::Wrong),
            _ => assert_eq!(change("wrong wrong wrong").await, OwnPassword::Wrong),
        }
    }
    assert_eq!(change(PASSWORD).await, OwnPassword::Slow);
    assert_eq!(shop.database.count("select count(*) from entries where kind = 'password_changed'").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_changes_of_a_password_at_once_one_is_made() {
    let shop = Shop::open().await;
    let nora = Actor::Person(shop.governance.person(with_nora(&shop).await).await.unwrap().unwrap());
    let both = [(shop.governance.clone(), NEXT), (shop.replica(), "a third horse battery")];
    let done = at_once(both.map(|(governance, new)| {
        let nora = nora.clone();
        async move { governance.change_own_password(&nora, PASSWORD, new, "1.2.3.4", None).await }
    }))
    .await;
    assert_eq!(done.iter().filter(|done| matches!(done, Ok(OwnPassword::Changed))).count(), 1, "{done:?}");
    assert_eq!(shop.entries("password_changed").await.len(), 1);

    shop.governance.disable_person(&shop.admin, id_of(&nora), 9).await.unwrap();
    let late = shop.governance.change_own_password(&nora, NEXT, PASSWORD, "1.2.3.4", None).await;
    assert!(matches!(late, Err(Error::Forbidden)), "{late:?}");
}
