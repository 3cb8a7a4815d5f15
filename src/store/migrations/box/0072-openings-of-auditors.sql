-- Why: auditors verify what the online ballots say. The contents of paper ballots are published.
set local role popvote_owner;

-- At most so many contents of online entries from a place on, of an election whose box is closed. PV006 before that, and without
-- a log.
create function pv.online_openings(p_election text, p_first bigint, p_limit integer)
returns table (leaf_index bigint, tracker bytea, ballot text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election_no integer;
begin
  select l.election_no into v_election_no
  from pv.log l join pv.closed_box c using (election_id) where l.election_id = p_election;
  if not found then
    raise exception 'the contents may not be shown yet' using errcode = 'PV006';
  end if;
  return query
    select f.leaf_index, e.tracker, b.ballot
    from pv.leaf f join pv.entry e using (election_no, cast_tag) join pv.ballot b using (tracker)
    where f.election_no = v_election_no and f.leaf_index >= p_first and e.channel = 1
    order by f.leaf_index limit p_limit;
end
$$;

revoke all on function pv.online_openings(text, bigint, integer) from public;
grant execute on function pv.online_openings(text, bigint, integer) to popvote_elections;

reset role;
