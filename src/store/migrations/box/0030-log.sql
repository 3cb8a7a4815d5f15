-- Why: anybody shall see that the ballots of an election are those that were cast. Each ballot has an entry of fixed form,
-- which `ballots` or `worker` signs. The service `log` gives the entries their places in a Merkle tree that only grows,
-- and publishes it. This is the part of the box: the entries, the places, and the functions of `log`.
--
-- Before the intake is closed, online ballots get places in whole multiples of K: the size of the tree is the turnout.
-- Ballots on paper get theirs when the box is closed, because a batch can be withdrawn until then.
-- PV006: the box is not closed, or the contents may not be shown yet. PV008: the log is not complete.
do $$
begin
  begin
    create role popvote_log nologin;
  exception when duplicate_object or unique_violation then
    null;
  end;
  execute format('grant connect on database %I to popvote_log', current_database());
end
$$;

alter role popvote_log set default_transaction_isolation = 'read committed';
alter role popvote_log set lock_timeout = '5s';
grant usage on schema pv to popvote_log;

set local role popvote_owner;

-- The logs, with the signed manifest of the election. Its hash is the end of the origin.
create table pv.log (
  election_no integer generated always as identity primary key,
  election_id text not null unique check (election_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  origin text not null unique check (octet_length(origin) between 1 and 400),
  manifest_hash bytea not null check (octet_length(manifest_hash) = 32),
  manifest text not null check (octet_length(manifest) between 2 and 16777216),
  min_batch integer not null check (min_batch between 1 and 1000),
  online_disclosed boolean not null
);

-- kind: 0 plain, 1 sealed, 2 sealed with a token. channel: 1 online, 2 batch.
create table pv.entry (
  tracker bytea primary key check (octet_length(tracker) = 32),
  election_no integer not null,
  kind smallint not null check (kind between 0 and 2),
  channel smallint not null check (channel in (1, 2)),
  cast_tag bytea not null check (octet_length(cast_tag) = 32),
  content bytea not null check (octet_length(content) = 32),
  signature bytea not null check (octet_length(signature) = 64),
  unique (election_no, cast_tag)
);

-- The entries without a place: a queue.
create table pv.unlogged (
  election_no integer not null,
  channel smallint not null,
  cast_tag bytea not null,
  primary key (election_no, channel, cast_tag)
);

create table pv.leaf (
  election_no integer not null,
  leaf_index bigint not null check (leaf_index >= 0),
  cast_tag bytea not null,
  primary key (election_no, leaf_index),
  unique (election_no, cast_tag)
);

-- The entries as they were signed: 131 bytes.
create view pv.signed_entry as
select e.tracker, e.election_no, e.channel, e.cast_tag,
  int2send((512 + e.kind)::smallint) || set_byte('\x00'::bytea, 0, e.channel) || e.cast_tag || e.content || e.signature
    as entry
from pv.entry e;

-- Logs whose contents may be shown, because the results are published.
create table pv.released_openings (
  election_no integer primary key references pv.log (election_no)
);

create table pv.log_report (
  instance text primary key check (length(instance) between 1 and 100),
  reported_at timestamptz not null default clock_timestamp(),
  report text not null check (octet_length(report) between 2 and 262144)
);

-- The manifest of an election can be replaced until the log has its first entry.
create function pv.refuse_log_change() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.election_no <> old.election_no or new.election_id <> old.election_id
    or exists (select from pv.entry e where e.election_no = old.election_no) then
    raise exception 'what is recorded is never changed' using errcode = '42501';
  end if;
  return new;
end
$$;

-- Refuses every deletion but that of entries without a place whose batch the same transaction withdrew.
create function pv.refuse_entry_deletion() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from gone g where not exists (
      select from pv.withdrawn_row r join pv.withdrawal w using (batch_no)
      where r.tracker = g.tracker and w.recorded_in = pg_current_xact_id())
      or exists (select from pv.leaf l where l.election_no = g.election_no and l.cast_tag = g.cast_tag))
  then
    raise exception 'what is recorded is never deleted' using errcode = '42501';
  end if;
  return null;
end
$$;

-- Who leaves the queue has a place, or has been withdrawn.
create function pv.refuse_unlogged_deletion() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from gone g
    where not exists (select from pv.leaf l where l.election_no = g.election_no and l.cast_tag = g.cast_tag)
      and exists (select from pv.entry e where e.election_no = g.election_no and e.cast_tag = g.cast_tag))
  then
    raise exception 'an entry without a place stays in the queue' using errcode = '42501';
  end if;
  return null;
end
$$;

-- The entries of withdrawn ballots go with them.
create function pv.remove_entries() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  with removed as (
    delete from pv.entry e using gone g where g.channel = 'batch' and e.tracker = g.tracker
    returning e.election_no, e.channel, e.cast_tag)
  delete from pv.unlogged u using removed r
  where u.election_no = r.election_no and u.channel = r.channel and u.cast_tag = r.cast_tag;
  return null;
end
$$;

do $$
declare
  v_table text;
begin
  foreach v_table in array array['log', 'entry', 'unlogged', 'leaf', 'released_openings'] loop
    execute format('create trigger never_emptied before truncate on pv.%I
      for each statement execute function pv.refuse_change()', v_table);
  end loop;
  foreach v_table in array array['leaf', 'released_openings'] loop
    execute format('create trigger never_changed before update or delete on pv.%I
      for each row execute function pv.refuse_change()', v_table);
  end loop;
  foreach v_table in array array['entry', 'unlogged'] loop
    execute format('create trigger never_changed before update on pv.%I
      for each row execute function pv.refuse_change()', v_table);
  end loop;
end
$$;
create trigger never_changed before update on pv.log for each row execute function pv.refuse_log_change();
create trigger never_deleted before delete on pv.log for each row execute function pv.refuse_change();
create trigger never_deleted after delete on pv.entry
  referencing old table as gone for each statement execute function pv.refuse_entry_deletion();
create trigger never_deleted after delete on pv.unlogged
  referencing old table as gone for each statement execute function pv.refuse_unlogged_deletion();
create trigger entries_removed after delete on pv.ballot
  referencing old table as gone for each statement execute function pv.remove_entries();

-- Opens the log of an election, or gives it the manifest of an amended election: 'opened', 'known', 'amended', or 'frozen'
-- where entries exist under another origin. Deposits hold the same lock shared.
create function pv.open_log(p_election text, p_origin text, p_manifest_hash bytea, p_manifest text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_log pv.log;
  v_min_batch integer;
  v_disclosed boolean;
begin
  v_min_batch := (p_manifest::jsonb #>> '{manifest,minBatch}')::integer;
  v_disclosed := (p_manifest::jsonb #>> '{manifest,disclosure}') = 'ballots';
  perform pg_advisory_xact_lock(20260005, hashtext(p_election));
  select l.* into v_log from pv.log l where l.election_id = p_election;
  if not found then
    insert into pv.log (election_id, origin, manifest_hash, manifest, min_batch, online_disclosed)
    values (p_election, p_origin, p_manifest_hash, p_manifest, v_min_batch, v_disclosed);
    return 'opened';
  elsif v_log.origin = p_origin then
    return 'known';
  elsif exists (select from pv.entry e where e.election_no = v_log.election_no) then
    return 'frozen';
  end if;
  update pv.log set origin = p_origin, manifest_hash = p_manifest_hash, manifest = p_manifest,
    min_batch = v_min_batch, online_disclosed = v_disclosed
  where election_id = p_election;
  return 'amended';
end
$$;

-- Adds the entries of ballots, 131 bytes each, to the queue of the log, in the transaction that deposits the ballots, and
-- returns how many were new. Only functions that deposit ballots call it. PV003: another entry has the tracker or the cast
-- tag.
create function pv.add_entries(p_election text, p_trackers bytea[], p_entries bytea[]) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- Each call has arrays of another size: a generic plan would compare every row with every other.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_count constant integer := cardinality(p_trackers);
  v_election_no integer;
  v_new integer;
begin
  if v_count is null or cardinality(p_entries) is distinct from v_count
    or array_position(p_trackers, null) is not null
    or exists (select from unnest(p_entries) as i(entry)
               where octet_length(i.entry) is distinct from 131 or get_byte(i.entry, 0) <> 2) then
    raise exception 'inputs of wrong size' using errcode = '22023';
  end if;
  perform pv.hold_box(p_election);
  select l.election_no into v_election_no from pv.log l where l.election_id = p_election;
  if not found then
    raise exception 'no log is open for this election' using errcode = '22023';
  end if;
  with new as (
    insert into pv.entry (tracker, election_no, kind, channel, cast_tag, content, signature)
    select i.tracker, v_election_no, get_byte(i.entry, 1), get_byte(i.entry, 2), substring(i.entry from 4 for 32),
      substring(i.entry from 36 for 32), substring(i.entry from 68 for 64)
    from unnest(p_trackers, p_entries) as i(tracker, entry) order by i.tracker
    on conflict do nothing
    returning channel, cast_tag
  )
  insert into pv.unlogged (election_no, channel, cast_tag)
  select v_election_no, new.channel, new.cast_tag from new order by new.channel, new.cast_tag;
  get diagnostics v_new = row_count;
  if v_new < v_count and exists (
    select from unnest(p_trackers, p_entries) as i(tracker, entry)
    where (select e.election_no = v_election_no and e.entry = i.entry
           from pv.signed_entry e where e.tracker = i.tracker) is not true) then
    raise exception 'another entry has the same tracker or cast tag' using errcode = 'PV003';
  end if;
  return v_new;
end
$$;

-- The lock of the working log: held by its connection until it ends or releases it.
create function pv.take_log_lock() returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select pg_try_advisory_lock(20260007, 0)
$$;

create function pv.release_log_lock() returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select pg_advisory_unlock(20260007, 0)
$$;

-- The logs with the number of places, whether entries wait for one, and whether the contents may be shown. `ended`: the
-- intake is closed.
create function pv.list_logs()
returns table (election_no integer, election_id text, origin text, manifest text, size bigint, waiting boolean,
  ended boolean, closed boolean, released boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.election_no, l.election_id, l.origin, l.manifest,
    coalesce((select max(f.leaf_index) + 1 from pv.leaf f where f.election_no = l.election_no), 0),
    exists (select from pv.unlogged u where u.election_no = l.election_no),
    exists (select from pv.intake_closing i where i.election_id = l.election_id),
    exists (select from pv.closed_box c where c.election_id = l.election_id),
    exists (select from pv.released_openings r where r.election_no = l.election_no)
  from pv.log l order by l.election_no
$$;

-- Gives places to waiting entries, in the order of their cast tags, and returns how many.
create function pv.log_take(p_election_no integer, p_limit integer) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_log pv.log;
  v_closed boolean;
  v_size bigint;
  v_online integer;
  v_taken integer;
begin
  if current_setting('transaction_isolation') <> 'read committed'
    or current_setting('synchronous_commit') in ('off', 'local') then
    raise exception 'a log needs read committed and a commit that waits' using errcode = '25001';
  end if;
  select l.* into v_log from pv.log l where l.election_no = p_election_no for update;
  if not found or p_limit is null or p_limit not between v_log.min_batch and 100000 then
    raise exception 'no such log, or a limit under K' using errcode = '22023';
  end if;
  v_closed := exists (select from pv.closed_box c where c.election_id = v_log.election_id);
  select coalesce(max(f.leaf_index) + 1, 0) into v_size from pv.leaf f where f.election_no = p_election_no;
  select count(*) into v_online
  from (select from pv.unlogged u where u.election_no = p_election_no and u.channel = 1 limit p_limit) u;
  if not exists (select from pv.intake_closing i where i.election_id = v_log.election_id) then
    v_online := v_online - v_online % v_log.min_batch;
  end if;
  with taken as (
    (select u.channel, u.cast_tag from pv.unlogged u
     where u.election_no = p_election_no and u.channel = 1 order by u.cast_tag limit v_online)
    union all
    (select u.channel, u.cast_tag from pv.unlogged u
     where u.election_no = p_election_no and u.channel = 2 and v_closed order by u.cast_tag limit p_limit - v_online)
  ), placed as (
    insert into pv.leaf (election_no, leaf_index, cast_tag)
    select p_election_no, v_size + row_number() over (order by t.cast_tag) - 1, t.cast_tag from taken t
    order by t.cast_tag
  )
  delete from pv.unlogged u using taken t
  where u.election_no = p_election_no and u.channel = t.channel and u.cast_tag = t.cast_tag;
  get diagnostics v_taken = row_count;
  return v_taken;
end
$$;

-- Entries in the order of their places, from a place on.
create function pv.log_entries(p_election_no integer, p_first bigint, p_limit integer)
returns table (leaf_index bigint, entry bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.leaf_index, e.entry
  from pv.leaf f join pv.signed_entry e using (election_no, cast_tag)
  where f.election_no = p_election_no and f.leaf_index >= p_first order by f.leaf_index limit p_limit
$$;

-- The contents of entries, from a place on, after the results are published: of ballots on paper, and of online ballots
-- only where the election said so from the start.
create function pv.log_openings(p_election_no integer, p_first bigint, p_limit integer)
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
    select f.leaf_index, e.tracker, b.ballot
    from pv.leaf f join pv.entry e using (election_no, cast_tag) join pv.ballot b using (tracker)
    where f.election_no = p_election_no and f.leaf_index >= p_first and (v_disclosed or e.channel = 2)
    order by f.leaf_index limit p_limit;
end
$$;

-- All entries of a complete log in the order of their places.
create function pv.final_log(p_election text) returns table (leaf_index bigint, entry bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election_no integer;
begin
  if not exists (select from pv.closed_box c where c.election_id = p_election) then
    raise exception 'the box is not closed for this election' using errcode = 'PV006';
  end if;
  select l.election_no into v_election_no from pv.log l where l.election_id = p_election;
  if not found then
    raise exception 'no log is open for this election' using errcode = '22023';
  elsif exists (select from pv.unlogged u where u.election_no = v_election_no)
    or (select count(*) from pv.leaf f where f.election_no = v_election_no)
      <> (select count(*) from pv.entry e where e.election_no = v_election_no) then
    raise exception 'the log is not complete' using errcode = 'PV008';
  end if;
  return query
    select f.leaf_index, e.entry
    from pv.leaf f join pv.signed_entry e using (election_no, cast_tag)
    where f.election_no = v_election_no order by f.leaf_index;
end
$$;

-- Says that the results of an election are published, so the contents of its log may be shown.
create function pv.release_openings(p_election text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from pv.closed_box c where c.election_id = p_election) then
    raise exception 'the box is not closed for this election' using errcode = 'PV006';
  end if;
  insert into pv.released_openings (election_no)
  select l.election_no from pv.log l where l.election_id = p_election on conflict do nothing;
end
$$;

-- Reports of the processes of `log` about themselves, as those of the mixer.
create function pv.keep_log_report(p_instance text, p_report text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from pv.log_report where reported_at < clock_timestamp() - interval '1 day' and instance <> p_instance;
  insert into pv.log_report (instance, report) values (p_instance, p_report)
  on conflict (instance) do update set report = excluded.report, reported_at = clock_timestamp()
$$;

create function pv.forget_log_report(p_instance text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from pv.log_report where instance = p_instance
$$;

create function pv.list_log_reports() returns table (report text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select r.report from pv.log_report r order by r.reported_at desc limit 50
$$;

grant execute on function
  pv.open_log(text, text, bytea, text),
  pv.final_log(text),
  pv.release_openings(text),
  pv.list_log_reports()
to popvote_elections;
grant execute on function
  pv.take_log_lock(),
  pv.release_log_lock(),
  pv.list_logs(),
  pv.log_take(integer, integer),
  pv.log_entries(integer, bigint, integer),
  pv.log_openings(integer, bigint, integer),
  pv.keep_log_report(text, text),
  pv.forget_log_report(text)
to popvote_log;

reset role;
