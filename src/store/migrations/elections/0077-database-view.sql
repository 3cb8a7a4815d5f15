-- Why: operators look at the database of a running election with a program that others wrote (docs/deployment.md, "View of
-- the databases"). Its role reads the views below and nothing else: no roll, no person, no definition, no result and no number of votes. It
-- changes nothing, and its statements end soon. Its password is set by the person who runs the migrations.
do $$
begin
  -- Roles belong to the whole server. Another database's migrations may have created it already.
  begin
    create role popvote_viewer nologin;
  exception when duplicate_object or unique_violation then
    null;
  end;
  execute format('grant connect on database %I to popvote_viewer', current_database());
end
$$;
alter role popvote_viewer set default_transaction_read_only = on;
alter role popvote_viewer set statement_timeout = '10s';
alter role popvote_viewer set lock_timeout = '1s';
alter role popvote_viewer connection limit 8;
grant usage on schema pv to popvote_viewer;

-- Every role could take the advisory locks of this database, and hold them. Only functions of the owner take them now, as in
-- the databases that several services use.
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

-- How far each election is.
create view pv.view_elections as
select e.election_id, e.number, e.state, e.rehearsal, e.opens_at, e.closes_at, e.created_at, e.changed_at, e.announced_at,
  e.version, e.pending_act
from pv.election e;

-- When results were made and published, without what they say.
create view pv.view_results as
select r.election_id, r.revision, r.made_at, r.published_at from pv.result r;

-- Acts that are planned or were carried out, without who asked for them and why.
create view pv.view_planned_acts as
select a.election_id, a.act, a.due_at, a.requested_at, a.finished_at, a.state, a.code from pv.scheduled_act a;

-- The audit log by times and acts, without persons and texts.
create view pv.view_audit as
select a.number, a.at, a.act, a.object_kind from pv.audit_entry a;

-- Signed heads of the record of acts.
create view pv.view_record_heads as
select h.number, h.signed_at from pv.signed_head h;

grant select on pv.view_elections, pv.view_results, pv.view_planned_acts, pv.view_audit, pv.view_record_heads
  to popvote_viewer;

reset role;
