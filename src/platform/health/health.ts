// Health for operators and orchestrators: /livez reports that the process answers, /readyz that it can take traffic,
// /version which program it is. Checks are named and bounded. No host, address or version of a dependency is revealed.
import type { FastifyInstance } from 'fastify';

/** Longest wait for one check, in milliseconds. */
const checkMsMax = 1_500;

export type HealthCheck = { readonly name: string; readonly check: () => Promise<boolean>; readonly required: boolean };
export type Version = { readonly version: string; readonly node: string };
export type ProcessLifecycle = { draining: boolean };

type CheckResult = { name: string; state: 'ok' | 'failed'; required: boolean };

export function registerHealth(
  app: FastifyInstance,
  options: { checks: readonly HealthCheck[]; version: Version; lifecycle: ProcessLifecycle },
): void {
  const { checks, version, lifecycle } = options;
  const undocumented = { schema: { hide: true } };
  app.get('/livez', undocumented, (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );
  app.get('/version', undocumented, () => version);
  app.get('/readyz', undocumented, async (_request, reply) => {
    const results = await Promise.all(checks.map(runCheck));
    const ready = !lifecycle.draining && results.every(({ state, required }) => state === 'ok' || !required);
    const status = lifecycle.draining ? 'draining' : ready ? 'ready' : 'not-ready';
    if (!ready) reply.header('retry-after', 5);
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status, checks: results });
  });
}

async function runCheck({ name, check, required }: HealthCheck): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), checkMsMax);
  });
  // A check that throws before it waits has failed like any other.
  const answer = (async () => check())().catch(() => false);
  const ok = await Promise.race([answer, late]);
  clearTimeout(timer);
  return { name, state: ok ? 'ok' : 'failed', required };
}
