-- Why: an election has a manifest, which names its public log. It is signed with the documents of an announcement or of an
-- amendment, and stays when times or annotations change. The closing document says what the complete log has. Earlier code
-- stamps documents without a manifest: such an election has no log.
set local role popvote_owner;

alter table pv.election
  add column pending_manifest json,
  add column manifest json,
  add column closing json;

drop function pv.stamp_pending(text, integer, integer, json);

-- Stores the signed documents of a pending change, and the manifest that they need: false where it is no longer pending, or
-- others came first.
create function pv.stamp_pending(
  p_election text, p_version integer, p_revision integer, p_documents json, p_manifest json default null)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.election e
  set pending_documents = p_documents, pending_manifest = p_manifest, pending_revision = p_revision,
    revision = p_revision
  where e.election_id = p_election and e.version = p_version and e.pending is not null and p_revision > e.revision;
  return found;
end
$$;

-- As before; an announcement and an amendment bring their manifest.
create or replace function pv.complete_pending(p_election text, p_revision integer) returns boolean
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
    manifest = case when coalesce(e.pending_act, 'announce') = 'announce' then e.pending_manifest else e.manifest end,
    pending = null, pending_opens_at = null, pending_closes_at = null, pending_act = null, pending_documents = null,
    pending_manifest = null, pending_revision = null
  where e.election_id = p_election and e.pending_revision = p_revision and e.state in ('draft', 'announced')
  returning e.definition into v_definition;
  if not found then
    return false;
  end if;
  perform pv.set_candidates(p_election, pv.named_participants(v_definition), false);
  return true;
end
$$;

drop function pv.find_lifecycle(text);

-- What the schedule and the lifecycle actions read.
create function pv.find_lifecycle(p_election text)
returns table (
  election_id text, state text, phase text, version integer, announced json, opens_at_ms bigint, closes_at_ms bigint,
  pending json, pending_act text, pending_closes_at_ms bigint, pending_revision integer, pending_documents json,
  pending_manifest json, revision integer, documents json, manifest json, turnout json, turnout_revision integer,
  closing json, results json, revisions text, kept text, participation bigint, now_ms bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, e.state, pv.phase_of(e), e.version, e.announced,
    (extract(epoch from e.opens_at) * 1000)::bigint, (extract(epoch from e.closes_at) * 1000)::bigint,
    e.pending, e.pending_act, (extract(epoch from e.pending_closes_at) * 1000)::bigint, e.pending_revision,
    e.pending_documents, e.pending_manifest, e.revision, e.documents, e.manifest, e.turnout, e.turnout_revision,
    e.closing, e.results, pv.revisions_of(e), e.kept, e.participation,
    floor(extract(epoch from clock_timestamp()) * 1000)::bigint
  from pv.election e where e.election_id = p_election
$$;

drop function pv.published_parts(text);

create function pv.published_parts(p_election text)
returns table (documents json, manifest json, turnout json, closing json, results json, revisions text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.documents, e.manifest, e.turnout, e.closing, e.results, pv.revisions_of(e)
  from pv.election e where e.election_id = p_election and e.documents is not null
$$;

-- Stores the closing document of a closed election, once, with documents of a higher revision: readers take it with them.
-- False where it is stored, or others signed documents meanwhile.
create function pv.store_closing(p_election text, p_closing json, p_revision integer, p_documents json)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.election e
  set closing = p_closing, documents = p_documents, documents_revision = p_revision, revision = p_revision
  where e.election_id = p_election and e.state = 'closed' and e.pending is null and e.closing is null
    and e.revision < p_revision;
  return found;
end
$$;

grant execute on function
  pv.stamp_pending(text, integer, integer, json, json),
  pv.find_lifecycle(text),
  pv.published_parts(text),
  pv.store_closing(text, json, integer, json)
to popvote_elections;

reset role;
