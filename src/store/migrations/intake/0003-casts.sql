-- Why: one atomic duplicate check, and the sealed ballot in the same transaction. Participation says who took part and
-- never what they chose. It holds no time, sequence or receipt, and is never changed. The outbox holds sealed ballots
-- on their way to the other database. Advisory locks of class 20260003 guard the mixer's keys: casts hold it shared,
-- and a key is retired under it exclusively, so that no ballot is ever sealed to a key that may be destroyed.
set local role popvote_owner;

create table pv.participation (
  election_id text not null,
  voter_tag bytea not null check (octet_length(voter_tag) = 32),
  phone_tag bytea not null check (octet_length(phone_tag) = 32),
  attempt_tag bytea not null check (octet_length(attempt_tag) = 32),
  primary key (election_id, voter_tag),
  unique (election_id, phone_tag)
);

-- The slot is random (UUID version 4), so the order of the index is a shuffle.
create table pv.outbox (
  election_id text not null,
  slot uuid not null default gen_random_uuid(),
  sealed bytea not null check (octet_length(sealed) between 256 and 32768),
  primary key (election_id, slot)
);
-- Compression would make sizes depend on the contents.
alter table pv.outbox alter column sealed set storage external;

-- The mixer's public key of each epoch. `state` only moves forward: active, retired, shredded.
create table pv.mixer_key (
  epoch bytea primary key check (octet_length(epoch) = 16),
  created_at_ms bigint not null check (created_at_ms > 0),
  public_key bytea not null check (octet_length(public_key) = 32),
  kid text not null check (length(kid) between 1 and 32),
  signature bytea not null check (octet_length(signature) = 64),
  state text not null default 'active' check (state in ('active', 'retired', 'shredded'))
);

create trigger never_changed before update or delete on pv.participation
  for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.participation
  for each statement execute function pv.refuse_change();
create trigger never_changed before update on pv.outbox
  for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.outbox
  for each statement execute function pv.refuse_change();

-- Casts ballots of one election and returns the outcome of each, in their order: 'recorded', 'replay',
-- 'already-recorded', 'not-open' or 'not-eligible'. The answer holds once the transaction is committed, not before.
-- Errors: 22023 inputs of wrong size, P0002 no such election, PV001 sealed to a key that is not active, 25001 the
-- transaction could not give the promise.
--
-- Plans must not depend on statistics of tables that were empty a minute ago: rows are found by index, and the arrays
-- are joined by hash.
create function pv.cast_ballots(
  p_election text, p_voters bytea[], p_phones bytea[], p_attempts bytea[], p_sealed bytea[],
  p_verified_at timestamptz[]
) returns text[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_nestloop = off
set enable_seqscan = off
as $$
declare
  v_count constant integer := cardinality(p_voters);
  v_election record;
  v_now timestamptz;
  v_open boolean;
  v_recorded boolean[];
  v_outcomes text[];
begin
  -- Under a stricter isolation the second statement would not see the winner; without a waiting commit a promise
  -- could be lost.
  if current_setting('transaction_isolation') <> 'read committed'
    or current_setting('synchronous_commit') in ('off', 'local') then
    raise exception 'a cast needs read committed and a commit that waits' using errcode = '25001';
  end if;
  if v_count is null or v_count not between 1 and 2000 or cardinality(p_phones) is distinct from v_count
    or cardinality(p_attempts) is distinct from v_count or cardinality(p_sealed) is distinct from v_count
    or cardinality(p_verified_at) is distinct from v_count then
    raise exception 'inputs of wrong size' using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock_shared(20260001, hashtext(p_election));
  perform pg_advisory_xact_lock_shared(20260003, 0);
  -- Read after the lock, so that a closing that it waited for is seen.
  select e.opens_at, e.closes_at, e.grace, e.state, e.scheme, e.sealed_bytes into v_election
  from pv.election e where e.election_id = p_election;
  if not found then
    raise exception 'no such election' using errcode = 'P0002';
  end if;
  perform 1
  from unnest(p_voters, p_phones, p_attempts, p_sealed, p_verified_at)
    as i(voter, phone, attempt, sealed, verified_at)
  where octet_length(i.voter) is distinct from 32 or octet_length(i.phone) is distinct from 32
    or octet_length(i.attempt) is distinct from 32 or octet_length(i.sealed) is distinct from v_election.sealed_bytes
    or substring(i.sealed from 1 for 17) <> substring(p_sealed[1] from 1 for 17) or i.verified_at is null;
  if found then
    raise exception 'inputs of wrong size' using errcode = '22023';
  end if;
  perform 1 from pv.mixer_key m where m.epoch = substring(p_sealed[1] from 2 for 16) and m.state = 'active';
  if not found then
    raise exception 'sealed to a key that is not active' using errcode = 'PV001';
  end if;
  -- The database's clock is the only judge.
  v_now := clock_timestamp();
  v_open := v_election.state = 'open' and v_now >= v_election.opens_at
    and v_now < v_election.closes_at + v_election.grace;

  -- The duplicate check: one insert, both keys, in one order for all so that batches rarely deadlock. A row can be
  -- inserted only once, so each inserted row has exactly one ballot in the outbox; equal attempts have equal ballots.
  with taken as (
    insert into pv.participation (election_id, voter_tag, phone_tag, attempt_tag)
    select p_election, i.voter, i.phone, i.attempt
    from unnest(p_voters, p_phones, p_attempts, p_verified_at) with ordinality
      as i(voter, phone, attempt, verified_at, n)
    where v_open and i.verified_at < v_election.closes_at
      and (v_election.scheme <> 'roll'
        or (select true from pv.roll r where r.election_id = p_election and r.voter_tag = i.voter))
    order by i.voter, i.n
    on conflict do nothing
    returning voter_tag, attempt_tag
  ), kept as (
    select distinct on (t.voter_tag) i.n, i.sealed
    from taken t
    join unnest(p_voters, p_attempts, p_sealed) with ordinality as i(voter, attempt, sealed, n)
      on i.voter = t.voter_tag and i.attempt = t.attempt_tag
    order by t.voter_tag, i.n
  ), sealed as (
    -- In the order of the random slots, so that the order of rows on disk does not follow the voters' order.
    insert into pv.outbox (slot, election_id, sealed)
    select gen_random_uuid(), p_election, k.sealed from kept k order by 1
  )
  select array_agg(k.n is not null order by i.n) into v_recorded
  from generate_series(1, v_count) as i(n) left join kept k on k.n = i.n;

  if true = all (v_recorded) then
    return array_fill('recorded'::text, array[v_count]);
  end if;
  -- Writes to the log although nothing may have been inserted, so that this answer too waits for a synchronous standby.
  -- Otherwise a retry could be promised a row that a failover loses.
  perform pg_logical_emit_message(true, 'popvote', '');
  -- A second statement, because the snapshot of the first cannot see a row that was committed while it waited.
  select array_agg(
    case
      when i.recorded then 'recorded'
      -- Also after closing: a repeated request for the same ballot gets its receipt.
      when (select p.attempt_tag = i.attempt from pv.participation p
            where p.election_id = p_election and p.voter_tag = i.voter) then 'replay'
      -- From here on only the last line may distinguish those who voted from those who did not.
      when not v_open or i.verified_at >= v_election.closes_at then 'not-open'
      when v_election.scheme = 'roll' and (select true from pv.roll r
            where r.election_id = p_election and r.voter_tag = i.voter) is null then 'not-eligible'
      else 'already-recorded'
    end order by i.n) into v_outcomes
  from unnest(p_voters, p_attempts, p_verified_at, v_recorded) with ordinality
    as i(voter, attempt, verified_at, recorded, n);
  return v_outcomes;
end
$$;

-- Closes an election: waits for every cast in flight, and the count it returns is final. 'closed' (also when it was
-- closed before), 'too-early' before the end of the grace, 'not-found'.
create function pv.close_election(p_election text, out outcome text, out participation bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_election record;
begin
  perform pg_advisory_xact_lock(20260001, hashtext(p_election));
  select e.closes_at, e.grace, e.state into v_election from pv.election e where e.election_id = p_election;
  if not found then
    outcome := 'not-found';
    return;
  end if;
  if v_election.state = 'open' then
    if clock_timestamp() < v_election.closes_at + v_election.grace then
      outcome := 'too-early';
      return;
    end if;
    update pv.election set state = 'closed' where election_id = p_election;
  end if;
  outcome := 'closed';
  participation := (select count(*) from pv.participation p where p.election_id = p_election);
end
$$;

-- Both counts from one snapshot.
create function pv.count_intake(p_election text)
returns table (state text, participation bigint, outbox bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.state,
    (select count(*) from pv.participation p where p.election_id = e.election_id),
    (select count(*) from pv.outbox o where o.election_id = e.election_id)
  from pv.election e where e.election_id = p_election
$$;

-- The keys that ballots may still be sealed to, newest first.
create function pv.active_mixer_keys()
returns table (epoch bytea, created_at_ms bigint, public_key bytea, kid text, signature bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.epoch, m.created_at_ms, m.public_key, m.kid, m.signature
  from pv.mixer_key m where m.state = 'active' order by m.created_at_ms desc limit 100
$$;

grant execute on function
  pv.cast_ballots(text, bytea[], bytea[], bytea[], bytea[], timestamptz[]),
  pv.close_election(text),
  pv.count_intake(text),
  pv.active_mixer_keys()
to popvote_ballots;

reset role;
