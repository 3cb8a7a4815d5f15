-- Why: the ballots, without voters. This database is on a separate server with a separate administrator and shares no
-- value with the other database. Ballots are never changed, not even by the owner.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['popvote_owner', 'popvote_mixer', 'popvote_elections'] loop
    -- Roles belong to the whole server. Another database's migrations may have created them already.
    begin
      execute format('create role %I nologin', v_role);
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;
  if not (select r.rolsuper from pg_roles r where r.rolname = current_user) then
    execute format('grant popvote_owner to %I', current_user);
  end if;
  -- A large object belongs to the role that creates it, so it could store what no table may hold.
  if (select r.rolsuper from pg_roles r where r.rolname = current_user) then
    revoke execute on function lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea) from public;
  end if;
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to popvote_mixer, popvote_elections', current_database());
end
$$;

alter role popvote_mixer set default_transaction_isolation = 'read committed';
alter role popvote_mixer set lock_timeout = '5s';
alter role popvote_elections set default_transaction_isolation = 'read committed';

revoke all on schema public from public;
create schema pv authorization popvote_owner;
revoke all on schema pv from public;
grant usage on schema pv to popvote_mixer, popvote_elections;
alter default privileges for role popvote_owner revoke execute on functions from public;

set local role popvote_owner;

create function pv.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'what is recorded is never changed' using errcode = '42501';
end
$$;

-- The tracker is the only key: no time and no sequence that would show the order of the ballots.
create table pv.ballot (
  tracker bytea primary key check (octet_length(tracker) = 32),
  election_id text not null check (election_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  channel text not null check (channel in ('online', 'batch')),
  ballot text not null check (octet_length(ballot) between 2 and 32768)
);

create trigger never_changed before update or delete on pv.ballot
  for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.ballot
  for each statement execute function pv.refuse_change();

-- Inserts ballots cast online, all or none, in the order of their trackers, and returns how many were new. The same
-- batch again adds nothing. PV003 is an alarm: two different ballots have one tracker, so one would be lost.
create function pv.deposit_online(p_election text, p_trackers bytea[], p_ballots text[]) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_nestloop = off
set enable_seqscan = off
as $$
declare
  v_count constant integer := cardinality(p_trackers);
  v_new integer;
begin
  if current_setting('transaction_isolation') <> 'read committed'
    or current_setting('synchronous_commit') in ('off', 'local') then
    raise exception 'a deposit needs read committed and a commit that waits' using errcode = '25001';
  end if;
  if v_count is null or v_count not between 1 and 10000 or cardinality(p_ballots) is distinct from v_count
    or array_position(p_trackers, null) is not null or array_position(p_ballots, null) is not null then
    raise exception 'inputs of wrong size' using errcode = '22023';
  end if;
  if (select count(distinct i.tracker) from unnest(p_trackers) as i(tracker)) <> v_count then
    raise exception 'equal trackers in one batch' using errcode = 'PV003';
  end if;
  insert into pv.ballot (tracker, election_id, channel, ballot)
  select i.tracker, p_election, 'online', i.ballot
  from unnest(p_trackers, p_ballots) as i(tracker, ballot) order by i.tracker
  on conflict do nothing;
  get diagnostics v_new = row_count;
  if v_new < v_count then
    perform 1
    from unnest(p_trackers, p_ballots) as i(tracker, ballot)
    where (select b.election_id = p_election and b.channel = 'online' and b.ballot = i.ballot
           from pv.ballot b where b.tracker = i.tracker) is not true;
    if found then
      raise exception 'another ballot stands under the same tracker' using errcode = 'PV003';
    end if;
  end if;
  return v_new;
end
$$;

-- The number of ballots, without their contents.
create function pv.count_ballots() returns table (election_id text, channel text, ballots bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select b.election_id, b.channel, count(*) from pv.ballot b group by b.election_id, b.channel
$$;

grant execute on function pv.deposit_online(text, bytea[], text[]) to popvote_mixer;
grant execute on function pv.count_ballots() to popvote_mixer, popvote_elections;

reset role;
