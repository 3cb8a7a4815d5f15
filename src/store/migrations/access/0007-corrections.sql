-- Why: administrators correct a name or an e-mail address that was mistyped or has changed. The uniqueness of addresses
-- is the table's constraint. The function of the code before this migration stays.
set local role popvote_owner;

-- Like change_user with five arguments, and 'email-taken', which changes nothing. Null keeps a member. Another address
-- ends the user's sessions, because they began with a sign-in that is no longer valid. `corrected`: the columns that
-- have another value now.
create function pv.change_user(
  p_actor uuid, p_user uuid, p_role text, p_state text, p_remove_second_factor boolean,
  p_email text, p_forename text, p_surname text,
  out outcome text, out role_before text, out state_before text, out ended uuid[], out corrected text[]
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_before record;
begin
  -- Before the other function, so that both changes see one account.
  perform pg_advisory_xact_lock(20260301);
  select a.email, a.forename, a.surname into v_before from pv.account a where a.user_id = p_user for update;
  select c.outcome, c.role_before, c.state_before, c.ended into outcome, role_before, state_before, ended
  from pv.change_user(p_actor, p_user, p_role, p_state, p_remove_second_factor) c;
  corrected := '{}';
  if outcome not in ('changed', 'unchanged') then
    return;
  end if;
  corrected := array_remove(array[
    case when p_email <> v_before.email then 'email' end,
    case when p_forename <> v_before.forename then 'forename' end,
    case when p_surname <> v_before.surname then 'surname' end], null);
  if corrected = '{}' then
    return;
  end if;
  update pv.account a set email = coalesce(p_email, a.email), forename = coalesce(p_forename, a.forename),
    surname = coalesce(p_surname, a.surname)
  where a.user_id = p_user;
  if 'email' = any (corrected) then
    ended := ended || pv.remove_sessions_of(p_user, null);
  end if;
  outcome := 'changed';
exception
  when unique_violation then
    -- The block and all that it changed is rolled back.
    outcome := 'email-taken';
    ended := '{}';
    corrected := '{}';
end
$$;

grant execute on function pv.change_user(uuid, uuid, text, text, boolean, text, text, text) to popvote_access;

reset role;
