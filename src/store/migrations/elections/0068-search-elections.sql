-- Why: administrators find an election by a part of its title or its id, and lists offer only the ways to vote that an election
-- has. The function before this one stays for the version before.
set local role popvote_owner;

-- Newest first: elections before a number, in a phase, with a way to vote, and with a text in the id or in a title.
create function pv.search_elections(p_before bigint, p_phase text, p_channel text, p_search text, p_limit integer)
returns table (
  election_id text, number bigint, title json, state text, phase text, version integer, opens_at_ms bigint,
  closes_at_ms bigint, time_zone text, rehearsal boolean, pending boolean, contests integer, channels json
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, e.number, e.definition -> 'title', e.state, pv.phase_of(e), e.version,
    (extract(epoch from e.opens_at) * 1000)::bigint, (extract(epoch from e.closes_at) * 1000)::bigint,
    e.definition ->> 'timeZone', e.rehearsal, e.pending is not null, json_array_length(e.definition -> 'contests'),
    coalesce(e.definition -> 'channels', '["online"]'::json)
  from pv.election e
  where (p_before is null or e.number < p_before) and (p_phase is null or pv.phase_of(e) = p_phase)
    and (p_channel is null or (e.definition -> 'channels')::jsonb ? p_channel)
    and (
      p_search is null or position(lower(p_search collate "und-x-icu") in lower(e.election_id collate "und-x-icu")) > 0
      or exists (
        select 1 from json_each_text(e.definition -> 'title') as t (language, text)
        where position(lower(p_search collate "und-x-icu") in lower(t.text collate "und-x-icu")) > 0
      )
    )
  order by e.number desc limit p_limit
$$;

grant execute on function pv.search_elections(bigint, text, text, text, integer) to popvote_elections;

reset role;
