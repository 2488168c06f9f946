//! Counts, lists, labels and times in words, the same on the server and in the browser.

use chrono::{DateTime, Datelike, FixedOffset, Offset, Timelike};

use crate::{sentence::visible, view::MOST_WAITING};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A moment as a clock and a calendar on the wall show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wall {
    pub year: i32,
    /// From 1.
    pub month: u32,
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    /// Minutes east of UTC.
    pub offset: i32,
}

impl From<DateTime<FixedOffset>> for Wall {
    fn from(at: DateTime<FixedOffset>) -> Self {
        Self {
            year: at.year(),
            month: at.month(),
            day: at.day(),
            hour: at.hour(),
            minute: at.minute(),
            second: at.second(),
            offset: at.offset().fix().local_minus_utc() / 60,
        }
    }
}

/// `1 agent`, `2 agents`, `1,200 agents`.
pub fn count(number: u32, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// `7`, or `999+` of what was counted up to 1,000.
pub fn up_to(most: u32, number: u32) -> String {
    if number < most { grouped(number) } else { format!("{}+", grouped(most.saturating_sub(1))) }
}

/// `7`, or `7+` where there may be more than was counted.
pub fn or_more(number: u32, more: bool) -> String {
    let plus = if more && number < MOST_WAITING { "+" } else { "" };
    format!("{}{plus}", up_to(MOST_WAITING, number))
}

/// `1 request that waits or is approved`, `999+ requests that wait or are approved`.
pub fn open(number: u32) -> String {
    let what = if number == 1 { "request that waits or is approved" } else { "requests that wait or are approved" };
    format!("{} {what}", up_to(MOST_WAITING, number))
}

/// `1,234,567`.
pub fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `Refunds, replies and notes`.
pub fn list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// The name of an argument or a field as a label: `order_id` is "Order id".
pub fn label(name: &str) -> String {
    let words = visible(name).replace(['_', '.', '-'], " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

/// A name as addresses and files carry it: "Returns desk" is `returns-desk`. Empty where no letter of it can be carried.
pub fn short_name(name: &str) -> String {
    let letters = name.to_lowercase();
    let words = letters.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let short: String = words.collect::<Vec<_>>().join("-").chars().take(40).collect();
    short.trim_end_matches('-').to_owned()
}

/// A length of time, rounded down: `12 minutes`.
pub fn span(seconds: i64) -> String {
    let whole = |unit: i64| u32::try_from(seconds / unit).unwrap_or(u32::MAX);
    match seconds {
        ..60 => "less than a minute".to_owned(),
        60..3_600 => count(whole(60), "minute", "minutes"),
        3_600..172_800 => count(whole(3_600), "hour", "hours"),
        _ => count(whole(86_400), "day", "days"),
    }
}

/// How long ago, as a sentence carries it: `12 minutes ago`.
pub fn ago(seconds: i64) -> String {
    match seconds {
        ..10 => "just now".to_owned(),
        seconds => format!("{} ago", span(seconds)),
    }
}

/// How long there is to decide: `due in 4 minutes`, or `overdue by 3 minutes`.
pub fn due(seconds: i64) -> String {
    match -seconds {
        ..0 => format!("due {}", left(seconds)),
        0..60 => "overdue".to_owned(),
        late => format!("overdue by {}", span(late)),
    }
}

/// How long until then: `in 4 minutes`.
pub fn left(seconds: i64) -> String {
    match seconds {
        ..=0 => "now".to_owned(),
        seconds @ ..60 => format!("in {}", count(u32::try_from(seconds).unwrap_or_default(), "second", "seconds")),
        // Days are rounded: a week from now is not six days away.
        seconds @ 172_800.. => format!("in {}", span(seconds + 43_200)),
        seconds => format!("in {}", span(seconds)),
    }
}

/// `3 August`, with the year if it is not the one of `now`.
pub fn date(at: Wall, now: Option<Wall>) -> String {
    let month = MONTHS.get((at.month as usize).wrapping_sub(1)).copied().unwrap_or_default();
    match now.is_some_and(|now| now.year == at.year) {
        true => format!("{} {month}", at.day),
        false => format!("{} {month} {}", at.day, at.year),
    }
}

/// `14:02`, or with the day if that is not the one of `now`: `14:02 on 3 August`.
pub fn moment(at: Wall, now: Option<Wall>) -> String {
    let zone = if at.offset == 0 { " UTC" } else { "" };
    let time = format!("{:02}:{:02}{zone}", at.hour, at.minute);
    match now.is_some_and(|now| (now.year, now.month, now.day) == (at.year, at.month, at.day)) {
        true => time,
        false => format!("{time} on {}", date(at, now)),
    }
}

/// To the second, with the zone: `3 August 2026, 14:02:05 UTC+2`.
pub fn exact(at: Wall) -> String {
    let (day, zone) = (date(at, None), zone(at.offset));
    format!("{day}, {:02}:{:02}:{:02} {zone}", at.hour, at.minute, at.second)
}

fn zone(offset: i32) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs();
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> Wall {
        DateTime::parse_from_rfc3339(text).unwrap().into()
    }

    #[test]
    fn what_is_not_all_counted_is_told_so_once() {
        let told = [(7, false), (7, true), (0, true), (999, true), (1000, false), (1000, true)];
        let told = told.map(|(number, more)| or_more(number, more));
        assert_eq!(told, ["7", "7+", "0+", "999+", "999+", "999+"]);
    }

    #[test]
    fn a_short_name_is_made_of_the_letters_that_addresses_carry() {
        for (name, short) in [
            ("Returns desk", "returns-desk"),
            ("  Support (EU) – No. 2 ", "support-eu-no-2"),
            ("退货", ""),
            ("Überall", "berall"),
        ] {
            assert_eq!(short_name(name), short);
        }
        assert_eq!(short_name(&"a b ".repeat(40)).len(), 39);
    }

    #[test]
    fn a_time_is_told_as_people_tell_it() {
        for (seconds, words) in [
            (5, "just now"),
            (45, "less than a minute ago"),
            (60, "1 minute ago"),
            (720, "12 minutes ago"),
            (86_400, "24 hours ago"),
            (176_400, "2 days ago"),
        ] {
            assert_eq!(ago(seconds), words);
        }
        assert_eq!(due(270), "due in 4 minutes");
        assert_eq!(due(0), "overdue");
        assert_eq!(due(-180), "overdue by 3 minutes");
        assert_eq!(left(25), "in 25 seconds");
        assert_eq!(left(604_798), "in 7 days");
    }

    #[test]
    fn a_moment_names_the_day_when_it_is_another_one() {
        let now = Some(wall("2026-08-03T14:30:00Z"));
        assert_eq!(moment(wall("2026-08-03T14:02:00Z"), now), "14:02 UTC");
        assert_eq!(moment(wall("2026-08-03T14:02:00+02:00"), now), "14:02");
        assert_eq!(moment(wall("2026-08-02T14:02:00Z"), now), "14:02 UTC on 2 August");
        assert_eq!(date(wall("2026-08-03T14:02:00Z"), now), "3 August");
        assert_eq!(date(wall("2025-08-03T14:02:00Z"), now), "3 August 2025");
        assert_eq!(date(wall("2026-08-03T14:02:00Z"), None), "3 August 2026");
        assert_eq!(exact(wall("2026-08-03T14:02:05Z")), "3 August 2026, 14:02:05 UTC");
        assert_eq!(exact(wall("2026-08-03T14:02:05+05:30")), "3 August 2026, 14:02:05 UTC+5:30");
    }

    #[test]
    fn a_count_agrees_with_its_noun() {
        assert_eq!(count(1, "agent", "agents"), "1 agent");
        assert_eq!(count(1_234_567, "agent", "agents"), "1,234,567 agents");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn a_name_of_the_machine_becomes_a_label() {
        assert_eq!(label("payment_method_id"), "Payment method id");
        assert_eq!(label(""), "");
    }
}
