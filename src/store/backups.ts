// What a database knows of its copies, backups and standbys, as any role may see it. The command that makes a backup writes its end
// into the settings of the database (deploy/runbooks/backup.md), which a standby and a restored database have too.
export type DatabaseCopies = {
  /** The end of the last backup, in seconds since 1970; null if none is known. */
  readonly lastSeconds: number | null;
  /** Whether the server could not archive the newest part of its write-ahead log. */
  readonly archivingFails: boolean;
  /** Servers that follow this one now. */
  readonly standbys: number;
  /** Those that have a slot and do not follow; at least one while a synchronous standby is required and none follows. */
  readonly standbysMissing: number;
  /** Bytes of the write-ahead log that the latest standby with a slot does not have; 0 without slots. */
  readonly standbyLagBytes: number;
};

type Queryable = { query(text: string): Promise<{ rows: unknown[] }> };

const statement = `
  select (select substring(setting from '^popvote[.]last_backup=([0-9]{1,11})$')::float8
      from pg_db_role_setting s cross join unnest(s.setconfig) setting
      where s.setdatabase = (select d.oid from pg_database d where d.datname = current_database()) and s.setrole = 0
        and setting like 'popvote.last@_backup=%' escape '@') as "lastSeconds",
    coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) as "archivingFails",
    follow.standbys,
    greatest(slots.idle, (follow.standbys = 0 and current_setting('synchronous_standby_names') <> '')::int)
      as "standbysMissing",
    slots.lag as "standbyLagBytes"
    from pg_stat_archiver a
    cross join (select count(*)::int as standbys from pg_stat_get_wal_senders()) follow
    cross join (select (count(*) filter (where not r.active))::int as idle,
        coalesce(max(pg_wal_lsn_diff(case when not pg_is_in_recovery() then pg_current_wal_lsn() end, r.restart_lsn)), 0)::float8
          as lag
      from pg_replication_slots r where r.slot_type = 'physical' and not r.temporary) slots`;

export async function readDatabaseCopies(database: Queryable): Promise<DatabaseCopies> {
  const { rows } = await database.query(statement);
  const [row] = rows as DatabaseCopies[];
  if (!row) throw new Error('the database gave no answer');
  return row;
}
