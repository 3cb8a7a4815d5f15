-- Why: an installation may say that a ballot id is used once in all its elections. A claim of an id is a row with the id
-- as its key, so of two files at once one gets it, in whatever elections they are. The worker says in each deposit
-- whether claims count, and claims the ids of earlier rows when it starts. The function of earlier code stays: rows that
-- it stores are claimed by the next start of a worker with the setting.
set local role popvote_owner;

create table pv.ballot_id_claim (
  guid uuid primary key,
  election_no integer not null references pv.batch_election (election_no),
  batch_no integer not null references pv.batch (batch_no),
  row_no integer not null check (row_no >= 1)
);
create trigger never_changed before update or delete on pv.ballot_id_claim
  for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.ballot_id_claim
  for each statement execute function pv.refuse_change();

-- Claims the ids of rows that were stored without a claim, the first of each, and returns how many.
create function pv.claim_ballot_ids() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_claimed bigint;
begin
  insert into pv.ballot_id_claim (guid, election_no, batch_no, row_no)
  select distinct on (g.guid) g.guid, g.election_no, g.batch_no, g.row_no from pv.batch_guid g
  where not exists (select from pv.ballot_id_claim c where c.guid = g.guid)
  order by g.guid, g.batch_no, g.row_no
  on conflict do nothing;
  get diagnostics v_claimed = row_count;
  return v_claimed;
end
$$;

-- Like deposit_batch_rows with eight arguments. `p_everywhere`: an id of another election is a duplicate too, and its
-- first place is in a file of that election.
create function pv.deposit_batch_rows(
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

grant execute on function
  pv.claim_ballot_ids(),
  pv.deposit_batch_rows(text, integer, uuid[], bytea[], integer[], text[], text[], text[], boolean)
to popvote_worker;

reset role;
