-- Why: operators look at the database of a running election with a program that others wrote (docs/deployment.md, "View of
-- the databases"). Its role reads the views below and nothing else: no ballot, no entry, no row of a batch, no number of them, no id of a person. It
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

-- Files of paper ballots, by what became of them.
create view pv.view_batches as
select b.batch_no, b.batch_id, b.again, e.election_id, b.station, b.accepted_at, b.needs_confirmation, c.confirmed_at,
  w.withdrawn_at, a.set_aside_at
from pv.batch b join pv.batch_election e using (election_no)
left join pv.confirmation c using (batch_no) left join pv.withdrawal w using (batch_no)
left join pv.set_aside a using (batch_no);

-- Boxes that take no more ballots.
create view pv.view_closed_boxes as
select c.election_id from pv.closed_box c;

-- The public logs.
create view pv.view_logs as
select l.election_id, l.origin, l.min_batch, l.online_disclosed from pv.log l;

-- When the mixer and the log last reported, without the reports.
create view pv.view_reports as
select 'mixer' as service, m.instance, m.reported_at from pv.mixer_report m
union all select 'log', l.instance, l.reported_at from pv.log_report l;

grant select on pv.view_batches, pv.view_closed_boxes, pv.view_logs, pv.view_reports
  to popvote_viewer;

reset role;
