-- Why: results are counted from the box, and only from a box that is permanently closed and complete. Before that no
-- role, `elections` included, may read the contents of a ballot; after it nothing can be inserted. A file that cannot
-- be completed is accepted incomplete by an audited action with a reason: its rows that arrived count, the others are
-- reported as missing. PV006: the box is not closed yet.
set local role popvote_owner;

-- The cells of an invalid row may show the choice of its first copy, so only the file's official sees them.
drop function if exists pv.list_invalid_rows(text, integer, integer, integer);

create table pv.set_aside (
  batch_no integer primary key references pv.batch (batch_no),
  reason text not null check (length(reason) between 1 and 4000),
  set_aside_by text not null check (length(set_aside_by) between 1 and 64),
  set_aside_at timestamptz not null default clock_timestamp()
);
create trigger never_changed before update or delete on pv.set_aside for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.set_aside for each statement execute function pv.refuse_change();

-- What is missing of an election with so many voters: 'online' with the number of ballots present, and each 'batch'
-- that is neither complete nor accepted incomplete, with the number of rows present.
create function pv.missing_in_box(p_election text, p_online bigint)
returns table (kind text, batch_id text, expected bigint, present bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'online', null, p_online, o.ballots
  from (select count(*) as ballots from pv.ballot b where b.election_id = p_election and b.channel = 'online') o
  where o.ballots is distinct from p_online
  union all
  select 'batch', b.batch_id, b.row_count::bigint, c.checked::bigint
  from pv.batch_election e join pv.batch b using (election_no) cross join lateral pv.batch_counts(b.batch_no) c
  where e.election_id = p_election and c.checked < b.row_count
    and not exists (select 1 from pv.set_aside s where s.batch_no = b.batch_no)
$$;

-- Closes the box of an election permanently if nothing is missing, and returns what is missing. Inserts hold the lock
-- shared: closing waits for the running ones, and later ones find the box closed.
create function pv.close_box(p_election text, p_online bigint)
returns table (kind text, batch_id text, expected bigint, present bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_election is null or p_online is null then
    raise exception 'which box, and how many ballots?' using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(20260005, hashtext(p_election));
  return query select m.* from pv.missing_in_box(p_election, p_online) m;
  if not found then
    insert into pv.closed_box (election_id) values (p_election) on conflict do nothing;
  end if;
end
$$;

-- The distinct ballots of a closed box, each with its number of copies, without order and tracker. A large answer is
-- stored in the server's temporary files and fetched in pages.
create function pv.tally_ballots(p_election text) returns table (channel text, ballot text, copies bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select 1 from pv.closed_box c where c.election_id = p_election) then
    raise exception 'the box is not closed for this election' using errcode = 'PV006';
  end if;
  return query
    select b.channel, b.ballot, count(*) from pv.ballot b
    where b.election_id = p_election group by b.channel, b.ballot;
end
$$;

-- The outcomes of the rows of all files of an election.
create function pv.count_batches(p_election text)
returns table (
  files bigint, received bigint, valid bigint, duplicates bigint, invalid_numbers bigint, missing bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(*), coalesce(sum(c.checked), 0)::bigint, coalesce(sum(c.valid), 0)::bigint,
    coalesce(sum(c.duplicates), 0)::bigint, coalesce(sum(c.invalid_numbers), 0)::bigint,
    coalesce(sum(b.row_count - c.checked), 0)::bigint
  from pv.batch_election e join pv.batch b using (election_no) cross join lateral pv.batch_counts(b.batch_no) c
  where e.election_id = p_election
$$;

-- Accepts a file as incomplete: 'set-aside', 'already', 'whole', 'closed' or 'not-found'. If its rows still arrive
-- while the box is open, they count.
create function pv.set_aside_batch(p_election text, p_batch text, p_reason text, p_by text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_batch record;
begin
  perform pg_advisory_xact_lock_shared(20260005, hashtext(p_election));
  select b.batch_no, b.row_count, c.checked into v_batch
  from pv.batch_election e join pv.batch b using (election_no) cross join lateral pv.batch_counts(b.batch_no) c
  where e.election_id = p_election and b.batch_id = p_batch;
  if not found then
    return 'not-found';
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

-- The files of an election, in the order of their arrival in the ledger: those after a number, or one of them.
create function pv.list_ledger(p_election text, p_batch text, p_after integer, p_limit integer)
returns table (
  batch_no integer, batch_id text, official uuid, accepted_at_ms bigint, row_count integer, checked integer,
  valid integer, duplicates integer, invalid_numbers integer, set_aside_reason text, set_aside_by text,
  set_aside_at_ms bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select b.batch_no, b.batch_id, b.official, (extract(epoch from b.accepted_at) * 1000)::bigint, b.row_count,
    c.checked, c.valid, c.duplicates, c.invalid_numbers, s.reason, s.set_aside_by,
    (extract(epoch from s.set_aside_at) * 1000)::bigint
  from pv.batch_election e join pv.batch b using (election_no) left join pv.set_aside s using (batch_no)
  cross join lateral pv.batch_counts(b.batch_no) c
  where e.election_id = p_election and (p_batch is null or b.batch_id = p_batch) and b.batch_no > p_after
  order by b.batch_no limit p_limit
$$;

-- The invalid rows of all files of an election, in the order of files and rows, after a row of a file. The choice of a
-- row is not returned.
create function pv.list_invalid_ballots(p_election text, p_after_batch integer, p_after_row integer, p_limit integer)
returns table (
  batch_no integer, batch_id text, official uuid, row_no integer, guid uuid, reason text, contest_id text,
  first_batch text, first_row_no integer
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select b.batch_no, b.batch_id, b.official, i.row_no, i.guid, i.reason, i.contest_id, f.batch_id, i.first_row_no
  from pv.batch_election e join pv.batch b using (election_no) join pv.batch_invalid i using (batch_no)
  left join pv.batch f on f.batch_no = i.first_batch_no
  where e.election_id = p_election and (b.batch_no, i.row_no) > (p_after_batch, p_after_row)
  order by b.batch_no, i.row_no limit p_limit
$$;

grant execute on function
  pv.missing_in_box(text, bigint),
  pv.close_box(text, bigint),
  pv.tally_ballots(text),
  pv.count_batches(text),
  pv.set_aside_batch(text, text, text, text),
  pv.list_ledger(text, text, integer, integer),
  pv.list_invalid_ballots(text, integer, integer, integer)
to popvote_elections;

reset role;
