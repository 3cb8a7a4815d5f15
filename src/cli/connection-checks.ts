// The checks of `popvote doctor` on the addresses of a service: Redis and its users, other services, their clocks, and
// those of database-checks.ts. No finding contains the password of an address.
import { Agent, request } from 'undici';
import { z } from 'zod';
import { readEnvironment } from '../platform/environment.ts';
import type { Environment } from '../platform/environment.ts';
import { parseJson } from '../platform/json.ts';
import { createLogger } from '../platform/logger.ts';
import { timeAnswer } from '../platform/private-calls/remote-time.ts';
import { callsTlsFields, callsTlsOf } from '../platform/private-calls/private-calls-tls.ts';
import { connectRedis, redisMemoryPart, redisReady, serverMsOf } from '../platform/redis.ts';
import type { Redis } from '../platform/redis.ts';
import { origin as originUrl, postgresUrl, redisUrl } from '../platform/environment-fields.ts';
import type { Finding } from '../protocol/control/system-api.ts';
import { redisMemoryFailPart, redisMemoryWarnPart } from '../protocol/edge-memory.ts';
import { clockFinding } from './clock-finding.ts';
import { settingText } from './settings-text.ts';

/** Longest wait for a connection or an answer, in milliseconds. */
const answerMsMax = 3_000;

/** All findings about one address of a service. Never rejects. */
export async function checkConnection(
  service: string,
  name: string,
  environment: Environment,
): Promise<readonly Finding[]> {
  const value = settingText(name, environment);
  // An invalid address is a finding of the configuration.
  if (name.endsWith('DATABASE_URL') && postgresUrl.safeParse(value).success) {
    // Public services have no such address, and never load code that opens one.
    const { checkDatabase } = await import('./database-checks.ts');
    return checkDatabase(service, name, String(value), environment);
  }
  if (name.endsWith('REDIS_URL') && redisUrl.safeParse(value).success) return checkRedis(service, name, String(value));
  if (name.endsWith('_ORIGIN') && originUrl.safeParse(value).success) {
    return checkOrigin(service, name, String(value), environment);
  }
  return [];
}

async function checkRedis(service: string, name: string, url: string): Promise<readonly Finding[]> {
  const redis = connectRedis(url, createLogger('doctor', 'silent'));
  try {
    if (!(await redisReady(redis, answerMsMax))) {
      const next = `Start Redis, or correct host, user and password in ${name}.`;
      return [{ service, check: name, state: 'failed', observed: 'no connection', next }];
    }
    const askedMs = Date.now();
    // INFO has the server's time; the users of services may not call TIME.
    const info = await redis.info();
    return [
      { service, check: name, state: 'ok', observed: 'connected' },
      clockFinding(service, `${name} clock`, serverMsOf(info), askedMs),
      await redisUserFinding(service, name, redis),
      memoryFinding(service, name, info),
      ...(name === 'CONTROL_REDIS_URL' ? await durabilityFindings(service, name, info, redis) : []),
    ];
  } catch {
    const next = `Give the user in ${name} the rules of its service; see src/protocol/redis-users.ts.`;
    return [{ service, check: name, state: 'failed', observed: 'a command was refused', next }];
  } finally {
    redis.disconnect();
  }
}

// No service reads the server's configuration: a user who may read it has too many rights.
async function redisUserFinding(service: string, name: string, redis: Redis): Promise<Finding> {
  const check = `${name} user`;
  const refused = await redis.config('GET', 'maxmemory').then(
    () => false,
    (error: unknown) => error instanceof Error && error.message.startsWith('NOPERM'),
  );
  if (refused) return { service, check, state: 'ok', observed: 'may do its work only' };
  return {
    service,
    check,
    state: 'warning',
    observed: 'may do more than its work',
    next: `Make a Redis user for ${service} with the rules of src/protocol/redis-users.ts.`,
  };
}

async function durabilityFindings(
  service: string,
  name: string,
  info: string,
  redis: Redis,
): Promise<readonly Finding[]> {
  return [aofFinding(service, name, info), ...(await defaultUserFindings(service, name, redis))];
}

// While it loads its append-only file, Redis 7.0 judges each transaction by the rights of the default user, and drops
// what it may not do (redis/redis#14541).
async function defaultUserFindings(service: string, name: string, redis: Redis): Promise<readonly Finding[]> {
  const check = `${name} default user`;
  try {
    for (const words of [['EXEC'], ['SET', 'batch:queue', '1']]) {
      if ((await redis.call('ACL', 'DRYRUN', 'default', ...words)) === 'OK') continue;
      const next =
        'A restart would lose transactions and scripts. Give it rights without a way to sign in: user default off ~* &* ' +
        '+@all. docker compose run --rm keys does so; then restart that Redis.';
      return [{ service, check, state: 'failed', observed: 'has no rights', next }];
    }
    return [{ service, check, state: 'ok', observed: 'has rights, for loading its file' }];
  } catch {
    // The server is older than Redis 7, or this user may not ask.
    return [];
  }
}

/** From `redisMemoryWarnPart` on a warning, and from `redisMemoryFailPart` on a failure: a full Redis refuses writes. */
export function memoryFinding(service: string, name: string, info: string): Finding {
  const check = `${name} memory`;
  const part = redisMemoryPart(info);
  if (part === null) {
    const next = 'Set maxmemory. Without it, a flood of texts or files takes the memory of the whole machine.';
    return { service, check, state: 'warning', observed: 'not bounded', next };
  }
  const observed = `${Math.round(part * 100)} % used`;
  if (part < redisMemoryWarnPart) return { service, check, state: 'ok', observed };
  const next =
    'Raise maxmemory. When it is full, texts and files are refused. Memory of texts is free again after 15 to 30 minutes.';
  return { service, check, state: part < redisMemoryFailPart ? 'warning' : 'failed', observed, next };
}

function aofFinding(service: string, name: string, info: string): Finding {
  const check = `${name} append-only file`;
  if (/^aof_enabled:1/m.test(info)) return { service, check, state: 'ok', observed: 'on' };
  return {
    service,
    check,
    state: 'failed',
    observed: 'off',
    next: 'Set appendonly yes and appendfsync always: accepted batches lie in it until they are stored.',
  };
}

async function checkOrigin(
  service: string,
  name: string,
  origin: string,
  environment: Environment,
): Promise<readonly Finding[]> {
  const finding = (state: Finding['state'], observed: string, next?: string): readonly Finding[] => [
    { service, check: name, state, observed, ...(next !== undefined && { next }) },
  ];
  const dispatcher = agentFor(name, environment);
  try {
    const { statusCode, body } = await request(new URL('/readyz', origin), {
      headersTimeout: answerMsMax,
      bodyTimeout: answerMsMax,
      signal: AbortSignal.timeout(answerMsMax),
      dispatcher,
    });
    const text = await body.text();
    if (statusCode === 200)
      return [...finding('ok', 'ready'), ...(await originClock(service, name, origin, dispatcher))];
    const failing = [...text.matchAll(/"name":"([a-z0-9-]{1,40})","state":"failed"/g)].map(([, check]) => check);
    const observed = `answers ${statusCode}${failing.length > 0 ? `: ${failing.join(', ')}` : ''}`;
    return finding('failed', observed, 'Run popvote doctor with the environment of that service.');
  } catch {
    return finding('failed', 'no answer', `Start that service, or correct ${name}, the address that ${service} uses.`);
  } finally {
    await dispatcher.destroy();
  }
}

// The services that are called follow a database, so a difference is one of this machine.
async function originClock(
  service: string,
  name: string,
  origin: string,
  dispatcher: Agent,
): Promise<readonly Finding[]> {
  const askedMs = Date.now();
  const { body } = await request(new URL('/livez', origin), { signal: AbortSignal.timeout(answerMsMax), dispatcher });
  const answer = timeAnswer.safeParse(parseJson(await body.text()));
  return answer.success ? [clockFinding(service, `${name} clock`, Date.parse(answer.data.at), askedMs)] : [];
}

/** The agent for private calls: with mutual TLS, if configured. */
const privateOrigins: readonly string[] = ['SMS_ORIGIN', 'BALLOTS_ORIGIN', 'ACCESS_PRIVATE_ORIGIN'];

// As the service itself calls: with mutual TLS a client without a certificate gets no answer.
function agentFor(name: string, environment: Environment): Agent {
  if (!privateOrigins.includes(name)) return new Agent();
  try {
    const tls = callsTlsOf(readEnvironment(z.object(callsTlsFields), environment));
    return new Agent(tls && { connect: tls });
  } catch {
    return new Agent(); // an unusable one is a finding of the configuration
  }
}
