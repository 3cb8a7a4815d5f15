-- Why: a service must not run on a schema that lacks what it calls. It may not read the table of migrations itself.
grant usage on schema public to popvote_owner;
grant select on public.migration to popvote_owner;

set local role popvote_owner;

-- The number of the newest migration.
create function pv.schema_version() returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select max(left(m.name, 4)::integer) from public.migration m
$$;

grant execute on function pv.schema_version() to popvote_elections;

reset role;
