// Starts `officials`: reads its environment, connects, listens on two ports. No logic.
import { watchDisks } from '../../platform/disk-metrics.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { callsTlsOf } from '../../platform/private-calls/private-calls-tls.ts';
import { createPrivateClient } from '../../platform/private-calls/private-calls.ts';
import { remoteMs } from '../../platform/private-calls/remote-time.ts';
import type { StartService } from '../../platform/process.ts';
import { connectRedis, connectSubscriber, redisReady } from '../../platform/redis.ts';
import { openTracing } from '../../platform/tracing/open-tracing.ts';
import { watchRedis } from '../../platform/redis-metrics.ts';
import { createServiceTime } from '../../platform/service-time.ts';
import { tlsOf } from '../../platform/service-environment.ts';
import { createProcessLifecycle } from '../../platform/health/lifecycle.ts';
import { programVersion } from '../../platform/health/version.ts';
import { listenOn } from '../../platform/http/listen.ts';
import { buildOfficialsApp, buildOfficialsPrivateApp } from './app.ts';
import { officialsEnvironment } from './config.ts';
import { createOfficialsLogic } from './logic.ts';

/** Connections to `access`. */
const accessConnectionsMax = 8;
/** Longest wait for Redis before the ports open without it, in milliseconds. */
const redisMsMax = 2_000;

export const start: StartService = async (environment) => {
  const settings = readEnvironment(officialsEnvironment, environment);
  const lifecycle = createProcessLifecycle(settings.DRAIN_SECONDS);
  const { CONTROL_REDIS_URL: redisUrl, OFFICIALS_KEYS: keys, PUBLIC_KEYS: publicKeys } = settings;
  const metrics = createMetrics('officials');
  const logger = createLogger('officials', settings.LOG_LEVEL);
  const tracing = await openTracing('officials', settings, { logger, metrics });
  const time = createServiceTime({ reference: 'access', read: () => remoteMs(access), logger, metrics });
  const { clock } = time;
  const redis = connectRedis(redisUrl, logger);
  const subscriber = connectSubscriber(redisUrl, logger);
  watchRedis(metrics, { control: redis, subscriber });
  watchDisks(metrics, { spool: settings.OFFICIALS_SPOOL_DIRECTORY });
  const access = createPrivateClient({
    metrics,
    tracing,
    origin: settings.ACCESS_PRIVATE_ORIGIN,
    service: 'access',
    clock,
    tls: callsTlsOf(settings),
    caller: { name: 'officials', jwk: keys.caller },
    connectionsMax: accessConnectionsMax,
  });
  const logic = createOfficialsLogic({
    redis,
    subscriber,
    access,
    keys,
    publicKeys,
    clock,
    logger,
    metrics,
    accessOrigin: settings.ACCESS_ORIGIN,
    spoolDirectory: settings.OFFICIALS_SPOOL_DIRECTORY,
  });
  const http = {
    trustedProxies: settings.OFFICIALS_TRUSTED_PROXIES,
    tls: tlsOf(settings, 'OFFICIALS'),
    time,
    lifecycle,
    tracing,
  };
  const options = { redis, logger, metrics, logic, version: programVersion(), http };
  const app = await buildOfficialsApp(options);
  const privateApp = await buildOfficialsPrivateApp(options);
  const close = async (): Promise<void> => {
    await Promise.all([app.close(), privateApp.close(), time.stop()]);
    redis.disconnect();
    subscriber.disconnect();
    await access.close();
    await tracing?.stop();
  };
  try {
    await Promise.all([time.start(), redisReady(redis, redisMsMax)]);
    const { OFFICIALS_PRIVATE_HOST: privateHost, OFFICIALS_PRIVATE_PORT: privatePort } = settings;
    const addresses = {
      private: await listenOn(privateApp, { host: privateHost, port: privatePort }),
      officials: await listenOn(app, { host: settings.OFFICIALS_HOST, port: settings.OFFICIALS_PORT }),
    };
    logger.info(addresses, 'officials.listening');
    return { name: 'officials', addresses, clock, lifecycle, close };
  } catch (error) {
    await close();
    throw error;
  }
};
