// What a database knows of its own backups, as any role may see it. The command that makes a backup writes its end into the
// settings of the database (deploy/runbooks/backup.md), which a standby and a restored database have too.
export type BackupState = {
  /** The end of the last backup, in seconds since 1970; null if none is known. */
  readonly lastSeconds: number | null;
  /** Whether the server could not archive the newest part of its write-ahead log. */
  readonly archivingFails: boolean;
};

type Queryable = { query(text: string): Promise<{ rows: unknown[] }> };

const statement = `
  select (select substring(setting from '^popvote[.]last_backup=([0-9]{1,11})$')::float8
      from pg_db_role_setting s cross join unnest(s.setconfig) setting
      where s.setdatabase = (select d.oid from pg_database d where d.datname = current_database()) and s.setrole = 0
        and setting like 'popvote.last@_backup=%' escape '@') as "lastSeconds",
    coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) as "archivingFails"
    from pg_stat_archiver a`;

export async function readBackupState(database: Queryable): Promise<BackupState> {
  const { rows } = await database.query(statement);
  const [row] = rows as BackupState[];
  if (!row) throw new Error('the database gave no answer');
  return row;
}
