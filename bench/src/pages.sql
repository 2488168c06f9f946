-- A shop of years: copies of one request that is done and of one that waits, with their entries.
-- psql, as the owner: `entries` and `waiting` say how many.
\set ON_ERROR_STOP 1
set synchronous_commit = off;
alter table requests disable trigger user;
select make_entry_partitions((now() - interval '90 days')::date);

-- Indexes are made when all is there, which takes a fraction of the time.
create temporary table indexes as
select indexname, replace(indexdef, ' ON ONLY ', ' ON ') as definition
from pg_indexes
where tablename in ('requests', 'entries') and not exists (select from pg_constraint where conname = indexname);
select format('drop index %I', indexname) from indexes \gexec

-- Copies a row so many times; columns that are named here are worked out anew, from the copy's number `n`.
create function pg_temp.copies(source regclass, which text, times bigint, anew jsonb) returns void language plpgsql as $$
declare
    names text;
    chosen text;
begin
    select string_agg(quote_ident(attname), ', ' order by attnum),
        string_agg(coalesce(anew ->> attname::text, 't.' || quote_ident(attname)), ', ' order by attnum)
    into names, chosen
    from pg_attribute
    where attrelid = source and attnum > 0 and not attisdropped and attgenerated = '';
    execute format(
        'insert into %s (%s) select %s from %s t, generate_series(1, %s) n where %s',
        source, names, chosen, source, times, which
    );
end
$$;

select id as done from requests where state = 'succeeded' \gset
select id as waits from requests where state = 'waiting' \gset
select count(*) as agents from agents \gset
select :entries / count(*) as times from entries where request_id = :'done' \gset

select '(array(select id from agents order by slug))[1 + n % ' || :agents || ']' as agent \gset
\set customer '''customer_'' || n % 100000'
select 'now() - (' || :times || ' - n) * interval ''90 days'' / ' || :times as at \gset

select pg_temp.copies('requests', format('id = %L', :'done'), :times, jsonb_build_object(
    'id', 'md5(''done '' || n)::uuid', 'idempotency_key', 'n::text', 'agent_id', :'agent',
    'customer_id', :'customer', 'customer_folded', :'customer', 'occasion', '''occasion '' || n',
    'asked_at', :'at', 'changed_at', :'at'
));
select pg_temp.copies('entries', format('request_id = %L', :'done'), :times, jsonb_build_object(
    'id', 'gen_random_uuid()', 'request_id', 'md5(''done '' || n)::uuid', 'agent_id', :'agent', 'at', :'at'
));

-- They are due long after every run.
\set due 'timestamptz ''2099-01-01'' + n * interval ''1 second'''
select pg_temp.copies('requests', format('id = %L', :'waits'), :waiting, jsonb_build_object(
    'id', 'md5(''waits '' || n)::uuid', 'idempotency_key', '''waits '' || n', 'agent_id', :'agent',
    'customer_id', :'customer', 'customer_folded', :'customer', 'occasion', '''waiting '' || n',
    'deadline', :'due', 'due', :'due', 'falls_due', :'due',
    'pending', 'jsonb_set(t.pending, ''{0,expires_at}'', to_jsonb(' || :'due' || '))'
));
select pg_temp.copies('entries', format('request_id = %L', :'waits'), :waiting, jsonb_build_object(
    'id', 'gen_random_uuid()', 'request_id', 'md5(''waits '' || n)::uuid', 'agent_id', :'agent'
));

insert into queue_members (queue_id, person_id, since) select q.id, p.id, now() from queues q, people p;
alter table requests enable trigger user;
select definition from indexes \gexec
vacuum analyze requests;
vacuum analyze entries;
