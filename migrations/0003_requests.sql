create table requests (
    id              uuid primary key,
    agent_id        uuid not null references agents,
    idempotency_key text not null,
    body_digest     bytea not null,
    action          text not null,
    revision        integer,
    permission_version integer,
    customer_id     text,
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
    asked_at        timestamptz not null,
    changed_at      timestamptz not null,
    -- The stop epoch of the approvals that its deadline rests on.
    approved_epoch  bigint,
    -- Waiting: to be decided by, as those queues stand that have not approved it. Approved: to be claimed by. Both are
    -- readings of the request's own clock, which lags by as long as it stood still (`stood_still`).
    -- Granted: to be executed by, in plain time.
    deadline        timestamptz,
    -- Of what waits or is approved: the earliest deadline of any queue, which holds again where a stop has made its
    -- approvals void (`due`).
    earliest        timestamptz,
    -- Expired: which silence it was.
    silence         text check (silence in ('undecided', 'unclaimed', 'stood_still', 'retired')),
    claim_key       text,
    outcome         jsonb,
    settled_note    text,
    constraint requests_idempotency_key unique (agent_id, idempotency_key),
    check ((amount_minor is null) = (currency is null)),
    check (silence is null or state = 'expired'),
    check ((earliest is not null) = (state in ('waiting', 'approved')))
);
-- Windows of an agent, and an agent's activity.
create index requests_by_agent on requests (agent_id, asked_at)
    include (id, action, state, amount_minor, currency, decision);
-- Windows of a customer, and a customer's history.
create index requests_by_customer on requests (customer_id, asked_at) where customer_id is not null;
create index requests_by_trigger on requests (agent_id, trigger, customer_id) where trigger is not null;
create index requests_first_of_kind on requests (agent_id, action, template) where state = 'succeeded' and template is not null;
-- What leaves nothing to settle stays granted without a deadline, and does not lie in here.
create index requests_granted on requests (deadline) where state = 'granted' and deadline is not null;
create index requests_open on requests (deadline) where state in ('waiting', 'approved') and deadline is not null;
create index requests_undecided on requests (asked_at) where state in ('waiting', 'approved');
create index requests_unclaimed on requests (changed_at) where silence = 'unclaimed';
create index requests_unknown on requests (changed_at) where state = 'unknown';

-- How long the clock of a request stood still: while its agent, or everything, was stopped, or its integration paused.
create function stood_still(agent uuid, action text, since timestamptz, until timestamptz) returns interval
language sql stable as $$
    select coalesce(sum(upper(span) - lower(span)), interval '0')
    from (
        select range_agg(tstzrange(greatest(began, since), least(ended, until))) as spans
        from (
            select s.engaged_at as began, s.released_at as ended
            from stops s
            where s.agent_id = agent or s.agent_id is null
            union all
            select p.began_at, p.ended_at
            from pauses p
            where p.integration = (
                select t.body ->> 'integration' from action_types t where t.name = action order by t.revision desc limit 1
            )
        ) stood
        where began < until and (ended is null or ended > since)
    ) merged,
        unnest(merged.spans) span
$$;

-- When a request that waits, or whose approval a stop has made void, has to be decided, if its clock runs on from now.
create function due(request requests, epoch bigint, now timestamptz) returns timestamptz
language sql stable as $$
    select case when request.approved_epoch = epoch then request.deadline else request.earliest end
        + stood_still(request.agent_id, request.action, request.asked_at, now)
$$;

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
    kind            text not null check (kind in ('complaint', 'quality', 'reply')),
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
