-- Why: the role of `elections` could close the box during voting, and so read interim totals and stop the election. A
-- box is closed only after the mixer has recorded a statement of `ballots` that the intake is closed with so many
-- voters. PostgreSQL cannot verify an Ed25519 signature, so the mixer does, and the statement is kept for others to
-- verify. A box that was closed before this migration stays closed.
set local role popvote_owner;

create table pv.intake_closing (
  election_id text not null check (election_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  -- How many losses of recorded votes had been accepted: after another one fewer voters are in the intake.
  losses integer not null check (losses >= 0),
  participation bigint not null check (participation >= 0),
  statement text not null check (octet_length(statement) between 2 and 4096),
  primary key (election_id, losses)
);
create trigger never_changed before update or delete on pv.intake_closing
  for each row execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.intake_closing
  for each statement execute function pv.refuse_change();

-- Records a statement: 'recorded', 'known', or 'differs' where another number of voters is recorded.
create function pv.record_intake_closing(
  p_election text, p_losses integer, p_participation bigint, p_statement text)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pv.intake_closing (election_id, losses, participation, statement)
  values (p_election, p_losses, p_participation, p_statement) on conflict do nothing;
  if found then
    return 'recorded';
  end if;
  return case when exists (
    select from pv.intake_closing c
    where c.election_id = p_election and c.losses = p_losses and c.participation = p_participation
  ) then 'known' else 'differs' end;
end
$$;

-- As before, and 'statement' where the box is open and its last statement does not have this number of voters. `present` is the
-- number in the statement, 0 without one.
create or replace function pv.missing_in_box(p_election text, p_online bigint)
returns table (kind text, batch_id text, expected bigint, present bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'online', null, p_online, o.ballots
  from (select count(*) as ballots from pv.ballot b where b.election_id = p_election and b.channel = 'online') o
  where o.ballots is distinct from p_online
  union all
  select 'batch', l.batch_id, l.row_count::bigint, l.checked::bigint
  from pv.ledger l
  where l.election_id = p_election and l.checked < l.row_count and l.withdrawn_at is null
    and not exists (select 1 from pv.set_aside s where s.batch_no = l.batch_no)
  union all
  select 'confirmation', l.batch_id, l.row_count::bigint, l.checked::bigint
  from pv.ledger l
  where l.election_id = p_election and l.needs_confirmation and l.confirmed_at is null and l.withdrawn_at is null
  union all
  select 'statement', null, p_online, coalesce(s.participation, 0)
  from (select (select c.participation from pv.intake_closing c where c.election_id = p_election
                order by c.losses desc limit 1) as participation) s
  where s.participation is distinct from p_online
    and not exists (select from pv.closed_box c where c.election_id = p_election)
$$;

grant execute on function pv.record_intake_closing(text, integer, bigint, text) to popvote_mixer;

reset role;
