-- Why: see the migration before. What was stored before it is added to the running counts, and they are read from here on.
-- When a box is closed, and on demand, they are compared with the ballots themselves.
set local role popvote_owner;

-- Compares the running counts with the ballots, of one election or (null) of all, at one moment.
create function pv.recount(p_election text)
returns table (election_id text, channel text, amount bigint, present bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select election_id, channel, coalesce(c.amount, 0)::bigint, coalesce(b.present, 0)
  from (
    select b.election_id, b.channel, count(*) as present from pv.ballot b
    where p_election is null or b.election_id = p_election group by b.election_id, b.channel
  ) b
  full join (
    select c.election_id, c.channel, sum(c.amount) as amount from pv.running_count c
    where p_election is null or c.election_id = p_election group by c.election_id, c.channel
  ) c using (election_id, channel)
$$;

-- What was stored before there were counts. One statement sees ballots and counts of one moment.
insert into pv.running_count (election_id, channel, shard, amount)
select r.election_id, r.channel, 17, r.present - r.amount from pv.recount(null) r where r.present <> r.amount;

-- Makes the counts of an election those of its ballots, after an operator has found out why they differ. No service may.
create function pv.accept_recount(p_election text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into pv.running_count as c (election_id, channel, shard, amount)
  select r.election_id, r.channel, 17, r.present - r.amount from pv.recount(p_election) r where r.present <> r.amount
  on conflict (election_id, channel, shard) do update set amount = c.amount + excluded.amount
$$;

-- As before, by the running counts.
create or replace function pv.count_ballots() returns table (election_id text, channel text, ballots bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.election_id, c.channel, sum(c.amount)::bigint from pv.running_count c
  group by c.election_id, c.channel having sum(c.amount) <> 0
$$;

-- Files of which rows are missing, without those that were accepted as incomplete or withdrawn.
create function pv.incomplete_batches(p_election text) returns table (batch_id text, expected bigint, present bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.batch_id, l.row_count::bigint, l.checked::bigint
  from pv.ledger l
  where l.election_id = p_election and l.checked < l.row_count and l.withdrawn_at is null
    and not exists (select 1 from pv.set_aside s where s.batch_no = l.batch_no)
$$;

-- Whether the last statement of `ballots` does not say that the intake is closed with so many voters. `present` is the number
-- in it, 0 without one. No row for a closed box.
create function pv.missing_statement(p_election text, p_online bigint) returns table (present bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(s.participation, 0)
  from (select (select c.participation from pv.intake_closing c where c.election_id = p_election
                order by c.losses desc limit 1) as participation) s
  where s.participation is distinct from p_online
    and not exists (select from pv.closed_box c where c.election_id = p_election)
$$;

-- As before, and 'count' where as many ballots are not there as were counted when they were stored. Only before a closing:
-- it reads every ballot.
create or replace function pv.missing_in_box(p_election text, p_online bigint)
returns table (kind text, batch_id text, expected bigint, present bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with counted as (select * from pv.recount(p_election))
  select 'online', null, p_online, o.ballots
  from (select coalesce(sum(c.present), 0)::bigint as ballots from counted c where c.channel = 'online') o
  where o.ballots is distinct from p_online
  union all
  select 'count', null, c.amount, c.present from counted c where c.amount <> c.present
  union all
  select 'batch', i.batch_id, i.expected, i.present from pv.incomplete_batches(p_election) i
  union all
  select 'confirmation', l.batch_id, l.row_count::bigint, l.checked::bigint
  from pv.ledger l
  where l.election_id = p_election and l.needs_confirmation and l.confirmed_at is null and l.withdrawn_at is null
  union all
  select 'statement', null, p_online, s.present from pv.missing_statement(p_election, p_online) s
$$;

-- As before, but while the statement is missing no ballot is read: only that it is missing is returned.
create or replace function pv.close_box(p_election text, p_online bigint)
returns table (kind text, batch_id text, expected bigint, present bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_election is null or p_online is null then
    raise exception 'which box, and how many ballots?' using errcode = '22023';
  end if;
  return query select 'statement', null::text, p_online, s.present from pv.missing_statement(p_election, p_online) s;
  if found then
    return;
  end if;
  perform pg_advisory_xact_lock(20260005, hashtext(p_election));
  return query select m.* from pv.missing_in_box(p_election, p_online) m;
  if not found then
    insert into pv.closed_box (election_id) values (p_election) on conflict do nothing;
  end if;
end
$$;

grant execute on function pv.incomplete_batches(text) to popvote_elections;

reset role;
