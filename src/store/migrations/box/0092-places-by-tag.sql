-- Why: where the statistics are of other elections, an election seems to have one row. A place was then looked up by the wrong
-- one of two indexes that begin with the election, and an entry was joined to places from the wrong side: each lookup read all
-- places of the election. 4,000 entries took seconds, and 10,000 were stopped by the limit of a statement. In the order of the
-- tags only their index can be used, and a limit keeps one lookup for each place, whatever the planner's estimate is.
set local role popvote_owner;

-- Whether an entry has a place.
create function pv.has_place(p_election_no integer, p_cast_tag bytea) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_sort = off
set enable_bitmapscan = off
as $$
declare
  v_tag bytea;
begin
  select l.cast_tag into v_tag from pv.leaf l
  where l.election_no = p_election_no and l.cast_tag >= p_cast_tag order by l.election_no, l.cast_tag limit 1;
  return found and v_tag = p_cast_tag;
end
$$;
revoke all on function pv.has_place(integer, bytea) from public;

-- As before.
create or replace function pv.refuse_entry_deletion() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
  if exists (
    select from gone g where not exists (
      select from pv.withdrawn_row r join pv.withdrawal w using (batch_no)
      where r.tracker = g.tracker and w.recorded_in = pg_current_xact_id())
      or pv.has_place(g.election_no, g.cast_tag))
  then
    raise exception 'what is recorded is never deleted' using errcode = '42501';
  end if;
  return null;
end
$$;

-- As before.
create or replace function pv.refuse_unlogged_deletion() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
  if exists (
    select from gone g
    where not pv.has_place(g.election_no, g.cast_tag)
      and exists (select from pv.entry e where e.election_no = g.election_no and e.cast_tag = g.cast_tag))
  then
    raise exception 'an entry without a place stays in the queue' using errcode = '42501';
  end if;
  return null;
end
$$;

-- As before.
create or replace function pv.log_entries(p_election_no integer, p_first bigint, p_limit integer)
returns table (leaf_index bigint, entry bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
  if p_election_no = 0 then
    return query
      select h.place, h.entry from pv.logged_head h where h.place >= p_first order by h.place limit p_limit;
    return;
  end if;
  return query
    select f.leaf_index, e.entry
    from pv.leaf f cross join lateral (
      select s.entry from pv.signed_entry s where s.election_no = f.election_no and s.cast_tag = f.cast_tag limit 1) as e
    where f.election_no = p_election_no and f.leaf_index >= p_first order by f.leaf_index limit p_limit;
end
$$;

-- The contents of entries from a place on. Only the two functions below call it.
create function pv.openings_from(p_election_no integer, p_first bigint, p_limit integer, p_channels smallint[])
returns table (leaf_index bigint, tracker bytea, ballot text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
  select f.leaf_index, e.tracker, e.ballot
  from pv.leaf f cross join lateral (
    select s.tracker, b.ballot from pv.entry s join pv.ballot b using (tracker)
    where s.election_no = f.election_no and s.cast_tag = f.cast_tag and s.channel = any (p_channels) limit 1) as e
  where f.election_no = p_election_no and f.leaf_index >= p_first order by f.leaf_index limit p_limit
$$;
revoke all on function pv.openings_from(integer, bigint, integer, smallint[]) from public;

-- As before.
create or replace function pv.log_openings(p_election_no integer, p_first bigint, p_limit integer)
returns table (leaf_index bigint, tracker bytea, ballot text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_disclosed boolean;
begin
  select l.online_disclosed into v_disclosed
  from pv.log l join pv.closed_box c using (election_id) join pv.released_openings r using (election_no)
  where l.election_no = p_election_no;
  if not found then
    raise exception 'the contents may not be shown yet' using errcode = 'PV006';
  end if;
  return query
    select o.* from pv.openings_from(p_election_no, p_first, p_limit,
      case when v_disclosed then '{1,2}'::smallint[] else '{2}' end) o;
end
$$;

-- As before.
create or replace function pv.online_openings(p_election text, p_first bigint, p_limit integer)
returns table (leaf_index bigint, tracker bytea, ballot text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election_no integer;
begin
  select l.election_no into v_election_no
  from pv.log l join pv.closed_box c using (election_id) where l.election_id = p_election;
  if not found then
    raise exception 'the contents may not be shown yet' using errcode = 'PV006';
  end if;
  return query select o.* from pv.openings_from(v_election_no, p_first, p_limit, '{1}'::smallint[]) o;
end
$$;

reset role;
