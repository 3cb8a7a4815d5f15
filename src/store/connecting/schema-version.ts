// Whether the schema of a database has what this program calls: its version is the number of the newest migration. A newer
// schema has it too, because migrations only add (test/store/expand-only.test.ts).
import type { ClientBase } from 'pg';
import { newestMigration } from './migration-files.ts';
import type { DatabaseName } from './migration-files.ts';

/** What the store says about its databases. */
export type StoreLog = {
  error(about: object, event: string): void;
  info(about: object, event: string): void;
};

/** The schema lacks a migration. Nothing was changed. */
export class SchemaTooOld extends Error {
  readonly code = 'schema-too-old';
  constructor(database: DatabaseName, version: number, needed: number) {
    super(`the schema of ${database} has migration ${version}, and this program needs ${needed}: run popvote migrate`);
    this.name = 'SchemaTooOld';
  }
}

/** SQLSTATE of a schema from before there was a version, or of none: no function, no schema, no right to use it. */
const versionless: ReadonlySet<unknown> = new Set(['42883', '3F000', '42501']);

/** Throws `SchemaTooOld` while the schema does not fit: a server may be restored from an older copy at any time. */
export type SchemaCheck = (client: ClientBase) => Promise<void>;

export function createSchemaCheck(database: DatabaseName, logger: StoreLog): SchemaCheck {
  const needed = newestMigration(database);
  let reported = -1;
  return async (client) => {
    const version = await versionOf(client);
    const fits = version >= needed;
    if (version !== reported && (!fits || reported >= 0)) {
      const about = { database, version, needed };
      if (fits) logger.info(about, 'schema.fits');
      else logger.error({ ...about, next: 'Run popvote migrate.' }, 'schema.too-old');
      reported = version;
    }
    if (!fits) throw new SchemaTooOld(database, version, needed);
  };
}

/** The number of the newest migration of the database. Throws where there is no such function. */
export async function schemaVersion(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ version: number }>('select pv.schema_version() as version');
  return rows[0]?.version ?? 0;
}

async function versionOf(client: ClientBase): Promise<number> {
  try {
    return await schemaVersion(client);
  } catch (error) {
    if (versionless.has((error as { code?: unknown }).code)) return 0;
    throw error;
  }
}
