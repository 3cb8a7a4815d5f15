// Metrics of the backups of databases. Labels are names that the program gives.
import { Gauge } from './metrics.ts';
import type { Metrics } from './metrics.ts';

/** How often a database is asked about its backups, in milliseconds. */
const backupReadMs = 60_000;

/** The end of the last backup, in seconds since 1970, or null; and whether archiving fails. */
type BackupState = { readonly lastSeconds: number | null; readonly archivingFails: boolean };

/** Shows of each database its last backup. A database that does not answer keeps its last values, or has none yet. */
export function watchBackups(registry: Metrics, databases: Readonly<Record<string, () => Promise<BackupState>>>): void {
  const registers = [registry];
  const labelNames = ['database'];
  const dueMs = new Map<string, number>();
  const archiving = new Gauge({
    name: 'popvote_database_archiving_fails',
    help: 'ALARM above 0: the database could not archive the newest part of its write-ahead log.',
    labelNames,
    registers,
  });
  const last = new Gauge({
    name: 'popvote_database_last_backup_seconds',
    help: 'The end of the last backup of a database, in seconds since 1970: 0 if none is known.',
    labelNames,
    registers,
    // Who reads metrics does not wait for a database.
    collect() {
      for (const [database, read] of Object.entries(databases)) {
        if (performance.now() < (dueMs.get(database) ?? 0)) continue;
        dueMs.set(database, performance.now() + backupReadMs);
        void read().then(
          ({ lastSeconds, archivingFails }) => {
            last.set({ database }, lastSeconds ?? 0);
            archiving.set({ database }, archivingFails ? 1 : 0);
          },
          () => undefined,
        );
      }
    },
  });
}
