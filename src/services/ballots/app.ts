// The private port of `ballots`, before it listens: casting for `api`, and election registration for `elections`. It is
// not reachable from outside the private network.
import type { Report } from '../../platform/health/examination.ts';
import { createHttp } from '../../platform/http/http.ts';
import type { App, HttpOptions } from '../../platform/http/http.ts';
import type { Version } from '../../platform/health/health.ts';
import { createCallVerifier, registerCallGuard } from '../../platform/private-calls/private-calls.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import { callerJwkOf } from '../../platform/key-copies/copy-callers.ts';
import { registerKeyCopies } from '../../platform/key-copies/copy-routes.ts';
import { databaseAnswers } from '../../store/database.ts';
import { castRoutes } from './routes/casts.ts';
import { registeredElectionRoutes, remainingKeysRoutes } from './routes/elections.ts';
import { examinationRoutes } from './routes/examination.ts';
import { markRoutes } from './routes/marks.ts';
import { publicationRoutes } from './routes/publications.ts';
import { intakeRollRoutes } from './routes/roll.ts';
import type { BallotsDependencies, BallotsLogic } from './logic.ts';

export type BallotsAppOptions = Pick<BallotsDependencies, 'pool' | 'publicKeys' | 'clock' | 'logger' | 'metrics'> & {
  readonly logic: BallotsLogic;
  readonly version: Version;
  /** Reports the state of this process. Without it the route does not exist. */
  readonly report?: Report | undefined;
  readonly http?: Pick<HttpOptions, 'shedAtLoopDelayMs' | 'tls' | 'time' | 'lifecycle'>;
};

export async function buildBallotsPrivateApp(options: BallotsAppOptions): Promise<App> {
  const { logic, pool, publicKeys, clock, logger, metrics, version, report } = options;
  const { app } = await createHttp({
    logger,
    metrics,
    version,
    checks: [
      { name: 'intake', required: true, check: () => databaseAnswers(pool) },
      { name: 'sealing-key', required: true, check: async () => (await logic.sealingKeys.current()) !== null },
      { name: 'marks', required: false, check: () => logic.marks.complete() },
    ],
    ...options.http,
  });
  const replicas = publicKeys.receipts.map((jwk) => callerJwkOf('ballots', jwk));
  const callers = [...publicKeys.callers, ...replicas];
  registerCallGuard(app, createCallVerifier({ service: 'ballots', callers, clock }));
  registerMetricsRoute(app, metrics);
  await app.register(castRoutes, { casting: logic.casting });
  await app.register(registeredElectionRoutes, { intake: logic.intake });
  await app.register(remainingKeysRoutes, { remainingKeys: logic.remainingKeys });
  await app.register(intakeRollRoutes, { roll: logic.roll });
  await app.register(markRoutes, { marks: logic.marks });
  await app.register(publicationRoutes, { intake: logic.intake });
  const { keyFiles } = logic;
  const { holder } = keyFiles;
  if (holder) registerKeyCopies(app, { service: 'ballots', holder, recopy: (name) => keyFiles.recopy(name) });
  if (report) await app.register(examinationRoutes, { report });
  app.addHook('onReady', (done) => {
    keyFiles.comparing.start();
    done();
  });
  app.addHook('onClose', async () => {
    await Promise.all([logic.casting.drained(), keyFiles.comparing.stop()]);
    await keyFiles.close();
  });
  return app;
}
