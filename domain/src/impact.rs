//! What would have changed: past requests by the set in force and by a draft, added up.
//!
//! However many requests there are, this stays small: sums, a load a queue, and ten cases.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    decision::{Need, Verdict},
    money::Money,
};

/// How many cases are told.
pub const MOST_CASES: usize = 10;

/// Add requests in the order of their times; it can be shown at any moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    pub judged: u64,
    /// By the answer before, then by the answer after, in the order of [`Answer::ALL`].
    pub transitions: [[Tally; 3]; 3],
    /// Asked before and after, but of others, or of more or fewer people, or with another end.
    pub asked_otherwise: u64,
    pub queues: BTreeMap<String, Load>,
    /// The most telling first: what is laxer, by how much and then by its money; then what is stricter.
    pub cases: Vec<Case>,
    pub left_out: BTreeMap<LeftOut, u64>,
    pub gaps: BTreeMap<Gap, u64>,
}

/// What the rules say of a request; in shadow, what they would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Allowed,
    Asked,
    Denied,
}

/// Requests, and the money in them: a sum a currency.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    pub requests: u64,
    pub money: Vec<Money>,
}

/// What a queue gets, and would get.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Load {
    pub before: Days,
    pub after: Days,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Days {
    pub requests: u64,
    /// On the fullest day.
    pub peak: u64,
    last: Option<NaiveDate>,
    on_last: u64,
}

/// A request that tells what the draft is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub before: Answer,
    pub after: Answer,
    pub amount: Option<Money>,
    pub told: Told,
}

/// A request as a page tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Its id, or the line of a file.
    pub name: String,
    pub sentence: String,
    /// Why the answer is another.
    pub why: String,
}

/// Why a request could not be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// A line that is not a request.
    Unreadable,
    /// An action that the shop no longer has.
    UnknownAction,
    /// What it said was erased.
    Erased,
    /// The rules ask about what was not recorded of it.
    NotRecorded,
    /// The rules ask about what is masked in it.
    Masked,
    /// Stopped or paused: not for the rules to say.
    NotByTheRules,
}

/// What was judged without something that was known when it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// What the brand knew of the customer.
    CustomerFacts,
    /// Texts that are not recorded, in which a topic might have been found.
    Texts,
    Reads,
    /// Requests before the first one, which windows would have counted.
    EarlierRequests,
}

/// A past request with both answers.
pub struct Judged<'a> {
    /// In the brand's time zone.
    pub day: NaiveDate,
    pub amount: Option<Money>,
    pub before: &'a Verdict,
    pub after: &'a Verdict,
}

impl Answer {
    pub const ALL: [Self; 3] = [Self::Allowed, Self::Asked, Self::Denied];

    /// `None` where the rules have no say.
    pub fn of(verdict: &Verdict) -> Option<Self> {
        match verdict {
            Verdict::Allowed => Some(Self::Allowed),
            Verdict::NeedsApproval { .. } => Some(Self::Asked),
            Verdict::Denied => Some(Self::Denied),
            Verdict::Shadowed { would } => Self::of(would),
            Verdict::Stopped | Verdict::Paused => None,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Asked => "asked",
            Self::Denied => "denied",
        }
    }
}

impl Impact {
    /// Adds a request; `tell` is called for the few that are told.
    pub fn add(&mut self, judged: &Judged<'_>, tell: impl FnOnce() -> Told) {
        let (Some(before), Some(after)) = (Answer::of(judged.before), Answer::of(judged.after)) else {
            return self.leave_out(LeftOut::NotByTheRules);
        };
        self.judged += 1;
        self.transitions[before as usize][after as usize].add(judged.amount);
        let (needs_before, needs_after) = (needs(judged.before), needs(judged.after));
        if before == Answer::Asked && after == Answer::Asked && !ask_alike(needs_before, needs_after) {
            self.asked_otherwise += 1;
        }
        for need in needs_before {
            self.load(&need.queue).before.add(judged.day);
        }
        for need in needs_after {
            self.load(&need.queue).after.add(judged.day);
        }
        self.keep(before, after, judged.amount, tell);
    }

    /// Counts a request that could not be judged.
    pub fn leave_out(&mut self, why: LeftOut) {
        *self.left_out.entry(why).or_default() += 1;
    }

    /// Counts a request that was judged, with something missing.
    pub fn miss(&mut self, gap: Gap) {
        *self.gaps.entry(gap).or_default() += 1;
    }

    pub fn before(&self, answer: Answer) -> Tally {
        Tally::sum(&self.transitions[answer as usize])
    }

    pub fn after(&self, answer: Answer) -> Tally {
        Tally::sum(self.transitions.iter().map(|row| &row[answer as usize]))
    }

    /// Requests that get another answer.
    pub fn changed(&self) -> u64 {
        let same: u64 = (0..3).map(|at| self.transitions[at][at].requests).sum();
        self.judged - same
    }

    /// The first line of the page: "Of 4,210 requests, 31 more would have been asked, and 31 fewer allowed."
    pub fn sentence(&self) -> String {
        let of = match self.judged {
            0 => return "There is no request to judge.".to_owned(),
            1 => "Of 1 request".to_owned(),
            n => format!("Of {} requests", grouped(n)),
        };
        let changes: Vec<String> = [Answer::Asked, Answer::Denied, Answer::Allowed]
            .into_iter()
            .filter_map(|answer| {
                let (before, after) = (self.before(answer).requests, self.after(answer).requests);
                let (n, more) = (before.abs_diff(after), if after > before { "more" } else { "fewer" });
                (n > 0).then(|| format!("{} {more} would have been {}", grouped(n), answer.words()))
            })
            .collect();
        match (changes.split_last(), self.changed()) {
            (Some((last, [])), _) => format!("{of}, {last}."),
            (Some((last, rest)), _) => format!("{of}, {} and {last}.", rest.join(", ")),
            (None, 0) if self.asked_otherwise == 0 => format!("{of}, none would have got another answer."),
            (None, 0) => format!("{of}, {} would have been asked otherwise.", grouped(self.asked_otherwise)),
            (None, n) => format!("{of}, {} would have got another answer.", grouped(n)),
        }
    }

    fn load(&mut self, queue: &str) -> &mut Load {
        self.queues.entry(queue.to_owned()).or_default()
    }

    fn keep(&mut self, before: Answer, after: Answer, amount: Option<Money>, tell: impl FnOnce() -> Told) {
        let Some(rank) = rank(before, after) else { return };
        let key = |case: &Case| (rank_of(case), Reverse(weight(case.amount)));
        let at = self.cases.partition_point(|case| key(case) <= (rank, Reverse(weight(amount))));
        if at < MOST_CASES {
            self.cases.insert(at, Case { before, after, amount, told: tell() });
            self.cases.truncate(MOST_CASES);
        }
    }
}

fn rank_of(case: &Case) -> u8 {
    rank(case.before, case.after).unwrap_or(u8::MAX)
}

/// How telling a change is, the most telling first; `None` of no change.
fn rank(before: Answer, after: Answer) -> Option<u8> {
    use Answer::*;
    match (before, after) {
        (Denied, Allowed) => Some(0),
        (Asked, Allowed) => Some(1),
        (Denied, Asked) => Some(2),
        (Allowed, Denied) => Some(3),
        (Asked, Denied) => Some(4),
        (Allowed, Asked) => Some(5),
        (Allowed, Allowed) | (Asked, Asked) | (Denied, Denied) => None,
    }
}

/// Money by its number alone, whatever its currency; none is the least.
fn weight(amount: Option<Money>) -> i128 {
    let thousandths =
        |money: Money| i128::from(money.minor) * 10_i128.pow(3_u32.saturating_sub(money.currency.decimals()));
    amount.map_or(-1, thousandths)
}

fn needs(verdict: &Verdict) -> &[Need] {
    match verdict {
        Verdict::NeedsApproval { needs } => needs,
        Verdict::Shadowed { would } => needs(would),
        _ => &[],
    }
}

/// Whether the same people are asked, whatever the rules are called.
fn ask_alike(before: &[Need], after: &[Need]) -> bool {
    let is_in = |need: &Need, others: &[Need]| {
        others.iter().any(|other| Need { rules: need.rules.clone(), ..other.clone() } == *need)
    };
    let queues = |needs: &[Need]| needs.iter().map(|need| need.queue.clone()).collect::<BTreeSet<_>>();
    queues(before) == queues(after) && before.iter().all(|need| is_in(need, after))
}

impl Tally {
    fn add(&mut self, amount: Option<Money>) {
        self.requests += 1;
        amount.into_iter().for_each(|amount| self.add_money(amount));
    }

    fn add_money(&mut self, amount: Money) {
        match self.money.iter_mut().find(|sum| sum.currency == amount.currency) {
            Some(sum) => sum.minor = sum.minor.saturating_add(amount.minor),
            None => self.money.push(amount),
        }
    }

    fn sum<'a>(tallies: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all = Self::default();
        for tally in tallies {
            all.requests += tally.requests;
            tally.money.iter().for_each(|sum| all.add_money(*sum));
        }
        all
    }
}

impl Days {
    fn add(&mut self, day: NaiveDate) {
        self.requests += 1;
        if self.last != Some(day) {
            self.last = Some(day);
            self.on_last = 0;
        }
        self.on_last += 1;
        self.peak = self.peak.max(self.on_last);
    }
}

/// `4,210`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::Otherwise;

    fn asked(queue: &str, needed: u32) -> Verdict {
        let need =
            Need { queue: queue.into(), needed, within_s: 60, otherwise: Otherwise::Reject, rules: vec!["r".into()] };
        Verdict::NeedsApproval { needs: vec![need] }
    }

    fn usd(amount: &str) -> Option<Money> {
        Some(Money::parse(amount, "USD").unwrap())
    }

    fn add(impact: &mut Impact, day: u32, amount: Option<Money>, before: &Verdict, after: &Verdict) {
        let judged = Judged { day: NaiveDate::from_ymd_opt(2026, 10, day).unwrap(), amount, before, after };
        let name = format!("{day}, {}", amount.map(|money| money.amount()).unwrap_or_default());
        impact.add(&judged, || Told { name, sentence: String::new(), why: String::new() });
    }

    #[test]
    fn answers_are_counted_with_their_money_before_and_after() {
        let mut impact = Impact::default();
        for (amount, before, after) in [
            (usd("5.00"), Verdict::Allowed, Verdict::Allowed),
            (usd("70.00"), asked("leads", 1), Verdict::Allowed),
            (usd("9.00"), Verdict::Allowed, Verdict::Denied),
            (None, Verdict::Denied, Verdict::Shadowed { would: Box::new(asked("leads", 1)) }),
        ] {
            add(&mut impact, 1, amount, &before, &after);
        }
        let tally =
            |requests, amount: Option<&str>| Tally { requests, money: amount.and_then(usd).into_iter().collect() };
        assert_eq!(impact.before(Answer::Allowed), tally(2, Some("14.00")));
        assert_eq!(impact.after(Answer::Allowed), tally(2, Some("75.00")));
        assert_eq!(
            (impact.before(Answer::Asked), impact.after(Answer::Asked)),
            (tally(1, Some("70.00")), tally(1, None))
        );
        assert_eq!(
            (impact.before(Answer::Denied), impact.after(Answer::Denied)),
            (tally(1, None), tally(1, Some("9.00")))
        );
        assert_eq!((impact.judged, impact.changed()), (4, 3));
    }

    #[test]
    fn a_queue_has_a_load_and_a_fullest_day() {
        let mut impact = Impact::default();
        for (day, before, after) in [
            (1, asked("leads", 1), asked("leads", 1)),
            (1, asked("leads", 1), asked("legal", 1)),
            (2, Verdict::Allowed, asked("leads", 1)),
            (2, asked("leads", 1), asked("leads", 2)),
        ] {
            add(&mut impact, day, None, &before, &after);
        }
        let figures = |days: &Days| (days.requests, days.peak);
        let load = |queue: &str| (figures(&impact.queues[queue].before), figures(&impact.queues[queue].after));
        assert_eq!(load("leads"), ((3, 2), (3, 2)));
        assert_eq!(load("legal"), ((0, 0), (1, 1)));
        assert_eq!(impact.asked_otherwise, 2);
    }

    #[test]
    fn what_the_draft_lets_through_is_told_first_and_the_largest_of_it() {
        let mut impact = Impact::default();
        for day in 1..=20 {
            add(&mut impact, day, usd("1.00"), &Verdict::Allowed, &asked("leads", 1));
        }
        add(&mut impact, 21, usd("70.00"), &asked("leads", 1), &Verdict::Allowed);
        add(&mut impact, 22, usd("90.00"), &asked("leads", 1), &Verdict::Allowed);
        add(&mut impact, 23, None, &Verdict::Denied, &Verdict::Allowed);
        add(&mut impact, 24, usd("500.00"), &Verdict::Denied, &Verdict::Denied);
        let told: Vec<&str> = impact.cases.iter().map(|case| case.told.name.as_str()).collect();
        assert_eq!(told[..4], ["23, ", "22, 90.00", "21, 70.00", "1, 1.00"]);
        assert_eq!(told.len(), MOST_CASES);
    }

    #[test]
    fn what_could_not_be_judged_is_counted_with_its_cause() {
        let mut impact = Impact::default();
        add(&mut impact, 1, None, &Verdict::Stopped, &Verdict::Allowed);
        impact.leave_out(LeftOut::Unreadable);
        impact.leave_out(LeftOut::Unreadable);
        impact.miss(Gap::CustomerFacts);
        assert_eq!(impact.left_out, BTreeMap::from([(LeftOut::Unreadable, 2), (LeftOut::NotByTheRules, 1)]));
        assert_eq!((impact.judged, impact.gaps[&Gap::CustomerFacts]), (0, 1));
    }

    #[test]
    fn the_first_line_says_what_would_have_changed() {
        let mut impact = Impact::default();
        assert_eq!(impact.sentence(), "There is no request to judge.");
        add(&mut impact, 1, None, &Verdict::Allowed, &Verdict::Allowed);
        assert_eq!(impact.sentence(), "Of 1 request, none would have got another answer.");
        add(&mut impact, 1, None, &asked("leads", 1), &asked("leads", 2));
        assert_eq!(impact.sentence(), "Of 2 requests, 1 would have been asked otherwise.");
        for _ in 0..1200 {
            add(&mut impact, 1, None, &Verdict::Allowed, &asked("leads", 1));
        }
        let expected = "Of 1,202 requests, 1,200 more would have been asked and 1,200 fewer would have been allowed.";
        assert_eq!(impact.sentence(), expected);
    }

    #[test]
    fn it_survives_json() {
        let mut impact = Impact::default();
        add(&mut impact, 1, usd("70.00"), &asked("leads", 1), &Verdict::Allowed);
        impact.leave_out(LeftOut::Erased);
        let text = serde_json::to_string(&impact).unwrap();
        assert_eq!(serde_json::from_str::<Impact>(&text).unwrap(), impact);
    }
}
