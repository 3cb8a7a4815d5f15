-- Why: `elections` asks how many administrators can confirm an act of another. An administrator with a one-time password
-- has not signed in yet and cannot.
set local role popvote_owner;

create function pv.count_confirmers() returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(*)::integer from pv.account a where a.role = 'administrator' and a.state = 'active' and not a.one_time
$$;

grant execute on function pv.count_confirmers() to popvote_access;

reset role;
