-- Why: operators look at the database of a running election with a program that others wrote (docs/deployment.md, "View of
-- the databases"). Its role reads the views below and nothing else: no ballot, no participation and no number of it, no tag, no roll, no definition. It
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

set local role popvote_owner;

-- How far each election is.
create view pv.view_elections as
select e.election_id, e.state, e.rehearsal, e.opens_at, e.closes_at, e.grace, e.scheme, e.min_batch, e.online, e.revision
from pv.election e;

-- The keys of the mixer by their times, without the keys.
create view pv.view_hourly_keys as
select to_timestamp(k.created_at_ms / 1000.0) as created_at, k.kid, k.state
from pv.mixer_key k;

-- Elections that lost recorded votes, and losses that were accepted.
create view pv.view_losses as
select m.election_id, m.losses, 'missing' as state from pv.missing_mark m
union all select a.election_id, a.losses, 'accepted' from pv.accepted_loss a;

-- Closed intakes, and whether the box knows.
create view pv.view_closing_statements as
select s.election_id, s.recorded from pv.closing_statement s;

grant select on pv.view_elections, pv.view_hourly_keys, pv.view_losses, pv.view_closing_statements
  to popvote_viewer;

reset role;
