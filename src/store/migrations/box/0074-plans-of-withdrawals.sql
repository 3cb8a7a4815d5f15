-- Why: a withdrawal of 30,000 rows did not end where the tables had been analyzed while they were empty, as after other
-- withdrawals: the planner took them for empty, and compared every row with every other. It analyzes them itself now, which takes
-- a part of a second. Plans of triggers are made again after it.
set local role popvote_owner;

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
  -- Otherwise tables that were empty when they were last analyzed are taken for empty, and compared row by row with each other.
  analyze pv.batch_guid, pv.batch_invalid, pv.ballot, pv.ballot_id_claim;
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
  analyze pv.withdrawn_row;
  delete from pv.ballot b using pv.withdrawn_row r where r.batch_no = v_batch.batch_no and r.tracker = b.tracker;
  get diagnostics v_deleted = row_count;
  if v_deleted <> v_valid then
    raise exception 'the ballots of the batch are not those of its rows' using errcode = 'PV003';
  end if;
  delete from pv.ballot_id_claim c using pv.withdrawn_row r
  where r.batch_no = v_batch.batch_no and c.guid = r.guid and c.batch_no = r.batch_no;
  delete from pv.batch_guid g where g.batch_no = v_batch.batch_no;
  delete from pv.batch_invalid i where i.batch_no = v_batch.batch_no;
  delete from pv.batch_part p where p.batch_no = v_batch.batch_no;
  return query select 'withdrawn', null::text, null::text, null::bigint;
end
$$;

reset role;
