-- Why: the certificate of destruction of an election says that the hourly keys to which its ballots were sealed are destroyed.
set local role popvote_owner;

-- The hourly keys that could be in use while an election was open: how many there were, and how many are not destroyed. A key is
-- in use for at most two hours after it was made. No row where there is no such election.
create function pv.count_hourly_keys(p_election text) returns table (made integer, remaining integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(m.epoch)::integer, (count(m.epoch) filter (where m.state <> 'shredded'))::integer
  from pv.election e
  left join pv.mixer_key m on to_timestamp(m.created_at_ms / 1000.0)
    between e.opens_at - interval '2 hours' and e.closes_at + e.grace
  where e.election_id = p_election
  group by e.election_id
$$;

grant execute on function pv.count_hourly_keys(text) to popvote_ballots;

reset role;
