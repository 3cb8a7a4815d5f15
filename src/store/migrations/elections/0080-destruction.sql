-- Why: after the certification of an election its data is destroyed, and a signed certificate says so. It is stored once, and
-- published with the election's documents. The loop that destroys the rolls of published elections also removes their files
-- that were being compared when a process ended: they have the same sealed numbers.
set local role popvote_owner;

alter table pv.election add column destruction json;

-- Stores the certificate of a published election, once, with documents of a higher revision: readers take it with them. False
-- where it is stored, or others signed documents meanwhile.
create function pv.store_destruction(p_election text, p_destruction json, p_revision integer, p_documents json)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update pv.election e
  set destruction = p_destruction, documents = p_documents, documents_revision = p_revision, revision = p_revision
  where e.election_id = p_election and e.state = 'published' and e.pending is null and e.destruction is null
    and e.revision < p_revision;
  return found;
end
$$;

create function pv.read_destruction(p_election text) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select e.destruction from pv.election e where e.election_id = p_election
$$;

-- Sealed numbers of an election: on its roll, and in files that are being compared with it.
create function pv.count_sealed_numbers(p_election text) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select ((select count(*) from pv.roll_person p where p.election_id = p_election)
    + (select count(*) from pv.roll_upload u join pv.roll_upload_row r on r.upload = u.upload
       where u.election_id = p_election))::integer
$$;

-- As before, and with the files that are being compared.
create or replace function pv.destroy_rolls(p_limit integer) returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_people integer;
  v_rows integer;
begin
  with gone as (
    select p.election_id, p.name from pv.election e join pv.roll_person p on p.election_id = e.election_id
    where e.state = 'published' limit p_limit
  )
  delete from pv.roll_person p using gone g where p.election_id = g.election_id and p.name = g.name;
  get diagnostics v_people = row_count;
  with gone as (
    select r.upload, r.name
    from pv.roll_upload u
    join pv.election e on e.election_id = u.election_id
    join pv.roll_upload_row r on r.upload = u.upload
    where e.state = 'published' limit p_limit - v_people
  )
  delete from pv.roll_upload_row r using gone g where r.upload = g.upload and r.name = g.name;
  get diagnostics v_rows = row_count;
  return v_people + v_rows;
end
$$;

grant execute on function
  pv.store_destruction(text, json, integer, json),
  pv.read_destruction(text),
  pv.count_sealed_numbers(text)
to popvote_elections;

reset role;
