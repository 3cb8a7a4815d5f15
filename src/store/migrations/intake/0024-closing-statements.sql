-- Why: only what `ballots` signed may close the box. `ballots` signs that the intake is closed and with how many voters;
-- the mixer, which alone reaches both databases, verifies it and records it in the box. The intake keeps the statement
-- until then.
set local role popvote_owner;

create table pv.closing_statement (
  election_id text primary key references pv.election (election_id),
  participation bigint not null check (participation >= 0),
  statement text not null check (octet_length(statement) between 2 and 4096),
  -- Whether the mixer has recorded it in the box.
  recorded boolean not null default false
);
create index closing_statement_waiting on pv.closing_statement (election_id) where not recorded;

-- Keeps a statement for the mixer, and returns whether it is true: the election is closed with so many voters. Keeping
-- it again hands it to the mixer again, as after a restore of the box.
create function pv.keep_closing_statement(p_election text, p_participation bigint, p_statement text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform 1 from pv.election e where e.election_id = p_election and e.state = 'closed';
  if not found or (select count(*) from pv.participation p where p.election_id = p_election)
    is distinct from p_participation then
    return false;
  end if;
  insert into pv.closing_statement as c (election_id, participation, statement)
  values (p_election, p_participation, p_statement)
  on conflict (election_id) do update
  set participation = excluded.participation, statement = excluded.statement, recorded = false;
  return true;
end
$$;

-- The statements that the box does not have yet.
create function pv.waiting_closing_statements(p_limit integer) returns table (election_id text, statement text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.election_id, c.statement from pv.closing_statement c
  where not c.recorded order by c.election_id limit p_limit
$$;

create function pv.note_statement_recorded(p_election text, p_statement text) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  update pv.closing_statement set recorded = true where election_id = p_election and statement = p_statement
$$;

grant execute on function pv.keep_closing_statement(text, bigint, text) to popvote_ballots;
grant execute on function
  pv.waiting_closing_statements(integer),
  pv.note_statement_recorded(text, text)
to popvote_mixer;

reset role;
