create table requests (
    id              uuid primary key,
    -- An agent's whom the deciding transaction knows; nobody may delete one (`grant_server`), so that no look at each is needed.
    agent_id        uuid not null,
    idempotency_key text not null,
    body_digest     bytea not null,
    action          text not null,
    revision        integer,
    permission_version integer,
    -- Null where there is none, and once the customer is erased.
    customer_id     text,
    -- As whom caps count it: the mark of the id as it is compared, so that `H1` is `h1`. Like the trigger's it names nobody
    -- without the secret of `control`, and stays when the customer is erased (governance/src/marks.rs).
    customer_folded text,
    -- The mark of the trigger.
    occasion        text,
    template        text,
    amount_minor    bigint,
    currency        text,
    state           text not null check (state in ('denied', 'stopped', 'paused', 'shadowed', 'waiting', 'approved',
                        'granted', 'rejected', 'expired', 'cancelled', 'succeeded', 'failed', 'unknown', 'rolled_back')),
    decision        text not null,
    -- The whole decision as it was given: verdict, reasons, and the approvals with their deadlines. JSON, kept as it was written.
    answer          json not null,
    -- The approvals that are needed now; they differ from the answer's after a change or an escalation.
    pending         jsonb not null default '[]',
    digest          bytea not null,
    -- The entry beside which the request's body lies, with the arguments that hold now.
    body_entry      uuid not null,
    sentence        text not null,
    -- What it said before people changed it.
    asked_sentence  text,
    -- And under each digest (hexadecimal) that it had before, for what was said to it then.
    former          jsonb not null default '{}',
    asked_at        timestamptz not null,
    changed_at      timestamptz not null,
    -- Approved: the stop epoch of the yeses that it rests on.
    approved_epoch  bigint,
    -- Waiting: to be decided by. Approved: to be claimed by. Both are readings of the request's own clock, which stands still
    -- while its agent is stopped or its integration paused. Granted: to be executed by, in plain time.
    deadline        timestamptz,
    -- Waiting, approved: to be looked at then, in plain time; nothing becomes of it by itself before.
    due             timestamptz,
    -- Waiting, approved: the deadline in plain time, as its clock stood when it was looked at last; lists go by this.
    falls_due       timestamptz,
    -- Waiting: all that it needs has been said, as an escalation came to whoever had said yes; somebody has to press.
    complete        boolean not null default false,
    claim_key       text,
    -- An approved request is carried out then, however long ago it was asked.
    claimed_at      timestamptz,
    outcome         jsonb,
    -- What carrying it out cost, in millionths of the currency's main unit.
    cost_micros     bigint check (cost_micros between 0 and 999999999999999999),
    cost_currency   text,
    -- Whether somebody else than the agent has said that it failed: until then it counts in windows.
    failure_confirmed boolean not null default false,
    constraint requests_idempotency_key unique (agent_id, idempotency_key),
    check ((amount_minor is null) = (currency is null)),
    check (customer_id is null or customer_folded is not null),
    check ((cost_micros is null) = (cost_currency is null)),
    check (falls_due is not null or state not in ('waiting', 'approved'))
);
-- Windows of an agent, and an agent's activity.
create index requests_by_agent on requests (agent_id, asked_at)
    include (id, action, state, amount_minor, currency, decision, failure_confirmed);
-- Windows of a customer, and a customer's history.
create index requests_by_customer on requests (customer_folded, asked_at) where customer_folded is not null;
-- What was asked before a moment and carried out after it: of an agent, and of a customer.
create index requests_by_claim on requests using gist (tstzrange(asked_at, claimed_at))
    include (agent_id, action, state, failure_confirmed, amount_minor, currency, customer_folded, asked_at, claimed_at)
    where claimed_at is not null;
create index requests_by_claim_of_customer on requests (customer_folded, claimed_at) where claimed_at is not null;
create index requests_by_occasion on requests (agent_id, occasion, customer_id) where occasion is not null;
create index requests_first_of_kind on requests (agent_id, action, template) where state = 'succeeded' and template is not null;
-- What leaves nothing to settle stays granted without a deadline, and does not lie in here.
create index requests_granted on requests (agent_id, deadline) where state = 'granted' and deadline is not null;
-- Of one kind is what waits alike for whoever looks at it: one agent would do the same by the same revision, and it takes as
-- many of the same queues; who can decide what, is said of kinds. The kinds of an agent lie together, so that each agent's
-- can be read up to a bound: which rules fit is in what it asks, so there can be as many as rules combine. So do those of one
-- revision of an action, of an agent: what is open of either is counted whatever it needs. With what they begin:
create function kinds_of(agent uuid, action text default null, revision integer default null) returns text
language sql immutable parallel safe
return left(md5(agent::text), 12)
    || case when action is null then '' else left(md5(concat_ws(' ', action, revision)), 8) end;
-- One expression, so that an index has it at once, and not by a query for each row.
create function kind_of(agent uuid, action text, revision integer, pending jsonb) returns uuid
language sql immutable parallel safe
return (kinds_of(agent, action, revision) || left(md5(
    jsonb_path_query_array(pending, '$[*].queue')::text || jsonb_path_query_array(pending, '$[*].needed')::text
        || jsonb_path_query_array(pending, '$[*].same_person')::text
), 12))::uuid;
-- What waits for people: of each kind, what is due first comes first.
create index requests_open on requests (kind_of(agent_id, action, revision, pending), falls_due, id)
    where state in ('waiting', 'approved');
create index requests_due on requests (due, id) where state in ('waiting', 'approved');
-- What waits and is due first, of an agent with more kinds than are read.
create index requests_first_due on requests (agent_id, falls_due, id) where state = 'waiting';
create index requests_unknown on requests (agent_id, changed_at) where state = 'unknown';

-- Windows that hold much are counted from sums: of an agent's requests, and of one customer's where those are many. The spans
-- of one name follow each other without a gap, and are added up in that order; what no span holds is counted by the row.
create table spans (
    agent_id        uuid not null references agents,
    -- As `requests.customer_folded`. Empty: all of the agent's.
    customer        text not null,
    since           timestamptz not null,
    -- Not within it.
    until           timestamptz not null check (until > since),
    -- Its sums stand; from then on a change of a request in it changes them.
    ready           boolean not null default false,
    primary key (agent_id, customer, since)
);
create index spans_begun on spans (since) where not ready;
create table span_sums (
    agent_id        uuid not null,
    customer        text not null,
    since           timestamptz not null,
    action          text not null,
    counts_as       text not null,
    -- Empty: without an amount.
    currency        text not null,
    count           bigint not null,
    sum             numeric not null,
    primary key (agent_id, customer, action, since, currency, counts_as),
    foreign key (agent_id, customer, since) references spans
);

-- As what a request takes up room in a window (`State::counts_in_windows`); null: not at all. What failed does until
-- somebody else than the agent has said so, where the agent is not trusted with that.
create function counts_as(state text, failure_confirmed boolean) returns text language sql immutable parallel safe
    return case
        when state in ('waiting', 'approved', 'granted', 'succeeded', 'unknown') then 'taken'
        when state = 'failed' and not failure_confirmed then 'failed'
    end;

-- Adds a request to the spans that hold it, or takes it away. The span is locked whether or not its sums stand: whoever
-- adds it up either sees the change or waits for it.
create function add_to_spans(request requests, times integer) returns void language plpgsql set search_path = public as $$
declare
    span spans;
    name text;
begin
    foreach name in array array['', request.customer_folded] loop
        select * into span from spans s
        where s.agent_id = request.agent_id and s.customer = name and s.since <= request.asked_at
        order by s.since desc
        limit 1
        for no key update;
        if span.ready and span.until > request.asked_at then
            insert into span_sums as s (agent_id, customer, since, action, counts_as, currency, count, sum)
            values (span.agent_id, span.customer, span.since, request.action,
                counts_as(request.state, request.failure_confirmed), coalesce(request.currency, ''), times,
                times * coalesce(request.amount_minor, 0)::numeric)
            on conflict on constraint span_sums_pkey do update
            set count = s.count + excluded.count,
                sum = s.sum + excluded.sum;
        end if;
    end loop;
end
$$;
create function keep_spans() returns trigger language plpgsql set search_path = public as $$
begin
    if tg_op = 'UPDATE' and counts_as(old.state, old.failure_confirmed) is not null then
        perform add_to_spans(old, -1);
    end if;
    if counts_as(new.state, new.failure_confirmed) is not null then
        perform add_to_spans(new, 1);
    end if;
    return null;
end
$$;
create trigger changed after update on requests for each row
    when ((counts_as(old.state, old.failure_confirmed), old.amount_minor, old.currency, old.asked_at)
        is distinct from (counts_as(new.state, new.failure_confirmed), new.amount_minor, new.currency, new.asked_at))
    execute function keep_spans();
-- No span reaches into the last ten seconds, nor into time to come (`control.added_up_until`): only what is written late
-- can lie in one. Where another time is told than the database's own, each is looked at.
create trigger came_late after insert on requests for each row
    when (new.asked_at not between clock_timestamp() - interval '5 seconds' and clock_timestamp() + interval '5 seconds')
    execute function keep_spans();

-- One person's yes in a queue, to exactly what the digest stands for. A stop or a change makes it void, not gone.
create table approvals (
    request_id      uuid not null references requests,
    person_id       uuid not null references people,
    digest          bytea not null,
    epoch           bigint not null,
    queue           text not null,
    note            text not null,
    at              timestamptz not null,
    -- Whether its request still waits, or is approved.
    open            boolean not null default true,
    primary key (request_id, person_id, digest, epoch, queue)
);
-- What a person has said yes to, among all that waits.
create index approvals_open on approvals (person_id, request_id) where open;

create function keep_approvals() returns trigger language plpgsql set search_path = public as $$
begin
    update approvals
    set open = new.state in ('waiting', 'approved')
    where request_id = new.id;
    return null;
end
$$;
create trigger opened_or_closed after update on requests for each row
    when ((old.state in ('waiting', 'approved')) <> (new.state in ('waiting', 'approved')))
    execute function keep_approvals();

-- What waits of one kind, under the stop epoch of its agent; and whether `reader` has said to it all that they can, where
-- `mine` of the queues that it waits for are among theirs, in which they may decide since then.
create function waiting(
    which uuid, stop_epoch bigint, mine integer, reader uuid, my_queues text[], my_since timestamptz[]
) returns table (id uuid, asked_at timestamptz, falls_due timestamptz, said boolean) language sql stable
begin atomic
    select r.id,
        r.asked_at,
        r.falls_due,
        mine > 0 and not r.complete and mine = (
            select count(*)
            from approvals v
            join unnest(my_queues, my_since) as m (queue, since) on m.queue = v.queue and m.since <= v.at
            where v.person_id = reader and v.request_id = r.id and v.digest = r.digest and v.epoch = stop_epoch
                and r.pending @> jsonb_build_array(jsonb_build_object('queue', v.queue))
        )
    from requests r
    where kind_of(r.agent_id, r.action, r.revision, r.pending) = which
        and r.state in ('waiting', 'approved')
        and (r.state = 'waiting' or r.approved_epoch is distinct from stop_epoch);
end;

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
    resolved_at     timestamptz,
    idempotency_key text
);
create unique index feedback_idempotency_key on feedback (request_id, idempotency_key) where idempotency_key is not null;
create index feedback_open_complaints on feedback (customer_id) where kind = 'complaint' and resolved_at is null;
create index feedback_by_request on feedback (request_id);

-- An outcome without a grant, until a person has looked at it.
create table breaches (
    entry_id        uuid primary key,
    request_id      uuid not null references requests,
    agent_id        uuid not null references agents,
    at              timestamptz not null,
    -- What the agent said, and whether it had been given a grant, which then was not the one that it showed.
    outcome         text not null check (outcome in ('succeeded', 'failed', 'unknown')),
    granted         boolean not null,
    settled_by      uuid references people,
    settled_at      timestamptz,
    settled_note    text check (settled_note <> '')
);
create index breaches_open on breaches (agent_id, at) where settled_at is null;
create index breaches_by_request on breaches (request_id);

-- What a request does, where that was told before something was masked: its action alone.
create function shown(agent uuid, version integer, asked text, sentence text) returns text language sql stable
begin atomic
    select case
        when (select coalesce(version, 0) > coalesce(a.told_until, -1) from agents a where a.id = agent) then sentence
        else coalesce(
            (select t.body ->> 'label' from action_types t where t.name = asked order by t.revision desc limit 1), asked
        ) || ' (masked)'
    end;
end;
