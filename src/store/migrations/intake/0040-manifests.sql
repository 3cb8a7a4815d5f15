-- Why: an election has a public log, whose name ends in the hash of the election's manifest. `ballots` signs each cast for
-- that log, so it keeps the manifest of the present version of the definition. Annotations do not change it. Earlier code
-- passes none: an election that it creates or amends has no log, and receipts of version 1.
set local role popvote_owner;

alter table pv.election add column manifest json;

-- The two below do what these did before, and keep the manifest.
alter function pv.create_election(
  text, timestamptz, timestamptz, interval, boolean, integer, text, integer, json, json, integer, bytea
) rename to create_definition;
alter function pv.amend_election(
  text, timestamptz, timestamptz, interval, boolean, integer, text, integer, json, json, integer
) rename to amend_definition;
revoke execute on function
  pv.create_definition(
    text, timestamptz, timestamptz, interval, boolean, integer, text, integer, json, json, integer, bytea
  ),
  pv.amend_definition(text, timestamptz, timestamptz, interval, boolean, integer, text, integer, json, json, integer)
from popvote_ballots;

-- 'unchanged' also means the same manifest; 'conflict' with another one.
create function pv.create_election(
  p_election text, p_opens_at timestamptz, p_closes_at timestamptz, p_grace interval, p_rehearsal boolean,
  p_min_batch integer, p_scheme text, p_sealed_bytes integer, p_definition json, p_publication json,
  p_revision integer, p_key_check bytea, p_manifest json default null
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome text;
begin
  v_outcome := pv.create_definition(p_election, p_opens_at, p_closes_at, p_grace, p_rehearsal, p_min_batch, p_scheme,
    p_sealed_bytes, p_definition, p_publication, p_revision, p_key_check);
  if v_outcome = 'created' then
    update pv.election e set manifest = p_manifest where e.election_id = p_election;
  elsif v_outcome = 'unchanged' and not exists (
    select from pv.election e
    where e.election_id = p_election and e.manifest::text is not distinct from p_manifest::text) then
    return 'conflict';
  end if;
  return v_outcome;
end
$$;

create function pv.amend_election(
  p_election text, p_opens_at timestamptz, p_closes_at timestamptz, p_grace interval, p_rehearsal boolean,
  p_min_batch integer, p_scheme text, p_sealed_bytes integer, p_definition json, p_publication json, p_revision integer,
  p_manifest json default null
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome text;
begin
  v_outcome := pv.amend_definition(p_election, p_opens_at, p_closes_at, p_grace, p_rehearsal, p_min_batch, p_scheme,
    p_sealed_bytes, p_definition, p_publication, p_revision);
  if v_outcome = 'amended' then
    update pv.election e set manifest = p_manifest where e.election_id = p_election;
  end if;
  return v_outcome;
end
$$;

drop function pv.find_election(text);

-- What `ballots` caches of one election.
create function pv.find_election(p_election text)
returns table (
  election_id text, edition integer, state text, scheme text, sealed_bytes integer, definition json, key_check bytea,
  manifest json
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, e.edition, e.state, e.scheme, e.sealed_bytes, e.definition, e.key_check, e.manifest
  from pv.election e where e.election_id = p_election
$$;

-- The people who took part in a closed election, as hashes of their keyed tags in the order of the hashes: leaves of a tree
-- whose root fixes who they are. PV014: the election is not closed.
create function pv.participant_hashes(p_election text) returns table (hash bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from pv.election e where e.election_id = p_election and e.state = 'closed') then
    raise exception 'the election is not closed' using errcode = 'PV014';
  end if;
  return query
    select sha256(convert_to('popvote/participant/v2', 'UTF8') || '\x00'::bytea || p.voter_tag) as hash
    from pv.participation p where p.election_id = p_election order by 1;
end
$$;

grant execute on function
  pv.find_election(text),
  pv.participant_hashes(text),
  pv.create_election(
    text, timestamptz, timestamptz, interval, boolean, integer, text, integer, json, json, integer, bytea, json
  ),
  pv.amend_election(
    text, timestamptz, timestamptz, interval, boolean, integer, text, integer, json, json, integer, json
  )
to popvote_ballots;

reset role;
