create table requests (
    id              uuid primary key,
    agent_id        uuid not null references agents,
    idempotency_key text not null,
    body_digest     bytea not null,
    action          text not null,
    revision        integer,
    permission_version integer,
    customer_id     text,
    -- What caps count it as, where that is not the id itself: `h1` of `H1`.
    customer_folded text,
    trigger         text,
    template        text,
    amount_minor    bigint,
    currency        text,
    state           text not null check (state in ('denied', 'stopped', 'paused', 'shadowed', 'waiting', 'approved',
                        'granted', 'rejected', 'expired', 'cancelled', 'succeeded', 'failed', 'unknown', 'rolled_back')),
    decision        text not null,
    -- The whole decision as it was given: verdict, reasons, and the approvals with their deadlines.
    answer          jsonb not null,
    -- The approvals that are needed now; they differ from the answer's after a change or an escalation.
    pending         jsonb not null default '[]',
    digest          bytea not null,
    -- The entry beside which the request's body lies, with the arguments that hold now.
    body_entry      uuid not null,
    sentence        text not null,
    -- What it said before people changed it.
    asked_sentence  text,
    asked_at        timestamptz not null,
    changed_at      timestamptz not null,
    -- The stop epoch in which it was last approved.
    approved_epoch  bigint,
    -- Waiting: to be decided by. Approved: to be claimed by. Granted: to be executed by.
    deadline        timestamptz,
    claim_key       text,
    -- An approved request is carried out then, however long ago it was asked.
    claimed_at      timestamptz,
    outcome         jsonb,
    -- Whether somebody else than the agent has said that it failed: until then it counts in windows.
    failure_confirmed boolean not null default false,
    constraint requests_idempotency_key unique (agent_id, idempotency_key),
    check ((amount_minor is null) = (currency is null))
);
-- Windows of an agent, and an agent's activity.
create index requests_by_agent on requests (agent_id, asked_at)
    include (id, action, state, amount_minor, currency, decision, failure_confirmed);
-- Windows of a customer, and a customer's history.
create index requests_by_customer on requests (customer_id, asked_at) where customer_id is not null;
create index requests_by_folded_customer on requests (customer_folded, asked_at) where customer_folded is not null;
-- What was asked before a window began, and carried out in it.
create index requests_by_claim on requests (agent_id, claimed_at)
    include (id, action, state, amount_minor, currency, asked_at, customer_id, customer_folded, failure_confirmed) where claimed_at is not null;
create index requests_by_trigger on requests (agent_id, trigger, customer_id) where trigger is not null;
create index requests_first_of_kind on requests (agent_id, action, template) where state = 'succeeded' and template is not null;
-- What leaves nothing to settle stays granted without a deadline, and does not lie in here.
create index requests_granted on requests (deadline) where state = 'granted' and deadline is not null;
-- What is due, and what waits for people: what is due first comes first.
create index requests_open on requests (deadline, id) where state in ('waiting', 'approved');
create index requests_unknown on requests (changed_at) where state = 'unknown';

-- One person's yes to exactly what the digest stands for. A stop or a change makes it void, not gone.
create table approvals (
    request_id      uuid not null references requests,
    person_id       uuid not null references people,
    digest          bytea not null,
    epoch           bigint not null,
    queues          text[] not null,
    note            text not null,
    at              timestamptz not null,
    primary key (request_id, person_id, digest, epoch)
);

create table feedback (
    id              uuid primary key,
    request_id      uuid not null references requests,
    agent_id        uuid not null references agents,
    customer_id     text,
    kind            text not null check (kind in ('complaint', 'quality', 'reply', 'failed')),
    score           double precision check (score between 0 and 1),
    note            text not null,
    from_agent      boolean not null,
    at              timestamptz not null,
    resolved_at     timestamptz
);
create index feedback_open_complaints on feedback (customer_id) where kind = 'complaint' and resolved_at is null;
create index feedback_by_request on feedback (request_id);

-- An outcome without a grant, until a person has looked at it.
create table breaches (
    entry_id        uuid primary key,
    request_id      uuid not null references requests,
    agent_id        uuid not null references agents,
    at              timestamptz not null,
    detail          text not null,
    settled_by      uuid references people,
    settled_at      timestamptz,
    settled_note    text check (settled_note <> '')
);
create index breaches_open on breaches (at) where settled_at is null;
