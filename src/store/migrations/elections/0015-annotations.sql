-- Why: an organiser must be able to correct an error while people vote. The contests can no longer change then, but two
-- things may be added to an announced election: a signed notice, and the withdrawal of an option. Both go through a
-- pending change like any other.
set local role popvote_owner;

alter table pv.election drop constraint election_pending_act_check;
alter table pv.election add constraint election_pending_act_check
  check (pending_act in ('announce', 'extend', 'close', 'annotate'));

-- Adds to an announced election whose intake is not closed: 'proposed', or 'not-found', 'version', 'pending', 'state'.
create function pv.propose_annotation(
  p_election text, p_version integer, p_definition json, p_announced json, p_by text
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row pv.election;
begin
  select e.* into v_row from pv.election e where e.election_id = p_election for update;
  if not found then
    return 'not-found';
  elsif v_row.pending is not null then
    return 'pending';
  elsif v_row.state <> 'announced' then
    return 'state';
  elsif v_row.version <> p_version then
    return 'version';
  end if;
  update pv.election e
  set pending = json_build_object('definition', p_definition, 'announced', p_announced),
    pending_opens_at = e.opens_at, pending_closes_at = e.closes_at, pending_act = 'annotate',
    version = e.version + 1, changed_at = clock_timestamp(), changed_by = p_by
  where e.election_id = p_election;
  return 'proposed';
end
$$;

grant execute on function pv.propose_annotation(text, integer, json, json, text) to popvote_elections;

reset role;
