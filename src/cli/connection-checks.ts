// What `popvote doctor` finds at the addresses of a service: databases and what their roles may do, Redis and its users,
// other services, and the clocks of all. No address's password is ever part of a finding.
import { readFileSync } from 'node:fs';
import { request } from 'undici';
import { doors } from '../local/settings.ts';
import type { Environment } from '../platform/environment.ts';
import { createLogger } from '../platform/logger.ts';
import { connectRedis, redisReady } from '../platform/redis.ts';
import type { Redis } from '../platform/redis.ts';
import { inspectDatabase } from '../store/administration.ts';
import type { DatabaseInspection } from '../store/administration.ts';

/** Difference of two clocks above which a check warns, and fails, in milliseconds: caller tokens forgive 30 seconds. */
const clockWarnMs = 500;
const clockFailMs = 10_000;
/** Longest wait for a connection or an answer, in milliseconds. */
const answerMsMax = 3_000;

export type Finding = {
  readonly service: string;
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly observed: string;
  /** What to do; absent where all is well. */
  readonly next?: string;
};

/** The roles that may open each address: a door with another name is a door too wide. */
const databaseRoles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(doors).map(({ variable, role }) => [variable, role]),
);

/** All findings about one address of a service. Never rejects. */
export async function checkConnection(
  service: string,
  name: string,
  environment: Environment,
): Promise<readonly Finding[]> {
  const value = environment[name] ?? fileText(environment[`${name}_FILE`]);
  if (value === undefined) return [];
  if (name.endsWith('DATABASE_URL')) return checkDatabase(service, name, value);
  if (name.endsWith('REDIS_URL')) return checkRedis(service, name, value);
  if (name.endsWith('_ORIGIN')) return checkOrigin(service, name, value);
  return [];
}

async function checkDatabase(service: string, name: string, url: string): Promise<readonly Finding[]> {
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

function fileText(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined; // a finding of the configuration
  }
}

async function checkRedis(service: string, name: string, url: string): Promise<readonly Finding[]> {
  const redis = connectRedis(url, createLogger('doctor', 'silent'));
  try {
    if (!(await redisReady(redis, answerMsMax))) {
      const next = `Start Redis, or mend host, user and password in ${name}.`;
      return [{ service, check: name, state: 'failed', observed: 'no connection', next }];
    }
    const askedMs = Date.now();
    // Not TIME, which no service's user needs: INFO tells the same clock.
    const info = await redis.info();
    const micros = /server_time_usec:(\d+)/.exec(info)?.[1];
    return [
      { service, check: name, state: 'ok', observed: 'connected' },
      ...(micros === undefined ? [] : [clockFinding(service, `${name} clock`, Number(micros) / 1_000, askedMs)]),
      await redisUserFinding(service, name, redis),
      ...(name === 'CONTROL_REDIS_URL' ? [aofFinding(service, name, info)] : []),
    ];
  } catch {
    const next = `Give the user in ${name} the rules of its service; see src/protocol/redis-users.ts.`;
    return [{ service, check: name, state: 'failed', observed: 'a command was refused', next }];
  } finally {
    redis.disconnect();
  }
}

// No service reads the server's configuration: a user who may is one who may do everything.
async function redisUserFinding(service: string, name: string, redis: Redis): Promise<Finding> {
  const check = `${name} user`;
  const refused = await redis.config('GET', 'maxmemory').then(
    () => false,
    (error: unknown) => error instanceof Error && error.message.startsWith('NOPERM'),
  );
  if (refused) return { service, check, state: 'ok', observed: 'may do its work only' };
  return {
    ...{ service, check, state: 'warning', observed: 'may do more than its work' },
    next: `Make a Redis user for ${service} with the rules of src/protocol/redis-users.ts.`,
  };
}

function aofFinding(service: string, name: string, info: string): Finding {
  const check = `${name} append-only file`;
  if (/^aof_enabled:1/m.test(info)) return { service, check, state: 'ok', observed: 'on' };
  return {
    ...{ service, check, state: 'failed', observed: 'off' },
    next: 'Set appendonly yes and appendfsync always: accepted batches lie in it until they are stored.',
  };
}

function clockFinding(service: string, check: string, serverMs: number, askedMs: number): Finding {
  // The server read its clock between the question and now: only what lies outside of that is a difference.
  const ahead = Math.max(0, serverMs - Date.now()) - Math.max(0, askedMs - serverMs);
  const ms = Math.round(ahead);
  const observed = ms === 0 ? 'the same as ours' : `${Math.abs(ms)} ms ${ms > 0 ? 'ahead of' : 'behind'} ours`;
  if (Math.abs(ms) <= clockWarnMs) return { service, check, state: 'ok', observed };
  const state = Math.abs(ms) > clockFailMs ? 'failed' : 'warning';
  return { service, check, state, observed, next: 'Let both machines follow NTP (chrony, systemd-timesyncd).' };
}

async function checkOrigin(service: string, name: string, origin: string): Promise<readonly Finding[]> {
  const finding = (state: Finding['state'], observed: string, next?: string): readonly Finding[] => [
    { service, check: name, state, observed, ...(next !== undefined && { next }) },
  ];
  try {
    const { statusCode, body } = await request(new URL('/readyz', origin), {
      headersTimeout: answerMsMax,
      bodyTimeout: answerMsMax,
      signal: AbortSignal.timeout(answerMsMax),
    });
    const text = await body.text();
    if (statusCode === 200) return finding('ok', 'ready');
    const failing = [...text.matchAll(/"name":"([a-z0-9-]{1,40})","state":"failed"/g)].map(([, check]) => check);
    const observed = `answers ${statusCode}${failing.length > 0 ? `: ${failing.join(', ')}` : ''}`;
    return finding('failed', observed, 'Run popvote doctor with the environment of that service.');
  } catch {
    return finding('failed', 'no answer', `Start that service, or mend ${name}: it is where ${service} looks for it.`);
  }
}
