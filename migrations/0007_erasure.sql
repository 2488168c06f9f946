-- What must be kept, whatever a customer asks for: all of an agent's, or all of a customer's.
create table holds (
    id              uuid primary key,
    agent_id        uuid references agents,
    -- As `requests.customer_folded`.
    customer_folded text,
    customer_id     text,
    why             text not null check (why <> ''),
    placed_by       uuid not null references people,
    placed_at       timestamptz not null,
    -- The last day of it, where that is known; the brand's.
    until           date,
    released_by     uuid references people,
    released_at     timestamptz,
    released_why    text check (released_why <> ''),
    check ((agent_id is null) <> (customer_folded is null)),
    check (customer_id is null or customer_folded is not null),
    check ((released_at is null) = (released_by is null) and (released_at is null) = (released_why is null))
);
-- The same is held for the same reason once.
create unique index holds_open_on_agent on holds (agent_id, md5(why)) where agent_id is not null and released_at is null;
create unique index holds_open_on_customer on holds (customer_folded, md5(why))
    where customer_folded is not null and released_at is null;
create index holds_by_customer on holds (customer_folded) where customer_folded is not null;
create index holds_by_time on holds (placed_at desc, id desc);

-- Time as deleting takes it: the time that is told, but it goes at most twice as fast as that is looked at
-- (`move_retention_on`). A clock that jumps a year forward deletes hardly more than one that does not, and people are told of
-- it meanwhile.
create table retention (
    id              smallint primary key default 1 check (id = 1),
    at              timestamptz not null,
    moved_at        timestamptz not null
);
insert into retention (at, moved_at) values (told_now(), told_now());

-- The day up to which the last days of holds are over, in the brand's zone; never ahead of the time that deleting goes by.
create function held_until() returns date language sql stable
begin atomic
    select (case when c.demo then told(c) else least(told(c), t.at) end at time zone c.time_zone)::date
    from control c
    cross join retention t;
end;
-- Whether something of this agent, or of this customer, must be kept.
create function held(agent uuid, customer text) returns boolean language sql stable
begin atomic
    select exists (
        select
        from holds h
        where h.released_at is null
            and (h.agent_id = agent or h.customer_folded = customer)
            and (h.until is null or h.until >= (select held_until()))
    );
end;

-- Whether something of a request says whom it was about: what was asked, or what people wrote when that was erased already.
create function says_of_whom(request requests) returns boolean language sql stable
return request.customer_id is not null or exists (
    select
    from entries e
    join personal p on p.entry_id = e.id
    where e.request_id = request.id
);

-- Erases what is kept of a customer, by their mark: of so many requests at most, the oldest first. The server's role can
-- change nothing of that by itself, and by this only what an entry of the same transaction says, and nothing that must be
-- kept or is still to be decided. governance/src/erasing/columns.rs says of every column what becomes of it.
create function erase_customer(whose text, erasure uuid, most integer) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    said jsonb;
    ids uuid[];
begin
    select e.detail into said
    from entries e
    where e.id = erasure and e.kind = 'customer_erased' and e.xmin = pg_current_xact_id()::xid;
    if said ->> 'customer' is distinct from whose then
        raise exception 'no entry of this transaction says so' using errcode = 'insufficient_privilege';
    end if;
    -- Whoever places a hold has done so before, or waits; and so does another erasure, as this one changes holds.
    lock table holds in share row exclusive mode;
    if held(null, whose)
        or exists (select from (select distinct agent_id from requests where customer_folded = whose) a where held(a.agent_id, null))
    then
        raise exception 'it must be kept' using errcode = 'check_violation';
    end if;
    ids := array(
        select id
        from requests r
        where customer_folded = whose and says_of_whom(r)
        order by asked_at
        limit most
        for update
    );
    if cardinality(ids) <> (said ->> 'requests')::bigint then
        raise exception 'the entry says another number' using errcode = 'check_violation';
    end if;
    if exists (select from requests where customer_folded = whose and state in ('waiting', 'approved'))
        or exists (
            select from feedback where request_id = any (ids) and kind = 'complaint' and resolved_at is null
        )
    then
        raise exception 'some of it is still to be decided' using errcode = 'check_violation';
    end if;

    delete from personal where entry_id = any (array(select e.id from entries e where e.request_id = any (ids)));
    update approvals set note = '' where request_id = any (ids) and note <> '';
    update feedback set customer_id = null, note = '' where request_id = any (ids);
    update breaches set settled_note = 'erased' where request_id = any (ids) and settled_note is not null;
    update requests r
    set customer_id = null,
        template = null,
        action = case when r.revision is null then '?' else r.action end,
        body_digest = '',
        digest = '',
        sentence = coalesce(
            (select t.body ->> 'label' from action_types t where t.name = r.action and t.revision = r.revision),
            'Something'
        ) || ' (erased)',
        asked_sentence = null,
        former = '{}',
        answer = jsonb_set(r.answer::jsonb, '{reasons}', '[]')::json,
        outcome = case
            when r.outcome is not null
                then jsonb_build_object('status', r.outcome -> 'status', 'reference', '', 'detail', '{}'::jsonb)
        end
    where r.id = any (ids);

    delete from customers where customer_folded = whose;
    delete from personal
    where entry_id = any (array(
        select e.id
        from entries e
        join holds h on h.id::text = e.detail ->> 'hold'
        where e.kind in ('hold_placed', 'hold_released') and h.customer_folded = whose
    ));
    update holds
    set customer_id = null,
        why = 'erased ' || id,
        released_why = case when released_why is not null then 'erased' end
    where customer_folded = whose;
end
$$;
revoke all on function erase_customer(text, uuid, integer) from public;
