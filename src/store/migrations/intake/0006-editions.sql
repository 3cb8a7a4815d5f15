-- Why: an election may be amended until it opens, and a ballot that was checked against the old contests must not be
-- recorded under the new ones. The intake counts the versions of an election's definition. A cast names the version
-- that it was checked against, and any other is refused. Not every election accepts casts: one with batches only
-- refuses them here too. And publications may advance in any state, while the election's facts stay those of the
-- intake.
set local role popvote_owner;

alter table pv.election
  add column edition integer not null default 1 check (edition > 0),
  -- Before channels existed, casting was the only one.
  add column online boolean not null generated always as
    (coalesce(definition ->> 'channels' like '%"online"%', true)) stored;

drop function pv.find_election(text);

-- What `ballots` caches of one election.
create function pv.find_election(p_election text)
returns table (
  election_id text, edition integer, state text, scheme text, sealed_bytes integer, definition json, key_check bytea
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, e.edition, e.state, e.scheme, e.sealed_bytes, e.definition, e.key_check
  from pv.election e where e.election_id = p_election
$$;

-- Casts ballots that were checked against one version of the definition: 'amended' for each where it is not the present
-- one, and nothing is recorded; 'not-open' for each where the election has no online channel; otherwise as the function
-- below.
create function pv.cast_ballots(
  p_election text, p_edition integer, p_voters bytea[], p_phones bytea[], p_attempts bytea[], p_sealed bytea[],
  p_verified_at timestamptz[]
) returns text[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election record;
begin
  -- The same lock as below, taken first: an amendment that it waited for is seen, and none happens in between.
  perform pg_advisory_xact_lock_shared(20260001, hashtext(p_election));
  select e.edition, e.online into v_election from pv.election e where e.election_id = p_election;
  if found and v_election.edition is distinct from p_edition then
    return array_fill('amended'::text, array[cardinality(p_voters)]);
  end if;
  -- No participation can exist here, so no promise is broken.
  if found and not v_election.online then
    return array_fill('not-open'::text, array[cardinality(p_voters)]);
  end if;
  return pv.cast_ballots(p_election, p_voters, p_phones, p_attempts, p_sealed, p_verified_at);
end
$$;

-- Another definition of an election: 'amended'; 'unchanged' where it is the same; 'not-found'; or 'conflict' once
-- voting has opened by this clock, somebody took part, or the revision is not newer. The scheme cannot change: a person
-- who verified by one number and returned under another scheme would count as two.
create function pv.amend_election(
  p_election text, p_opens_at timestamptz, p_closes_at timestamptz, p_grace interval, p_rehearsal boolean,
  p_min_batch integer, p_scheme text, p_sealed_bytes integer, p_definition json, p_publication json, p_revision integer
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election record;
  v_now timestamptz;
begin
  perform pg_advisory_xact_lock(20260001, hashtext(p_election));
  select e.opens_at, e.state, e.revision, e.scheme, e.definition::text as definition into v_election
  from pv.election e where e.election_id = p_election for update;
  if not found then
    return 'not-found';
  end if;
  if v_election.definition = p_definition::text and v_election.revision >= p_revision then
    return 'unchanged';
  end if;
  v_now := clock_timestamp();
  if v_election.state <> 'open' or v_now >= v_election.opens_at or p_revision <= v_election.revision
    or p_scheme <> v_election.scheme or p_closes_at <= p_opens_at or p_closes_at < v_now
    or exists (select 1 from pv.participation p where p.election_id = p_election) then
    return 'conflict';
  end if;
  update pv.election
  set opens_at = p_opens_at, closes_at = p_closes_at, grace = p_grace, rehearsal = p_rehearsal,
    min_batch = p_min_batch, sealed_bytes = p_sealed_bytes, definition = p_definition, publication = p_publication,
    revision = p_revision, edition = edition + 1
  where election_id = p_election;
  return 'amended';
end
$$;

-- As before, except for two things. A publication may advance at the same moment, so the row is locked. And "now" may
-- be another machine's clock: an end up to 30 s ago is still accepted as new, and not as a change of a past end.
create or replace function pv.set_times(
  p_election text, p_opens_at timestamptz, p_closes_at timestamptz, p_publication json, p_revision integer
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election record;
  v_now timestamptz;
begin
  perform pg_advisory_xact_lock(20260001, hashtext(p_election));
  select e.opens_at, e.closes_at, e.state, e.revision into v_election
  from pv.election e where e.election_id = p_election for update;
  if not found then
    return 'not-found';
  end if;
  v_now := clock_timestamp();
  if v_election.opens_at = p_opens_at and v_election.closes_at = p_closes_at and v_election.revision = p_revision then
    return 'unchanged';
  end if;
  if v_election.state <> 'open' or p_revision <= v_election.revision or p_closes_at <= p_opens_at
    or (p_closes_at <> v_election.closes_at and p_closes_at < v_now - interval '30 s')
    or (v_now >= v_election.opens_at and p_opens_at <> v_election.opens_at) then
    return 'conflict';
  end if;
  update pv.election set opens_at = p_opens_at, closes_at = p_closes_at, publication = p_publication,
    revision = p_revision
  where election_id = p_election;
  return 'set';
end
$$;

-- A newer publication: 'stored', 'unchanged', 'not-found', or 'conflict' where it shows other times, was made for
-- another version of the definition, or any part of it is older than the stored one. Documents are replaced only by a
-- higher revision; turnout and results by their own revisions, and never by nothing.
create function pv.set_publication(
  p_election text, p_edition integer, p_opens_at timestamptz, p_closes_at timestamptz, p_publication json,
  p_revision integer
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election record;
  v_turnout integer;
  v_results integer;
begin
  select e.opens_at, e.closes_at, e.edition, e.revision, e.publication into v_election
  from pv.election e where e.election_id = p_election for update;
  if not found then
    return 'not-found';
  end if;
  if v_election.publication::text = p_publication::text then
    return 'unchanged';
  end if;
  v_turnout := coalesce((p_publication #>> '{turnout,turnout,revision}')::integer, -1)
    - coalesce((v_election.publication #>> '{turnout,turnout,revision}')::integer, -1);
  v_results := coalesce((p_publication #>> '{results,results,revision}')::integer, -1)
    - coalesce((v_election.publication #>> '{results,results,revision}')::integer, -1);
  if v_election.opens_at <> p_opens_at or v_election.closes_at <> p_closes_at or v_election.edition <> p_edition
    or p_revision < v_election.revision or v_turnout < 0 or v_results < 0
    or (p_revision = v_election.revision
      and (p_publication -> 'documents')::text <> (v_election.publication -> 'documents')::text)
    or (v_turnout = 0 and (p_publication -> 'turnout')::text <> (v_election.publication -> 'turnout')::text)
    or (v_results = 0 and (p_publication -> 'results')::text <> (v_election.publication -> 'results')::text) then
    return 'conflict';
  end if;
  update pv.election set publication = p_publication, revision = p_revision where election_id = p_election;
  return 'stored';
end
$$;

revoke execute on function pv.cast_ballots(text, bytea[], bytea[], bytea[], bytea[], timestamptz[])
from popvote_ballots;
grant execute on function
  pv.find_election(text),
  pv.cast_ballots(text, integer, bytea[], bytea[], bytea[], bytea[], timestamptz[]),
  pv.amend_election(
    text, timestamptz, timestamptz, interval, boolean, integer, text, integer, json, json, integer
  ),
  pv.set_publication(text, integer, timestamptz, timestamptz, json, integer)
to popvote_ballots;

reset role;
