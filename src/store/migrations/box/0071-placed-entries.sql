-- Why: after a restore the published log may have more entries than the box. The number of placed ones shows it, also while
-- others wait.
set local role popvote_owner;

-- How many entries of an election have a place in its log. Null where no log is open.
create function pv.placed_entries(p_election text) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (select count(*) from pv.leaf f where f.election_no = l.election_no)
  from pv.log l where l.election_id = p_election
$$;

revoke all on function pv.placed_entries(text) from public;
grant execute on function pv.placed_entries(text) to popvote_elections;

reset role;
