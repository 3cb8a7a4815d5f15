-- Why: where a roll has a second element, a person's PIN could be tried by one cast after another. Tries were counted by
-- the number before anything was proven, which kept the owner of the number out. Now a phone that was verified has few
-- different numbers with elements in an election. The same one again, as a cast that is sent again, is no further try.
set local role popvote_owner;

create table pv.roll_try (
  election_id text not null references pv.election,
  phone_tag bytea not null check (octet_length(phone_tag) = 32),
  voter_tags bytea[] not null check (cardinality(voter_tags) between 1 and 100),
  primary key (election_id, phone_tag)
);

-- Whether this phone may cast for this voter. `p_most`: most voters that one phone may try.
create function pv.take_roll_try(p_election text, p_phone bytea, p_voter bytea, p_most integer) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if octet_length(p_voter) is distinct from 32 then
    raise exception 'inputs of wrong size' using errcode = '22023';
  end if;
  -- A try that a crash loses is a try more. No ballot depends on it, so its commit need not wait.
  perform set_config('synchronous_commit', 'off', true);
  insert into pv.roll_try as t (election_id, phone_tag, voter_tags) values (p_election, p_phone, array[p_voter])
  on conflict (election_id, phone_tag) do update set voter_tags = t.voter_tags || p_voter
    where not (t.voter_tags @> array[p_voter]) and cardinality(t.voter_tags) < p_most;
  return exists (
    select from pv.roll_try t
    where t.election_id = p_election and t.phone_tag = p_phone and t.voter_tags @> array[p_voter]);
end
$$;

grant execute on function pv.take_roll_try(text, bytea, bytea, integer) to popvote_ballots;

reset role;
