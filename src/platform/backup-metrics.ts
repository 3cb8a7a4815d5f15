// Metrics of the copies of databases: backups and standbys. Labels are names that the program gives.
import { createPacedReading } from './health/paced-reading.ts';
import { Gauge } from './metrics.ts';
import type { Metrics } from './metrics.ts';

/** `lastSeconds`: the end of the last backup, in seconds since 1970, or null. */
type DatabaseCopies = {
  readonly lastSeconds: number | null;
  readonly archivingFails: boolean;
  readonly standbys: number;
  readonly standbysMissing: number;
  readonly standbyLagBytes: number;
};

/** Shows of each database its copies. A database that does not answer keeps its last values, or has none yet. */
export function watchDatabaseCopies(
  registry: Metrics,
  databases: Readonly<Record<string, () => Promise<DatabaseCopies>>>,
): void {
  const readings = Object.entries(databases).map(([name, read]) => [name, createPacedReading(read)] as const);
  const add = (name: string, help: string, valueOf: (copies: DatabaseCopies) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['database'],
      registers: [registry],
      collect() {
        for (const [database, read] of readings) {
          const copies = read();
          if (copies) this.set({ database }, valueOf(copies));
        }
      },
    });
  };
  add(
    'popvote_database_archiving_fails',
    'ALARM above 0: the database could not archive the newest part of its write-ahead log.',
    ({ archivingFails }) => (archivingFails ? 1 : 0),
  );
  add(
    'popvote_database_last_backup_seconds',
    'The end of the last backup of a database, in seconds since 1970: 0 if none is known.',
    ({ lastSeconds }) => lastSeconds ?? 0,
  );
  add('popvote_database_standbys', 'Servers that follow the database now.', ({ standbys }) => standbys);
  add(
    'popvote_database_standbys_missing',
    'ALARM above 0: standbys that have a slot and do not follow, or a synchronous one that is required.',
    ({ standbysMissing }) => standbysMissing,
  );
  add(
    'popvote_database_standby_lag_bytes',
    'Bytes of the write-ahead log that the latest standby with a slot does not have; 0 without slots.',
    ({ standbyLagBytes }) => standbyLagBytes,
  );
}
