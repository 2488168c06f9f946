-- Which programs may work on this schema: those that know this migration, by its number. One that takes something away which
-- programs before it use, or after which they would be wrong, says so by `need_version` and its own number. From then on
-- they refuse whatever they are asked, as each change reads this row first (`governance/src/db/control.rs`, `head`).
alter table control add column least_version bigint not null default 0;

-- Waits for the decisions that are under way, and makes what is in memory anywhere out of date.
create function need_version(version bigint) returns void language plpgsql set search_path = public as $$
begin
    perform pg_advisory_xact_lock(90457536090880);
    update control
    set least_version = version,
        revision = revision + 1,
        nonce = gen_random_uuid();
end
$$;
