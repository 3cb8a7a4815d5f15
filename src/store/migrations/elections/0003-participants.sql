-- Why: who can be voted for. A participant is a party or an individual permanently; the name may change. A participant
-- that an election names cannot be removed: a foreign key enforces it, even for concurrent requests.
set local role popvote_owner;

create table pv.participant (
  participant_id uuid primary key,
  -- The order of creation, for paging.
  number bigint generated always as identity unique,
  kind text not null check (kind in ('party', 'individual')),
  -- {"text": …} for one text in every language, {"languages": {…}} for names by language, in the order they were given.
  name json not null check (octet_length(name::text) <= 65536),
  -- Two names are the same if this is equal: SHA-256 of the name in lower case, because an index cannot hold long
  -- texts.
  name_key bytea not null check (octet_length(name_key) = 32),
  -- Every name, for searching.
  search_key text not null,
  -- An administrator confirmed that the same name is intended.
  same_name boolean not null default false,
  created_at timestamptz not null default clock_timestamp()
);
create unique index participant_of_name on pv.participant (kind, name_key) where not same_name;
create index participant_by_name on pv.participant (kind, name_key);

create type pv.seen_participant as (
  participant_id uuid, number bigint, kind text, name json, created_at_ms bigint
);
create function pv.see_participant(p pv.participant) returns pv.seen_participant
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.participant_id, p.number, p.kind, p.name, (extract(epoch from p.created_at) * 1000)::bigint
$$;

-- 'created', or 'same-name' where another of that kind has the name and p_same_name does not confirm it.
create function pv.create_participant(
  p_participant uuid, p_kind text, p_name json, p_name_key bytea, p_search_key text, p_same_name boolean
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not p_same_name and exists (
    select 1 from pv.participant p where p.kind = p_kind and p.name_key = p_name_key
  ) then
    return 'same-name';
  end if;
  -- The index decides between two concurrent inserts.
  insert into pv.participant (participant_id, kind, name, name_key, search_key, same_name)
  values (p_participant, p_kind, p_name, p_name_key, p_search_key, p_same_name)
  on conflict (kind, name_key) where not same_name do nothing;
  return case when found then 'created' else 'same-name' end;
end
$$;

-- 'renamed', 'not-found' or 'same-name', with the previous name.
create function pv.rename_participant(
  p_participant uuid, p_name json, p_name_key bytea, p_search_key text, p_same_name boolean,
  out outcome text, out name_before json
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text;
begin
  select p.kind, p.name into v_kind, name_before from pv.participant p where p.participant_id = p_participant for update;
  if not found then
    outcome := 'not-found';
    return;
  end if;
  if not p_same_name and exists (
    select 1 from pv.participant p
    where p.kind = v_kind and p.name_key = p_name_key and p.participant_id <> p_participant
  ) then
    outcome := 'same-name';
    return;
  end if;
  begin
    update pv.participant p
    set name = p_name, name_key = p_name_key, search_key = p_search_key, same_name = p_same_name
    where p.participant_id = p_participant;
    outcome := 'renamed';
  exception when unique_violation then
    outcome := 'same-name';
  end;
end
$$;

-- Participants by id, in no order.
create function pv.find_participants(p_participants uuid[]) returns setof pv.seen_participant
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.* from pv.participant p cross join lateral pv.see_participant(p) s
  where p.participant_id = any(p_participants)
$$;

create function pv.list_participants(p_after bigint, p_kind text, p_search text, p_limit integer)
returns setof pv.seen_participant
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.* from (
    select p from pv.participant p
    where p.number > p_after and (p_kind is null or p.kind = p_kind)
      and (p_search is null or position(p_search in p.search_key) > 0)
    order by p.number limit p_limit
  ) page cross join lateral pv.see_participant(page.p) s order by s.number
$$;

grant execute on function
  pv.create_participant(uuid, text, json, bytea, text, boolean),
  pv.rename_participant(uuid, json, bytea, text, boolean),
  pv.find_participants(uuid[]),
  pv.list_participants(bigint, text, text, integer)
to popvote_elections;

reset role;
