-- Why: the pages of an election show the hash of its manifest, which organisers announce. They read the manifest without the
-- results and the other documents of `published_parts`.
set local role popvote_owner;

create function pv.read_manifest(p_election text) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.manifest from pv.election e where e.election_id = p_election
$$;

grant execute on function pv.read_manifest(text) to popvote_elections;

reset role;
