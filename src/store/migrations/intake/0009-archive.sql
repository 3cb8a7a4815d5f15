-- Why: the publications of ended elections are an archive without a limit, which `api` reads one by one and page by
-- page. And no statement that is repeated every few seconds may read every election that ever was.
set local role popvote_owner;

-- The order of registration, for paging.
alter table pv.election add column number bigint generated always as identity unique;

-- One publication; null where there is no such election.
create function pv.publication_of(p_election text) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.publication from pv.election e where e.election_id = p_election
$$;

-- A page of publications, up to a number and a size, but at least one: of elections that are not over, from the oldest
-- after p_from; or of ended ones, from the newest before p_from (null: from the first). `more`: others follow.
create function pv.publication_page(p_ended boolean, p_from bigint, p_limit integer, p_bytes_max bigint)
returns table (number bigint, publication json, more boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.number, s.publication, s.row_no < s.total from (
    select p.number, p.publication, count(*) over () as total,
      row_number() over (order by p.place) as row_no,
      sum(octet_length(p.publication::text)) over (order by p.place) as bytes
    from (
      (select e.number, e.publication, -e.number as place from pv.election e
       where p_ended and (p_from is null or e.number < p_from) and e.closes_at + e.grace <= clock_timestamp()
       order by e.number desc limit p_limit + 1)
      union all
      (select e.number, e.publication, e.number from pv.election e
       where not p_ended and (p_from is null or e.number > p_from) and e.closes_at + e.grace > clock_timestamp()
       order by e.number limit p_limit + 1)
    ) p
  ) s
  where s.row_no = 1 or (s.row_no <= p_limit and s.bytes <= p_bytes_max)
  order by s.row_no
$$;

-- As before, but only elections with waiting or chosen ballots are read: each step jumps to the next one in the index.
create or replace function pv.mixable(p_excluding uuid[])
returns table (election_id text, waiting integer, chosen integer, min_batch integer, final boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with recursive unmixed (election_id) as (
    (select o.election_id from pv.outbox o order by o.election_id limit 1)
    union all
    select (select o.election_id from pv.outbox o where o.election_id > u.election_id order by o.election_id limit 1)
    from unmixed u where u.election_id is not null
  ), begun (election_id) as (
    (select m.election_id from pv.mixing m order by m.election_id limit 1)
    union all
    select (select m.election_id from pv.mixing m where m.election_id > b.election_id order by m.election_id limit 1)
    from begun b where b.election_id is not null
  )
  select e.election_id,
    (select count(*)::integer
     from (select 1 from pv.outbox o where o.election_id = e.election_id and o.slot <> all (p_excluding) limit 10000) o),
    (select count(*)::integer from pv.mixing m where m.election_id = e.election_id),
    e.min_batch,
    e.state = 'closed'
  from pv.election e
  where e.election_id in (select u.election_id from unmixed u union select b.election_id from begun b)
  order by e.election_id
$$;

grant execute on function
  pv.publication_of(text),
  pv.publication_page(boolean, bigint, integer, bigint)
to popvote_ballots;

reset role;
