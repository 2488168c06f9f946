-- Outside systems. What nobody has said of one is empty. Nothing that counts what happens on it is kept here: decisions
-- read it.
create table integrations (
    slug            text primary key,
    name            text not null,
    version         text not null default '',
    vendor          text not null default '',
    product         text not null default '',
    numbering       text check (numbering in ('quarters', 'dates', 'numbers', 'names')),
    -- The last day on which that version is served.
    version_ends    date,
    documentation   text not null default '',
    status_page     text not null default '',
    account         text not null default '',
    owner           uuid references people
);

-- When what runs on an integration was paused. Without a person, by Reins itself.
create table pauses (
    integration     text not null references integrations,
    began_at        timestamptz not null,
    began_by        uuid references people,
    reason          text not null check (reason <> ''),
    ended_at        timestamptz,
    ended_by        uuid references people,
    end_reason      text check (end_reason <> ''),
    check ((ended_at is null) = (end_reason is null)),
    primary key (integration, began_at)
);
create unique index pauses_open on pauses (integration) where ended_at is null;

create table data_sets (
    name            text primary key,
    label           text not null,
    sensitivity     text not null check (sensitivity in ('public', 'internal', 'personal', 'sensitive'))
);

-- A change to an action type is a new revision; requests remember theirs.
create table action_types (
    name            text not null,
    revision        integer not null,
    body            jsonb not null,
    added_at        timestamptz not null,
    added_by        uuid not null references people,
    primary key (name, revision)
);

create table word_lists (
    topic           text primary key,
    words           text[] not null
);

create table agents (
    id              uuid primary key,
    slug            text not null constraint agents_slug_key unique,
    name            text not null,
    purpose         text not null,
    permission_version integer,
    -- What was asked by this version or one before it was told before all was masked that is now; null: nothing is.
    told_until      integer,
    stop_epoch      bigint not null default 0,
    created_at      timestamptz not null,
    retired_at      timestamptz
);

-- In which phases an agent was, and is: its mode follows from the open one (`domain/src/phase.rs`).
create table agent_phases (
    id              uuid primary key,
    agent_id        uuid not null references agents,
    kind            text not null check (kind in ('shadow', 'live', 'rescue', 'expansion')),
    began_at        timestamptz not null,
    began_by        uuid not null references people,
    why             text not null check (why <> ''),
    ended_at        timestamptz check (ended_at >= began_at)
);
create unique index agent_phases_open on agent_phases (agent_id) where ended_at is null;
create index agent_phases_by_agent on agent_phases (agent_id, began_at desc, id desc);

create table permission_sets (
    agent_id        uuid not null references agents,
    version         integer not null,
    body            jsonb not null,
    published_at    timestamptz not null,
    published_by    uuid not null references people,
    note            text not null check (note <> ''),
    -- The risks that stood when it was published, and that whoever published it accepted, as they read then.
    accepted        jsonb not null default '[]',
    proposed_by     uuid references people,
    proposed_note   text check (proposed_note <> ''),
    check ((proposed_by is null) = (proposed_note is null)),
    primary key (agent_id, version)
);

create table tightenings (
    id              uuid primary key,
    agent_id        uuid not null references agents,
    actions         text[] not null,
    reason          text not null check (reason <> ''),
    until           timestamptz,
    added_by        uuid not null references people,
    added_at        timestamptz not null,
    lifted_by       uuid references people,
    lifted_at       timestamptz,
    lift_reason     text check (lift_reason <> ''),
    check ((lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lift_reason is null))
);
create index tightenings_open on tightenings (agent_id) where lifted_at is null;

create table keys (
    id              uuid primary key,
    kind            text not null check (kind in ('agent', 'hook')),
    agent_id        uuid not null references agents,
    label           text not null,
    prefix          text not null,
    hash            bytea not null constraint keys_hash_key unique,
    created_by      uuid references people,
    created_at      timestamptz not null,
    revoked_at      timestamptz
);
create index keys_by_agent on keys (agent_id);

-- Without an agent, everything is stopped.
create table stops (
    id              uuid primary key,
    agent_id        uuid references agents,
    engaged_by      uuid references people,
    engaged_at      timestamptz not null,
    reason          text not null default '',
    released_by     uuid references people,
    released_at     timestamptz,
    release_reason  text check (release_reason <> ''),
    -- How often somebody pressed again who had nothing to add.
    repeated        integer not null default 0,
    check ((released_at is null) = (release_reason is null))
);
create unique index stops_engaged on stops (coalesce(agent_id, '00000000-0000-0000-0000-000000000000')) where released_at is null;
create index stops_by_time on stops (engaged_at desc, id desc);
create index stops_by_agent on stops (agent_id, engaged_at desc, id desc);

-- What was said after the first press, and who else pressed: from then on whoever pressed first cannot take it back.
create table stop_additions (
    id              uuid primary key,
    stop_id         uuid not null references stops,
    added_by        uuid references people,
    at              timestamptz not null,
    -- Empty where somebody else pressed without one.
    reason          text not null
);
create index stop_additions_by_stop on stop_additions (stop_id, at, id);

-- What the brand says of its customers: the second source of facts beside the agent.
create table customers (
    id              text primary key,
    -- As `requests.customer_folded`.
    customer_folded text not null,
    orders          integer,
    lifetime_minor  bigint,
    currency        text,
    open_complaints integer,
    synced_at       timestamptz not null,
    check ((lifetime_minor is null) = (currency is null))
);
create index customers_by_mark on customers (customer_folded);
