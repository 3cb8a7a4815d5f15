-- Why: a card is taken by the devices that are enrolled at its station and by no other (decision 0028). Of the secret of a
-- device only the digest is here.
set local role popvote_owner;

create table pv.station_device (
  device_id uuid primary key,
  election_id text not null references pv.election,
  -- Empty in an election without stations.
  station text not null check (octet_length(station) <= 64),
  name text not null check (octet_length(name) between 1 and 400),
  digest bytea not null unique check (octet_length(digest) = 32),
  enrolled_by uuid not null,
  enrolled_at timestamptz not null default clock_timestamp(),
  revoked_by uuid,
  revoked_at timestamptz,
  check ((revoked_by is null) = (revoked_at is null))
);
create index device_by_station on pv.station_device (election_id, station) where revoked_at is null;

-- Enrols a device, unless its station has p_max. Returns when, or null.
create function pv.enrol_device(
  p_device uuid, p_election text, p_station text, p_name text, p_digest bytea, p_user uuid, p_max integer
) returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_at timestamptz;
begin
  -- One at a time for an election, so that parallel ones are counted too: advisory lock 20260102.
  perform pg_advisory_xact_lock(20260102, hashtext(p_election));
  insert into pv.station_device (device_id, election_id, station, name, digest, enrolled_by)
  select p_device, p_election, p_station, p_name, p_digest, p_user
  where p_max > (
    select count(*) from pv.station_device d
    where d.election_id = p_election and d.station = p_station and d.revoked_at is null
  )
  returning enrolled_at into v_at;
  return v_at;
end
$$;

-- The devices of a station that are not revoked, the first enrolled first.
create function pv.list_devices(p_election text, p_station text)
returns table (device_id uuid, name text, digest bytea, enrolled_by uuid, enrolled_at timestamptz)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select d.device_id, d.name, d.digest, d.enrolled_by, d.enrolled_at from pv.station_device d
  where d.election_id = p_election and d.station = p_station and d.revoked_at is null
  order by d.enrolled_at, d.device_id
$$;

-- Revokes a device. No row: there is none that is not revoked.
create function pv.revoke_device(p_election text, p_device uuid, p_user uuid) returns table (station text, name text)
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update pv.station_device d set revoked_by = p_user, revoked_at = clock_timestamp()
  where d.election_id = p_election and d.device_id = p_device and d.revoked_at is null
  returning d.station, d.name
$$;

grant execute on function
  pv.enrol_device(uuid, text, text, text, bytea, uuid, integer),
  pv.list_devices(text, text),
  pv.revoke_device(text, uuid, uuid)
to popvote_elections;

reset role;
