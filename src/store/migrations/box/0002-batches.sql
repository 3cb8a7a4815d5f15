-- Why: paper ballots arrive as files of rows that officials upload. The ledger records for each file which rows arrived
-- and the outcome of each, in the transaction that inserts its ballots. So a file may be sent again at any time and
-- counts once. The ledger also says which boxes are closed: nothing is inserted into those. PV005: the box is closed.
do $$
begin
  begin
    create role popvote_worker nologin;
  exception when duplicate_object or unique_violation then
    null;
  end;
  execute format('grant connect on database %I to popvote_worker', current_database());
end
$$;

alter role popvote_worker set default_transaction_isolation = 'read committed';
alter role popvote_worker set lock_timeout = '5s';
grant usage on schema pv to popvote_worker;

set local role popvote_owner;

-- Written when a box is closed, under an exclusive advisory lock of (20260005, hashtext(election_id)). Every insert of
-- ballots holds the same lock shared.
create table pv.closed_box (
  election_id text primary key check (election_id ~ '^[A-Za-z0-9_-]{1,64}$')
);

-- A short number for an election, which keeps the index of millions of GUIDs small.
create table pv.batch_election (
  election_no integer generated always as identity primary key,
  election_id text not null unique check (election_id ~ '^[A-Za-z0-9_-]{1,64}$')
);

-- A file as its official sent it. The manifest is stored as it was signed.
create table pv.batch (
  batch_no integer generated always as identity primary key,
  batch_id text not null unique check (batch_id ~ '^[A-Za-z0-9_-]{43}$'),
  election_no integer not null references pv.batch_election (election_no),
  row_count integer not null check (row_count between 1 and 5000000),
  official uuid not null,
  accepted_at timestamptz not null,
  manifest text not null check (octet_length(manifest) between 2 and 8388608)
);
create index batch_of_election on pv.batch (election_no, batch_no);

-- The outcomes of a file's rows, part by part without a gap. Rows after the last part are missing.
create table pv.batch_part (
  batch_no integer not null references pv.batch (batch_no),
  first_row integer not null check (first_row >= 1),
  last_row integer not null check (last_row >= first_row),
  valid integer not null check (valid >= 0),
  duplicates integer not null check (duplicates >= 0),
  invalid_numbers integer not null check (invalid_numbers >= 0),
  primary key (batch_no, first_row),
  check (valid + duplicates + invalid_numbers = last_row - first_row + 1)
);

-- The first place of each GUID of an election, valid or not: the duplicate check of paper ballots.
create table pv.batch_guid (
  guid uuid not null,
  election_no integer not null,
  batch_no integer not null,
  row_no integer not null,
  primary key (guid, election_no)
);

-- Rows that do not count, with the reason, so that no row is lost. Cells are stored as sent, except for white space.
create table pv.batch_invalid (
  batch_no integer not null references pv.batch (batch_no),
  row_no integer not null check (row_no >= 1),
  guid uuid not null,
  cells text not null check (octet_length(cells) <= 131072),
  reason text not null check (reason in ('Duplicate ballot.', 'Invalid poll number.')),
  contest_id text,
  first_batch_no integer references pv.batch (batch_no),
  first_row_no integer,
  primary key (batch_no, row_no),
  check ((reason = 'Duplicate ballot.') = (first_batch_no is not null and first_row_no is not null)),
  check ((reason = 'Invalid poll number.') = (contest_id is not null))
);

do $$
declare
  v_table text;
begin
  foreach v_table in array array['closed_box', 'batch_election', 'batch', 'batch_part', 'batch_guid', 'batch_invalid']
  loop
    execute format('create trigger never_changed before update or delete on pv.%I
      for each row execute function pv.refuse_change()', v_table);
    execute format('create trigger never_emptied before truncate on pv.%I
      for each statement execute function pv.refuse_change()', v_table);
  end loop;
end
$$;

-- Keeps the box of an election open until the end of the transaction. Every insert of ballots calls it.
create function pv.hold_box(p_election text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock_shared(20260005, hashtext(p_election));
  if exists (select 1 from pv.closed_box c where c.election_id = p_election) then
    raise exception 'the box is closed' using errcode = 'PV005';
  end if;
end
$$;

-- As before, but nothing is added to a closed box.
create or replace function pv.deposit_online(p_election text, p_trackers bytea[], p_ballots text[]) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_nestloop = off
set enable_seqscan = off
as $$
declare
  v_count constant integer := cardinality(p_trackers);
  v_new integer;
begin
  if current_setting('transaction_isolation') <> 'read committed'
    or current_setting('synchronous_commit') in ('off', 'local') then
    raise exception 'a deposit needs read committed and a commit that waits' using errcode = '25001';
  end if;
  if v_count is null or v_count not between 1 and 10000 or cardinality(p_ballots) is distinct from v_count
    or array_position(p_trackers, null) is not null or array_position(p_ballots, null) is not null then
    raise exception 'inputs of wrong size' using errcode = '22023';
  end if;
  if (select count(distinct i.tracker) from unnest(p_trackers) as i(tracker)) <> v_count then
    raise exception 'equal trackers in one batch' using errcode = 'PV003';
  end if;
  perform pv.hold_box(p_election);
  insert into pv.ballot (tracker, election_id, channel, ballot)
  select i.tracker, p_election, 'online', i.ballot
  from unnest(p_trackers, p_ballots) as i(tracker, ballot) order by i.tracker
  on conflict do nothing;
  get diagnostics v_new = row_count;
  if v_new < v_count then
    perform 1
    from unnest(p_trackers, p_ballots) as i(tracker, ballot)
    where (select b.election_id = p_election and b.channel = 'online' and b.ballot = i.ballot
           from pv.ballot b where b.tracker = i.tracker) is not true;
    if found then
      raise exception 'another ballot stands under the same tracker' using errcode = 'PV003';
    end if;
  end if;
  return v_new;
end
$$;

-- Adds a file to the ledger and returns whether it was new. The first manifest is kept.
create function pv.register_batch(
  p_batch text, p_election text, p_rows integer, p_official uuid, p_accepted_at timestamptz, p_manifest text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election_no integer;
begin
  if exists (select 1 from pv.batch b where b.batch_id = p_batch) then
    return false;
  end if;
  perform pv.hold_box(p_election);
  insert into pv.batch_election (election_id) values (p_election) on conflict do nothing;
  select e.election_no into strict v_election_no from pv.batch_election e where e.election_id = p_election;
  insert into pv.batch (batch_id, election_no, row_count, official, accepted_at, manifest)
  values (p_batch, v_election_no, p_rows, p_official, p_accepted_at, p_manifest)
  on conflict do nothing;
  return found;
end
$$;

-- The ledger's counts by file, all of one moment, which always add up.
create function pv.batch_counts(p_batch_no integer)
returns table (checked integer, valid integer, duplicates integer, invalid_numbers integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(max(p.last_row), 0), coalesce(sum(p.valid), 0)::integer, coalesce(sum(p.duplicates), 0)::integer,
    coalesce(sum(p.invalid_numbers), 0)::integer
  from pv.batch_part p where p.batch_no = p_batch_no
$$;

create function pv.find_batch(p_batch text)
returns table (batch_no integer, batch_id text, election_id text, row_count integer, official uuid,
  accepted_at timestamptz, manifest text, checked integer, valid integer, duplicates integer, invalid_numbers integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select b.batch_no, b.batch_id, e.election_id, b.row_count, b.official, b.accepted_at, b.manifest,
    c.checked, c.valid, c.duplicates, c.invalid_numbers
  from pv.batch b join pv.batch_election e using (election_no) cross join lateral pv.batch_counts(b.batch_no) c
  where b.batch_id = p_batch
$$;

-- Every unfinished file and the newest ones, oldest first, after a number: page by page.
create function pv.recent_batches(p_newest integer, p_after integer, p_limit integer)
returns table (batch_no integer, batch_id text, election_id text, row_count integer, official uuid,
  accepted_at timestamptz, checked integer, valid integer, duplicates integer, invalid_numbers integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select b.batch_no, b.batch_id, e.election_id, b.row_count, b.official, b.accepted_at,
    c.checked, c.valid, c.duplicates, c.invalid_numbers
  from pv.batch b join pv.batch_election e using (election_no) cross join lateral pv.batch_counts(b.batch_no) c
  where b.batch_no > p_after
    and (b.batch_no > (select coalesce(max(n.batch_no), 0) from pv.batch n) - p_newest or c.checked < b.row_count)
  order by b.batch_no limit p_limit
$$;

-- Inserts the next rows of a file, all or none, and returns the ledger's counts after it. Rows are processed in order:
-- rows of a later part wait, and processed rows change nothing. So of two equal GUIDs in a file the lower row counts,
-- in whichever worker. What rows say is given once for all equal rows: the cells, and either the ballot or the contest
-- with the invalid number.
create function pv.deposit_batch_rows(
  p_batch text, p_first_row integer, p_guids uuid[], p_trackers bytea[], p_which integer[],
  p_cells text[], p_ballots text[], p_contests text[])
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
  v_new integer[];
  v_valid integer;
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
  select b.batch_no, b.election_no, e.election_id, b.row_count
  into v_batch_no, v_election_no, v_election, v_row_count
  from pv.batch b join pv.batch_election e using (election_no) where b.batch_id = p_batch;
  if not found or p_first_row is null or p_first_row < 1 or p_first_row + v_count - 1 > v_row_count then
    raise exception 'no such rows in the ledger' using errcode = '22023';
  end if;
  perform pv.hold_box(v_election);
  perform pg_advisory_xact_lock(20260006, v_batch_no);
  select c.checked into v_checked from pv.batch_counts(v_batch_no) c;
  if p_first_row <> v_checked + 1 then
    return query select false, c.checked, c.valid, c.duplicates, c.invalid_numbers from pv.batch_counts(v_batch_no) c;
    return;
  end if;
  -- In the order of the GUIDs, so that two concurrent files never deadlock.
  with new as (
    insert into pv.batch_guid (guid, election_no, batch_no, row_no)
    select i.guid, v_election_no, v_batch_no, p_first_row + i.n::integer - 1
    from unnest(p_guids) with ordinality as i(guid, n) order by i.guid, i.n
    on conflict do nothing
    returning row_no
  )
  select coalesce(array_agg(new.row_no), '{}') into v_new from new;
  -- Without "on conflict": an existing tracker with a new GUID must stop everything.
  insert into pv.ballot (tracker, election_id, channel, ballot)
  select i.tracker, v_election, 'batch', k.ballot
  from unnest(p_trackers, p_which) with ordinality as i(tracker, which, n)
  join unnest(v_new) as new(row_no) on new.row_no = p_first_row + i.n::integer - 1
  join unnest(p_ballots) with ordinality as k(ballot, n) on k.n = i.which
  where k.ballot is not null order by i.tracker;
  get diagnostics v_valid = row_count;
  if v_valid < v_count then
    insert into pv.batch_invalid (batch_no, row_no, guid, cells, reason, contest_id, first_batch_no, first_row_no)
    select v_batch_no, i.row_no, i.guid, k.cells,
      case when i.new then 'Invalid poll number.' else 'Duplicate ballot.' end,
      case when i.new then k.contest end, g.batch_no, g.row_no
    from (select u.guid, u.which, p_first_row + u.n::integer - 1 as row_no, new.row_no is not null as new
          from unnest(p_guids, p_which) with ordinality as u(guid, which, n)
          left join unnest(v_new) as new(row_no) on new.row_no = p_first_row + u.n::integer - 1) as i
    join unnest(p_cells, p_ballots, p_contests) with ordinality as k(cells, ballot, contest, n) on k.n = i.which
    -- The limit keeps this a search by key for each row, whatever the planner's estimate of the table's size.
    left join lateral (
      select f.batch_no, f.row_no from pv.batch_guid f
      where f.guid = i.guid and f.election_no = v_election_no and not i.new limit 1) as g on true
    where not i.new or k.ballot is null;
  end if;
  insert into pv.batch_part (batch_no, first_row, last_row, valid, duplicates, invalid_numbers)
  values (v_batch_no, p_first_row, p_first_row + v_count - 1, v_valid, v_count - cardinality(v_new),
    cardinality(v_new) - v_valid);
  return query select true, c.checked, c.valid, c.duplicates, c.invalid_numbers from pv.batch_counts(v_batch_no) c;
end
$$;

-- Rows of one file that do not count, in their order, after a row.
create function pv.batch_invalid_rows(p_batch text, p_after integer, p_limit integer)
returns table (row_no integer, guid uuid, cells text, reason text, contest_id text, first_batch text,
  first_row_no integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select i.row_no, i.guid, i.cells, i.reason, i.contest_id, f.batch_id, i.first_row_no
  from pv.batch b join pv.batch_invalid i using (batch_no) left join pv.batch f on f.batch_no = i.first_batch_no
  where b.batch_id = p_batch and i.row_no > p_after
  order by i.row_no limit p_limit
$$;

-- The files of an election, in the order of their arrival in the ledger.
create function pv.list_batches(p_election text)
returns table (batch_no integer, batch_id text, election_id text, row_count integer, official uuid,
  accepted_at timestamptz, checked integer, valid integer, duplicates integer, invalid_numbers integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select b.batch_no, b.batch_id, e.election_id, b.row_count, b.official, b.accepted_at,
    c.checked, c.valid, c.duplicates, c.invalid_numbers
  from pv.batch_election e join pv.batch b using (election_no) cross join lateral pv.batch_counts(b.batch_no) c
  where e.election_id = p_election order by b.batch_no
$$;

grant execute on function pv.register_batch(text, text, integer, uuid, timestamptz, text) to popvote_worker;
grant execute on function pv.find_batch(text) to popvote_worker;
grant execute on function pv.recent_batches(integer, integer, integer) to popvote_worker;
grant execute on function
  pv.deposit_batch_rows(text, integer, uuid[], bytea[], integer[], text[], text[], text[]) to popvote_worker;
grant execute on function pv.batch_invalid_rows(text, integer, integer) to popvote_worker;
grant execute on function pv.list_batches(text) to popvote_elections;

reset role;
