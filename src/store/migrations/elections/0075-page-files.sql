-- Why: outsiders compare the voters' page with a signed list of its files. Its revision only grows, over all processes and
-- releases, and lists are only added.
set local role popvote_owner;

create table pv.page_files (
  revision bigint primary key check (revision > 0),
  files json not null check (octet_length(files::text) <= 262144),
  listed_at timestamptz not null default clock_timestamp()
);
create trigger never_changed before update or delete on pv.page_files for each row
  execute function pv.refuse_change();
create trigger never_emptied before truncate on pv.page_files for each statement
  execute function pv.refuse_change();

-- Newest revision.
create function pv.newest_page_files() returns table (revision bigint, files json)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.revision, f.files from pv.page_files f order by f.revision desc limit 1
$$;

-- Adds the files as a revision above p_above, unless the newest one has the same files and is at least p_above. Whether the
-- newest one has them now: not if another process added others at the same time.
create function pv.add_page_files(p_files json, p_above bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pv.page_files (revision, files)
  select greatest(coalesce((select n.revision from pv.newest_page_files() n), 0), p_above) + 1, p_files
  where not exists (
    select 1 from pv.newest_page_files() n where n.files::text = p_files::text and n.revision >= p_above
  )
  on conflict (revision) do nothing;
  return exists (select 1 from pv.newest_page_files() n where n.files::text = p_files::text);
end
$$;

grant execute on function pv.newest_page_files(), pv.add_page_files(json, bigint) to popvote_elections;

reset role;
