//! Money: minor units and an ISO 4217 code, never a float.

use std::fmt;

use serde::{Deserialize, Serialize, de};
use serde_json::Value;

use crate::sentence;

mod typed;

/// A currency that Reins knows the decimals of (ISO 4217).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// How many decimals an amount in this currency has (ISO 4217, list one); `None` of a code that is not known.
fn decimals(code: [u8; 3]) -> Option<u32> {
    match &code {
        b"AED" | b"AFN" | b"ALL" | b"AMD" | b"ANG" | b"AOA" | b"ARS" | b"AUD" | b"AWG" | b"AZN" | b"BAM" | b"BBD"
        | b"BDT" | b"BGN" | b"BMD" | b"BND" | b"BOB" | b"BOV" | b"BRL" | b"BSD" | b"BTN" | b"BWP" | b"BYN" | b"BZD"
        | b"CAD" | b"CDF" | b"CHE" | b"CHF" | b"CHW" | b"CNY" | b"COP" | b"COU" | b"CRC" | b"CUP" | b"CVE" | b"CZK"
        | b"DKK" | b"DOP" | b"DZD" | b"EGP" | b"ERN" | b"ETB" | b"EUR" | b"FJD" | b"FKP" | b"GBP" | b"GEL" | b"GHS"
        | b"GIP" | b"GMD" | b"GTQ" | b"GYD" | b"HKD" | b"HNL" | b"HTG" | b"HUF" | b"IDR" | b"ILS" | b"INR" | b"IRR"
        | b"JMD" | b"KES" | b"KGS" | b"KHR" | b"KPW" | b"KYD" | b"KZT" | b"LAK" | b"LBP" | b"LKR" | b"LRD" | b"LSL"
        | b"MAD" | b"MDL" | b"MGA" | b"MKD" | b"MMK" | b"MNT" | b"MOP" | b"MRU" | b"MUR" | b"MVR" | b"MWK" | b"MXN"
        | b"MXV" | b"MYR" | b"MZN" | b"NAD" | b"NGN" | b"NIO" | b"NOK" | b"NPR" | b"NZD" | b"PAB" | b"PEN" | b"PGK"
        | b"PHP" | b"PKR" | b"PLN" | b"QAR" | b"RON" | b"RSD" | b"RUB" | b"SAR" | b"SBD" | b"SCR" | b"SDG" | b"SEK"
        | b"SGD" | b"SHP" | b"SLE" | b"SOS" | b"SRD" | b"SSP" | b"STN" | b"SVC" | b"SYP" | b"SZL" | b"THB" | b"TJS"
        | b"TMT" | b"TOP" | b"TRY" | b"TTD" | b"TWD" | b"TZS" | b"UAH" | b"USD" | b"USN" | b"UYU" | b"UZS" | b"VED"
        | b"VES" | b"WST" | b"XAD" | b"XCD" | b"XCG" | b"YER" | b"ZAR" | b"ZMW" | b"ZWG" => Some(2),
        b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX" | b"UYI"
        | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => Some(0),
        b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => Some(3),
        b"CLF" | b"UYW" => Some(4),
        _ => None,
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("{} is not a currency code that Reins knows", sentence::value(.0))]
    Currency(String),
    #[error("{} is not a decimal number", sentence::value(.0))]
    Amount(String),
    #[error("{} has more decimals than {currency} has", sentence::value(.amount))]
    Decimals { amount: String, currency: Currency },
    #[error("{} is too large", sentence::value(.0))]
    TooLarge(String),
    /// As a person typed it.
    #[error("{text} {how}: write it without thousands, with a point before the decimals, such as {}", currency.such_as())]
    Unclear { text: String, how: &'static str, currency: Currency },
}

impl Currency {
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        match <[u8; 3]>::try_from(code.as_bytes()) {
            Ok(bytes) if decimals(bytes).is_some() => Ok(Self(bytes)),
            _ => Err(MoneyError::Currency(code.chars().take(12).collect())),
        }
    }

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    fn symbol(&self) -> Option<&'static str> {
        match &self.0 {
            b"USD" => Some("$"),
            b"EUR" => Some("€"),
            b"GBP" => Some("£"),
            _ => None,
        }
    }

    /// How many decimals an amount in this currency has.
    pub fn decimals(&self) -> u32 {
        decimals(self.0).unwrap_or(2)
    }

    /// An amount in this currency as people are asked to write it: `1250.50`.
    pub fn such_as(&self) -> String {
        match self.decimals() as usize {
            0 => "1250".to_owned(),
            decimals => format!("1250.{:0<decimals$}", 5),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).map_err(de::Error::custom)
    }
}

/// An amount in minor units of its currency; `7250` with `USD` is 72.50 USD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

/// Money as the API writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    amount: String,
    currency: String,
}

impl Money {
    /// Reads a decimal string such as `72.50`; more decimals than the currency has are refused, not rounded.
    pub fn parse(amount: &str, currency: &str) -> Result<Self, MoneyError> {
        let currency = Currency::parse(currency)?;
        let bad = || MoneyError::Amount(amount.chars().take(40).collect());

        let (negative, digits) = match amount.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, amount),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let dangling = digits.ends_with('.');
        if whole.is_empty() || dangling || !all_digits(whole) || !all_digits(fraction) {
            return Err(bad());
        }
        let decimals = currency.decimals() as usize;
        if fraction.len() > decimals {
            return Err(MoneyError::Decimals { amount: amount.chars().take(40).collect(), currency });
        }

        let zeros = std::iter::repeat_n(b'0', decimals - fraction.len());
        let minor = whole
            .bytes()
            .chain(fraction.bytes())
            .chain(zeros)
            .try_fold(0_i64, |minor, digit| minor.checked_mul(10)?.checked_add(i64::from(digit - b'0')));
        let minor = minor.ok_or_else(|| MoneyError::TooLarge(amount.chars().take(40).collect()))?;
        Ok(Self { minor: if negative { -minor } else { minor }, currency })
    }

    /// Reads `{"amount": "72.50", "currency": "USD"}`.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let Some(members) = value.as_object() else { return Err("is not an amount of money".to_owned()) };
        let text = |name: &str| match members.get(name) {
            Some(Value::String(text)) => Ok(text),
            Some(Value::Number(number)) => {
                Err(format!("has its `{name}` as a number: write it as a text, \"{number}\""))
            }
            Some(_) => Err(format!("has a `{name}` that is not a text")),
            None => Err(format!("has no `{name}`")),
        };
        let (amount, currency) = (text("amount")?, text("currency")?);
        if let Some(name) = members.keys().find(|name| !matches!(name.as_str(), "amount" | "currency")) {
            return Err(format!("holds {}, which does not belong to an amount of money", sentence::value(name)));
        }
        Self::parse(amount, currency).map_err(|error| error.to_string())
    }

    /// The decimal string without its currency, such as `72.50`.
    pub fn amount(&self) -> String {
        let decimals = self.currency.decimals();
        let scale = 10_u64.pow(decimals);
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        if decimals == 0 {
            return format!("{sign}{minor}");
        }
        format!("{sign}{}.{:0width$}", minor / scale, minor % scale, width = decimals as usize)
    }

    /// As people read it: `$72.50`, `€1,210.00`, `CHF 12.00`.
    pub fn readable(&self) -> String {
        let amount = self.amount();
        let (sign, digits) = match amount.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", amount.as_str()),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let point = if fraction.is_empty() { "" } else { "." };
        let symbol = match self.currency.symbol() {
            Some(symbol) => symbol.to_owned(),
            None => format!("{} ", self.currency),
        };
        format!("{sign}{symbol}{grouped}{point}{fraction}")
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

impl TryFrom<Wire> for Money {
    type Error = MoneyError;
    fn try_from(wire: Wire) -> Result<Self, MoneyError> {
        Self::parse(&wire.amount, &wire.currency)
    }
}

impl From<Money> for Wire {
    fn from(money: Money) -> Self {
        Self { amount: money.amount(), currency: money.currency.code().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_to_the_minor_unit() {
        for (amount, currency, minor) in [
            ("72.50", "USD", 7250),
            ("72.5", "USD", 7250),
            ("72", "USD", 7200),
            ("900", "JPY", 900),
            ("-1.001", "KWD", -1001),
        ] {
            assert_eq!(Money::parse(amount, currency).map(|m| m.minor), Ok(minor), "{amount} {currency}");
        }
    }

    #[test]
    fn a_malformed_amount_is_refused_and_never_rounded() {
        for (amount, currency) in [
            ("72.505", "USD"),
            ("9.0", "JPY"),
            ("", "USD"),
            (".5", "USD"),
            ("5.", "USD"),
            ("1e3", "USD"),
            ("+5", "USD"),
            ("5,00", "USD"),
            ("٣", "USD"),
            ("5", "usd"),
            ("5", "XXX"),
            ("99999999999999999999", "USD"),
            ("- 5", "USD"),
            ("--5", "USD"),
        ] {
            assert!(Money::parse(amount, currency).is_err(), "{amount} {currency}");
        }
    }

    #[test]
    fn every_currency_of_iso_4217_has_its_decimals() {
        let known = |code: &str| Currency::parse(code).ok().map(|currency| currency.decimals());
        for code in ["XPF", "JPY", "UYI"] {
            assert_eq!(known(code), Some(0), "{code}");
        }
        for code in ["XCD", "JMD", "BOB", "DZD", "NPR", "MUR", "AFN", "ZWG", "XCG", "SLE", "VED", "IRR"] {
            assert_eq!(known(code), Some(2), "{code}");
        }
        assert_eq!((known("TND"), known("CLF"), known("UYW")), (Some(3), Some(4), Some(4)));
        for code in ["XXX", "XTS", "XAU", "usd", "BTC", ""] {
            assert_eq!(known(code), None, "{code}");
        }
    }

    #[test]
    fn only_an_object_with_both_members_is_money() {
        use serde_json::json;
        for value in [
            json!(["72.50", "USD"]),
            json!({"amount": "72.50"}),
            json!({"amount": 72.5, "currency": "USD"}),
            json!({"amount": "72.50", "currency": "USD", "cents": 50}),
            json!("72.50 USD"),
            json!(null),
        ] {
            assert!(Money::from_json(&value).is_err(), "{value}");
        }
    }

    #[test]
    fn money_survives_the_wire() {
        let money = Money::parse("1234567.05", "USD").unwrap();
        assert_eq!(serde_json::to_string(&money).unwrap(), r#"{"amount":"1234567.05","currency":"USD"}"#);
        assert_eq!(money.readable(), "$1,234,567.05");
        assert_eq!(Money::parse("12345", "JPY").unwrap().readable(), "JPY 12,345");
    }
}
