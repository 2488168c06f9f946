//! What is written of asks that are new.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use domain::{
    decision::decide,
    digest,
    entry::{Asked as AskedDetail, Detail, Name, Reason},
    facts::Facts,
    folding::folded,
    id::{AgentId, RequestId},
    json,
    permission::Recorded,
    request::Ask,
    sentence,
    state::State,
};

use super::{Answer, Known};
use crate::{
    Asked, Key,
    asking::weigh::world,
    control::{AgentControl, Control},
    db::requests::NewRequest,
    entry::NewEntry,
    error::Result,
    id, mask,
    permit::Permit,
};

pub(super) type Written = (Vec<NewRequest>, Vec<(DateTime<Utc>, NewEntry)>);

/// Judges in the order of arrival; each request sees those before it in the group.
pub(super) fn judge(
    control: &Control,
    now: DateTime<Utc>,
    mut fresh: Vec<(Known<'_>, Facts)>,
    answers: &mut [Option<Answer>],
) -> Result<Written> {
    let mut requests = Vec::with_capacity(fresh.len());
    let mut entries = Vec::with_capacity(fresh.len());
    for index in 0..fresh.len() {
        let Some(((known, facts), later)) = fresh[index..].split_first_mut() else { break };
        let Some(agent) = control.agents.get(&known.agent) else { continue };
        let (request, entry, answer) = judge_one(control, now, known, agent, facts)?;
        see_each_other(&request, known.job.ask.occasion(), later);
        answers[known.place] = Some(Ok(answer));
        requests.push(request);
        entries.push((now, entry));
    }
    Ok((requests, entries))
}

/// What requests later in the group have to know of this one.
fn see_each_other(request: &NewRequest, occasion: Option<Cow<'_, str>>, later: &mut [(Known<'_>, Facts)]) {
    for (known, facts) in later.iter_mut().filter(|(known, _)| known.agent == request.agent) {
        let ask = &known.job.ask;
        let same_occasion = occasion.is_some() && ask.occasion() == occasion;
        if same_occasion && request.customer.is_some() && ask.customer_id() != request.customer.as_deref() {
            facts.other_customer_under_trigger = true;
        }
        if !request.answer.state.counts_in_windows() {
            continue;
        }
        for (window, usage) in &mut facts.windows {
            if window.counts(request.customer.as_deref()) && window.actions.contains(&request.action) {
                usage.add(request.amount);
            }
        }
    }
}

fn judge_one(
    control: &Control,
    now: DateTime<Utc>,
    known: &Known<'_>,
    agent: &AgentControl,
    facts: &Facts,
) -> Result<(NewRequest, NewEntry, Asked)> {
    let ask = &known.job.ask;
    let action = control.action(&ask.action);
    let mut decision = decide(ask, &world(control, now, known.agent, agent, ask, facts));
    let masks = control.masks(known.agent);
    mask::mask_reasons(&mut decision.reasons, masks);

    let id = RequestId(id::next());
    let version = agent.permissions.as_ref().map(|(version, _)| *version);
    let mut answer = Asked::new(id, decision, version, now);
    let recorded = agent.permissions.as_ref().map(|(_, set)| set.audit_logging.record).unwrap_or_default();
    let revision = action.map(|(revision, _)| revision);
    let whole = recorded == Recorded::default();
    let kept = if whole { Cow::Borrowed(ask) } else { Cow::Owned(ask.clone().recorded(recorded)) };
    let body = if whole { known.job.body.clone() } else { json::canonical(&kept)? };
    let entry = entry_of_ask(&answer, known.agent, &known.permit, &known.job.key, &kept, body, revision)?;
    let leaves_traces = action.is_none_or(|(_, action)| action.effect.needs_outcome());
    let request = NewRequest {
        id,
        agent: known.agent,
        idempotency_key: known.job.idempotency_key.clone(),
        body_digest: known.job.body_digest,
        action: ask.action.clone(),
        revision,
        customer: ask.customer_id().map(str::to_owned),
        mark: ask.customer_id().map(|id| control.mark_of_customer(&folded(id))).transpose()?,
        occasion: ask.occasion().map(|occasion| control.mark_of_occasion(&occasion)).transpose()?,
        template: ask.template.clone(),
        amount: action.and_then(|(_, action)| action.amount_in(&ask.arguments)),
        digest: digest::of_request(id, known.agent, revision.unwrap_or_default(), &kept)?,
        body_entry: entry.id(),
        sentence: match action {
            Some((_, action)) => mask::effect(ask, action, masks)?,
            None => sentence::value(&ask.action),
        },
        deadline: answer.deadline(now).filter(|_| answer.state != State::Granted || leaves_traces),
        answer: answer.clone(),
    };
    if answer.state == State::Granted {
        let execute_before = now + chrono::TimeDelta::seconds(domain::state::GRANT_SECONDS);
        answer.grant = Some(control.grant(id, execute_before)?);
    }
    Ok((request, entry, answer))
}

/// The entry of an ask: what was decided, with the body in its canonical form and why beside it, as reasons quote people.
fn entry_of_ask(
    answer: &Asked,
    agent: AgentId,
    permit: &Permit,
    key: &Key,
    ask: &Ask,
    body: String,
    revision: Option<i32>,
) -> Result<NewEntry> {
    let reasons = answer.reasons.iter().map(|why| Reason { layer: why.layer, rule: Name::of(&why.rule) });
    let detail = AskedDetail {
        reasons: reasons.collect(),
        permission_version: answer.permission_version,
        would_have_been: answer.would_have_been.as_deref().map(Name::of),
        revision,
        key: Name::of(&key.prefix),
    };
    let entry = NewEntry::new(Detail::Asked(detail), permit).agent(agent).request(answer.id);
    // What the catalog does not know is only the agent's word.
    let entry = if revision.is_some() { entry.action(&ask.action) } else { entry };
    let reasons = json::canonical(&answer.reasons)?;
    Ok(entry.decision(&answer.decision).personal_text(format!(r#"{{"ask":{body},"reasons":{reasons}}}"#)))
}
