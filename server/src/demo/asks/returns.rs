use domain::request::Ask;
use governance::CustomerFacts;
use serde_json::json;

use super::{Draft, money, order_id, product, readable};
use crate::demo::dice::Dice;

const VERSION: (&str, &str) = ("returns-12", "2026-09-22");

pub fn ask(dice: &mut Dice, customer: &CustomerFacts) -> Ask {
    let draft = match dice.weighed(&[24, 20, 24, 8, 5, 9]) {
        0 => accept(dice),
        1 => label(dice),
        2 => refund(dice),
        3 => exchange(dice),
        4 => replace(dice),
        _ => Draft::new("data.read", json!({})).reads("customer.returns", Some(&customer.id)).words(
            "A return was started.",
            "To see how often this customer has sent things back.",
            "Nothing is sent.",
        ),
    };
    let trigger = format!("return RMA-{}", dice.next() % 9_000_000 + 1_000_000);
    draft.of(customer, trigger).by(VERSION.0, VERSION.1)
}

fn accept(dice: &mut Dice) -> Draft {
    let ((item, _), days) = (product(dice), dice.between(4, 40));
    let reason = dice.pick(&["changed mind", "wrong size", "damaged", "not as described", "gift not wanted"]);
    Draft::new("return.accept", json!({ "order_id": order_id(dice), "item": item, "reason": reason })).words(
        format!("Return started on the website: {}, {reason}.", item.to_lowercase()),
        format!("Delivered {days} days ago, unused, not a final-sale item: within the policy."),
        "Acceptance by email, with what to do next.",
    )
}

fn label(dice: &mut Dice) -> Draft {
    let postage = if dice.chance(90) { dice.between(2600, 4300) } else { dice.between(640, 1790) };
    Draft::new("return.send_label", json!({ "order_id": order_id(dice), "postage": money(postage) })).words(
        "The return is accepted.",
        if postage > 2500 {
            "A bulky item: ground freight is the cheapest way that the carrier offers."
        } else {
            "Standard parcel from the customer's address."
        },
        "A prepaid label by email.",
    )
}

fn refund(dice: &mut Dice) -> Draft {
    let (item, price) = product(dice);
    let (condition, cut) =
        [("as new", 0), ("as new", 0), ("as new", 0), ("opened", 0), ("used", 30), ("damaged", 50)][dice.place(6)];
    let price = if dice.chance(80) { price * 2 } else { price };
    let deduction = price * cut / 100;
    let mut arguments =
        json!({ "order_id": order_id(dice), "item": item, "condition": condition, "total": money(price - deduction) });
    if deduction > 0 {
        arguments["deduction"] = money(deduction);
    }
    let why = match condition {
        "used" => {
            "The warehouse found signs of use. The policy takes 30 % off, and the customer was told when the return was accepted."
        }
        "damaged" => "Damaged on arrival at the warehouse and not packed as asked. The policy takes 50 % off.",
        _ => "The warehouse checked it in as sellable. The full price is owed.",
    };
    Draft::new("return.refund", arguments).words(
        format!("Inspection: {}, {condition}.", item.to_lowercase()),
        why,
        format!("{} back to the original payment method.", readable(price - deduction)),
    )
}

fn exchange(dice: &mut Dice) -> Draft {
    let (item, new_item) = [
        ("Linen duvet cover, oat", "Linen duvet cover, slate"),
        ("Percale sheet set, queen", "Percale sheet set, king"),
        ("Waffle bath towel, clay", "Waffle bath towel, white"),
        ("Jute rug, 5 by 7", "Jute rug, 6 by 9"),
        ("Wool throw, heather", "Wool throw, moss"),
    ][dice.place(5)];
    Draft::new("return.exchange", json!({ "order_id": order_id(dice), "item": item, "new_item": new_item })).words(
        format!("Can I have the {} instead?", new_item.to_lowercase()),
        "Same price, in stock, and the first item is on its way back.",
        "A new order at no charge.",
    )
}

fn replace(dice: &mut Dice) -> Draft {
    let (item, worth, fault) = [
        ("Table lamp, pleated shade", 16400, "the switch fails after some weeks"),
        ("Enamel kettle, sage", 7600, "the enamel has chipped inside"),
        ("Ash bedside stool", 21800, "one leg is loose and cannot be tightened"),
        ("Rattan laundry basket", 7200, "the lid hinge has come off"),
    ][dice.place(4)];
    let arguments = json!({ "order_id": order_id(dice), "item": item, "fault": fault, "worth": money(worth) });
    Draft::new("warranty.replace", arguments).words(
        format!("After four months {fault}. I looked after it!"),
        "Within the two years of warranty. The photo shows the fault, and sending it back would cost more than half its price.",
        "A replacement from stock, with an apology.",
    )
}
