// The databases and the numbered SQL files of each.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const databases = ['intake', 'box', 'access', 'elections'] as const;
export type DatabaseName = (typeof databases)[number];

/** The folder is in `src/`, and both the sources and the build read it from there. */
export const migrationsDirectory = fileURLToPath(new URL('../../../src/store/migrations/', import.meta.url));

/** The number of the newest migration of this program. */
export function newestMigration(database: DatabaseName): number {
  return Math.max(...readdirSync(migrationsDirectory + database).map((name) => Number(name.slice(0, 4))));
}
