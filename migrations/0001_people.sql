-- One row: what every decision reads first. `revision` grows with each control change (stop, release, publish, mode,
-- tightening, breaker, key, catalog), so that memory can be compared with it in the decision's own transaction. A database
-- that was restored, or promoted without its last changes, counts again: `nonce` is random, and new with each change.
create table control (
    id              smallint primary key default 1 check (id = 1),
    revision        bigint not null default 1,
    nonce           uuid not null default gen_random_uuid(),
    stop_epoch      bigint not null default 0,
    grant_secret    bytea not null,
    brand           text not null default 'My shop',
    time_zone       text not null default 'UTC',
    -- All that is in it is made up. Only the owner says so, before anybody is in it.
    demo            boolean not null default false,
    -- One person proposes permissions, and only another publishes them.
    two_to_publish  boolean not null default false,
    -- What was asked before has been added up in places: time as Reins tells it is never earlier, whichever server's clock
    -- it comes from.
    added_up_until  timestamptz not null default '-infinity',
    -- By how much entries number their transactions higher than the database does (`go_on_numbering`).
    feed_base       bigint not null default 0,
    -- How far time as Reins tells it is ahead of the database's clock, or behind it. A test and the demonstration move it
    -- (`set_clock`); what a shop has asked and answered is never told another time.
    ahead           interval not null default '0' check (ahead = '0' or demo)
);
-- The time, for all of Reins: of this row, where it is read anyway, ...
create function told(control) returns timestamptz language sql
return greatest(clock_timestamp() + $1.ahead, $1.added_up_until);
-- Two version-4 ids hold 244 random bits; `gen_random_uuid` uses the strong random source.
insert into control (grant_secret)
values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
-- ... and where nothing else is. One statement is told one time, so that an index can be looked up by it.
create function told_now() returns timestamptz language sql stable
begin atomic
    select told(c) from control c;
end;
-- Has Reins tell this time from now on: at once for all replicas, and within no decision. The server's role may not do it.
create function set_clock(at timestamptz) returns void language plpgsql set search_path = public as $$
begin
    perform pg_advisory_xact_lock(90457536090880);
    update control
    set ahead = at - clock_timestamp();
end
$$;

create table people (
    id              uuid primary key,
    email           text not null,
    name            text not null,
    password_hash   text not null,
    -- Who chose the password, and so can sign in with it, or could when another was chosen by whoever was signed in as
    -- the person: nobody, once somebody else has confirmed that it was the person.
    password_by     uuid references people,
    -- Since when it is one that was chosen by whoever was signed in as the person.
    own_since       timestamptz,
    role            text not null check (role in ('auditor', 'reviewer', 'operator', 'manager', 'admin')),
    created_at      timestamptz not null,
    disabled_at     timestamptz,
    -- Since when they may decide without a break: a role that decides nothing, and being disabled, make their yeses void.
    decides_since   timestamptz not null default told_now()
);
create unique index people_email_key on people (lower(email));

-- A shop that people are in does not become a made-up one.
create function keep_shop() returns trigger language plpgsql set search_path = public as $$
begin
    if exists (select from people) then
        raise exception 'people are in this shop: it is not made up' using errcode = 'check_violation';
    end if;
    return null;
end
$$;
create trigger made_up after update on control for each row when (new.demo and not old.demo) execute function keep_shop();

create table sessions (
    -- SHA-256 of what the browser shows: whoever reads this table opens no session with it.
    hash            bytea primary key,
    person_id       uuid not null references people,
    expires_at      timestamptz not null
);
create index sessions_by_expiry on sessions (expires_at);
create index sessions_by_person on sessions (person_id);

-- Attempts without a valid key or session: counted per minute and source, not one entry each.
create table attempts (
    minute          timestamptz not null,
    kind            text not null,
    source          text not null,
    count           integer not null,
    primary key (kind, source, minute)
);
create index attempts_by_minute on attempts (minute);

create table queues (
    id              uuid primary key,
    slug            text not null constraint queues_slug_key unique,
    name            text not null
);
create table queue_members (
    queue_id        uuid not null references queues,
    person_id       uuid not null references people,
    -- What they said to the queue's requests before does not count.
    since           timestamptz not null,
    primary key (queue_id, person_id)
);
create index queue_members_by_person on queue_members (person_id);
