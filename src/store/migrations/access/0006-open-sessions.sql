-- Why: a user who left a browser open or lost a phone can end those sessions from another one, and an administrator can
-- do it for a user. A session shows only its times; addresses are not stored.
set local role popvote_owner;

-- The active sessions of a user, newest first; logins bound their number. A session counts as used at its login and at
-- each refresh.
create function pv.list_sessions(p_user uuid)
returns table (session_id uuid, began_at_ms bigint, used_at_ms bigint, expires_at_ms bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.session_id, (extract(epoch from s.began_at) * 1000)::bigint,
    (extract(epoch from coalesce(
      (select max(t.used_at) from pv.refresh_token t where t.session_id = s.session_id), s.began_at
    )) * 1000)::bigint,
    (extract(epoch from s.expires_at) * 1000)::bigint
  from pv.session s join pv.account a on a.user_id = s.user_id
  where s.user_id = p_user and s.expires_at > clock_timestamp() and a.state = 'active'
  order by s.began_at desc, s.session_id
$$;

-- A user ends one session of their own, or all of them where p_session is null. The user is locked before the sessions,
-- as everywhere: a concurrent login starts either before this, and is ended, or after it.
create function pv.end_own_sessions(p_user uuid, p_session uuid) returns uuid[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform 1 from pv.account a where a.user_id = p_user for update;
  if p_session is null then
    return pv.remove_sessions_of(p_user, null);
  end if;
  perform 1 from pv.session s where s.session_id = p_session and s.user_id = p_user;
  if not found then
    return '{}';
  end if;
  perform pv.remove_session(p_session);
  return array[p_session];
end
$$;

-- 'ended', 'not-found', 'not-admitted'. An administrator ends every session of a user, who may log in again.
create function pv.end_sessions_of_user(p_actor uuid, p_user uuid, out outcome text, out ended uuid[])
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
  perform 1 from pv.account a where a.user_id = p_user for update;
  if not found then
    outcome := 'not-found';
    return;
  end if;
  ended := pv.remove_sessions_of(p_user, null);
  outcome := 'ended';
end
$$;

grant execute on function
  pv.list_sessions(uuid),
  pv.end_own_sessions(uuid, uuid),
  pv.end_sessions_of_user(uuid, uuid)
to popvote_access;

reset role;
