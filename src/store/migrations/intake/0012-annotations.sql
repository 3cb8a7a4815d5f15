-- Why: notices and withdrawals of options are added while voting is open. The contests stay as they are, so ballots that
-- were cast before stay valid. `ballots` compares the two definitions; this function makes the change one step with the
-- casts: a cast that was checked against the definition before it is checked again.
set local role popvote_owner;

-- A definition that adds to the one of version p_edition: 'annotated'; 'unchanged' where it is stored already;
-- 'not-found'; or 'conflict' where the intake is closed, has other times or another version, or the revision is not
-- newer.
create function pv.annotate_election(
  p_election text, p_edition integer, p_opens_at timestamptz, p_closes_at timestamptz, p_definition json,
  p_publication json, p_revision integer
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election record;
begin
  perform pg_advisory_xact_lock(20260001, hashtext(p_election));
  select e.opens_at, e.closes_at, e.state, e.edition, e.revision, e.definition::text as definition into v_election
  from pv.election e where e.election_id = p_election for update;
  if not found then
    return 'not-found';
  elsif v_election.definition = p_definition::text and v_election.revision >= p_revision then
    return 'unchanged';
  elsif v_election.state <> 'open' or v_election.edition <> p_edition or p_revision <= v_election.revision
    or v_election.opens_at <> p_opens_at or v_election.closes_at <> p_closes_at then
    return 'conflict';
  end if;
  update pv.election
  set definition = p_definition, publication = p_publication, revision = p_revision, edition = edition + 1
  where election_id = p_election;
  return 'annotated';
end
$$;

grant execute on function pv.annotate_election(text, integer, timestamptz, timestamptz, json, json, integer)
to popvote_ballots;

reset role;
