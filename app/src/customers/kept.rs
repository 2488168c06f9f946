use domain::{
    sentence::{value, visible},
    view::erasing::CustomerView,
};
use governance::MOST_ERASED;
use islands::Said;
use leptos::prelude::*;

use super::calls::EraseCustomer;
use crate::ui::{
    Dated, Fact, Facts, Notice, Reason, Section, Submit, Tone, post_to, sent,
    words::{count, grouped, list},
};

/// What is kept of a customer, what keeps it, and the form that erases it.
#[component]
pub fn Kept(customer: CustomerView) -> impl IntoView {
    let names: Vec<String> = customer.agents.iter().map(|agent| visible(&agent.name)).collect();
    let others: Vec<String> = customer.written.iter().filter(|id| **id != customer.id).map(|id| value(id)).collect();
    let asked = customer.asked.map(|(first, last)| {
        view! { <Fact label="Asked between"><Dated at=first/> " and " <Dated at=last/></Fact> }
    });
    let shop = customer.synced_at.map(|at| {
        view! { <Fact label="What the shop says of them">"its figures of " <Dated at/></Fact> }
    });
    let erased = (customer.erased > 0).then(|| {
        let words = format!("{}, without what was asked in them", count(customer.erased, "request", "requests"));
        view! { <Fact label="Erased before">{words}</Fact> }
    });
    let title = view! { "Kept of " <Said text=value(&customer.id)/> };
    view! {
        <section class="section">
            <h2>{title}</h2>
            <Facts>
                <Fact label="Requests that say something of them">{grouped(customer.requests)}</Fact>
                {(!others.is_empty()).then(|| view! { <Fact label="Also written"><Said text=list(&others)/></Fact> })}
                {asked}
                {(!names.is_empty()).then(|| view! { <Fact label="By">{list(&names)}</Fact> })}
                {shop}
                {erased}
            </Facts>
            <Keeps customer=customer.clone()/>
            {customer.may_be_erased().then(|| view! { <Erase customer/> })}
        </section>
        <Stays/>
    }
}

/// What has to be done before it can be erased.
#[component]
fn Keeps(customer: CustomerView) -> impl IntoView {
    let mut why = Vec::new();
    if customer.held {
        why.push("A legal hold on this customer, or on an agent that has asked for them, keeps all of it.".to_owned());
    }
    if customer.open > 0 {
        let open = count(customer.open, "request waits or is", "requests wait or are");
        why.push(format!("{open} approved and not claimed: have that decided, or wait until it is over."));
    }
    if customer.complaints > 0 {
        let open = count(customer.complaints, "complaint is", "complaints are");
        why.push(format!("{open} open: resolve what they complain about first."));
    }
    let lines = why.iter().map(|why| view! { <li>{why.clone()}</li> }).collect_view();
    (!why.is_empty() && !customer.is_nothing()).then(|| {
        view! {
            <Notice tone=Tone::Waiting>
                <p class="notice-title">"It cannot be erased now."</p>
                <ul>{lines}</ul>
            </Notice>
        }
    })
}

#[component]
fn Erase(customer: CustomerView) -> impl IntoView {
    let sent = sent::<EraseCustomer>().about("customer", &customer.id);
    let (failed, why) = (sent.is_some(), sent.text("reason"));
    let many = (customer.requests > MOST_ERASED).then(|| {
        let most = grouped(MOST_ERASED);
        view! { <p class="hint">{format!("There is much: {most} requests are erased at a time, the oldest first. Then press again.")}</p> }
    });
    let named = value(&customer.id);
    view! {
        <details class="fold-plain" open=failed>
            <summary>"Erase it …"</summary>
            <form class="form" method="post" action={post_to::<EraseCustomer>()}>
                <input type="hidden" name="customer" value=customer.id.clone()/>
                <input type="hidden" name="seen" value=customer.requests.to_string() data-seen/>
                {many}
                <Reason
                    label="Why it is erased"
                    hint="It stays in the record: do not name the customer in it."
                    value=why
                    required=true
                />
                <label class="check">
                    <input type="checkbox" name="confirm" value="yes" required=true/>
                    <span>"Erase what is kept of " <Said text=named/> " for good. Nobody can bring it back."</span>
                </label>
                <div class="actions">
                    <Submit label="Erase this customer"/>
                </div>
            </form>
        </details>
    }
}

/// What erasing means.
#[component]
fn Stays() -> impl IntoView {
    view! {
        <Section title="What goes, and what stays">
            <ul class="reasons">
                <li>"What was asked, and why; what agents reported; what people noted to it; what the shop says of the customer: it goes."</li>
                <li>"That something was asked, by which agent and rule, when, for how much, and what became of it stays, without anything that says for whom."</li>
                <li>"In place of the id stands a code that only this shop can make. So caps go on counting somebody who comes again under it."</li>
                <li>"The names that agents give their own calls stay, so that nothing is carried out twice."</li>
                <li>"What people wrote elsewhere (why they stopped or tightened, notes of versions), and what other customers’ requests say, cannot be found by a customer: it stays as it is."</li>
                <li>"If the shop sends its figures of the customer again, they are here again: take them out of its list first."</li>
                <li>"Backups of the database keep what they have until they are deleted."</li>
            </ul>
        </Section>
    }
}
