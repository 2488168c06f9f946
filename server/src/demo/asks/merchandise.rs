use domain::request::Ask;
use serde_json::json;

use super::{Draft, money, product};
use crate::demo::dice::Dice;

pub fn price(dice: &mut Dice) -> Ask {
    let (item, before) = product(dice);
    let draft = match dice.weighed(&[60, 14, 26]) {
        0 => {
            let step = dice.between(-9, 8);
            let rounded = (before * (100 + step) / 100 / 100) * 100;
            let after = if rounded == before { before + 200 } else { rounded };
            let why = if after > before {
                "Stock for 11 days and a delivery in 24; demand has not moved with the last increase."
            } else {
                "Sold 40 % below plan for three weeks, with 90 days of stock."
            };
            let arguments = json!({ "product": item, "before": money(before), "price": money(after) });
            Draft::new("price.change", arguments).words(
                "The nightly look at sales and stock.",
                why,
                "A new price in Shopify.",
            )
        }
        1 => {
            let (percent, days) = ([10, 15, 20, 30][dice.place(4)], dice.between(4, 14));
            Draft::new("markdown.start", json!({ "product": item, "percent": percent, "days": days })).words(
                "The nightly look at sales and stock.",
                "End of its season, and the shelf is needed for the next delivery.",
                "A markdown with an end date.",
            )
        }
        _ => Draft::new("data.read", json!({})).reads("sales.daily", None).words(
            "It is two in the morning.",
            "To compare yesterday with plan.",
            "Nothing changes.",
        ),
    };
    draft.trigger("nightly run").by("pricing-5", "2026-10-14")
}

pub fn stock(dice: &mut Dice) -> Ask {
    let (item, price) = product(dice);
    let units = dice.between(4, 20) * 10;
    let supplier = dice.pick(&["Fernhill Pottery", "Brightwater Mill", "Ostara Woodworks"]);
    let arguments =
        json!({ "supplier": supplier, "product": item, "units": units, "total": money(price * units * 4 / 10) });
    Draft::new("purchase.order", arguments)
        .words(
            "A test of the reorder rule.",
            "Stock for 12 days, and the supplier takes 21.",
            "A purchase order by email.",
        )
        .trigger("test run")
        .by("inventory-1", "2026-11-02")
}
