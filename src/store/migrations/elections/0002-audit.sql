-- Why: every administrative action is recorded here, attempted and done, and no entry can be removed unnoticed. Entries
-- are only added. Each holds the SHA-256 of the entry before it and of its own exact text, so that a change, a removal
-- or an insertion that gets past the triggers breaks the chain at that place. The head is stored separately, so that a
-- truncation shows too. Advisory lock 20260401 serialises new entries.
set local role popvote_owner;

create table pv.audit_entry (
  number bigint primary key check (number > 0),
  -- The authoritative content: a JSON object, stored as the exact text that was hashed.
  entry text not null check (octet_length(entry) <= 65536),
  hash bytea not null check (octet_length(hash) = 32),
  -- For filters only; copied from the text.
  at text collate "C" generated always as (entry::jsonb ->> 'at') stored,
  act text generated always as (entry::jsonb ->> 'act') stored,
  actor text generated always as (coalesce(entry::jsonb -> 'actor' ->> 'userId', entry::jsonb -> 'actor' ->> 'kind')) stored,
  object_kind text generated always as (entry::jsonb -> 'object' ->> 'kind') stored,
  object_id text generated always as (entry::jsonb -> 'object' ->> 'id') stored
);
create index audit_by_actor on pv.audit_entry (actor, number);
create index audit_by_object on pv.audit_entry (object_id, number);
create index audit_by_act on pv.audit_entry (act, number);

create table pv.audit_head (
  only_row boolean primary key default true check (only_row),
  number bigint not null,
  hash bytea not null check (octet_length(hash) = 32)
);
-- The predecessor of the first entry: 32 zero bytes.
insert into pv.audit_head (number, hash) values (0, decode(repeat('00', 32), 'hex'));

-- For triggers that hold even for the owner.
create function pv.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'the audit log is only added to' using errcode = '42501';
end
$$;
create trigger never_changed before update or delete on pv.audit_entry for each row
  execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.audit_entry for each statement
  execute function pv.refuse_change();
create trigger never_removed before delete on pv.audit_head for each row
  execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.audit_head for each statement
  execute function pv.refuse_change();

-- Adds one entry. p_attempt is the number of the attempt that this outcome belongs to, or null for an attempt.
create function pv.append_audit(
  p_outcome text, p_attempt bigint, p_actor json, p_act text, p_object json, p_reason text, p_request text,
  p_code text, p_changed json,
  out number bigint, out hash bytea
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_previous bytea;
  v_entry text;
begin
  if p_outcome not in ('attempted', 'done', 'refused', 'failed') or p_outcome is null
    or (p_outcome = 'attempted') <> (p_attempt is null) or p_act is null or p_actor is null or p_object is null
  then
    raise exception 'not an entry' using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(20260401);
  select h.number + 1, h.hash into strict append_audit.number, v_previous from pv.audit_head h;
  v_entry := json_build_object(
    'number', append_audit.number,
    'at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'outcome', p_outcome, 'attempt', p_attempt, 'actor', p_actor, 'act', p_act, 'object', p_object,
    'reason', p_reason, 'request', p_request, 'code', p_code, 'changed', p_changed
  )::text;
  append_audit.hash := sha256(v_previous || convert_to(v_entry, 'UTF8'));
  insert into pv.audit_entry (number, entry, hash) values (append_audit.number, v_entry, append_audit.hash);
  update pv.audit_head h set number = append_audit.number, hash = append_audit.hash;
end
$$;

create function pv.audit_head() returns table (number bigint, hash bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select h.number, h.hash from pv.audit_head h
$$;

-- In the order of the chain, for verification.
create function pv.audit_chain(p_after bigint, p_limit integer) returns table (number bigint, entry text, hash bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.number, e.entry, e.hash from pv.audit_entry e where e.number > p_after order by e.number limit p_limit
$$;

-- Newest first: entries before a number that fit every filter that is given.
create function pv.list_audit(
  p_before bigint, p_actor text, p_act text, p_object_kind text, p_object_id text, p_from text, p_until text,
  p_limit integer
)
returns table (number bigint, entry text, hash bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.number, e.entry, e.hash from pv.audit_entry e
  where (p_before is null or e.number < p_before)
    and (p_actor is null or e.actor = p_actor) and (p_act is null or e.act = p_act)
    and (p_object_kind is null or e.object_kind = p_object_kind)
    and (p_object_id is null or e.object_id = p_object_id)
    and (p_from is null or e.at >= p_from) and (p_until is null or e.at < p_until)
  order by e.number desc limit p_limit
$$;

grant execute on function
  pv.append_audit(text, bigint, json, text, json, text, text, text, json),
  pv.audit_head(),
  pv.audit_chain(bigint, integer),
  pv.list_audit(bigint, text, text, text, text, text, text, integer)
to popvote_elections;

reset role;
