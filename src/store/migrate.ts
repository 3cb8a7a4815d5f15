// Applies the numbered, forward-only SQL files of a database. Safe when several start at once: they queue on a lock.
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

export const databases = ['intake', 'box', 'access', 'elections'] as const;
export type DatabaseName = (typeof databases)[number];

/** The folder stands in `src/` and is read from there by the sources and by the build alike. */
const migrationsDirectory = fileURLToPath(new URL('../../src/store/migrations/', import.meta.url));

/** Applies what is missing and returns the names of the migrations that were applied. */
export async function migrate(database: DatabaseName, ownerUrl: string): Promise<readonly string[]> {
  const applied = await runner({
    databaseUrl: ownerUrl,
    dir: migrationsDirectory + database,
    direction: 'up',
    migrationsTable: 'migration',
    checkOrder: true,
    advisoryLockMode: 'wait',
    log: () => undefined,
  });
  return applied.map(({ name }) => name);
}
