-- Why: statements that run all the time counted the rows of participation, outbox and roll, so they took longer with every
-- vote. Running counts are now changed by triggers in the transactions that change the rows, whichever function does. An
-- intake has running counts from here on of what changes after this migration. The next one adds what was stored before,
-- and only then are they read. The two are separate transactions: this one makes casts wait, but only for a moment.
--
-- A count is the sum of several rows, its shards, so that casts do not wait for each other. The shard of a cast is the first
-- one that no other cast in flight uses, by advisory locks of class 20260007. The mixer changes a shard of its own, so a cast
-- never waits for the role of the mixer. No row tells a time. What two readings of a count show, the number of votes
-- between them, the rows have always shown too.
set local role popvote_owner;

create table pv.running_count (
  counted text not null check (counted in ('participation', 'outbox', 'roll')),
  election_id text not null,
  -- 0 to 15: of casts. 16: what the mixer took away, and the roll. 17: what was stored before there were counts.
  shard smallint not null check (shard between 0 and 17),
  amount bigint not null,
  -- Of the participation: the sum of the first 16 bytes of the tags of voters, as numbers. Of others 0.
  tag_sum numeric not null default 0,
  primary key (election_id, counted, shard)
-- Room in each page, so that a changed row stays in its page and no index is changed.
) with (fillfactor = 10);

-- The first free shard of casts, starting at one that each connection has for itself. It is free again after the
-- transaction. Where all are in use the cast waits.
create function pv.free_shard() returns smallint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_own constant integer := pg_backend_pid() % 16;
begin
  for i in 0..15 loop
    if pg_try_advisory_xact_lock(20260007, (v_own + i) % 16) then
      return (v_own + i) % 16;
    end if;
  end loop;
  return v_own;
end
$$;

create function pv.count_participation() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pv.running_count as c (counted, election_id, shard, amount, tag_sum)
  select 'participation', a.election_id, pv.free_shard(), count(*),
    sum(('x' || encode(substring(a.voter_tag from 1 for 8), 'hex'))::bit(64)::bigint) * 18446744073709551616
      + sum(('x' || encode(substring(a.voter_tag from 9 for 8), 'hex'))::bit(64)::bigint)
  from added a group by a.election_id
  on conflict (election_id, counted, shard)
  do update set amount = c.amount + excluded.amount, tag_sum = c.tag_sum + excluded.tag_sum;
  return null;
end
$$;

-- The argument of the trigger is what is counted.
create function pv.count_changed() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pv.running_count as c (counted, election_id, shard, amount)
  select tg_argv[0], a.election_id,
    case when tg_argv[0] = 'outbox' and tg_op = 'INSERT' then pv.free_shard() else 16 end,
    case tg_op when 'INSERT' then count(*) else -count(*) end
  from changed a group by a.election_id
  on conflict (election_id, counted, shard) do update set amount = c.amount + excluded.amount;
  return null;
end
$$;

create trigger counted after insert on pv.participation
  referencing new table as added for each statement execute function pv.count_participation();
create trigger counted_added after insert on pv.outbox
  referencing new table as changed for each statement execute function pv.count_changed('outbox');
create trigger counted_removed after delete on pv.outbox
  referencing old table as changed for each statement execute function pv.count_changed('outbox');
create trigger counted_added after insert on pv.roll
  referencing new table as changed for each statement execute function pv.count_changed('roll');
create trigger counted_removed after delete on pv.roll
  referencing old table as changed for each statement execute function pv.count_changed('roll');

reset role;
