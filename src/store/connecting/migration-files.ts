// The databases and the numbered SQL files of each.
import { readdirSync } from 'node:fs';
import { migrationsDirectory } from '../migrations-directory.ts';

export const databases = ['intake', 'box', 'access', 'elections'] as const;
export type DatabaseName = (typeof databases)[number];

/** The number of the newest migration of this program. */
export function newestMigration(database: DatabaseName): number {
  return newestMigrationOf(readdirSync(migrationsDirectory + database));
}

/** Other files, such as those of an editor, are no migrations. */
export const newestMigrationOf = (files: readonly string[]): number =>
  Math.max(...files.filter((name) => /^\d{4}-.*\.sql$/.test(name)).map((name) => Number(name.slice(0, 4))));
