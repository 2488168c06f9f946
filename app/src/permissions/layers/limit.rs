use domain::{part::Part, permission::Limit, sentence};
use leptos::prelude::*;

use crate::{
    permissions::{
        calls::{AddLimit, SaveLimit},
        choose::{AmountBlank, Choose, NumberBlank, Save, SpanBlank, Ticks},
        editing::{Shared, anchor},
        form::{ClauseForm, LIMITS},
        remarks::{NotTaken, SaveMine, unsaved},
        wrote::Wrote,
    },
    ui::post_to,
};

/// The hard limits of an action, and the kinds that can be added.
#[component]
pub fn Limits(editing: Shared, action: String) -> impl IntoView {
    let allowance = editing.set().action_scope.allow.get(&action).cloned().unwrap_or_default();
    // The one of its kind that it is: that stays while somebody writes another amount into it.
    let kinds: Vec<String> = allowance.limits.iter().map(|limit| ClauseForm::of_limit(limit).kind).collect();
    let key = |at: usize| {
        let before = kinds[..at].iter().filter(|kind| **kind == kinds[at]).count();
        format!("limit-{}-{before}", kinds[at])
    };
    let stands = allowance.limits.clone();
    let lines: Vec<_> = allowance
        .limits
        .into_iter()
        .enumerate()
        .map(|(at, limit)| {
            let stands = stands.clone();
            view! { <LimitLine editing=editing.clone() action=action.clone() at key=key(at) stands limit=Some(limit)/> }
        })
        .collect();
    let gone = view! { <GoneLimit editing=editing.clone() action=action.clone()/> };
    let has_amount = editing.view.catalog.action(&action).is_none_or(|known| known.amount.is_some());
    let label = editing.action_label(&action);
    let kinds: Vec<_> = LIMITS
        .iter()
        .filter(|(kind, _)| has_amount || *kind == "count")
        .map(|(kind, words)| {
            view! {
                <button type="submit" class="button button-neutral button-row" name="kind" value=*kind>
                    {*words}
                </button>
            }
        })
        .collect();
    let part = Part::Action { name: action.clone() };
    let key = format!("{}-limits", anchor(&part));
    view! {
        <ul class="limits">{lines} {gone}</ul>
        <details class="fold-plain" data-key=key.clone()>
            <summary>"Add a hard limit" <span class="sr-only">" for " {label}</span></summary>
            <form class="kinds" method="post" data-key=key.clone() action={post_to::<AddLimit>()}>
                <input type="hidden" name="agent" value=editing.slug.clone()/>
                <input type="hidden" name="action" value=action/>
                <input type="hidden" name="seen" value=editing.seen(&part)/>
                {kinds}
            </form>
        </details>
    }
}

/// What was written of a limit that no line is about: somebody has changed or removed it meanwhile, or it was to be added.
#[component]
pub fn GoneLimit(editing: Shared, action: String) -> impl IntoView {
    let allowance = editing.set().action_scope.allow.get(&action).cloned().unwrap_or_default();
    let refused = editing.refused_if(|wrote| match wrote {
        Wrote::Limit { action: of, was, .. } => {
            *of == action && was.as_ref().and_then(|was| became(was, &allowance.limits)).is_none()
        }
        _ => false,
    });
    refused.map(|_| {
        let (at, key) = (allowance.limits.len(), "limit-gone".to_owned());
        view! { <LimitLine editing action at key stands=allowance.limits limit=None/> }
    })
}

/// The limit as it stands now, where only its number can have changed: with another window it may be another limit.
fn became<'a>(was: &Limit, stands: &'a [Limit]) -> Option<&'a Limit> {
    let alike = |now: &&Limit| match (was, *now) {
        (Limit::Amount { .. }, Limit::Amount { .. }) => true,
        (Limit::Count { window: was, .. }, Limit::Count { window, .. })
        | (Limit::Sum { window: was, .. }, Limit::Sum { window, .. }) => was == window,
        _ => false,
    };
    let mut others = stands.iter().filter(alike);
    let only = others.next().filter(|_| others.next().is_none());
    stands.iter().find(|now| *now == was).or(only)
}

#[component]
fn LimitLine(
    editing: Shared,
    action: String,
    /// How many stand before it.
    at: usize,
    key: String,
    /// All that the action has.
    stands: Vec<Limit>,
    /// `None`: it is not there.
    limit: Option<Limit>,
) -> impl IntoView {
    let part = Part::Action { name: action.clone() };
    let is_there = limit.is_some();
    let about = |was: &Option<Limit>| was.as_ref().and_then(|was| became(was, &stands)) == limit.as_ref();
    let refused = editing
        .refused_if(|wrote| matches!(wrote, Wrote::Limit { action: of, was, .. } if *of == action && about(was)));
    let wrote = refused.as_ref().and_then(|refused| match &refused.wrote {
        Wrote::Limit { was, clause, .. } => Some((was.clone(), clause.clone())),
        _ => None,
    });
    let said = |limit: &Limit| sentence::limit(limit, &editing.names);
    let now = match (&limit, &wrote) {
        (Some(limit), _) => said(limit),
        (None, Some((Some(was), _))) => format!("There is no such limit any more: {}", said(was)),
        (None, _) => "There is no such limit.".to_owned(),
    };
    let mine = wrote.map(|(_, clause)| clause);
    let theirs = mine.as_ref().and_then(|mine| mine.limit().ok()).map(|limit| said(&limit));
    let clause = mine.or_else(|| limit.as_ref().map(ClauseForm::of_limit)).unwrap_or_default();
    // One that is not there is added to the action as it is now.
    let seen =
        limit.as_ref().and_then(|limit| serde_json::to_string(limit).ok()).unwrap_or_else(|| editing.seen(&part));
    let label = format!("limit {} of {}", at + 1, editing.action_label(&action));
    let key = format!("{}-{key}", anchor(&part));
    view! {
        <li class="limit" data-key=key.clone()>
            <form class="phrase" method="post" data-key=key.clone() data-autosave autocomplete="off" data-unsaved=unsaved(&refused) action={post_to::<SaveLimit>()}>
                <NotTaken editing=editing.clone() refused=refused.clone() now mine=theirs/>
                <input type="hidden" name="agent" value=editing.slug.clone()/>
                <input type="hidden" name="action" value=action.clone()/>
                <input type="hidden" name="seen" value=seen/>
                <span>"At most"</span>
                <ClauseBlanks editing=editing.clone() prefix="limit".to_owned() clause label=label.clone()/>
                <SaveMine refused=refused.clone()/>
                <Save of=label.clone()/>
                {is_there.then(|| view! { <RemoveLimit label/> })}
            </form>
        </li>
    }
}

#[component]
fn RemoveLimit(label: String) -> impl IntoView {
    view! {
        <button type="submit" class="button button-quiet button-row" name="then" value="remove" formnovalidate>
            "Remove" <span class="sr-only">" " {label}</span>
        </button>
    }
}

/// The blanks of an amount, a count or a sum, with the words between them.
#[component]
pub fn ClauseBlanks(editing: Shared, prefix: String, clause: ClauseForm, label: String) -> impl IntoView {
    let kind = clause.kind.clone();
    let hidden = view! { <input type="hidden" name=format!("{prefix}[kind]") value=kind.clone()/> };
    let money = matches!(kind.as_str(), "amount" | "sum" | "amount_over" | "sum_over" | "lifetime_value_over");
    let window = matches!(kind.as_str(), "count" | "sum" | "count_over" | "sum_over");
    let currencies = currencies(&editing, &clause.currency);
    let amount = money.then(|| {
        view! {
            <AmountBlank
                prefix=prefix.clone()
                label=format!("Amount, {label}")
                amount=clause.amount.clone()
                currency=clause.currency.clone()
                currencies
            />
        }
    });
    let count = (window && !money).then(|| {
        let name = format!("{prefix}[count]");
        view! { <NumberBlank name label=format!("How many, {label}") value=clause.count.clone()/> }
    });
    let end = (kind == "amount").then_some("a request");
    let window = window.then(|| view! { <WindowBlanks editing prefix clause label money/> });
    view! {
        {hidden}
        {amount}
        {count}
        {end.map(|end| view! { <span>{end}</span> })}
        {window}
    }
}

/// `requests of [this action] [for one customer] within [1] [day], [with what failed …]`
#[component]
fn WindowBlanks(editing: Shared, prefix: String, clause: ClauseForm, label: String, money: bool) -> impl IntoView {
    let owned = |(value, words): (&str, &str)| (value.to_owned(), words.to_owned());
    let of = [("", "such requests"), ("named", "requests of …")].map(owned).to_vec();
    let per = [("customer", "for one customer"), ("agent", "by this agent")].map(owned).to_vec();
    let failures = [("", "with what failed, until that is confirmed"), ("agent", "without what the agent says failed")];
    let failures = failures.map(owned).to_vec();
    let names = (format!("{prefix}[number]"), format!("{prefix}[unit]"));
    view! {
        {money.then(|| view! { <span>"in"</span> })}
        <Choose name=format!("{prefix}[of]") label=format!("Which requests, {label}") options=of chosen=clause.of/>
        <span class="named-actions">
            <Ticks
                name=format!("{prefix}[actions][]")
                legend=format!("Which actions count, {label}")
                options=editing.listed_actions()
                chosen=clause.actions
            />
        </span>
        <Choose name=format!("{prefix}[per]") label=format!("Whose, {label}") options=per chosen=clause.per/>
        <span>"within"</span>
        <SpanBlank names label=format!("How long, {label}") number=clause.number unit=clause.unit/>
        <Choose name=format!("{prefix}[trust]") label=format!("What failed, {label}") options=failures chosen=clause.trust/>
    }
}

fn currencies(editing: &Shared, now: &str) -> Vec<(String, String)> {
    let mut codes: Vec<String> =
        editing.view.catalog.currencies_in_use().iter().map(|currency| currency.to_string()).collect();
    let usual = ["USD", "EUR", "GBP", "CAD", "AUD", "JPY"].map(str::to_owned);
    for code in usual.into_iter().chain([now.to_owned()]) {
        if !code.is_empty() && !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes.into_iter().map(|code| (code.clone(), code)).collect()
}
