-- Why: one administrator must not get rid of another, or make more of them. Where two can sign in, an act on users is
-- proposed by one and confirmed by another. A proposal is a row while it waits: its confirmation deletes it in the
-- transaction of the act, so the act is carried out once, and what was proposed about a person is not kept. The record of
-- acts has both names. An operator with this database can suspend an administrator.
set local role popvote_owner;

create table pv.proposal (
  proposal_id uuid primary key,
  act text not null check (act ~ '^[a-z][a-z-]{1,39}$'),
  -- Null where the act concerns no account yet.
  user_id uuid references pv.account on delete cascade,
  -- JSON.
  parameters text not null check (octet_length(parameters) <= 8192),
  -- The role and state of the account at the time of the proposal.
  standing text,
  proposed_by uuid not null references pv.account on delete cascade,
  proposed_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null check (expires_at > proposed_at)
);
-- The same proposal is stored once while it waits.
create unique index one_proposal on pv.proposal
  (act, proposed_by, coalesce(user_id, '00000000-0000-0000-0000-000000000000'), md5(parameters));

-- Internal. Only administrators change it, so that no one can make a proposal about themselves void.
create function pv.standing_of(p_user uuid) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.role || ' ' || a.state from pv.account a where a.user_id = p_user
$$;

-- Begins the transaction of an act on users: until it ends, no other act of an administrator takes effect. Returns how
-- many administrators can confirm.
create function pv.begin_user_act() returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(20260301);
  return pv.count_confirmers();
end
$$;

-- 'proposed', also where the same waits already; 'not-admitted'; 'not-found'; 'full' where p_max of this administrator
-- wait. Each has a bound of their own, so that no one can take the place of the others.
create function pv.propose_user_act(
  p_proposal uuid, p_by uuid, p_act text, p_user uuid, p_parameters text, p_seconds integer, p_max integer,
  out outcome text, out proposal_id uuid, out expires_at_ms bigint
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz;
begin
  perform pg_advisory_xact_lock(20260301);
  v_now := clock_timestamp();
  delete from pv.proposal p where p.expires_at <= v_now
    or (p.act = p_act and p.proposed_by = p_by and p.user_id = p_user and p.parameters = p_parameters
      and p.standing is distinct from pv.standing_of(p_user));
  if not pv.is_administrator(p_by) then
    outcome := 'not-admitted';
    return;
  elsif p_user is not null and pv.standing_of(p_user) is null then
    outcome := 'not-found';
    return;
  end if;
  select p.proposal_id, (extract(epoch from p.expires_at) * 1000)::bigint into proposal_id, expires_at_ms
  from pv.proposal p
  where p.act = p_act and p.proposed_by = p_by and p.user_id is not distinct from p_user
    and p.parameters = p_parameters;
  if not found then
    if (select count(*) from pv.proposal p where p.proposed_by = p_by) >= p_max then
      outcome := 'full';
      return;
    end if;
    insert into pv.proposal as p (proposal_id, act, user_id, parameters, standing, proposed_by, proposed_at, expires_at)
    values (p_proposal, p_act, p_user, p_parameters, pv.standing_of(p_user), p_by, v_now,
      v_now + make_interval(secs => p_seconds))
    returning p.proposal_id, (extract(epoch from p.expires_at) * 1000)::bigint into proposal_id, expires_at_ms;
  end if;
  outcome := 'proposed';
end
$$;

-- Those of administrators that have not expired, the newest first: all, or one.
create function pv.user_proposals(p_proposal uuid)
returns table (
  proposal_id uuid, act text, user_id uuid, parameters text, proposed_by uuid, proposed_at_ms bigint,
  expires_at_ms bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.proposal_id, p.act, p.user_id, p.parameters, p.proposed_by,
    (extract(epoch from p.proposed_at) * 1000)::bigint, (extract(epoch from p.expires_at) * 1000)::bigint
  from pv.proposal p
  where (p_proposal is null or p.proposal_id = p_proposal) and p.expires_at > clock_timestamp()
    and pv.is_administrator(p.proposed_by)
  order by p.proposed_at desc, p.proposal_id
$$;

-- Confirms a proposal by deleting it, in the transaction of its act: 'taken'; 'not-admitted'; 'not-found', also where it
-- was confirmed, withdrawn or has expired; 'own'; 'stale' where the account is not as it was, or the one who proposed is
-- no administrator any more.
create function pv.take_proposal(p_proposal uuid, p_by uuid) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_proposal pv.proposal;
begin
  perform pg_advisory_xact_lock(20260301);
  if not pv.is_administrator(p_by) then
    return 'not-admitted';
  end if;
  delete from pv.proposal p
  where p.proposal_id = p_proposal and p.proposed_by <> p_by and p.expires_at > clock_timestamp()
  returning p.* into v_proposal;
  if not found then
    perform 1 from pv.proposal p where p.proposal_id = p_proposal and p.expires_at > clock_timestamp();
    return case when found then 'own' else 'not-found' end;
  end if;
  if v_proposal.standing is distinct from pv.standing_of(v_proposal.user_id)
    or not pv.is_administrator(v_proposal.proposed_by) then
    return 'stale';
  end if;
  return 'taken';
end
$$;

-- By the one who proposed it: 'withdrawn', 'not-found', 'not-own'.
create function pv.withdraw_proposal(p_proposal uuid, p_by uuid, out outcome text, out user_id uuid)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from pv.proposal p
  where p.proposal_id = p_proposal and p.proposed_by = p_by and p.expires_at > clock_timestamp()
  returning p.user_id into user_id;
  if found then
    outcome := 'withdrawn';
    return;
  end if;
  perform 1 from pv.proposal p where p.proposal_id = p_proposal and p.expires_at > clock_timestamp();
  outcome := case when found then 'not-own' else 'not-found' end;
end
$$;

-- For the operator: suspends the administrator with this address and ends the sessions. 'suspended' with the id; 'already';
-- 'not-found'. PV010 for the last administrator.
create function pv.suspend_administrator(p_email text, out outcome text, out user_id uuid)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
begin
  perform pg_advisory_xact_lock(20260301);
  select a.user_id, a.state into user_id, v_state
  from pv.account a where a.email = p_email and a.role = 'administrator' for update;
  if not found then
    outcome := 'not-found';
    return;
  elsif v_state = 'suspended' then
    outcome := 'already';
    return;
  end if;
  update pv.account a set state = 'suspended' where a.user_id = suspend_administrator.user_id;
  delete from pv.invitation i where i.created_by = suspend_administrator.user_id;
  delete from pv.proposal p where p.proposed_by = suspend_administrator.user_id;
  perform pv.remove_sessions_of(user_id, null);
  outcome := 'suspended';
end
$$;

grant execute on function
  pv.begin_user_act(),
  pv.propose_user_act(uuid, uuid, text, uuid, text, integer, integer),
  pv.user_proposals(uuid),
  pv.take_proposal(uuid, uuid),
  pv.withdraw_proposal(uuid, uuid),
  pv.suspend_administrator(text)
to popvote_access;

reset role;
