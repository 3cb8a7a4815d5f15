// The two applications of `access`, not yet listening: the control API, and the private port where other services check
// whether a session is valid. The private port is not reachable from outside.
import { createControlHttp } from '../../platform/http/control-http.ts';
import { documentationRoutes } from '../../platform/http/documentation.ts';
import type { HealthCheck, Version } from '../../platform/health/health.ts';
import { createHttp } from '../../platform/http/http.ts';
import type { App, HttpOptions } from '../../platform/http/http.ts';
import { createCallVerifier, registerCallGuard } from '../../platform/private-calls/private-calls.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import { isReading } from '../../platform/http/problems.ts';
import { allowanceOf } from '../../platform/http/role-guard.ts';
import type { PublicJwk } from '../../protocol/key-files.ts';
import { countConfirmers, countFactors, findUser } from '../../store/access/users.ts';
import type { Pool } from '../../store/database.ts';
import { databaseAnswers } from '../../store/database.ts';
import type { z } from 'zod';
import type { UserRole } from '../../domain/user.ts';
import type { confirmersAnswer } from '../../protocol/control/proposals-api.ts';
import { accessDescription } from './description.ts';
import type { AccessLogic, AccessDependencies } from './logic.ts';
import { actRoutes } from './routes/acts.ts';
import { accountRoutes } from './routes/account.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { openSessionRoutes } from './routes/open-sessions.ts';
import { passkeyRoutes } from './routes/passkeys.ts';
import { sessionStatusRoutes } from './routes/session-status.ts';
import { userSessionRoutes } from './routes/sessions.ts';
import { userProposalRoutes } from './routes/user-proposals.ts';
import { userRoutes } from './routes/users.ts';

export type AccessAppOptions = Pick<AccessDependencies, 'pool' | 'redis' | 'clock' | 'logger' | 'metrics'> & {
  readonly logic: AccessLogic;
  readonly version: Version;
  readonly http?: Pick<HttpOptions, 'trustedProxies' | 'shedAtLoopDelayMs' | 'tls' | 'time' | 'lifecycle' | 'tracing'>;
};

/** Builds the control API. While it runs, ended sessions are written to Redis. */
export async function buildAccessApp(options: AccessAppOptions): Promise<App> {
  const { logic, logger, metrics, version } = options;
  const { app, guard } = await createControlHttp(
    { logger, metrics, version, checks: checksOf(options), ...options.http },
    accessDescription,
    logic,
  );
  const { register, logins, sessions, own, administration, proposals, revocations, actRecord } = logic;
  // An act is recorded before its answer, also a read that is one. Keys and health are not: they must not wait for the database.
  app.addHook('onSend', async (request) => {
    const hasCaller = Array.isArray(allowanceOf(request.routeOptions.config));
    if (hasCaller || !isReading(request)) await actRecord.stored();
  });
  await app.register(userSessionRoutes, { logins, sessions, keys: logic.tokenKeys });
  await app.register(openSessionRoutes, { own, administration, guard });
  await app.register(userRoutes, { register, administration, proposals, guard });
  await app.register(invitationRoutes, { administration, proposals, guard });
  await app.register(userProposalRoutes, { proposals, guard });
  await app.register(accountRoutes, { own, guard });
  await app.register(passkeyRoutes, { own: logic.ownPasskeys, logins, guard });
  await app.register(documentationRoutes, { title: accessDescription.title });
  app.addHook('onReady', (done) => {
    revocations.start();
    logic.keyRenewal.start();
    done();
  });
  app.addHook('onClose', async () => {
    await Promise.all([revocations.stop(), logic.keyRenewal.stop(), actRecord.stop()]);
  });
  return app;
}

export type AccessPrivateAppOptions = AccessAppOptions & { readonly callers: readonly PublicJwk[] };

/** Builds the private port: calls of the control zone below /private, metrics and health. */
export async function buildAccessPrivateApp(options: AccessPrivateAppOptions): Promise<App> {
  const { logic, logger, metrics, version, clock, callers } = options;
  const { app } = await createHttp({ logger, metrics, version, checks: checksOf(options), ...options.http });
  registerCallGuard(app, createCallVerifier({ service: 'access', callers, clock }));
  registerMetricsRoute(app, metrics);
  await app.register(sessionStatusRoutes, {
    sessionStatus: logic.sessionStatus,
    administrators: (user) => confirmersOf(options.pool, user),
  });
  await app.register(actRoutes, { pool: options.pool });
  return app;
}

// Login works without Redis: limits are then counted in the process, and other services call `access`.
const checksOf = ({ pool, redis }: AccessAppOptions): readonly HealthCheck[] => [
  { name: 'database', required: true, check: () => databaseAnswers(pool) },
  { name: 'redis', required: false, check: () => redis.ping().then(() => true) },
];

async function confirmersOf(pool: Pool, user: string | undefined): Promise<z.infer<typeof confirmersAnswer>> {
  const [confirmers, counts, person] = await Promise.all([
    countConfirmers(pool),
    countFactors(pool),
    user === undefined ? null : findUser(pool, user),
  ]);
  const of = (role: UserRole): number => counts.find((each) => each.role === role)?.without ?? 0;
  return {
    confirmers,
    ...(user !== undefined && { isAdministrator: person?.role === 'administrator' && person.state === 'active' }),
    withoutSecondFactor: { administrators: of('administrator'), officials: of('official') },
  };
}
