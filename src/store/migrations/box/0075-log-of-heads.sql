-- Why: the signed heads of the record of acts are in a public log of their own, which the same witnesses cosign. `elections`
-- adds them, and `log` reads them like the log of an election: with the number 0, which no election has.
set local role popvote_owner;

-- The newest manifest is the one in use. A log under an earlier one is not continued.
create table pv.head_log (
  opened integer generated always as identity primary key,
  origin text not null unique check (octet_length(origin) between 1 and 400),
  manifest text not null check (octet_length(manifest) between 2 and 65536)
);
create table pv.logged_head (
  place bigint primary key check (place >= 0),
  number bigint not null unique check (number > 0),
  entry bytea not null check (octet_length(entry) between 1 and 4096)
);
create trigger never_changed before update or delete on pv.head_log for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.head_log for each statement execute function pv.refuse_change();
create trigger never_changed before update or delete on pv.logged_head for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.logged_head for each statement execute function pv.refuse_change();

create function pv.open_head_log(p_origin text, p_manifest text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into pv.head_log (origin, manifest) values (p_origin, p_manifest) on conflict (origin) do nothing
$$;

-- The number of the last head in the log; 0 before the first.
create function pv.last_logged_head() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(max(h.number), 0) from pv.logged_head h
$$;

-- Adds those heads that come after the last one, in the order of their numbers.
create function pv.add_heads(p_numbers bigint[], p_entries bytea[]) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if cardinality(p_entries) is distinct from cardinality(p_numbers) then
    raise exception 'inputs of wrong size' using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(20260008, 0);
  insert into pv.logged_head (place, number, entry)
  select coalesce((select max(h.place) + 1 from pv.logged_head h), 0) + row_number() over (order by i.number) - 1,
    i.number, i.entry
  from unnest(p_numbers, p_entries) as i(number, entry)
  where i.number > pv.last_logged_head();
end
$$;

-- As before, and the log of heads. It is always of full length, and as if its intake had ended: its entries need no crowd.
create or replace function pv.list_logs()
returns table (election_no integer, election_id text, origin text, manifest text, size bigint, waiting boolean,
  ended boolean, closed boolean, released boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  (select 0, 'acts.record', h.origin, h.manifest, (select count(*) from pv.logged_head), false, true, false, false
   from pv.head_log h order by h.opened desc limit 1)
  union all
  select l.election_no, l.election_id, l.origin, l.manifest,
    coalesce((select max(f.leaf_index) + 1 from pv.leaf f where f.election_no = l.election_no), 0),
    exists (select from pv.unlogged u where u.election_no = l.election_no),
    exists (select from pv.intake_closing i where i.election_id = l.election_id),
    exists (select from pv.closed_box c where c.election_id = l.election_id),
    exists (select from pv.released_openings r where r.election_no = l.election_no)
  from pv.log l order by 1
$$;

create or replace function pv.log_entries(p_election_no integer, p_first bigint, p_limit integer)
returns table (leaf_index bigint, entry bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_election_no = 0 then
    return query
      select h.place, h.entry from pv.logged_head h where h.place >= p_first order by h.place limit p_limit;
    return;
  end if;
  return query
    select f.leaf_index, e.entry
    from pv.leaf f join pv.signed_entry e using (election_no, cast_tag)
    where f.election_no = p_election_no and f.leaf_index >= p_first order by f.leaf_index limit p_limit;
end
$$;

revoke all on function pv.open_head_log(text, text), pv.last_logged_head(), pv.add_heads(bigint[], bytea[]) from public;
grant execute on function
  pv.open_head_log(text, text), pv.last_logged_head(), pv.add_heads(bigint[], bytea[])
to popvote_elections;

reset role;
