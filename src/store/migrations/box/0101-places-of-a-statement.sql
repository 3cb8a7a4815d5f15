-- Who leaves the queue of a log was checked by a function call for each row, which sets and resets four settings of the
-- planner each time. That was most of the processor time of giving places. The settings belong to the trigger now, which runs
-- once for each statement, and a limit still keeps one lookup in the index of the tags for each row.
set local role popvote_owner;

-- As before: who leaves the queue has a place, or has been withdrawn.
create or replace function pv.refuse_unlogged_deletion() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_sort = off
set enable_bitmapscan = off
as $$
begin
  if exists (
    -- `offset 0`: the places are looked up first, so that only rows without one are looked up among the entries.
    select from (
      select g.election_no, g.cast_tag
      from gone g left join lateral (
        select l.cast_tag from pv.leaf l
        where l.election_no = g.election_no and l.cast_tag >= g.cast_tag
        order by l.election_no, l.cast_tag limit 1) as p on true
      where p.cast_tag is distinct from g.cast_tag
      offset 0) as w
    cross join lateral (
      select e.cast_tag from pv.entry e
      where e.election_no = w.election_no and e.cast_tag >= w.cast_tag
      order by e.election_no, e.cast_tag limit 1) as x
    where x.cast_tag = w.cast_tag)
  then
    raise exception 'an entry without a place stays in the queue' using errcode = '42501';
  end if;
  return null;
end
$$;

reset role;
