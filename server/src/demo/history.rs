//! Four months of the shop, told from today.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use domain::{agent::Mode, agent_file::AgentFile, request::Ask, state};
use governance::{Cost, CustomerFacts, Feedback, FeedbackKind, Outcome};
use serde_json::json;

use super::{
    asks,
    dice::Dice,
    shop::{self, ADMIN, HOURS_BEHIND, MANAGER, OPERATOR, REVIEWER},
    story::{Answer, Beginning, Later, Past, Stop, Story, Tightening},
};

const DAYS: i64 = 122;
/// A credit above the hard limit, which nobody is asked about.
const BEYOND: &str = "60.00";

/// Each agent's asks on an ordinary weekday.
const A_DAY: [(&str, i64); 5] = [("support", 22), ("returns", 11), ("reviews", 7), ("campaigns", 3), ("pricing", 4)];

/// When each agent went into shadow and live, in days before today.
const BEGINNINGS: [(&str, i64, Option<i64>, &str); 6] = [
    ("support", 122, Some(112), "First rules, agreed with the CS leads"),
    ("returns", 119, Some(104), "The 45-day policy as rules"),
    ("reviews", 96, Some(84), "Thank-yous go out, everything else is read first"),
    ("campaigns", 88, Some(71), "Two people read each send"),
    ("pricing", 40, None, "To be watched in shadow for two months"),
    ("inventory", 9, None, "A first draft, to be gone through with the operations desk"),
];

pub fn tell(now: DateTime<Utc>, files: &[AgentFile]) -> Story {
    let midnight = now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    let founded_at = midnight - TimeDelta::days(DAYS + 2) + TimeDelta::hours(HOURS_BEHIND + 9);
    let day = |before: i64, hour: i64, minute: i64| {
        midnight - TimeDelta::days(before) + TimeDelta::hours(hour + HOURS_BEHIND) + TimeDelta::minutes(minute)
    };
    let customers = shop::customers();
    let mut requests = Vec::new();
    let mut dice = Dice(0x004a_616c_6172_6b05);
    for before in (0..=DAYS).rev() {
        requests.extend(a_day(&mut dice, &customers, midnight - TimeDelta::days(before), before));
    }
    requests.extend(cases(&mut dice, &customers, now));

    Story {
        founded_at,
        people: shop::people(),
        customers,
        agents: agents(midnight, files),
        stops: vec![
            Stop {
                agent: "campaigns",
                by: MANAGER,
                at: day(37, 10, 12),
                reason: "The archive sale went to people who had asked for no sale emails. Stopping until we know why.",
                released_by: OPERATOR,
                released_at: day(36, 15, 40),
                release_reason: "The segment was built on an old list in Klaviyo. The list is gone, the segment is rebuilt and checked by hand.",
            },
            Stop {
                agent: "returns",
                by: REVIEWER,
                at: day(63, 13, 5),
                reason: "Three refunds for the same parcel within ten minutes.",
                released_by: OPERATOR,
                released_at: day(63, 16, 48),
                release_reason: "Loop sent the inspection three times. They have fixed it, and two of the refunds were cancelled in time.",
            },
        ],
        tightenings: vec![
            Tightening {
                agent: "support",
                actions: BTreeSet::from(["order.cancel".to_owned()]),
                by: OPERATOR,
                at: day(6, 9, 20),
                until: midnight + TimeDelta::days(8),
                reason: "Two cancelled orders had already been picked. A person looks until the warehouse sync is mended.",
            },
            Tightening {
                agent: "returns",
                actions: BTreeSet::from(["return.refund".to_owned()]),
                by: MANAGER,
                at: day(63, 16, 50),
                until: day(49, 9, 0),
                reason: "Two weeks of looking at every refund after the triple one.",
            },
        ],
        sign_ins: sign_ins(&mut dice, midnight, now),
        requests,
    }
}

fn agents(midnight: DateTime<Utc>, files: &[AgentFile]) -> Vec<Beginning> {
    let mut agents = Vec::new();
    for (slug, shadow, live, note) in BEGINNINGS {
        let Some(file) = files.iter().find(|file| file.agent.slug == slug).cloned() else { continue };
        let at = |days: i64, hour: i64| midnight - TimeDelta::days(days) + TimeDelta::hours(HOURS_BEHIND + hour);
        let mut modes = Vec::new();
        if slug != "inventory" {
            modes.push((at(shadow, 11), Mode::Shadow, "To see what it would have done before anything goes out."));
        }
        if let Some(live) = live {
            modes.push((at(live, 10), Mode::Live, "The shadow days are reviewed; nothing went beyond the rules."));
        }
        agents.push(Beginning { file, note, published_at: at(shadow, 10), modes });
    }
    agents
}

/// More on Mondays, less on weekends, most around noon.
fn a_day(dice: &mut Dice, customers: &[CustomerFacts], midnight: DateTime<Utc>, before: i64) -> Vec<Past> {
    let share = match midnight.weekday() {
        Weekday::Mon => 128,
        Weekday::Sat => 62,
        Weekday::Sun => 54,
        Weekday::Fri => 92,
        _ => 100,
    };
    let mut day = Vec::new();
    for (agent, usual) in A_DAY {
        let since = BEGINNINGS.iter().find(|(slug, ..)| *slug == agent).map_or(0, |(_, shadow, ..)| *shadow);
        if before >= since {
            continue;
        }
        let count = (usual * share * dice.between(78, 122) + 5_000) / 10_000;
        for _ in 0..count {
            let hour = if agent == "pricing" {
                2
            } else {
                [8, 9, 9, 10, 10, 11, 11, 12, 13, 13, 14, 15, 15, 16, 17, 18, 20][dice.place(17)]
            };
            let at = midnight + TimeDelta::seconds((hour + HOURS_BEHIND) * 3600 + dice.between(0, 3599));
            let ask = asks::ask(agent, dice, customers);
            day.push(past(dice, agent, at, ask));
        }
    }
    day
}

fn past(dice: &mut Dice, agent: &'static str, at: DateTime<Utc>, ask: Ask) -> Past {
    let answer = match dice.place(1000) {
        0..=838 => Answer::Approve { after: soon(dice), note: note(dice).to_owned() },
        839..=958 => Answer::Reject { after: soon(dice), reason: reason(dice, &ask.action).to_owned() },
        _ => Answer::Nothing,
    };
    let outcome = outcome(dice, &ask);
    let feedback = feedback(dice, &ask);
    Past {
        agent,
        at,
        ask,
        answer,
        takes: TimeDelta::seconds(dice.between(1, 14)),
        outcome: Some(outcome),
        later: None,
        feedback,
    }
}

/// Minutes mostly, an hour or two sometimes.
fn soon(dice: &mut Dice) -> TimeDelta {
    let minutes = if dice.chance(760) { dice.between(2, 34) } else { dice.between(35, 170) };
    TimeDelta::seconds(minutes * 60 + dice.between(0, 59))
}

fn outcome(dice: &mut Dice, ask: &Ask) -> Outcome {
    let cost = Cost::parse(&format!("0.{:04}", dice.between(31, 420)), "USD");
    if dice.chance(26) {
        let what = dice.pick(&[
            "Shopify answered 429 three times",
            "the order was archived meanwhile",
            "the payment provider declined the refund",
            "the ticket was merged into another",
        ]);
        return Outcome {
            status: state::Outcome::Failed,
            reference: String::new(),
            detail: json!({ "error": what }),
            cost,
        };
    }
    let kind = ask.action.rsplit('.').next().unwrap_or("done");
    let reference = format!("{kind} {}", dice.next() % 9_000_000 + 1_000_000);
    Outcome { status: state::Outcome::Succeeded, reference, detail: json!({}), cost }
}

fn note(dice: &mut Dice) -> &'static str {
    dice.pick(&[
        "",
        "",
        "",
        "",
        "",
        "Fine by me.",
        "Checked the photos, clearly ours.",
        "Good customer, go ahead.",
        "Reads well.",
        "Looked at the order, matches.",
        "Ok this once.",
        "Thanks, go.",
    ])
}

fn reason(dice: &mut Dice, action: &str) -> &'static str {
    match action {
        "order.refund" | "return.refund" => dice.pick(&[
            "A replacement is on its way already; see the ticket from Tuesday.",
            "The photo shows another shop's product.",
            "Refunded by hand yesterday.",
            "Ask for a photo first.",
            "The parcel was delivered this morning according to the carrier.",
        ]),
        "message.reply" | "review.reply" => dice.pick(&[
            "Too stiff. I will write this one myself.",
            "We cannot promise Thursday.",
            "Do not ask for a batch number before we have said sorry properly.",
            "I called the customer, no email needed.",
        ]),
        "campaign.send" | "flow.pause" => dice.pick(&[
            "Collides with the sale on Friday. Next week.",
            "The subject is too close to last week's.",
            "The button on the phone version leads nowhere.",
        ]),
        "credit.offer" => dice.pick(&["They have had a credit this month.", "An apology is enough here."]),
        _ => dice.pick(&[
            "Not now.",
            "I would rather talk to the customer first.",
            "The order is being picked, leave it.",
            "Does not fit what we agreed on Monday.",
        ]),
    }
}

/// The helpdesk's word on some of what went out.
fn feedback(dice: &mut Dice, ask: &Ask) -> Option<(TimeDelta, Feedback)> {
    if ask.action != "message.reply" || !dice.chance(160) {
        return None;
    }
    let (score, note) = [
        (1.0, "Thank you, that was quick."),
        (0.9, "Perfect."),
        (0.8, "Ok, thanks."),
        (0.3, "That did not answer my question."),
        (1.0, "Lovely service as always."),
    ][dice.place(5)];
    let feedback = Feedback { kind: FeedbackKind::Quality, score: Some(score), note: note.to_owned() };
    Some((TimeDelta::hours(dice.between(1, 30)), feedback))
}

/// What the days do not bring by themselves: what waits, what is unclear, what went wrong.
fn cases(dice: &mut Dice, customers: &[CustomerFacts], now: DateTime<Utc>) -> Vec<Past> {
    let mut cases = Vec::new();
    let mut add = |dice: &mut Dice, agent: &'static str, action: &str, ago: TimeDelta, turn: &dyn Fn(&mut Past)| {
        let ask = (0..4000)
            .map(|_| asks::ask(agent, dice, customers))
            .find(|ask| ask.action == action && ask.arguments["value"]["amount"] != BEYOND);
        if let Some(ask) = ask {
            let mut one = past(dice, agent, now - ago, ask);
            one.feedback = None;
            turn(&mut one);
            cases.push(one);
        }
    };
    let waits = |past: &mut Past| past.answer = Answer::Nothing;
    for (agent, action, minutes) in [
        ("support", "credit.offer", 6),
        ("reviews", "review.report", 11),
        ("returns", "warranty.replace", 19),
        ("support", "order.cancel", 27),
        ("reviews", "review.report", 44),
        ("campaigns", "flow.pause", 58),
        ("campaigns", "campaign.send", 95),
    ] {
        add(dice, agent, action, TimeDelta::minutes(minutes), &waits);
    }

    let never_came = |past: &mut Past| {
        past.answer = Answer::Approve { after: TimeDelta::minutes(12), note: "Go ahead.".to_owned() };
        past.outcome = None;
    };
    add(dice, "returns", "return.send_label", TimeDelta::hours(20), &never_came);
    add(dice, "returns", "warranty.replace", TimeDelta::hours(43), &never_came);
    let settled = |past: &mut Past| {
        never_came(past);
        past.later = Some(Later::Settled {
            after: TimeDelta::hours(3),
            by: OPERATOR,
            to: state::Outcome::Succeeded,
            reason: "Found it in Shopify: it went through, only the answer was lost.",
        });
    };
    for days in [18, 52, 87] {
        add(dice, "returns", "return.accept", TimeDelta::days(days), &settled);
    }
    let undone = |past: &mut Past| {
        past.answer = Answer::Approve { after: TimeDelta::minutes(8), note: String::new() };
        past.later = Some(Later::RolledBack {
            after: TimeDelta::minutes(50),
            by: OPERATOR,
            reason: "The customer wrote again and wants the order after all. Placed it anew at the same prices.",
        });
    };
    for days in [11, 29] {
        add(dice, "support", "order.cancel", TimeDelta::days(days), &undone);
    }
    add(dice, "reviews", "review.report", TimeDelta::hours(29), &|past| {
        past.answer = Answer::Reject {
            after: TimeDelta::minutes(31),
            reason: "It is a real customer, only an angry one. Leave it.".to_owned(),
        };
        past.outcome = Some(Outcome {
            status: state::Outcome::Succeeded,
            reference: "report 5527093".to_owned(),
            detail: json!({}),
            cost: None,
        });
        past.later = Some(Later::Breach { after: TimeDelta::minutes(4) });
    });
    for hours in [30, 54, 55] {
        add(dice, "inventory", "purchase.order", TimeDelta::hours(hours), &waits);
    }
    cases
}

fn sign_ins(dice: &mut Dice, midnight: DateTime<Utc>, now: DateTime<Utc>) -> Vec<(DateTime<Utc>, &'static str)> {
    let team = [ADMIN, MANAGER, OPERATOR, REVIEWER];
    let mut all = Vec::new();
    for before in (0..DAYS).rev() {
        let day = midnight - TimeDelta::days(before);
        if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            continue;
        }
        for email in team {
            let at = day + TimeDelta::hours(HOURS_BEHIND + 8) + TimeDelta::minutes(dice.between(0, 95));
            if at < now && dice.chance(700) {
                all.push((at, email));
            }
        }
    }
    all
}
