// Reports the state of this process and its providers to the control panel, through the edge Redis. No request waits
// for it. While Redis is unavailable nothing is written, and the reader detects the missing report.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { createLoop } from '../../platform/loop.ts';
import { redisMemoryPart, resultsOf } from '../../platform/redis.ts';
import type { Redis } from '../../platform/redis.ts';
import { hourOf, textCodesKey, textCodesSeconds } from '../../protocol/funnel-counts.ts';
import { reportEveryMs, reportKey, reportSeconds, reportsKey } from '../../protocol/provider-health.ts';
import type { ProviderReport } from '../../protocol/provider-health.ts';
import type { SmsMetrics } from './sms-metrics.ts';
import type { FindChannels } from './find-channels.ts';
import type { ProviderHealth } from './providers/provider-health.ts';

export type Reporting = {
  start(): void;
  /** Counts codes that were made for voters to text in. */
  madeTextCodes(count: number): void;
  /** Writes one report now. Never rejects. */
  report(): Promise<void>;
  /** Ends reporting and removes the report, so that a process that stopped normally is not reported as missing. */
  stop(): Promise<void>;
};

export function createReporting(parts: {
  readonly redis: Redis;
  readonly health: ProviderHealth;
  readonly findChannels: FindChannels;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: SmsMetrics;
}): Reporting {
  const { redis, health, findChannels, clock, logger, metrics } = parts;
  const id = randomBytes(9).toString('base64url');
  let hasReport = false;
  let textCodes = 0;

  /** Codes that were sent without an answer may have arrived, and are not sent again. */
  const writeTextCodes = async (): Promise<void> => {
    if (textCodes === 0 || redis.status !== 'ready') return;
    const key = textCodesKey('made', hourOf(clock()));
    const sum = textCodes;
    textCodes = 0;
    resultsOf(await redis.pipeline().incrby(key, sum).expire(key, textCodesSeconds).exec());
  };

  const write = async (): Promise<void> => {
    const { textIn, code, confirmation } = await findChannels();
    const atMs = clock();
    const channels = {
      textIn: textIn.sendTo !== null,
      code: code.available,
      confirmation: confirmation.available,
    };
    const report: ProviderReport = { atMs, channels, notices: health.notices(), providers: health.now() };
    hasReport = true;
    const replies = await redis
      .pipeline()
      .set(reportKey(id), JSON.stringify(report), 'EX', reportSeconds)
      .zadd(reportsKey, atMs, id)
      // Removes the reports of processes that were killed.
      .zremrangebyscore(reportsKey, '-inf', atMs - reportSeconds * 1_000)
      .expire(reportsKey, reportSeconds)
      .exec();
    resultsOf(replies);
    await writeTextCodes();
    metrics.redisMemory(redisMemoryPart(await redis.info('memory')) ?? 0);
  };
  const onError = (error: unknown): void => logger.debug({ err: error }, 'report.unwritten');
  const loop = createLoop({ turn: () => write().then(() => reportEveryMs), failureMs: reportEveryMs, onError });
  return {
    start: () => loop.start(),
    madeTextCodes: (count) => void (textCodes += count),
    report: () => loop.turnNow(),
    async stop() {
      await loop.stop();
      await writeTextCodes().catch(onError);
      if (hasReport) await redis.pipeline().del(reportKey(id)).zrem(reportsKey, id).exec().catch(onError);
    },
  };
}
