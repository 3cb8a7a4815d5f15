-- Why: an election names the keys of its voters and phones. A key is destroyed only when no election needs it any more.
set local role popvote_owner;

-- Each key that an election names: how many elections still need it, and the one that needs it longest. A draft may be
-- announced, and an election that is not published may be counted again. Of a published one, votes are repeated for
-- p_replay_seconds after the longest token. Where an election names no keys, both are 'first'.
create function pv.key_uses(p_replay_seconds integer)
returns table (ring text, kid text, needing integer, election_id text, state text, until_ms bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with named as (
    select e.election_id, e.state, coalesce(e.announced, e.definition) as body, e.closes_at from pv.election e
  ), used as (
    select n.election_id, n.state, k.ring, coalesce(n.body -> 'keys' ->> k.ring, 'first') as kid,
      n.closes_at + make_interval(secs => coalesce((n.body ->> 'graceSeconds')::integer, 0)
        + coalesce((n.body -> 'verification' ->> 'verifiedSecondsMax')::integer, 0) + p_replay_seconds) as until
    from named n cross join (values ('identity'), ('phone')) k (ring)
  ), judged as (
    select u.*, u.state <> 'published' or u.until > clock_timestamp() as needed from used u
  )
  select distinct on (j.ring, j.kid) j.ring, j.kid,
    (count(*) filter (where j.needed) over (partition by j.ring, j.kid))::integer,
    j.election_id, j.state, (extract(epoch from j.until) * 1000)::bigint
  from judged j
  order by j.ring, j.kid, j.needed desc, j.state = 'published', j.until desc
$$;

grant execute on function pv.key_uses(integer) to popvote_elections;

reset role;
