-- Why: actions of administrators on users, and of users on their passwords. Each checks in its own transaction that its
-- actor is an administrator, and ends the affected sessions in the same commit, so that a removed user never has a
-- session.
set local role popvote_owner;

-- A user as administrators see it, without the national id.
create type pv.seen_user as (
  user_id uuid, number bigint, email text, forename text, surname text, role text, state text, source text,
  identity_scheme text, second_factor boolean, created_at_ms bigint, last_login_at_ms bigint
);
create function pv.see(a pv.account) returns pv.seen_user
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.user_id, a.number, a.email, a.forename, a.surname, a.role, a.state, a.source, a.identity_scheme,
    exists (select 1 from pv.second_factor f where f.user_id = a.user_id and f.confirmed),
    (extract(epoch from a.created_at) * 1000)::bigint, (extract(epoch from a.last_login_at) * 1000)::bigint
$$;

create function pv.list_users(p_after bigint, p_state text, p_role text, p_limit integer) returns setof pv.seen_user
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.* from (
    select a from pv.account a
    where a.number > p_after and (p_state is null or a.state = p_state) and (p_role is null or a.role = p_role)
    order by a.number limit p_limit
  ) page cross join lateral pv.see(page.a) s order by s.number
$$;

create function pv.find_user(p_user uuid) returns setof pv.seen_user
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.* from pv.account a cross join lateral pv.see(a) s where a.user_id = p_user
$$;

create function pv.find_identity(p_user uuid) returns table (identity_scheme text, identity_sealed text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.identity_scheme, a.identity_sealed from pv.account a
  where a.user_id = p_user and a.identity_scheme is not null
$$;

-- For a user who confirms an action with the password.
create function pv.find_password(p_user uuid) returns table (email text, forename text, surname text, password_hash text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.email, a.forename, a.surname, a.password_hash from pv.account a
  where a.user_id = p_user and a.state = 'active'
$$;

-- 'changed', 'unchanged', 'not-found', 'not-admitted'; PV010 for the last administrator. A change of role, a suspension
-- and the removal of a second factor end the user's sessions, because they began under other conditions. A former
-- administrator's invitations are withdrawn.
create function pv.change_user(
  p_actor uuid, p_user uuid, p_role text, p_state text, p_remove_second_factor boolean,
  out outcome text, out role_before text, out state_before text, out ended uuid[]
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role text;
  v_state text;
  v_removed boolean := false;
begin
  perform pg_advisory_xact_lock(20260301);
  ended := '{}';
  if not pv.is_administrator(p_actor) then
    outcome := 'not-admitted';
    return;
  end if;
  select a.role, a.state into role_before, state_before from pv.account a where a.user_id = p_user for update;
  if not found then
    outcome := 'not-found';
    return;
  end if;
  v_role := coalesce(p_role, role_before);
  v_state := coalesce(p_state, state_before);
  if v_role <> role_before or v_state <> state_before then
    update pv.account a set role = v_role, state = v_state where a.user_id = p_user;
    if v_role <> 'administrator' or v_state <> 'active' then
      delete from pv.invitation i where i.created_by = p_user;
    end if;
  end if;
  if p_remove_second_factor then
    v_removed := pv.remove_second_factor(p_user);
  end if;
  if v_role <> role_before or v_state = 'suspended' or v_removed then
    ended := pv.remove_sessions_of(p_user, null);
  end if;
  outcome := case when v_role <> role_before or v_state <> state_before or v_removed then 'changed' else 'unchanged' end;
end
$$;

-- 'deleted', 'not-found', 'not-admitted'; PV010 for the last administrator.
create function pv.delete_user(p_actor uuid, p_user uuid, out outcome text, out role_before text, out ended uuid[])
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(20260301);
  ended := '{}';
  if not pv.is_administrator(p_actor) then
    outcome := 'not-admitted';
    return;
  end if;
  select a.role into role_before from pv.account a where a.user_id = p_user for update;
  if not found then
    outcome := 'not-found';
    return;
  end if;
  ended := pv.remove_sessions_of(p_user, null);
  delete from pv.account a where a.user_id = p_user;
  outcome := 'deleted';
end
$$;

-- 'issued', 'not-found', 'not-admitted'. The old password and every session of the user end.
create function pv.issue_one_time_password(
  p_actor uuid, p_user uuid, p_password_hash text, out outcome text, out ended uuid[]
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(20260301);
  ended := '{}';
  if not pv.is_administrator(p_actor) then
    outcome := 'not-admitted';
    return;
  end if;
  update pv.account a set password_hash = p_password_hash, one_time = true where a.user_id = p_user;
  if not found then
    outcome := 'not-found';
    return;
  end if;
  ended := pv.remove_sessions_of(p_user, null);
  outcome := 'issued';
end
$$;

-- Replaces the given password hash once: 'set', or 'refused' where the hash is another by now. The user's other
-- sessions end.
create function pv.set_password(
  p_user uuid, p_old_hash text, p_new_hash text, p_keep uuid, out outcome text, out ended uuid[]
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  outcome := 'refused';
  ended := '{}';
  update pv.account a set password_hash = p_new_hash, one_time = false
  where a.user_id = p_user and a.password_hash = p_old_hash and a.state = 'active';
  if found then
    outcome := 'set';
    ended := pv.remove_sessions_of(p_user, p_keep);
  end if;
end
$$;

grant execute on function
  pv.list_users(bigint, text, text, integer),
  pv.find_user(uuid),
  pv.find_identity(uuid),
  pv.find_password(uuid),
  pv.change_user(uuid, uuid, text, text, boolean),
  pv.delete_user(uuid, uuid),
  pv.issue_one_time_password(uuid, uuid, text),
  pv.set_password(uuid, text, text, uuid)
to popvote_access;

reset role;
