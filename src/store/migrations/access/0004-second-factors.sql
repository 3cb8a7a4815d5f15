-- Why: a stolen password alone must not open an administrator's account. Each code of the authenticator and each
-- recovery code works once. The database enforces it: two concurrent requests with the same code give one login.
set local role popvote_owner;

create table pv.second_factor (
  user_id uuid primary key references pv.account on delete cascade,
  -- The secret of the authenticator, encrypted for this user under a key of the service.
  sealed text not null check (octet_length(sealed) <= 1024),
  confirmed boolean not null default false,
  -- The time step (RFC 6238) of the last accepted code.
  last_step bigint not null default 0,
  -- Keyed hashes of the unused recovery codes.
  recovery bytea[] not null default '{}' check (cardinality(recovery) <= 20)
);

create function pv.find_second_factor(p_user uuid) returns table (sealed text, confirmed boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.sealed, f.confirmed from pv.second_factor f where f.user_id = p_user
$$;

-- false where a confirmed one exists: it has to be removed first, which needs a code of it.
create function pv.offer_second_factor(p_user uuid, p_sealed text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pv.second_factor as f (user_id, sealed) values (p_user, p_sealed)
  on conflict (user_id) do update set sealed = excluded.sealed, last_step = 0 where not f.confirmed;
  return found;
end
$$;

-- From now on a login needs it. Sessions that began without it end, except the confirming one. `sealed` is the secret
-- that the code was checked against.
create function pv.confirm_second_factor(
  p_user uuid, p_sealed text, p_step bigint, p_recovery bytea[], p_keep uuid, out outcome text, out ended uuid[]
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  outcome := 'refused';
  ended := '{}';
  perform 1 from pv.account a where a.user_id = p_user for update;
  update pv.second_factor set confirmed = true, last_step = p_step, recovery = p_recovery
  where user_id = p_user and sealed = p_sealed and not confirmed;
  if found then
    outcome := 'confirmed';
    ended := pv.remove_sessions_of(p_user, p_keep);
  end if;
end
$$;

-- Whether a correct code is accepted: each time step once, in rising order.
create function pv.take_code(p_user uuid, p_step bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.second_factor set last_step = p_step where user_id = p_user and confirmed and last_step < p_step;
  return found;
end
$$;

-- Whether this was an unused recovery code. It is used up by this.
create function pv.take_recovery_code(p_user uuid, p_tag bytea) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.second_factor set recovery = array_remove(recovery, p_tag)
  where user_id = p_user and confirmed and p_tag = any(recovery);
  return found;
end
$$;

create function pv.remove_second_factor(p_user uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from pv.second_factor where user_id = p_user;
  return found;
end
$$;

grant execute on function
  pv.find_second_factor(uuid),
  pv.offer_second_factor(uuid, text),
  pv.confirm_second_factor(uuid, text, bigint, bytea[], uuid),
  pv.take_code(uuid, bigint),
  pv.take_recovery_code(uuid, bytea),
  pv.remove_second_factor(uuid)
to popvote_access;

reset role;
