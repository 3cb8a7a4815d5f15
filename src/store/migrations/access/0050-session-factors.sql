-- Why: other services let people act on an election that counts only after a sign-in with a second factor. A session
-- remembers which one it was proved with: otp (a code) or pop (a passkey), by RFC 8176. Setting up a factor proves it too.
-- The functions of the code before this migration stay: their sessions have none.
set local role popvote_owner;

alter table pv.session
  add column factor text check (factor in ('otp', 'pop')),
  add column factor_at timestamptz,
  add check ((factor is null) = (factor_at is null));

-- Internal.
create function pv.set_session_factor(p_session uuid, p_factor text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update pv.session s set factor = p_factor, factor_at = clock_timestamp() where s.session_id = p_session
$$;

-- As with six arguments, and the factor of the sign-in, or null.
create function pv.begin_session(
  p_user uuid, p_password_hash text, p_session uuid, p_tag bytea, p_seconds integer, p_max integer, p_factor text,
  out outcome text, out role text, out began_at_ms bigint, out expires_at_ms bigint, out ended uuid[]
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  select b.outcome, b.role, b.began_at_ms, b.expires_at_ms, b.ended
  into outcome, role, began_at_ms, expires_at_ms, ended
  from pv.begin_session(p_user, p_password_hash, p_session, p_tag, p_seconds, p_max) b;
  if outcome = 'begun' and p_factor is not null then
    perform pv.set_session_factor(p_session, p_factor);
  end if;
end
$$;

-- As refresh_session, and the factor that the session had at that time: a repeated call gets the same.
create function pv.refresh_session_with_factor(
  p_tag bytea, p_next bytea, p_grace_seconds integer, p_rotations_max integer,
  out outcome text, out session_id uuid, out user_id uuid, out role text,
  out refreshed_at_ms bigint, out expires_at_ms bigint, out factor text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  select r.outcome, r.session_id, r.user_id, r.role, r.refreshed_at_ms, r.expires_at_ms
  into outcome, session_id, user_id, role, refreshed_at_ms, expires_at_ms
  from pv.refresh_session(p_tag, p_next, p_grace_seconds, p_rotations_max) r;
  select s.factor into factor from pv.session s
  where s.session_id = refresh_session_with_factor.session_id
    and (extract(epoch from s.factor_at) * 1000)::bigint <= refreshed_at_ms;
end
$$;

create or replace function pv.confirm_second_factor(
  p_user uuid, p_sealed text, p_step bigint, p_recovery bytea[], p_keep uuid, out outcome text, out ended uuid[]
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  outcome := 'refused';
  ended := '{}';
  perform 1 from pv.account a where a.user_id = p_user for update;
  update pv.second_factor set confirmed = true, last_step = p_step
  where user_id = p_user and sealed = p_sealed and not confirmed;
  if found then
    insert into pv.recovery as r (user_id, codes) values (p_user, p_recovery)
    on conflict (user_id) do update set codes = excluded.codes;
    outcome := 'confirmed';
    ended := pv.remove_sessions_of(p_user, p_keep);
    perform pv.set_session_factor(p_keep, 'otp');
  end if;
end
$$;

create or replace function pv.add_passkey(
  p_user uuid, p_passkey uuid, p_credential text, p_public_key bytea, p_counter bigint, p_transports text[],
  p_name text, p_recovery bytea[], p_keep uuid, p_max integer,
  out outcome text, out first boolean, out ended uuid[]
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_factors record;
begin
  ended := '{}';
  perform 1 from pv.account a where a.user_id = p_user for update;
  select * into v_factors from pv.find_factors(p_user);
  first := not v_factors.authenticator and v_factors.passkeys = 0;
  if v_factors.passkeys >= p_max then
    outcome := 'full';
    return;
  end if;
  insert into pv.passkey (passkey_id, user_id, credential, public_key, counter, transports, name)
  values (p_passkey, p_user, p_credential, p_public_key, p_counter, p_transports, p_name);
  if first then
    insert into pv.recovery as r (user_id, codes) values (p_user, p_recovery)
    on conflict (user_id) do update set codes = excluded.codes;
    ended := pv.remove_sessions_of(p_user, p_keep);
  end if;
  perform pv.set_session_factor(p_keep, 'pop');
  outcome := 'added';
exception
  when unique_violation then
    outcome := 'known';
    ended := '{}';
end
$$;

-- Internal: without a second factor, recovery codes would open nothing, and no session has one.
create or replace function pv.drop_idle_recovery(p_user uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_factors record;
begin
  select * into v_factors from pv.find_factors(p_user);
  if not v_factors.authenticator and v_factors.passkeys = 0 then
    delete from pv.recovery r where r.user_id = p_user;
    update pv.session s set factor = null, factor_at = null where s.user_id = p_user;
  end if;
end
$$;

-- These two wait for an account that is being removed, and then store nothing.
create or replace function pv.offer_second_factor(p_user uuid, p_sealed text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pv.second_factor as f (user_id, sealed)
  select a.user_id, p_sealed from pv.account a where a.user_id = p_user for key share
  on conflict (user_id) do update set sealed = excluded.sealed, last_step = 0 where not f.confirmed;
  return found;
end
$$;

create or replace function pv.set_challenge(p_user uuid, p_purpose text, p_challenge text, p_seconds integer) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into pv.passkey_challenge as c (user_id, purpose, challenge, expires_at)
  select a.user_id, p_purpose, p_challenge, clock_timestamp() + make_interval(secs => p_seconds)
  from pv.account a where a.user_id = p_user for key share
  on conflict (user_id, purpose) do update set challenge = excluded.challenge, expires_at = excluded.expires_at
$$;

-- Users of each role who can sign in, and how many of them have no second factor.
create function pv.count_factors() returns table (role text, users integer, without_factor integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.role, count(*)::integer, (count(*) filter (where not f.authenticator and f.passkeys = 0))::integer
  from pv.account a cross join lateral pv.find_factors(a.user_id) f
  where a.state = 'active' and not a.one_time group by a.role
$$;

grant execute on function
  pv.begin_session(uuid, text, uuid, bytea, integer, integer, text),
  pv.refresh_session_with_factor(bytea, bytea, integer, integer),
  pv.count_factors()
to popvote_access;

reset role;
