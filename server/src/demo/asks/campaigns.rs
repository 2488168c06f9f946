use domain::request::Ask;
use serde_json::json;

use super::Draft;
use crate::demo::dice::Dice;

/// Name, subject, segment, how many, what it says.
const CAMPAIGNS: [(&str, &str, &str, i64, &str); 8] = [
    (
        "Slow mornings",
        "Coffee, bread, and nowhere to be",
        "Kitchen buyers, last 12 months",
        8_420,
        "Four things for a slow breakfast, led by the pour-over set. No discount.",
    ),
    (
        "New in linen",
        "Linen in three new colors",
        "Bedding buyers and browsers",
        6_115,
        "Oat, slate and clay, with how the cloth is washed and why it costs what it costs.",
    ),
    (
        "Back in stock: the pleated lamp",
        "It is back, and there are 180 of them",
        "Waitlist: pleated lamp",
        742,
        "One picture, one button. For people who asked to be told.",
    ),
    (
        "A word on care",
        "How to keep what you have",
        "All subscribers, engaged 90 days",
        21_300,
        "Care notes for wood, wool and enamel. Nothing is for sale.",
    ),
    (
        "Weekend table",
        "Six at the table on Saturday?",
        "Table and kitchen browsers",
        9_870,
        "The bowls, the board and the carafe, with a recipe.",
    ),
    (
        "Warm floors",
        "The floor gets cold first",
        "Rug browsers, last 60 days",
        3_260,
        "Jute and wool rugs with measures and a guide to sizes.",
    ),
    (
        "Thank you, second order",
        "A small thank-you",
        "Second order in the last 7 days",
        318,
        "A handwritten-looking card and a care guide. No discount.",
    ),
    (
        "Archive sale, early door",
        "For you first: the archive sale",
        "Three orders and more",
        2_940,
        "Early access to last season at 20 % off, until Sunday night.",
    ),
];

pub fn ask(dice: &mut Dice) -> Ask {
    let campaign = CAMPAIGNS[dice.place(CAMPAIGNS.len())];
    let draft = match dice.weighed(&[40, 22, 6, 8, 24]) {
        0 => {
            let (name, subject, _, _, out) = campaign;
            Draft::new("campaign.draft", json!({ "name": name, "subject": subject })).words(
                "The plan for this month asks for it.",
                "The last one on this theme had the best click rate of the quarter.",
                out,
            )
        }
        1 => segment(dice),
        2 => send(dice, campaign),
        3 => pause(dice),
        _ => Draft::new("data.read", json!({})).reads("marketing.results", None).words(
            "Monday's look at last week.",
            "To compare subjects before the next draft.",
            "Nothing is sent.",
        ),
    };
    draft.trigger("marketing plan, this month").by("campaigns-19", "2026-09-11")
}

fn segment(dice: &mut Dice) -> Draft {
    let (name, rule) = [
        ("Rug browsers, last 60 days", "has looked at a rug twice in 60 days and bought none"),
        ("Second order in the last 7 days", "has exactly two orders, the newer one at most 7 days old"),
        ("Quiet for half a year", "has bought before, and neither opened nor ordered in 180 days"),
        ("Kitchen buyers, last 12 months", "has bought from Kitchen in the last 12 months"),
    ][dice.place(4)];
    Draft::new("segment.build", json!({ "name": name, "rule": rule })).words(
        "For the next campaign.",
        "Narrower than last time, as unsubscribes were up.",
        "A segment in Klaviyo.",
    )
}

fn send(dice: &mut Dice, (name, subject, segment, recipients, out): (&str, &str, &str, i64, &str)) -> Draft {
    let recipients = recipients + dice.between(-60, 60);
    let arguments = json!({ "name": name, "subject": subject, "segment": segment, "recipients": recipients });
    Draft::new("campaign.send", arguments).template("newsletter").words(
        "The draft is final and the test send looks right on a phone.",
        format!("The segment has {recipients} people who have not had an email from us in four days, and nothing else is planned."),
        out,
    )
}

fn pause(dice: &mut Dice) -> Draft {
    let (flow, why) = [
        ("Abandoned cart", "as its discount code ended last night"),
        ("Back in stock", "as the kettle's count in Shopify is wrong"),
        ("Review request", "as parcels are four days late in the north-east"),
        ("Win back", "as unsubscribes doubled since Tuesday"),
    ][dice.place(4)];
    Draft::new("flow.pause", json!({ "flow": flow, "why": why })).words(
        "The numbers of today.",
        "Each further email would do harm until it is set right.",
        "The flow is paused; nobody is told.",
    )
}
