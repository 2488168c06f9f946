-- What is over is deleted when its agent's permissions say (`keep_days`). The server's role may delete none of it by itself: it
-- calls what stands here, which finds out what is due, and deletes a bounded part of that.

-- Lets the time go on by which things are deleted, once an hour; gives how far it is behind. By the database's own clock: what
-- the server's role can change of the time that is told moves nothing here. Where all is made up, its clock is moved on purpose.
create function move_retention_on() returns interval
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    now timestamptz := (
        select case when c.demo then told(c) else clock_timestamp() end
        from control c
    );
begin
    update retention t
    set at = case when c.demo then now else least(now, t.at + interval '2 hours') end,
        moved_at = now
    from control c
    where c.demo or now >= t.moved_at + interval '55 minutes' or now < t.moved_at;
    return (select now - t.at from retention t);
end
$$;

-- How many days an agent's entries are kept by its permissions in force, and as long as any of their limits counts back; null:
-- for ever, as nobody has said it, or not in a way that is understood here.
create function kept_days(agent uuid) returns integer language sql stable
begin atomic
    select case
        when s.body #>> '{audit_logging,keep_days}' ~ '^[1-9][0-9]{2,5}$' then
            case
                when (s.body #>> '{audit_logging,keep_days}')::integer >= 183 then greatest(
                    (s.body #>> '{audit_logging,keep_days}')::integer,
                    (
                        select least(1 + max(within::numeric) / 86400, 999999)::integer
                        from jsonb_path_query(s.body, '$.**.within_s ? (@.type() == "number")') within
                    )
                )
            end
    end
    from agents a
    join permission_sets s on s.agent_id = a.id and s.version = a.permission_version
    -- Another form of it may mean something else.
    where a.id = agent and s.body -> 'format' = '1';
end;

-- What of an agent is older than this was kept long enough: whole days of UTC, so that little goes at a time. Null: nothing, as
-- it is held, or as whoever follows the record has not come so far.
--
-- Whoever has something held waits until what is deleted just now is committed, or it is seen here.
create function kept_since(whose uuid) returns timestamptz
language plpgsql set search_path = public, pg_temp set lock_timeout = '2s' set enable_seqscan = off set jit = off as $$
declare
    since timestamptz;
    worked bigint;
begin
    lock table holds in share mode;
    since := (
        select date_trunc('day', t.at - make_interval(hours => 24 * kept_days(whose)), 'UTC')
        from retention t
    );
    worked := (select coalesce(min(c.xid), 0) from consumers c);
    if held(whose, null)
        or exists (select from (select e.at from entries e where e.xid >= worked offset 0) e where e.at < since)
    then
        return null;
    end if;
    return since;
end
$$;

-- Whether nothing more becomes of a request: what leaves nothing to settle stays granted without a deadline.
create function has_ended(state text, deadline timestamptz) returns boolean language sql immutable parallel safe
return state in ('denied', 'stopped', 'paused', 'shadowed', 'rejected', 'expired', 'cancelled', 'succeeded', 'failed', 'rolled_back')
    or (state = 'granted' and deadline is null);

-- Looks at `most` requests of an agent after a place, the oldest first, and deletes those that have ended, with all that belongs
-- to them, where the last entry about them was kept long enough, too. Gives how many requests and entries, before when, and the
-- place to go on after: null where there is nothing more.
create function delete_requests(
    whose uuid, after timestamptz, after_id uuid, most integer,
    out requests_gone bigint, out entries_gone bigint, out before timestamptz, out reached timestamptz, out reached_id uuid
) language plpgsql security definer
set search_path = public, pg_temp set lock_timeout = '2s' set plan_cache_mode = force_custom_plan set jit = off set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    ids uuid[];
    oldest timestamptz;
begin
    requests_gone := 0;
    entries_gone := 0;
    most := least(most, 5000);
    before := kept_since(whose);
    if before is null then
        return;
    end if;
    with looked_at as (
        select r.id, r.asked_at, has_ended(r.state, r.deadline) and not held(whose, r.customer_folded) as may_go
        from requests r
        where r.agent_id = whose and r.asked_at >= after and r.asked_at < before and (r.asked_at > after or r.id > after_id)
        order by r.asked_at, r.id
        limit most
    )
    select array_agg(l.id) filter (where l.may_go),
        min(l.asked_at),
        case when count(*) = most then max(l.asked_at) end,
        (array_agg(l.id order by l.asked_at desc, l.id desc))[1]
    into ids, oldest, reached, reached_id
    from looked_at l;
    -- Who is at work on one just now keeps it; from here on, nothing more comes to the others.
    ids := array(
        select r.id from requests r where r.id = any (ids) and has_ended(r.state, r.deadline) for update skip locked
    );
    ids := array(
        select d.id
        from unnest(ids) d (id)
        where not exists (select from entries e where e.request_id = d.id and e.at >= before)
            and not exists (select from feedback f where f.request_id = d.id and f.kind = 'complaint' and f.resolved_at is null)
            and not exists (select from breaches b where b.request_id = d.id and b.settled_at is null)
    );
    perform set_config('reins.deletes_what_is_old', 'yes', true);
    with gone as (
        -- What a clock that went back has dated earlier is left to `delete_entries`.
        delete from entries e
        where e.request_id = any (ids) and e.at >= oldest - interval '1 day' and e.at < before
        returning e.id
    ), beside as (
        delete from personal p using gone where p.entry_id = gone.id
    )
    select count(*) into entries_gone from gone;
    delete from approvals v where v.request_id = any (ids);
    delete from feedback f where f.request_id = any (ids);
    delete from breaches b where b.request_id = any (ids);
    delete from requests r where r.id = any (ids);
    get diagnostics requests_gone = row_count;
end
$$;

-- The same of entries about the agent itself. Who published its permissions, and what was deleted, stays as long as the agent.
create function delete_entries(
    whose uuid, after timestamptz, after_id uuid, most integer,
    out entries_gone bigint, out before timestamptz, out reached timestamptz, out reached_id uuid
) language plpgsql security definer
set search_path = public, pg_temp set lock_timeout = '2s' set plan_cache_mode = force_custom_plan set jit = off set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    entries_gone := 0;
    most := least(most, 5000);
    before := kept_since(whose);
    if before is null then
        return;
    end if;
    perform set_config('reins.deletes_what_is_old', 'yes', true);
    with looked_at as (
        select e.id, e.at, e.kind, e.request_id
        from entries e
        where e.agent_id = whose and e.at >= after and e.at < before and (e.at > after or e.id > after_id)
        order by e.at, e.id
        limit most
    ), gone as (
        delete from entries e
        using looked_at l
        where e.id = l.id and e.at = l.at and l.kind not in ('published', 'deleted')
            and not exists (select from requests r where r.id = l.request_id)
        returning e.id
    ), beside as (
        delete from personal p using gone where p.entry_id = gone.id
    )
    select (select count(*) from gone),
        case when count(*) = most then max(l.at) end,
        (array_agg(l.id order by l.at desc, l.id desc))[1]
    into entries_gone, reached, reached_id
    from looked_at l;
end
$$;

-- The sums of at most `most` spans that no window reaches any more, and what drafts would have changed of that time: of the 30
-- days before somebody looked. Gives how many spans.
create function delete_sums(whose uuid, most integer, out spans_gone bigint)
language plpgsql security definer
set search_path = public, pg_temp set lock_timeout = '2s' set plan_cache_mode = force_custom_plan set jit = off as $$
declare
    before timestamptz := kept_since(whose);
begin
    delete from impact_runs i
    where i.agent_id = whose and i.state <> 'running' and i.started_at < before + interval '31 days';
    with old as (
        select s.customer, s.since
        from spans s
        where s.agent_id = whose and s.until < before and s.ready and not held(whose, nullif(s.customer, ''))
        order by s.customer, s.since
        limit least(most, 5000)
    ), sums as (
        delete from span_sums s using old o where s.agent_id = whose and s.customer = o.customer and s.since = o.since
    )
    delete from spans s using old o where s.agent_id = whose and s.customer = o.customer and s.since = o.since;
    get diagnostics spans_gone = row_count;
end
$$;

revoke execute on function move_retention_on(), delete_requests(uuid, timestamptz, uuid, integer),
    delete_entries(uuid, timestamptz, uuid, integer), delete_sums(uuid, integer) from public;
