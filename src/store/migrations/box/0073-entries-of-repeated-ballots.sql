-- Why: of a repeated ballot only the tracker was kept, so who deposits ballots, or administers the box, could leave out any
-- ballot and call it repeated. From here its signed entry is kept too. `log` publishes these entries when the box is
-- closed, and each of them is checked by the count and by both verifiers. Rows from before have none.
set local role popvote_owner;

alter table pv.repeated add column entry bytea check (octet_length(entry) = 131);

-- As before, with the entries of repeated ballots. PV003 also where a repeated ballot is there with another entry.
create or replace function pv.deposit_online(p_election text, p_trackers bytea[], p_ballots text[], p_entries bytea[])
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- Each call has arrays of another size: a generic plan would compare every row with every other.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_repeated bytea[];
  v_trackers bytea[];
  v_ballots text[];
  v_entries bytea[];
  v_new integer := 0;
begin
  if cardinality(p_ballots) is distinct from cardinality(p_trackers)
    or cardinality(p_entries) is distinct from cardinality(p_trackers)
    or exists (select from unnest(p_entries) as i(entry)
               where octet_length(i.entry) is distinct from 131 or get_byte(i.entry, 0) <> 2) then
    raise exception 'inputs of wrong size' using errcode = '22023';
  end if;
  if (select count(distinct i.tracker) from unnest(p_trackers) as i(tracker)) <> cardinality(p_trackers) then
    raise exception 'equal trackers in one batch' using errcode = 'PV003';
  end if;
  perform pv.hold_box(p_election);
  select array_agg(t.tracker order by t.tracker) into v_repeated
  from (
    select i.tracker, coalesce(e.tracker, first_value(i.tracker) over (partition by i.cast_tag order by i.tracker)) as first
    from (select u.tracker, substring(u.entry from 4 for 32) as cast_tag
          from unnest(p_trackers, p_entries) as u(tracker, entry)) i
    left join (pv.log l join pv.entry e using (election_no)) on l.election_id = p_election and e.cast_tag = i.cast_tag
  ) t where t.tracker <> t.first;
  if v_repeated is null then
    perform pv.add_entries(p_election, p_trackers, p_entries);
    return pv.deposit_online(p_election, p_trackers, p_ballots);
  end if;
  insert into pv.repeated (tracker, election_id, entry)
  select r.tracker, p_election, i.entry
  from unnest(v_repeated) as r(tracker) join unnest(p_trackers, p_entries) as i(tracker, entry) using (tracker)
  order by r.tracker
  on conflict do nothing;
  get diagnostics v_new = row_count;
  if exists (select from unnest(v_repeated) as r(tracker) join pv.ballot b using (tracker))
    or exists (select from unnest(v_repeated) as r(tracker) join pv.repeated p using (tracker)
               join unnest(p_trackers, p_entries) as i(tracker, entry) using (tracker)
               where p.election_id <> p_election or p.entry <> i.entry) then
    raise exception 'another ballot has the same tracker' using errcode = 'PV003';
  end if;
  select array_agg(i.tracker), array_agg(i.ballot), array_agg(i.entry) into v_trackers, v_ballots, v_entries
  from unnest(p_trackers, p_ballots, p_entries) as i(tracker, ballot, entry)
  where not exists (select from unnest(v_repeated) as r(tracker) where r.tracker = i.tracker);
  if v_trackers is not null then
    perform pv.add_entries(p_election, v_trackers, v_entries);
    v_new := v_new + pv.deposit_online(p_election, v_trackers, v_ballots);
  end if;
  return v_new;
end
$$;

-- The entries of the repeated ballots of an election, in the order of their bytes; null for a row from before. PV006 before
-- the box is closed.
create function pv.repeated_entries(p_election text) returns table (entry bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from pv.closed_box c where c.election_id = p_election) then
    raise exception 'the box is not closed for this election' using errcode = 'PV006';
  end if;
  return query select r.entry from pv.repeated r where r.election_id = p_election order by r.entry;
end
$$;

revoke all on function pv.repeated_entries(text) from public;
grant execute on function pv.repeated_entries(text) to popvote_elections, popvote_log;

reset role;
