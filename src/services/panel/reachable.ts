// Health checks for the services behind the panel. They call only /livez and send no data.
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import type { HealthCheck } from '../../platform/health/health.ts';
import { timeAnswer } from '../../platform/private-calls/remote-time.ts';

/** Longest wait for one answer, in milliseconds. */
const answerMsMax = 1_000;

/** No service is required: a panel that reaches only some of them still serves those. */
export function reachable(origins: Readonly<Record<string, string>>, dispatcher: Dispatcher): readonly HealthCheck[] {
  return Object.entries(origins).map(([name, origin]) => ({
    name,
    required: false,
    check: async () => {
      const { statusCode, body } = await askAlive(origin, dispatcher);
      await body.dump();
      return statusCode === 200;
    },
  }));
}

/** The clock of `access`, which follows its database, in milliseconds since the epoch. Throws without an answer. */
export async function accessMs(origin: string, dispatcher: Dispatcher): Promise<number> {
  const { body } = await askAlive(origin, dispatcher);
  return Date.parse(timeAnswer.parse(await body.json()).at);
}

const askAlive = (origin: string, dispatcher: Dispatcher): ReturnType<typeof request> =>
  request(new URL('/livez', origin), { signal: AbortSignal.timeout(answerMsMax), dispatcher });
