// What the owner of a database does besides migrating: creates it, lets the services' roles log in, and runs the checks
// of `popvote doctor`. No service calls this.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { readDatabaseCopies } from './backups.ts';
import { connectionMsMax, statementMsMax } from './database.ts';
import { readKeyUses } from './key-uses.ts';
import type { KeyUse } from './key-uses.ts';
import { currentAddress } from './connecting/database-hosts.ts';
import type { DatabaseName } from './connecting/migration-files.ts';
import { schemaVersion } from './connecting/schema-version.ts';
import { migrate } from './migrate.ts';

/** Longest wait for another run of the same administration, in milliseconds. */
const lockMsMax = 120_000;
/** Time between two tries to reach a server, in milliseconds. */
const reachRetryMs = 500;
/** The advisory lock of administration: any number that nothing else uses. */
const administrationLock = 20_260_009;
/** Rounds of PBKDF2 in a stored password: PostgreSQL's own default. */
const scramRounds = 4_096;

/** The role of people who look at a database; it reads a few views. */
export const viewerRole = 'popvote_viewer';
/** The roles of services; each logs in only to the databases whose functions it was granted. And that of people who look. */
export const serviceRoles = [
  'popvote_ballots',
  'popvote_mixer',
  'popvote_access',
  'popvote_elections',
  'popvote_worker',
  'popvote_log',
  viewerRole,
] as const;
export type ServiceRole = (typeof serviceRoles)[number];

export type Target = { readonly database: DatabaseName; readonly ownerUrl: string };

/**
 * Applies the missing migrations of each database, and lets the named roles log in. Changes nothing where nothing is
 * missing. Roles belong to the server and not to a database, so all of it runs under one lock: that of the first.
 */
export async function prepareDatabases(
  targets: readonly Target[],
  passwords: Readonly<Partial<Record<ServiceRole, string>>>,
): Promise<{
  readonly applied: Readonly<Partial<Record<DatabaseName, readonly string[]>>>;
  readonly roles: readonly string[];
}> {
  const applied: Partial<Record<DatabaseName, readonly string[]>> = {};
  const roles = new Set<string>();
  const [first] = targets;
  if (!first) return { applied, roles: [] };
  await alone(first.ownerUrl, async () => {
    for (const { database, ownerUrl } of targets) {
      applied[database] = await migrate(database, ownerUrl);
      for (const role of await setRolePasswords(ownerUrl, passwords)) roles.add(role);
    }
  });
  return { applied, roles: [...roles] };
}

/** Runs work while no other process runs work under the same database's lock: two concurrent runs are safe. */
async function alone<Result>(ownerUrl: string, work: () => Promise<Result>): Promise<Result> {
  return asOwner(ownerUrl, async (client) => {
    await client.query(`set lock_timeout = ${lockMsMax}`);
    await client.query('set statement_timeout = 0');
    await client.query('select pg_advisory_lock($1)', [administrationLock]);
    // The lock ends with the connection.
    return work();
  });
}

/**
 * Waits until the server answers as this user, and creates the database if it is not there: a first start that was killed
 * leaves a server without it. Fails with the last answer after `msMax`.
 */
export async function reachDatabase(ownerUrl: string, msMax: number, say: () => void): Promise<void> {
  const endMs = performance.now() + msMax;
  for (let tries = 0; ; tries += 1) {
    try {
      await asOwner(ownerUrl, (client) => client.query('select'));
      return;
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (code === '3D000') {
        // The address may name several servers, so that it is no URL.
        const [, servers = '', name = '', options = ''] = /^([^/]+\/\/[^/]+\/)([^?]*)(.*)$/.exec(ownerUrl) ?? [];
        await createDatabase(`${servers}postgres${options}`, decodeURIComponent(name));
        return;
      }
      // A wrong password stays wrong. A server that starts, or whose name is not known yet, does not.
      if (code.startsWith('28') || performance.now() + reachRetryMs > endMs) throw error;
      if (tries === 0) say();
      await pause(reachRetryMs);
    }
  }
}

/** Creates a database if it is not there. `ownerUrl` names another database of the same server. */
export async function createDatabase(ownerUrl: string, name: string): Promise<void> {
  await asOwner(ownerUrl, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });
}

/**
 * Lets roles log in with these passwords, and returns the roles that this server has. A password is sent as its SCRAM
 * verifier (RFC 5803), so that no log of the server can hold it.
 */
async function setRolePasswords(
  ownerUrl: string,
  passwords: Readonly<Partial<Record<ServiceRole, string>>>,
): Promise<readonly ServiceRole[]> {
  return asOwner(ownerUrl, async (client) => {
    const { rows } = await client.query<{ rolname: ServiceRole }>(
      'select rolname from pg_roles where rolname = any($1) order by rolname',
      [Object.keys(passwords)],
    );
    for (const { rolname } of rows) {
      const verifier = scramVerifier(passwords[rolname] ?? '');
      await client.query(`alter role ${client.escapeIdentifier(rolname)} login password '${verifier}'`);
    }
    return rows.map(({ rolname }) => rolname);
  });
}

/** The beginning of an address, with its password. What follows may be a list of servers, which is no URL. */
const addressStart = /^([a-z]+:\/\/[^:@/]+:)([^@]*)@/;

/** The password in an address, as the address has it; empty without one. */
export const passwordIn = (address: string): string => addressStart.exec(address)?.[2] ?? '';

/** The address with another password, or as it is if it has none. */
export const withPassword = (address: string, password: string): string =>
  address.replace(addressStart, (_, user: string) => `${user}${password}@`);

/** Gives the owner the password in its address. The server still knows the owner by the former one. */
export async function renewOwnerPassword(ownerUrl: string, former: string): Promise<void> {
  const verifier = scramVerifier(decodeURIComponent(passwordIn(ownerUrl)));
  await asOwner(withPassword(ownerUrl, former), (client) =>
    client.query(`alter role current_user password '${verifier}'`),
  );
}

/** The value of pg_authid for a password of ASCII characters: the password cannot be read from it. */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, scramRounds, 32, 'sha256');
  const keyOf = (name: string): Buffer => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${scramRounds}:${salt.toString('base64')}$${stored}:${keyOf('Server Key').toString('base64')}`;
}

export type DatabaseInspection = {
  readonly role: string;
  /** The server's clock, in milliseconds since the epoch. */
  readonly serverMs: number;
  readonly superuser: boolean;
  /** Tables that this role may read or write directly: there must be none. */
  readonly openTables: readonly string[];
  readonly migrated: boolean;
  /** The number of the newest migration; absent from before there was a version. */
  readonly schemaVersion?: number;
  /** Whether it can take advisory locks of other roles: the migrations did not run as a superuser. */
  readonly locksOthers: boolean;
  readonly synchronousCommit: string;
  readonly logStatement: string;
  /** Elections in which recorded votes are missing; absent in databases without marks. */
  readonly interruptedElections?: number;
  /** The keys that elections name; absent in other databases than `elections`. */
  readonly keyUses?: readonly KeyUse[];
};

/** What a service's role can see and do in its database. */
export async function inspectDatabase(url: string): Promise<DatabaseInspection> {
  return asOwner(url, async (client) => {
    // Above the server's own limit, so that the wait for a silent server ends.
    const query = { text: inspection, query_timeout: statementMsMax + 1_000 };
    const { rows } = await client.query<
      DatabaseInspection & { openTables: string[]; knowsMarks: boolean; knowsKeys: boolean; knowsVersion: boolean }
    >(query);
    const [row] = rows;
    if (!row) throw new Error('the database gave no answer');
    const inspected = row.knowsVersion ? { ...row, schemaVersion: await schemaVersion(client) } : row;
    if (inspected.knowsKeys) return { ...inspected, keyUses: await readKeyUses(client) };
    if (!inspected.knowsMarks) return inspected;
    const interruptions = await client.query('select from pv.interrupted_elections()');
    return { ...inspected, interruptedElections: interruptions.rowCount ?? 0 };
  });
}

export type Durability = {
  readonly fsync: boolean;
  readonly fullPageWrites: boolean;
  readonly checksums: boolean;
  /** Empty without a synchronous standby. */
  readonly standbyNames: string;
  /** The connection itself. */
  readonly encrypted: boolean;
  readonly archiving: boolean;
  /** Since the last part of the write-ahead log was archived, in seconds; null before the first. */
  readonly archivedSecondsAgo: number | null;
  /** Since the end of the last backup that the database knows, in seconds; null: none is known. */
  readonly backupSecondsAgo: number | null;
};

/** How safely a server stores what it acknowledged, as any role may see it. */
export const inspectDurability = (url: string): Promise<Durability> =>
  asOwner(url, async (client) => {
    const query = { text: durability, query_timeout: statementMsMax + 1_000 };
    const { rows } = await client.query<Omit<Durability, 'backupSecondsAgo'> & { serverSeconds: number }>(query);
    const [row] = rows;
    if (!row) throw new Error('the database gave no answer');
    const { serverSeconds, ...rest } = row;
    const { lastSeconds } = await readDatabaseCopies(client);
    return { ...rest, backupSecondsAgo: lastSeconds === null ? null : serverSeconds - lastSeconds };
  });

const durability = `
  select current_setting('fsync') = 'on' as fsync, current_setting('full_page_writes') = 'on' as "fullPageWrites",
    current_setting('data_checksums') = 'on' as checksums,
    current_setting('synchronous_standby_names') as "standbyNames",
    coalesce((select s.ssl from pg_stat_ssl s where s.pid = pg_backend_pid()), false) as encrypted,
    current_setting('archive_mode') <> 'off' as archiving, extract(epoch from clock_timestamp())::float8 as "serverSeconds",
    extract(epoch from clock_timestamp() - a.last_archived_time)::float8 as "archivedSecondsAgo"
    from pg_stat_archiver a`;

const inspection = `
  select current_user as role, extract(epoch from clock_timestamp())::float8 * 1000 as "serverMs",
    (select r.rolsuper from pg_roles r where r.rolname = current_user) as superuser,
    array(select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'pv' and c.relkind in ('r', 'p')
        and has_table_privilege(c.oid, 'select, insert, update, delete, truncate') order by 1) as "openTables",
    exists (select 1 from pg_namespace where nspname = 'pv') as migrated,
    exists (select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'pv' and p.proname in ('wait_for_casts', 'record_intake_closing'))
      and has_function_privilege('pg_advisory_lock(integer, integer)', 'execute') as "locksOthers",
    current_setting('synchronous_commit') as "synchronousCommit",
    current_setting('log_statement') as "logStatement",
    exists (select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'pv' and p.proname = 'interrupted_elections' and has_function_privilege(p.oid, 'execute'))
      as "knowsMarks",
    exists (select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'pv' and p.proname = 'schema_version' and has_function_privilege(p.oid, 'execute'))
      as "knowsVersion",
    exists (select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'pv' and p.proname = 'key_uses' and has_function_privilege(p.oid, 'execute')) as "knowsKeys"`;

/** Connects, works and ends the connection. Throws as the driver does. */
export async function asOwner<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
  statementMs = statementMsMax,
): Promise<Result> {
  const client = new pg.Client({
    connectionString: await currentAddress(url),
    connectionTimeoutMillis: connectionMsMax,
    statement_timeout: statementMs,
    application_name: 'popvote-administration',
  });
  // Without a listener, a connection that breaks while idle would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
