-- Why: the role of `worker` could store rows that no official sent. The id of a batch is a hash of its rows, and
-- `officials` signs it, so `elections` can verify every stored row when it counts: by these two functions.
set local role popvote_owner;

-- The next batch of an election that is not withdrawn, in the order of the ledger, with its manifest.
create function pv.next_batch_to_verify(p_election text, p_after integer)
returns table (batch_no integer, batch_id text, again integer, official uuid, row_count integer, checked integer,
  manifest text, station text, is_confirmed boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.batch_no, l.batch_id, l.again, l.official, l.row_count, l.checked, b.manifest, l.station,
    l.confirmed_at is not null
  from pv.ledger l join pv.batch b using (batch_no)
  where l.election_id = p_election and l.withdrawn_at is null and l.batch_no > p_after
  order by l.batch_no limit 1
$$;

-- The stored rows of a batch in their order, once the box is closed: a ballot that counts, or the cells and the reason
-- why the row does not count. Of a row without either, the ballot is not in the box.
create function pv.batch_rows(p_batch_no integer)
returns table (row_no integer, guid uuid, ballot text, cells text, reason text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
-- Row by row through the indexes, also while the tables have no statistics.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
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
    from pv.batch_guid g left join pv.ballot b
      on b.tracker = sha256(convert_to('popvote/batch-ballot/v1|' || v_election || '|' || g.guid::text, 'UTF8'))
        and b.election_id = v_election and b.channel = 'batch'
    where g.batch_no = p_batch_no and not exists (
      select from pv.batch_invalid i where i.batch_no = g.batch_no and i.row_no = g.row_no)
    union all
    select i.row_no, i.guid, null, i.cells, i.reason from pv.batch_invalid i where i.batch_no = p_batch_no
    order by 1;
end
$$;

grant execute on function pv.next_batch_to_verify(text, integer), pv.batch_rows(integer) to popvote_elections;

reset role;
