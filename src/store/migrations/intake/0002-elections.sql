-- Why: what the last step must know of an election. The database's own clock decides opening and closing, and the roll
-- decides eligibility where there is one. Advisory locks of class 20260001 are the closing barrier of an election:
-- casts hold it shared, and a change of the voting period holds it exclusively.
set local role popvote_owner;

create table pv.election (
  election_id text primary key check (election_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  opens_at timestamptz not null,
  closes_at timestamptz not null check (closes_at > opens_at),
  grace interval not null default '120 s' check (grace between '0 s' and '1 h'),
  state text not null default 'open' check (state in ('open', 'closed')),
  rehearsal boolean not null,
  min_batch integer not null check (min_batch between 1 and 1000 and (rehearsal or min_batch >= 50)),
  scheme text not null check (scheme in ('hkid', 'jmbg', 'phone-only', 'roll')),
  -- Every sealed ballot of the election has this size, so that no size shows a choice.
  sealed_bytes integer not null check (sealed_bytes % 256 = 0 and sealed_bytes between 256 and 32768),
  -- The RFC 8785 text, stored byte for byte.
  definition json not null,
  publication json not null,
  revision integer not null check (revision >= 0),
  -- A keyed value of the election's keys: a server with other keys can detect the difference.
  key_check bytea not null check (octet_length(key_check) = 32)
);

create table pv.roll (
  election_id text not null,
  voter_tag bytea not null check (octet_length(voter_tag) = 32),
  primary key (election_id, voter_tag)
);

-- 'created'; 'unchanged' where the same definition is there already; 'conflict' where another one is.
create function pv.create_election(
  p_election text, p_opens_at timestamptz, p_closes_at timestamptz, p_grace interval, p_rehearsal boolean,
  p_min_batch integer, p_scheme text, p_sealed_bytes integer, p_definition json, p_publication json,
  p_revision integer, p_key_check bytea
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_inserted integer;
begin
  insert into pv.election (election_id, opens_at, closes_at, grace, rehearsal, min_batch, scheme, sealed_bytes,
    definition, publication, revision, key_check)
  values (p_election, p_opens_at, p_closes_at, p_grace, p_rehearsal, p_min_batch, p_scheme, p_sealed_bytes,
    p_definition, p_publication, p_revision, p_key_check)
  on conflict do nothing;
  get diagnostics v_inserted = row_count;
  if v_inserted = 1 then
    return 'created';
  end if;
  perform 1 from pv.election e where e.election_id = p_election and e.definition::text = p_definition::text;
  return case when found then 'unchanged' else 'conflict' end;
end
$$;

-- 'set', 'unchanged', 'not-found', 'conflict'. Both times may change before the opening. After it only the end may,
-- later or earlier, never to before now. An older publication never replaces a newer one.
create function pv.set_times(
  p_election text, p_opens_at timestamptz, p_closes_at timestamptz, p_publication json, p_revision integer
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election record;
  v_now timestamptz;
begin
  perform pg_advisory_xact_lock(20260001, hashtext(p_election));
  select e.opens_at, e.closes_at, e.state, e.revision into v_election
  from pv.election e where e.election_id = p_election;
  if not found then
    return 'not-found';
  end if;
  v_now := clock_timestamp();
  if v_election.opens_at = p_opens_at and v_election.closes_at = p_closes_at and v_election.revision = p_revision then
    return 'unchanged';
  end if;
  if v_election.state <> 'open' or p_revision <= v_election.revision or p_closes_at <= p_opens_at
    or p_closes_at < v_now or (v_now >= v_election.opens_at and p_opens_at <> v_election.opens_at) then
    return 'conflict';
  end if;
  update pv.election set opens_at = p_opens_at, closes_at = p_closes_at, publication = p_publication,
    revision = p_revision
  where election_id = p_election;
  return 'set';
end
$$;

-- How many were added. Adding is refused ('conflict') where the election has no roll or is closed.
create function pv.add_roll(p_election text, p_voters bytea[], out outcome text, out added integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  added := 0;
  if cardinality(p_voters) > 10000 then
    raise exception 'too many at once' using errcode = '22023';
  end if;
  -- Shared: a roll may grow while casts run, not while the election is being closed.
  perform pg_advisory_xact_lock_shared(20260001, hashtext(p_election));
  select case when e.scheme = 'roll' and e.state = 'open' then 'done' else 'conflict' end into outcome
  from pv.election e where e.election_id = p_election;
  if outcome is null then
    outcome := 'not-found';
  elsif outcome = 'done' then
    insert into pv.roll (election_id, voter_tag)
    select p_election, i.voter from unnest(p_voters) as i(voter) order by i.voter
    on conflict do nothing;
    get diagnostics added = row_count;
  end if;
end
$$;

-- What `ballots` caches of one election.
create function pv.find_election(p_election text)
returns table (election_id text, state text, scheme text, sealed_bytes integer, definition json, key_check bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, e.state, e.scheme, e.sealed_bytes, e.definition, e.key_check
  from pv.election e where e.election_id = p_election
$$;

-- The publications, those of the elections that close last first.
create function pv.publications(p_max integer) returns table (publication json)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.publication from pv.election e order by e.closes_at desc, e.election_id limit p_max
$$;

grant execute on function
  pv.create_election(text, timestamptz, timestamptz, interval, boolean, integer, text, integer, json, json, integer, bytea),
  pv.set_times(text, timestamptz, timestamptz, json, integer),
  pv.add_roll(text, bytea[]),
  pv.find_election(text),
  pv.publications(integer)
to popvote_ballots;

reset role;
