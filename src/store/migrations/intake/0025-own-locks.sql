-- Why: every role could take the advisory locks that casts take, and hold them, so the role of the mixer could stop
-- voting. Only functions of the owner take advisory locks now, and no function that the mixer may execute holds a lock
-- that a cast takes until the end of its transaction. Where the migrations do not run as a superuser the rights on
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

-- The lock of the working mixer: held by its connection until it ends or releases it.
create function pv.take_mixer_lock() returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select pg_try_advisory_lock(20260004, 0)
$$;

create function pv.release_mixer_lock() returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select pg_advisory_unlock(20260004, 0)
$$;

-- As before, but without a lock: casts in flight are waited for by pv.wait_for_casts, before a key is destroyed.
create or replace function pv.retire_mixer_key(p_epoch bytea) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update pv.mixer_key set state = 'retired' where epoch = p_epoch and state = 'active'
$$;

-- Waits until every cast that was in flight is over. Those that follow see what was committed before, so nothing more
-- is sealed to a key that was retired before. The lock is taken in a subtransaction that is rolled back: it is released
-- when this returns, and the caller cannot hold it.
create function pv.wait_for_casts() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(20260003, 0);
  raise exception 'the casts in flight are over' using errcode = 'PV012';
exception when sqlstate 'PV012' then
  null;
end
$$;

grant execute on function pv.take_mixer_lock(), pv.release_mixer_lock(), pv.wait_for_casts() to popvote_mixer;

reset role;
