-- Why: elections that are open or upcoming are the current ones. Every reader keeps them in memory, so their number and
-- their size are limited, and an announcement beyond the limit is refused. Elections that have ended are served from an
-- archive, and their number has no limit. So no statement that is repeated every second may read all of them.
set local role popvote_owner;

-- True while nothing can become due: a draft, or an ended election whose final publication `ballots` has.
alter table pv.election
  add column idle boolean not null generated always as (
    pending is null and (state = 'draft' or (
      state <> 'announced' and (turnout #>> '{turnout,final}') is not distinct from 'true'
      and kept = documents_revision::text || '/' || turnout_revision::text || '/' || results_revision::text
    ))
  ) stored;
create index election_busy on pv.election (changed_at) where not idle;
create index election_announced on pv.election (election_id) where state = 'announced' or pending is not null;
create index election_changed on pv.election (changed_at) where state <> 'draft';

-- Open or upcoming, or being announced. An election stays current for two minutes after its end, as long as votes may
-- arrive.
create function pv.is_current(e pv.election) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select (e.state = 'announced' or e.pending_act is not distinct from 'announce')
    and greatest(e.closes_at, e.pending_closes_at) > clock_timestamp() - interval '120 s'
$$;

-- The current elections and the bytes of their documents. A pending announcement becomes three documents.
create function pv.count_current(out elections bigint, out bytes bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(*), coalesce(sum(
    coalesce(octet_length(e.documents::text), 3 * octet_length((e.pending -> 'announced')::text))), 0)::bigint
  from pv.election e where (e.state = 'announced' or e.pending is not null) and pv.is_current(e)
$$;

-- As the function of four parameters, and 'full' where another current election would exceed a limit. Announcements
-- wait for each other (advisory lock 20260010), so that the limit is exact.
create function pv.propose_announcement(
  p_election text, p_version integer, p_announced json, p_by text, p_elections_max bigint, p_bytes_max bigint
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new boolean;
  v_current record;
begin
  perform pg_advisory_xact_lock(20260010, 0);
  select e.state = 'draft' and e.pending is null and e.version = p_version and e.closes_at > clock_timestamp()
  into v_new from pv.election e where e.election_id = p_election for update;
  if v_new then
    select c.elections, c.bytes into v_current from pv.count_current() c;
    if v_current.elections >= p_elections_max
      or v_current.bytes + 3 * octet_length(p_announced::text) > p_bytes_max then
      return 'full';
    end if;
  end if;
  return pv.propose_announcement(p_election, p_version, p_announced, p_by);
end
$$;

-- The publications that belong in Redis: of every current election, and of ended ones those that changed last, up to a
-- number and a size.
create function pv.served_publications(p_ended_max integer, p_ended_bytes_max bigint)
returns table (election_id text, revisions text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, pv.revisions_of(e) from pv.election e
  where (e.state = 'announced' or e.pending is not null) and e.documents is not null and pv.is_current(e)
  union all
  select r.election_id, r.revisions from (
    select e.election_id, pv.revisions_of(e) as revisions,
      sum(octet_length(e.documents::text) + coalesce(octet_length(e.turnout::text), 0)
        + coalesce(octet_length(e.results::text), 0)) over (order by e.changed_at desc, e.election_id) as bytes
    from (
      select o.* from pv.election o
      where o.state <> 'draft' and o.documents is not null and not pv.is_current(o)
      order by o.changed_at desc, o.election_id limit p_ended_max
    ) e
  ) r where r.bytes <= p_ended_bytes_max
$$;

-- Which of some elections may leave Redis: `ballots` has everything that is published.
create function pv.archived(p_elections text[]) returns table (election_id text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id from pv.election e
  where e.election_id = any(p_elections) and e.documents is not null and e.kept = pv.revisions_of(e)
    and not pv.is_current(e)
$$;

-- As before, except for four things. Idle elections are not read. Those whose last attempt failed a moment ago are
-- excluded, so that they do not take the places of others. What people wait for comes first. And the turnout of a closed
-- election is counted more and more rarely: paper ballots may still arrive, and it may stay uncounted forever.
create function pv.due_elections(
  p_limit integer, p_turnout_ms integer, p_rehearsal_turnout_ms integer, p_excluded text[]
) returns table (election_id text, pending boolean, ended boolean, uncounted boolean, unkept boolean)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select d.election_id, d.pending, d.ended, d.uncounted, d.unkept from (
    select e.election_id,
      e.pending is not null and e.changed_at <= clock_timestamp() - interval '5 s' as pending,
      e.state = 'announced' and e.pending is null and clock_timestamp() >= e.closes_at
        + make_interval(secs => coalesce((e.announced ->> 'graceSeconds')::integer, 120)) as ended,
      e.state <> 'draft' and clock_timestamp() >= e.opens_at and (e.turnout #>> '{turnout,final}') is distinct from 'true'
        and (e.turnout_at is null or e.turnout_at <= clock_timestamp() - greatest(
          make_interval(secs => case when e.rehearsal then p_rehearsal_turnout_ms else p_turnout_ms end / 1000.0),
          case when e.state = 'closed' and e.turnout_at > e.changed_at then (clock_timestamp() - e.changed_at) / 20 end)
        ) as uncounted,
      e.documents is not null and e.kept <> pv.revisions_of(e) as unkept,
      e.changed_at, e.turnout_at
    from pv.election e where not e.idle and e.election_id <> all (p_excluded)
  ) d
  where d.pending or d.ended or d.uncounted or d.unkept
  order by not d.pending, not d.ended, not d.unkept, d.turnout_at nulls first, d.changed_at limit p_limit
$$;

grant execute on function
  pv.count_current(),
  pv.propose_announcement(text, integer, json, text, bigint, bigint),
  pv.served_publications(integer, bigint),
  pv.archived(text[]),
  pv.due_elections(integer, integer, integer, text[])
to popvote_elections;

reset role;
