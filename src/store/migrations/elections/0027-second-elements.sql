-- Why: a person on a roll may have a second element (a PIN or a birth date). It is sealed with the number, and it is part
-- of the spelling, so the same number with another element is another spelling. `ballots` has a digest of both. So once
-- an election is announced, a stored element changes only through a removal that `ballots` confirms: otherwise one
-- person would have two digests, and two votes. And an election's kind of element never changes under its people.
set local role popvote_owner;

-- The second element that the people of the file were read with.
alter table pv.roll_upload add column second text;

-- An empty label is sealed to 28 bytes, and a file with one was refused as a whole.
alter table pv.roll_person
  drop constraint roll_person_label_check,
  add constraint roll_person_label_check check (octet_length(label) between 28 and 2048);

-- Internal: which second element the people on a roll have; null for none.
create function pv.second_element(p_election text) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(e.announced, e.definition) -> 'identity' ->> 'second'
  from pv.election e where e.election_id = p_election
$$;

-- The function with three arguments stays for the version before, whose files have no second element.
create function pv.begin_roll_upload(p_upload uuid, p_election text, p_mode text, p_second text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into pv.roll_upload (upload, election_id, mode, second) values (p_upload, p_election, p_mode, p_second)
$$;

-- As before, except for a person who is leaving and comes back with another second element: that is a change.
create or replace function pv.stage_roll(
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
      when p.state = 'leaving' and (v_upload.second is null or p.spelling = i.spelling) then 'added'
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

-- As before, except for two things. In state 'other' the election has another second element than the file was read
-- with, and nothing is done. And once the election is announced, no one's second element changes.
create or replace function pv.apply_roll(p_upload uuid, p_after integer, p_limit integer)
returns table (last integer, state text, added integer, changed integer, removed integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  v_upload pv.roll_upload;
  v_state text;
  v_second text;
  v_last integer;
begin
  select u.* into v_upload from pv.roll_upload u where u.upload = p_upload;
  if not found then
    raise exception 'the upload is gone' using errcode = '23503';
  end if;
  perform pg_advisory_xact_lock(20260009, hashtext(v_upload.election_id));
  perform 1 from pv.election e where e.election_id = v_upload.election_id for share;
  v_second := pv.second_element(v_upload.election_id);
  v_state := pv.roll_state(v_upload.election_id);
  if v_state <> 'closed' and v_second is distinct from v_upload.second then
    v_state := 'other';
  end if;
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
      and p.election_id = v_upload.election_id and p.name = u.name
      and (v_state = 'draft' or v_second is null or p.spelling = u.spelling);
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
    where p.state = 'leaving' and (v_second is null or p.spelling = excluded.spelling);
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

-- As before, and 'roll': the second element cannot change while people are on the roll.
create or replace function pv.change_draft(
  p_election text, p_version integer, p_definition json, p_opens_at timestamptz, p_closes_at timestamptz,
  p_rehearsal boolean, p_participants uuid[], p_by text
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome constant text := pv.changeable(p_election, p_version);
begin
  if v_outcome <> 'draft' then
    return case when v_outcome = 'announced' then 'state' else v_outcome end;
  end if;
  if exists (select from pv.roll_person p where p.election_id = p_election)
    and pv.second_element(p_election) is distinct from p_definition -> 'identity' ->> 'second' then
    return 'roll';
  end if;
  update pv.election e
  set definition = p_definition, opens_at = p_opens_at, closes_at = p_closes_at, rehearsal = p_rehearsal,
    version = e.version + 1, changed_at = clock_timestamp(), changed_by = p_by
  where e.election_id = p_election;
  perform pv.set_candidates(p_election, p_participants, false);
  return 'changed';
exception when foreign_key_violation then
  return 'unknown-participant';
end
$$;

-- As before, and 'second': the second element cannot change after the announcement.
create or replace function pv.propose_amendment(
  p_election text, p_version integer, p_definition json, p_announced json, p_opens_at timestamptz,
  p_closes_at timestamptz, p_participants uuid[], p_by text
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome constant text := pv.changeable(p_election, p_version);
begin
  if v_outcome <> 'announced' then
    return case when v_outcome = 'draft' then 'state' else v_outcome end;
  end if;
  if pv.second_element(p_election) is distinct from p_announced -> 'identity' ->> 'second' then
    return 'second';
  end if;
  update pv.election e
  set pending = json_build_object('definition', p_definition, 'announced', p_announced),
    pending_opens_at = p_opens_at, pending_closes_at = p_closes_at,
    version = e.version + 1, changed_at = clock_timestamp(), changed_by = p_by
  where e.election_id = p_election;
  perform pv.set_candidates(p_election, p_participants, true);
  return 'proposed';
exception
  when foreign_key_violation then
    return 'unknown-participant';
  when exclusion_violation then
    return 'overlap';
end
$$;

grant execute on function pv.begin_roll_upload(uuid, text, text, text) to popvote_elections;

reset role;
