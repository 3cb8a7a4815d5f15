-- Why: two voters whose altered clients use one ballot key make one cast tag, and the log has a cast tag once. The second ballot
-- was left out, so the box lacked the ballot of a voter and could never be closed. From here the first ballot under a cast
-- tag stays, and each other one is recorded as repeated: its tracker alone, so that a deposit may be repeated. Neither its
-- text nor its cast tag is stored. Ballots and repeated ones together are the voters.
set local role popvote_owner;

create table pv.repeated (
  tracker bytea primary key check (octet_length(tracker) = 32),
  election_id text not null check (election_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  -- For the trigger that counts ballots by channel.
  channel text not null default 'repeated' check (channel = 'repeated')
);
create index repeated_by_election on pv.repeated (election_id);
create trigger never_changed before update or delete on pv.repeated for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.repeated for each statement execute function pv.refuse_change();

alter table pv.running_count drop constraint running_count_channel_check;
alter table pv.running_count add constraint running_count_channel_check
  check (channel in ('online', 'batch', 'repeated'));
create trigger counted_added after insert on pv.repeated
  referencing new table as changed for each statement execute function pv.count_changed();

-- Inserts ballots cast online with their entries, and returns how many were new, repeated ones too. Of the ballots with one
-- cast tag the one in the box stays; without one there, the first by tracker. PV003: two different ballots have one tracker.
create or replace function pv.deposit_online(p_election text, p_trackers bytea[], p_ballots text[], p_entries bytea[])
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- Each call has arrays of another size: a generic plan would compare every row with every other.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_repeated bytea[];
  v_trackers bytea[];
  v_ballots text[];
  v_entries bytea[];
  v_new integer := 0;
begin
  if cardinality(p_ballots) is distinct from cardinality(p_trackers)
    or cardinality(p_entries) is distinct from cardinality(p_trackers) then
    raise exception 'inputs of wrong size' using errcode = '22023';
  end if;
  if (select count(distinct i.tracker) from unnest(p_trackers) as i(tracker)) <> cardinality(p_trackers) then
    raise exception 'equal trackers in one batch' using errcode = 'PV003';
  end if;
  perform pv.hold_box(p_election);
  select array_agg(t.tracker order by t.tracker) into v_repeated
  from (
    select i.tracker, coalesce(e.tracker, first_value(i.tracker) over (partition by i.cast_tag order by i.tracker)) as first
    from (select u.tracker, substring(u.entry from 4 for 32) as cast_tag
          from unnest(p_trackers, p_entries) as u(tracker, entry)) i
    left join (pv.log l join pv.entry e using (election_no)) on l.election_id = p_election and e.cast_tag = i.cast_tag
  ) t where t.tracker <> t.first;
  if v_repeated is null then
    perform pv.add_entries(p_election, p_trackers, p_entries);
    return pv.deposit_online(p_election, p_trackers, p_ballots);
  end if;
  insert into pv.repeated (tracker, election_id)
  select r.tracker, p_election from unnest(v_repeated) as r(tracker) on conflict do nothing;
  get diagnostics v_new = row_count;
  if exists (select from unnest(v_repeated) as r(tracker) join pv.ballot b using (tracker))
    or exists (select from unnest(v_repeated) as r(tracker) join pv.repeated p using (tracker)
               where p.election_id <> p_election) then
    raise exception 'another ballot stands under the same tracker' using errcode = 'PV003';
  end if;
  select array_agg(i.tracker), array_agg(i.ballot), array_agg(i.entry) into v_trackers, v_ballots, v_entries
  from unnest(p_trackers, p_ballots, p_entries) as i(tracker, ballot, entry)
  where not exists (select from unnest(v_repeated) as r(tracker) where r.tracker = i.tracker);
  if v_trackers is not null then
    perform pv.add_entries(p_election, v_trackers, v_entries);
    v_new := v_new + pv.deposit_online(p_election, v_trackers, v_ballots);
  end if;
  return v_new;
end
$$;

-- A ballot is not left out any more.
drop function pv.cast_tag_clashes(text, bytea[], bytea[]);

-- How many repeated ballots the box of an election has.
create function pv.count_repeated(p_election text) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(*) from pv.repeated r where r.election_id = p_election
$$;

-- As before, with the repeated ballots as a channel of their own.
create or replace function pv.recount(p_election text)
returns table (election_id text, channel text, amount bigint, present bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select election_id, channel, coalesce(c.amount, 0)::bigint, coalesce(b.present, 0)
  from (
    select b.election_id, b.channel, count(*) as present
    from (select b.election_id, b.channel from pv.ballot b
          union all select r.election_id, r.channel from pv.repeated r) b
    where p_election is null or b.election_id = p_election group by b.election_id, b.channel
  ) b
  full join (
    select c.election_id, c.channel, sum(c.amount) as amount from pv.running_count c
    where p_election is null or c.election_id = p_election group by c.election_id, c.channel
  ) c using (election_id, channel)
$$;

-- As before, but the repeated ballots are those of voters too.
create or replace function pv.missing_in_box(p_election text, p_online bigint)
returns table (kind text, batch_id text, expected bigint, present bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with counted as (select * from pv.recount(p_election))
  select 'online', null, p_online, o.ballots
  from (select coalesce(sum(c.present), 0)::bigint as ballots from counted c where c.channel in ('online', 'repeated')) o
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

grant execute on function pv.count_repeated(text) to popvote_elections;

reset role;
