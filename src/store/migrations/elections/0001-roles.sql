-- Why: who broke into `elections` must find nothing that it may read or change but by the functions of its job, and must
-- not be able to rewrite the record of what was done. One role owns everything and cannot log in; the service's role may
-- only execute functions. Passwords of roles are set by whoever runs the migrations, never here.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['popvote_owner', 'popvote_elections'] loop
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
  execute format('grant connect on database %I to popvote_elections', current_database());
end
$$;

-- Each statement of a function must see what the one before it waited for, and a wait for a lock must end.
alter role popvote_elections set default_transaction_isolation = 'read committed';
alter role popvote_elections set lock_timeout = '5s';

revoke all on schema public from public;
create schema pv authorization popvote_owner;
revoke all on schema pv from public;
grant usage on schema pv to popvote_elections;
-- A function is executable by everybody unless this is said before it is made.
alter default privileges for role popvote_owner revoke execute on functions from public;
