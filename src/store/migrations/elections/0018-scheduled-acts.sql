-- Why: administrators plan announcing, closing, counting and publishing for a moment. The act is stored here and carried
-- out by whichever process of `elections` is first after that moment. Each act takes effect once: a process holds it by
-- a lease while it works, and an act that is done, failed or cancelled is never taken again.
set local role popvote_owner;

create table pv.scheduled_act (
  act_id uuid primary key default gen_random_uuid(),
  election_id text not null references pv.election (election_id) on delete cascade,
  act text not null check (act in ('announce', 'close', 'count', 'publish')),
  due_at timestamptz not null,
  reason text not null check (length(reason) between 1 and 4000),
  requested_by uuid not null,
  requested_at timestamptz not null default clock_timestamp(),
  state text not null default 'waiting' check (state in ('waiting', 'done', 'failed', 'cancelled')),
  -- Set while a process works on it: no other takes it before that moment.
  leased_until timestamptz,
  finished_at timestamptz,
  -- Why it failed: the code of the problem, and its text.
  code text,
  detail text,
  check ((state = 'waiting') = (finished_at is null)),
  check ((state = 'failed') = (code is not null))
);
-- One plan at a time for each act of an election.
create unique index one_waiting_act on pv.scheduled_act (election_id, act) where state = 'waiting';
create index due_acts on pv.scheduled_act (due_at) where state = 'waiting';

-- Stores a plan: 'scheduled', 'not-found', 'planned' where another plan for the act waits, or 'past'.
create function pv.schedule_act(p_election text, p_act text, p_due_at timestamptz, p_reason text, p_by uuid)
returns table (outcome text, act_id uuid)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  if p_due_at <= clock_timestamp() then
    return query select 'past', null::uuid;
    return;
  end if;
  insert into pv.scheduled_act (election_id, act, due_at, reason, requested_by)
  values (p_election, p_act, p_due_at, p_reason, p_by)
  returning scheduled_act.act_id into v_id;
  return query select 'scheduled', v_id;
exception
  when unique_violation then
    return query select 'planned', null::uuid;
  when foreign_key_violation then
    return query select 'not-found', null::uuid;
end
$$;

-- Cancels a plan that waits: 'cancelled', 'not-found', 'finished' where it is done, failed or cancelled, or 'running'
-- while a process works on it.
create function pv.cancel_act(p_election text, p_act_id uuid) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_act pv.scheduled_act;
begin
  select s.* into v_act from pv.scheduled_act s where s.act_id = p_act_id and s.election_id = p_election for update;
  if not found then
    return 'not-found';
  elsif v_act.state <> 'waiting' then
    return 'finished';
  elsif v_act.leased_until > clock_timestamp() then
    return 'running';
  end if;
  update pv.scheduled_act s set state = 'cancelled', finished_at = clock_timestamp() where s.act_id = p_act_id;
  return 'cancelled';
end
$$;

-- Takes acts that are due, the earliest first, for p_lease_ms milliseconds.
create function pv.take_due_acts(p_limit integer, p_lease_ms integer)
returns table (act_id uuid, election_id text, act text, overdue_ms bigint, reason text, requested_by uuid)
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
    s.reason, s.requested_by
$$;

-- The end of an act: done where p_code is null, otherwise failed. Repeating it changes nothing.
create function pv.finish_act(p_act_id uuid, p_code text, p_detail text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update pv.scheduled_act s
  set state = case when p_code is null then 'done' else 'failed' end, finished_at = clock_timestamp(),
    leased_until = null, code = p_code, detail = p_detail
  where s.act_id = p_act_id and s.state = 'waiting'
$$;

-- Gives an act back that could not be carried out yet: it is taken again after p_pause_ms milliseconds.
create function pv.release_act(p_act_id uuid, p_pause_ms integer) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update pv.scheduled_act s
  set leased_until = clock_timestamp() + make_interval(secs => p_pause_ms / 1000.0)
  where s.act_id = p_act_id and s.state = 'waiting'
$$;

-- The plans of an election, those that wait first, then the newest.
create function pv.acts_of(p_election text, p_limit integer)
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
  from pv.scheduled_act s where s.election_id = p_election
  order by s.state <> 'waiting', s.due_at desc limit p_limit
$$;

grant execute on function
  pv.schedule_act(text, text, timestamptz, text, uuid),
  pv.cancel_act(text, uuid),
  pv.take_due_acts(integer, integer),
  pv.finish_act(uuid, text, text),
  pv.release_act(uuid, integer),
  pv.acts_of(text, integer)
to popvote_elections;

reset role;
