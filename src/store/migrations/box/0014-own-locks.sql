-- Why: every role could take the advisory locks of the box and hold them, so one service could stop the work of another.
-- Only functions of the owner take advisory locks now. Where the migrations do not run as a superuser the rights on
-- functions of the system cannot be changed: `popvote doctor` reports it.
do $$
declare
  v_function regprocedure;
begin
  if not (select r.rolsuper from pg_roles r where r.rolname = current_user) then
    return;
  end if;
  for v_function in
    select p.oid from pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ '^pg_(try_)?advisory_'
  loop
    execute format('revoke execute on function %s from public', v_function);
    execute format('grant execute on function %s to popvote_owner', v_function);
  end loop;
end
$$;

set local role popvote_owner;

-- As before, but a box without the statement that its intake is closed is not locked.
create or replace function pv.close_box(p_election text, p_online bigint)
returns table (kind text, batch_id text, expected bigint, present bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_election is null or p_online is null then
    raise exception 'which box, and how many ballots?' using errcode = '22023';
  end if;
  if exists (select from pv.missing_in_box(p_election, p_online) m where m.kind = 'statement') then
    return query select m.* from pv.missing_in_box(p_election, p_online) m;
    return;
  end if;
  perform pg_advisory_xact_lock(20260005, hashtext(p_election));
  return query select m.* from pv.missing_in_box(p_election, p_online) m;
  if not found then
    insert into pv.closed_box (election_id) values (p_election) on conflict do nothing;
  end if;
end
$$;

reset role;
