// The check of `popvote doctor --local` on the installed Redis: it writes, restarts and reads a server of its own.
import { probeRedis } from '../local/redis-probe.ts';
import { startEnvironment } from '../local/settings.ts';
import type { Environment } from '../platform/environment.ts';
import type { Finding } from '../protocol/control/system-api.ts';

/** Nothing if the operator gave an own control Redis: another program may run there. */
export async function redisFindings(environment: Environment): Promise<readonly Finding[]> {
  if (environment['CONTROL_REDIS_URL'] ?? environment['CONTROL_REDIS_URL_FILE']) return [];
  const probe = await probeRedis(environment['PATH'] ?? startEnvironment.shape.PATH.parse(undefined));
  const about = { service: 'redis', check: 'write, restart, read' };
  switch (probe.outcome) {
    case 'absent':
      return [
        { ...about, state: 'warning', observed: 'not installed', next: 'Install redis-server or valkey-server.' },
      ];
    case 'kept':
      return [{ ...about, state: 'ok', observed: `${probe.binary} keeps what it confirmed` }];
    case 'lost':
    case 'failed':
      return [
        {
          ...about,
          state: 'failed',
          observed: `${probe.binary}: ${probe.reason}`,
          next: 'Install another version of Redis or Valkey. This one would lose accepted files of paper ballots.',
        },
      ];
  }
}
