// The voter's API as an application, built from its parts and not started. It reaches Redis, `sms` and `ballots`, and
// no database; it keeps no session: all that a step needs is in the voter's sealed token.
import type { Clock } from '../../platform/clock.ts';
import { documentationRoutes } from '../../platform/http/documentation.ts';
import type { Version } from '../../platform/health/health.ts';
import { createHttp } from '../../platform/http/http.ts';
import type { App, HttpOptions } from '../../platform/http/http.ts';
import { hashKey } from '../../platform/keys/keyed-hash.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { CountryCode } from '../../platform/phone/phone-number.ts';
import type { PrivateClient } from '../../platform/private-calls/private-calls.ts';
import type { Redis } from '../../platform/redis.ts';
import { securityHeaders } from '../../platform/http/security-headers.ts';
import { verificationKeys } from '../../platform/keys/signatures.ts';
import type { ApiKeys, PublicKeys } from '../../protocol/key-files.ts';
import { readAssets } from './built-pages.ts';
import { countSessions } from './sessions/counted-sessions.ts';
import { describedApi } from './description.ts';
import { createDocuments } from './documents/documents.ts';
import { createFunnel } from './sessions/funnel.ts';
import { apiHealthChecks } from './health-checks.ts';
import { registerOpenApi } from '../../platform/http/openapi.ts';
import { createPublicPages } from './public-pages.ts';
import { createPublicationSource } from './documents/publication-source.ts';
import { ballotRoutes } from './routes/ballots.ts';
import { publishedElectionRoutes } from './routes/elections.ts';
import { voterPageRoutes } from './routes/pages.ts';
import { publicKeyRoutes } from './routes/public-keys.ts';
import { publicPageRoutes } from './routes/public-pages.ts';
import { voterSessionRoutes } from './routes/sessions.ts';
import { verificationRoutes } from './routes/verification.ts';
import { waitRoutes } from './routes/wait.ts';
import { createCastCalls, createSmsCalls } from './service-calls.ts';
import { createSessionLimits } from './sessions/session-limits.ts';
import { createSessionGuard, createSessionTokens } from './sessions/session-tokens.ts';
import { createVoterSessions } from './sessions/sessions.ts';
import { createTextEvents } from './waiting/text-events.ts';
import { readFindings } from './waiting/verification-state.ts';
import type { Watched } from './waiting/verification-state.ts';
import { Waiters } from './waiting/waiters.ts';

export type ApiParts = {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly version: Version;
  readonly keys: ApiKeys;
  readonly publicKeys: PublicKeys;
  /** For commands; with automatic pipelining, the limits of a session are one round trip. */
  readonly redis: Redis;
  /** For the one subscription. */
  readonly subscriber: Redis;
  readonly sms: PrivateClient;
  readonly ballots: PrivateClient;
  readonly region: CountryCode;
  readonly waitersMax: number;
  readonly sessionsPerAddressBlock: number;
  readonly http?: Pick<HttpOptions, 'trustedProxies' | 'connectionsMax' | 'shedAtLoopDelayMs' | 'tls'>;
};

export async function buildVoterApp(parts: ApiParts): Promise<App> {
  const { logger, metrics, clock, version, keys, redis, sms, ballots } = parts;
  const documents = createDocuments(verificationKeys(parts.publicKeys.publishers));
  const source = createPublicationSource({ documents, redis, ballots, logger });
  const tokens = createSessionTokens(keys.tokens, clock);
  const perAddressBlock = parts.sessionsPerAddressBlock;
  const limits = createSessionLimits({ redis, key: hashKey(keys.limits), clock, perAddressBlock });
  const smsCalls = createSmsCalls(sms, logger);
  const funnel = createFunnel({ redis, logger });
  const sessions = countSessions(
    createVoterSessions({ documents, tokens, limits, sms: smsCalls, keys, region: parts.region, clock }),
    funnel,
  );
  const read = (watched: readonly Watched[]) => readFindings(redis, watched);
  const waiters = new Waiters({
    read,
    verify: sessions.verify,
    clock,
    logger,
    metrics,
    waitersMax: parts.waitersMax,
  });
  const events = createTextEvents(parts.subscriber, waiters, logger);

  const checks = apiHealthChecks({ source, redis, sms, ballots });
  const { app } = await createHttp({ logger, metrics, version, checks, ...parts.http });
  app.removeContentTypeParser('text/plain');
  const headers = securityHeaders({ tls: parts.http?.tls !== undefined });
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  await registerOpenApi(app, describedApi(version.version));
  const pending = createSessionGuard(tokens.pending);
  const verified = createSessionGuard(tokens.verified);
  await app.register(publishedElectionRoutes, { documents, clock });
  await app.register(publicKeyRoutes, parts.publicKeys);
  await app.register(voterSessionRoutes, { sessions });
  await app.register(waitRoutes, { sessions, guard: pending, waiters, read, headers });
  await app.register(verificationRoutes, { sessions, guard: pending });
  await app.register(ballotRoutes, { casting: createCastCalls(ballots, logger), guard: verified, funnel });
  await app.register(documentationRoutes, { title: 'PopVote API' });
  await app.register(voterPageRoutes);
  const hasTable = app.hasRoute({ method: 'GET', url: '/v1/elections/:electionId/results.csv' });
  await app.register(publicPageRoutes, {
    pages: createPublicPages({ documents, assets: readAssets(), hasTable }),
    clock,
  });

  app.addHook('onReady', async () => {
    events.start();
    await source.start();
    funnel.start();
  });
  app.addHook('preClose', () => waiters.close());
  app.addHook('onClose', async () => {
    events.stop();
    await source.stop();
    await funnel.stop();
  });
  return app;
}
