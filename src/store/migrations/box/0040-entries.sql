-- Why: each ballot comes into the box with its entry in the public log, which `ballots` or `worker` signed. The entry commits
-- to the ballot, so a ballot that is changed afterwards no longer fits. Closing the box compares all of them, and so does
-- every count. Elections without a log, from before there were any, go on as they were.
set local role popvote_owner;

-- The log of an election.
create function pv.log_of(p_election text) returns table (origin text, manifest text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.origin, l.manifest from pv.log l where l.election_id = p_election
$$;

-- Inserts ballots cast online with their entries: as the function without entries, and PV003 also where another entry has
-- the cast tag.
create function pv.deposit_online(p_election text, p_trackers bytea[], p_ballots text[], p_entries bytea[])
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pv.add_entries(p_election, p_trackers, p_entries);
  return pv.deposit_online(p_election, p_trackers, p_ballots);
end
$$;

-- The trackers of entries whose cast tag has another tracker in the box.
create function pv.cast_tag_clashes(p_election text, p_trackers bytea[], p_entries bytea[])
returns table (tracker bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select i.tracker
  from pv.log l
  cross join unnest(p_trackers, p_entries) as i(tracker, entry)
  join pv.entry e on e.election_no = l.election_no and e.cast_tag = substring(i.entry from 4 for 32)
  where l.election_id = p_election and e.tracker <> i.tracker
$$;

-- Entries of rows that wait for the confirmation of their batch, in the order of the rows; null for a row that does not
-- count.
create table pv.waiting_entries (
  batch_no integer not null,
  first_row integer not null,
  entries bytea[] not null,
  primary key (batch_no, first_row)
);
create trigger never_changed before update on pv.waiting_entries
  for each row execute function pv.refuse_change();
create trigger never_deleted after delete on pv.waiting_entries
  referencing old table as gone for each statement execute function pv.refuse_waiting_deletion();
create trigger never_emptied before truncate on pv.waiting_entries
  for each statement execute function pv.refuse_change();

-- Adds the entries of those rows whose ballot was put into the box. The first row of a ballot id is the one that counts.
create function pv.add_batch_entries(p_election text, p_trackers bytea[], p_entries bytea[]) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- Each call has arrays of another size: a generic plan would compare every row with every other.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_trackers bytea[];
  v_entries bytea[];
begin
  if cardinality(p_entries) is distinct from cardinality(p_trackers) then
    raise exception 'inputs of wrong size' using errcode = '22023';
  end if;
  select array_agg(f.tracker), array_agg(f.entry) into v_trackers, v_entries
  from (
    select distinct on (i.tracker) i.tracker, i.entry
    from unnest(p_trackers, p_entries) with ordinality as i(tracker, entry, n)
    order by i.tracker, i.n) f
  join pv.ballot b using (tracker)
  where b.election_id = p_election and b.channel = 'batch' and f.entry is not null
    and not exists (select from pv.entry e where e.tracker = f.tracker);
  if v_trackers is not null then
    perform pv.add_entries(p_election, v_trackers, v_entries);
  end if;
end
$$;

-- Inserts the next rows of a file with the entries of those that count: as the function without entries.
create function pv.deposit_batch_rows(
  p_batch text, p_first_row integer, p_guids uuid[], p_trackers bytea[], p_which integer[],
  p_cells text[], p_ballots text[], p_contests text[], p_everywhere boolean, p_entries bytea[])
returns table (deposited boolean, checked integer, valid integer, duplicates integer, invalid_numbers integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_batch record;
  v_deposit record;
begin
  select * into strict v_deposit
  from pv.deposit_batch_rows(p_batch, p_first_row, p_guids, p_trackers, p_which, p_cells, p_ballots, p_contests,
    p_everywhere);
  if v_deposit.deposited then
    select b.batch_no, e.election_id into strict v_batch
    from pv.batch b join pv.batch_election e using (election_no)
    where b.batch_id = p_batch order by b.again desc limit 1;
    if exists (select from pv.waiting_part w where w.batch_no = v_batch.batch_no and w.first_row = p_first_row) then
      insert into pv.waiting_entries (batch_no, first_row, entries) values (v_batch.batch_no, p_first_row, p_entries);
    else
      perform pv.add_batch_entries(v_batch.election_id, p_trackers, p_entries);
    end if;
  end if;
  return query select v_deposit.deposited, v_deposit.checked, v_deposit.valid, v_deposit.duplicates,
    v_deposit.invalid_numbers;
end
$$;

-- The entries of rows that waited go into the box with a confirmed batch, and are deleted with a withdrawn one.
create function pv.settle_waiting_entries() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_part record;
begin
  for v_part in
    select g.trackers, w.entries, e.election_id
    from gone g join pv.waiting_entries w using (batch_no, first_row)
    join pv.batch b using (batch_no) join pv.batch_election e using (election_no)
    where exists (select from pv.confirmation f where f.batch_no = g.batch_no and f.recorded_in = pg_current_xact_id())
    order by g.batch_no, g.first_row
  loop
    perform pv.add_batch_entries(v_part.election_id, v_part.trackers, v_part.entries);
  end loop;
  delete from pv.waiting_entries w using gone g where w.batch_no = g.batch_no and w.first_row = g.first_row;
  return null;
end
$$;
create trigger entries_settled after delete on pv.waiting_part
  referencing old table as gone for each statement execute function pv.settle_waiting_entries();

-- How many ballots have no entry that commits to exactly them, and how many entries have no ballot; 0 without a log.
-- docs/receipts.md has the layouts.
create function pv.wrong_entries(p_election text) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_nestloop = off
as $$
  select coalesce(sum(
    (select count(*)
     from pv.ballot b left join pv.entry e on e.tracker = b.tracker and e.election_no = l.election_no
     where b.election_id = p_election and (
       e.content is distinct from sha256(convert_to('popvote/commitment/v2', 'UTF8') || '\x00'::bytea
         || l.manifest_hash || b.tracker || sha256(convert_to(b.ballot, 'UTF8')))
       or e.kind <> 0
       or e.channel <> case b.channel when 'online' then 1 else 2 end
       or (e.channel = 2 and e.cast_tag <> sha256(convert_to('popvote/batch-tag/v2', 'UTF8') || '\x00'::bytea
         || l.manifest_hash || b.tracker))))
    + (select count(*)
       from pv.entry e left join pv.ballot b on b.tracker = e.tracker and b.election_id = p_election
       where e.election_no = l.election_no and b.tracker is null)), 0)::bigint
  from pv.log l where l.election_id = p_election
$$;

alter function pv.close_box(text, bigint) rename to close_complete_box;
revoke execute on function pv.close_complete_box(text, bigint) from popvote_elections;

-- As before, and 'entry' where ballots and entries do not fit: `expected` are the ballots, `present` those that fit.
create function pv.close_box(p_election text, p_online bigint)
returns table (kind text, batch_id text, expected bigint, present bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong bigint;
begin
  if exists (select from pv.log l where l.election_id = p_election)
    and not exists (select from pv.missing_statement(p_election, p_online))
    and not exists (select from pv.closed_box c where c.election_id = p_election) then
    -- Nothing is deposited from here on.
    perform pg_advisory_xact_lock(20260005, hashtext(p_election));
    v_wrong := pv.wrong_entries(p_election);
    if v_wrong > 0 then
      return query
        select 'entry', null::text, c.ballots, greatest(c.ballots - v_wrong, 0)
        from (select count(*) as ballots from pv.ballot b where b.election_id = p_election) c;
      return;
    end if;
  end if;
  return query select m.* from pv.close_complete_box(p_election, p_online) m;
end
$$;

grant execute on function pv.log_of(text) to popvote_mixer, popvote_worker, popvote_elections;
grant execute on function
  pv.deposit_online(text, bytea[], text[], bytea[]),
  pv.cast_tag_clashes(text, bytea[], bytea[])
to popvote_mixer;
grant execute on function pv.deposit_batch_rows(
  text, integer, uuid[], bytea[], integer[], text[], text[], text[], boolean, bytea[]
) to popvote_worker;
grant execute on function pv.wrong_entries(text), pv.close_box(text, bigint) to popvote_elections;

reset role;
