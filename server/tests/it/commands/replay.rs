//! `reins replay`: what a permission set would have said of past actions.

use serde_json::{Value, json};

use super::{DESK, Ran, Written, reins};

/// Needs no database: nothing is executed or recorded.
async fn replay(actions: impl AsRef<[u8]>, more: &[&str]) -> Ran {
    let (file, permissions) = (Written::new("past.jsonl", actions), Written::new("judging.toml", DESK));
    let arguments = [&["replay", file.path(), "--permissions", permissions.path()], more].concat();
    reins(&[], &arguments, "").await
}

/// A refund to a customer under a trigger of their own, on the first of October at this time.
fn refund(time: &str, amount: &str, currency: &str, customer: &str) -> Value {
    json!({
        "at": format!("2026-10-01T{time}Z"),
        "action": "desk.refund",
        "arguments": { "total": { "amount": amount, "currency": currency } },
        "customer": { "id": customer },
        "trigger": format!("ticket of {customer}"),
    })
}

fn remark(time: &str) -> Value {
    json!({ "at": format!("2026-10-01T{time}Z"), "action": "desk.remark", "arguments": { "text": "calm" } })
}

fn lines(actions: &[Value]) -> String {
    actions.iter().map(|action| format!("{action}\n")).collect()
}

/// The decisions of `--lines`, each with the number of its line.
fn decisions(printed: &str) -> Vec<(u64, String)> {
    let lines = printed.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.map(|line| (line["line"].as_u64().unwrap(), line["decision"].as_str().unwrap().to_owned())).collect()
}

/// Blank lines stand between some; the sixth line is the fourth refund within an hour.
fn an_hour_at_the_desk() -> String {
    let mut burn = remark("11:10:00");
    burn["action"] = json!("desk.burn");
    let first = lines(&[refund("10:00:00", "20.00", "USD", "omar")]);
    let second = lines(&[refund("10:10:00", "80.00", "USD", "omar"), refund("10:20:00", "5.00", "EUR", "omar")]);
    let third = lines(&[
        refund("10:30:00", "1.00", "USD", "omar"),
        refund("11:05:00", "30.00", "USD", "omar"),
        remark("11:05:00"),
        burn,
    ]);
    format!("{first}\n{second}  \t\n{third}\n")
}

#[tokio::test]
async fn a_mark_in_front_of_the_first_line_is_nobodys_fault() {
    let marked = format!("\u{feff}{}", lines(&[refund("10:00:00", "20.00", "USD", "omar")]));
    assert_eq!(replay(marked, &[]).await.printed(), "desk.refund\tallowed\t1\t20.00 USD\n");
}

#[tokio::test]
async fn past_actions_are_counted_by_decision_with_a_sum_a_currency() {
    let ran = replay(an_hour_at_the_desk(), &[]).await;
    let expected = "desk.burn\tdenied\t1\tno amounts\n\
                    desk.refund\tallowed\t2\t50.00 USD\n\
                    desk.refund\tdenied\t1\t1.00 USD\n\
                    desk.refund\tneeds_approval\t2\t5.00 EUR, 80.00 USD\n\
                    desk.remark\tallowed\t1\tno amounts\n";
    assert_eq!(ran.printed(), expected);
    assert_eq!(replay("", &[]).await.printed(), "");
    assert_eq!(replay("\n \n", &["--lines"]).await.printed(), "");
}

#[tokio::test]
async fn each_line_is_named_by_its_number_in_the_file() {
    let printed = replay(an_hour_at_the_desk(), &["--lines"]).await.printed();
    let expected = [
        (1, "allowed"),
        (3, "needs_approval"),
        (4, "needs_approval"),
        (6, "denied"),
        (7, "allowed"),
        (8, "allowed"),
        (9, "denied"),
    ];
    assert_eq!(decisions(&printed), expected.map(|(line, decision)| (line, decision.to_owned())));
    let why: Value = serde_json::from_str(printed.lines().nth(1).unwrap()).unwrap();
    assert_eq!(why["reasons"][0]["rule"], "over-50", "{why}");
    assert_eq!(printed.lines().count(), expected.len() + 5, "the summary follows");
}

#[tokio::test]
async fn a_window_counts_what_lies_within_it_of_this_customer() {
    let all = [
        refund("10:00:00", "1.00", "USD", "omar"),
        refund("10:00:00", "1.00", "USD", "omar"),
        refund("10:00:00", "1.00", "USD", "omar"),
        refund("10:59:59", "1.00", "USD", "omar"),
        refund("10:59:59", "1.00", "USD", "yara"),
        refund("11:00:00", "1.00", "USD", "omar"),
    ];
    let printed = replay(lines(&all), &["--lines"]).await.printed();
    let states: Vec<_> = decisions(&printed).into_iter().map(|(_, decision)| decision).collect();
    assert_eq!(states, ["allowed", "allowed", "allowed", "denied", "allowed", "allowed"]);
}

#[tokio::test]
async fn a_trigger_that_served_two_customers_asks_for_both_from_then_on() {
    let of = |time: &str, customer: &str| {
        let mut action = refund(time, "1.00", "USD", customer);
        action["trigger"] = json!("one ticket");
        action
    };
    let all = [of("10:00:00", "omar"), of("10:01:00", "omar"), of("10:02:00", "yara"), of("10:03:00", "omar")];
    let printed = replay(lines(&all), &["--lines"]).await.printed();
    let states: Vec<_> = decisions(&printed).into_iter().map(|(_, decision)| decision).collect();
    assert_eq!(states, ["allowed", "allowed", "needs_approval", "needs_approval"]);
}

#[tokio::test]
async fn a_line_that_cannot_be_judged_is_named_and_nothing_is() {
    let good = || refund("10:00:00", "1.00", "USD", "omar");
    let with = |name: &str, value: Value| {
        let mut action = good();
        action[name] = value;
        action.to_string()
    };
    let without = |name: &str| {
        let mut action = good();
        action.as_object_mut().unwrap().remove(name);
        action.to_string()
    };
    for (line, words) in [
        ("{".to_owned(), "line 3: "),
        ("[]".to_owned(), "line 3: is not an object"),
        (without("at"), "line 3: missing field `at`"),
        (without("action"), "line 3: missing field `action`"),
        (with("at", json!("yesterday")), "line 3: `at` is not a time"),
        (with("at", json!(1_790_000_000)), "line 3: `at` is not a time"),
        (with("at", json!("2026-10-01T09:59:59.999Z")), "line 3: is earlier than line 1"),
        (with("at", json!("2026-10-01T10:30:00+01:00")), "line 3: is earlier than line 1"),
        (with("costumer", json!({ "id": "omar" })), "line 3: unknown field `costumer`"),
        (with("trigger", json!(" ")), "line 3: `/trigger` has to have 1 to 200 characters"),
        (good().to_string().replacen('{', r#"{"action":"desk.remark","#, 1), "line 3: `/action` stands twice"),
    ] {
        let text = format!("{}\n\n{line}\n{}\n", good(), good());
        replay(&text, &["--lines"]).await.failed(1, &format!("reins: {words}"));
    }
    let binary = [lines(&[good()]).as_bytes(), b"\"\xff\"\n"].concat();
    replay(binary, &[]).await.failed(1, "reins: line 2: ");
}

#[tokio::test]
async fn a_sum_that_no_amount_can_hold_is_not_printed_wrong() {
    let most = "90000000000000000.00";
    let all = [refund("10:00:00", most, "USD", "omar"), refund("10:01:00", most, "USD", "yara")];
    replay(lines(&all), &[]).await.failed(1, "the sum in USD is too large");
}

#[tokio::test]
async fn files_that_cannot_be_read_are_named() {
    let (past, desk) = (Written::new("one.jsonl", lines(&[remark("10:00:00")])), Written::new("desk.toml", DESK));
    let contradictory = Written::new("bad.toml", DESK.replace("within_s = 3600", "within_s = 0"));
    let broken = Written::new("broken.toml", "agent = ");
    for (past, permissions, words) in [
        ("/nowhere/past.jsonl", desk.path(), "cannot read `/nowhere/past.jsonl`"),
        (past.path(), "/nowhere/desk.toml", "cannot read `/nowhere/desk.toml`"),
        (past.path(), contradictory.path(), "a window needs a length"),
        (past.path(), broken.path(), "broken.toml`: TOML parse error"),
    ] {
        reins(&[], &["replay", past, "--permissions", permissions], "").await.failed(1, words);
    }
    reins(&[], &["replay", past.path()], "").await.failed(2, "--permissions <PERMISSIONS>");
}
