-- Why: a wrong file of paper ballots can be withdrawn, with a reason, until the box is closed. Its rows then do not
-- count, its ballot ids are free again, and the same file or a corrected one can be uploaded. The rows are moved to
-- tables of their own, in the transaction that records the withdrawal, so the tables that are counted have only what
-- counts. Nothing else can be deleted, not even by the owner.
--
-- An upload of a file that was withdrawn is a new row of pv.batch with the next number `again`, which `officials` signs
-- in its manifest. So an upload from before the withdrawal that is delivered late is known by its number, without any
-- clock. 23PV7: the batch is withdrawn. Earlier code treats it like any other row that the database refuses.
set local role popvote_owner;

alter table pv.batch
  add column again integer not null default 0 check (again between 0 and 100),
  drop constraint batch_batch_id_key,
  add constraint batch_upload_key unique (batch_id, again);

create table pv.withdrawal (
  batch_no integer primary key references pv.batch (batch_no),
  reason text not null check (length(reason) between 1 and 4000),
  withdrawn_by text not null check (length(withdrawn_by) between 1 and 64),
  withdrawn_at timestamptz not null default clock_timestamp(),
  -- Outcomes of its rows before it was withdrawn.
  checked integer not null check (checked = valid + duplicates + invalid_numbers),
  valid integer not null check (valid >= 0),
  duplicates integer not null check (duplicates >= 0),
  invalid_numbers integer not null check (invalid_numbers >= 0),
  -- The transaction that moves its rows.
  recorded_in xid8 not null default pg_current_xact_id()
);

-- Every row of a withdrawn batch that was stored, as it was: a ballot, or the reason why it did not count. No foreign
-- keys, like pv.batch_guid: they would be checked row by row, and a batch is never deleted.
create table pv.withdrawn_row (
  batch_no integer not null,
  row_no integer not null check (row_no >= 1),
  guid uuid not null,
  tracker bytea,
  ballot text,
  cells text,
  reason text,
  contest_id text,
  first_batch_no integer,
  first_row_no integer,
  primary key (batch_no, row_no),
  check ((ballot is null) = (tracker is null)),
  check ((ballot is null) = (reason is not null and cells is not null))
);
create index withdrawn_ballot on pv.withdrawn_row (tracker) where tracker is not null;

-- Refuses every deletion but that of rows which the same transaction recorded as withdrawn.
create function pv.refuse_deletion() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_allowed boolean;
begin
  if tg_table_name = 'ballot' then
    v_allowed := not exists (
      select from gone g where not exists (
        select from pv.withdrawn_row r join pv.withdrawal w using (batch_no)
        where r.tracker = g.tracker and r.ballot = g.ballot and g.channel = 'batch'
          and w.recorded_in = pg_current_xact_id()));
  elsif tg_table_name = 'batch_part' then
    v_allowed := not exists (
      select from gone g where not exists (
        select from pv.withdrawal w where w.batch_no = g.batch_no and w.recorded_in = pg_current_xact_id()));
  else
    v_allowed := not exists (
      select from gone g where not exists (
        select from pv.withdrawn_row r join pv.withdrawal w using (batch_no)
        where r.batch_no = g.batch_no and r.row_no = g.row_no and r.guid = g.guid
          and w.recorded_in = pg_current_xact_id()));
  end if;
  if not v_allowed then
    raise exception 'what is recorded is never deleted' using errcode = '42501';
  end if;
  return null;
end
$$;

do $$
declare
  v_table text;
begin
  foreach v_table in array array['ballot', 'batch_part', 'batch_guid', 'batch_invalid', 'ballot_id_claim'] loop
    execute format('drop trigger never_changed on pv.%I', v_table);
    execute format('create trigger never_changed before update on pv.%I
      for each row execute function pv.refuse_change()', v_table);
    execute format('create trigger never_deleted after delete on pv.%I
      referencing old table as gone for each statement execute function pv.refuse_deletion()', v_table);
  end loop;
  foreach v_table in array array['withdrawal', 'withdrawn_row'] loop
    execute format('create trigger never_changed before update or delete on pv.%I
      for each row execute function pv.refuse_change()', v_table);
    execute format('create trigger never_emptied before truncate on pv.%I
      for each statement execute function pv.refuse_change()', v_table);
  end loop;
end
$$;

-- A row that names a withdrawn batch as the first place of its ballot was judged too early: where ballot ids are used
-- once in all elections, the batch can be withdrawn meanwhile. The deposit is tried again, and the row then counts.
create function pv.refuse_withdrawn_place() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from new_rows n join pv.withdrawal w on w.batch_no = n.first_batch_no) then
    raise exception 'the first place was withdrawn meanwhile' using errcode = '40001';
  end if;
  return null;
end
$$;
create trigger first_place_stands after insert on pv.batch_invalid
  referencing new table as new_rows for each statement execute function pv.refuse_withdrawn_place();

-- The files with their counts. checked = valid + duplicates + invalid_numbers + withdrawn.
create view pv.ledger as
select b.batch_no, b.batch_id, b.again, b.election_no, e.election_id, b.row_count, b.official, b.accepted_at,
  c.checked + coalesce(w.checked, 0) as checked, c.valid, c.duplicates, c.invalid_numbers,
  coalesce(w.checked, 0) as withdrawn, w.reason as withdrawn_reason, w.withdrawn_by, w.withdrawn_at
from pv.batch b join pv.batch_election e using (election_no) left join pv.withdrawal w using (batch_no)
cross join lateral pv.batch_counts(b.batch_no) c;

-- Adds an upload of a file to the ledger: 'registered', 'known', 'withdrawn', or 'ahead' of a withdrawal that the ledger
-- does not have. The first manifest of an upload is kept.
create function pv.register_batch(
  p_batch text, p_again integer, p_election text, p_rows integer, p_official uuid, p_accepted_at timestamptz,
  p_manifest text)
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
  insert into pv.batch (batch_id, again, election_no, row_count, official, accepted_at, manifest)
  values (p_batch, p_again, v_election_no, p_rows, p_official, p_accepted_at, p_manifest)
  on conflict do nothing;
  return case when found then 'registered' else 'known' end;
end
$$;

-- For earlier code, which knows no withdrawal.
create or replace function pv.register_batch(
  p_batch text, p_election text, p_rows integer, p_official uuid, p_accepted_at timestamptz, p_manifest text)
returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select pv.register_batch(p_batch, 0, p_election, p_rows, p_official, p_accepted_at, p_manifest) = 'registered'
$$;

-- As before, but nothing is stored of a withdrawn batch.
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
  -- In the order of the GUIDs, so that two concurrent files never deadlock.
  with new as (
    insert into pv.batch_guid (guid, election_no, batch_no, row_no)
    select i.guid, v_election_no, v_batch_no, p_first_row + i.n::integer - 1
    from unnest(p_guids) with ordinality as i(guid, n) order by i.guid, i.n
    on conflict do nothing
    returning row_no
  )
  select coalesce(array_agg(new.row_no), '{}') into v_new from new;
  if p_everywhere then
    -- In the same order. An id that is claimed here but new in this election is one of another election.
    with claim as (
      insert into pv.ballot_id_claim (guid, election_no, batch_no, row_no)
      select i.guid, v_election_no, v_batch_no, new.row_no
      from unnest(p_guids) with ordinality as i(guid, n)
      join unnest(v_new) as new(row_no) on new.row_no = p_first_row + i.n::integer - 1
      order by i.guid
      on conflict do nothing
      returning row_no
    )
    select coalesce(array_agg(claim.row_no), '{}') into v_new from claim;
  end if;
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
      case when i.new then k.contest end, coalesce(g.batch_no, o.batch_no), coalesce(g.row_no, o.row_no)
    from (select u.guid, u.which, p_first_row + u.n::integer - 1 as row_no, new.row_no is not null as new
          from unnest(p_guids, p_which) with ordinality as u(guid, which, n)
          left join unnest(v_new) as new(row_no) on new.row_no = p_first_row + u.n::integer - 1) as i
    join unnest(p_cells, p_ballots, p_contests) with ordinality as k(cells, ballot, contest, n) on k.n = i.which
    -- The limit keeps this a search by key for each row, whatever the planner's estimate of the table's size.
    left join lateral (
      select f.batch_no, f.row_no from pv.batch_guid f
      where f.guid = i.guid and f.election_no = v_election_no and not i.new
        and (f.batch_no, f.row_no) <> (v_batch_no, i.row_no) limit 1) as g on true
    left join lateral (
      select c.batch_no, c.row_no from pv.ballot_id_claim c
      where c.guid = i.guid and not i.new and g.batch_no is null limit 1) as o on true
    where not i.new or k.ballot is null;
  end if;
  insert into pv.batch_part (batch_no, first_row, last_row, valid, duplicates, invalid_numbers)
  values (v_batch_no, p_first_row, p_first_row + v_count - 1, v_valid, v_count - cardinality(v_new),
    cardinality(v_new) - v_valid);
  return query select true, c.checked, c.valid, c.duplicates, c.invalid_numbers from pv.batch_counts(v_batch_no) c;
end
$$;

-- For earlier code.
create or replace function pv.deposit_batch_rows(
  p_batch text, p_first_row integer, p_guids uuid[], p_trackers bytea[], p_which integer[],
  p_cells text[], p_ballots text[], p_contests text[])
returns table (deposited boolean, checked integer, valid integer, duplicates integer, invalid_numbers integer)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select * from pv.deposit_batch_rows(
    p_batch, p_first_row, p_guids, p_trackers, p_which, p_cells, p_ballots, p_contests, false)
$$;

-- As before, but an id is not claimed by a row that is itself a duplicate: the row that it repeated may be withdrawn.
create or replace function pv.claim_ballot_ids() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_claimed bigint;
begin
  insert into pv.ballot_id_claim (guid, election_no, batch_no, row_no)
  select distinct on (g.guid) g.guid, g.election_no, g.batch_no, g.row_no from pv.batch_guid g
  where not exists (select from pv.ballot_id_claim c where c.guid = g.guid)
    and not exists (select from pv.batch_invalid i
                    where i.batch_no = g.batch_no and i.row_no = g.row_no and i.reason = 'Duplicate ballot.')
  order by g.guid, g.batch_no, g.row_no
  on conflict do nothing;
  get diagnostics v_claimed = row_count;
  return v_claimed;
end
$$;

-- Withdraws a batch, for its official or, with null, for anyone: 'withdrawn', 'already', 'closed', 'not-own' or
-- 'not-found'. 'needed' with the batches, 100 at most, of which rows are duplicates of rows of this one: they have to be
-- withdrawn first, or ballots that were uploaded twice would not count at all. Nothing else is stored in this box
-- meanwhile, as when it is closed.
create function pv.withdraw_batch(p_election text, p_batch text, p_official uuid, p_reason text, p_by text)
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
  withdrawn integer, withdrawn_reason text, withdrawn_by text, withdrawn_at timestamptz)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.batch_no, l.batch_id, l.again, l.election_id, l.row_count, l.official, l.accepted_at, b.manifest, l.checked,
    l.valid, l.duplicates, l.invalid_numbers, l.withdrawn, l.withdrawn_reason, l.withdrawn_by, l.withdrawn_at
  from pv.ledger l join pv.batch b using (batch_no)
  where l.batch_id = p_batch order by l.again desc limit 1
$$;

-- Every unfinished file and the newest ones, oldest first, after a number: page by page. Of each file the last upload.
drop function pv.recent_batches(integer, integer, integer);
create function pv.recent_batches(p_newest integer, p_after integer, p_limit integer) returns setof pv.ledger
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.* from pv.ledger l
  where l.batch_no > p_after
    and (l.batch_no > (select coalesce(max(n.batch_no), 0) from pv.batch n) - p_newest
      or (l.checked < l.row_count and l.withdrawn_at is null))
    and not exists (select from pv.batch n where n.batch_id = l.batch_id and n.again > l.again)
  order by l.batch_no limit p_limit
$$;

-- The files whose last upload is withdrawn, the last withdrawn first.
create function pv.withdrawn_batches(p_limit integer) returns setof pv.ledger
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.* from pv.ledger l
  where l.withdrawn_at is not null
    and not exists (select from pv.batch n where n.batch_id = l.batch_id and n.again > l.again)
  order by l.withdrawn_at desc limit p_limit
$$;

-- Rows of the last upload of a file that do not count, in their order, after a row. Of a withdrawn row, which may be
-- uploaded again and count, the marked numbers are not returned.
create or replace function pv.batch_invalid_rows(p_batch text, p_after integer, p_limit integer)
returns table (row_no integer, guid uuid, cells text, reason text, contest_id text, first_batch text,
  first_row_no integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with upload as (select b.batch_no from pv.batch b where b.batch_id = p_batch order by b.again desc limit 1)
  select i.row_no, i.guid, i.cells, i.reason, i.contest_id, f.batch_id, i.first_row_no
  from upload join pv.batch_invalid i using (batch_no) left join pv.batch f on f.batch_no = i.first_batch_no
  where i.row_no > p_after
  union all
  select r.row_no, r.guid, '', 'Withdrawn batch.', null, null, null
  from upload join pv.withdrawn_row r using (batch_no)
  where r.row_no > p_after
  order by row_no limit p_limit
$$;

-- The files of an election that are not withdrawn, in the order of their arrival in the ledger.
drop function pv.list_batches(text);
create function pv.list_batches(p_election text) returns setof pv.ledger
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.* from pv.ledger l where l.election_id = p_election and l.withdrawn_at is null order by l.batch_no
$$;

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
$$;

-- The outcomes of the rows of all files of an election. received = valid + duplicates + invalid_numbers + withdrawn.
drop function pv.count_batches(text);
create function pv.count_batches(p_election text)
returns table (
  files bigint, received bigint, valid bigint, duplicates bigint, invalid_numbers bigint, missing bigint,
  withdrawn bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(*), coalesce(sum(l.checked), 0)::bigint, coalesce(sum(l.valid), 0)::bigint,
    coalesce(sum(l.duplicates), 0)::bigint, coalesce(sum(l.invalid_numbers), 0)::bigint,
    coalesce(sum(l.row_count - l.checked) filter (where l.withdrawn_at is null), 0)::bigint,
    coalesce(sum(l.withdrawn), 0)::bigint
  from pv.ledger l where l.election_id = p_election
$$;

-- As before, of the last upload of the file; or 'withdrawn'.
create or replace function pv.set_aside_batch(p_election text, p_batch text, p_reason text, p_by text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_batch record;
begin
  perform pg_advisory_xact_lock_shared(20260005, hashtext(p_election));
  select l.batch_no, l.row_count, l.checked, l.withdrawn_at into v_batch
  from pv.ledger l where l.election_id = p_election and l.batch_id = p_batch order by l.again desc limit 1;
  if not found then
    return 'not-found';
  end if;
  if v_batch.withdrawn_at is not null then
    return 'withdrawn';
  end if;
  if v_batch.checked = v_batch.row_count then
    return 'whole';
  end if;
  if exists (select 1 from pv.closed_box c where c.election_id = p_election) then
    return 'closed';
  end if;
  insert into pv.set_aside (batch_no, reason, set_aside_by) values (v_batch.batch_no, p_reason, p_by)
  on conflict do nothing;
  return case when found then 'set-aside' else 'already' end;
end
$$;

-- The uploads of an election, in the order of their arrival in the ledger: those after a number, or the last one of a
-- file.
drop function pv.list_ledger(text, text, integer, integer);
create function pv.list_ledger(p_election text, p_batch text, p_after integer, p_limit integer)
returns table (
  batch_no integer, batch_id text, official uuid, accepted_at_ms bigint, row_count integer, checked integer,
  valid integer, duplicates integer, invalid_numbers integer, set_aside_reason text, set_aside_by text,
  set_aside_at_ms bigint, again integer, withdrawn integer, withdrawn_reason text, withdrawn_by text,
  withdrawn_at_ms bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.batch_no, l.batch_id, l.official, (extract(epoch from l.accepted_at) * 1000)::bigint, l.row_count,
    l.checked, l.valid, l.duplicates, l.invalid_numbers, s.reason, s.set_aside_by,
    (extract(epoch from s.set_aside_at) * 1000)::bigint, l.again, l.withdrawn, l.withdrawn_reason, l.withdrawn_by,
    (extract(epoch from l.withdrawn_at) * 1000)::bigint
  from pv.ledger l left join pv.set_aside s using (batch_no)
  where l.election_id = p_election and l.batch_no > p_after
    and (p_batch is null or (l.batch_id = p_batch and not exists (
      select from pv.batch n where n.batch_id = l.batch_id and n.again > l.again)))
  order by l.batch_no limit p_limit
$$;

-- The rows of all files of an election that do not count, in the order of files and rows, after a row of a file. What
-- they say is returned after the box is closed: the cells, or the ballot of a withdrawn row that counted.
drop function pv.list_invalid_ballots(text, integer, integer, integer);
create function pv.list_invalid_ballots(p_election text, p_after_batch integer, p_after_row integer, p_limit integer)
returns table (
  batch_no integer, batch_id text, official uuid, row_no integer, guid uuid, reason text, contest_id text,
  first_batch text, first_row_no integer, cells text, first_election text, ballot text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select b.batch_no, b.batch_id, b.official, i.row_no, i.guid, i.reason, i.contest_id, f.batch_id, i.first_row_no,
    case when closed.yes then i.cells end, fe.election_id, case when closed.yes then i.ballot end
  from (select exists (select from pv.closed_box c where c.election_id = p_election) as yes) closed
  cross join pv.batch_election e join pv.batch b using (election_no)
  join (
    select batch_no, row_no, guid, reason, contest_id, first_batch_no, first_row_no, cells, null as ballot
    from pv.batch_invalid
    union all
    select batch_no, row_no, guid, 'Withdrawn batch.', null, null, null, cells, ballot from pv.withdrawn_row
  ) i using (batch_no)
  left join pv.batch f on f.batch_no = i.first_batch_no
  left join pv.batch_election fe on fe.election_no = f.election_no
  where e.election_id = p_election and (b.batch_no, i.row_no) > (p_after_batch, p_after_row)
  order by b.batch_no, i.row_no limit p_limit
$$;

grant execute on function
  pv.register_batch(text, integer, text, integer, uuid, timestamptz, text),
  pv.find_batch(text),
  pv.recent_batches(integer, integer, integer),
  pv.withdrawn_batches(integer)
to popvote_worker;
grant execute on function
  pv.withdraw_batch(text, text, uuid, text, text),
  pv.list_batches(text),
  pv.count_batches(text),
  pv.list_ledger(text, text, integer, integer),
  pv.list_invalid_ballots(text, integer, integer, integer)
to popvote_elections;

reset role;
