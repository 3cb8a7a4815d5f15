// Starts `api`: reads its environment, connects and listens on two ports. No logic.
import { readEnvironment } from '../../platform/environment.ts';
import type { Environment } from '../../platform/environment.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { createForwardingWatch } from '../../platform/http/forwarding-watch.ts';
import { callsTlsOf } from '../../platform/private-calls/private-calls-tls.ts';
import { createPrivateClient } from '../../platform/private-calls/private-calls.ts';
import { remoteMs } from '../../platform/private-calls/remote-time.ts';
import type { Running } from '../../platform/process.ts';
import { connectRedis, connectSubscriber } from '../../platform/redis.ts';
import { watchRedis } from '../../platform/redis-metrics.ts';
import { createServiceTime } from '../../platform/service-time.ts';
import { tlsOf } from '../../platform/service-environment.ts';
import type { Finding } from '../../protocol/control/system-api.ts';
import { createProcessLifecycle } from '../../platform/health/lifecycle.ts';
import { programVersion } from '../../platform/health/version.ts';
import { listenOn } from '../../platform/http/listen.ts';
import { buildApiApp, buildApiPrivateApp } from './app.ts';
import { apiEnvironment } from './config.ts';
import { fileLimitFindings } from './file-limit.ts';
import { heraldFindings } from './herald-report.ts';
import { createApiLogic } from './logic.ts';

export async function start(environment: Environment): Promise<Running> {
  const settings = readEnvironment(apiEnvironment, environment);
  const lifecycle = createProcessLifecycle(settings.DRAIN_SECONDS);
  const tls = tlsOf(settings, 'API');
  const { API_KEYS: keys, PUBLIC_KEYS: publicKeys, EDGE_REDIS_URL: redisUrl } = settings;
  const logger = createLogger('api', settings.LOG_LEVEL);
  const metrics = createMetrics('api');
  const version = programVersion();
  // `ballots` follows the database that judges casts.
  const time = createServiceTime({ reference: 'ballots', read: () => remoteMs(ballots), logger, metrics });
  const { clock } = time;
  const redis = connectRedis(redisUrl, logger, { enableAutoPipelining: true });
  const subscriber = connectSubscriber(redisUrl, logger);
  const caller = { name: 'api', jwk: keys.caller } as const;
  const calls = { caller, clock, tls: callsTlsOf(settings), metrics };
  const sms = createPrivateClient({ origin: settings.SMS_ORIGIN, service: 'sms', ...calls });
  const ballots = createPrivateClient({ origin: settings.BALLOTS_ORIGIN, service: 'ballots', ...calls });
  watchRedis(metrics, { edge: redis, subscriber });
  const dependencies = {
    logger,
    metrics,
    clock,
    keys,
    publicKeys,
    redis,
    subscriber,
    sms,
    ballots,
    region: settings.PHONE_REGION,
    longPollsMax: settings.API_WAITERS_MAX,
    sessionsPerAddressBlock: settings.API_SESSIONS_PER_ADDRESS_BLOCK,
  };
  const forwarding = createForwardingWatch('api', 'API_TRUSTED_PROXIES');
  const http = { trustedProxies: settings.API_TRUSTED_PROXIES, tls, time, lifecycle };
  const logDirectory = settings.API_LOG_DIRECTORY;
  const options = { ...dependencies, logic: createApiLogic(dependencies), version, logDirectory, http };
  const app = await buildApiApp({ ...options, http: { ...http, forwarding } });
  const privateApp = await buildApiPrivateApp(options);
  const close = async (): Promise<void> => {
    await Promise.all([app.close(), time.stop()]);
    await privateApp.close();
    redis.disconnect();
    subscriber.disconnect();
    await Promise.all([sms.close(), ballots.close()]);
  };
  try {
    await time.start();
    const address = await listenOn(app, { host: settings.API_HOST, port: settings.API_PORT, backlog: 4_096 });
    const privateAddress = await listenOn(privateApp, {
      host: settings.API_PRIVATE_HOST,
      port: settings.API_PRIVATE_PORT,
    });
    logger.info({ address, privateAddress }, 'api.listening');
    const fileLimit = fileLimitFindings(settings.API_WAITERS_MAX);
    const findings = (): readonly Finding[] => [
      ...forwarding.findings(),
      ...fileLimit,
      ...(logDirectory === undefined ? [] : heraldFindings(logDirectory, clock)),
    ];
    return { name: 'api', addresses: { api: address, private: privateAddress }, clock, findings, lifecycle, close };
  } catch (error) {
    await close();
    throw error;
  }
}
