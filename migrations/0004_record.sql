-- The record: written once, never changed; the server's role may insert and read, nothing else.
create table entries (
    id              uuid not null,
    at              timestamptz not null,
    -- Of `leaf` and `detail`: domain/src/entry/seal.rs.
    format          smallint not null,
    kind            text not null,
    actor_kind      text not null check (actor_kind in ('agent', 'hook', 'job', 'person', 'system')),
    -- A person, or the agent of a key.
    actor_id        uuid,
    -- The name of what happened by itself.
    job             text,
    agent_id        uuid,
    request_id      uuid,
    action          text,
    decision        text,
    -- The call that it was part of.
    call            uuid,
    -- Without personal data.
    detail          jsonb not null,
    -- SHA-256 over the salt and the canonical form of the personal data beside the entry.
    personal_hash   bytea,
    -- SHA-256 over the canonical form of all of this but `xid`, which says nothing of what happened.
    leaf            bytea not null check (length(leaf) = 32),
    -- Lets one poll see late commits: it reads up to the oldest transaction that still runs.
    xid             bigint not null default (pg_current_xact_id()::text::bigint),
    primary key (id, at)
) partition by range (at);
-- Upwards, as entries come: what is written last lies at the end of a page, which is then full before the next is begun. Read
-- backwards.
create index entries_by_time on entries (at, id);
create index entries_by_agent on entries (agent_id, at, id);
create index entries_by_request on entries (request_id, at);
create index entries_by_person on entries (actor_id, at, id) where actor_kind = 'person';
create index entries_by_kind on entries (kind, at, id) where kind <> 'asked';
-- What was approved and never claimed, until whoever approved it has seen that.
create index entries_unclaimed on entries (at, id) where kind = 'expired' and detail ->> 'because' = 'unclaimed';
create index entries_by_action on entries (action, at, id) where action is not null;
-- Most are allowed: those are found by time.
create index entries_by_decision on entries (decision, at, id) where decision <> 'allowed';
create index entries_by_xid on entries (xid);
-- What an agent's stream tells after a break: what it asked it was answered.
create index entries_told on entries (agent_id, xid) where kind <> 'asked';
create table entries_default partition of entries default;

-- Personal data, which can be erased while the entry and its hash stay.
create table personal (
    entry_id        uuid primary key,
    salt            bytea not null,
    -- JSON in its canonical form, as it is hashed. What `jsonb` could not hold is refused as that would refuse it.
    body            text not null check (strpos(body, '\u0000') = 0 or body::jsonb is not null)
);

-- Makes the partitions of a month and those that follow it up to two months from now; `false` while one is missing.
--
-- A partition is made alone and then attached, which waits a moment at most: behind a long reader of the record it would
-- keep everything that comes later waiting, decisions and stops among it.
create function make_entry_partitions(first date) returns boolean
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '100ms' as $$
declare
    month date := date_trunc('month', first);
    name text;
    whole boolean := true;
begin
    -- One at a time; another replica is at it.
    if not pg_try_advisory_xact_lock(90457536090881) then
        return false;
    end if;
    while month <= public.told_now() + interval '2 months' loop
        name := 'entries_' || to_char(month, 'YYYY_MM');
        if not exists (
            select from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = 'public.entries'::regclass and c.relname = name
        ) then
            begin
                execute format('create table if not exists public.%I (like public.entries including all)', name);
                execute format(
                    'alter table public.entries attach partition public.%I for values from (%L) to (%L)',
                    name,
                    month::timestamp at time zone 'UTC',
                    (month + interval '1 month')::timestamp at time zone 'UTC'
                );
            exception
                when lock_not_available then
                    whole := false;
                when check_violation then
                    raise warning 'entries of % lie in the default partition already, and stay there', to_char(month, 'YYYY-MM');
            end;
        end if;
        month := month + interval '1 month';
    end loop;
    return whole;
end
$$;
select make_entry_partitions((told_now() at time zone 'UTC')::date);

-- What the server's role may do: no more than it needs. It deletes what is of the moment; what is kept for a set time goes by
-- functions that find out what is due (`delete_requests` and those beside it).
-- A partition takes the rights of the table that it is part of; rights of its own would be a way around them.
create function grant_server(server name) returns void
language plpgsql as $$
declare
    name text;
    rights text;
begin
    execute format('grant usage on schema public to %I', server);
    for name, rights in
        select c.relname,
            case
                when c.relispartition then null
                when c.relname = '_sqlx_migrations' or c.relkind = 'v' then 'select'
                when c.relname = 'control' then 'select, update (revision, nonce, stop_epoch, brand, time_zone, two_to_publish, added_up_until)'
                when c.relname = 'retention' then 'select'
                when c.relname = 'consumers' then 'select, update'
                when c.relname in ('entries', 'personal', 'permission_sets', 'action_types') then 'select, insert'
                when c.relname = 'holds' then 'select, insert, update (released_by, released_at, released_why)'
                when c.relname in ('approvals', 'attempts', 'crowded', 'drafts', 'impact_runs', 'proposals', 'queue_members',
                    'replicas', 'sessions', 'word_lists') then 'select, insert, update, delete'
                else 'select, insert, update'
            end
        from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
    loop
        execute format('revoke all on %I from %I', name, server);
        if rights is not null then
            execute format('grant %s on %I to %I', rights, name, server);
        end if;
    end loop;
    execute format(
        'grant execute on function make_entry_partitions(date), move_retention_on(), delete_requests(uuid, timestamptz, uuid, integer), '
            'delete_entries(uuid, timestamptz, uuid, integer), delete_sums(uuid, integer), '
            'erase_customer(text, uuid, integer) to %I',
        server
    );
end
$$;
