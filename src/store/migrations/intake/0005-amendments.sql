-- Why: administration needs the number of people on the roll beside the number who took part.
set local role popvote_owner;

drop function pv.count_intake(text);

-- All counts from one snapshot.
create function pv.count_intake(p_election text)
returns table (state text, participation bigint, outbox bigint, roll bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.state,
    (select count(*) from pv.participation p where p.election_id = e.election_id),
    (select count(*) from pv.outbox o where o.election_id = e.election_id),
    (select count(*) from pv.roll r where r.election_id = e.election_id)
  from pv.election e where e.election_id = p_election
$$;

grant execute on function pv.count_intake(text) to popvote_ballots;

reset role;
