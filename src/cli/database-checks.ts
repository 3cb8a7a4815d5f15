// The checks of `popvote doctor` on a service's database: whether it answers, and the rights of the role.
import { doors } from '../local/settings.ts';
import type { Finding } from '../protocol/control/system-api.ts';
import { inspectDatabase } from '../store/administration.ts';
import { newestMigration } from '../store/connecting/migration-files.ts';
import type { DatabaseInspection } from '../store/administration.ts';
import type { DatabaseName } from '../store/connecting/migration-files.ts';
import type { Environment } from '../platform/environment.ts';
import { clockFinding } from './clock-finding.ts';
import { keyUseFindings } from './key-uses.ts';
import { settingJson } from './settings-text.ts';

/** The roles that may use each address. Another role has too many or too few rights. */
const databaseRoles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(doors).map(({ variable, role }) => [variable, role]),
);

const databaseNames: Readonly<Record<string, DatabaseName>> = Object.fromEntries(
  Object.values(doors).map(({ variable, database }) => [variable, database]),
);

/** All findings about one database. Never rejects. */
export async function checkDatabase(
  service: string,
  name: string,
  url: string,
  environment: Environment,
): Promise<readonly Finding[]> {
  let inspection: DatabaseInspection;
  const askedMs = Date.now();
  try {
    inspection = await inspectDatabase(url);
  } catch (error) {
    const { code } = error as { code?: string };
    return [
      {
        service,
        check: name,
        state: 'failed',
        observed: `no connection (${code ?? 'refused'})`,
        next:
          code === '28P01' || code === '28000'
            ? `The role or its password is not right: run popvote migrate --passwords, and set ${name} to match.`
            : `Start the database, or correct host, port and name in ${name}.`,
      },
    ];
  }
  return [
    { service, check: name, state: 'ok', observed: `connected as ${inspection.role}` },
    clockFinding(service, `${name} clock`, inspection.serverMs, askedMs),
    ...grantFindings(service, name, inspection),
    ...markFindings(service, name, inspection),
    ...(inspection.keyUses
      ? keyUseFindings(service, settingJson('ELECTIONS_KEYS', environment), inspection.keyUses)
      : []),
  ];
}

function markFindings(
  service: string,
  name: string,
  { interruptedElections: elections }: DatabaseInspection,
): readonly Finding[] {
  if (elections === undefined) return [];
  const finding = { service, check: `${name} marks` };
  if (elections === 0) return [{ ...finding, state: 'ok', observed: 'no recorded votes are missing' }];
  const observed = `recorded votes are missing in ${elections === 1 ? '1 election' : `${elections} elections`}`;
  const next =
    'Restore newer copies of intake and box, both to one moment, or accept the loss (popvote call acceptLoss). See ' +
    'docs/reliability.md.';
  return [{ ...finding, state: 'failed', observed, next }];
}

function grantFindings(service: string, name: string, inspection: DatabaseInspection): readonly Finding[] {
  const findings: Finding[] = [];
  const judge = (
    check: string,
    fine: boolean,
    observed: string,
    next: string,
    worst: 'warning' | 'failed' = 'failed',
  ) =>
    findings.push({ service, check: `${name} ${check}`, state: fine ? 'ok' : worst, observed, ...(!fine && { next }) });
  const role = databaseRoles[name];
  judge('migrated', inspection.migrated, inspection.migrated ? 'yes' : 'no', 'Run popvote migrate as the owner.');
  const database = databaseNames[name];
  if (inspection.migrated && database !== undefined) {
    const { schemaVersion: version = 0 } = inspection;
    const isNew = version >= newestMigration(database);
    judge('schema', isNew, isNew ? `migration ${version}` : 'schema-too-old', 'Run popvote migrate as the owner.');
  }
  judge(
    'role',
    inspection.role === role && !inspection.superuser,
    inspection.superuser ? 'superuser' : inspection.role,
    `Log in as ${role ?? '?'}.`,
  );
  const tables = inspection.openTables.join(', ') || 'none';
  // Grants to the role itself come from outside the migrations; access to participation is the worst of them.
  judge(
    'tables it may touch',
    tables === 'none',
    tables,
    `Revoke all on these tables of schema pv from ${inspection.role}.`,
  );
  judge(
    'advisory locks',
    !inspection.locksOthers,
    inspection.locksOthers ? 'can take those of other roles' : 'its own',
    'As a superuser, revoke execute on the functions pg_advisory_… and pg_try_advisory_… from public, and grant it to popvote_owner.',
    'warning',
  );
  const waits = !['off', 'local'].includes(inspection.synchronousCommit);
  judge(
    'synchronous_commit',
    waits,
    inspection.synchronousCommit,
    'Set synchronous_commit = on: casts are refused without.',
  );
  const quiet = inspection.logStatement === 'none';
  judge(
    'log_statement',
    quiet,
    inspection.logStatement,
    'Set log_statement = none: logs would hold values.',
    'warning',
  );
  return findings;
}
