-- Why: officials may activate voters without a phone. How many each of them activated, at which station and in which hour, is
-- counted here, and the count bounds them. Nothing about a voter is stored.
set local role popvote_owner;

create table pv.activation_count (
  election_id text not null references pv.election,
  -- Empty in an election without stations.
  station text not null check (octet_length(station) <= 64),
  official uuid not null,
  hour timestamptz not null,
  activations integer not null check (activations > 0),
  primary key (official, hour, election_id, station)
);
create index activation_by_election on pv.activation_count (election_id, station);

-- Counts one activation, unless the official has made p_max in this hour, in all elections. Returns 0, or the seconds until the
-- next hour.
create function pv.count_activation(p_election text, p_station text, p_official uuid, p_max integer) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz;
  v_hour timestamptz;
begin
  -- One at a time for an official, so that parallel ones are counted too: advisory lock 20260100.
  perform pg_advisory_xact_lock(20260100, hashtext(p_official::text));
  v_now := clock_timestamp();
  v_hour := date_trunc('hour', v_now, 'UTC');
  if coalesce(
    (select sum(c.activations) from pv.activation_count c where c.official = p_official and c.hour = v_hour), 0
  ) >= p_max then
    return ceil(extract(epoch from v_hour + interval '1 hour' - v_now))::integer;
  end if;
  insert into pv.activation_count as c (election_id, station, official, hour, activations)
  values (p_election, p_station, p_official, v_hour, 1)
  on conflict (official, hour, election_id, station) do update set activations = c.activations + 1;
  return 0;
end
$$;

-- By station and official.
create function pv.list_activations(p_election text) returns table (station text, official uuid, activations integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.station, c.official, sum(c.activations)::integer from pv.activation_count c
  where c.election_id = p_election group by c.station, c.official order by c.station, c.official
$$;

grant execute on function
  pv.count_activation(text, text, uuid, integer),
  pv.list_activations(text)
to popvote_elections;

reset role;
