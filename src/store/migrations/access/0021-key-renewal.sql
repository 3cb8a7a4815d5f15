-- Why: the keys of `access` are rings, and an old one is dropped when nothing is stored under it. A national id is unique
-- under each key of the ring, so that processes with different rings cannot store one person twice meanwhile.
set local role popvote_owner;

create table pv.identity_name (
  tag bytea primary key check (octet_length(tag) = 32),
  user_id uuid not null references pv.account on delete cascade
);
create index identity_name_of_user on pv.identity_name (user_id);
insert into pv.identity_name (tag, user_id)
select a.identity_tag, a.user_id from pv.account a where a.identity_tag is not null;

create function pv.name_identity() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pv.identity_name (tag, user_id) values (new.identity_tag, new.user_id);
  return new;
end
$$;
create trigger name_identity after insert on pv.account for each row when (new.identity_tag is not null)
  execute function pv.name_identity();

-- Like register_user, with a tag of the national id under each key. Tags are stored in their order, so that two
-- registrations of one person cannot wait for each other.
create function pv.register_person(
  p_user uuid, p_email text, p_forename text, p_surname text, p_password_hash text,
  p_scheme text, p_tags bytea[], p_sealed text, p_approved boolean, p_invitation bytea,
  out outcome text, out role text, out state text, out source text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_invitation uuid;
  v_tags constant bytea[] := array(select distinct t from unnest(p_tags) t order by t);
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
  begin
    insert into pv.account (user_id, email, forename, surname, role, state, source, password_hash,
      identity_scheme, identity_tag, identity_sealed)
    values (p_user, p_email, p_forename, p_surname, role, state, source, p_password_hash, p_scheme, v_tags[1], p_sealed);
    insert into pv.identity_name (tag, user_id) select t, p_user from unnest(v_tags[2:]) t order by t;
    delete from pv.invitation i where i.invitation_id = v_invitation;
    outcome := 'registered';
  exception when unique_violation then
    -- A second statement: it sees what the insert waited for.
    perform 1 from pv.account a where a.email = p_email;
    outcome := case when found then 'email-taken' else 'identity-taken' end;
  end;
end
$$;

-- Users with something under a key, in the order of registration.
create function pv.list_sealed(p_after bigint, p_limit integer)
returns table (
  number bigint, user_id uuid, identity_scheme text, identity_sealed text, identity_tags bytea[], factor_sealed text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.number, a.user_id, a.identity_scheme, a.identity_sealed,
    array(select n.tag from pv.identity_name n where n.user_id = a.user_id order by n.tag), f.sealed
  from pv.account a left join pv.second_factor f on f.user_id = a.user_id
  where a.number > p_after and (a.identity_sealed is not null or f.sealed is not null)
  order by a.number limit p_limit
$$;

-- Stores the same under other keys, where it has not changed meanwhile. False where another user has the national id.
create function pv.renew_identity(p_user uuid, p_before text, p_sealed text, p_tags bytea[]) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tags constant bytea[] := array(select distinct t from unnest(p_tags) t order by t);
begin
  perform 1 from pv.account a where a.user_id = p_user and a.identity_sealed = p_before for update;
  if not found then
    return true;
  end if;
  insert into pv.identity_name (tag, user_id) select t, p_user from unnest(v_tags) t order by t on conflict do nothing;
  perform 1 from pv.identity_name n where n.tag = any(v_tags) and n.user_id <> p_user;
  if found then
    return false;
  end if;
  update pv.account a set identity_sealed = p_sealed, identity_tag = v_tags[1] where a.user_id = p_user;
  delete from pv.identity_name n where n.user_id = p_user and n.tag <> all(v_tags);
  return true;
end
$$;

create function pv.renew_factor(p_user uuid, p_before text, p_sealed text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update pv.second_factor f set sealed = p_sealed where f.user_id = p_user and f.sealed = p_before
$$;

grant execute on function
  pv.register_person(uuid, text, text, text, text, text, bytea[], text, boolean, bytea),
  pv.list_sealed(bigint, integer),
  pv.renew_identity(uuid, text, text, bytea[]),
  pv.renew_factor(uuid, text, text)
to popvote_access;

reset role;
