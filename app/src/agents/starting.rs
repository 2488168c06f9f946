//! The agents that most shops have, to start from.

use domain::{
    fault::Fault,
    money::{Currency, Money},
};
use governance::starting_points::STARTING_POINTS;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What is chosen to start without a starting point.
const NOTHING: &str = "nothing";

/// Currencies that a new shop is likely to sell in; any other can be written.
const USUAL: [&str; 8] = ["USD", "EUR", "GBP", "CAD", "AUD", "JPY", "CHF", "SEK"];

/// What somebody chose to start from, and above which worth a customer counts as valued.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StartForm {
    pub point: String,
    pub amount: String,
    pub currency: String,
}

impl StartForm {
    /// Nothing is chosen yet, and the amount is one that fits many shops, in the currency of this one.
    pub fn new(currency: Option<Currency>) -> Self {
        let currency = currency.or_else(|| Currency::parse(USUAL[0]).ok());
        let amount = if currency.is_some_and(|one| one.decimals() == 0) { "50000" } else { "500" };
        let currency = currency.map(|currency| currency.to_string()).unwrap_or_default();
        Self { point: String::new(), amount: amount.to_owned(), currency }
    }

    /// The starting point and the worth; `None` where somebody starts from nothing.
    pub fn read(&self) -> Result<Option<(&str, Money)>, Fault> {
        if self.point.is_empty() || self.point == NOTHING {
            return Ok(None);
        }
        let currency = Currency::parse(&self.currency.trim().to_uppercase()).map_err(|_| Fault::Currency)?;
        let worth_over = Money::typed(&self.amount, currency).map_err(|_| Fault::Amount)?;
        Ok(Some((&self.point, worth_over)))
    }
}

/// The starting points as cards, of which one is chosen; the worth is asked for with them.
#[component]
pub fn StartingPoints(
    start: StartForm,
    /// Whether somebody can choose to start from nothing.
    #[prop(optional)]
    or_nothing: bool,
) -> impl IntoView {
    let heads = STARTING_POINTS.iter().filter_map(|point| point.as_written().ok()).map(|file| file.agent);
    let cards = heads.map(|head| (head.slug, head.name, head.purpose));
    let nothing = or_nothing.then(|| {
        let purpose = "You write all of it. Until you publish something, everything it asks is denied.";
        (NOTHING.to_owned(), "Start from nothing".to_owned(), purpose.to_owned())
    });
    let cards: Vec<_> = cards
        .chain(nothing)
        .map(|(slug, name, purpose)| {
            let checked = start.point == slug;
            view! {
                <label class="choice-card">
                    <input type="radio" name="start[point]" value=slug checked=checked required/>
                    <span class="choice-name">{name}</span>
                    <span class="choice-more">{purpose}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset>
            <legend>"What it starts from"</legend>
            <p class="field-hint">
                "Each is a draft that starts safe: a person decides on everything it would change or promise, until you loosen that. What it names and the shop does not have yet is added: actions, data sets and queues. What the shop has under the same name stays as it is, and a new action that is called as one of the shop’s has the starting point’s name before it."
            </p>
            <div class="choice-cards">{cards}</div>
        </fieldset>
        <Worth start/>
    }
}

/// Shown once a starting point is chosen: without one, nothing needs it.
#[component]
fn Worth(start: StartForm) -> impl IntoView {
    let options: Vec<_> = USUAL.iter().map(|code| view! { <option value=*code></option> }).collect();
    view! {
        <fieldset class="worth">
            <legend>"From when on a customer is a valued one"</legend>
            <p class="field-hint">
                "A person looks first at what is said to a customer who has bought for more than this. All amounts that come with the starting point are in this currency: look them over afterwards."
            </p>
            <span class="blanks">
                <input
                    class="input blank blank-amount"
                    type="text"
                    inputmode="decimal"
                    name="start[amount]"
                    value=start.amount
                    aria-label="Bought for more than"
                    maxlength="20"
                    autocomplete="off"
                />
                <input
                    class="input blank blank-currency"
                    type="text"
                    name="start[currency]"
                    value=start.currency
                    aria-label="Currency, in three letters"
                    maxlength="3"
                    list="currencies"
                    autocomplete="off"
                    spellcheck="false"
                />
            </span>
            <datalist id="currencies">{options}</datalist>
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(point: &str, amount: &str, currency: &str) -> StartForm {
        StartForm { point: point.to_owned(), amount: amount.to_owned(), currency: currency.to_owned() }
    }

    #[test]
    fn a_starting_point_comes_with_a_worth_and_nothing_without_one() {
        let worth = Money::parse("500", "EUR").unwrap();
        assert_eq!(form("support", " 500.00 ", "eur").read(), Ok(Some(("support", worth))));
        assert_eq!(form("nothing", "much", "of it").read(), Ok(None));
        assert_eq!(form("", "", "").read(), Ok(None));
        assert_eq!(form("support", "much", "EUR").read(), Err(Fault::Amount));
        assert_eq!(form("support", "500", "Euro").read(), Err(Fault::Currency));
    }
}
