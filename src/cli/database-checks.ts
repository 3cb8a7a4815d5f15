// What `popvote doctor` finds in a database of a service: whether it answers, and what the role that logs in may do there.
import { doors } from '../local/settings.ts';
import type { Finding } from '../protocol/control/system-api.ts';
import { inspectDatabase } from '../store/administration.ts';
import type { DatabaseInspection } from '../store/administration.ts';
import { clockFinding } from './clock-finding.ts';

/** The roles that may open each address: a door with another name is a door too wide. */
const databaseRoles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(doors).map(({ variable, role }) => [variable, role]),
);

/** All findings about one database. Never rejects. */
export async function checkDatabase(service: string, name: string, url: string): Promise<readonly Finding[]> {
  let found: DatabaseInspection;
  const askedMs = Date.now();
  try {
    found = await inspectDatabase(url);
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
            : `Start the database, or mend host, port and name in ${name}.`,
      },
    ];
  }
  return [
    { service, check: name, state: 'ok', observed: `connected as ${found.role}` },
    clockFinding(service, `${name} clock`, found.serverMs, askedMs),
    ...grantFindings(service, name, found),
  ];
}

function grantFindings(service: string, name: string, found: DatabaseInspection): readonly Finding[] {
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
  judge('migrated', found.migrated, found.migrated ? 'yes' : 'no', 'Run popvote migrate as the owner.');
  judge(
    'role',
    found.role === role && !found.superuser,
    found.superuser ? 'superuser' : found.role,
    `Log in as ${role ?? '?'}.`,
  );
  const tables = found.openTables.join(', ') || 'none';
  // Grants to the role itself come from outside the migrations: participation must be closed to it above all.
  judge(
    'tables it may touch',
    tables === 'none',
    tables,
    `Revoke all on these tables of schema pv from ${found.role}.`,
  );
  const waits = !['off', 'local'].includes(found.synchronousCommit);
  judge(
    'synchronous_commit',
    waits,
    found.synchronousCommit,
    'Set synchronous_commit = on: casts are refused without.',
  );
  const quiet = found.logStatement === 'none';
  judge('log_statement', quiet, found.logStatement, 'Set log_statement = none: logs would hold values.', 'warning');
  return findings;
}
