//! Amounts as people type them.

use super::{Currency, Money, MoneyError};
use crate::folding;

impl Money {
    /// Reads what a person typed: `1250.50`, `1,250.50`, `1.250,50`, `1 250,50`, `€12,50`.
    ///
    /// What another person could read as another amount is refused, such as `12,500`. A point alone comes before the
    /// decimals, as pages write it.
    pub fn typed(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let folded = folding::folded(text);
        let code = currency.code().to_lowercase();
        let symbol = currency.symbol().unwrap_or(&code);
        let bare = [code.as_str(), symbol].into_iter().fold(&*folded, |text, sign| {
            let text = text.strip_prefix(sign).unwrap_or(text);
            text.strip_suffix(sign).unwrap_or(text).trim()
        });
        let (sign, digits) = bare.strip_prefix('-').map_or(("", bare), |digits| ("-", digits));
        let plain = plain_digits(digits, currency.decimals() as usize).map_err(|how| MoneyError::Unclear {
            text: text.trim().chars().take(40).collect(),
            how,
            currency,
        })?;
        Self::parse(&format!("{sign}{plain}"), currency.code())
    }
}

/// Typed digits with a point before their decimals and nothing else between them; or how they are unclear.
fn plain_digits(text: &str, decimals: usize) -> Result<String, &'static str> {
    const NO_AMOUNT: &str = "is not an amount";
    const TWO_WAYS: &str = "can be read in two ways";
    let is_mark = |c: char| matches!(c, '.' | ',' | ' ' | '\'');
    let marks: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    if !marks.iter().all(|mark| is_mark(*mark)) || !text.chars().any(|c| c.is_ascii_digit()) {
        return Err(NO_AMOUNT);
    }
    let Some(last) = marks.last().copied() else { return Ok(text.to_owned()) };
    let alone = marks.len() == 1;
    let thousands = match (alone, marks.iter().all(|mark| *mark == last)) {
        // As pages and the API write it.
        (true, _) if last == '.' => return Ok(text.to_owned()),
        (true, _) => {
            matches!(last, ' ' | '\'') || last == ',' && text.rsplit(',').next().is_some_and(|end| end.len() > 2)
        }
        (false, all_alike) => all_alike,
    };
    if thousands {
        if !are_thousands(text, last) {
            return Err(if alone && last == ',' && decimals > 0 { TWO_WAYS } else { NO_AMOUNT });
        }
        if alone && last == ',' && decimals > 0 {
            return Err(TWO_WAYS);
        }
        return Ok(text.replace(last, ""));
    }
    let (whole, fraction) = text.rsplit_once(last).ok_or(NO_AMOUNT)?;
    let grouped_by = marks.first().copied().filter(|_| !alone);
    let fits = matches!(last, '.' | ',') && (1..=decimals).contains(&fraction.len());
    let whole_fits = match grouped_by {
        None => !whole.is_empty(),
        Some(by) => are_thousands(whole, by),
    };
    match fits && whole_fits {
        true => Ok(format!("{}.{fraction}", whole.replace(is_mark, ""))),
        false => Err(NO_AMOUNT),
    }
}

/// Whether these are digits in groups of three, parted by nothing but `mark`, the first of them without a zero in front.
fn are_thousands(text: &str, mark: char) -> bool {
    let mut groups = text.split(mark);
    let first = groups.next().unwrap_or_default();
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(first)
        && first.len() <= 3
        && !first.starts_with('0')
        && groups.all(|group| group.len() == 3 && is_digits(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_typed_is_read_in_the_one_way_it_can_be() {
        for (typed, currency, amount) in [
            (" 1250.50 ", "USD", "1250.50"),
            ("1,250.50", "USD", "1250.50"),
            ("1.250,50", "EUR", "1250.50"),
            ("1 250,50", "EUR", "1250.50"),
            ("1\u{a0}250,5", "EUR", "1250.50"),
            ("1'250.50", "CHF", "1250.50"),
            ("1’250.50", "CHF", "1250.50"),
            ("6,95", "EUR", "6.95"),
            ("€ 50", "EUR", "50.00"),
            ("50 EUR", "EUR", "50.00"),
            ("$50", "USD", "50.00"),
            ("1,234,567", "USD", "1234567.00"),
            ("1.234.567", "EUR", "1234567.00"),
            ("12.500", "TND", "12.500"),
            ("1,250.500", "TND", "1250.500"),
            ("1.250,500", "TND", "1250.500"),
            ("12,5", "TND", "12.500"),
            ("12,500", "JPY", "12500"),
            ("１２", "USD", "12.00"),
            ("-5.00", "USD", "-5.00"),
            ("0,50", "EUR", "0.50"),
        ] {
            let currency = Currency::parse(currency).unwrap();
            assert_eq!(
                Money::typed(typed, currency).map(|money| money.amount()).as_deref(),
                Ok(amount),
                "{typed} {currency}"
            );
        }
        for (typed, currency) in [
            ("12,500", "TND"),
            ("12,500", "EUR"),
            ("0,500", "EUR"),
            ("0,500", "TND"),
            ("0,500,000", "USD"),
            ("1,234.56", "JPY"),
            ("1.234", "EUR"),
            ("12.500", "JPY"),
            ("1,0000", "USD"),
            ("1,00,000", "USD"),
            ("1000,000", "USD"),
            (",000", "USD"),
            ("1,000,", "USD"),
            ("1.250.50", "USD"),
            ("1,250,50", "USD"),
            ("1.2,50", "USD"),
            ("1,5", "JPY"),
            ("5o", "USD"),
            ("$50", "EUR"),
            ("", "USD"),
            (".", "USD"),
            ("1e3", "USD"),
            ("٣", "USD"),
            ("5 0", "USD"),
        ] {
            assert!(Money::typed(typed, Currency::parse(currency).unwrap()).is_err(), "{typed} {currency}");
        }
        let said = Money::typed("12,500", Currency::parse("TND").unwrap()).unwrap_err().to_string();
        assert_eq!(
            said,
            "12,500 can be read in two ways: write it without thousands, with a point before the decimals, such as 1250.500"
        );
    }
}
