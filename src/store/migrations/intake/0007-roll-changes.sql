-- Why: a person who was put on a roll by mistake had to stay there. Until an election opens no one can have voted, so
-- people may be taken off its roll again. From the opening on the roll only grows. And voters may ask before the
-- opening whether they are on the roll.
set local role popvote_owner;

-- Takes people off a roll: 'done' with how many were there; 'not-found'; 'conflict' where the election has no roll or
-- has opened by this clock.
create function pv.remove_roll(p_election text, p_voters bytea[], out outcome text, out removed integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  removed := 0;
  if cardinality(p_voters) > 10000 then
    raise exception 'too many at once' using errcode = '22023';
  end if;
  -- Exclusive, as for a change of the voting period: no cast is under way, and the opening stays where it is.
  perform pg_advisory_xact_lock(20260001, hashtext(p_election));
  select case when e.scheme = 'roll' and e.state = 'open' and clock_timestamp() < e.opens_at
    then 'done' else 'conflict' end into outcome
  from pv.election e where e.election_id = p_election;
  if outcome is null then
    outcome := 'not-found';
  elsif outcome = 'done' then
    delete from pv.roll r using unnest(p_voters) as i(voter)
    where r.election_id = p_election and r.voter_tag = i.voter;
    get diagnostics removed = row_count;
  end if;
end
$$;

-- Whether a person is on the roll: 'listed' or 'absent'; 'conflict' where there is no roll or voting has opened;
-- null where there is no such election. One look at one index in either case.
create function pv.look_up_roll(p_election text, p_voter bytea) returns text
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select case
    when e.scheme <> 'roll' or e.state <> 'open' or clock_timestamp() >= e.opens_at then 'conflict'
    when (select true from pv.roll r where r.election_id = p_election and r.voter_tag = p_voter) then 'listed'
    else 'absent'
  end
  from pv.election e where e.election_id = p_election
$$;

grant execute on function pv.remove_roll(text, bytea[]), pv.look_up_roll(text, bytea) to popvote_ballots;

reset role;
