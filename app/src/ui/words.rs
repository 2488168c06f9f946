//! Numbers and times in words.

use chrono::{DateTime, Datelike, FixedOffset, Offset, Utc};

/// `1 agent`, `2 agents`, `1,200 agents`.
pub fn count(number: u32, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
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
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    match (now - at).num_seconds() {
        ..10 => "just now".to_owned(),
        seconds => format!("{} ago", span(seconds)),
    }
}

/// How long there is to decide: `due in 4 minutes`, or `overdue by 3 minutes`.
pub fn due(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    match (now - at).num_seconds() {
        ..0 => format!("due {}", left(at, now)),
        0..60 => "overdue".to_owned(),
        late => format!("overdue by {}", span(late)),
    }
}

/// How long until then: `in 4 minutes`.
pub fn left(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    match (at - now).num_seconds() {
        ..=0 => "now".to_owned(),
        seconds @ ..60 => format!("in {}", count(u32::try_from(seconds).unwrap_or_default(), "second", "seconds")),
        // Days are rounded: a week from now is not six days away.
        seconds @ 172_800.. => format!("in {}", span(seconds + 43_200)),
        seconds => format!("in {}", span(seconds)),
    }
}

/// `3 August`, with the year if it is not this one.
pub fn date(at: DateTime<FixedOffset>, now: DateTime<Utc>) -> String {
    let format = if at.year() == now.year() { "%-d %B" } else { "%-d %B %Y" };
    at.format(format).to_string()
}

/// `14:02`, or with the day if that is not today: `14:02 on 3 August`.
pub fn moment(at: DateTime<FixedOffset>, now: DateTime<Utc>) -> String {
    let time = at.format("%H:%M");
    let zone = if at.offset().fix().local_minus_utc() == 0 { " UTC" } else { "" };
    if at.date_naive() == now.with_timezone(at.offset()).date_naive() {
        return format!("{time}{zone}");
    }
    format!("{time}{zone} on {}", date(at, now))
}

/// To the second, with the zone: `3 August 2026, 14:02:05 UTC+2`.
pub fn exact(at: DateTime<FixedOffset>) -> String {
    format!("{} {}", at.format("%-d %B %Y, %H:%M:%S"), zone(at.offset().fix().local_minus_utc()))
}

fn zone(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn a_time_is_told_as_people_tell_it() {
        let now = at("2026-08-03T14:00:00Z");
        for (then, words) in [
            ("2026-08-03T13:59:55Z", "just now"),
            ("2026-08-03T13:59:15Z", "less than a minute ago"),
            ("2026-08-03T13:59:00Z", "1 minute ago"),
            ("2026-08-03T13:48:00Z", "12 minutes ago"),
            ("2026-08-02T14:00:00Z", "24 hours ago"),
            ("2026-08-01T13:00:00Z", "2 days ago"),
        ] {
            assert_eq!(ago(at(then), now), words);
        }
        assert_eq!(due(at("2026-08-03T14:04:30Z"), now), "due in 4 minutes");
        assert_eq!(due(at("2026-08-03T14:00:00Z"), now), "overdue");
        assert_eq!(due(at("2026-08-03T13:57:00Z"), now), "overdue by 3 minutes");
        assert_eq!(left(at("2026-08-03T14:00:25Z"), now), "in 25 seconds");
        assert_eq!(left(at("2026-08-10T13:59:58Z"), now), "in 7 days");
    }

    #[test]
    fn a_moment_names_the_day_when_it_is_another_one() {
        let now = at("2026-08-03T14:30:00Z");
        assert_eq!(moment(at("2026-08-03T14:02:00Z").into(), now), "14:02 UTC");
        assert_eq!(moment(at("2026-08-02T14:02:00Z").into(), now), "14:02 UTC on 2 August");
        assert_eq!(date(at("2025-08-03T14:02:00Z").into(), now), "3 August 2025");
        assert_eq!(exact(at("2026-08-03T14:02:05Z").into()), "3 August 2026, 14:02:05 UTC");
    }

    #[test]
    fn a_count_agrees_with_its_noun() {
        assert_eq!(count(1, "agent", "agents"), "1 agent");
        assert_eq!(count(1_234_567, "agent", "agents"), "1,234,567 agents");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }
}
