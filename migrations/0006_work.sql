-- What Reins does by itself: a row a job of the shop. A replica takes what is due, works under a lease that it renews, and
-- gives it back with when it is due next.
create table jobs (
    name            text primary key,
    added_at        timestamptz not null,
    due             timestamptz not null,
    -- The replica that works on it, or did so last.
    leased_by       uuid,
    -- Somebody works on it until then, or is gone.
    leased_until    timestamptz,
    begun_at        timestamptz,
    done_at         timestamptz,
    took_ms         integer,
    -- What could not be done the last time, though the rest was; in words.
    left_over       text,
    -- Since it was done the last time.
    attempts        integer not null default 0,
    failing_since   timestamptz,
    error           text,
    check ((attempts = 0) = (failing_since is null) and (attempts = 0) = (error is null)),
    check (leased_until is null or leased_by is not null)
);

-- The processes that serve: each says every few seconds that it is there. Nothing rests on it but what pages show.
create table replicas (
    id              uuid primary key,
    name            text not null,
    version         text not null,
    started_at      timestamptz not null,
    seen_at         timestamptz not null,
    -- The revision of the control state that it had read by then.
    revision        bigint,
    -- When it said that it ends.
    left_at         timestamptz
);
create index replicas_by_sight on replicas (seen_at desc);

-- Customers, by their marks, of whom so much was counted by the row that their requests are to be added up; the job takes them out.
create table crowded (
    agent_id        uuid not null references agents,
    customer        text not null,
    primary key (agent_id, customer)
);

-- What follows the record, each by its name and at its own pace. It has worked every entry before this place, and none from
-- it on: it moves in the transaction that works them.
create table consumers (
    name            text primary key,
    -- A transaction, and the last entry of it that was worked (all zeros: none).
    xid             bigint not null default 0,
    entry_id        uuid not null default '00000000-0000-0000-0000-000000000000'
);

-- How often what happened, in the quarter of an hour that begins then: days of every time zone consist of those, so that
-- another zone needs no counting anew, for which what is no longer kept would be missing. Each is counted when it happened.
create table agent_counts (
    agent_id        uuid not null,
    since           timestamptz not null,
    -- What was asked, by its decision.
    allowed         bigint not null,
    needs_approval  bigint not null,
    denied          bigint not null,
    shadowed        bigint not null,
    stopped         bigint not null,
    paused          bigint not null,
    -- What became of requests.
    approved        bigint not null,
    rejected        bigint not null,
    expired         bigint not null,
    cancelled       bigint not null,
    succeeded       bigint not null,
    failed          bigint not null,
    unknown         bigint not null,
    rolled_back     bigint not null,
    primary key (agent_id, since)
);
create table agent_costs (
    agent_id        uuid not null,
    since           timestamptz not null,
    currency        text not null,
    -- Millionths of the currency's main unit.
    micros          numeric not null,
    primary key (agent_id, since, currency)
);
insert into consumers (name) values ('counts');

-- What the first `most` entries of a part of the record count: after an entry, and of transactions before `until`.
create function counted(after bigint, after_id uuid, until bigint, most bigint) returns setof agent_counts
language sql stable parallel safe
begin atomic
    select e.agent_id,
        date_bin('15 minutes', e.at, 'epoch'),
        count(*) filter (where e.kind = 'asked' and e.decision = 'allowed'),
        count(*) filter (where e.kind = 'asked' and e.decision = 'needs_approval'),
        count(*) filter (where e.kind = 'asked' and e.decision = 'denied'),
        count(*) filter (where e.kind = 'asked' and e.decision = 'shadowed'),
        count(*) filter (where e.kind = 'asked' and e.decision = 'stopped'),
        count(*) filter (where e.kind = 'asked' and e.decision = 'paused'),
        count(*) filter (where e.kind = 'approved' and e.detail @> '{"approved": true}'),
        count(*) filter (where e.kind = 'rejected'),
        count(*) filter (where e.kind = 'expired'),
        count(*) filter (where e.kind = 'cancelled'),
        count(*) filter (where e.became = 'succeeded'),
        count(*) filter (where e.became = 'failed'),
        count(*) filter (where e.became = 'unknown'),
        count(*) filter (where e.kind = 'rolled_back')
    from (
        select e.agent_id,
            e.at,
            e.kind,
            e.decision,
            e.detail,
            case
                when e.kind = 'outcome_unknown' then 'unknown'
                -- What was said already is said again.
                when e.kind in ('reported', 'settled') and e.detail ->> 'status' is distinct from e.detail ->> 'was'
                    then e.detail ->> 'status'
            end as became
        from entries e
        where e.xid >= after and e.xid < until and (e.xid > after or e.id > after_id)
        order by e.xid, e.id
        limit most
    ) e
    where e.agent_id is not null
        and (e.became is not null or e.kind in ('asked', 'approved', 'rejected', 'expired', 'cancelled', 'rolled_back'))
    group by e.agent_id, date_bin('15 minutes', e.at, 'epoch');
end;

-- And what they say was spent. A report that replaces another says what that had told.
create function spent(after bigint, after_id uuid, until bigint, most bigint) returns setof agent_costs
language sql stable parallel safe
begin atomic
    select e.agent_id,
        date_bin('15 minutes', e.at, 'epoch'),
        c.cost ->> 'currency',
        sum(c.sign * (c.cost ->> 'amount')::numeric * 1000000)
    from (
        select e.agent_id,
            e.at,
            e.kind,
            e.detail
        from entries e
        where e.xid >= after and e.xid < until and (e.xid > after or e.id > after_id)
        order by e.xid, e.id
        limit most
    ) e
    cross join lateral (values (1, e.detail -> 'cost'), (-1, e.detail -> 'cost_before')) as c (sign, cost)
    where e.kind = 'reported'
        and e.agent_id is not null
        and c.cost ->> 'amount' ~ '^[0-9]{1,12}([.][0-9]{1,6})?$'
        and c.cost ->> 'currency' is not null
    group by e.agent_id, date_bin('15 minutes', e.at, 'epoch'), c.cost ->> 'currency';
end;

-- What was counted, with what has come since, as far as that are not too many.
create view agent_counts_now as
select *
from agent_counts
union all
select n.*
from consumers c
cross join lateral counted(c.xid, c.entry_id, 9223372036854775807, 10000) n
where c.name = 'counts';

create view agent_costs_now as
select *
from agent_costs
union all
select n.*
from consumers c
cross join lateral spent(c.xid, c.entry_id, 9223372036854775807, 10000) n
where c.name = 'counts';

-- A database that was restored from a dump may number its transactions lower than what it holds: what is written then would
-- lie before what its consumers have worked, and among what is old. From here on numbers are raised by as much as it takes.
create function go_on_numbering() returns void language plpgsql as $$
declare
    highest bigint;
    base bigint;
begin
    select greatest((select max(xid) from entries), (select max(xid) from consumers)) into highest;
    select feed_base into base from control;
    if highest > base + pg_current_xact_id()::text::bigint then
        update control set feed_base = highest;
        execute format(
            'alter table entries alter column xid set default (pg_current_xact_id()::text::bigint + %s)', highest
        );
    end if;
end
$$;
