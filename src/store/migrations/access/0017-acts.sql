-- Why: acts on accounts belong in the chained record of `elections`, which asks for them in order. The numbers have no
-- gap, because the row of the last number is locked until the act is stored. An act is only added. It has ids alone.
set local role popvote_owner;

create table pv.act (
  number bigint primary key check (number > 0),
  -- A repeated call after a lost answer stores nothing more.
  act_id uuid not null unique,
  at timestamptz not null default clock_timestamp(),
  event json not null check (octet_length(event::text) <= 4096)
);
create table pv.last_act (
  only_row boolean primary key default true check (only_row),
  number bigint not null
);
insert into pv.last_act (number) values (0);

-- For triggers that hold even for the owner.
create function pv.refuse_act_change() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'acts are only added' using errcode = '42501';
end
$$;
create trigger never_changed before update or delete on pv.act for each row execute function pv.refuse_act_change();
create trigger never_emptied before truncate on pv.act for each statement execute function pv.refuse_act_change();

create function pv.record_act(p_act uuid, p_event json) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number bigint;
begin
  update pv.last_act set number = number + 1 returning number into v_number;
  insert into pv.act (number, act_id, event) values (v_number, p_act, p_event);
exception
  when unique_violation then
    -- It is stored already. The block, with its number, is rolled back.
    null;
end
$$;

create function pv.list_acts(p_after bigint, p_limit integer) returns table (number bigint, at_ms bigint, event json)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.number, (extract(epoch from a.at) * 1000)::bigint, a.event
  from pv.act a where a.number > p_after order by a.number limit p_limit
$$;

grant execute on function pv.record_act(uuid, json), pv.list_acts(bigint, integer) to popvote_access;

reset role;
