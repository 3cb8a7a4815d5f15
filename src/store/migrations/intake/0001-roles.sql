-- Why: an attacker who breaks into a service must be able to read and change only what the functions of its job allow.
-- One role owns every object and cannot log in. Each service has a role that may only execute the functions of its job.
-- Passwords are set by the person who runs the migrations, never here.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['popvote_owner', 'popvote_ballots', 'popvote_mixer'] loop
    -- Roles belong to the whole server. Another database's migrations may have created them already.
    begin
      execute format('create role %I nologin', v_role);
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;
  -- A migrating user who is not a superuser must be a member of the owner role, to own what is created below.
  if not (select r.rolsuper from pg_roles r where r.rolname = current_user) then
    execute format('grant popvote_owner to %I', current_user);
  end if;
  -- A large object belongs to the role that creates it, so it could store what no table may hold.
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
-- PostgreSQL lets every role execute a new function unless this default is changed first.
alter default privileges for role popvote_owner revoke execute on functions from public;

set local role popvote_owner;

-- For triggers that hold even for the owner.
create function pv.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'what is recorded is never changed' using errcode = '42501';
end
$$;

reset role;
