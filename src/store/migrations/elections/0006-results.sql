-- Why: results are computed once, and every revision is kept unchanged. The count is revision 1, and each drawing of
-- lots that decides a tie makes the next revision of the same votes. Counting again must give the same bytes.
-- Publishing publishes one revision with its signature, and only a later one can follow it.
set local role popvote_owner;

create table pv.result (
  election_id text not null references pv.election,
  revision integer not null check (revision between 1 and 10000),
  -- By contest id: {"order": […], "note": …}. Lots of a published revision are part of all later ones.
  lots jsonb not null check (jsonb_typeof(lots) = 'object'),
  -- The RFC 8785 form of the body: the exact bytes that are compared and signed.
  body text not null check (octet_length(body) between 2 and 16000000),
  made_at timestamptz not null default clock_timestamp(),
  made_by text not null,
  published_at timestamptz,
  published_by text,
  -- The signed results as published.
  signed json,
  primary key (election_id, revision),
  check (num_nonnulls(published_at, published_by, signed) in (0, 3)),
  check (revision > 1 or lots = '{}')
);

-- A revision changes only once: when it is published.
create function pv.refuse_other_result() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if old.published_at is not null or new.published_at is null
    or (new.election_id, new.revision, new.lots, new.body, new.made_at, new.made_by)
      is distinct from (old.election_id, old.revision, old.lots, old.body, old.made_at, old.made_by) then
    raise exception 'results that were made are never changed' using errcode = '42501';
  end if;
  return new;
end
$$;
create trigger only_published before update on pv.result for each row execute function pv.refuse_other_result();
create trigger never_removed before delete on pv.result for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.result for each statement execute function pv.refuse_change();

-- The first results of a closed election: 'counted'; 'same' where they exist and are equal byte for byte; 'not-found';
-- 'state' before closing. PV011 is an alarm: the same box gave other bytes than before.
create function pv.store_count(p_election text, p_body text, p_by text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
  v_body text;
begin
  select e.state into v_state from pv.election e where e.election_id = p_election for update;
  if not found then
    return 'not-found';
  end if;
  if v_state in ('draft', 'announced') then
    return 'state';
  end if;
  insert into pv.result (election_id, revision, lots, body, made_by) values (p_election, 1, '{}', p_body, p_by)
  on conflict do nothing;
  if not found then
    select r.body into strict v_body from pv.result r where r.election_id = p_election and r.revision = 1;
    if v_body <> p_body then
      raise exception 'counting again gave another result' using errcode = 'PV011';
    end if;
    return 'same';
  end if;
  if v_state <> 'closed' then
    raise exception 'an election was counted without results' using errcode = 'PV011';
  end if;
  update pv.election e
  set state = 'counted', version = e.version + 1, changed_at = clock_timestamp(), changed_by = p_by
  where e.election_id = p_election;
  return 'counted';
end
$$;

-- The next revision, with the lots drawn: 'stored'; 'superseded' where another revision came first; 'published' where a
-- published lot would change; 'state' before counting; 'not-found'.
create function pv.store_lots(p_election text, p_revision integer, p_lots jsonb, p_body text, p_by text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
begin
  select e.state into v_state from pv.election e where e.election_id = p_election for update;
  if not found then
    return 'not-found';
  end if;
  if v_state not in ('counted', 'published') then
    return 'state';
  end if;
  if p_revision is distinct from (select max(r.revision) + 1 from pv.result r where r.election_id = p_election) then
    return 'superseded';
  end if;
  if exists (
    select 1 from pv.result r, jsonb_each(r.lots) l
    where r.election_id = p_election and r.published_at is not null and p_lots -> l.key is distinct from l.value
  ) then
    return 'published';
  end if;
  insert into pv.result (election_id, revision, lots, body, made_by)
  values (p_election, p_revision, p_lots, p_body, p_by);
  update pv.election e
  set version = e.version + 1, changed_at = clock_timestamp(), changed_by = p_by
  where e.election_id = p_election;
  return 'stored';
end
$$;

-- Publishes one revision, and adds it to the election's publications in the same commit: 'published'; 'already' where
-- it is published, with any signature; 'superseded' where it is not the newest, or where other documents were signed
-- meanwhile; 'state' before counting; 'not-found'.
create function pv.publish_result(
  p_election text, p_revision integer, p_signed json, p_documents_revision integer, p_documents json, p_by text
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
begin
  select e.state into v_state from pv.election e where e.election_id = p_election for update;
  if not found then
    return 'not-found';
  end if;
  if v_state not in ('counted', 'published') then
    return 'state';
  end if;
  if p_revision is distinct from (select max(r.revision) from pv.result r where r.election_id = p_election) then
    return 'superseded';
  end if;
  if exists (
    select 1 from pv.result r
    where r.election_id = p_election and r.revision = p_revision and r.published_at is not null
  ) then
    return 'already';
  end if;
  if not pv.store_published(p_election, p_documents_revision, p_documents, p_revision, p_signed) then
    return 'superseded';
  end if;
  update pv.result r set published_at = clock_timestamp(), published_by = p_by, signed = p_signed
  where r.election_id = p_election and r.revision = p_revision;
  update pv.election e
  set state = 'published', version = e.version + 1, changed_at = clock_timestamp(), changed_by = p_by
  where e.election_id = p_election;
  return 'published';
end
$$;

-- The results of an election: one revision, or the newest.
create function pv.find_result(p_election text, p_revision integer)
returns table (
  revision integer, lots jsonb, body text, made_at_ms bigint, made_by text, published_at_ms bigint,
  published_by text, signed json, published_revision integer
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select r.revision, r.lots, r.body, (extract(epoch from r.made_at) * 1000)::bigint, r.made_by,
    (extract(epoch from r.published_at) * 1000)::bigint, r.published_by, r.signed,
    (select max(p.revision) from pv.result p where p.election_id = p_election and p.published_at is not null)
  from pv.result r
  where r.election_id = p_election and (p_revision is null or r.revision = p_revision)
  order by r.revision desc limit 1
$$;

grant execute on function
  pv.store_count(text, text, text),
  pv.store_lots(text, integer, jsonb, text, text),
  pv.publish_result(text, integer, json, integer, json, text),
  pv.find_result(text, integer)
to popvote_elections;

reset role;
