-- What admins write before it is published: one open draft an agent, and the last one that was discarded.
create table drafts (
    id              uuid primary key,
    agent_id        uuid not null references agents,
    -- What it was begun from.
    origin          jsonb not null,
    -- The version that its changes are counted against; null: nothing was published.
    base_version    integer,
    -- Grows with each change, so that nobody publishes what they have not seen.
    revision        integer not null default 1,
    body            jsonb not null,
    begun_by        uuid not null references people,
    begun_at        timestamptz not null,
    changed_by      uuid not null references people,
    changed_at      timestamptz not null,
    proposed_by     uuid references people,
    proposed_at     timestamptz,
    proposed_note   text check (proposed_note <> ''),
    proposed_accepted jsonb,
    discarded_by    uuid references people,
    discarded_at    timestamptz,
    check ((proposed_by is null) = (proposed_at is null) and (proposed_by is null) = (proposed_note is null)
        and (proposed_by is null) = (proposed_accepted is null)),
    check ((discarded_by is null) = (discarded_at is null))
);
create unique index drafts_open on drafts (agent_id) where discarded_at is null;
create index drafts_discarded on drafts (agent_id, discarded_at) where discarded_at is not null;

-- Changes of what decisions rest on that take two: one a subject, until another admin accepts it or somebody withdraws it.
create table proposals (
    id              uuid primary key,
    subject         text not null constraint proposals_subject_key unique,
    change          jsonb not null,
    -- What its author accepted of what it means, as it read then.
    accepted        jsonb not null,
    note            text not null,
    -- The hash of the password that it gives somebody: no part of the change, which gets into the record.
    secret          text,
    proposed_by     uuid not null references people,
    proposed_at     timestamptz not null
);

-- Who has the editor open, so that two see each other.
create table draft_readers (
    agent_id        uuid not null references agents,
    person_id       uuid not null references people,
    seen_at         timestamptz not null,
    primary key (agent_id, person_id)
);

-- What a draft would have changed: one run an agent at a time, and the last one that ended.
create table impact_runs (
    id              uuid primary key,
    agent_id        uuid not null references agents,
    -- The draft that judges, as far as it had come.
    draft_id        uuid not null,
    draft_revision  integer not null,
    source          text not null check (source in ('record', 'file')),
    started_by      uuid not null references people,
    started_at      timestamptz not null,
    state           text not null check (state in ('running', 'done', 'cancelled', 'failed', 'broken_off')),
    -- A run that shows no sign for a while has gone down with its server: another replica begins it anew.
    seen_at         timestamptz not null,
    -- The replica that works on it; nobody else writes into it.
    run_by          uuid,
    tries           integer not null default 1,
    judged          integer not null default 0,
    total           integer,
    summary         jsonb,
    check ((state = 'done') = (summary is not null))
);
create unique index impact_runs_running on impact_runs (agent_id) where state = 'running';
create index impact_runs_by_agent on impact_runs (agent_id, started_at);

-- A summary tells requests in sentences: where personal data is erased, no summary may keep it. What is deleted as it is old
-- is in none that is left (`delete_sums`).
create function forget_impact_runs() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    -- What is begun just now is waited for, and what begins then reads what is left.
    lock table public.impact_runs in share row exclusive mode;
    delete from public.impact_runs;
    return null;
end
$$;
create trigger forget_impact_runs after delete or update of body or truncate on personal
    for each statement when (current_setting('reins.deletes_what_is_old', true) is distinct from 'yes')
    execute function forget_impact_runs();
