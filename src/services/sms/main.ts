// Starts `sms`: reads its environment, connects and listens on two ports. No logic.
import { readEnvironment } from '../../platform/environment.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { StartService } from '../../platform/process.ts';
import { connectRedis, redisReady, serverMsOf } from '../../platform/redis.ts';
import { watchRedis } from '../../platform/redis-metrics.ts';
import { createServiceTime } from '../../platform/service-time.ts';
import { tlsOf } from '../../platform/service-environment.ts';
import { createProcessLifecycle } from '../../platform/health/lifecycle.ts';
import { programVersion } from '../../platform/health/version.ts';
import { listenOn } from '../../platform/http/listen.ts';
import { buildSmsApp, buildSmsPrivateApp } from './app.ts';
import { smsEnvironment } from './config.ts';
import { createSmsLogic } from './logic.ts';

/** Longest wait for Redis before the ports open without it, in milliseconds. */
const redisMsMax = 2_000;

export const start: StartService = async (environment) => {
  const settings = readEnvironment(smsEnvironment, environment);
  const lifecycle = createProcessLifecycle(settings.DRAIN_SECONDS);
  const logger = createLogger('sms', settings.LOG_LEVEL);
  const metrics = createMetrics('sms');
  const redis = connectRedis(settings.EDGE_REDIS_URL, logger, { enableAutoPipelining: true });
  watchRedis(metrics, { edge: redis });
  const read = async (): Promise<number> => serverMsOf(await redis.info('server'));
  const time = createServiceTime({ reference: 'the edge Redis', read, logger, metrics });
  const { clock } = time;
  const logic = createSmsLogic({ settings, redis, metrics, logger, clock });
  const common = {
    logic,
    logger,
    metrics,
    version: programVersion(),
    checks: [{ name: 'redis', required: true, check: () => redis.ping().then(() => true) }],
  };
  const publicApp = await buildSmsApp({ ...common, http: { tls: tlsOf(settings, 'SMS'), time, lifecycle } });
  const privateApp = await buildSmsPrivateApp({
    ...common,
    callers: settings.PUBLIC_KEYS.callers,
    clock,
    http: { tls: tlsOf(settings, 'SMS_PRIVATE'), time, lifecycle },
  });
  const close = async (): Promise<void> => {
    await Promise.all([publicApp.close(), privateApp.close(), time.stop()]);
    await logic.close();
    redis.disconnect();
  };
  try {
    await redisReady(redis, redisMsMax);
    await time.start();
    const addresses = {
      private: await listenOn(privateApp, { host: settings.SMS_PRIVATE_HOST, port: settings.SMS_PRIVATE_PORT }),
      public: await listenOn(publicApp, { host: settings.SMS_HOST, port: settings.SMS_PORT }),
    };
    logger.info(addresses, 'sms.listening');
    return { name: 'sms', addresses, clock, lifecycle, close };
  } catch (error) {
    await close();
    throw error;
  }
};
