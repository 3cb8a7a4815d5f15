-- Why: after a restore the published log may have more entries than the box. The number of placed ones shows it, also while
-- others wait. The signatures of all of them are verified in any case.
set local role popvote_owner;

-- How many entries of an election have a place in its log. Null where no log is open.
create function pv.placed_entries(p_election text) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (select count(*) from pv.leaf f where f.election_no = l.election_no)
  from pv.log l where l.election_id = p_election
$$;

-- All entries of an election whose box is closed, also those without a place. PV006 before that.
create function pv.all_entries(p_election text) returns table (entry bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from pv.closed_box c where c.election_id = p_election) then
    raise exception 'the box is not closed for this election' using errcode = 'PV006';
  end if;
  return query
    select e.entry from pv.signed_entry e join pv.log l using (election_no) where l.election_id = p_election;
end
$$;

revoke all on function pv.placed_entries(text), pv.all_entries(text) from public;
grant execute on function pv.placed_entries(text), pv.all_entries(text) to popvote_elections;

reset role;
