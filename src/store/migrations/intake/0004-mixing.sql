-- Why: the mixer moves sealed ballots in batches of at least K to the other database, and may be killed at any point.
-- The chosen batch is committed here first: choosing again, with newcomers, would leave a recognisable batch of a few
-- ballots in the box. Advisory locks of class 20260002 make choosing exclusive for each election.
set local role popvote_owner;

create table pv.mixing (
  election_id text not null,
  slot uuid not null,
  primary key (election_id, slot)
);

-- The elections with something to mix: the number of waiting sealed ballots (counted up to 10,000) without those that
-- the mixer cannot open, the number chosen and unfinished, and whether no more can come.
create function pv.mixable(p_excluding uuid[])
returns table (election_id text, waiting integer, chosen integer, min_batch integer, final boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id,
    (select count(*)::integer
     from (select 1 from pv.outbox o where o.election_id = e.election_id and o.slot <> all (p_excluding) limit 10000) o),
    (select count(*)::integer from pv.mixing m where m.election_id = e.election_id),
    e.min_batch,
    e.state = 'closed'
  from pv.election e
  where exists (select 1 from pv.outbox o where o.election_id = e.election_id)
    or exists (select 1 from pv.mixing m where m.election_id = e.election_id)
  order by e.election_id
$$;

-- Chooses a batch in the order of the random slots, and returns its size: 0 where one is chosen already. The minimum of
-- K is enforced here too (PV002), for every caller.
create function pv.choose_batch(p_election text, p_count integer, p_excluding uuid[]) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election record;
  v_waiting integer;
  v_left integer;
begin
  perform pg_advisory_xact_lock(20260002, hashtext(p_election));
  perform 1 from pv.mixing m where m.election_id = p_election limit 1;
  if found then
    return 0;
  end if;
  select e.min_batch, e.state = 'closed' as final into strict v_election
  from pv.election e where e.election_id = p_election;
  select count(*) into v_waiting
  from (select 1 from pv.outbox o where o.election_id = p_election and o.slot <> all (p_excluding) limit 10000) o;
  v_left := v_waiting - p_count;
  -- At least K move, and at least K remain for the last voters. At the end all move, so that no small remainder is
  -- left. K = 1 is for rehearsals and mixes nothing.
  if p_count < 1 or v_left < 0
    or (p_count < v_election.min_batch and not (v_election.final and v_left = 0))
    or (v_left < v_election.min_batch and v_election.min_batch > 1 and not (v_election.final and v_left = 0)) then
    raise exception 'a batch may be no smaller than K, nor leave fewer' using errcode = 'PV002';
  end if;
  insert into pv.mixing (election_id, slot)
  select o.election_id, o.slot from pv.outbox o
  where o.election_id = p_election and o.slot <> all (p_excluding)
  order by o.slot limit p_count;
  return p_count;
end
$$;

-- The chosen batch.
create function pv.chosen_batch(p_election text) returns table (slot uuid, sealed bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select o.slot, o.sealed from pv.mixing m
  join pv.outbox o on o.election_id = m.election_id and o.slot = m.slot
  where m.election_id = p_election
  order by o.slot
$$;

-- Ends a batch: ballots that were opened, and are committed in the box, leave the outbox; others stay. Only chosen
-- ballots can leave. Returns how many left; repeating it changes nothing.
create function pv.finish_batch(p_election text, p_opened uuid[], p_unopened uuid[]) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_left integer;
begin
  delete from pv.outbox o using pv.mixing m, unnest(p_opened) as i(slot)
  where m.election_id = p_election and m.slot = i.slot and o.election_id = p_election and o.slot = i.slot;
  get diagnostics v_left = row_count;
  delete from pv.mixing m using unnest(p_opened || p_unopened) as i(slot)
  where m.election_id = p_election and m.slot = i.slot;
  return v_left;
end
$$;

create function pv.add_mixer_key(
  p_epoch bytea, p_created_at_ms bigint, p_public_key bytea, p_kid text, p_signature bytea
) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into pv.mixer_key (epoch, created_at_ms, public_key, kid, signature)
  values (p_epoch, p_created_at_ms, p_public_key, p_kid, p_signature)
  on conflict do nothing
$$;

-- The keys that are not destroyed, and whether a sealed ballot still needs each.
create function pv.mixer_keys() returns table (epoch bytea, created_at_ms bigint, state text, needed boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.epoch, m.created_at_ms, m.state,
    m.state = 'active' or exists (select 1 from pv.outbox o where substring(o.sealed from 2 for 16) = m.epoch)
  from pv.mixer_key m where m.state <> 'shredded'
  order by m.created_at_ms desc
$$;

-- After this no ballot sealed to the key can be committed: casts in flight are waited for.
create function pv.retire_mixer_key(p_epoch bytea) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(20260003, 0);
  update pv.mixer_key set state = 'retired' where epoch = p_epoch and state = 'active';
end
$$;

-- Records that a retired key's private half is destroyed. False, and nothing is recorded, while a sealed ballot needs
-- it.
create function pv.note_shredded(p_epoch bytea) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.mixer_key set state = 'shredded'
  where epoch = p_epoch and state = 'retired'
    and not exists (select 1 from pv.outbox o where substring(o.sealed from 2 for 16) = p_epoch);
  return found;
end
$$;

-- Participation and outbox of every election, from one snapshot: with the box they must add up.
create function pv.count_elections() returns table (election_id text, participation bigint, outbox bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id,
    (select count(*) from pv.participation p where p.election_id = e.election_id),
    (select count(*) from pv.outbox o where o.election_id = e.election_id)
  from pv.election e order by e.election_id
$$;

grant execute on function
  pv.mixable(uuid[]),
  pv.choose_batch(text, integer, uuid[]),
  pv.chosen_batch(text),
  pv.finish_batch(text, uuid[], uuid[]),
  pv.add_mixer_key(bytea, bigint, bytea, text, bytea),
  pv.mixer_keys(),
  pv.retire_mixer_key(bytea),
  pv.note_shredded(bytea),
  pv.count_elections()
to popvote_mixer;

reset role;
