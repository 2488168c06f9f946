//! What agents and hooks say of what came of a request.

use domain::{money::Currency, state};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What an agent reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub status: state::Outcome,
    pub reference: String,
    pub detail: Value,
    pub cost: Option<Cost>,
}

/// What the call cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// In millionths of the currency's main unit, whatever decimals that has; below 10^18.
    pub micros: i64,
    pub currency: Currency,
}

impl Cost {
    /// Reads a decimal such as `0.012`, of at most 12 digits before and 6 after its point; what does not fit is no cost.
    pub fn parse(amount: &str, currency: &str) -> Option<Self> {
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, "0"));
        let fits = |digits: &str, most: usize| (1..=most).contains(&digits.len());
        if !fits(whole, 12) || !fits(fraction, 6) || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
        {
            return None;
        }
        let micros = format!("{whole}{fraction:0<6}").parse().ok()?;
        Some(Self { micros, currency: Currency::parse(currency).ok()? })
    }

    /// The decimal without its currency, and without zeros that say nothing: `0.012`.
    pub fn amount(&self) -> String {
        let amount = format!("{}.{:06}", self.micros / 1_000_000, self.micros % 1_000_000);
        amount.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl Serialize for Cost {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({ "amount": self.amount(), "currency": self.currency }).serialize(serializer)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackKind {
    Complaint,
    Quality,
    Reply,
    /// It was not carried out, whatever the agent says; from a hook only.
    Failed,
}

impl FeedbackKind {
    pub const ALL: [Self; 4] = [Self::Complaint, Self::Quality, Self::Reply, Self::Failed];

    pub fn name(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Quality => "quality",
            Self::Reply => "reply",
            Self::Failed => "failed",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Feedback {
    pub kind: FeedbackKind,
    /// From 0, bad, to 1, good.
    pub score: Option<f64>,
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_read_to_the_millionth_and_never_rounded() {
        for (text, micros, again) in [
            ("0.012", 12_000, "0.012"),
            ("0.012345", 12_345, "0.012345"),
            ("1", 1_000_000, "1"),
            ("10.50", 10_500_000, "10.5"),
            ("0.000001", 1, "0.000001"),
            ("000", 0, "0"),
            ("999999999999.999999", 999_999_999_999_999_999, "999999999999.999999"),
        ] {
            let cost = Cost::parse(text, "JPY").unwrap();
            assert_eq!((cost.micros, cost.amount().as_str()), (micros, again));
        }
        for text in ["", ".5", "1.", "-1", "+1", "1e3", "0.0000001", "1000000000000", "1,5", "1.2.3", "٣", " 1"] {
            assert_eq!(Cost::parse(text, "USD"), None, "{text}");
        }
        assert_eq!(Cost::parse("1", "usd"), None);
    }
}
