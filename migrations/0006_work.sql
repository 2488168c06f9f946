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

-- Customers of whom so much was counted by the row that their requests are to be added up; the job takes them out.
create table crowded (
    agent_id        uuid not null references agents,
    customer        text not null,
    primary key (agent_id, customer)
);
