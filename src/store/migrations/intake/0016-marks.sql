-- Why: a restore of this database and of the box to one older moment passes every comparison of the two. A mark says
-- how far the participation had come: its number and a hash of it. Marks are signed and kept outside, by `elections` and
-- in public documents. A mark from outside that is not found here shows that votes with receipts are missing. Then no
-- ballot of the election is recorded or mixed, until an administrator accepts the loss. Marks name no voter, and no time.
set local role popvote_owner;

-- `losses`: how many losses had been accepted in the election before.
create table pv.mark (
  election_id text not null,
  losses integer not null check (losses >= 0),
  participants bigint not null check (participants >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (election_id, losses, participants)
);

-- Marks from outside that were not found. `voters`: the number that the mark shows, in whole steps.
create table pv.missing_mark (
  election_id text not null,
  losses integer not null check (losses >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  voters bigint not null check (voters >= 0),
  primary key (election_id, losses, hash)
);

-- Accepted losses. A mark with fewer losses no longer counts. Both numbers are in whole steps.
create table pv.accepted_loss (
  election_id text not null,
  losses integer not null check (losses >= 1),
  voters_marked bigint not null check (voters_marked >= 0),
  voters_found bigint not null check (voters_found >= 0),
  primary key (election_id, losses)
);

create trigger never_changed before update or delete on pv.mark for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.mark for each statement execute function pv.refuse_change();
create trigger never_changed before update or delete on pv.missing_mark
  for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.missing_mark
  for each statement execute function pv.refuse_change();
create trigger never_changed before update or delete on pv.accepted_loss
  for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.accepted_loss
  for each statement execute function pv.refuse_change();

create function pv.losses_of(p_election text) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(max(l.losses), 0) from pv.accepted_loss l where l.election_id = p_election
$$;

-- Whether a mark from outside shows that votes are missing: it was not made here, or it knows of an accepted loss that
-- is not known here.
create function pv.lacks_mark(p_election text, p_losses integer, p_hash bytea) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case
    when p_losses > c.losses then true
    when p_losses < c.losses then false
    else not exists (
      select from pv.mark m where m.election_id = p_election and m.losses = p_losses and m.hash = p_hash)
  end
  from (select pv.losses_of(p_election) as losses) c
$$;

-- The missing mark of an election that shows the most; no row where nothing is missing.
create function pv.missing_mark_of(p_election text) returns table (losses integer, hash bytea, voters bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.losses, m.hash, m.voters from pv.missing_mark m
  where m.election_id = p_election and pv.lacks_mark(m.election_id, m.losses, m.hash)
  order by m.losses desc, m.voters desc, m.hash limit 1
$$;

-- The elections in which votes are missing, with the number of voters of the missing mark.
create function pv.interrupted_elections() returns table (election_id text, voters bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.election_id, max(m.voters) from pv.missing_mark m
  where pv.lacks_mark(m.election_id, m.losses, m.hash)
  group by m.election_id order by m.election_id
$$;

-- Compares marks from outside, whose signatures the caller has verified, and notes those that are missing. True if votes
-- are missing, by these marks or by earlier ones.
create function pv.compare_marks(p_election text, p_losses integer[], p_hashes bytea[], p_voters bigint[])
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if cardinality(p_hashes) > 1000 or cardinality(p_losses) is distinct from cardinality(p_hashes)
    or cardinality(p_voters) is distinct from cardinality(p_hashes) then
    raise exception 'inputs of wrong size' using errcode = '22023';
  end if;
  insert into pv.missing_mark (election_id, losses, hash, voters)
  select p_election, i.losses, i.hash, i.voters from unnest(p_losses, p_hashes, p_voters) as i(losses, hash, voters)
  where pv.lacks_mark(p_election, i.losses, i.hash)
  on conflict do nothing;
  return found or exists (select from pv.missing_mark_of(p_election));
end
$$;

-- A number of voters as it is shown: rounded down to a step, which is K outside rehearsals.
create function pv.voters_in_steps(p_election text, p_voters bigint) returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when e.rehearsal then p_voters else p_voters / e.min_batch * e.min_batch end
  from pv.election e where e.election_id = p_election
$$;

-- The hash covers who took part, and how many. A sorted list is hashed in 256 parts, so that memory stays small: parts
-- by the first byte of the voter's tag, and then the digests of all parts.
create function pv.participation_digest(p_election text, out participants bigint, out digest bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
  select sum(part.participants)::bigint, sha256(string_agg(part.digest, ''::bytea order by i.first_byte))
  from generate_series(0, 255) as i(first_byte)
  cross join lateral (
    select count(*) as participants,
      sha256(coalesce(string_agg(p.voter_tag, ''::bytea order by p.voter_tag), ''::bytea)) as digest
    from pv.participation p
    where p.election_id = p_election and p.voter_tag >= set_byte('\x00'::bytea, 0, i.first_byte)
      and p.voter_tag < case
        when i.first_byte = 255 then decode(repeat('ff', 33), 'hex')
        else set_byte('\x00'::bytea, 0, i.first_byte + 1)
      end
  ) part
$$;

-- The mark of the participation now: outcome 'taken' with the mark, 'missing' with the missing mark, or 'not-found'.
-- The answer holds once the transaction is committed. Like a receipt it then survives a failover.
create function pv.take_mark(
  p_election text, out outcome text, out losses integer, out hash bytea, out voters bigint
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_losses integer;
  v_participants bigint;
  v_digest bytea;
begin
  if current_setting('synchronous_commit') in ('off', 'local') then
    raise exception 'a mark needs a commit that waits' using errcode = '25001';
  end if;
  perform 1 from pv.election e where e.election_id = p_election;
  if not found then
    outcome := 'not-found';
    return;
  end if;
  select m.losses, m.hash, m.voters into losses, hash, voters from pv.missing_mark_of(p_election) m;
  if found then
    outcome := 'missing';
    return;
  end if;
  outcome := 'taken';
  v_losses := pv.losses_of(p_election);
  select count(*) into v_participants from pv.participation p where p.election_id = p_election;
  select m.hash into hash from pv.mark m
  where m.election_id = p_election and m.losses = v_losses and m.participants = v_participants;
  if not found then
    select d.participants, d.digest into v_participants, v_digest from pv.participation_digest(p_election) d;
    hash := sha256(convert_to('popvote/mark/v1|' || p_election || '|' || v_losses || '|' || v_participants || '|', 'UTF8')
      || v_digest);
    insert into pv.mark (election_id, losses, participants, hash)
    values (p_election, v_losses, v_participants, hash)
    on conflict do nothing;
    select m.hash into strict hash from pv.mark m
    where m.election_id = p_election and m.losses = v_losses and m.participants = v_participants;
  end if;
  -- Writes to the log although nothing may have been inserted, so that this answer too waits for a synchronous standby.
  perform pg_logical_emit_message(true, 'popvote', '');
  losses := v_losses;
  voters := pv.voters_in_steps(p_election, v_participants);
end
$$;

-- Accepts that votes are missing, as the loss of this number: 'accepted', 'already', 'nothing-missing', 'not-found', or
-- 'changed' where it is not the next number.
create function pv.accept_loss(p_election text, p_losses integer) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_missing record;
  v_found bigint;
begin
  -- Waits for casts in flight, as a closing does.
  perform pg_advisory_xact_lock(20260001, hashtext(p_election));
  perform 1 from pv.election e where e.election_id = p_election;
  if not found then
    return 'not-found';
  end if;
  perform 1 from pv.accepted_loss l where l.election_id = p_election and l.losses = p_losses;
  if found then
    return 'already';
  end if;
  select m.losses, m.voters into v_missing from pv.missing_mark_of(p_election) m;
  if not found then
    return 'nothing-missing';
  elsif p_losses is distinct from v_missing.losses + 1 then
    return 'changed';
  end if;
  select count(*) into v_found from pv.participation p where p.election_id = p_election;
  insert into pv.accepted_loss (election_id, losses, voters_marked, voters_found)
  values (p_election, p_losses, v_missing.voters, pv.voters_in_steps(p_election, v_found));
  return 'accepted';
end
$$;

-- The accepted losses of an election, the first one first.
create function pv.accepted_losses(p_election text)
returns table (voters_marked bigint, voters_found bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.voters_marked, l.voters_found from pv.accepted_loss l
  where l.election_id = p_election order by l.losses limit 100
$$;

-- Casts ballots as the function below, once the marks that came with them were compared. Where votes are missing, nothing
-- is recorded: 'replay' for a ballot that is recorded here, and 'voting-interrupted' for any other.
create function pv.cast_ballots(
  p_election text, p_edition integer, p_mark_losses integer[], p_mark_hashes bytea[], p_mark_voters bigint[],
  p_voters bytea[], p_phones bytea[], p_attempts bytea[], p_sealed bytea[], p_verified_at timestamptz[]
) returns text[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcomes text[];
begin
  -- The same lock as below, taken first: an accepted loss that it waited for is seen.
  perform pg_advisory_xact_lock_shared(20260001, hashtext(p_election));
  if pv.compare_marks(p_election, p_mark_losses, p_mark_hashes, p_mark_voters) then
    -- A verification after any end records nothing, and a replay is still found.
    select array_agg(case when o.outcome in ('replay', 'amended') then o.outcome else 'voting-interrupted' end
      order by o.n) into v_outcomes
    from unnest(pv.cast_ballots(p_election, p_edition, p_voters, p_phones, p_attempts, p_sealed,
      array_fill('9999-01-01 00:00:00+00'::timestamptz, array[cardinality(p_voters)])))
      with ordinality as o(outcome, n);
    return v_outcomes;
  end if;
  return pv.cast_ballots(p_election, p_edition, p_voters, p_phones, p_attempts, p_sealed, p_verified_at);
end
$$;

grant execute on function
  pv.missing_mark_of(text),
  pv.compare_marks(text, integer[], bytea[], bigint[]),
  pv.take_mark(text),
  pv.accept_loss(text, integer),
  pv.accepted_losses(text),
  pv.cast_ballots(
    text, integer, integer[], bytea[], bigint[], bytea[], bytea[], bytea[], bytea[], timestamptz[]
  )
to popvote_ballots;
grant execute on function pv.interrupted_elections() to popvote_ballots, popvote_mixer;

reset role;
