-- Why: people who check a count must see what the rows say that do not count. Cells of a duplicate may show the choice of
-- the first copy, and cells of other contests are votes, so no one sees them before the box is closed: until then they
-- are null. The columns that the code before this migration reads are unchanged.
set local role popvote_owner;

drop function pv.list_invalid_ballots(text, integer, integer, integer);
create function pv.list_invalid_ballots(p_election text, p_after_batch integer, p_after_row integer, p_limit integer)
returns table (
  batch_no integer, batch_id text, official uuid, row_no integer, guid uuid, reason text, contest_id text,
  first_batch text, first_row_no integer, cells text, first_election text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select b.batch_no, b.batch_id, b.official, i.row_no, i.guid, i.reason, i.contest_id, f.batch_id, i.first_row_no,
    case when exists (select from pv.closed_box c where c.election_id = p_election) then i.cells end,
    fe.election_id
  from pv.batch_election e join pv.batch b using (election_no) join pv.batch_invalid i using (batch_no)
  left join pv.batch f on f.batch_no = i.first_batch_no
  left join pv.batch_election fe on fe.election_no = f.election_no
  where e.election_id = p_election and (b.batch_no, i.row_no) > (p_after_batch, p_after_row)
  order by b.batch_no, i.row_no limit p_limit
$$;
grant execute on function pv.list_invalid_ballots(text, integer, integer, integer) to popvote_elections;

reset role;
