-- Why: a second official confirms each batch of paper ballots against the protocol of its station before it counts. Until
-- then its rows wait beside the box, as they were sent: they void no row of another batch, and no other batch voids them.
-- The box is not closed while a batch waits. A confirmation puts the rows into the box in one transaction. Who confirms
-- is not who sent it, and the number is that of the rows: keys of pv.confirmation say so.
--
-- Earlier code registers batches without a station and without confirmation, and rejects manifests that have either.
set local role popvote_owner;

alter table pv.batch
  add column station text check (station ~ '^[A-Za-z0-9_.-]{1,64}$'),
  add column needs_confirmation boolean not null default false,
  add constraint batch_protocol_key unique (batch_no, official, row_count);
alter table pv.ballot
  add column station text,
  add constraint ballot_station_check check (station is null or channel = 'batch');

create table pv.confirmation (
  batch_no integer primary key,
  official uuid not null,
  ballots integer not null,
  confirmed_by uuid not null check (confirmed_by <> official),
  confirmed_at timestamptz not null default clock_timestamp(),
  -- The transaction that puts its rows into the box.
  recorded_in xid8 not null default pg_current_xact_id(),
  foreign key (batch_no, official, ballots) references pv.batch (batch_no, official, row_count)
);

-- Rows of batches that are not confirmed, as `worker` sent them, without a gap.
create table pv.waiting_part (
  batch_no integer not null references pv.batch (batch_no),
  first_row integer not null check (first_row >= 1),
  last_row integer not null check (last_row - first_row + 1 = cardinality(guids)),
  guids uuid[] not null,
  trackers bytea[] not null,
  which integer[] not null,
  cells text[] not null,
  ballots text[] not null,
  contests text[] not null,
  everywhere boolean not null,
  primary key (batch_no, first_row)
);
-- Which batches that are not confirmed have a ballot id.
create table pv.waiting_id (
  guid uuid not null,
  election_no integer not null,
  batch_no integer not null,
  primary key (guid, election_no, batch_no)
);

alter table pv.withdrawal
  add column unconfirmed integer not null default 0 check (unconfirmed >= 0),
  drop constraint withdrawal_check,
  add constraint withdrawal_sum_check check (checked = valid + duplicates + invalid_numbers + unconfirmed);

-- Refuses every deletion but that of rows whose batch the same transaction confirmed or withdrew.
create function pv.refuse_waiting_deletion() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from gone g
    where not exists (select from pv.confirmation f where f.batch_no = g.batch_no and f.recorded_in = pg_current_xact_id())
      and not exists (select from pv.withdrawal w where w.batch_no = g.batch_no and w.recorded_in = pg_current_xact_id()))
  then
    raise exception 'what is recorded is never deleted' using errcode = '42501';
  end if;
  return null;
end
$$;

do $$
declare
  v_table text;
begin
  foreach v_table in array array['waiting_part', 'waiting_id'] loop
    execute format('create trigger never_changed before update on pv.%I
      for each row execute function pv.refuse_change()', v_table);
    execute format('create trigger never_deleted after delete on pv.%I
      referencing old table as gone for each statement execute function pv.refuse_waiting_deletion()', v_table);
    execute format('create trigger never_emptied before truncate on pv.%I
      for each statement execute function pv.refuse_change()', v_table);
  end loop;
  execute 'create trigger never_changed before update or delete on pv.confirmation
    for each row execute function pv.refuse_change()';
  execute 'create trigger never_emptied before truncate on pv.confirmation
    for each statement execute function pv.refuse_change()';
end
$$;

-- As before; rows that wait for the confirmation are checked, and have no outcome yet.
create or replace function pv.batch_counts(p_batch_no integer)
returns table (checked integer, valid integer, duplicates integer, invalid_numbers integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select
    greatest(coalesce(max(p.last_row), 0),
      (select coalesce(max(w.last_row), 0) from pv.waiting_part w where w.batch_no = p_batch_no)),
    coalesce(sum(p.valid), 0)::integer, coalesce(sum(p.duplicates), 0)::integer,
    coalesce(sum(p.invalid_numbers), 0)::integer
  from pv.batch_part p where p.batch_no = p_batch_no
$$;

-- checked = valid + duplicates + invalid_numbers + withdrawn + those that wait for the confirmation.
create or replace view pv.ledger as
select b.batch_no, b.batch_id, b.again, b.election_no, e.election_id, b.row_count, b.official, b.accepted_at,
  c.checked + coalesce(w.checked, 0) as checked, c.valid, c.duplicates, c.invalid_numbers,
  coalesce(w.checked, 0) as withdrawn, w.reason as withdrawn_reason, w.withdrawn_by, w.withdrawn_at,
  b.station, b.needs_confirmation, f.confirmed_by, f.confirmed_at
from pv.batch b join pv.batch_election e using (election_no) left join pv.withdrawal w using (batch_no)
left join pv.confirmation f using (batch_no)
cross join lateral pv.batch_counts(b.batch_no) c;

-- As before, with the station of the batch and whether it waits for a confirmation.
create function pv.register_batch(
  p_batch text, p_again integer, p_election text, p_rows integer, p_official uuid, p_accepted_at timestamptz,
  p_manifest text, p_station text, p_needs_confirmation boolean)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election_no integer;
begin
  if exists (select from pv.batch b where b.batch_id = p_batch and b.again >= p_again) then
    return case when exists (
      select from pv.batch b join pv.withdrawal w using (batch_no) where b.batch_id = p_batch and b.again = p_again
    ) then 'withdrawn' else 'known' end;
  end if;
  if p_again > 0 and not exists (
    select from pv.batch b join pv.withdrawal w using (batch_no) where b.batch_id = p_batch and b.again = p_again - 1
  ) then
    return 'ahead';
  end if;
  perform pv.hold_box(p_election);
  insert into pv.batch_election (election_id) values (p_election) on conflict do nothing;
  select e.election_no into strict v_election_no from pv.batch_election e where e.election_id = p_election;
  insert into pv.batch (batch_id, again, election_no, row_count, official, accepted_at, manifest, station,
    needs_confirmation)
  values (p_batch, p_again, v_election_no, p_rows, p_official, p_accepted_at, p_manifest, p_station,
    p_needs_confirmation)
  on conflict do nothing;
  return case when found then 'registered' else 'known' end;
end
$$;

-- For earlier code, which knows no stations.
create or replace function pv.register_batch(
  p_batch text, p_again integer, p_election text, p_rows integer, p_official uuid, p_accepted_at timestamptz,
  p_manifest text)
returns text
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select pv.register_batch(p_batch, p_again, p_election, p_rows, p_official, p_accepted_at, p_manifest, null, false)
$$;

-- Judges rows and puts them in the box: the first of each ballot id counts. Only the functions below call it.
create function pv.store_batch_rows(
  p_batch_no integer, p_election_no integer, p_election text, p_station text, p_first_row integer, p_guids uuid[],
  p_trackers bytea[], p_which integer[], p_cells text[], p_ballots text[], p_contests text[], p_everywhere boolean)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- Each call has arrays of another size: a generic plan would compare every row with every other.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_count constant integer := cardinality(p_guids);
  v_new integer[];
  v_valid integer;
begin
  -- In the order of the GUIDs, so that two concurrent files never deadlock.
  with new as (
    insert into pv.batch_guid (guid, election_no, batch_no, row_no)
    select i.guid, p_election_no, p_batch_no, p_first_row + i.n::integer - 1
    from unnest(p_guids) with ordinality as i(guid, n) order by i.guid, i.n
    on conflict do nothing
    returning row_no
  )
  select coalesce(array_agg(new.row_no), '{}') into v_new from new;
  if p_everywhere then
    -- In the same order. An id that is claimed here but new in this election is one of another election.
    with claim as (
      insert into pv.ballot_id_claim (guid, election_no, batch_no, row_no)
      select i.guid, p_election_no, p_batch_no, new.row_no
      from unnest(p_guids) with ordinality as i(guid, n)
      join unnest(v_new) as new(row_no) on new.row_no = p_first_row + i.n::integer - 1
      order by i.guid
      on conflict do nothing
      returning row_no
    )
    select coalesce(array_agg(claim.row_no), '{}') into v_new from claim;
  end if;
  -- Without "on conflict": an existing tracker with a new GUID must stop everything.
  insert into pv.ballot (tracker, election_id, channel, ballot, station)
  select i.tracker, p_election, 'batch', k.ballot, p_station
  from unnest(p_trackers, p_which) with ordinality as i(tracker, which, n)
  join unnest(v_new) as new(row_no) on new.row_no = p_first_row + i.n::integer - 1
  join unnest(p_ballots) with ordinality as k(ballot, n) on k.n = i.which
  where k.ballot is not null order by i.tracker;
  get diagnostics v_valid = row_count;
  if v_valid < v_count then
    insert into pv.batch_invalid (batch_no, row_no, guid, cells, reason, contest_id, first_batch_no, first_row_no)
    select p_batch_no, i.row_no, i.guid, k.cells,
      case when i.new then 'Invalid poll number.' else 'Duplicate ballot.' end,
      case when i.new then k.contest end, coalesce(g.batch_no, o.batch_no), coalesce(g.row_no, o.row_no)
    from (select u.guid, u.which, p_first_row + u.n::integer - 1 as row_no, new.row_no is not null as new
          from unnest(p_guids, p_which) with ordinality as u(guid, which, n)
          left join unnest(v_new) as new(row_no) on new.row_no = p_first_row + u.n::integer - 1) as i
    join unnest(p_cells, p_ballots, p_contests) with ordinality as k(cells, ballot, contest, n) on k.n = i.which
    -- The limit keeps this a search by key for each row, whatever the planner's estimate of the table's size.
    left join lateral (
      select f.batch_no, f.row_no from pv.batch_guid f
      where f.guid = i.guid and f.election_no = p_election_no and not i.new
        and (f.batch_no, f.row_no) <> (p_batch_no, i.row_no) limit 1) as g on true
    left join lateral (
      select c.batch_no, c.row_no from pv.ballot_id_claim c
      where c.guid = i.guid and not i.new and g.batch_no is null limit 1) as o on true
    where not i.new or k.ballot is null;
  end if;
  insert into pv.batch_part (batch_no, first_row, last_row, valid, duplicates, invalid_numbers)
  values (p_batch_no, p_first_row, p_first_row + v_count - 1, v_valid, v_count - cardinality(v_new),
    cardinality(v_new) - v_valid);
end
$$;

-- As before, but rows of a batch that is not confirmed wait beside the box.
create or replace function pv.deposit_batch_rows(
  p_batch text, p_first_row integer, p_guids uuid[], p_trackers bytea[], p_which integer[],
  p_cells text[], p_ballots text[], p_contests text[], p_everywhere boolean)
returns table (deposited boolean, checked integer, valid integer, duplicates integer, invalid_numbers integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- Each call has arrays of another size: a generic plan would compare every row with every other.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_count constant integer := cardinality(p_guids);
  v_kinds constant integer := cardinality(p_cells);
  v_batch_no integer;
  v_election_no integer;
  v_election text;
  v_row_count integer;
  v_checked integer;
  v_station text;
  v_waits boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed'
    or current_setting('synchronous_commit') in ('off', 'local') then
    raise exception 'a deposit needs read committed and a commit that waits' using errcode = '25001';
  end if;
  if v_count is null or v_count not between 1 and 20000 or cardinality(p_trackers) is distinct from v_count
    or cardinality(p_which) is distinct from v_count or v_kinds is null or v_kinds not between 1 and v_count
    or cardinality(p_ballots) is distinct from v_kinds or cardinality(p_contests) is distinct from v_kinds
    or array_position(p_guids, null) is not null or array_position(p_trackers, null) is not null
    or array_position(p_which, null) is not null or array_position(p_cells, null) is not null
    or exists (select 1 from unnest(p_which) as i(which) where i.which not between 1 and v_kinds)
    or exists (select 1 from unnest(p_ballots, p_contests) as i(ballot, contest)
               where (i.ballot is null) = (i.contest is null)) then
    raise exception 'inputs of wrong size' using errcode = '22023';
  end if;
  select b.batch_no, b.election_no, e.election_id, b.row_count, b.station, b.needs_confirmation
  into v_batch_no, v_election_no, v_election, v_row_count, v_station, v_waits
  from pv.batch b join pv.batch_election e using (election_no) where b.batch_id = p_batch
  order by b.again desc limit 1;
  if not found or p_first_row is null or p_first_row < 1 or p_first_row + v_count - 1 > v_row_count then
    raise exception 'no such rows in the ledger' using errcode = '22023';
  end if;
  perform pv.hold_box(v_election);
  perform pg_advisory_xact_lock(20260006, v_batch_no);
  if exists (select 1 from pv.withdrawal w where w.batch_no = v_batch_no) then
    raise exception 'the batch is withdrawn' using errcode = '23PV7';
  end if;
  select c.checked into v_checked from pv.batch_counts(v_batch_no) c;
  if p_first_row <> v_checked + 1 then
    return query select false, c.checked, c.valid, c.duplicates, c.invalid_numbers from pv.batch_counts(v_batch_no) c;
    return;
  end if;
  -- A confirmed batch is whole, so none of its rows comes here.
  if v_waits then
    insert into pv.waiting_part
      (batch_no, first_row, last_row, guids, trackers, which, cells, ballots, contests, everywhere)
    values (v_batch_no, p_first_row, p_first_row + v_count - 1, p_guids, p_trackers, p_which, p_cells, p_ballots,
      p_contests, p_everywhere);
    insert into pv.waiting_id (guid, election_no, batch_no)
    select i.guid, v_election_no, v_batch_no from unnest(p_guids) as i(guid) order by i.guid
    on conflict do nothing;
  else
    perform pv.store_batch_rows(v_batch_no, v_election_no, v_election, v_station, p_first_row, p_guids, p_trackers,
      p_which, p_cells, p_ballots, p_contests, p_everywhere);
  end if;
  return query select true, c.checked, c.valid, c.duplicates, c.invalid_numbers from pv.batch_counts(v_batch_no) c;
end
$$;

-- Confirms a batch for an official, who gives the number of ballots on the protocol: 'confirmed', 'already', 'own',
-- 'differs', 'incomplete', 'not-needed', 'withdrawn', 'closed' or 'not-found'. 'conflict' with the other batches, 100 at
-- most, that have ballot ids of this one: people decide which of them is withdrawn.
create function pv.confirm_batch(p_election text, p_batch text, p_official uuid, p_ballots integer)
returns table (outcome text, other_batch text, other_rows bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_batch record;
  v_part pv.waiting_part;
  v_outcome text;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'a confirmation needs read committed' using errcode = '25001';
  end if;
  perform pg_advisory_xact_lock_shared(20260005, hashtext(p_election));
  select b.batch_no, b.election_no, b.official, b.row_count, b.station, b.needs_confirmation into v_batch
  from pv.batch b join pv.batch_election e using (election_no)
  where e.election_id = p_election and b.batch_id = p_batch order by b.again desc limit 1;
  if not found then
    return query select 'not-found', null::text, null::bigint;
    return;
  end if;
  perform pg_advisory_xact_lock(20260006, v_batch.batch_no);
  v_outcome := case
    when exists (select from pv.withdrawal w where w.batch_no = v_batch.batch_no) then 'withdrawn'
    when not v_batch.needs_confirmation then 'not-needed'
    when exists (select from pv.confirmation f where f.batch_no = v_batch.batch_no) then 'already'
    when exists (select from pv.closed_box c where c.election_id = p_election) then 'closed'
    when v_batch.official = p_official then 'own'
    when v_batch.row_count <> p_ballots then 'differs'
    when (select c.checked < v_batch.row_count from pv.batch_counts(v_batch.batch_no) c) then 'incomplete'
  end;
  if v_outcome is not null then
    return query select v_outcome, null::text, null::bigint;
    return;
  end if;
  return query
    with own as materialized (
      select distinct i.guid from pv.waiting_part p cross join lateral unnest(p.guids) as i(guid)
      where p.batch_no = v_batch.batch_no)
    select 'conflict', b.batch_id, count(*)
    from (
      select w.batch_no from own join pv.waiting_id w using (guid)
      where w.election_no = v_batch.election_no and w.batch_no <> v_batch.batch_no
      union all
      select g.batch_no from own join pv.batch_guid g using (guid) where g.election_no = v_batch.election_no) o
    join pv.batch b using (batch_no) group by b.batch_no, b.batch_id order by b.batch_no limit 100;
  if found then
    return;
  end if;
  insert into pv.confirmation (batch_no, official, ballots, confirmed_by)
  values (v_batch.batch_no, v_batch.official, p_ballots, p_official);
  for v_part in select p.* from pv.waiting_part p where p.batch_no = v_batch.batch_no order by p.first_row loop
    perform pv.store_batch_rows(v_batch.batch_no, v_batch.election_no, p_election, v_batch.station, v_part.first_row,
      v_part.guids, v_part.trackers, v_part.which, v_part.cells, v_part.ballots, v_part.contests, v_part.everywhere);
    delete from pv.waiting_id w using unnest(v_part.guids) as i(guid)
    where w.guid = i.guid and w.election_no = v_batch.election_no and w.batch_no = v_batch.batch_no;
  end loop;
  delete from pv.waiting_part p where p.batch_no = v_batch.batch_no;
  return query select 'confirmed', null::text, null::bigint;
end
$$;

-- Moves the rows of a batch that was not confirmed to the withdrawn rows, and frees its ballot ids.
create function pv.withdraw_waiting_rows(p_batch_no integer, p_reason text, p_by text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_part pv.waiting_part;
begin
  insert into pv.withdrawal (batch_no, reason, withdrawn_by, checked, valid, duplicates, invalid_numbers, unconfirmed)
  select p_batch_no, p_reason, p_by, c.checked, 0, 0, 0, c.checked from pv.batch_counts(p_batch_no) c;
  for v_part in select p.* from pv.waiting_part p where p.batch_no = p_batch_no order by p.first_row loop
    insert into pv.withdrawn_row (batch_no, row_no, guid, tracker, ballot, cells, reason, contest_id)
    select p_batch_no, v_part.first_row + i.n::integer - 1, i.guid, case when k.ballot is not null then i.tracker end,
      k.ballot, case when k.ballot is null then k.cells end,
      case when k.ballot is null then 'Invalid poll number.' end, k.contest
    from unnest(v_part.guids, v_part.trackers, v_part.which) with ordinality as i(guid, tracker, which, n)
    join unnest(v_part.cells, v_part.ballots, v_part.contests) with ordinality as k(cells, ballot, contest, n)
      on k.n = i.which;
    delete from pv.waiting_id w using unnest(v_part.guids) as i(guid)
    where w.guid = i.guid and w.batch_no = p_batch_no;
  end loop;
  delete from pv.waiting_part p where p.batch_no = p_batch_no;
end
$$;

-- As before, also of a batch that is not confirmed. Its official may not withdraw it after another confirmed it:
-- 'confirmed'.
create or replace function pv.withdraw_batch(p_election text, p_batch text, p_official uuid, p_reason text, p_by text)
returns table (outcome text, needed_by text, needed_election text, needed_rows bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_batch record;
  v_valid integer;
  v_deleted integer;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'a withdrawal needs read committed' using errcode = '25001';
  end if;
  perform pg_advisory_xact_lock(20260005, hashtext(p_election));
  -- The row lock makes rows of other elections that name this batch as their first place wait, or be seen.
  select b.batch_no, b.official into v_batch
  from pv.batch b join pv.batch_election e using (election_no)
  where e.election_id = p_election and b.batch_id = p_batch
  order by b.again desc limit 1 for update of b;
  if not found then
    return query select 'not-found', null::text, null::text, null::bigint;
    return;
  elsif p_official is not null and p_official <> v_batch.official then
    return query select 'not-own', null::text, null::text, null::bigint;
    return;
  elsif exists (select from pv.withdrawal w where w.batch_no = v_batch.batch_no) then
    return query select 'already', null::text, null::text, null::bigint;
    return;
  elsif p_official is not null and exists (select from pv.confirmation f where f.batch_no = v_batch.batch_no) then
    return query select 'confirmed', null::text, null::text, null::bigint;
    return;
  elsif exists (select from pv.closed_box c where c.election_id = p_election) then
    return query select 'closed', null::text, null::text, null::bigint;
    return;
  end if;
  -- Rows of a box that is closed stay as they are, so they cannot hold a batch of another election.
  return query
    select 'needed', o.batch_id, oe.election_id, count(*)
    from pv.batch_invalid i join pv.batch o using (batch_no) join pv.batch_election oe using (election_no)
    where i.first_batch_no = v_batch.batch_no and i.batch_no <> v_batch.batch_no
      and not exists (select from pv.closed_box c where c.election_id = oe.election_id)
    group by o.batch_no, o.batch_id, oe.election_id order by o.batch_no limit 100;
  if found then
    return;
  end if;
  if exists (select from pv.waiting_part p where p.batch_no = v_batch.batch_no) then
    perform pv.withdraw_waiting_rows(v_batch.batch_no, p_reason, p_by);
    return query select 'withdrawn', null::text, null::text, null::bigint;
    return;
  end if;
  insert into pv.withdrawal (batch_no, reason, withdrawn_by, checked, valid, duplicates, invalid_numbers)
  select v_batch.batch_no, p_reason, p_by, c.checked, c.valid, c.duplicates, c.invalid_numbers
  from pv.batch_counts(v_batch.batch_no) c
  returning valid into v_valid;
  -- The key of a paper ballot in the box is the SHA-256 of the text in src/protocol/control/batch-entries.ts.
  insert into pv.withdrawn_row (batch_no, row_no, guid, tracker, ballot)
  select g.batch_no, g.row_no, g.guid, b.tracker, b.ballot
  from pv.batch_guid g
  join pv.ballot b
    on b.tracker = sha256(convert_to('popvote/batch-ballot/v1|' || p_election || '|' || g.guid::text, 'UTF8'))
  where g.batch_no = v_batch.batch_no and not exists (
    select from pv.batch_invalid i where i.batch_no = g.batch_no and i.row_no = g.row_no);
  insert into pv.withdrawn_row
    (batch_no, row_no, guid, cells, reason, contest_id, first_batch_no, first_row_no)
  select i.batch_no, i.row_no, i.guid, i.cells, i.reason, i.contest_id, i.first_batch_no, i.first_row_no
  from pv.batch_invalid i where i.batch_no = v_batch.batch_no;
  delete from pv.ballot b using pv.withdrawn_row r where r.batch_no = v_batch.batch_no and r.tracker = b.tracker;
  get diagnostics v_deleted = row_count;
  if v_deleted <> v_valid then
    raise exception 'the ballots of the batch are not those of its rows' using errcode = 'PV003';
  end if;
  delete from pv.ballot_id_claim c using pv.withdrawn_row r
  where r.batch_no = v_batch.batch_no and c.guid = r.guid and c.batch_no = r.batch_no;
  delete from pv.batch_guid g using pv.withdrawn_row r
  where r.batch_no = v_batch.batch_no and g.guid = r.guid and g.batch_no = r.batch_no;
  delete from pv.batch_invalid i where i.batch_no = v_batch.batch_no;
  delete from pv.batch_part p where p.batch_no = v_batch.batch_no;
  return query select 'withdrawn', null::text, null::text, null::bigint;
end
$$;

drop function pv.find_batch(text);
create function pv.find_batch(p_batch text)
returns table (batch_no integer, batch_id text, again integer, election_id text, row_count integer, official uuid,
  accepted_at timestamptz, manifest text, checked integer, valid integer, duplicates integer, invalid_numbers integer,
  withdrawn integer, withdrawn_reason text, withdrawn_by text, withdrawn_at timestamptz, station text,
  needs_confirmation boolean, confirmed_by uuid, confirmed_at timestamptz)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.batch_no, l.batch_id, l.again, l.election_id, l.row_count, l.official, l.accepted_at, b.manifest, l.checked,
    l.valid, l.duplicates, l.invalid_numbers, l.withdrawn, l.withdrawn_reason, l.withdrawn_by, l.withdrawn_at,
    l.station, l.needs_confirmation, l.confirmed_by, l.confirmed_at
  from pv.ledger l join pv.batch b using (batch_no)
  where l.batch_id = p_batch order by l.again desc limit 1
$$;

-- As before; a batch that waits for its confirmation is unfinished.
create or replace function pv.recent_batches(p_newest integer, p_after integer, p_limit integer)
returns setof pv.ledger
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.* from pv.ledger l
  where l.batch_no > p_after
    and (l.batch_no > (select coalesce(max(n.batch_no), 0) from pv.batch n) - p_newest
      or (l.withdrawn_at is null
        and (l.checked < l.row_count or (l.needs_confirmation and l.confirmed_at is null))))
    and not exists (select from pv.batch n where n.batch_id = l.batch_id and n.again > l.again)
  order by l.batch_no limit p_limit
$$;

-- The files whose last upload people confirmed or withdrew, the last decided first.
create function pv.decided_batches(p_limit integer) returns setof pv.ledger
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.* from pv.ledger l
  where (l.withdrawn_at is not null or l.confirmed_at is not null)
    and not exists (select from pv.batch n where n.batch_id = l.batch_id and n.again > l.again)
  order by coalesce(l.withdrawn_at, l.confirmed_at) desc limit p_limit
$$;

-- The files of an election that count, in the order of their arrival in the ledger.
create or replace function pv.list_batches(p_election text) returns setof pv.ledger
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.* from pv.ledger l
  where l.election_id = p_election and l.withdrawn_at is null
    and (not l.needs_confirmation or l.confirmed_at is not null)
  order by l.batch_no
$$;

-- As before, and 'confirmation' for each batch that waits for one.
create or replace function pv.missing_in_box(p_election text, p_online bigint)
returns table (kind text, batch_id text, expected bigint, present bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'online', null, p_online, o.ballots
  from (select count(*) as ballots from pv.ballot b where b.election_id = p_election and b.channel = 'online') o
  where o.ballots is distinct from p_online
  union all
  select 'batch', l.batch_id, l.row_count::bigint, l.checked::bigint
  from pv.ledger l
  where l.election_id = p_election and l.checked < l.row_count and l.withdrawn_at is null
    and not exists (select 1 from pv.set_aside s where s.batch_no = l.batch_no)
  union all
  select 'confirmation', l.batch_id, l.row_count::bigint, l.checked::bigint
  from pv.ledger l
  where l.election_id = p_election and l.needs_confirmation and l.confirmed_at is null and l.withdrawn_at is null
$$;

-- Whatever closes a box: not while a batch waits.
create function pv.refuse_unconfirmed() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from pv.ledger l
    where l.election_id = new.election_id and l.needs_confirmation and l.confirmed_at is null and l.withdrawn_at is null)
  then
    raise exception 'a batch waits for its confirmation' using errcode = '42501';
  end if;
  return new;
end
$$;
create trigger no_batch_waits before insert on pv.closed_box
  for each row execute function pv.refuse_unconfirmed();

-- As before, with the station; of all batches, or of those that wait for a confirmation.
drop function pv.list_ledger(text, text, integer, integer);
create function pv.list_ledger(
  p_election text, p_batch text, p_after integer, p_limit integer, p_waiting boolean default false)
returns table (
  batch_no integer, batch_id text, official uuid, accepted_at_ms bigint, row_count integer, checked integer,
  valid integer, duplicates integer, invalid_numbers integer, set_aside_reason text, set_aside_by text,
  set_aside_at_ms bigint, again integer, withdrawn integer, withdrawn_reason text, withdrawn_by text,
  withdrawn_at_ms bigint, station text, needs_confirmation boolean, confirmed_by uuid, confirmed_at_ms bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.batch_no, l.batch_id, l.official, (extract(epoch from l.accepted_at) * 1000)::bigint, l.row_count,
    l.checked, l.valid, l.duplicates, l.invalid_numbers, s.reason, s.set_aside_by,
    (extract(epoch from s.set_aside_at) * 1000)::bigint, l.again, l.withdrawn, l.withdrawn_reason, l.withdrawn_by,
    (extract(epoch from l.withdrawn_at) * 1000)::bigint, l.station, l.needs_confirmation, l.confirmed_by,
    (extract(epoch from l.confirmed_at) * 1000)::bigint
  from pv.ledger l left join pv.set_aside s using (batch_no)
  where l.election_id = p_election and l.batch_no > p_after
    and (p_batch is null or (l.batch_id = p_batch and not exists (
      select from pv.batch n where n.batch_id = l.batch_id and n.again > l.again)))
    and (not p_waiting or (l.needs_confirmation and l.confirmed_at is null and l.withdrawn_at is null))
  order by l.batch_no limit p_limit
$$;

-- The distinct ballots of a closed box, as before, by station.
drop function pv.tally_ballots(text);
create function pv.tally_ballots(p_election text)
returns table (channel text, ballot text, copies bigint, station text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select 1 from pv.closed_box c where c.election_id = p_election) then
    raise exception 'the box is not closed for this election' using errcode = 'PV006';
  end if;
  return query
    select b.channel, b.ballot, count(*), b.station from pv.ballot b
    where b.election_id = p_election group by b.channel, b.ballot, b.station;
end
$$;

-- The outcomes of the rows of all files of an election by station, like pv.count_batches.
create function pv.count_stations(p_election text)
returns table (
  station text, files bigint, received bigint, valid bigint, duplicates bigint, invalid_numbers bigint,
  missing bigint, withdrawn bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.station, count(*), coalesce(sum(l.checked), 0)::bigint, coalesce(sum(l.valid), 0)::bigint,
    coalesce(sum(l.duplicates), 0)::bigint, coalesce(sum(l.invalid_numbers), 0)::bigint,
    coalesce(sum(l.row_count - l.checked) filter (where l.withdrawn_at is null), 0)::bigint,
    coalesce(sum(l.withdrawn), 0)::bigint
  from pv.ledger l where l.election_id = p_election and l.station is not null group by l.station
$$;

grant execute on function
  pv.register_batch(text, integer, text, integer, uuid, timestamptz, text, text, boolean),
  pv.find_batch(text),
  pv.decided_batches(integer)
to popvote_worker;
grant execute on function
  pv.confirm_batch(text, text, uuid, integer),
  pv.list_ledger(text, text, integer, integer, boolean),
  pv.tally_ballots(text),
  pv.count_stations(text)
to popvote_elections;

reset role;
