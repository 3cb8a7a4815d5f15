-- Why: a mark of the participation shows a later restore of the intake to an older moment, if it is kept outside the
-- intake. This database keeps the newest one of each election, with the signature of `ballots`.
set local role popvote_owner;

create table pv.kept_mark (
  election_id text primary key references pv.election (election_id),
  losses integer not null check (losses >= 0),
  voters bigint not null check (voters >= 0),
  mark json not null check (octet_length(mark::text) <= 4096)
);

-- Keeps a mark unless a later one is kept.
create function pv.keep_mark(p_election text, p_losses integer, p_voters bigint, p_mark json) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into pv.kept_mark as k (election_id, losses, voters, mark) values (p_election, p_losses, p_voters, p_mark)
  on conflict (election_id) do update
  set losses = excluded.losses, voters = excluded.voters, mark = excluded.mark
  where (excluded.losses, excluded.voters) >= (k.losses, k.voters)
$$;

create function pv.kept_mark_of(p_election text) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select k.mark from pv.kept_mark k where k.election_id = p_election
$$;

-- The participation of a closed election that is not counted, after a loss was accepted. False in any other state.
create function pv.correct_participation(p_election text, p_participation bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.election e
  set participation = p_participation, version = e.version + 1, changed_at = clock_timestamp(), changed_by = 'clock'
  where e.election_id = p_election and e.state = 'closed' and e.participation <> p_participation;
  return found;
end
$$;

grant execute on function
  pv.keep_mark(text, integer, bigint, json),
  pv.kept_mark_of(text),
  pv.correct_participation(text, bigint)
to popvote_elections;

reset role;
