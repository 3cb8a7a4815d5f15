// Applies the numbered, forward-only SQL files of a database. Safe when several start at once: they queue on a lock.
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

export const databases = ['intake', 'box', 'access', 'elections'] as const;
export type DatabaseName = (typeof databases)[number];

/** The folder is in `src/`, and both the sources and the build read it from there. */
const migrationsDirectory = fileURLToPath(new URL('../../src/store/migrations/', import.meta.url));

/** Applies the missing migrations and returns their names. */
export async function migrate(database: DatabaseName, ownerUrl: string): Promise<readonly string[]> {
  const applied = await runner({
    databaseUrl: ownerUrl,
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
