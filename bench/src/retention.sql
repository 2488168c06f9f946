-- Copies of what was just asked, as it would lie there had it been asked 400 days ago and carried out: `requests` of them, each
-- with two entries. psql, as the owner.
\set ON_ERROR_STOP 1
set synchronous_commit = off;
select make_entry_partitions((told_now() - interval '420 days')::date);
create temporary table patterns as
select row_number() over () as n, id
from requests
limit 4000;
-- In the order of time, as Reins makes them.
create function pg_temp.id(at timestamptz) returns uuid language sql as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 19))::uuid
$$;
create temporary table made as
select i,
    p.id as pattern,
    pg_temp.id(at) as id,
    pg_temp.id(at) as asked,
    pg_temp.id(at) as reported,
    at
from generate_series(1, :requests) i
cross join lateral (select told_now() - interval '400 days' + i * interval '1 second' as at) t
join patterns p on p.n = 1 + i % (select count(*) from patterns);

begin;
alter table requests disable trigger user;
insert into requests (id, agent_id, idempotency_key, body_digest, action, revision, permission_version, customer_id,
    customer_folded, occasion, template, amount_minor, currency, state, decision, answer, digest, body_entry, sentence,
    asked_at, changed_at)
select m.id, r.agent_id, 'old ' || m.i, r.body_digest, r.action, r.revision, r.permission_version, r.customer_id,
    r.customer_folded, r.occasion, r.template, r.amount_minor, r.currency, 'succeeded', r.decision, r.answer, r.digest, m.asked,
    r.sentence, m.at, m.at
from made m
join requests r on r.id = m.pattern;
alter table requests enable trigger user;
-- Whoever follows the record has worked these long ago.
insert into entries (id, at, format, kind, actor_kind, actor_id, agent_id, request_id, action, decision, detail, personal_hash,
    leaf, xid)
select k.id, m.at, e.format, k.kind, e.actor_kind, e.actor_id, e.agent_id, m.id, e.action, e.decision, e.detail,
    e.personal_hash, e.leaf, 1
from made m
join entries e on e.request_id = m.pattern and e.kind = 'asked'
cross join lateral (values (m.asked, 'asked'), (m.reported, 'reported')) k (id, kind);
insert into personal (entry_id, salt, body)
select m.asked, b.salt, b.body
from made m
join requests r on r.id = m.pattern
join personal b on b.entry_id = r.body_entry;
insert into personal (entry_id, salt, body)
select m.reported, sha256(m.i::text::bytea), '{"detail":{},"reference":"refund 991","status":"succeeded"}'
from made m;
commit;
vacuum analyze requests, entries, personal;
