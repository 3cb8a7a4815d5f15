-- Why: places were given, and entries were read, with a plan for a small table where the tables had been analyzed before a rush:
-- the planner took the new rows for one, and compared every row with every other. 4,000 entries needed 5 s, and 10,000 were
-- stopped by the limit of a statement. What is deleted from the queue is found by its address now, whatever the statistics are.
set local role popvote_owner;

create or replace function pv.log_take(p_election_no integer, p_limit integer) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_log pv.log;
  v_closed boolean;
  v_size bigint;
  v_online integer;
  v_taken integer;
begin
  if current_setting('transaction_isolation') <> 'read committed'
    or current_setting('synchronous_commit') in ('off', 'local') then
    raise exception 'a log needs read committed and a commit that waits' using errcode = '25001';
  end if;
  select l.* into v_log from pv.log l where l.election_no = p_election_no for update;
  if not found or p_limit is null or p_limit not between v_log.min_batch and 100000 then
    raise exception 'no such log, or a limit under K' using errcode = '22023';
  end if;
  v_closed := exists (select from pv.closed_box c where c.election_id = v_log.election_id);
  select coalesce(max(f.leaf_index) + 1, 0) into v_size from pv.leaf f where f.election_no = p_election_no;
  select count(*) into v_online
  from (select from pv.unlogged u where u.election_no = p_election_no and u.channel = 1 limit p_limit) u;
  if not exists (select from pv.intake_closing i where i.election_id = v_log.election_id) then
    v_online := v_online - v_online % v_log.min_batch;
  end if;
  with taken as (
    (select u.ctid as place_in_queue, u.cast_tag from pv.unlogged u
     where u.election_no = p_election_no and u.channel = 1 order by u.cast_tag limit v_online)
    union all
    (select u.ctid, u.cast_tag from pv.unlogged u
     where u.election_no = p_election_no and u.channel = 2 and v_closed order by u.cast_tag limit p_limit - v_online)
  ), placed as (
    insert into pv.leaf (election_no, leaf_index, cast_tag)
    select p_election_no, v_size + row_number() over (order by t.cast_tag) - 1, t.cast_tag from taken t
    order by t.cast_tag
  )
  -- A row of the queue is never updated, so its address stays. A list of addresses is read as it is; a join has a plan.
  delete from pv.unlogged u where u.ctid = any (array(select t.place_in_queue from taken t));
  get diagnostics v_taken = row_count;
  return v_taken;
end
$$;

-- A whole log.
alter function pv.final_log(text) set enable_nestloop = off;

reset role;
