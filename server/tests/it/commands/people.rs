//! `reins user`: who may sign in.

use governance::SignIn;

use super::{ADMIN, Ran, reins};
use crate::{
    browser::PASSWORD,
    support::{Database, Shop, id_of, refund},
};

async fn add(shop: &Shop, email: &str, role: &str, more: &[&str], password: &str) -> Ran {
    let name = email.split('@').next().unwrap_or_default();
    let arguments = [&["user", "add", email, "--name", name, "--role", role], more].concat();
    shop.reins_with(&arguments, &format!("{password}\n")).await
}

async fn listed(shop: &Shop) -> String {
    shop.reins(&["user", "list"]).await.printed()
}

#[tokio::test]
async fn people_of_every_role_are_added_and_listed_and_sign_in() {
    let shop = Shop::open().await;
    let roles = ["auditor", "reviewer", "operator", "manager", "admin"];
    for role in roles {
        let email = format!("{role}@new.example");
        let added = add(&shop, &email, role, &["--by", ADMIN], PASSWORD).await;
        assert_eq!(added.printed(), format!("Added {email}.\n"));
        let signed_in = shop.governance.sign_in(&email, PASSWORD, "1.2.3.4", None).await.unwrap();
        assert!(matches!(&signed_in, SignIn::Welcome(me) if me.role.name() == role), "{signed_in:?}");
    }

    let list = listed(&shop).await;
    for role in roles {
        assert!(list.contains(&format!("{role}@new.example\t{role}\t{role}\tactive\t\n")), "{list}");
    }
    assert!(list.contains("ana@example.com\tAna\treviewer\tactive\tcs-leads\n"), "{list}");
    let by_ada =
        format!("select count(*) from entries where kind = 'person_added' and actor_id = '{}'", id_of(&shop.admin));
    assert_eq!(shop.database.count(by_ada).await, 5);
}

#[tokio::test]
async fn only_the_first_admin_is_added_in_nobodys_name() {
    let database = Database::fresh().await;
    let url = database.server_url();
    let add = async |email: &str, role: &str| {
        let arguments = ["user", "add", email, "--name", "Ada", "--role", role];
        reins(&[("DATABASE_URL", &url)], &arguments, PASSWORD).await
    };
    add("ben@example.com", "reviewer").await.failed(1, "`--by` is needed for anybody but the first admin");
    assert_eq!(add(ADMIN, "admin").await.printed(), "Added ada@example.com.\n");
    add("eve@example.com", "admin").await.failed(1, "it exists already: nothing was changed");
    assert_eq!(database.count("select count(*) from people").await, 1);
}

#[tokio::test]
async fn what_does_not_fit_adds_nobody() {
    let shop = Shop::open().await;
    let before = listed(&shop).await;
    let by_ada: &[&str] = &["--by", ADMIN];
    for (email, role, more, password, code, words) in [
        ("new@new.example", "boss", by_ada, PASSWORD, 2, "invalid value 'boss' for '--role <ROLE>'"),
        ("new@new.example", "auditor", &["--by"], PASSWORD, 2, "a value is required for '--by <BY>'"),
        (
            "new@new.example",
            "auditor",
            &["--by", "ben@example.com"],
            PASSWORD,
            1,
            "reins: whoever `--by` names may not do this",
        ),
        (
            "new@new.example",
            "auditor",
            &["--by", "nobody@example.com"],
            PASSWORD,
            1,
            "nobody with the address `nobody@example.com` may sign in",
        ),
        ("new@new.example", "admin", &[], PASSWORD, 1, "reins: it exists already"),
        ("new@new.example", "auditor", by_ada, "short", 1, "a password has 12 to 200 characters"),
        ("new@new.example", "auditor", by_ada, "", 1, "a password has 12 to 200 characters"),
        ("new", "auditor", by_ada, PASSWORD, 1, "that is not an e-mail address"),
        ("neo@x.example\u{200b}", "auditor", by_ada, PASSWORD, 1, "the e-mail address holds U+200B"),
        ("АDA@new.example", "auditor", by_ada, PASSWORD, 1, "looks like that of another person, `Ada`"),
        (ADMIN, "auditor", by_ada, PASSWORD, 1, "reins: `Ada` has this email address already"),
        ("ADA@Example.com", "auditor", by_ada, PASSWORD, 1, "reins: `Ada` has this email address already"),
    ] {
        let ran = add(&shop, email, role, more, password).await;
        ran.failed(code, words);
        assert!(!ran.err.contains(PASSWORD), "{ran:?}");
    }
    assert_eq!(listed(&shop).await, before);
    assert_eq!(shop.entries("refused").await.len(), 1);
}

#[tokio::test]
async fn who_is_disabled_is_listed_as_such_and_signs_in_no_more() {
    let shop = Shop::open().await;
    add(&shop, "nora@new.example", "reviewer", &["--by", ADMIN], PASSWORD).await.printed();
    let disable = async |email: &str, by: &str| shop.reins(&["user", "disable", email, "--by", by]).await;
    disable("nora@new.example", "ana@example.com")
        .await
        .failed(1, "reins: whoever `--by` names may not do this: nothing was changed");
    assert_eq!(disable("Nora@new.example", ADMIN).await.printed(), "Disabled Nora@new.example.\n");

    assert!(listed(&shop).await.contains("nora@new.example\tnora\treviewer\tdisabled\t\n"));
    let signed_in = shop.governance.sign_in("nora@new.example", PASSWORD, "1.2.3.4", None).await.unwrap();
    assert_eq!(signed_in, SignIn::Wrong);
    disable("nora@new.example", ADMIN).await.failed(1, "nobody with the address `nora@new.example` may sign in");
    disable("nobody@new.example", ADMIN).await.failed(1, "nobody with the address `nobody@new.example` may sign in");
    disable(ADMIN, ADMIN).await.failed(1, "there has to be an admin");
    assert!(listed(&shop).await.contains("ada@example.com\tAda\tadmin\tactive\t\n"));
}

#[tokio::test]
async fn whoever_disables_the_last_who_could_approve_says_how_much_is_left() {
    let shop = Shop::open().await;
    shop.waiting(refund("350.00")).await;
    let disable = async |more: &[&str]| {
        shop.reins(&[&["user", "disable", "lee@example.com", "--by", ADMIN], more].concat()).await
    };
    let words = "1 of what waits could be approved by nobody then. Nothing was changed. To accept that, run it again \
                 with --losing 1";
    disable(&[]).await.failed(1, words);
    assert!(listed(&shop).await.contains("lee@example.com\tLee\treviewer\tactive\tlegal\n"));
    assert_eq!(disable(&["--losing", "1"]).await.printed(), "Disabled lee@example.com.\n");
}

#[tokio::test]
async fn whoever_disables_somebody_while_not_all_that_waits_is_counted_says_so() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    let in_many_ways = shop.database.run(format!(
        "insert into requests
         select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'idempotency_key', n, 'pending',
             r.pending || jsonb_build_array(jsonb_set(r.pending -> 0, '{{queue}}', to_jsonb('queue-' || n)))))).*
         from requests r, generate_series(1, 300) n
         where r.id = '{id}'"
    ));
    assert_eq!(in_many_ways.await, 300);
    let disable = async |more: &[&str]| {
        shop.reins(&[&["user", "disable", "lee@example.com", "--by", ADMIN], more].concat()).await
    };
    let words = "some of what waits may be approved by nobody then: not all of it could be counted. Nothing was changed. To \
                 accept that, run it again with --losing 1";
    disable(&[]).await.failed(1, words);
    assert_eq!(disable(&["--losing", "1"]).await.printed(), "Disabled lee@example.com.\n");
}

#[tokio::test]
async fn who_is_disabled_is_so_whatever_they_have_said_yes_to_and_that_is_told() {
    let shop = Shop::open().await;
    for amount in ["80.00", "90.00"] {
        let id = shop.waiting(refund(amount)).await;
        shop.approve(&shop.ana, id).await.unwrap();
    }
    let disabled = shop.reins(&["user", "disable", "ana@example.com", "--by", ADMIN]).await;
    let told = "Disabled ana@example.com.\nTheir yes to 2 requests that are open counts no more.\n";
    assert_eq!(disabled.printed(), told);
}

#[tokio::test]
async fn whoever_has_the_machine_confirms_a_password() {
    let shop = Shop::open().await;
    add(&shop, "eva@new.example", "admin", &["--by", ADMIN], PASSWORD).await.printed();
    let confirm = async |email: &str| shop.reins(&["user", "confirm", email]).await;
    confirm("eva@new.example").await.failed(1, "they still have the password that Ada has set: nothing was changed");
    let own = ["user", "password", "eva@new.example", "--by", "eva@new.example"];
    shop.reins_with(&own, "another long password\n").await.printed();
    assert_eq!(confirm("eva@new.example").await.printed(), "eva@new.example counts as a person of their own.\n");
    for email in ["eva@new.example", ADMIN] {
        confirm(email).await.failed(1, "nobody else has set their password: nothing was changed");
    }
}

#[tokio::test]
async fn no_name_forges_a_line_of_the_list() {
    let shop = Shop::open().await;
    let add = async |name: &str| {
        let arguments = ["user", "add", "n@new.example", "--name", name, "--role", "auditor", "--by", ADMIN];
        shop.reins_with(&arguments, &format!("{PASSWORD}\n")).await
    };
    add("a\nb@new.example\tB\tadmin\tactive").await.failed(1, "has more than one line, or a tab");
    add("a\u{1b}[2J").await.failed(1, "holds U+001B, which cannot be seen");
    add("علی\u{200c}رضا").await.printed();

    // What stands in the database from before is shown all the same, and as what it is.
    shop.database.run("update people set name = 'a\nb\tc\u{1b}[2J' where email = 'n@new.example'").await;
    assert!(listed(&shop).await.contains("n@new.example\ta⟨U+000A⟩b⟨U+0009⟩c⟨U+001B⟩[2J\tauditor\tactive\t\n"));
}

#[tokio::test]
async fn where_it_takes_two_the_command_line_makes_no_admin_alone() {
    let shop = Shop::open().await;
    let two: &[&str] = &["--by", ADMIN];
    add(&shop, "eva@new.example", "admin", two, PASSWORD).await.printed();
    shop.reins_with(&["user", "password", "eva@new.example", "--by", "eva@new.example"], "a password of her own\n")
        .await
        .printed();
    shop.reins(&["user", "confirm", "eva@new.example"]).await.printed();
    shop.governance.need_two_to_publish(&shop.admin).await.unwrap();

    let added = add(&shop, "eve@new.example", "admin", two, PASSWORD).await.printed();
    assert!(added.starts_with("Added eve@new.example as an auditor: it takes two."), "{added}");
    assert!(listed(&shop).await.contains("eve@new.example\teve\tauditor\tactive\t\n"));
    let password = ["user", "password", "eva@new.example", "--by", ADMIN];
    let proposed = shop.reins_with(&password, "another long password\n").await.printed();
    assert!(proposed.starts_with("Proposed: it takes two."), "{proposed}");
    add(&shop, "third@new.example", "admin", &[], PASSWORD).await.failed(1, "it exists already");

    shop.reins(&["user", "disable", "eva@new.example", "--by", ADMIN]).await.printed();
    add(&shop, "third@new.example", "admin", &[], PASSWORD).await.printed();
    assert!(listed(&shop).await.contains("third@new.example\tthird\tadmin\tactive\t\n"));
}

/// The private database starts and ends with the command, which leaves nobody behind who misses it.
#[tokio::test]
async fn a_command_that_succeeds_says_nothing_else() {
    let data = std::env::temp_dir().join(format!("reins alone {}", std::process::id()));
    let path = data.to_str().unwrap();
    let environment = [("REINS_DATA", path), ("REINS_LOG", "info")];
    let made = reins(&environment, &["migrate"], "").await;
    for _ in 0..3 {
        let list = reins(&environment, &["user", "list"], "").await;
        assert_eq!((list.code, list.err.contains("WARN") || list.err.contains("ERROR")), (Some(0), false), "{list:?}");
    }
    std::fs::remove_dir_all(&data).unwrap();
    assert_eq!((made.code, made.err.contains("WARN") || made.err.contains("ERROR")), (Some(0), false), "{made:?}");
}

#[tokio::test]
async fn what_goes_to_a_file_has_no_colours() {
    let nowhere = [("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing"), ("REINS_LOG", "debug")];
    let ran = reins(&nowhere, &["user", "list"], "").await;
    assert!(ran.code == Some(1) && ran.err.len() > 100, "{ran:?}");
    assert!(!ran.err.contains('\u{1b}') && !ran.out.contains('\u{1b}'), "{ran:?}");
}
