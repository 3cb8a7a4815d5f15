// The databases and the numbered SQL files of each.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const databases = ['intake', 'box', 'access', 'elections'] as const;
export type DatabaseName = (typeof databases)[number];

/** The folder is in `src/`, and both the sources and the build read it from there. */
export const migrationsDirectory = fileURLToPath(new URL('../../../src/store/migrations/', import.meta.url));

/** The number of the newest migration of this program. */
export function newestMigration(database: DatabaseName): number {
  return newestMigrationOf(readdirSync(migrationsDirectory + database));
}

/** Other files, such as those of an editor, are no migrations. */
export const newestMigrationOf = (files: readonly string[]): number =>
  Math.max(...files.filter((name) => /^\d{4}-.*\.sql$/.test(name)).map((name) => Number(name.slice(0, 4))));
