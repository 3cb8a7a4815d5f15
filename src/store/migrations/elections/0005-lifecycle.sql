-- Why: announcing, amending, extending and closing change three places besides this one (`ballots` and two Redis
-- instances), and any process may die in between. The intended change is stored here first, with its signed documents.
-- Then `ballots` accepts or refuses it, and only then it takes effect. Any process that sees a pending change completes
-- it. Publications are stored in parts (documents, turnout, results), each of which only moves forward, so that two
-- concurrent writers lose nothing.
set local role popvote_owner;

alter table pv.election
  -- What kind of change is pending; null for the amendment of an announced election.
  add column pending_act text check (pending_act in ('announce', 'extend', 'close')),
  -- The signed documents of the pending change; the highest revision that was ever signed for this election.
  add column pending_documents json,
  add column pending_revision integer,
  add column revision integer not null default 0 check (revision >= 0),
  -- The publications: an array of signed documents; the signed turnout; the signed results.
  add column documents json,
  add column documents_revision integer not null default 0,
  add column turnout json,
  add column turnout_revision integer not null default 0,
  add column results json,
  add column results_revision integer not null default 0,
  -- The last start of a turnout count.
  add column turnout_at timestamptz,
  -- The three revisions that `ballots` has: where they differ from those above, they are sent again.
  add column kept text not null default '0/0/0',
  -- Ballots cast by voters, at the permanent closing of the intake.
  add column participation bigint check (participation >= 0),
  add constraint pending_whole check (
    (pending is not null or num_nonnulls(pending_act, pending_documents, pending_revision) = 0)
    and num_nonnulls(pending_documents, pending_revision) in (0, 2)
  ),
  add constraint closed_counted check (state in ('draft', 'announced') or participation is not null);

-- A time as documents show it.
create function pv.instant_text(p_at timestamptz) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- The participants that a definition names.
create function pv.named_participants(p_definition json) returns uuid[]
language sql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(distinct (o.value ->> 'participantId')::uuid), '{}')
  from json_array_elements(p_definition -> 'contests') c, json_array_elements(c.value -> 'options') o
  where o.value ->> 'participantId' is not null
$$;

-- First step of announcing a draft: 'proposed' (also where that is pending already); 'announced' where it is announced;
-- otherwise 'not-found', 'version', 'over' where its end has passed, 'overlap'.
create function pv.propose_announcement(p_election text, p_version integer, p_announced json, p_by text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row pv.election;
begin
  select e.* into v_row from pv.election e where e.election_id = p_election for update;
  if not found then
    return 'not-found';
  elsif v_row.state <> 'draft' then
    return 'announced';
  elsif v_row.pending is not null then
    return 'proposed';
  elsif v_row.version <> p_version then
    return 'version';
  elsif v_row.closes_at <= clock_timestamp() then
    return 'over';
  end if;
  update pv.election e
  set pending = json_build_object('definition', e.definition, 'announced', p_announced),
    pending_opens_at = e.opens_at, pending_closes_at = e.closes_at, pending_act = 'announce',
    version = e.version + 1, changed_at = clock_timestamp(), changed_by = p_by
  where e.election_id = p_election;
  return 'proposed';
exception when exclusion_violation then
  return 'overlap';
end
$$;

-- Another end of an announced election: later (p_closes_at) than the present one, or now (null). 'proposed';
-- 'unchanged' where that is its end already; otherwise 'not-found', 'pending' (another change), 'state', 'over' where
-- voting has ended, 'early' where voting has not opened, 'not-later', 'overlap'.
create function pv.propose_end(p_election text, p_closes_at timestamptz, p_by text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row pv.election;
  v_now timestamptz;
  v_end timestamptz;
  v_act constant text := case when p_closes_at is null then 'close' else 'extend' end;
  v_text jsonb;
begin
  select e.* into v_row from pv.election e where e.election_id = p_election for update;
  v_now := clock_timestamp();
  if not found then
    return 'not-found';
  elsif v_row.pending is not null then
    return case when v_row.pending_act = v_act and (v_act = 'close' or v_row.pending_closes_at = p_closes_at)
      then 'proposed' else 'pending' end;
  elsif v_row.state <> 'announced' then
    return 'state';
  elsif v_row.closes_at = p_closes_at then
    return 'unchanged';
  elsif v_row.closes_at <= v_now then
    return 'over';
  elsif v_act = 'close' and v_row.opens_at >= v_now then
    return 'early';
  elsif v_act = 'extend' and p_closes_at < v_row.closes_at then
    return 'not-later';
  end if;
  v_end := coalesce(p_closes_at, greatest(date_trunc('milliseconds', v_now), v_row.opens_at + interval '1 ms'));
  v_text := jsonb_build_object('closesAt', pv.instant_text(v_end));
  update pv.election e
  set pending = json_build_object(
      'definition', e.definition::jsonb || v_text, 'announced', e.announced::jsonb || v_text),
    pending_opens_at = e.opens_at, pending_closes_at = v_end, pending_act = v_act,
    version = e.version + 1, changed_at = clock_timestamp(), changed_by = p_by
  where e.election_id = p_election;
  return 'proposed';
exception when exclusion_violation then
  return 'overlap';
end
$$;

-- Sets a pending end of "now" to the present moment again, because `ballots` refused the first one.
create function pv.retime_closing(p_election text, p_pending_revision integer) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_end constant timestamptz := date_trunc('milliseconds', clock_timestamp());
  v_text constant jsonb := jsonb_build_object('closesAt', pv.instant_text(v_end));
begin
  update pv.election e
  set pending = json_build_object(
      'definition', (e.pending -> 'definition')::jsonb || v_text, 'announced', (e.pending -> 'announced')::jsonb || v_text),
    pending_closes_at = v_end, pending_documents = null, pending_revision = null
  where e.election_id = p_election and e.pending_act = 'close' and e.pending_revision = p_pending_revision
    and v_end < e.closes_at;
  return found;
end
$$;

-- Stores the signed documents of a pending change: false where it is no longer pending, or others came first.
create function pv.stamp_pending(p_election text, p_version integer, p_revision integer, p_documents json)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.election e
  set pending_documents = p_documents, pending_revision = p_revision, revision = p_revision
  where e.election_id = p_election and e.version = p_version and e.pending is not null and p_revision > e.revision;
  return found;
end
$$;

-- Completes the pending change of this revision, which `ballots` accepted. Repeating it changes nothing.
create function pv.complete_pending(p_election text, p_revision integer) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_definition json;
begin
  update pv.election e
  set state = case e.state when 'draft' then 'announced' else e.state end,
    definition = e.pending -> 'definition', announced = e.pending -> 'announced',
    opens_at = e.pending_opens_at, closes_at = e.pending_closes_at,
    announced_at = coalesce(e.announced_at, clock_timestamp()),
    documents = e.pending_documents, documents_revision = e.pending_revision,
    pending = null, pending_opens_at = null, pending_closes_at = null, pending_act = null, pending_documents = null,
    pending_revision = null
  where e.election_id = p_election and e.pending_revision = p_revision and e.state in ('draft', 'announced')
  returning e.definition into v_definition;
  if not found then
    return false;
  end if;
  perform pv.set_candidates(p_election, pv.named_participants(v_definition), false);
  return true;
end
$$;

-- Drops the pending change, which `ballots` refused. The election is as before.
create function pv.withdraw_pending(p_election text, p_revision integer) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_definition json;
begin
  update pv.election e
  set pending = null, pending_opens_at = null, pending_closes_at = null, pending_act = null, pending_documents = null,
    pending_revision = null, version = e.version + 1
  where e.election_id = p_election and e.pending_revision = p_revision
  returning e.definition into v_definition;
  if not found then
    return false;
  end if;
  perform pv.set_candidates(p_election, pv.named_participants(v_definition), false);
  return true;
end
$$;

-- Records that the intake is closed permanently, with the number who took part. Repeating it changes nothing.
create function pv.finish_closing(p_election text, p_participation bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.election e
  set state = 'closed', participation = p_participation, version = e.version + 1, changed_at = clock_timestamp(),
    changed_by = 'clock'
  where e.election_id = p_election and e.state = 'announced' and e.pending is null;
  return found;
end
$$;

-- True for one of those who ask within p_ms milliseconds: that one counts.
create function pv.claim_turnout(p_election text, p_ms integer) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.election e set turnout_at = clock_timestamp()
  where e.election_id = p_election
    and (e.turnout_at is null or e.turnout_at <= clock_timestamp() - make_interval(secs => p_ms / 1000.0));
  return found;
end
$$;

create function pv.store_turnout(p_election text, p_revision integer, p_turnout json) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.election e set turnout = p_turnout, turnout_revision = p_revision
  where e.election_id = p_election and e.turnout_revision < p_revision
    -- A final turnout is the last.
    and (e.turnout #>> '{turnout,final}') is distinct from 'true';
  return found;
end
$$;

-- Publishes results with their documents. False where newer ones are published. The same again changes nothing.
create function pv.store_published(
  p_election text, p_revision integer, p_documents json, p_results_revision integer, p_results json
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.election e
  set documents = p_documents, documents_revision = p_revision, revision = p_revision, results = p_results,
    results_revision = p_results_revision
  where e.election_id = p_election and e.revision < p_revision and e.results_revision < p_results_revision
    and e.state in ('counted', 'published');
  return found;
end
$$;

create function pv.note_kept(p_election text, p_kept text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update pv.election e set kept = p_kept where e.election_id = p_election and e.kept <> p_kept
$$;

create function pv.revisions_of(e pv.election) returns text
language sql immutable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.documents_revision || '/' || e.turnout_revision || '/' || e.results_revision
$$;

-- What the schedule and the lifecycle actions read.
create function pv.find_lifecycle(p_election text)
returns table (
  election_id text, state text, phase text, version integer, announced json, opens_at_ms bigint, closes_at_ms bigint,
  pending json, pending_act text, pending_closes_at_ms bigint, pending_revision integer, pending_documents json,
  revision integer, documents json, turnout json, turnout_revision integer, results json, revisions text, kept text,
  participation bigint, now_ms bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, e.state, pv.phase_of(e), e.version, e.announced,
    (extract(epoch from e.opens_at) * 1000)::bigint, (extract(epoch from e.closes_at) * 1000)::bigint,
    e.pending, e.pending_act, (extract(epoch from e.pending_closes_at) * 1000)::bigint, e.pending_revision,
    e.pending_documents, e.revision, e.documents, e.turnout, e.turnout_revision, e.results, pv.revisions_of(e), e.kept,
    e.participation, floor(extract(epoch from clock_timestamp()) * 1000)::bigint
  from pv.election e where e.election_id = p_election
$$;

-- What is due, the oldest change first: a pending change whose process seems to have stopped; an end whose grace is
-- over; a turnout to count again, until a final one exists; a publication that `ballots` does not have.
create function pv.due_elections(p_limit integer, p_turnout_ms integer, p_rehearsal_turnout_ms integer)
returns table (election_id text, pending boolean, ended boolean, uncounted boolean, unkept boolean)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select d.election_id, d.pending, d.ended, d.uncounted, d.unkept from (
    select e.election_id,
      e.pending is not null and e.changed_at <= clock_timestamp() - interval '5 s' as pending,
      e.state = 'announced' and e.pending is null and clock_timestamp() >= e.closes_at
        + make_interval(secs => coalesce((e.announced ->> 'graceSeconds')::integer, 120)) as ended,
      e.state <> 'draft' and clock_timestamp() >= e.opens_at and (e.turnout #>> '{turnout,final}') is distinct from 'true'
        and (e.turnout_at is null or e.turnout_at <= clock_timestamp() - make_interval(secs =>
          case when e.rehearsal then p_rehearsal_turnout_ms else p_turnout_ms end / 1000.0)) as uncounted,
      e.documents is not null and e.kept <> pv.revisions_of(e) as unkept,
      e.changed_at
    from pv.election e
  ) d (election_id, pending, ended, uncounted, unkept, changed_at)
  where d.pending or d.ended or d.uncounted or d.unkept
  order by d.changed_at limit p_limit
$$;

-- The publications: of all elections the revisions, those that close last first; and the parts of one.
create function pv.published_revisions(p_limit integer) returns table (election_id text, revisions text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, pv.revisions_of(e)
  from pv.election e where e.documents is not null order by e.closes_at desc, e.election_id limit p_limit
$$;
create function pv.published_parts(p_election text)
returns table (documents json, turnout json, results json, revisions text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.documents, e.turnout, e.results, pv.revisions_of(e)
  from pv.election e where e.election_id = p_election and e.documents is not null
$$;

grant execute on function
  pv.propose_announcement(text, integer, json, text),
  pv.propose_end(text, timestamptz, text),
  pv.retime_closing(text, integer),
  pv.stamp_pending(text, integer, integer, json),
  pv.complete_pending(text, integer),
  pv.withdraw_pending(text, integer),
  pv.finish_closing(text, bigint),
  pv.claim_turnout(text, integer),
  pv.store_turnout(text, integer, json),
  pv.note_kept(text, text),
  pv.find_lifecycle(text),
  pv.due_elections(integer, integer, integer),
  pv.published_revisions(integer),
  pv.published_parts(text)
to popvote_elections;

reset role;
