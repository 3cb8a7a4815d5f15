-- Why: administrators see how turnout grew. The samples were published anyway: numbers that move in steps before the
-- end, at most once a minute and only where they changed. No voter and no choice is stored here, and the minute of a
-- sample shows nothing finer than a step. Readiness checks also ask whether a rehearsal was run.
set local role popvote_owner;

create table pv.turnout_sample (
  election_id text not null references pv.election (election_id),
  minute timestamptz not null,
  counted_at timestamptz not null,
  -- Ballots cast by voters, in the published steps; rows of paper ballots.
  online bigint not null check (online >= 0),
  batches bigint not null check (batches >= 0),
  primary key (election_id, minute),
  check (minute = date_trunc('minute', counted_at, 'UTC'))
);

-- Stores a turnout if it differs from the last sample; a later one of the same minute replaces it. Repeating it changes
-- nothing.
create function pv.note_turnout(p_election text, p_counted_at timestamptz, p_online bigint, p_batches bigint)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pv.turnout_sample as s (election_id, minute, counted_at, online, batches)
  select p_election, date_trunc('minute', p_counted_at, 'UTC'), p_counted_at, p_online, p_batches
  where not exists (
    select 1 from (
      select l.online, l.batches from pv.turnout_sample l
      where l.election_id = p_election order by l.minute desc limit 1
    ) last where last.online = p_online and last.batches = p_batches
  )
  on conflict (election_id, minute) do update
  set counted_at = excluded.counted_at, online = excluded.online, batches = excluded.batches
  where excluded.counted_at >= s.counted_at;
  return found;
end
$$;

-- At most p_limit of them, oldest first: all, or an even selection with the first and the last.
create function pv.turnout_history(p_election text, p_limit integer)
returns table (at_ms bigint, online bigint, batches bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (extract(epoch from n.counted_at) * 1000)::bigint, n.online, n.batches
  from (
    select s.counted_at, s.online, s.batches, row_number() over (order by s.minute) as place, count(*) over () as total
    from pv.turnout_sample s where s.election_id = p_election
  ) n
  where n.total <= p_limit or n.place = 1
    or n.place * (p_limit - 1) / n.total > (n.place - 1) * (p_limit - 1) / n.total
  order by n.place
$$;

-- The rehearsal with participation that ended last, or is still running: which, and when.
create function pv.last_rehearsal() returns table (election_id text, at_ms bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, floor(extract(epoch from least(e.closes_at, clock_timestamp())) * 1000)::bigint
  from pv.election e
  where e.rehearsal and e.state <> 'draft' and e.opens_at <= clock_timestamp()
    and greatest(e.participation, (e.turnout #>> '{turnout,online}')::bigint) > 0
  order by least(e.closes_at, clock_timestamp()) desc, e.election_id limit 1
$$;

grant execute on function
  pv.note_turnout(text, timestamptz, bigint, bigint),
  pv.turnout_history(text, integer),
  pv.last_rehearsal()
to popvote_elections;

reset role;
