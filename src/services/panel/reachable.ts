// Health checks for the services behind the panel. They call only /livez and send no data.
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import type { HealthCheck } from '../../platform/health/health.ts';

/** Longest wait for one answer, in milliseconds. */
const answerMsMax = 1_000;

/** No service is required: a panel that reaches only some of them still serves those. */
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
