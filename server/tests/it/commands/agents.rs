//! `reins agent`: reviewed files, and modes.

use super::{ADMIN, DESK, Ran, Written};
use crate::support::{Shop, refund};

const RISK: &str = "The queue `Desk leads` has no members who can decide, and this rule needs one.";

async fn apply(shop: &Shop, file: &Written, more: &[&str]) -> Ran {
    let arguments = [&["agent", "apply", file.path(), "--note", "reviewed", "--by"], more].concat();
    shop.reins(&arguments).await
}

/// Applies it with the word that it is refused without.
async fn accepted(shop: &Shop, file: &Written) -> Ran {
    let refused = apply(shop, file, &[ADMIN]).await;
    refused.failed(1, "Nothing was changed. To accept that, run it again with --accept ");
    let word = refused.err.trim().rsplit("--accept ").next().unwrap();
    apply(shop, file, &[ADMIN, "--accept", word]).await
}

/// Agents, permission versions and entries.
async fn counted(shop: &Shop) -> [i64; 3] {
    let mut counts = [0; 3];
    for (count, table) in counts.iter_mut().zip(["agents", "permission_sets", "entries"]) {
        *count = shop.database.count(format!("select count(*) from {table}")).await;
    }
    counts
}

#[tokio::test]
async fn a_file_is_applied_once_and_again_nothing_changes() {
    let shop = Shop::open().await;
    let file = Written::new("desk.toml", DESK);
    let before = counted(&shop).await;
    let changes = "new agent `desk`, as a draft\n\
                   new queue `desk-leads`, without members\n\
                   action `desk.refund`, revision 1\n\
                   action `desk.remark`, revision 1\n\
                   permission version 1 published\n";

    let dry = apply(&shop, &file, &[ADMIN, "--dry-run"]).await;
    let dry = dry.printed();
    assert!(dry.starts_with(&format!("{changes}This has to be accepted:\n- ")) && dry.contains(RISK), "{dry}");
    assert!(dry.ends_with("This would change; nothing was.\n"), "{dry}");
    assert_eq!(counted(&shop).await, before);

    assert_eq!(accepted(&shop, &file).await.printed(), format!("{changes}Applied.\n"));
    let after = counted(&shop).await;
    assert_eq!(after, [before[0] + 1, before[1] + 1, before[2] + 2]);

    for more in [&[ADMIN][..], &[ADMIN, "--dry-run"]] {
        assert_eq!(apply(&shop, &file, more).await.printed(), "Nothing changes.\n");
    }
    assert_eq!(counted(&shop).await, after);
}

#[tokio::test]
async fn a_mark_in_front_of_a_file_is_nobodys_fault_and_what_is_risky_is_accepted() {
    let shop = Shop::open().await;
    let before = counted(&shop).await;
    let file = Written::new("marked.toml", format!("\u{feff}{DESK}"));
    apply(&shop, &file, &[ADMIN]).await.failed(1, RISK);
    apply(&shop, &file, &[ADMIN, "--accept", "0123456789abcdef"]).await.failed(1, RISK);
    assert_eq!(counted(&shop).await, before);
    assert!(accepted(&shop, &file).await.printed().ends_with("Applied.\n"));
}

#[tokio::test]
async fn what_a_file_means_for_another_agent_is_accepted_by_its_word_or_nothing_is_applied() {
    let shop = Shop::open().await;
    accepted(&shop, &Written::new("desk.toml", DESK)).await.printed();
    let before = counted(&shop).await;
    let text = DESK
        .replace("slug = \"desk\"", "slug = \"till\"")
        .replace("name = \"Desk\"", "name = \"Till\"")
        .replace("amount = \"total\"\n", "");
    let file = Written::new("till.toml", &text);
    let refused = apply(&shop, &file, &[ADMIN]).await;
    let money =
        "- `Desk`’s rules and limits about money look at nothing any more: `desk refunds` would have no amount.";
    refused.failed(1, money);
    let word = refused.err.trim().rsplit("--accept ").next().unwrap().to_owned();
    apply(&shop, &file, &[ADMIN, "--accept", "0123456789abcdef"]).await.failed(1, money);
    let other = Written::new("other.toml", text.replace("Answers customers", "Answers everybody"));
    apply(&shop, &other, &[ADMIN, "--accept", &word]).await.failed(1, money);
    assert_eq!(counted(&shop).await, before);

    let dry = apply(&shop, &file, &[ADMIN, "--dry-run"]).await.printed();
    assert!(dry.contains(money) && dry.contains(&format!("--accept {word}")), "{dry}");
    assert!(apply(&shop, &file, &[ADMIN, "--accept", &word]).await.printed().ends_with("Applied.\n"));
    assert_eq!(apply(&shop, &file, &[ADMIN]).await.printed(), "Nothing changes.\n");
}

#[tokio::test]
async fn a_file_that_is_printed_and_applied_changes_nothing() {
    let shop = Shop::open().await;
    accepted(&shop, &Written::new("desk.toml", DESK)).await.printed();
    let printed = shop.reins(&["agent", "export", "desk", "--by", ADMIN]).await.printed();
    let file = Written::new("desk.toml", &printed);
    assert_eq!(apply(&shop, &file, &[ADMIN]).await.printed(), "Nothing changes.\n");
    assert_eq!(shop.reins(&["agent", "export", "desk", "--version", "1", "--by", ADMIN]).await.printed(), printed);
    shop.reins(&["agent", "export", "desk", "--version", "7", "--by", ADMIN])
        .await
        .failed(1, "there is no version 7 of `desk`");
}

#[tokio::test]
async fn a_file_that_does_not_fit_is_not_applied() {
    let shop = Shop::open().await;
    let before = counted(&shop).await;
    let long = Written::new("long.toml", format!("{DESK}\n# {}", "x".repeat(2 * 1024 * 1024)));
    apply(&shop, &long, &[ADMIN]).await.failed(1, "is longer than 2 MB: nothing was changed");
    for (text, words) in [
        ("agent = ".to_owned(), "bad.toml`: TOML parse error at line 1"),
        (DESK.replace("purpose", "porpoise"), "unknown field `porpoise`"),
        (DESK.replace("queue = \"desk-leads\"", "queue = \"nobody\""), "queue `nobody`"),
        (DESK.replace("within_s = 3600", "within_s = 0"), "a window needs a length"),
    ] {
        let file = Written::new("bad.toml", text);
        apply(&shop, &file, &[ADMIN]).await.failed(1, words);
    }
    let file = Written::new("desk.toml", DESK);
    let missing = ["agent", "apply", "/nowhere/desk.toml", "--note", "x", "--by", ADMIN];
    shop.reins(&missing).await.failed(1, "cannot read `/nowhere/desk.toml`");
    shop.reins(&["agent", "apply", file.path(), "--by", ADMIN]).await.failed(2, "--note <NOTE>");
    assert_eq!(counted(&shop).await, before);
    apply(&shop, &file, &["oli@example.com"])
        .await
        .failed(1, "reins: whoever `--by` names may not do this: nothing was changed");
    assert_eq!(shop.entries("refused").await.len(), 1);
}

#[tokio::test]
async fn a_mode_is_changed_by_name_where_it_may_change() {
    let shop = Shop::open().await;
    let set = async |agent: &str, mode: &str, by: &str| {
        shop.reins(&["agent", "mode", agent, mode, "--by", by, "--reason", "trial"]).await
    };
    let mode = "select case when a.retired_at is not null then 4 when h.kind = 'shadow' then 2 else 3 end::bigint \
                from agents a left join agent_phases h on h.agent_id = a.id and h.ended_at is null";
    assert_eq!(set("support", "shadow", ADMIN).await.printed(), "`support` is shadow.\n");
    assert_eq!(shop.database.count(mode).await, 2);
    assert_eq!(set("support", "live", ADMIN).await.printed(), "`support` is live.\n");

    set("support", "asleep", ADMIN)
        .await
        .failed(1, "a phase is `shadow`, `live`, `rescue` or `expansion`; an agent can also be `retired`");
    set("nobody", "live", ADMIN).await.failed(1, "there is no agent `nobody`: nothing was changed");
    set("support", "retired", "oli@example.com")
        .await
        .failed(1, "reins: whoever `--by` names may not do this: nothing was changed");
    shop.reins(&["agent", "mode", "support", "retired", "--by", ADMIN]).await.failed(2, "--reason <REASON>");
    assert_eq!(shop.database.count(mode).await, 3);

    shop.waiting(refund("80.00")).await;
    shop.approved_refund().await;
    let refused = set("support", "retired", "oli@example.com").await;
    refused.failed(1, "reins: whoever `--by` names may not do this: nothing was changed");
    for (mode, told) in [("shadow", "Not carried out while it is not live"), ("retired", "Ends with it")] {
        let printed = format!("`support` is {mode}.\n{told}: 2 requests that wait or are approved.\n");
        assert_eq!(set("support", mode, ADMIN).await.printed(), printed);
    }
    set("support", "live", ADMIN).await.failed(1, "a retired agent cannot become live");
    assert_eq!(shop.database.count(mode).await, 4);
}
