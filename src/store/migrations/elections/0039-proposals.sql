-- Why: in an election that counts, one administrator proposes an act and another confirms it. A proposal is stored with
-- its exact parameters, and the confirmation makes it a scheduled act in the same transaction. A table constraint keeps
-- anyone from confirming an act of their own. Functions of the code before this migration see only the acts that they
-- know.
set local role popvote_owner;

alter table pv.scheduled_act
  drop constraint scheduled_act_act_check,
  add check (act ~ '^[a-z][a-z-]{1,39}$'),
  alter column reason drop not null,
  -- As JSON text, exactly as proposed; null for the plan of one administrator.
  add column parameters text,
  add column confirmed_by uuid,
  -- Due at its confirmation, not at a planned moment.
  add column immediate boolean not null default false,
  add check (confirmed_by <> requested_by),
  add check (immediate or reason is not null);
drop index pv.one_waiting_act;
create unique index one_waiting_act on pv.scheduled_act (election_id, act) where state = 'waiting' and not immediate;

create table pv.proposal (
  proposal_id uuid primary key default gen_random_uuid(),
  election_id text not null references pv.election (election_id) on delete cascade,
  act text not null check (act ~ '^[a-z][a-z-]{1,39}$'),
  parameters text not null check (octet_length(parameters) <= 8388608),
  reason text check (length(reason) between 1 and 4000),
  -- The planned moment; null for an act that is carried out when it is confirmed.
  due_at timestamptz,
  proposed_by uuid not null,
  proposed_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null check (expires_at > proposed_at),
  state text not null default 'proposed' check (state in ('proposed', 'confirmed', 'rejected', 'expired')),
  decided_by uuid,
  decided_at timestamptz,
  act_id uuid unique references pv.scheduled_act (act_id) on delete cascade,
  check ((state = 'proposed') = (decided_at is null)),
  check ((state = 'confirmed') = (act_id is not null)),
  check ((state in ('confirmed', 'rejected')) = (decided_by is not null)),
  constraint another_confirms check (state <> 'confirmed' or decided_by <> proposed_by)
);
-- The same proposal is stored once while it waits.
create unique index one_proposal on pv.proposal (election_id, act, md5(parameters), coalesce(due_at, 'infinity'))
  where state = 'proposed';
create index newest_proposals on pv.proposal (proposed_at desc);

-- Stores a proposal for p_life_seconds: 'proposed', also where the same waits already; 'not-found'; 'past'; 'full'
-- where p_max of the election wait.
create function pv.propose_act(
  p_election text, p_act text, p_parameters text, p_reason text, p_due_at timestamptz, p_by uuid,
  p_life_seconds integer, p_max integer
)
returns table (outcome text, proposal_id uuid)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_id uuid;
begin
  perform 1 from pv.election e where e.election_id = p_election for update;
  if not found then
    return query select 'not-found', null::uuid;
    return;
  elsif p_due_at <= v_now then
    return query select 'past', null::uuid;
    return;
  end if;
  update pv.proposal p set state = 'expired', decided_at = v_now
  where p.election_id = p_election and p.state = 'proposed' and p.expires_at <= v_now;
  select p.proposal_id into v_id from pv.proposal p
  where p.election_id = p_election and p.act = p_act and p.parameters = p_parameters and p.state = 'proposed'
    and p.due_at is not distinct from p_due_at;
  if not found then
    if (select count(*) from pv.proposal p where p.election_id = p_election and p.state = 'proposed') >= p_max then
      return query select 'full', null::uuid;
      return;
    end if;
    insert into pv.proposal (election_id, act, parameters, reason, due_at, proposed_by, proposed_at, expires_at)
    values (p_election, p_act, p_parameters, p_reason, p_due_at, p_by, v_now, v_now + make_interval(secs => p_life_seconds))
    returning proposal.proposal_id into v_id;
  end if;
  return query select 'proposed', v_id;
end
$$;

-- Confirms a proposal and makes it a scheduled act, once. 'confirmed' with the act, which is leased to the caller for
-- p_lease_ms where it is due now; 'not-found'; 'own'; 'expired'; 'decided'; 'past' where the planned moment is over;
-- 'planned' where another plan for the act waits.
create function pv.confirm_proposal(p_proposal uuid, p_by uuid, p_lease_ms integer)
returns table (outcome text, act_id uuid, immediate boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_proposal pv.proposal;
  v_act uuid;
begin
  select p.* into v_proposal from pv.proposal p where p.proposal_id = p_proposal for update;
  if not found then
    return query select 'not-found', null::uuid, null::boolean;
    return;
  elsif v_proposal.state = 'expired' or (v_proposal.state = 'proposed' and v_proposal.expires_at <= v_now) then
    return query select 'expired', null::uuid, null::boolean;
    return;
  elsif v_proposal.state <> 'proposed' then
    return query select 'decided', null::uuid, null::boolean;
    return;
  elsif v_proposal.proposed_by = p_by then
    return query select 'own', null::uuid, null::boolean;
    return;
  elsif v_proposal.due_at <= v_now then
    return query select 'past', null::uuid, null::boolean;
    return;
  end if;
  insert into pv.scheduled_act (election_id, act, due_at, reason, requested_by, parameters, confirmed_by, immediate,
    leased_until)
  values (v_proposal.election_id, v_proposal.act, coalesce(v_proposal.due_at, v_now), v_proposal.reason,
    v_proposal.proposed_by, v_proposal.parameters, p_by, v_proposal.due_at is null,
    case when v_proposal.due_at is null then v_now + make_interval(secs => p_lease_ms / 1000.0) end)
  returning scheduled_act.act_id into v_act;
  update pv.proposal p set state = 'confirmed', decided_by = p_by, decided_at = v_now, act_id = v_act
  where p.proposal_id = p_proposal;
  return query select 'confirmed', v_act, v_proposal.due_at is null;
exception
  when unique_violation then
    return query select 'planned', null::uuid, null::boolean;
end
$$;

-- Rejects a proposal: 'rejected', 'not-found', 'expired' or 'decided'.
create function pv.reject_proposal(p_proposal uuid, p_by uuid) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_proposal pv.proposal;
begin
  select p.* into v_proposal from pv.proposal p where p.proposal_id = p_proposal for update;
  if not found then
    return 'not-found';
  elsif v_proposal.state = 'expired' or (v_proposal.state = 'proposed' and v_proposal.expires_at <= v_now) then
    return 'expired';
  elsif v_proposal.state <> 'proposed' then
    return 'decided';
  end if;
  update pv.proposal p set state = 'rejected', decided_by = p_by, decided_at = v_now where p.proposal_id = p_proposal;
  return 'rejected';
end
$$;

-- Proposals, the newest first: all, one, or those of an election; with p_waiting only those that can be confirmed.
-- `act_state`, `code` and `detail` are those of the act that a confirmed proposal became. p_parameters: also the
-- parameters.
create function pv.seen_proposals(p_proposal uuid, p_election text, p_waiting boolean, p_parameters boolean, p_limit integer)
returns table (
  proposal_id uuid, election_id text, act text, parameters text, reason text, due_at_ms bigint, proposed_by uuid,
  proposed_at_ms bigint, expires_at_ms bigint, state text, decided_by uuid, decided_at_ms bigint, act_state text,
  code text, detail text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.proposal_id, p.election_id, p.act, case when p_parameters then p.parameters end, p.reason,
    (extract(epoch from p.due_at) * 1000)::bigint, p.proposed_by, (extract(epoch from p.proposed_at) * 1000)::bigint,
    (extract(epoch from p.expires_at) * 1000)::bigint,
    case when p.state = 'proposed' and p.expires_at <= clock_timestamp() then 'expired' else p.state end,
    p.decided_by, (extract(epoch from p.decided_at) * 1000)::bigint, s.state, s.code, s.detail
  from pv.proposal p left join pv.scheduled_act s on s.act_id = p.act_id
  where (p_proposal is null or p.proposal_id = p_proposal)
    and (p_election is null or p.election_id = p_election)
    and (not p_waiting or (p.state = 'proposed' and p.expires_at > clock_timestamp()))
  order by p.proposed_at desc, p.proposal_id limit p_limit
$$;

-- Takes acts that are due, with their parameters, the earliest first, for p_lease_ms milliseconds.
create function pv.take_due_acts_with_parameters(p_limit integer, p_lease_ms integer)
returns table (
  act_id uuid, election_id text, act text, overdue_ms bigint, reason text, requested_by uuid, parameters text,
  confirmed_by uuid
)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update pv.scheduled_act s
  set leased_until = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
  where s.act_id in (
    select d.act_id from pv.scheduled_act d
    where d.state = 'waiting' and d.due_at <= clock_timestamp()
      and (d.leased_until is null or d.leased_until <= clock_timestamp())
    order by d.due_at limit p_limit
    for update skip locked)
  returning s.act_id, s.election_id, s.act, (extract(epoch from clock_timestamp() - s.due_at) * 1000)::bigint,
    s.reason, s.requested_by, s.parameters, s.confirmed_by
$$;

-- One act that is leased to the caller.
create function pv.find_act(p_act_id uuid)
returns table (
  act_id uuid, election_id text, act text, overdue_ms bigint, reason text, requested_by uuid, parameters text,
  confirmed_by uuid
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.act_id, s.election_id, s.act, (extract(epoch from clock_timestamp() - s.due_at) * 1000)::bigint,
    s.reason, s.requested_by, s.parameters, s.confirmed_by
  from pv.scheduled_act s where s.act_id = p_act_id
$$;

-- For the code before this migration: only plans without parameters, which it can carry out.
create or replace function pv.take_due_acts(p_limit integer, p_lease_ms integer)
returns table (act_id uuid, election_id text, act text, overdue_ms bigint, reason text, requested_by uuid)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update pv.scheduled_act s
  set leased_until = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
  where s.act_id in (
    select d.act_id from pv.scheduled_act d
    where d.state = 'waiting' and d.due_at <= clock_timestamp() and d.parameters is null
      and (d.leased_until is null or d.leased_until <= clock_timestamp())
    order by d.due_at limit p_limit
    for update skip locked)
  returning s.act_id, s.election_id, s.act, (extract(epoch from clock_timestamp() - s.due_at) * 1000)::bigint,
    s.reason, s.requested_by
$$;

-- The plans of an election, without acts that were carried out at their confirmation.
create or replace function pv.acts_of(p_election text, p_limit integer)
returns table (
  act_id uuid, act text, due_at_ms bigint, reason text, requested_by uuid, requested_at_ms bigint, state text,
  finished_at_ms bigint, code text, detail text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.act_id, s.act, (extract(epoch from s.due_at) * 1000)::bigint, s.reason, s.requested_by,
    (extract(epoch from s.requested_at) * 1000)::bigint, s.state,
    (extract(epoch from s.finished_at) * 1000)::bigint, s.code, s.detail
  from pv.scheduled_act s where s.election_id = p_election and not s.immediate
  order by s.state <> 'waiting', s.due_at desc limit p_limit
$$;

grant execute on function
  pv.propose_act(text, text, text, text, timestamptz, uuid, integer, integer),
  pv.confirm_proposal(uuid, uuid, integer),
  pv.reject_proposal(uuid, uuid),
  pv.seen_proposals(uuid, text, boolean, boolean, integer),
  pv.take_due_acts_with_parameters(integer, integer),
  pv.find_act(uuid)
to popvote_elections;

reset role;
