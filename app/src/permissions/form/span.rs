use domain::fault::Fault;
use serde::{Deserialize, Serialize};

/// A length of time: a number and its unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpanForm {
    pub number: String,
    pub unit: String,
}

/// The units, the longest first, each with its length in seconds.
pub const UNITS: [(&str, u32); 4] = [("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1)];

impl SpanForm {
    /// In the longest unit that it is a whole number of.
    pub fn of(seconds: u32) -> Self {
        let fits = |(_, length): &&(&str, u32)| seconds >= *length && seconds.is_multiple_of(*length);
        let (unit, length) = UNITS.iter().find(fits).copied().unwrap_or(("hours", 3_600));
        Self { number: (seconds / length).to_string(), unit: unit.to_owned() }
    }

    /// In seconds.
    pub fn read(&self) -> Result<u32, Fault> {
        let (_, length) = UNITS.iter().find(|(unit, _)| *unit == self.unit).ok_or(Fault::Span)?;
        let number: u32 = self.number.trim().parse().map_err(|_| Fault::Span)?;
        number.checked_mul(*length).ok_or(Fault::Span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_read_back() {
        for (seconds, number, unit) in
            [(14_400, "4", "hours"), (90, "90", "seconds"), (2_592_000, "30", "days"), (0, "0", "hours")]
        {
            let form = SpanForm { number: number.to_owned(), unit: unit.to_owned() };
            assert_eq!((SpanForm::of(seconds), form.read()), (form.clone(), Ok(seconds)));
        }
    }

    #[test]
    fn what_is_no_length_of_time_is_refused() {
        for (number, unit) in [("", "hours"), ("1.5", "hours"), ("4", "weeks"), ("4000000000", "days"), ("-1", "days")]
        {
            let form = SpanForm { number: number.to_owned(), unit: unit.to_owned() };
            assert_eq!(form.read(), Err(Fault::Span), "{form:?}");
        }
    }
}
