//! The parts of a permission set as the forms carry them: texts as somebody wrote them, and back.

mod clause;
mod rule;
mod span;

pub use clause::{CONDITIONS, ClauseForm, LIMITS, condition_words};
pub use rule::{EFFECTS, RuleForm};
pub use span::{SpanForm, UNITS};

use domain::{
    fault::Fault,
    money::{Currency, Money},
};

/// Reads an amount as people write it: `1,250.50`, too.
pub fn money(amount: &str, currency: &str) -> Result<Money, Fault> {
    let currency = Currency::parse(currency.trim()).map_err(|_| Fault::Currency)?;
    Money::typed(amount, currency).map_err(|_| Fault::Amount)
}

/// Reads a whole number.
pub fn number(text: &str) -> Result<u32, Fault> {
    text.trim().parse().map_err(|_| Fault::Number)
}

/// `50.00`, as the field of an amount holds it.
pub fn amount(money: Money) -> String {
    let value = serde_json::to_value(money).unwrap_or_default();
    value.get("amount").and_then(|amount| amount.as_str()).unwrap_or_default().to_owned()
}

/// A value a line, for what may hold commas; what is empty is left out.
pub fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned)
}

/// A value a line, or between commas; what is empty is left out.
pub fn list(text: &str) -> impl Iterator<Item = String> {
    text.split(['\n', ',']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned)
}
