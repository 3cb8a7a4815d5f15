-- Why: only people who signed in with a second factor act on an election that counts. A plan is carried out later, when
-- a rehearsal may have become such an election. So a plan remembers how its author signed in. Plans of the code before
-- this migration, and confirmed proposals, count as signed in with a second factor.
set local role popvote_owner;

alter table pv.scheduled_act add column second_factor boolean not null default true;

-- As with five arguments.
create function pv.schedule_act(
  p_election text, p_act text, p_due_at timestamptz, p_reason text, p_by uuid, p_second_factor boolean
)
returns table (outcome text, act_id uuid)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_planned record;
begin
  select s.outcome, s.act_id into v_planned from pv.schedule_act(p_election, p_act, p_due_at, p_reason, p_by) s;
  update pv.scheduled_act s set second_factor = p_second_factor where s.act_id = v_planned.act_id;
  return query select v_planned.outcome, v_planned.act_id;
end
$$;

create function pv.act_has_second_factor(p_act_id uuid) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.second_factor from pv.scheduled_act s where s.act_id = p_act_id
$$;

grant execute on function
  pv.schedule_act(text, text, timestamptz, text, uuid, boolean),
  pv.act_has_second_factor(uuid)
to popvote_elections;

reset role;
