-- Why: one administrator alone changes the roll of a draft, and two that of an announced election. Sending a file takes up
-- to a quarter of an hour, and the election may be announced meanwhile. So a change names the state of the election for
-- which it was admitted, and is carried out in that state or not at all.
set local role popvote_owner;

-- Internal: the state of an election for its roll, which stays until the transaction ends. In the order of locks of
-- apply_roll.
create function pv.hold_roll_state(p_election text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(20260009, hashtext(p_election));
  perform 1 from pv.election e where e.election_id = p_election for share;
  return pv.roll_state(p_election);
end
$$;

-- As with three arguments, while the election is `p_expected` ('draft', 'announced'). Otherwise nothing is done, and the
-- state is 'closed', or 'other' as where the second element has changed.
create function pv.apply_roll(p_upload uuid, p_after integer, p_limit integer, p_expected text)
returns table (last integer, state text, added integer, changed integer, removed integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
begin
  v_state := pv.hold_roll_state((select u.election_id from pv.roll_upload u where u.upload = p_upload));
  if v_state <> p_expected then
    return query select p_after, case when v_state = 'closed' then v_state else 'other' end, 0, 0, 0;
    return;
  end if;
  return query select a.* from pv.apply_roll(p_upload, p_after, p_limit) a;
end
$$;

-- People of the roll who are not in a file leave it, as with missing_in_upload, under the condition above.
create function pv.leave_missing(p_upload uuid, p_after bytea, p_limit integer, p_expected text)
returns table (last bytea, missing integer, state text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
begin
  v_state := pv.hold_roll_state((select u.election_id from pv.roll_upload u where u.upload = p_upload));
  if v_state <> p_expected then
    return query select p_after, 0, case when v_state = 'closed' then v_state else 'other' end;
    return;
  end if;
  return query select m.last, m.missing, v_state from pv.missing_in_upload(p_upload, p_after, p_limit, true) m;
end
$$;

-- As with two arguments, and 'changed' where the election is not `p_expected`.
create function pv.take_off_roll(p_election text, p_name bytea, p_expected text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if pv.hold_roll_state(p_election) <> p_expected then
    return 'changed';
  end if;
  return pv.take_off_roll(p_election, p_name);
end
$$;

grant execute on function
  pv.apply_roll(uuid, integer, integer, text),
  pv.leave_missing(uuid, bytea, integer, text),
  pv.take_off_roll(text, bytea, text)
to popvote_elections;

reset role;
