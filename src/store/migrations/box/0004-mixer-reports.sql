-- Why: administrators see the health of every service. The mixer has no port and reaches no Redis, so it reports here.
-- A report is about configuration and connections. It is written once a minute, whatever is moved, and only the last is
-- kept: neither its text nor its time says anything of a ballot.
set local role popvote_owner;

create table pv.mixer_report (
  instance text primary key check (length(instance) between 1 and 100),
  reported_at timestamptz not null default clock_timestamp(),
  report text not null check (octet_length(report) between 2 and 262144)
);

-- Stores the last report of a mixer process and deletes those of processes that ended.
create function pv.keep_mixer_report(p_instance text, p_report text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from pv.mixer_report where reported_at < clock_timestamp() - interval '1 day' and instance <> p_instance;
  insert into pv.mixer_report (instance, report) values (p_instance, p_report)
  on conflict (instance) do update set report = excluded.report, reported_at = clock_timestamp()
$$;

create function pv.forget_mixer_report(p_instance text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from pv.mixer_report where instance = p_instance
$$;

-- Newest first: one mixer works and others wait as standbys.
create function pv.list_mixer_reports() returns table (report text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select r.report from pv.mixer_report r order by r.reported_at desc limit 50
$$;

grant execute on function pv.keep_mixer_report(text, text), pv.forget_mixer_report(text) to popvote_mixer;
grant execute on function pv.list_mixer_reports() to popvote_elections;

reset role;
