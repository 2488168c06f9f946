use leptos::{prelude::*, server_fn::ServerFn};

use super::{calls::RedrawActionType, kind::Kind, row::Row, typed::MOST_ROWS};
use crate::ui::{Empty, Notice, Section, TextArea, Tone, by_reader};

/// The table of arguments: name, kind, required, bounds.
#[component]
pub fn Arguments(rows: Vec<Row>, is_deep: bool) -> impl IntoView {
    if is_deep {
        return view! {
            <Section title="Arguments">
                <Notice tone=Tone::Neutral>
                    "These arguments are more than this table has room for, such as lists of lists. They stay as they are; an agent file can change them, and so can a pasted call."
                </Notice>
            </Section>
        }
        .into_any();
    }
    let none = rows.is_empty();
    let add = match rows.len() < MOST_ROWS {
        true => view! { <Step step="add".to_owned() label="Add an argument".to_owned()/> }.into_any(),
        false => {
            view! { <p class="hint">{format!("There is room for {MOST_ROWS} arguments, and no more.")}</p> }.into_any()
        }
    };
    let lines: Vec<_> = rows.into_iter().enumerate().map(|(at, row)| view! { <ArgumentRow at row/> }).collect();
    let table = match none {
        true => view! {
            <Empty title="It takes no arguments yet">
                <p>"Paste a call above, or add them one by one."</p>
            </Empty>
        }
        .into_any(),
        false => view! {
            <div class="table-box stacks arguments"><table class="table" role="table">
                <caption class="sr-only">"Arguments"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">"Name"</th>
                        <th scope="col" role="columnheader">"Kind"</th>
                        <th scope="col" role="columnheader">"Required"</th>
                        <th scope="col" role="columnheader">"Bounds"</th>
                        <th scope="col" role="columnheader"><span class="sr-only">"Remove"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{lines}</tbody>
            </table></div>
        }
        .into_any(),
    };
    view! {
        <Section title="Arguments">
            <p class="hint">"An argument within a group has the group's name before its own: address/street."</p>
            {table}
            <div class="actions">
                {add}
                <Step step="bounds".to_owned() label="Show the bounds of the kinds".to_owned()/>
            </div>
        </Section>
    }
    .into_any()
}

/// Where a button posts to that shows the form again, changed; nothing is saved yet.
pub fn redraw(step: &str) -> String {
    by_reader(&format!("{}?step={step}", RedrawActionType::PATH))
}

#[component]
fn Step(step: String, label: String) -> impl IntoView {
    view! {
        <button class="button button-neutral" type="submit" formaction=redraw(&step) formnovalidate>
            {label}
        </button>
    }
}

#[component]
fn ArgumentRow(at: usize, row: Row) -> impl IntoView {
    let called = if row.name.is_empty() { format!("argument {}", at + 1) } else { row.name.clone() };
    let name = move |part: &str| format!("fields[row/{at}/{part}]");
    let kind = row.kind();
    let kinds: Vec<_> = Kind::ALL
        .iter()
        .map(|one| view! { <option value=one.name() selected={*one == kind}>{one.words()}</option> })
        .collect();
    view! {
        <tr role="row" data-key=at.to_string()>
            <td role="cell" data-label="Name"><div class="cell">
                <input class="input" type="text" name=name("name") value=row.name.clone() maxlength="200" aria-label=format!("Name of {called}") autocomplete="off" spellcheck="false"/>
            </div></td>
            <td role="cell" data-label="Kind"><div class="cell">
                <select name=name("kind") aria-label=format!("Kind of {called}")>{kinds}</select>
            </div></td>
            <td role="cell" data-label="Required"><div class="cell">
                <input class="box" type="checkbox" name=name("required") checked=row.required aria-label=format!("{called} is required")/>
            </div></td>
            <td role="cell" data-label="Bounds"><div class="cell bounds"><Bounds at row called=called.clone()/></div></td>
            <td role="cell" data-label=""><div class="cell">
                <button class="button button-neutral button-row" type="submit" formaction=redraw(&format!("remove/{at}")) formnovalidate>
                    "Remove"
                    <span class="sr-only">" "{called}</span>
                </button>
            </div></td>
        </tr>
    }
}

/// What bounds it, by its kind; what another kind would need is carried along unseen.
#[component]
fn Bounds(at: usize, row: Row, called: String) -> impl IntoView {
    let kind = row.kind();
    let name = move |part: &str| format!("fields[row/{at}/{part}]");
    let number = |part: &str, words: String, value: String| {
        view! {
            <label class="bound">
                <span>{words.clone()}</span>
                <input class="input" type="text" inputmode="numeric" name=name(part) value=value aria-label=format!("{called}: {words}") maxlength="20" autocomplete="off"/>
            </label>
        }
        .into_any()
    };
    let hidden = |part: &str, value: String| view! { <input type="hidden" name=name(part) value=value/> }.into_any();
    let least_and_most = match kind.bounded_in() {
        Some(unit) => {
            let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
            [number("least", format!("At least{unit}"), row.least), number("most", format!("At most{unit}"), row.most)]
        }
        None => [hidden("least", row.least), hidden("most", row.most)],
    };
    let each = match kind.item().and_then(|item| item.bounded_in()).filter(|_| !kind.has_choices()) {
        Some(_) => [
            number("each-least", "Each at least".to_owned(), row.each_least),
            number("each-most", "Each at most".to_owned(), row.each_most),
        ],
        None => [hidden("each-least", row.each_least), hidden("each-most", row.each_most)],
    };
    let choices = match kind.has_choices() {
        false => hidden("choices", row.choices),
        true => view! {
            <label class="bound bound-wide"><span>"Choices, one a line"</span>
                <TextArea name=name("choices") value=row.choices rows=3 label=format!("Choices of {called}, one a line")/>
            </label>
        }
        .into_any(),
    };
    let currency = match kind.has_currency() {
        true => view! {
            <label class="bound"><span>"Currency, if only one"</span>
                <input class="input" type="text" name=name("currency") value=row.currency maxlength="3" aria-label=format!("Currency of {called}") autocomplete="off" placeholder="any"/>
            </label>
        }
        .into_any(),
        false => hidden("currency", row.currency),
    };
    view! { {least_and_most} {each} {choices} {currency} }
}
