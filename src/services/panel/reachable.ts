// Whether the services behind the panel answer, for its health. Only that they live is asked, and nothing is sent along.
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import type { HealthCheck } from '../../platform/health/health.ts';

/** Longest wait for one answer, in milliseconds. */
const answerMsMax = 1_000;

/** None is required: a panel that can reach only some of them still serves those. */
export function reachable(origins: Readonly<Record<string, string>>, dispatcher: Dispatcher): readonly HealthCheck[] {
  return Object.entries(origins).map(([name, origin]) => ({
    name,
    required: false,
    check: async () => {
      const signal = AbortSignal.timeout(answerMsMax);
      const { statusCode, body } = await request(new URL('/livez', origin), { signal, dispatcher });
      await body.dump();
      return statusCode === 200;
    },
  }));
}
