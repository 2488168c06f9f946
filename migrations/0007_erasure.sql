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
create unique index holds_open_on_agent on holds (agent_id, why) where agent_id is not null and released_at is null;
create unique index holds_open_on_customer on holds (customer_folded, why)
    where customer_folded is not null and released_at is null;
create index holds_by_customer on holds (customer_folded) where customer_folded is not null;
create index holds_by_time on holds (placed_at desc, id desc);

-- Whether something of this agent, or of this customer, must be kept.
create function held(agent uuid, customer text) returns boolean language sql stable
begin atomic
    select exists (
        select
        from holds h
        where h.released_at is null
            and (h.agent_id = agent or h.customer_folded = customer)
            and (h.until is null or h.until >= (select (told(c) at time zone c.time_zone)::date from control c))
    );
end;
