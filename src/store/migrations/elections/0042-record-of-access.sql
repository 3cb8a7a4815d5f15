-- Why: acts on accounts are in the same chain as those on elections, each once and in their order, and the chain is bound
-- to what was published: its head is signed from time to time, and signed heads are only added. An attacker who rewrites
-- the chain cannot sign another head, and cannot take back one that was published.
set local role popvote_owner;

-- The number of the last act of `access` in the chain.
create table pv.last_access_act (
  only_row boolean primary key default true check (only_row),
  number bigint not null
);
insert into pv.last_access_act (number) values (0);

create function pv.last_access_act() returns bigint
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.number from pv.last_access_act a
$$;

-- Adds an act of `access` to the chain if it is the next one: 'recorded', or 'not-next' where another process did, or
-- one is missing. It has the form of the other entries, without an attempt.
create function pv.append_access_act(
  p_number bigint, p_outcome text, p_actor json, p_act text, p_object json, p_code text, p_changed json
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number bigint;
  v_previous bytea;
  v_entry text;
  v_hash bytea;
begin
  if p_outcome not in ('done', 'refused') or p_act is null or p_actor is null or p_object is null then
    raise exception 'not an act' using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(20260401);
  update pv.last_access_act a set number = p_number where a.number = p_number - 1;
  if not found then
    return 'not-next';
  end if;
  select h.number + 1, h.hash into strict v_number, v_previous from pv.audit_head h;
  v_entry := json_build_object(
    'number', v_number,
    'at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'outcome', p_outcome, 'attempt', null, 'actor', p_actor, 'act', p_act, 'object', p_object,
    'reason', null, 'request', null, 'code', p_code, 'changed', p_changed
  )::text;
  v_hash := sha256(v_previous || convert_to(v_entry, 'UTF8'));
  insert into pv.audit_entry (number, entry, hash) values (v_number, v_entry, v_hash);
  update pv.audit_head h set number = v_number, hash = v_hash;
  return 'recorded';
end
$$;

create table pv.signed_head (
  number bigint primary key check (number > 0),
  document json not null check (octet_length(document::text) <= 4096),
  signed_at timestamptz not null default clock_timestamp()
);
create trigger never_changed before update or delete on pv.signed_head for each row
  execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.signed_head for each statement
  execute function pv.refuse_change();

create function pv.add_signed_head(p_number bigint, p_document json) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into pv.signed_head (number, document) values (p_number, p_document) on conflict (number) do nothing
$$;

-- Whether entries were added after the last signed head, and it was signed p_seconds ago or longer.
create function pv.head_due(p_seconds integer) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select h.number > coalesce(s.number, 0)
    and coalesce(s.signed_at <= clock_timestamp() - make_interval(secs => p_seconds), true)
  from pv.audit_head h
  left join (select * from pv.signed_head order by number desc limit 1) s on true
$$;

-- Newest first.
create function pv.list_signed_heads(p_limit integer) returns table (number bigint, document json)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.number, s.document from pv.signed_head s order by s.number desc limit p_limit
$$;

grant execute on function
  pv.last_access_act(),
  pv.append_access_act(bigint, text, json, text, json, text, json),
  pv.add_signed_head(bigint, json),
  pv.head_due(integer),
  pv.list_signed_heads(integer)
to popvote_elections;

reset role;
