// Migrations only add: the code of the last release must work on the schema of this one, while processes are replaced and
// when a rollout is undone (CONTRIBUTING.md). Code calls functions only, so those of the release must all be there, with
// their arguments, columns and rights; and no statement removes, renames or narrows what their bodies use.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { databases as databaseNames } from '../../src/store/connecting/migration-files.ts';
import type { DatabaseName } from '../../src/store/connecting/migration-files.ts';
import { migrationsDirectory } from '../../src/store/migrations-directory.ts';
import { migrate } from '../../src/store/migrate.ts';
import { previousRelease } from '../support/laws/previous-release.ts';

/** A release that follows empties the lists below. */
const release = previousRelease.version;
const released: Readonly<Record<DatabaseName, number>> = previousRelease.migrations;

/** Statements that may stay in spite of the rule, as `file: statement`, with the reason. */
const admittedStatements: Readonly<Record<string, string>> = {};
/** Functions of the release that may be missing or different, with the reason. */
const admittedFunctions: Readonly<Record<string, string>> = {};

/** What a statement may not do. Each rule has an example, which the test below tries. */
const forbidden: readonly { readonly rule: RegExp; readonly example: string }[] = [
  { rule: /\bdrop (table|schema|view|type|domain|sequence|role)\b/, example: 'drop table pv.outbox' },
  { rule: /\bdrop column\b/, example: 'alter table pv.election drop column scheme' },
  { rule: /\balter (table|view) [^;]*?\brename\b/, example: 'alter table pv.election rename scheme to kind' },
  {
    rule: /\balter (?:column )?"?\w+"? (?:set data )?type\b/,
    example: 'alter table pv.roll alter column tag type text',
  },
  { rule: /\bset not null\b/, example: 'alter table pv.election alter column manifest set not null' },
  {
    rule: /\badd (?:column )?(?:if not exists )?(?!constraint\b|primary\b|unique\b|check\b|foreign\b)"?\w+"? (?:(?!\bdefault\b|\bgenerated\b)[^,;])*\bnot null\b(?:(?!\bdefault\b|\bgenerated\b)[^,;])*(?:[,;]|$)/,
    example: 'alter table pv.election add column kind text not null',
  },
  { rule: /^truncate\b/, example: 'truncate pv.mixing' },
];

/** The statements of a migration, without comments and the bodies of functions, in one case and with single spaces. */
function statementsOf(text: string): readonly string[] {
  return text
    .replace(/--.*$/gm, '')
    .replace(/\$(\w*)\$[^]*?\$\1\$/g, "''")
    .split(';')
    .map((statement) => statement.trim().toLowerCase().replace(/\s+/g, ' '))
    .filter(Boolean);
}
const isForbidden = (statement: string): boolean => forbidden.some(({ rule }) => rule.test(statement));

test('No migration since the last release removes, renames or narrows', () => {
  for (const { rule, example } of forbidden) expect([example, rule.test(example)]).toEqual([example, true]);
  for (const fine of [
    'alter table pv.election add column manifest json, add column kind text not null default 1',
    'alter table pv.election add constraint c check (kind is not null)',
    'alter table pv.batch add column again integer not null default 0 check (again between 0 and 100)',
    'alter table pv.election add column idle boolean not null generated always as (true) stored',
  ]) {
    expect([fine, isForbidden(fine)]).toEqual([fine, false]);
  }
  const breaches = databaseNames.flatMap((database) =>
    readdirSync(migrationsDirectory + database)
      .filter((file) => Number(file.slice(0, 4)) > released[database])
      .flatMap((file) =>
        statementsOf(readFileSync(join(migrationsDirectory, database, file), 'utf8'))
          .filter(isForbidden)
          .map((statement) => `${database}/${file}: ${statement}`),
      ),
  );
  expect(breaches).toEqual(Object.keys(admittedStatements));
});

type Callable = {
  readonly name: string;
  /** Types of the arguments, and how many of the last ones may be left out. */
  readonly inputs: readonly string[];
  readonly optional: number;
  /** What one row has: `column type`, or the type alone. */
  readonly outputs: readonly string[];
  readonly roles: readonly string[];
};

const callableFunctions = `
  select p.proname as name, p.pronargdefaults::integer as optional,
    array(select format_type(t, null) from unnest(p.proargtypes) with ordinality as i(t, n) order by n) as inputs,
    case when r.typtype = 'c' then array(select a.attname || ' ' || format_type(a.atttypid, null) from pg_attribute a
        where a.attrelid = r.typrelid and a.attnum > 0 and not a.attisdropped)
      when p.proargmodes is null then array[format_type(p.prorettype, null)]
      else array(select a.name || ' ' || format_type(a.type, null)
        from unnest(p.proargnames, p.proallargtypes, p.proargmodes) as a(name, type, mode) where a.mode in ('o', 't')) end
      as outputs,
    array(select r.rolname::text from pg_roles r where r.rolname like 'popvote\\_%' and r.rolname <> 'popvote_owner'
      and has_function_privilege(r.oid, p.oid, 'execute') order by 1) as roles
  from pg_proc p join pg_type r on r.oid = p.prorettype
  where p.pronamespace = 'pv'::regnamespace and p.prorettype <> 'trigger'::regtype`;

async function callable(url: string): Promise<readonly Callable[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Callable>(callableFunctions);
    return rows.filter(({ roles }) => roles.length > 0);
  } finally {
    await client.end();
  }
}

/** Whether code that calls the old function by its arguments and reads its columns by name works with the new one. */
const replaces = (next: Callable, old: Callable): boolean =>
  next.name === old.name &&
  next.inputs.length >= old.inputs.length &&
  next.inputs.length - next.optional <= old.inputs.length &&
  old.inputs.every((type, index) => next.inputs[index] === type) &&
  old.outputs.every((output) => next.outputs.includes(output)) &&
  old.roles.every((role) => next.roles.includes(role));

async function withDatabase<Result>(work: (url: string) => Promise<Result>): Promise<Result> {
  const name = `t_expand_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  try {
    await admin.query(`create database ${name}`);
    return await work(url.href);
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
  }
}

test.each(databaseNames)(`All functions of release ${release} are still there in %s`, async (database) => {
  const missing = await withDatabase(async (url) => {
    const dir = migrationsDirectory + database;
    const count = readdirSync(dir).filter((file) => Number(file.slice(0, 4)) <= released[database]).length;
    expect(count).toBeGreaterThan(0);
    const options = {
      databaseUrl: url,
      dir,
      direction: 'up',
      migrationsTable: 'migration',
      log: () => undefined,
    } as const;
    await runner({ ...options, count });
    const before = await callable(url);
    expect(before.length).toBeGreaterThan(5);
    await migrate(database, url);
    const after = await callable(url);
    return before.filter((old) => !after.some((next) => replaces(next, old)));
  });
  const names = missing.map(
    ({ name, inputs, roles }) => `${database}: ${name}(${inputs.join(', ')}) of ${roles.join(', ')}`,
  );
  expect(names).toEqual(Object.keys(admittedFunctions).filter((name) => name.startsWith(`${database}:`)));
});

const history = (...words: readonly string[]) => spawnSync('git', ['-C', import.meta.dirname, ...words]);
const isHere = history('cat-file', '-e', `${previousRelease.commit}^{commit}`).status === 0;
const unless = isHere ? '' : ' (not here: its commit)';

test.skipIf(!isHere)(`The migrations of release ${release} are those of its commit${unless}`, () => {
  for (const database of databaseNames) {
    const folder = `src/store/migrations/${database}/`;
    const files = history('ls-tree', '-r', '--full-tree', '--name-only', previousRelease.commit).stdout.toString();
    const own = files.split('\n').filter((file) => file.startsWith(folder));
    const numbers = own.map((file) => Number(/\/(\d{4})-[^/]*\.sql$/.exec(file)?.[1]));
    expect([database, Math.max(...numbers)]).toEqual([database, released[database]]);
  }
});
