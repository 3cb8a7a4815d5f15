-- Why: see the migration before. What was stored before it is added to the running counts, and they are read from here on.
-- When an election is closed, and on demand, they are compared with the rows themselves. Marks are made of the counts too.
--
-- A mark binds who took part, as a sum of tags. Tags are keyed hashes, so two sets of voters have the same sum only by a
-- chance of 1 in 2^128. It does not bind against a superuser of the database, who can change marks and counts too.
set local role popvote_owner;

-- The rows themselves, counted one by one. All three numbers are of one moment.
create function pv.stored_counts(p_election text) returns table (counted text, amount bigint, tag_sum numeric)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'participation', count(*),
    coalesce(sum(('x' || encode(substring(p.voter_tag from 1 for 8), 'hex'))::bit(64)::bigint) * 18446744073709551616
      + sum(('x' || encode(substring(p.voter_tag from 9 for 8), 'hex'))::bit(64)::bigint), 0)
  from pv.participation p where p.election_id = p_election
  union all
  select 'outbox', count(*), 0 from pv.outbox o where o.election_id = p_election
  union all
  select 'roll', count(*), 0 from pv.roll r where r.election_id = p_election
$$;

create function pv.running_counts(
  p_election text, out participation bigint, out outbox bigint, out roll bigint, out tag_sum numeric
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select
    coalesce(sum(c.amount) filter (where c.counted = 'participation'), 0)::bigint,
    coalesce(sum(c.amount) filter (where c.counted = 'outbox'), 0)::bigint,
    coalesce(sum(c.amount) filter (where c.counted = 'roll'), 0)::bigint,
    coalesce(sum(c.tag_sum), 0)
  from pv.running_count c where c.election_id = p_election
$$;

-- Compares the running counts of an election with its rows, at one moment. `same` is false also where as many voters are
-- there as were counted, but others.
create function pv.recount(p_election text)
returns table (counted text, amount bigint, present bigint, same boolean, tag_difference numeric)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.counted, c.amount, s.amount, c.amount = s.amount and c.tag_sum = s.tag_sum, s.tag_sum - c.tag_sum
  from pv.running_counts(p_election) r
  cross join lateral (values ('participation', r.participation, r.tag_sum), ('outbox', r.outbox, 0), ('roll', r.roll, 0))
    as c (counted, amount, tag_sum)
  join pv.stored_counts(p_election) s using (counted)
$$;

-- What was stored before there were counts. One statement sees rows and counts of one moment, also while votes are cast.
insert into pv.running_count (counted, election_id, shard, amount, tag_sum)
select r.counted, e.election_id, 17, r.present - r.amount, r.tag_difference
from pv.election e cross join lateral pv.recount(e.election_id) r
where not r.same;

-- Makes the counts of an election those of its rows, after an operator has found out why they differ. No service may.
create function pv.accept_recount(p_election text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into pv.running_count as c (counted, election_id, shard, amount, tag_sum)
  select r.counted, p_election, 17, r.present - r.amount, r.tag_difference from pv.recount(p_election) r where not r.same
  on conflict (election_id, counted, shard)
  do update set amount = c.amount + excluded.amount, tag_sum = c.tag_sum + excluded.tag_sum
$$;

-- As before, and 'counts-differ' where the rows are not those that were counted when they were stored. Then nothing is
-- closed. The participation is that of the rows.
create or replace function pv.close_election(p_election text, out outcome text, out participation bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election record;
begin
  perform pg_advisory_xact_lock(20260001, hashtext(p_election));
  select e.closes_at, e.grace, e.state into v_election from pv.election e where e.election_id = p_election;
  if not found then
    outcome := 'not-found';
    return;
  end if;
  if v_election.state = 'open' and clock_timestamp() < v_election.closes_at + v_election.grace then
    outcome := 'too-early';
    return;
  end if;
  select case when bool_and(r.same) then 'closed' else 'counts-differ' end,
    max(r.present) filter (where r.counted = 'participation')
  into outcome, participation from pv.recount(p_election) r;
  if outcome = 'closed' and v_election.state = 'open' then
    update pv.election set state = 'closed' where election_id = p_election;
  end if;
end
$$;

-- As before, by the running count, which the closing has compared with the rows.
create or replace function pv.keep_closing_statement(p_election text, p_participation bigint, p_statement text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform 1 from pv.election e where e.election_id = p_election and e.state = 'closed';
  if not found or (select c.participation from pv.running_counts(p_election) c) is distinct from p_participation then
    return false;
  end if;
  insert into pv.closing_statement as c (election_id, participation, statement)
  values (p_election, p_participation, p_statement)
  on conflict (election_id) do update
  set participation = excluded.participation, statement = excluded.statement, recorded = false;
  return true;
end
$$;

-- As before, by the running counts.
create or replace function pv.count_intake(p_election text)
returns table (state text, participation bigint, outbox bigint, roll bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.state, c.participation, c.outbox, c.roll
  from pv.election e cross join lateral pv.running_counts(e.election_id) c where e.election_id = p_election
$$;

-- As before, by the running counts.
create or replace function pv.count_elections() returns table (election_id text, participation bigint, outbox bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id,
    coalesce(sum(c.amount) filter (where c.counted = 'participation'), 0)::bigint,
    coalesce(sum(c.amount) filter (where c.counted = 'outbox'), 0)::bigint
  from pv.election e left join pv.running_count c on c.election_id = e.election_id
  group by e.election_id order by e.election_id
$$;

-- Marks from outside are looked up by their hash in every cast.
create index mark_hash on pv.mark (election_id, losses, hash);

-- As before, but the hash is made of the running counts. A mark that was made before keeps its hash.
create or replace function pv.take_mark(
  p_election text, out outcome text, out losses integer, out hash bytea, out voters bigint
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_losses integer;
  v_participants bigint;
  v_tag_sum numeric;
begin
  if current_setting('synchronous_commit') in ('off', 'local') then
    raise exception 'a mark needs a commit that waits' using errcode = '25001';
  end if;
  perform 1 from pv.election e where e.election_id = p_election;
  if not found then
    outcome := 'not-found';
    return;
  end if;
  select m.losses, m.hash, m.voters into losses, hash, voters from pv.missing_mark_of(p_election) m;
  if found then
    outcome := 'missing';
    return;
  end if;
  outcome := 'taken';
  v_losses := pv.losses_of(p_election);
  select c.participation, c.tag_sum into v_participants, v_tag_sum from pv.running_counts(p_election) c;
  insert into pv.mark (election_id, losses, participants, hash)
  values (p_election, v_losses, v_participants, sha256(convert_to('popvote/mark/v2|' || p_election || '|' || v_losses || '|'
    || v_participants || '|' || v_tag_sum, 'UTF8')))
  on conflict do nothing;
  select m.hash into strict hash from pv.mark m
  where m.election_id = p_election and m.losses = v_losses and m.participants = v_participants;
  -- Writes to the log although nothing may have been inserted, so that this answer too waits for a synchronous standby.
  perform pg_logical_emit_message(true, 'popvote', '');
  losses := v_losses;
  voters := pv.voters_in_steps(p_election, v_participants);
end
$$;

drop function pv.participation_digest(text);

reset role;
