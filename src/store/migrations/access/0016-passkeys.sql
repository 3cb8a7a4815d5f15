-- Why: an authenticator's code can be typed into a false page; a passkey (WebAuthn) signs only for the real one. A user
-- has both, one or none. The database ensures that a challenge is used once, that one user has at most one challenge for
-- each purpose, and that the counter of a passkey rises. Recovery codes belong to the user, not to the authenticator.
set local role popvote_owner;

create table pv.passkey (
  passkey_id uuid primary key,
  user_id uuid not null references pv.account on delete cascade,
  -- Chosen by the authenticator, base64url. One key belongs to one user.
  credential text not null unique check (octet_length(credential) between 1 and 1364),
  -- COSE.
  public_key bytea not null check (octet_length(public_key) between 1 and 4096),
  -- What the authenticator last reported; 0 where it does not count.
  counter bigint not null check (counter >= 0),
  transports text[] not null check (cardinality(transports) <= 8),
  name text not null check (name <> '' and octet_length(name) <= 1024),
  added_at timestamptz not null default clock_timestamp(),
  used_at timestamptz
);
create index passkey_of_user on pv.passkey (user_id, added_at);

-- A new challenge replaces the one before it. Using it removes it.
create table pv.passkey_challenge (
  user_id uuid not null references pv.account on delete cascade,
  purpose text not null check (purpose in ('add', 'login', 'proof')),
  challenge text not null check (octet_length(challenge) between 22 and 128),
  expires_at timestamptz not null,
  primary key (user_id, purpose)
);

-- Keyed hashes of the unused recovery codes. The column pv.second_factor.recovery is not used any more.
create table pv.recovery (
  user_id uuid primary key references pv.account on delete cascade,
  codes bytea[] not null check (cardinality(codes) <= 20)
);
insert into pv.recovery (user_id, codes) select f.user_id, f.recovery from pv.second_factor f where f.confirmed;

-- A user's second factors: a confirmed authenticator and the number of passkeys.
create function pv.find_factors(p_user uuid) returns table (authenticator boolean, passkeys integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (select 1 from pv.second_factor f where f.user_id = p_user and f.confirmed),
    (select count(*)::integer from pv.passkey k where k.user_id = p_user)
$$;

create or replace function pv.see(a pv.account) returns pv.seen_user
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.user_id, a.number, a.email, a.forename, a.surname, a.role, a.state, a.source, a.identity_scheme,
    exists (select 1 from pv.second_factor f where f.user_id = a.user_id and f.confirmed)
      or exists (select 1 from pv.passkey k where k.user_id = a.user_id),
    (extract(epoch from a.created_at) * 1000)::bigint, (extract(epoch from a.last_login_at) * 1000)::bigint
$$;

-- As before, and the recovery codes are replaced: they are shown again.
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
  end if;
end
$$;

create or replace function pv.take_recovery_code(p_user uuid, p_tag bytea) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.recovery set codes = array_remove(codes, p_tag) where user_id = p_user and p_tag = any(codes);
  return found;
end
$$;

-- Internal: recovery codes of a user without a second factor would open nothing.
create function pv.drop_idle_recovery(p_user uuid) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from pv.recovery r where r.user_id = p_user
    and not exists (select 1 from pv.second_factor f where f.user_id = p_user and f.confirmed)
    and not exists (select 1 from pv.passkey k where k.user_id = p_user)
$$;

-- By an administrator, for a user who lost them: all of them. change_user calls it.
create or replace function pv.remove_second_factor(p_user uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_removed boolean;
begin
  delete from pv.second_factor where user_id = p_user;
  v_removed := found;
  delete from pv.passkey where user_id = p_user;
  v_removed := v_removed or found;
  perform pv.drop_idle_recovery(p_user);
  return v_removed;
end
$$;

-- By the user: the authenticator alone.
create function pv.remove_authenticator(p_user uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_removed boolean;
begin
  perform 1 from pv.account a where a.user_id = p_user for update;
  delete from pv.second_factor where user_id = p_user;
  v_removed := found;
  perform pv.drop_idle_recovery(p_user);
  return v_removed;
end
$$;

create function pv.list_passkeys(p_user uuid) returns table (
  passkey_id uuid, credential text, public_key bytea, counter bigint, transports text[], name text,
  added_at_ms bigint, used_at_ms bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select k.passkey_id, k.credential, k.public_key, k.counter, k.transports, k.name,
    (extract(epoch from k.added_at) * 1000)::bigint, (extract(epoch from k.used_at) * 1000)::bigint
  from pv.passkey k where k.user_id = p_user order by k.added_at, k.passkey_id
$$;

create function pv.set_challenge(p_user uuid, p_purpose text, p_challenge text, p_seconds integer) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into pv.passkey_challenge as c (user_id, purpose, challenge, expires_at)
  values (p_user, p_purpose, p_challenge, clock_timestamp() + make_interval(secs => p_seconds))
  on conflict (user_id, purpose) do update set challenge = excluded.challenge, expires_at = excluded.expires_at
$$;

-- Whether this is the user's challenge and still valid. It is used up by this.
create function pv.take_challenge(p_user uuid, p_purpose text, p_challenge text) returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  with used as (
    delete from pv.passkey_challenge c
    where c.user_id = p_user and c.purpose = p_purpose and c.challenge = p_challenge returning c.expires_at
  )
  select exists (select 1 from used where used.expires_at > clock_timestamp())
$$;

-- 'added', 'full' (p_max passkeys), 'known' (the credential is registered). With the first second factor of a user the
-- recovery codes are set, and the sessions that began without one end, except p_keep.
create function pv.add_passkey(
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
  outcome := 'added';
exception
  when unique_violation then
    outcome := 'known';
    ended := '{}';
end
$$;

-- Whether a correct signature is accepted: a counter must rise, because a copy of the key does not know it. An
-- authenticator that does not count always reports 0.
create function pv.take_passkey(p_user uuid, p_credential text, p_counter bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.passkey k set counter = p_counter, used_at = clock_timestamp()
  where k.user_id = p_user and k.credential = p_credential
    and (k.counter < p_counter or (k.counter = 0 and p_counter = 0));
  return found;
end
$$;

create function pv.remove_passkey(p_user uuid, p_passkey uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_removed boolean;
begin
  perform 1 from pv.account a where a.user_id = p_user for update;
  delete from pv.passkey k where k.user_id = p_user and k.passkey_id = p_passkey;
  v_removed := found;
  perform pv.drop_idle_recovery(p_user);
  return v_removed;
end
$$;

grant execute on function
  pv.find_factors(uuid),
  pv.remove_authenticator(uuid),
  pv.list_passkeys(uuid),
  pv.set_challenge(uuid, text, text, integer),
  pv.take_challenge(uuid, text, text),
  pv.add_passkey(uuid, uuid, text, bytea, bigint, text[], text, bytea[], uuid, integer),
  pv.take_passkey(uuid, text, bigint),
  pv.remove_passkey(uuid, uuid)
to popvote_access;

reset role;
