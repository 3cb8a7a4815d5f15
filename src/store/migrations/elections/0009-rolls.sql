-- Why: administrators must see who is on a roll, correct it until the election opens, and import it before the
-- announcement. `ballots` has tags only, so the sealed numbers are here, with a keyed name for each person. The keys
-- are with the service. A person is `waiting` until `ballots` has the tag, and `leaving` until `ballots` has removed
-- it. When the results are published all of it is destroyed.
set local role popvote_owner;

create table pv.roll_person (
  election_id text not null references pv.election on delete cascade,
  -- A keyed hash of the canonical number, under a key of this election.
  name bytea not null check (octet_length(name) = 32),
  -- The order of the list.
  place bigint generated always as identity,
  -- Keyed hashes of the number as it was written, and of the label.
  spelling bytea not null check (octet_length(spelling) = 16),
  label_mark bytea check (octet_length(label_mark) = 16),
  -- The number as it was written, and the label: sealed by the service.
  number bytea not null check (octet_length(number) between 29 and 1024),
  label bytea check (octet_length(label) between 29 and 2048),
  state text not null default 'waiting' check (state in ('waiting', 'there', 'leaving')),
  primary key (election_id, name),
  check ((label is null) = (label_mark is null))
);
create unique index roll_person_place on pv.roll_person (election_id, place);
create index roll_person_unsettled on pv.roll_person (election_id, place) where state <> 'there';

-- A file while it is compared with the roll. Not logged: it is gone after a crash, and the file is sent again.
create unlogged table pv.roll_upload (
  upload uuid primary key,
  election_id text not null,
  mode text not null check (mode in ('add', 'replace', 'remove')),
  started_at timestamptz not null default clock_timestamp()
);
create unlogged table pv.roll_upload_row (
  upload uuid not null references pv.roll_upload on delete cascade,
  name bytea not null check (octet_length(name) = 32),
  line integer not null check (line > 0),
  spelling bytea not null check (octet_length(spelling) = 16),
  label_mark bytea check (octet_length(label_mark) = 16),
  number bytea not null,
  label bytea,
  outcome text not null,
  primary key (upload, name)
);
create unique index roll_upload_row_line on pv.roll_upload_row (upload, line);

-- One process at a time sends the changes of a roll to `ballots`, so that they arrive in their order.
create table pv.roll_sender (
  election_id text primary key references pv.election on delete cascade,
  sender uuid not null,
  until timestamptz not null
);

-- Whether this sender is the one, for the next three minutes.
create function pv.hold_roll(p_election text, p_sender uuid) returns boolean
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into pv.roll_sender as s (election_id, sender, until)
  values (p_election, p_sender, clock_timestamp() + interval '3 minutes')
  on conflict (election_id) do update set sender = p_sender, until = excluded.until
  where s.sender = p_sender or s.until < clock_timestamp()
  returning true
$$;

create function pv.release_roll(p_election text, p_sender uuid) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from pv.roll_sender s where s.election_id = p_election and s.sender = p_sender
$$;

-- Whether a roll may change, by the state of its election: 'draft', 'announced' or 'closed'; null without one.
create function pv.roll_state(p_election text) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select case when e.state in ('draft', 'announced') then e.state else 'closed' end
  from pv.election e where e.election_id = p_election
$$;

create function pv.begin_roll_upload(p_upload uuid, p_election text, p_mode text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into pv.roll_upload (upload, election_id, mode) values (p_upload, p_election, p_mode)
$$;

-- Compares a part of a file with its rows above and with the roll. The outcome of each row: 'added', 'changed',
-- 'unchanged', 'removed', 'absent' (to be removed, and not on the roll); 'duplicate' of an earlier row; 'collision' with
-- an earlier row, or with the roll (`first_line` null), that is written in another way. Without a label mark the label
-- stays as it is. An upload that is gone raises 23503.
create function pv.stage_roll(
  p_upload uuid, p_names bytea[], p_lines integer[], p_spellings bytea[], p_label_marks bytea[], p_numbers bytea[],
  p_labels bytea[]
) returns table (line integer, outcome text, first_line integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  v_upload pv.roll_upload;
begin
  if cardinality(p_names) > 10000 then
    raise exception 'too many at once' using errcode = '22023';
  end if;
  select u.* into v_upload from pv.roll_upload u where u.upload = p_upload;
  if not found then
    raise exception 'the upload is gone' using errcode = '23503';
  end if;
  insert into pv.roll_upload_row (upload, name, line, spelling, label_mark, number, label, outcome)
  select distinct on (i.name) p_upload, i.name, i.line, i.spelling, nullif(i.label_mark, ''), i.number,
    nullif(i.label, ''),
    case
      when v_upload.mode = 'remove' then case when p.name is null then 'absent' else 'removed' end
      when p.name is null then 'added'
      when p.spelling <> i.spelling and v_upload.mode = 'add' then 'collision'
      when p.state = 'leaving' then 'added'
      when p.spelling <> i.spelling then 'changed'
      when i.label_mark <> '' and p.label_mark is distinct from i.label_mark then 'changed'
      else 'unchanged'
    end
  from unnest(p_names, p_lines, p_spellings, p_label_marks, p_numbers, p_labels)
    as i(name, line, spelling, label_mark, number, label)
  left join pv.roll_person p on p.election_id = v_upload.election_id and p.name = i.name
  order by i.name, i.line
  on conflict do nothing;
  return query
  select i.line,
    case when u.line = i.line then u.outcome when u.spelling = i.spelling then 'duplicate' else 'collision' end,
    case when u.line = i.line then null else u.line end
  from unnest(p_names, p_lines, p_spellings) as i(name, line, spelling)
  join pv.roll_upload_row u on u.upload = p_upload and u.name = i.name
  order by i.line;
end
$$;

-- Carries out the next rows of an upload: the last row and what was done, or no row where none is left. `state` is that
-- of the election: in 'closed' nothing is done. One upload at a time, so that two never wait for each other's people.
create function pv.apply_roll(p_upload uuid, p_after integer, p_limit integer)
returns table (last integer, state text, added integer, changed integer, removed integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  v_upload pv.roll_upload;
  v_state text;
  v_last integer;
begin
  select u.* into v_upload from pv.roll_upload u where u.upload = p_upload;
  if not found then
    raise exception 'the upload is gone' using errcode = '23503';
  end if;
  perform pg_advisory_xact_lock(20260009, hashtext(v_upload.election_id));
  perform 1 from pv.election e where e.election_id = v_upload.election_id for share;
  v_state := pv.roll_state(v_upload.election_id);
  added := 0;
  changed := 0;
  removed := 0;
  select max(n.line) into v_last
  from (
    select u.line from pv.roll_upload_row u
    where u.upload = p_upload and u.line > p_after order by u.line limit p_limit
  ) n;
  if v_last is null then
    return;
  end if;
  if v_state in ('draft', 'announced') then
    update pv.roll_person p
    set spelling = u.spelling, number = u.number,
      label_mark = coalesce(u.label_mark, p.label_mark), label = coalesce(u.label, p.label)
    from pv.roll_upload_row u
    where u.upload = p_upload and u.line > p_after and u.line <= v_last and u.outcome = 'changed'
      and p.election_id = v_upload.election_id and p.name = u.name;
    get diagnostics changed = row_count;
    -- A person who is leaving may be on the roll of `ballots` still: to be waiting is right in either case.
    insert into pv.roll_person as p (election_id, name, spelling, label_mark, number, label)
    select v_upload.election_id, u.name, u.spelling, u.label_mark, u.number, u.label
    from pv.roll_upload_row u
    where u.upload = p_upload and u.line > p_after and u.line <= v_last and u.outcome = 'added'
    order by u.line
    on conflict (election_id, name) do update
    set state = 'waiting', spelling = excluded.spelling, number = excluded.number,
      label_mark = excluded.label_mark, label = excluded.label
    where p.state = 'leaving';
    get diagnostics added = row_count;
    removed := pv.leave_roll(v_upload.election_id, v_state, array(
      select u.name from pv.roll_upload_row u
      where u.upload = p_upload and u.line > p_after and u.line <= v_last and u.outcome = 'removed'
    ));
  end if;
  last := v_last;
  state := v_state;
  return next;
end
$$;

-- Internal: people leave a roll. `ballots` knows no one of a draft.
create function pv.leave_roll(p_election text, p_state text, p_names bytea[]) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  if p_state = 'draft' then
    delete from pv.roll_person p where p.election_id = p_election and p.name = any(p_names);
  else
    update pv.roll_person p set state = 'leaving'
    where p.election_id = p_election and p.name = any(p_names) and p.state <> 'leaving';
  end if;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

-- The next people of a roll that an upload does not have: the last name that was looked at, and how many there are. They
-- leave the roll where `p_leave`. No row where none is left to look at.
create function pv.missing_in_upload(p_upload uuid, p_after bytea, p_limit integer, p_leave boolean)
returns table (last bytea, missing integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  v_upload pv.roll_upload;
  v_names bytea[];
  v_missing bytea[];
begin
  select u.* into v_upload from pv.roll_upload u where u.upload = p_upload;
  if not found then
    raise exception 'the upload is gone' using errcode = '23503';
  end if;
  perform pg_advisory_xact_lock(20260009, hashtext(v_upload.election_id));
  select array_agg(n.name order by n.name) into v_names
  from (
    select p.name from pv.roll_person p
    where p.election_id = v_upload.election_id and p.name > p_after order by p.name limit p_limit
  ) n;
  if v_names is null then
    return;
  end if;
  v_missing := array(
    select n.name from unnest(v_names) as n(name)
    where not exists (select from pv.roll_upload_row u where u.upload = p_upload and u.name = n.name)
      and exists (select from pv.roll_person p
        where p.election_id = v_upload.election_id and p.name = n.name and p.state <> 'leaving')
  );
  last := v_names[cardinality(v_names)];
  missing := cardinality(v_missing);
  if p_leave then
    missing := pv.leave_roll(v_upload.election_id, pv.roll_state(v_upload.election_id), v_missing);
  end if;
  return next;
end
$$;

create function pv.end_roll_upload(p_upload uuid) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from pv.roll_upload u where u.upload = p_upload or u.started_at < clock_timestamp() - interval '2 hours'
$$;

-- People who are to be sent to `ballots`, or removed there, first come first.
create function pv.unsettled_roll(p_election text, p_limit integer) returns table (name bytea, number bytea, state text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.name, p.number, p.state from pv.roll_person p
  where p.election_id = p_election and p.state <> 'there'
  order by p.place limit p_limit
$$;

-- `ballots` has answered for people in a state: they are there, they are gone, or (`p_refused`) they stay.
create function pv.settle_roll(p_election text, p_names bytea[], p_state text, p_refused boolean) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_state = 'leaving' and not p_refused then
    delete from pv.roll_person p
    where p.election_id = p_election and p.name = any(p_names) and p.state = 'leaving';
  elsif p_state = 'leaving' or not p_refused then
    update pv.roll_person p set state = 'there'
    where p.election_id = p_election and p.name = any(p_names) and p.state = p_state;
  end if;
end
$$;

-- Announced elections with people who are not settled.
create function pv.unsettled_rolls(p_limit integer) returns table (election_id text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id from pv.election e
  where e.state = 'announced' and e.announced -> 'identity' ->> 'scheme' = 'roll'
    and exists (select from pv.roll_person p where p.election_id = e.election_id and p.state <> 'there')
  order by e.opens_at, e.election_id limit p_limit
$$;

-- People of a roll in the order of the list, or the one with a name.
create function pv.list_roll(p_election text, p_after bigint, p_name bytea, p_limit integer)
returns table (place bigint, number bytea, label bytea, state text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.place, p.number, p.label, p.state from pv.roll_person p
  where p.election_id = p_election and p.place > p_after and (p_name is null or p.name = p_name)
  order by p.place limit p_limit
$$;

create function pv.count_roll(p_election text) returns table (people integer, unsettled integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(*) filter (where p.state <> 'leaving')::integer, count(*) filter (where p.state <> 'there')::integer
  from pv.roll_person p where p.election_id = p_election
$$;

-- Takes one person off the roll: 'gone', 'leaving', or 'absent' where no one on it has the name.
create function pv.take_off_roll(p_election text, p_name bytea) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
begin
  perform 1 from pv.election e where e.election_id = p_election for share;
  v_state := pv.roll_state(p_election);
  perform 1 from pv.roll_person p where p.election_id = p_election and p.name = p_name for update;
  if not found then
    return 'absent';
  end if;
  perform pv.leave_roll(p_election, v_state, array[p_name]);
  return case when v_state = 'draft' then 'gone' else 'leaving' end;
end
$$;

-- Destroys the sealed numbers of elections whose results are published: how many were destroyed.
create function pv.destroy_rolls(p_limit integer) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  with gone as (
    select p.election_id, p.name from pv.election e join pv.roll_person p on p.election_id = e.election_id
    where e.state = 'published' limit p_limit
  )
  delete from pv.roll_person p using gone g where p.election_id = g.election_id and p.name = g.name;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

grant execute on function
  pv.hold_roll(text, uuid),
  pv.release_roll(text, uuid),
  pv.begin_roll_upload(uuid, text, text),
  pv.stage_roll(uuid, bytea[], integer[], bytea[], bytea[], bytea[], bytea[]),
  pv.apply_roll(uuid, integer, integer),
  pv.missing_in_upload(uuid, bytea, integer, boolean),
  pv.end_roll_upload(uuid),
  pv.unsettled_roll(text, integer),
  pv.settle_roll(text, bytea[], text, boolean),
  pv.unsettled_rolls(integer),
  pv.list_roll(text, bigint, bytea, integer),
  pv.count_roll(text),
  pv.take_off_roll(text, bytea),
  pv.destroy_rolls(integer)
to popvote_elections;

reset role;
