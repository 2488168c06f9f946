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
    demo            boolean not null default false,
    -- One person proposes permissions, and only another publishes them.
    two_to_publish  boolean not null default false,
    -- What was asked before has been added up in places: time as Reins tells it is never earlier, whichever server's clock
    -- it comes from.
    added_up_until  timestamptz not null default '-infinity',
    -- By how much entries number their transactions higher than the database does (`go_on_numbering`).
    feed_base       bigint not null default 0
);
-- Two version-4 ids hold 244 random bits; `gen_random_uuid` uses the strong random source.
insert into control (grant_secret)
values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

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
    decides_since   timestamptz not null default now()
);
create unique index people_email_key on people (lower(email));

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
