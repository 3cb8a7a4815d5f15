-- Why: users of the control panel. An e-mail address and a national id belong to one user each, and at least one
-- administrator can always log in. The database enforces both, even for concurrent requests. Advisory lock 20260301
-- serialises administrative actions on users.
set local role popvote_owner;

-- "user" is a reserved word of SQL.
create table pv.account (
  user_id uuid primary key,
  -- The order of registration, for paging.
  number bigint generated always as identity unique,
  email text not null unique check (octet_length(email) between 3 and 254 and email ~ '^[!-~]+$' and email = lower(email)),
  forename text not null check (char_length(forename) between 1 and 100),
  surname text not null check (char_length(surname) between 1 and 100),
  role text not null check (role in ('administrator', 'official', 'auditor')),
  state text not null check (state in ('waiting', 'active', 'suspended')),
  source text not null check (source in ('registered', 'invited', 'operator')),
  password_hash text not null check (password_hash ~ '^\$argon2id\$v=19\$m=[0-9]+,t=[0-9]+,p=[0-9]+\$' and octet_length(password_hash) <= 256),
  -- A one-time password: another person has seen it, so it only allows setting a new one.
  one_time boolean not null default false,
  identity_scheme text check (identity_scheme in ('jmbg', 'hkid')),
  -- A keyed hash: unique, and useless without the key of the service.
  identity_tag bytea unique check (octet_length(identity_tag) = 32),
  -- The number, encrypted for this user under a key of the service.
  identity_sealed text check (octet_length(identity_sealed) <= 1024),
  created_at timestamptz not null default clock_timestamp(),
  last_login_at timestamptz,
  check (num_nonnulls(identity_scheme, identity_tag, identity_sealed) in (0, 3))
);

-- Holds for every statement, also of the owner. PV010.
create function pv.keep_an_administrator() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    -- An older snapshot would not show what the lock waited for.
    raise exception 'administrators change in read committed only' using errcode = '25001';
  end if;
  perform pg_advisory_xact_lock(20260301);
  perform 1 from pv.account a
  where a.user_id <> old.user_id and a.role = 'administrator' and a.state = 'active';
  if not found then
    raise exception 'the last administrator stays' using errcode = 'PV010';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;

create trigger keep_an_administrator_delete before delete on pv.account for each row
  when (old.role = 'administrator' and old.state = 'active')
  execute function pv.keep_an_administrator();
create trigger keep_an_administrator_update before update on pv.account for each row
  when (old.role = 'administrator' and old.state = 'active'
    and (new.role <> 'administrator' or new.state <> 'active' or new.user_id <> old.user_id))
  execute function pv.keep_an_administrator();

-- For triggers that hold even for the owner.
create function pv.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'users are removed one by one' using errcode = '42501';
end
$$;
create trigger never_emptied before truncate on pv.account
  for each statement execute function pv.refuse_change();

create table pv.invitation (
  invitation_id uuid primary key,
  tag bytea not null unique check (octet_length(tag) = 32),
  role text not null check (role in ('administrator', 'official', 'auditor')),
  -- Deleted with its author: a removed user must not return by an invitation of their own.
  created_by uuid not null references pv.account on delete cascade,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null check (expires_at > created_at)
);

-- 'registered'; 'invitation-refused'; 'email-taken'; 'identity-taken'. Only the account that it creates uses up an
-- invitation. The invitation gives the role and counts as approval.
create function pv.register_user(
  p_user uuid, p_email text, p_forename text, p_surname text, p_password_hash text,
  p_scheme text, p_tag bytea, p_sealed text, p_approved boolean, p_invitation bytea,
  out outcome text, out role text, out state text, out source text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_invitation uuid;
  v_inserted integer;
begin
  role := 'official';
  state := case when p_approved then 'active' else 'waiting' end;
  source := 'registered';
  if p_invitation is not null then
    select i.invitation_id, i.role, 'active', 'invited' into v_invitation, role, state, source
    from pv.invitation i where i.tag = p_invitation and i.expires_at > clock_timestamp() for update;
    if not found then
      outcome := 'invitation-refused';
      return;
    end if;
  end if;
  insert into pv.account (user_id, email, forename, surname, role, state, source, password_hash,
    identity_scheme, identity_tag, identity_sealed)
  values (p_user, p_email, p_forename, p_surname, role, state, source, p_password_hash, p_scheme, p_tag, p_sealed)
  on conflict do nothing;
  get diagnostics v_inserted = row_count;
  if v_inserted = 1 then
    delete from pv.invitation i where i.invitation_id = v_invitation;
    outcome := 'registered';
  else
    -- A second statement: it sees what the insert waited for.
    perform 1 from pv.account a where a.identity_tag = p_tag;
    outcome := case when found then 'identity-taken' else 'email-taken' end;
    perform 1 from pv.account a where a.email = p_email;
    if found then
      outcome := 'email-taken';
    end if;
  end if;
end
$$;

-- For the operator: an administrator with a one-time password. 'created'; 'renewed' where the same address has an
-- administrator whose one-time password was never used; 'present' where p_first and a user exists; 'email-taken'.
create function pv.create_administrator(
  p_user uuid, p_email text, p_forename text, p_surname text, p_password_hash text, p_first boolean
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_inserted integer;
begin
  perform pg_advisory_xact_lock(20260301);
  if p_first and exists (select 1 from pv.account) then
    return 'present';
  end if;
  insert into pv.account (user_id, email, forename, surname, role, state, source, password_hash, one_time)
  values (p_user, p_email, p_forename, p_surname, 'administrator', 'active', 'operator', p_password_hash, true)
  on conflict do nothing;
  get diagnostics v_inserted = row_count;
  if v_inserted = 1 then
    return 'created';
  end if;
  update pv.account set password_hash = p_password_hash
  where email = p_email and role = 'administrator' and state = 'active' and one_time;
  return case when found then 'renewed' else 'email-taken' end;
end
$$;

-- Whether a user is an administrator now. Administrative actions check this in their own transaction, because the role
-- in the token may be out of date.
create function pv.is_administrator(p_user uuid) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select 1 from pv.account a where a.user_id = p_user and a.role = 'administrator' and a.state = 'active'
  )
$$;

-- 'created'; 'not-admitted'; 'conflict' where too many are valid. Expired ones are removed at the same time.
create function pv.create_invitation(
  p_actor uuid, p_invitation uuid, p_tag bytea, p_role text, p_days integer, p_max integer,
  out outcome text, out created_at_ms bigint, out expires_at_ms bigint
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now constant timestamptz := clock_timestamp();
begin
  perform pg_advisory_xact_lock(20260301);
  delete from pv.invitation i where i.expires_at <= v_now;
  if not pv.is_administrator(p_actor) then
    outcome := 'not-admitted';
  elsif (select count(*) from pv.invitation) >= p_max then
    outcome := 'conflict';
  else
    insert into pv.invitation (invitation_id, tag, role, created_by, created_at, expires_at)
    values (p_invitation, p_tag, p_role, p_actor, v_now, v_now + make_interval(days => p_days));
    outcome := 'created';
    created_at_ms := (extract(epoch from v_now) * 1000)::bigint;
    expires_at_ms := (extract(epoch from v_now + make_interval(days => p_days)) * 1000)::bigint;
  end if;
end
$$;

create function pv.list_invitations()
returns table (invitation_id uuid, role text, created_by uuid, created_at_ms bigint, expires_at_ms bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select i.invitation_id, i.role, i.created_by, (extract(epoch from i.created_at) * 1000)::bigint,
    (extract(epoch from i.expires_at) * 1000)::bigint
  from pv.invitation i where i.expires_at > now() order by i.expires_at, i.invitation_id
$$;

-- 'withdrawn'; 'not-admitted'; 'not-found'.
create function pv.withdraw_invitation(p_actor uuid, p_invitation uuid) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(20260301);
  if not pv.is_administrator(p_actor) then
    return 'not-admitted';
  end if;
  delete from pv.invitation i where i.invitation_id = p_invitation;
  return case when found then 'withdrawn' else 'not-found' end;
end
$$;

grant execute on function
  pv.register_user(uuid, text, text, text, text, text, bytea, text, boolean, bytea),
  pv.create_administrator(uuid, text, text, text, text, boolean),
  pv.create_invitation(uuid, uuid, bytea, text, integer, integer),
  pv.list_invitations(),
  pv.withdraw_invitation(uuid, uuid)
to popvote_access;

reset role;
