// Applies the numbered, forward-only SQL files of a database. Safe when several start at once: they queue on a lock.
import { runner } from 'node-pg-migrate';
import { currentAddress } from './connecting/database-hosts.ts';
import type { DatabaseName } from './connecting/migration-files.ts';
import { migrationsDirectory } from './migrations-directory.ts';

/** Applies the missing migrations and returns their names. */
export async function migrate(database: DatabaseName, ownerUrl: string): Promise<readonly string[]> {
  const applied = await runner({
    databaseUrl: await currentAddress(ownerUrl),
    dir: migrationsDirectory + database,
    direction: 'up',
    migrationsTable: 'migration',
    checkOrder: true,
    // Each in a transaction of its own, so that no lock of one is held while the next one reads a large table.
    singleTransaction: false,
    advisoryLockMode: 'wait',
    log: () => undefined,
  });
  return applied.map(({ name }) => name);
}
