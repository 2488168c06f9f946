-- The record: written once, never changed; the server's role may insert and read, nothing else.
create table entries (
    id              uuid not null,
    at              timestamptz not null,
    kind            text not null,
    actor_kind      text not null check (actor_kind in ('agent', 'person', 'system')),
    actor_id        uuid,
    agent_id        uuid,
    request_id      uuid,
    action          text,
    decision        text,
    -- Without personal data.
    detail          jsonb not null,
    -- SHA-256 over the salt and the canonical form of the personal data beside the entry.
    personal_hash   bytea,
    -- Lets one poll see late commits: it reads up to the oldest transaction that still runs.
    xid             bigint not null default (pg_current_xact_id()::text::bigint),
    primary key (id, at)
) partition by range (at);
create index entries_by_time on entries (at desc, id desc);
create index entries_by_agent on entries (agent_id, at desc);
create index entries_by_request on entries (request_id, at);
create index entries_by_person on entries (actor_id, at desc) where actor_kind = 'person';
create index entries_by_kind on entries (kind, at desc) where kind <> 'asked';
create index entries_by_xid on entries (xid);
create table entries_default partition of entries default;

-- Personal data, which can be erased while the entry and its hash stay.
create table personal (
    entry_id        uuid primary key,
    salt            bytea not null,
    body            jsonb not null
);

-- Makes the partitions of a month and those that follow it up to two months from now.
create function make_entry_partitions(first date) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
    month date := date_trunc('month', first);
begin
    while month <= now() + interval '2 months' loop
        execute format(
            'create table if not exists public.%I partition of public.entries for values from (%L) to (%L)',
            'entries_' || to_char(month, 'YYYY_MM'),
            month::timestamp at time zone 'UTC',
            (month + interval '1 month')::timestamp at time zone 'UTC'
        );
        month := month + interval '1 month';
    end loop;
end
$$;
select make_entry_partitions(current_date);

-- What the server's role may do: everything but changing the schema, the entries and their personal data.
create function grant_server(server name) returns void
language plpgsql as $$
begin
    execute format('grant usage on schema public to %I', server);
    execute format('grant select, insert, update, delete on all tables in schema public to %I', server);
    execute format('revoke update, delete on entries, entries_default, personal, permission_sets, action_types from %I', server);
    execute format('revoke insert, delete on control from %I', server);
    execute format('grant execute on function make_entry_partitions(date) to %I', server);
end
$$;
