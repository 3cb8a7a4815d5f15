// The current schema of a migrated database as Markdown, from the catalog of PostgreSQL: docs/schema.md is made of it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseName } from '../../../src/store/connecting/migration-files.ts';
import type { TestDatabases } from '../database.ts';

const migrations = join(import.meta.dirname, '../../../src/store/migrations');

const tablesQuery = `
  select c.oid::int as oid, c.relname as name, c.relkind = 'c' as composite
  from pg_class c where c.relnamespace = 'pv'::regnamespace and c.relkind in ('r', 'c', 'v')
  order by c.relkind <> 'r', c.relname`;

const columnsQuery = `
  select a.attrelid::int as owner, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    a.attnotnull as required,
    case when a.attidentity <> '' then 'identity' when a.attgenerated <> '' then 'generated: ' else '' end
      || coalesce(pg_get_expr(d.adbin, d.adrelid), '') as default_value
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid and c.relnamespace = 'pv'::regnamespace and c.relkind in ('r', 'c', 'v')
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped order by a.attnum`;

const rulesQuery = `
  select conrelid::int as owner, 1 as place, conname as name, pg_get_constraintdef(oid) as definition
  from pg_constraint where connamespace = 'pv'::regnamespace and contype in ('p', 'u', 'f', 'c', 'x') and conrelid <> 0
  union all
  select i.indrelid::int, 2, c.relname, pg_get_indexdef(i.indexrelid)
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where c.relnamespace = 'pv'::regnamespace
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
  union all
  select t.tgrelid::int, 3, t.tgname, pg_get_triggerdef(t.oid)
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = 'pv'::regnamespace and not t.tgisinternal
  order by 1, 2, 3`;

const tableGrantsQuery = `
  select c.oid::int as owner, coalesce(r.rolname, 'everyone') as role, lower(a.privilege_type) as privilege
  from pg_class c cross join aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee
  where c.relnamespace = 'pv'::regnamespace and a.grantee <> c.relowner
  union
  select c.oid::int, coalesce(r.rolname, 'everyone'), lower(x.privilege_type) || ' (' || a.attname || ')'
  from pg_attribute a join pg_class c on c.oid = a.attrelid cross join aclexplode(a.attacl) x
  left join pg_roles r on r.oid = x.grantee
  where c.relnamespace = 'pv'::regnamespace
  order by 1, 2, 3`;

const functionsQuery = `
  select p.proname as name, p.pronargs::int as arguments, pg_get_function_identity_arguments(p.oid) as signature,
    pg_get_function_result(p.oid) as result, p.prosecdef as as_owner,
    array(
      select distinct coalesce(r.rolname, 'everyone')
      from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a left join pg_roles r on r.oid = a.grantee
      where a.privilege_type = 'EXECUTE' and a.grantee <> p.proowner order by 1
    )::text[] as roles
  from pg_proc p where p.pronamespace = 'pv'::regnamespace
  order by p.proname, p.pronargs, signature`;

type Table = { oid: number; name: string; composite: boolean };
type Column = { owner: number; name: string; type: string; required: boolean; default_value: string };
type Rule = { owner: number; name: string; definition: string };
type Grant = { owner: number; role: string; privilege: string };
type SqlFunction = {
  name: string;
  arguments: number;
  signature: string;
  result: string;
  as_owner: boolean;
  roles: string[];
};

export async function schemaOf(databases: TestDatabases, database: DatabaseName): Promise<string> {
  const tables = await databases.query<Table>(database, tablesQuery);
  const columns = await databases.query<Column>(database, columnsQuery);
  const rules = await databases.query<Rule>(database, rulesQuery);
  const grants = await databases.query<Grant>(database, tableGrantsQuery);
  const functions = await databases.query<SqlFunction>(database, functionsQuery);
  const origins = originsOf(database);
  const own = <Row extends { owner: number }>(rows: readonly Row[], { oid }: Table): Row[] =>
    rows.filter(({ owner }) => owner === oid);
  const sections = tables.map((table) =>
    table.composite
      ? typeSection(table, own(columns, table))
      : tableSection(table, own(columns, table), own(rules, table), own(grants, table)),
  );
  return [`## ${database}`, ...sections, functionsSection(database, functions, origins)].join('\n\n');
}

const code = (text: string): string => `\`${text.replace(/\s+/g, ' ').replaceAll('|', '\\|')}\``;

function columnTable(columns: readonly Column[]): string {
  const rows = columns.map(({ name, type, required, default_value: value }) => {
    const cells = [code(name), code(type), required ? 'yes' : 'no', value === '' ? '' : code(value)];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| column | type | required | default |', '|---|---|---|---|', ...rows].join('\n');
}

function typeSection({ name }: Table, columns: readonly Column[]): string {
  const fields = columns.map((column) => `${column.name} ${column.type}`).join(', ');
  return `### type ${name}\n\n${code(fields)}`;
}

function tableSection({ name }: Table, columns: readonly Column[], rules: readonly Rule[], grants: readonly Grant[]) {
  const list = rules.map((rule) => `- ${code(`${rule.name}: ${rule.definition}`)}`).join('\n');
  const access = grants.map(({ role, privilege }) => `\`${role}\` may ${privilege}`).join('; ');
  const parts = [`### table ${name}`, columnTable(columns), list, access === '' ? '' : `Grants: ${access}.`];
  return parts.filter((part) => part !== '').join('\n\n');
}

function functionsSection(
  database: DatabaseName,
  functions: readonly SqlFunction[],
  origins: ReadonlyMap<string, string>,
): string {
  const rows = functions.map(({ name, arguments: count, signature, result, as_owner: asOwner, roles }) => {
    const file = origins.get(`${name}/${count}`);
    if (file === undefined) throw new Error(`No migration of ${database} defines ${name} with ${count} arguments.`);
    const callers = roles.length === 0 ? 'only its owner' : roles.map((role) => `\`${role}\``).join(', ');
    const cells = [
      code(`${name}(${signature}) → ${result}`),
      callers,
      asOwner ? 'owner' : 'caller',
      `[${file}](../src/store/migrations/${database}/${file})`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = ['| function | may be executed by | runs as | defined in |', '|---|---|---|---|'];
  return [`### functions of ${database}`, '', ...head, ...rows].join('\n');
}

/** The migration that defined each function last, by its name and number of arguments. */
function originsOf(database: DatabaseName): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  for (const file of readdirSync(join(migrations, database)).sort()) {
    const text = readFileSync(join(migrations, database, file), 'utf8').replace(/--.*$/gm, '');
    for (const match of text.matchAll(/create (?:or replace )?function pv\.(\w+)\s*\(/gi)) {
      origins.set(`${match[1] ?? ''}/${argumentCount(text, match.index + match[0].length)}`, file);
    }
    for (const match of text.matchAll(/alter function pv\.\w+\s*\(([^)]*)\)\s*rename to (\w+)/gi)) {
      origins.set(`${match[2] ?? ''}/${argumentCount(`${match[1] ?? ''})`, 0)}`, file);
    }
  }
  return origins;
}

/** The number of input arguments in a list that begins after its parenthesis. */
function argumentCount(text: string, start: number): number {
  let depth = 1;
  let begin = start;
  const entries: string[] = [];
  for (let at = start; depth > 0 && at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0 || (text[at] === ',' && depth === 1)) {
      entries.push(text.slice(begin, at).trim());
      begin = at + 1;
    }
  }
  return entries.filter((entry) => entry !== '' && !/^out\s/i.test(entry)).length;
}
