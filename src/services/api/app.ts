// The two applications of `api`, before they listen: the voter's API, and the private port with metrics and health.
import { documentationRoutes } from '../../platform/http/documentation.ts';
import type { HealthCheck, Version } from '../../platform/health/health.ts';
import { createHttp } from '../../platform/http/http.ts';
import type { App, HttpOptions } from '../../platform/http/http.ts';
import { answerHeaders } from '../../platform/http/security-headers.ts';
import { readAssets, readDownloads } from './built-pages.ts';
import { describedApi } from './description.ts';
import { apiHealthChecks } from './health-checks.ts';
import { registerOpenApi } from '../../platform/http/openapi.ts';
import { createCheckpoints } from './documents/checkpoints.ts';
import { createPublicPages } from './public-pages.ts';
import { activatedSessionRoutes } from './routes/activated-sessions.ts';
import { ballotRoutes } from './routes/ballots.ts';
import { publishedElectionRoutes } from './routes/elections.ts';
import { logoRoutes } from './routes/logo.ts';
import { embeddedResultRoutes } from './routes/embedded-results.ts';
import { logFileRoutes } from './routes/log-files.ts';
import { downloadRoutes } from './routes/downloads.ts';
import { voterPageRoutes } from './routes/pages.ts';
import { publicKeyRoutes } from './routes/public-keys.ts';
import { publicPageRoutes } from './routes/public-pages.ts';
import { recordHeadRoutes } from './routes/record-heads.ts';
import { rollQuestionRoutes } from './routes/roll-question.ts';
import { voterSessionRoutes } from './routes/sessions.ts';
import { verificationRoutes } from './routes/verification.ts';
import { waitRoutes } from './routes/wait.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import { createSessionGuard } from './sessions/session-tokens.ts';
import type { ApiDependencies, ApiLogic } from './logic.ts';

export type ApiAppOptions = ApiDependencies & {
  readonly logic: ApiLogic;
  readonly version: Version;
  /** The folder of the published logs, if they are served. */
  readonly logDirectory?: string | undefined;
  readonly http?: Pick<
    HttpOptions,
    | 'trustedProxies'
    | 'forwarding'
    | 'connectionsMax'
    | 'shedAtLoopDelayMs'
    | 'shedAfterMs'
    | 'tls'
    | 'time'
    | 'lifecycle'
  >;
};

export async function buildApiApp(options: ApiAppOptions): Promise<App> {
  const { logic, logger, metrics, version, clock } = options;
  const { documents, elections, source, tokens, sessions, funnel, casting, rollQuestions, texts, longPolls, events } =
    logic;
  const checks = checksOf(options);
  const headers = answerHeaders({ tls: options.http?.tls !== undefined });
  const { app, holdAnswer } = await createHttp({
    logger,
    metrics,
    version,
    checks,
    headers,
    lateness: () => casting.lateness(),
    ...options.http,
  });
  app.removeContentTypeParser('text/plain');
  await registerOpenApi(app, describedApi(version.version));
  const pending = createSessionGuard(tokens.pending);
  const verified = createSessionGuard(tokens.verified);
  await app.register(publishedElectionRoutes, { documents, elections, pageList: logic.pageList, clock });
  await app.register(logoRoutes, { elections });
  await app.register(publicKeyRoutes, options.publicKeys);
  await app.register(recordHeadRoutes, { read: logic.recordHeads });
  await app.register(voterSessionRoutes, { sessions });
  await app.register(activatedSessionRoutes, { activated: logic.activated });
  await app.register(waitRoutes, { sessions, guard: pending, longPolls, read: texts.read, headers, holdAnswer });
  await app.register(verificationRoutes, { sessions, guard: pending });
  const markOf = (id: string) => documents.election(id, clock())?.turnout?.body.mark;
  await app.register(ballotRoutes, { casting, guard: verified, funnel, texts, markOf });
  await app.register(rollQuestionRoutes, { rollQuestions });
  await app.register(documentationRoutes, { title: 'PopVote API' });
  await app.register(voterPageRoutes);
  await app.register(downloadRoutes);
  if (options.logDirectory !== undefined) await app.register(logFileRoutes, { directory: options.logDirectory });
  const hasTable = app.hasRoute({ method: 'GET', url: '/v1/elections/:electionId/results.csv' });
  const pages = createPublicPages({
    elections,
    assets: readAssets(),
    downloads: readDownloads(),
    checkpointOf: createCheckpoints(options.logDirectory, clock),
    hasTable,
  });
  await app.register(publicPageRoutes, { pages });
  await app.register(embeddedResultRoutes, { pages });

  app.addHook('onReady', async () => {
    events.start();
    await source.start();
    funnel.start();
  });
  app.addHook('preClose', () => longPolls.close());
  app.addHook('onClose', async () => {
    events.stop();
    await source.stop();
    await funnel.stop();
  });
  return app;
}

/** Metrics and health. */
export async function buildApiPrivateApp(options: ApiAppOptions): Promise<App> {
  const { logger, metrics, version, http } = options;
  const { time, lifecycle } = http ?? {};
  const { app } = await createHttp({
    logger,
    metrics,
    version,
    checks: checksOf(options),
    shedAtLoopDelayMs: 0,
    time,
    ...(lifecycle && { lifecycle }),
  });
  registerMetricsRoute(app, metrics);
  return app;
}

const checksOf = ({ logic, redis, sms, ballots }: ApiAppOptions): readonly HealthCheck[] =>
  apiHealthChecks({ source: logic.source, redis, sms, ballots });
