-- Why: statements that run all the time counted the ballots, so they took longer with every vote. Running counts are changed
-- by triggers in the transactions that add or withdraw ballots, whichever function does. As in the intake, this migration
-- starts to count, and the next one adds what was stored before. A count is the sum of several rows, its shards, so that
-- deposits do not wait for each other: each changes the first shard that no other one in flight uses, by advisory locks of
-- class 20260008. The mixer adds only ballots cast online, and others only paper ballots, so their rows are separate.
set local role popvote_owner;

create table pv.running_count (
  election_id text not null,
  channel text not null check (channel in ('online', 'batch')),
  -- 0 to 15. 17: what was stored before there were counts.
  shard smallint not null check (shard between 0 and 17),
  amount bigint not null,
  primary key (election_id, channel, shard)
-- Room in each page, so that a changed row stays in its page and no index is changed.
) with (fillfactor = 10);

-- The first free shard, starting at one that each connection has for itself. It is free again after the transaction. Where
-- all are in use the deposit waits.
create function pv.free_shard() returns smallint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_own constant integer := pg_backend_pid() % 16;
begin
  for i in 0..15 loop
    if pg_try_advisory_xact_lock(20260008, (v_own + i) % 16) then
      return (v_own + i) % 16;
    end if;
  end loop;
  return v_own;
end
$$;

create function pv.count_changed() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pv.running_count as c (election_id, channel, shard, amount)
  select b.election_id, b.channel, pv.free_shard(), case tg_op when 'INSERT' then count(*) else -count(*) end
  from changed b group by b.election_id, b.channel
  on conflict (election_id, channel, shard) do update set amount = c.amount + excluded.amount;
  return null;
end
$$;

create trigger counted_added after insert on pv.ballot
  referencing new table as changed for each statement execute function pv.count_changed();
create trigger counted_removed after delete on pv.ballot
  referencing old table as changed for each statement execute function pv.count_changed();

reset role;
