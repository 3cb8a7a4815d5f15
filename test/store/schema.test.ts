// docs/schema.md is made from the migrated databases, and is current. `npm run schema` writes it again.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databases as databaseNames } from '../../src/store/connecting/migration-files.ts';
import { createDatabases } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';
import { schemaOf } from '../support/laws/schema.ts';

const introduction = `# Schema

Generated from the migrated databases by \`npm run schema\`; do not edit it. A test fails while it is not current.

Everything is in the schema \`pv\` and belongs to \`popvote_owner\`, which cannot log in. Each service has one role. A role
may execute the functions that name it and, unless a table names it, read and write no table. A function that runs as its
owner reaches the tables for its caller. Where later migrations define a function again, only the current definition is
listed, with the migration that defined it last.`;

let databases: TestDatabases;
beforeAll(async () => {
  databases = await createDatabases(databaseNames);
});
afterAll(() => databases[Symbol.asyncDispose]());

test('The page docs/schema.md describes the databases after all migrations', async () => {
  const sections: string[] = [];
  for (const name of databaseNames) sections.push(await schemaOf(databases, name));
  await expect(`${[introduction, ...sections].join('\n\n')}\n`).toMatchFileSnapshot('../../docs/schema.md');
});
