-- Why: before a count, `elections` reads the stored rows of each batch of the election. Without an index by batch each
-- of these calls read the rows of all batches: 2,000 batches of 500 rows took 185 seconds, and take 27 now
-- (both on a busy machine). The rows of a withdrawal are found by the same index.
-- Building it (a second for each million of rows) holds up only what inserts rows of batches. That is `worker`, which
-- tries again. Casts are in another database, and the mixer inserts no such row.
set local role popvote_owner;

create index batch_guid_of_batch on pv.batch_guid (batch_no, row_no);

-- As before: each ballot is found by its key.
create or replace function pv.batch_rows(p_batch_no integer)
returns table (row_no integer, guid uuid, ballot text, cells text, reason text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
-- A plan of an earlier election was made for other sizes of the tables.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_election text;
begin
  select e.election_id into v_election
  from pv.batch b join pv.batch_election e using (election_no) where b.batch_no = p_batch_no;
  if not exists (select from pv.closed_box c where c.election_id = v_election) then
    raise exception 'the box is not closed for this election' using errcode = 'PV006';
  end if;
  -- The key of a paper ballot in the box is the SHA-256 of the text in src/protocol/control/batch-entries.ts.
  return query
    select g.row_no, g.guid, b.ballot, null::text, null::text
    -- The limit keeps this a search by key for each row, whatever the planner's estimate of the table's size.
    from pv.batch_guid g left join lateral (
      select t.ballot from pv.ballot t
      where t.tracker = sha256(convert_to('popvote/batch-ballot/v1|' || v_election || '|' || g.guid::text, 'UTF8'))
        and t.election_id = v_election and t.channel = 'batch' limit 1) as b on true
    where g.batch_no = p_batch_no and not exists (
      select from pv.batch_invalid i where i.batch_no = g.batch_no and i.row_no = g.row_no)
    union all
    select i.row_no, i.guid, null, i.cells, i.reason from pv.batch_invalid i where i.batch_no = p_batch_no
    order by 1;
end
$$;

reset role;
