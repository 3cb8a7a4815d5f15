// Tells the control panel, by the edge Redis, how this process and its providers fare. Nobody waits for it, and while
// Redis is away nothing is told: whoever reads takes silence for what it is.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Redis } from '../../platform/redis.ts';
import { reportEveryMs, reportKey, reportSeconds, reportsKey } from '../../protocol/provider-health.ts';
import type { ProviderReport } from '../../protocol/provider-health.ts';
import type { FindChannels } from './find-channels.ts';
import type { ProviderHealth } from './providers/provider-health.ts';

export type Reporting = {
  start(): void;
  /** Writes one report now. Never rejects. */
  report(): Promise<void>;
  /** Ends it, and takes back what was told: a process that ends in order is not missed. */
  stop(): Promise<void>;
};

export function createReporting(parts: {
  readonly redis: Redis;
  readonly health: ProviderHealth;
  readonly findChannels: FindChannels;
  readonly clock: Clock;
  readonly logger: Logger;
}): Reporting {
  const { redis, health, findChannels, clock, logger } = parts;
  const id = randomBytes(9).toString('base64url');
  let timer: NodeJS.Timeout | undefined;
  let reporting: Promise<void> | undefined;
  let stopped = false;
  let told = false;

  const write = async (): Promise<void> => {
    const { textIn, code } = await findChannels();
    const atMs = clock();
    const channels = { textIn: textIn.sendTo !== null, code: code.available };
    const report: ProviderReport = { atMs, channels, providers: health.now() };
    told = true;
    const answers = await redis
      .pipeline()
      .set(reportKey(id), JSON.stringify(report), 'EX', reportSeconds)
      .zadd(reportsKey, atMs, id)
      // Those of processes that were killed.
      .zremrangebyscore(reportsKey, '-inf', atMs - reportSeconds * 1_000)
      .expire(reportsKey, reportSeconds)
      .exec();
    const error = answers?.find(([failed]) => failed)?.[0];
    if (error) throw error;
  };
  const quietly = (work: Promise<unknown>): Promise<void> =>
    work.then(
      () => undefined,
      (error: unknown) => logger.debug({ err: error }, 'report.unwritten'),
    );
  const report = (): Promise<void> => {
    reporting ??= quietly(write()).finally(() => (reporting = undefined));
    return reporting;
  };
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void report().finally(next), reportEveryMs);
    timer.unref();
  };
  return {
    start: () => void report().finally(next),
    report,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await reporting;
      if (told) await quietly(redis.pipeline().del(reportKey(id)).zrem(reportsKey, id).exec());
    },
  };
}
