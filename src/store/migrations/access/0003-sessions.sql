-- Why: a session is one login and the family of its refresh tokens. It ends when its row is removed, in the transaction
-- of the action that ends it. Ended sessions are remembered here until no access token of theirs can be valid, so that
-- a Redis that lost its data can be filled again. The database's clock decides.
set local role popvote_owner;

create table pv.session (
  session_id uuid primary key,
  user_id uuid not null references pv.account on delete cascade,
  began_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null check (expires_at > began_at),
  rotations integer not null default 0
);
create index session_of_user on pv.session (user_id);

-- Keyed hashes of refresh tokens: all of the family, so that a reused token is recognised.
create table pv.refresh_token (
  tag bytea primary key check (octet_length(tag) = 32),
  session_id uuid not null references pv.session on delete cascade,
  used_at timestamptz
);
create index refresh_token_of_session on pv.refresh_token (session_id);

create table pv.revocation (
  session_id uuid primary key,
  revoked_at timestamptz not null default clock_timestamp()
);
create index revocation_by_time on pv.revocation (revoked_at);

-- Internal: ends one session.
create function pv.remove_session(p_session uuid) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from pv.session s where s.session_id = p_session;
  insert into pv.revocation (session_id) values (p_session) on conflict do nothing;
$$;

-- Internal: ends the sessions of a user except one (or none). The caller has locked the user's row.
create function pv.remove_sessions_of(p_user uuid, p_keep uuid) returns uuid[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ended uuid[];
begin
  select coalesce(array_agg(s.session_id), '{}') into v_ended
  from pv.session s where s.user_id = p_user and s.session_id is distinct from p_keep;
  delete from pv.session s where s.session_id = any(v_ended);
  insert into pv.revocation (session_id) select unnest(v_ended) on conflict do nothing;
  return v_ended;
end
$$;

-- What a login needs to know of the user with an address.
create function pv.find_login(p_email text)
returns table (user_id uuid, state text, password_hash text, one_time boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.user_id, a.state, a.password_hash, a.one_time from pv.account a where a.email = p_email
$$;

-- Starts a session for the user with this password hash. 'refused' where it is no longer the current one, or the user
-- may not log in, at the moment of writing. Beyond p_max sessions the oldest end.
create function pv.begin_session(
  p_user uuid, p_password_hash text, p_session uuid, p_tag bytea, p_seconds integer, p_max integer,
  out outcome text, out role text, out began_at_ms bigint, out expires_at_ms bigint, out ended uuid[]
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz;
  v_id uuid;
begin
  ended := '{}';
  select a.role into role from pv.account a
  where a.user_id = p_user and a.state = 'active' and a.password_hash = p_password_hash and not a.one_time
  for update;
  if not found then
    outcome := 'refused';
    return;
  end if;
  v_now := clock_timestamp();
  delete from pv.session s where s.user_id = p_user and s.expires_at <= v_now;
  for v_id in
    select s.session_id from pv.session s where s.user_id = p_user
    order by s.began_at desc, s.session_id offset p_max - 1
  loop
    perform pv.remove_session(v_id);
    ended := ended || v_id;
  end loop;
  insert into pv.session (session_id, user_id, began_at, expires_at)
  values (p_session, p_user, v_now, v_now + make_interval(secs => p_seconds));
  insert into pv.refresh_token (tag, session_id) values (p_tag, p_session);
  update pv.account set last_login_at = v_now where user_id = p_user;
  outcome := 'begun';
  began_at_ms := (extract(epoch from v_now) * 1000)::bigint;
  expires_at_ms := (extract(epoch from v_now + make_interval(secs => p_seconds)) * 1000)::bigint;
end
$$;

-- 'refreshed': p_next is the valid token, since refreshed_at_ms. The same token again within the grace period, while
-- its successor is unused, means a lost answer: the result is the same, with the same time. 'reused': two clients hold
-- the family and it is unknown which one stole it, so it ends. 'refused': no such token, or the session is over.
create function pv.refresh_session(
  p_tag bytea, p_next bytea, p_grace_seconds integer, p_rotations_max integer,
  out outcome text, out session_id uuid, out user_id uuid, out role text,
  out refreshed_at_ms bigint, out expires_at_ms bigint
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_session record;
  v_used_at timestamptz;
  v_now timestamptz;
begin
  outcome := 'refused';
  select s.session_id, s.user_id into session_id, user_id
  from pv.refresh_token t join pv.session s on s.session_id = t.session_id where t.tag = p_tag;
  if not found then
    return;
  end if;
  -- The user is locked before the session, as everywhere, so that there is no deadlock.
  select a.role into role from pv.account a
  where a.user_id = refresh_session.user_id and a.state = 'active' for share;
  if not found then
    return;
  end if;
  select s.expires_at, s.rotations into v_session
  from pv.session s where s.session_id = refresh_session.session_id for update;
  v_now := clock_timestamp();
  if not found or v_session.expires_at <= v_now or v_session.rotations >= p_rotations_max then
    return;
  end if;
  select t.used_at into v_used_at from pv.refresh_token t where t.tag = p_tag;
  if v_used_at is null then
    update pv.refresh_token set used_at = v_now where tag = p_tag;
    insert into pv.refresh_token (tag, session_id) values (p_next, refresh_session.session_id);
    update pv.session s set rotations = s.rotations + 1 where s.session_id = refresh_session.session_id;
    v_used_at := v_now;
  else
    perform 1 from pv.refresh_token t where t.tag = p_next and t.used_at is null;
    if not found or v_now > v_used_at + make_interval(secs => p_grace_seconds) then
      perform pv.remove_session(refresh_session.session_id);
      outcome := 'reused';
      return;
    end if;
  end if;
  outcome := 'refreshed';
  refreshed_at_ms := (extract(epoch from v_used_at) * 1000)::bigint;
  expires_at_ms := (extract(epoch from v_session.expires_at) * 1000)::bigint;
end
$$;

-- Ends the family of a refresh token, used or not, and returns its owner; no row where there is none.
create function pv.end_session(p_tag bytea) returns table (session_id uuid, user_id uuid)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  for session_id, user_id in
    select s.session_id, s.user_id from pv.refresh_token t join pv.session s on s.session_id = t.session_id
    where t.tag = p_tag
  loop
    perform pv.remove_session(session_id);
    return next;
  end loop;
end
$$;

-- The owner of a session with the present role; no row where the session has ended.
create function pv.find_session(p_session uuid) returns table (user_id uuid, role text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.user_id, a.role from pv.session s join pv.account a on a.user_id = s.user_id
  where s.session_id = p_session and s.expires_at > clock_timestamp() and a.state = 'active'
$$;

-- Sessions that ended in the last p_seconds, at most p_max, each with the milliseconds for which it must be remembered.
-- Older ones and expired sessions are deleted at the same time.
create function pv.recent_revocations(p_seconds integer, p_max integer)
returns table (session_id uuid, remaining_ms bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now constant timestamptz := clock_timestamp();
begin
  delete from pv.revocation r where r.revoked_at <= v_now - make_interval(secs => p_seconds);
  delete from pv.session s where s.expires_at <= v_now;
  return query
    select r.session_id, ceil(extract(epoch from r.revoked_at + make_interval(secs => p_seconds) - v_now) * 1000)::bigint
    from pv.revocation r order by r.revoked_at desc limit p_max;
end
$$;

grant execute on function
  pv.find_login(text),
  pv.begin_session(uuid, text, uuid, bytea, integer, integer),
  pv.refresh_session(bytea, bytea, integer, integer),
  pv.end_session(bytea),
  pv.find_session(uuid),
  pv.recent_revocations(integer, integer)
to popvote_access;

reset role;
