//! The answers before and after, with the money in them.

use domain::{
    authoring::impact::{Answer, Impact, Tally},
    money::Money,
};
use leptos::prelude::*;

use crate::ui::Section;

/// What an answer means for the request.
pub fn meaning(answer: Answer) -> &'static str {
    match answer {
        Answer::Allowed => "Allowed",
        Answer::Asked => "A person is asked",
        Answer::Denied => "Denied",
    }
}

#[component]
pub fn Figures(impact: Impact) -> impl IntoView {
    let rows: Vec<_> = Answer::ALL
        .into_iter()
        .map(|answer| {
            let (before, after) = (impact.before(answer), impact.after(answer));
            let difference = difference(&before, &after);
            view! {
                <tr role="row" data-key=answer.words()>
                    <th scope="row" role="rowheader">{meaning(answer)}</th>
                    <td role="cell" data-label="In force"><Cell of=lines(&before)/></td>
                    <td role="cell" data-label="The draft"><Cell of=lines(&after)/></td>
                    <td role="cell" data-label="Difference"><Cell of=difference/></td>
                </tr>
            }
        })
        .collect();
    let moves: Vec<_> = moves(&impact).into_iter().map(|line| view! { <li>{line}</li> }).collect();
    let moves = (!moves.is_empty()).then(|| view! { <ul class="reasons">{moves}</ul> });
    view! {
        <Section title="Answers">
            <div class="table-box stacks"><table class="table" role="table">
                <caption class="sr-only">"How many get which answer, and the money in them"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <td role="cell"></td>
                        <th scope="col" role="columnheader" class="number">"In force"</th>
                        <th scope="col" role="columnheader" class="number">"The draft"</th>
                        <th scope="col" role="columnheader" class="number">"Difference"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table></div>
            {moves}
        </Section>
    }
}

/// A number, and the money below it.
#[component]
fn Cell(of: (String, String)) -> impl IntoView {
    let (requests, money) = of;
    let money = (!money.is_empty()).then(|| view! { <p class="quiet number">{money}</p> });
    view! {
        <div class="cell">
            <p class="number">{requests}</p>
            {money}
        </div>
    }
}

fn lines(tally: &Tally) -> (String, String) {
    (requests(tally.requests), amounts(&tally.money))
}

/// `1 request`, `4,210 requests`
pub fn requests(number: u64) -> String {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    crate::ui::words::count(number, "request", "requests")
}

fn amounts(money: &[Money]) -> String {
    money.iter().map(Money::readable).collect::<Vec<_>>().join(", ")
}

fn difference(before: &Tally, after: &Tally) -> (String, String) {
    let number = before.requests.abs_diff(after.requests);
    let grouped = crate::ui::words::grouped(u32::try_from(number).unwrap_or(u32::MAX));
    let requests = match after.requests.cmp(&before.requests) {
        std::cmp::Ordering::Less => format!("{grouped} fewer"),
        std::cmp::Ordering::Equal => "as many".to_owned(),
        std::cmp::Ordering::Greater => format!("{grouped} more"),
    };
    let sum = |tally: &Tally, like: &Money| {
        tally.money.iter().find(|sum| sum.currency == like.currency).map_or(0, |sum| sum.minor)
    };
    let known = before.money.iter().chain(after.money.iter().filter(|one| sum(before, one) == 0));
    let differ = known.filter_map(|one| {
        let minor = sum(after, one).saturating_sub(sum(before, one));
        let amount = Money { minor: minor.saturating_abs(), ..*one }.readable();
        match minor {
            0 => None,
            ..0 => Some(format!("{amount} less")),
            _ => Some(format!("{amount} more")),
        }
    });
    (requests, differ.collect::<Vec<_>>().join(", "))
}

/// What becomes of what: "31 requests that are allowed now would be asked ($4,120.00)."
fn moves(impact: &Impact) -> Vec<String> {
    let mut all = Vec::new();
    for before in Answer::ALL {
        for after in Answer::ALL.into_iter().filter(|after| *after != before) {
            let tally = &impact.transitions[before as usize][after as usize];
            if tally.requests == 0 {
                continue;
            }
            let are = if tally.requests == 1 { "is" } else { "are" };
            let (before, after) = (before.words(), after.words());
            let money = if tally.money.is_empty() { String::new() } else { format!(" ({})", amounts(&tally.money)) };
            all.push(format!("{} that {are} {before} now would be {after}{money}.", requests(tally.requests)));
        }
    }
    if impact.asked_otherwise > 0 {
        all.push(format!(
            "{} would still be asked, but of other or more or fewer people, or with another end.",
            requests(impact.asked_otherwise)
        ));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(requests: u64, amounts: &[(&str, &str)]) -> Tally {
        Tally { requests, money: amounts.iter().map(|(amount, code)| Money::parse(amount, code).unwrap()).collect() }
    }

    #[test]
    fn a_difference_is_told_with_its_money() {
        let of = |before: Tally, after: Tally| difference(&before, &after);
        let said = |requests: &str, money: &str| (requests.to_owned(), money.to_owned());
        assert_eq!(of(tally(2, &[("5.00", "USD")]), tally(2, &[("5.00", "USD")])), said("as many", ""));
        assert_eq!(of(tally(2, &[("5.00", "USD")]), tally(1201, &[])), said("1,199 more", "$5.00 less"));
        assert_eq!(
            of(tally(2, &[("5.00", "USD")]), tally(1, &[("7.50", "USD"), ("1.00", "EUR")])),
            said("1 fewer", "$2.50 more, €1.00 more")
        );
    }

    #[test]
    fn what_moves_is_told_in_sentences() {
        let mut impact = Impact::default();
        impact.transitions[Answer::Allowed as usize][Answer::Asked as usize] = tally(31, &[("4120.00", "USD")]);
        impact.transitions[Answer::Asked as usize][Answer::Denied as usize] = tally(1, &[]);
        impact.transitions[Answer::Denied as usize][Answer::Denied as usize] = tally(9, &[]);
        assert_eq!(
            moves(&impact),
            [
                "31 requests that are allowed now would be asked ($4,120.00).",
                "1 request that is asked now would be denied."
            ]
        );
    }
}
