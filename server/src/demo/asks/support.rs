use domain::request::Ask;
use governance::CustomerFacts;
use serde_json::json;

use super::{Draft, money, order_id, product, readable, ticket};
use crate::demo::dice::Dice;

const VERSION: (&str, &str) = ("cs-31", "2026-10-06");

pub fn ask(dice: &mut Dice, customer: &CustomerFacts) -> Ask {
    let draft = match dice.weighed(&[20, 9, 8, 7, 3, 12, 4, 4, 15, 6, 10, 2, 1]) {
        0 => status(dice),
        1 => window(dice),
        2 => care(dice),
        3 => delay(dice),
        4 => upset(dice),
        5 => refund(dice),
        6 => cancel(dice),
        7 => credit(dice),
        8 => tag(dice),
        9 => hand_over(dice),
        10 => look_up(&customer.id),
        11 => address(dice),
        _ => look_up_card(&customer.id),
    };
    draft.of(customer, ticket(dice)).by(VERSION.0, VERSION.1)
}

fn reply(subject: &str, text: String, template: &str, input: String, reasoning: &str) -> Draft {
    Draft::new("message.reply", json!({ "subject": subject, "text": text }))
        .template(template)
        .words(input, reasoning, text)
}

fn status(dice: &mut Dice) -> Draft {
    let (order, days, city) =
        (order_id(dice), dice.between(1, 5), dice.pick(&["Joliet", "Memphis", "Reno", "Allentown", "Tulsa"]));
    let text = format!(
        "Hello, thanks for checking in. Order {order} left our warehouse {days} days ago and was last scanned in {city}. \
         It should be with you within two working days; the tracking page is in your confirmation email."
    );
    let input = dice.pick(&[
        "Where is my order? It said Tuesday.",
        "Hi, any news on my parcel? The tracking has not moved since yesterday.",
        "Can you tell me when this arrives? I am away from Friday.",
        "Just checking my order went out. I never got a shipping email.",
    ]);
    reply(
        "where the order is",
        text,
        "order.status",
        input.to_owned(),
        "Tracking shows the parcel moving and on time; nothing has to be made right.",
    )
}

fn window(dice: &mut Dice) -> Draft {
    let (item, _) = product(dice);
    let text = format!(
        "Of course. You can send the {} back within 45 days of delivery as long as it is unused. \
         Start it on our returns page with your order number and we will email you a label.",
        item.to_lowercase()
    );
    let input = format!("Is it still possible to return the {}? I have had it about three weeks.", item.to_lowercase());
    reply(
        "the return window",
        text,
        "returns.window",
        input,
        "Delivered within the 45 days that the policy gives; only information is asked for.",
    )
}

fn care(dice: &mut Dice) -> Draft {
    let (question, answer) = [
        (
            "Can the linen duvet cover go in the dryer?",
            "Yes, on low and taken out while still a little damp. It softens with every wash.",
        ),
        (
            "Is the stoneware dishwasher safe?",
            "It is, and the microwave is fine too. Let it cool down before you rinse it in cold water.",
        ),
        (
            "How do I get wax off the brass hooks?",
            "Warm water and a soft cloth are enough. Please do not use a metal polish: the finish is lacquered.",
        ),
        (
            "The oak board looks dry, what should I use?",
            "A thin coat of food-grade mineral oil, left overnight, every two months or so.",
        ),
        (
            "Does the wool throw shed a lot?",
            "A little in the first weeks. Shake it outdoors and it settles; please wash it by hand, cold.",
        ),
    ][dice.place(5)];
    reply(
        "care",
        format!("Hello! {answer}"),
        "product.care",
        question.to_owned(),
        "The product page's care notes answer this in full.",
    )
}

fn delay(dice: &mut Dice) -> Draft {
    let (order, days) = (order_id(dice), dice.between(3, 9));
    let text = format!(
        "I am sorry about the wait. The carrier lost a scan on order {order} and it is now {days} days late. \
         I have asked them to trace it. If it is not with you by Thursday we will send it again or pay it back, as you prefer."
    );
    let input = dice.pick(&[
        "My order is more than a week late and nobody has told me anything.",
        "This was meant for my sister's housewarming, which was on Saturday.",
        "Tracking has said 'out for delivery' for four days now.",
    ]);
    reply(
        "a late parcel",
        text,
        "shipping.delay",
        input.to_owned(),
        "Past the promised date, within the ten days after which we resend. The delay text applies.",
    )
}

fn upset(dice: &mut Dice) -> Draft {
    let (input, text, topic) = [
        (
            "The glass carafe shattered when I poured warm water in. My hand is cut. What are you going to do about this?",
            "I am so sorry, and I hope your hand is being looked after. Please stop using the carafe. I have told our product team and would like to know the batch number under the base.",
            "safety",
        ),
        (
            "If this is not refunded by Friday you will hear from my lawyer.",
            "I understand that you are angry, and I am sorry it has come to this. I have gone through your order and a colleague will write to you today with what we can do.",
            "legal",
        ),
        (
            "I got a rash after two nights on the new sheets. What were they treated with?",
            "I am sorry to hear that. The percale is washed with an unscented detergent and nothing else. Please stop using the set; we would like it back at our cost.",
            "medical",
        ),
        (
            "I write for a design newsletter and am working on a piece about late deliveries this season. Any comment?",
            "Thank you for asking us. I am passing your question to the person who speaks for us and they will reply before your deadline.",
            "press",
        ),
        (
            "The lamp I ordered was for my mother, who passed away last week. I do not know what to do with it.",
            "I am very sorry for your loss. Please do not worry about the lamp: keep it or send it back whenever you like, we will sort it out either way.",
            "sensitive",
        ),
    ][dice.place(5)];
    reply(
        "their message",
        text.to_owned(),
        "custom",
        input.to_owned(),
        "No template fits this. The draft says sorry, promises nothing, and says what happens next.",
    )
    .topic(topic)
}

fn refund(dice: &mut Dice) -> Draft {
    let ((item, price), order) = (product(dice), order_id(dice));
    let reason = dice.pick(&[
        "arrived damaged",
        "arrived damaged",
        "arrived late",
        "never arrived",
        "wrong item",
        "not as described",
    ]);
    let total = match reason {
        "arrived late" => dice.between(6, 15) * 100,
        "arrived damaged" if dice.chance(550) => (price * dice.between(15, 40) / 100 / 50) * 50,
        _ if dice.chance(120) => price * 2,
        _ => price,
    };
    let (input, why) = match reason {
        "arrived damaged" => (
            format!("The {} came with a crack right through it. Photos attached.", item.to_lowercase()),
            "The photos show transit damage and were taken within two days of delivery. The policy lets the customer keep it with money back.",
        ),
        "arrived late" => (
            "I paid for express and it took eight days.".to_owned(),
            "Express was paid and missed by more than two days: the shipping is owed back.",
        ),
        "never arrived" => (
            format!("It says delivered, but there is no {} anywhere. I asked all the neighbors.", item.to_lowercase()),
            "The carrier confirms that the scan was at another address. First such case of this customer.",
        ),
        "wrong item" => (
            format!("I ordered the {} and got something else entirely.", item.to_lowercase()),
            "The packing photo shows the wrong item. It costs more to fetch it than it is worth.",
        ),
        _ => (
            format!("The color of the {} is nothing like the picture.", item.to_lowercase()),
            "Two more customers said so this month; the photos are being redone. Money back is the fair answer.",
        ),
    };
    let out = format!("{} to the original payment method, and a short apology.", readable(total));
    Draft::new("order.refund", json!({ "order_id": order, "item": item, "reason": reason, "total": money(total) }))
        .words(input, why, out)
}

fn cancel(dice: &mut Dice) -> Draft {
    let (total, order) = (product(dice).1 + dice.between(0, 1) * 6800, order_id(dice));
    let input = dice.pick(&[
        "I ordered twice by mistake, please cancel the second one.",
        "Please cancel, I found it in the store around the corner.",
        "I used the wrong card. Cancel and I will order again.",
    ]);
    Draft::new("order.cancel", json!({ "order_id": order, "total": money(total) })).words(
        input,
        "The order is paid and not yet picked, so it can be cancelled without a return.",
        format!("Cancellation and {} back to the card.", readable(total)),
    )
}

fn credit(dice: &mut Dice) -> Draft {
    let value = [1000, 1500, 1500, 2000, 2500, 6000][dice.place(6)];
    let reason = dice.pick(&[
        "two late deliveries in a row",
        "a third email before we answered",
        "a gift that came without its card",
        "a color that sold out after the order",
    ]);
    Draft::new("credit.offer", json!({ "value": money(value), "reason": reason })).words(
        "This is the second time something has gone wrong with my orders.",
        "A good customer with a fair point, and no refund is due. A small credit has kept such customers before.",
        format!("A store credit of {}, good for a year.", readable(value)),
    )
}

fn tag(dice: &mut Dice) -> Draft {
    let tags = [
        json!(["shipping", "late"]),
        json!(["damage", "photo attached"]),
        json!(["question", "care"]),
        json!(["wholesale"]),
        json!(["return"]),
        json!(["praise"]),
    ][dice.place(6)]
    .clone();
    Draft::new("ticket.tag", json!({ "tags": tags })).words(
        "New message in the inbox.",
        "So that the right people find it.",
        "Tags only.",
    )
}

fn hand_over(dice: &mut Dice) -> Draft {
    let summary = dice.pick(&[
        "asks for 40 bowls for a restaurant with a company invoice",
        "wants to speak to a person about an earlier promise",
        "wants to change the name on an invoice from spring",
        "asks whether we take part in a charity auction",
        "has been charged twice according to the bank",
    ]);
    Draft::new("ticket.hand_over", json!({ "summary": summary })).words(
        "See the ticket.",
        "Outside of what I may settle.",
        "Handed over with a summary.",
    )
}

fn look_up(customer: &str) -> Draft {
    Draft::new("data.read", json!({})).reads("customer.orders", Some(customer)).words(
        "A new message came in.",
        "To see which order it is about.",
        "Nothing is sent.",
    )
}

fn look_up_card(customer: &str) -> Draft {
    Draft::new("data.read", json!({})).reads("customer.payment_cards", Some(customer)).words(
        "Which card did I pay with?",
        "The customer asks which card was charged.",
        "The last digits.",
    )
}

fn address(dice: &mut Dice) -> Draft {
    let (street, city) =
        [("118 Alder Street", "Portland"), ("9 Quarry Lane", "Asheville"), ("2204 Holm Avenue", "Duluth")]
            [dice.place(3)];
    Draft::new("order.change_address", json!({ "order_id": order_id(dice), "street": street, "city": city })).words(
        "I have moved, please send it to my new place.",
        "The order is not packed yet, so the address could still change.",
        "The new address in Shopify.",
    )
}
