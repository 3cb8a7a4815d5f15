-- Why: elections as administrators write them, and the state of each. The database's clock decides opening and closing.
-- Where only one election may run at a time, an exclusion constraint forbids overlaps. A change of an announced
-- election is stored as `pending` until every service that needs it has it, and takes effect only then. If a process
-- dies in between, the pending change is completed or withdrawn later.
set local role popvote_owner;

create table pv.setting (
  only_row boolean primary key default true check (only_row),
  one_at_a_time boolean not null default false
);
insert into pv.setting default values;

create table pv.election (
  election_id text primary key check (election_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  -- The order of creation, for paging.
  number bigint generated always as identity unique,
  state text not null default 'draft' check (state in ('draft', 'announced', 'closed', 'counted', 'published')),
  -- Grows with each change: a change names the version that it is based on.
  version integer not null default 1 check (version > 0),
  -- As an administrator wrote it: options may name participants.
  definition json not null,
  -- As it was announced, with the names that participants had then; null before.
  announced json,
  opens_at timestamptz not null,
  closes_at timestamptz not null check (closes_at > opens_at),
  rehearsal boolean not null,
  -- A pending definition: {"definition": …, "announced": …}, with its times.
  pending json,
  pending_opens_at timestamptz,
  pending_closes_at timestamptz check (pending_closes_at > pending_opens_at),
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  changed_at timestamptz not null default clock_timestamp(),
  changed_by text not null,
  announced_at timestamptz,
  -- Both are maintained by the trigger below: the period of the election, and whether others may overlap it.
  held tstzrange not null,
  alone boolean not null,
  check (num_nonnulls(pending, pending_opens_at, pending_closes_at) in (0, 3)),
  check ((state = 'draft') = (announced is null)),
  -- From the opening until just before the end: the next election may open at the moment at which this one closes.
  constraint one_at_a_time exclude using gist (held with &&) where (alone)
);

create function pv.hold_time() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  new.held := tstzrange(
    least(new.opens_at, new.pending_opens_at), greatest(new.closes_at, new.pending_closes_at), '[)'
  );
  new.alone := (new.state <> 'draft' or new.pending is not null) and not new.rehearsal
    and (select s.one_at_a_time from pv.setting s);
  return new;
end
$$;
create trigger hold_time before insert or update on pv.election for each row execute function pv.hold_time();

-- Only a draft can be removed, by any caller.
create trigger never_removed before delete on pv.election for each row
  when (old.state <> 'draft' or old.pending is not null) execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.election for each statement execute function pv.refuse_change();

-- The participants that an election names, in its present or its pending definition.
create table pv.candidacy (
  election_id text not null references pv.election on delete cascade,
  participant_id uuid not null references pv.participant,
  primary key (election_id, participant_id)
);
create index candidacy_of_participant on pv.candidacy (participant_id);

-- The phase at this moment.
create function pv.phase_of(e pv.election) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case
    when e.state = 'draft' then 'draft'
    when e.state = 'published' then 'published'
    when e.state <> 'announced' or clock_timestamp() >= e.closes_at then 'closed'
    when clock_timestamp() >= e.opens_at then 'open'
    else 'scheduled'
  end
$$;

-- Internal: sets the participants that an election names.
create function pv.set_candidates(p_election text, p_participants uuid[], p_keep boolean) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from pv.candidacy c
  where c.election_id = p_election and not p_keep and c.participant_id <> all(p_participants);
  insert into pv.candidacy (election_id, participant_id)
  select p_election, p from unnest(p_participants) p on conflict do nothing;
$$;

-- 'created', 'taken', or 'unknown-participant' where one was removed meanwhile.
create function pv.create_election(
  p_election text, p_definition json, p_opens_at timestamptz, p_closes_at timestamptz, p_rehearsal boolean,
  p_participants uuid[], p_by text
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pv.election (election_id, definition, opens_at, closes_at, rehearsal, created_by, changed_by)
  values (p_election, p_definition, p_opens_at, p_closes_at, p_rehearsal, p_by, p_by)
  on conflict (election_id) do nothing;
  if not found then
    return 'taken';
  end if;
  perform pv.set_candidates(p_election, p_participants, false);
  return 'created';
exception when foreign_key_violation then
  return 'unknown-participant';
end
$$;

-- 'changed'; 'not-found'; 'version' where another change came first; 'state' where it is no draft; 'pending' while a
-- change is pending; 'unknown-participant'.
create function pv.change_draft(
  p_election text, p_version integer, p_definition json, p_opens_at timestamptz, p_closes_at timestamptz,
  p_rehearsal boolean, p_participants uuid[], p_by text
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome constant text := pv.changeable(p_election, p_version);
begin
  if v_outcome <> 'draft' then
    return case when v_outcome = 'announced' then 'state' else v_outcome end;
  end if;
  update pv.election e
  set definition = p_definition, opens_at = p_opens_at, closes_at = p_closes_at, rehearsal = p_rehearsal,
    version = e.version + 1, changed_at = clock_timestamp(), changed_by = p_by
  where e.election_id = p_election;
  perform pv.set_candidates(p_election, p_participants, false);
  return 'changed';
exception when foreign_key_violation then
  return 'unknown-participant';
end
$$;

-- Internal: locks the row and returns 'draft', 'announced' (and not open yet), 'not-found', 'version', 'pending',
-- 'opened' (too late for changes). p_version null: any version.
create function pv.changeable(p_election text, p_version integer) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row pv.election;
begin
  select e.* into v_row from pv.election e where e.election_id = p_election for update;
  return case
    when not found then 'not-found'
    when v_row.version <> p_version then 'version'
    when v_row.pending is not null then 'pending'
    when v_row.state = 'draft' then 'draft'
    when v_row.state = 'announced' and clock_timestamp() < v_row.opens_at then 'announced'
    else 'opened'
  end;
end
$$;

-- 'deleted', 'not-found', 'version', 'pending', 'state'.
create function pv.delete_draft(p_election text, p_version integer) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome constant text := pv.changeable(p_election, p_version);
begin
  if v_outcome <> 'draft' then
    return case when v_outcome in ('announced', 'opened') then 'state' else v_outcome end;
  end if;
  delete from pv.election e where e.election_id = p_election;
  return 'deleted';
end
$$;

-- First step of a change of an announced election: it is stored as pending, and both its period and the present period
-- are reserved. 'proposed'; 'not-found', 'version', 'pending', 'state', 'opened', 'unknown-participant'; 'overlap'.
create function pv.propose_amendment(
  p_election text, p_version integer, p_definition json, p_announced json, p_opens_at timestamptz,
  p_closes_at timestamptz, p_participants uuid[], p_by text
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome constant text := pv.changeable(p_election, p_version);
begin
  if v_outcome <> 'announced' then
    return case when v_outcome = 'draft' then 'state' else v_outcome end;
  end if;
  update pv.election e
  set pending = json_build_object('definition', p_definition, 'announced', p_announced),
    pending_opens_at = p_opens_at, pending_closes_at = p_closes_at,
    version = e.version + 1, changed_at = clock_timestamp(), changed_by = p_by
  where e.election_id = p_election;
  perform pv.set_candidates(p_election, p_participants, true);
  return 'proposed';
exception
  when foreign_key_violation then
    return 'unknown-participant';
  when exclusion_violation then
    return 'overlap';
end
$$;

create type pv.seen_election as (
  election_id text, number bigint, state text, phase text, version integer, definition json, announced json,
  pending json, opens_at_ms bigint, closes_at_ms bigint, created_at_ms bigint, created_by text, changed_at_ms bigint,
  changed_by text, announced_at_ms bigint
);
create function pv.see_election(e pv.election) returns pv.seen_election
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, e.number, e.state, pv.phase_of(e), e.version, e.definition, e.announced, e.pending,
    (extract(epoch from e.opens_at) * 1000)::bigint, (extract(epoch from e.closes_at) * 1000)::bigint,
    (extract(epoch from e.created_at) * 1000)::bigint, e.created_by,
    (extract(epoch from e.changed_at) * 1000)::bigint, e.changed_by,
    (extract(epoch from e.announced_at) * 1000)::bigint
$$;

create function pv.find_election(p_election text) returns setof pv.seen_election
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.* from pv.election e cross join lateral pv.see_election(e) s where e.election_id = p_election
$$;

-- Newest first: elections before a number, in a phase.
create function pv.list_elections(p_before bigint, p_phase text, p_limit integer)
returns table (
  election_id text, number bigint, title json, state text, phase text, version integer, opens_at_ms bigint,
  closes_at_ms bigint, rehearsal boolean, pending boolean, contests integer
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, e.number, e.definition -> 'title', e.state, pv.phase_of(e), e.version,
    (extract(epoch from e.opens_at) * 1000)::bigint, (extract(epoch from e.closes_at) * 1000)::bigint, e.rehearsal,
    e.pending is not null, json_array_length(e.definition -> 'contests')
  from pv.election e
  where (p_before is null or e.number < p_before) and (p_phase is null or pv.phase_of(e) = p_phase)
  order by e.number desc limit p_limit
$$;

-- Which elections name a participant, the newest first, at most p_limit; `total` of all.
create function pv.elections_of(p_participant uuid, p_limit integer)
returns table (election_id text, title json, total bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, e.definition -> 'title', count(*) over ()
  from pv.candidacy c join pv.election e on e.election_id = c.election_id
  where c.participant_id = p_participant order by e.number desc limit p_limit
$$;

-- How many elections name each of some participants; those that none names are left out.
create function pv.count_uses(p_participants uuid[]) returns table (participant_id uuid, elections bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.participant_id, count(*) from pv.candidacy c
  where c.participant_id = any(p_participants) group by c.participant_id
$$;

-- 'deleted', 'not-found' or 'used'.
create function pv.delete_participant(p_participant uuid) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from pv.participant p where p.participant_id = p_participant;
  return case when found then 'deleted' else 'not-found' end;
exception when foreign_key_violation then
  return 'used';
end
$$;

create function pv.find_settings() returns table (one_at_a_time boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.one_at_a_time from pv.setting s
$$;

-- 'set', 'unchanged', or 'overlap' where announced elections overlap.
create function pv.set_one_at_a_time(p_on boolean) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- No election can be written or locked until this is done: each is written under one value of the setting.
  lock table pv.election in exclusive mode;
  update pv.setting s set one_at_a_time = p_on where s.one_at_a_time <> p_on;
  if not found then
    return 'unchanged';
  end if;
  -- The trigger reads the setting again.
  update pv.election e set version = e.version where not e.rehearsal and (e.state <> 'draft' or e.pending is not null);
  return 'set';
exception when exclusion_violation then
  return 'overlap';
end
$$;

-- Pairs of announced elections that overlap, rehearsals excluded: all of them, or those of one election in a proposed
-- period.
create function pv.overlaps(p_limit integer)
returns table (election_id text, title json, other_id text, other_title json)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, e.definition -> 'title', o.election_id, o.definition -> 'title'
  from pv.election e join pv.election o on e.number < o.number and e.held && o.held
  where not e.rehearsal and not o.rehearsal
    and (e.state <> 'draft' or e.pending is not null) and (o.state <> 'draft' or o.pending is not null)
  order by e.number, o.number limit p_limit
$$;

create function pv.overlapping(p_election text, p_opens_at timestamptz, p_closes_at timestamptz, p_limit integer)
returns table (election_id text, title json, opens_at_ms bigint, closes_at_ms bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select o.election_id, o.definition -> 'title',
    (extract(epoch from lower(o.held)) * 1000)::bigint, (extract(epoch from upper(o.held)) * 1000)::bigint
  from pv.election o
  where o.election_id <> p_election and not o.rehearsal and (o.state <> 'draft' or o.pending is not null)
    and o.held && tstzrange(p_opens_at, p_closes_at, '[)')
  order by o.opens_at, o.number limit p_limit
$$;

grant execute on function
  pv.create_election(text, json, timestamptz, timestamptz, boolean, uuid[], text),
  pv.change_draft(text, integer, json, timestamptz, timestamptz, boolean, uuid[], text),
  pv.delete_draft(text, integer),
  pv.propose_amendment(text, integer, json, json, timestamptz, timestamptz, uuid[], text),
  pv.find_election(text),
  pv.list_elections(bigint, text, integer),
  pv.elections_of(uuid, integer),
  pv.count_uses(uuid[]),
  pv.delete_participant(uuid),
  pv.find_settings(),
  pv.set_one_at_a_time(boolean),
  pv.overlaps(integer),
  pv.overlapping(text, timestamptz, timestamptz, integer)
to popvote_elections;

reset role;
