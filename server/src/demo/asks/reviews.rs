use domain::request::Ask;
use governance::CustomerFacts;
use serde_json::json;

use super::{Draft, product};
use crate::demo::dice::Dice;

pub fn ask(dice: &mut Dice, customer: &CustomerFacts) -> Ask {
    let review = format!("R{}", dice.next() % 900_000 + 100_000);
    let (item, _) = product(dice);
    let trigger = format!("review {review}");
    let draft = match dice.weighed(&[26, 10, 12, 4, 9, 1, 8]) {
        0 => thanks(dice, &review, item).of(customer, trigger),
        1 => care(dice, &review, item).of(customer, trigger),
        2 => poor(dice, &review, item).of(customer, trigger),
        3 => report(dice, &review, item).trigger(trigger),
        4 => note(dice, item).trigger(trigger),
        5 => hide(&review, item).trigger(trigger),
        _ => Draft::new("data.read", json!({}))
            .reads("reviews.public", None)
            .trigger("hourly look at new reviews")
            .words("It is time to look for new reviews.", "To find what has no answer yet.", "Nothing is sent."),
    };
    draft.by("reviews-8", "2026-08-30")
}

fn reply(review: &str, item: &str, stars: i64, text: &str, template: &str, input: &str, why: &str) -> Draft {
    let arguments = json!({ "review_id": review, "product": item, "stars": stars, "text": text });
    Draft::new("review.reply", arguments).template(template).words(input, why, text)
}

fn thanks(dice: &mut Dice, review: &str, item: &str) -> Draft {
    let input = dice.pick(&[
        "Even better than in the photos. Arrived well packed.",
        "Exactly what our kitchen needed.",
        "Bought a second one for my sister.",
        "Lovely quality, you can feel it.",
    ]);
    let text = dice.pick(&[
        "Thank you so much for taking the time. We are very glad it has found a good home!",
        "That is lovely to read, thank you! Enjoy it for many years.",
        "Thank you! We will pass this on to the people who make it.",
    ]);
    reply(review, item, 5, text, "review.thanks", input, "Five stars and no question: a thank-you is enough.")
}

fn care(dice: &mut Dice, review: &str, item: &str) -> Draft {
    let text = dice.pick(&[
        "Thank you! A cool wash and air drying keep the color longest.",
        "Thank you! A thin coat of oil every few weeks keeps it from drying out.",
    ]);
    reply(
        review,
        item,
        4,
        text,
        "review.care",
        "Nice, but how do I keep it looking like this?",
        "A care question with a listed answer.",
    )
}

fn poor(dice: &mut Dice, review: &str, item: &str) -> Draft {
    let (stars, input, text) = [
        (
            2,
            "Took two weeks and the box was crushed.",
            "We are sorry about the wait and the box. Please write to us with your order number and we will put it right.",
        ),
        (
            1,
            "Fell apart after a month. Save your money.",
            "This is not how it should last. Please write to us: it is under warranty for two years and we would like to replace it.",
        ),
        (
            3,
            "Smaller than I thought.",
            "Thank you for saying so. The measures are on the page, but we will add a photo with something next to it. You have 45 days to send it back.",
        ),
        (
            1,
            "The glass shattered on first use, somebody could have been hurt.",
            "We are very sorry, and glad if nobody was. Please write to us today with the batch number under the base so that we can look into it.",
        ),
        (
            2,
            "The color rubbed off on our white sofa.",
            "We are sorry to read this. Please write to us with a photo of both: we would like to make it right and learn what went wrong.",
        ),
    ][dice.place(5)];
    reply(
        review,
        item,
        stars,
        text,
        "review.sorry",
        input,
        "A complaint in public. The draft says sorry, promises nothing beyond the policy, and moves it to email.",
    )
}

fn report(dice: &mut Dice, review: &str, item: &str) -> Draft {
    let (why, input) = [
        ("fake", "Best shop best price visit my page for deals"),
        ("about another shop", "The sofa I ordered from you never came. (We sell no sofas.)"),
        ("spam", "Earn 500 a day from home, ask me how"),
        ("fake", "Terrible. Never buy. (Sixth review with this text in an hour.)"),
    ][dice.place(4)];
    Draft::new("review.report", json!({ "review_id": review, "product": item, "why": why })).words(
        input,
        "No order belongs to this review, and the text stands elsewhere word for word.",
        "A report to Okendo.",
    )
}

fn note(dice: &mut Dice, item: &str) -> Draft {
    let note = dice.pick(&[
        "three reviews this month say that it is smaller than expected",
        "several people ask for a larger size",
        "the clay color is called orange in two reviews",
        "praise for the new packaging",
    ]);
    Draft::new("review.note", json!({ "product": item, "note": note })).words(
        "Reviews of the last 30 days.",
        "It comes up more than once.",
        "A note for the product team.",
    )
}

fn hide(review: &str, item: &str) -> Draft {
    Draft::new("review.hide", json!({ "review_id": review, "product": item })).words(
        "One star, and rude about the staff.",
        "It names somebody of the team.",
        "The review is no longer shown.",
    )
}
