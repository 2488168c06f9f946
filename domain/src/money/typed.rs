//! An amount as people type it.

use super::{Currency, Money, MoneyError};

/// How people write currencies where an amount stands.
const SYMBOLS: [(char, &str); 3] = [('$', "USD"), ('€', "EUR"), ('£', "GBP")];

impl Money {
    /// Reads `1,000.00`, `$1000`, `72,50` or `1 000`; what can be read in two ways is refused, as is another currency.
    ///
    /// A point is where the decimals begin. So is a comma, but before three digits: there it groups, and in a currency of
    /// three decimals it could be either.
    pub fn typed(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let bad = || MoneyError::Amount(text.trim().chars().take(40).collect());
        let digits = without_currency(text.trim(), currency).ok_or_else(bad)?;
        let spaced: String = digits.chars().map(|c| if is_space(c) { ' ' } else { c }).collect();
        let (whole, fraction) = split(&spaced, currency.decimals() as usize).ok_or_else(bad)?;
        let whole = ungrouped(whole).ok_or_else(bad)?;
        let amount = if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") };
        Self::parse(&amount, currency.code())
    }
}

fn is_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’')
}

/// Without the sign or the letters of the currency before or behind.
fn without_currency(text: &str, currency: Currency) -> Option<&str> {
    let symbol = SYMBOLS.iter().find(|(_, code)| *code == currency.code()).map(|(symbol, _)| *symbol);
    let code = currency.code();
    let before = text.strip_prefix(code).or_else(|| text.strip_prefix(symbol?));
    let rest = before.or_else(|| text.strip_suffix(code)).or_else(|| text.strip_suffix(symbol?)).unwrap_or(text).trim();
    rest.starts_with(|c: char| c.is_ascii_digit()).then_some(rest)
}

/// What stands before the decimals, and the decimals; `None` where that is not plain.
fn split(text: &str, decimals: usize) -> Option<(&str, &str)> {
    let last = text.rfind(['.', ',']);
    let Some((at, mark)) = last.and_then(|at| Some((at, text[at..].chars().next()?))) else { return Some((text, "")) };
    let (whole, behind) = (&text[..at], &text[at + 1..]);
    if behind.is_empty() || !behind.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let alone = !whole.contains(['.', ',']);
    let repeated = whole.contains(mark);
    match (mark, behind.len()) {
        // A group of thousands, and nothing else.
        (_, 3) if repeated => Some((text, "")),
        _ if repeated => None,
        (',', 3) if alone && decimals == 3 => None,
        (',', 3) if alone => Some((text, "")),
        (_, length) if length <= decimals => Some((whole, behind)),
        // Said so by who reads it.
        ('.', _) if alone && whole.bytes().all(|b| b.is_ascii_digit()) => Some((whole, behind)),
        _ => None,
    }
}

/// The digits of `1,000,000`, with one kind of mark between groups of three.
fn ungrouped(whole: &str) -> Option<String> {
    let Some(mark) = whole.chars().find(|c| !c.is_ascii_digit()) else { return Some(whole.to_owned()) };
    if !matches!(mark, ',' | '.' | ' ') {
        return None;
    }
    let mut groups = whole.split(mark);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()) && !first.starts_with('0'))?;
    let all_digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let rest: Vec<&str> = groups.collect();
    let fits = all_digits(first) && rest.iter().all(|group| group.len() == 3 && all_digits(group));
    fits.then(|| [first].into_iter().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, currency: &str) -> Option<String> {
        Money::typed(text, Currency::parse(currency).unwrap()).ok().map(|money| money.amount())
    }

    #[test]
    fn an_amount_is_read_as_people_type_it() {
        for (text, currency, amount) in [
            ("72.50", "USD", "72.50"),
            (" 72 ", "USD", "72.00"),
            ("$1000", "USD", "1000.00"),
            ("USD 1,000.00", "USD", "1000.00"),
            ("72,50", "EUR", "72.50"),
            ("6,95 €", "EUR", "6.95"),
            ("1.000,00", "EUR", "1000.00"),
            ("1 000 000,5", "EUR", "1000000.50"),
            ("1’000", "CHF", "1000.00"),
            ("1,000", "USD", "1000.00"),
            ("1,000,000", "USD", "1000000.00"),
            ("12,500", "JPY", "12500"),
            ("12.500", "TND", "12.500"),
            ("12,5", "TND", "12.500"),
            ("12,500.000", "TND", "12500.000"),
        ] {
            assert_eq!(read(text, currency).as_deref(), Some(amount), "{text} {currency}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for (text, currency) in [
            ("12,500", "TND"),
            ("0,500", "USD"),
            ("1.500", "EUR"),
            ("100.505", "USD"),
            ("1.000", "JPY"),
            ("72,50", "JPY"),
            ("1,00,000", "USD"),
            ("1,000,00", "USD"),
            ("1.000.00", "USD"),
            ("1,000.000", "USD"),
            ("€5", "USD"),
            ("5 EUR", "USD"),
            ("$", "USD"),
            ("-5", "USD"),
            ("5-", "USD"),
            ("5..0", "USD"),
            ("5 5", "USD"),
            ("five", "USD"),
            ("", "USD"),
            ("٣", "USD"),
        ] {
            assert_eq!(read(text, currency), None, "{text} {currency}");
        }
    }
}
