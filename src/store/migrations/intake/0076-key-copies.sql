-- Why: private keys have copies on the disks of other processes. An hourly key has copies on other mixers. Each of them destroys its copy when the key is destroyed. The mixer that
-- destroyed it records that, and the others ask for it here. And a replica of `ballots` that has a folder of its own for the
-- keys of elections looks whether one is missing there.
set local role popvote_owner;

-- Those of these keys that are destroyed.
create function pv.destroyed_mixer_keys(p_epochs bytea[]) returns table (epoch bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.epoch from pv.mixer_key m where m.epoch = any (p_epochs) and m.state = 'shredded'
$$;

-- The elections whose intake is not closed, and the checks of their keys.
create function pv.open_election_keys() returns table (election_id text, key_check bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.election_id, e.key_check from pv.election e where e.state = 'open' order by e.election_id
$$;

grant execute on function pv.destroyed_mixer_keys(bytea[]) to popvote_mixer;
grant execute on function pv.open_election_keys() to popvote_ballots;

reset role;
