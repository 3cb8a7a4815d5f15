-- Why: who broke into a service must find nothing that it may read or change by itself. One role owns everything and
-- cannot log in; each service has a role that may only execute the functions that its job needs. Passwords are set by
-- whoever runs the migrations, never here.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['popvote_owner', 'popvote_ballots', 'popvote_mixer'] loop
    -- Roles belong to the whole server: another database's migrations may have made them already.
    begin
      execute format('create role %I nologin', v_role);
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;
  -- One who migrates without being superuser must be let in to own what is made below.
  if not (select r.rolsuper from pg_roles r where r.rolname = current_user) then
    execute format('grant popvote_owner to %I', current_user);
  end if;
  -- Large objects belong to whoever makes them: a place to keep what no table may hold.
  if (select r.rolsuper from pg_roles r where r.rolname = current_user) then
    revoke execute on function lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea) from public;
  end if;
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to popvote_ballots, popvote_mixer', current_database());
end
$$;

-- The second statement of a cast must see what the first one waited for, and a wait for a lock must end.
alter role popvote_ballots set default_transaction_isolation = 'read committed';
alter role popvote_ballots set lock_timeout = '5s';
alter role popvote_mixer set default_transaction_isolation = 'read committed';
alter role popvote_mixer set lock_timeout = '5s';

revoke all on schema public from public;
create schema pv authorization popvote_owner;
revoke all on schema pv from public;
grant usage on schema pv to popvote_ballots, popvote_mixer;
-- A function is executable by everybody unless this is said before it is made.
alter default privileges for role popvote_owner revoke execute on functions from public;

set local role popvote_owner;

-- For triggers that hold even against the owner.
create function pv.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'what is recorded is never changed' using errcode = '42501';
end
$$;

reset role;
