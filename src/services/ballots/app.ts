// The private ballot server, from its parts: casting for `api`, the intake of elections for `elections`. It is the only
// service that touches who took part, and nothing outside the private network may reach it.
import type { Clock } from '../../platform/clock.ts';
import type { Report } from '../../platform/health/examination.ts';
import { createHttp } from '../../platform/http/http.ts';
import type { App, HttpOptions } from '../../platform/http/http.ts';
import type { Version } from '../../platform/health/health.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { createCallVerifier, registerCallGuard } from '../../platform/private-calls/private-calls.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import { signingKey, verificationKeys } from '../../platform/keys/signatures.ts';
import type { BallotsKeys, PublicKeys } from '../../protocol/key-files.ts';
import { castBallots } from '../../store/casts.ts';
import { databaseAnswers } from '../../store/database.ts';
import type { Pool } from '../../store/database.ts';
import { findIntakeElection } from '../../store/intake-elections.ts';
import { activeMixerKeys } from '../../store/mixer-keys.ts';
import type { BatcherBounds } from './batcher.ts';
import { createCastMetrics } from './cast-metrics.ts';
import { createCasting } from './casting.ts';
import { createRegisteredElections } from './elections.ts';
import { createIntake } from './intake.ts';
import { castRoutes } from './routes/casts.ts';
import { registeredElectionRoutes } from './routes/elections.ts';
import { examinationRoutes } from './routes/examination.ts';
import { publicationRoutes } from './routes/publications.ts';
import { createSealingKeys } from './sealing-keys.ts';

export type BallotsParts = {
  /** For batches only, so that nothing else makes a ballot wait: as many connections as batches in flight. */
  readonly castPool: Pool;
  readonly pool: Pool;
  readonly keys: BallotsKeys;
  readonly publicKeys: PublicKeys;
  readonly electionKeysDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly version: Version;
  readonly tls?: HttpOptions['tls'];
  readonly shedAtLoopDelayMs?: number;
  /** Says how this process is; without it nobody can ask. */
  readonly report?: Report;
  readonly bounds?: Partial<BatcherBounds>;
};

export async function buildBallotsApp(parts: BallotsParts): Promise<App> {
  const { pool, castPool, keys, publicKeys, clock, logger, metrics } = parts;
  const keysDirectory = parts.electionKeysDirectory;
  const elections = createRegisteredElections({
    read: (id) => findIntakeElection(pool, id),
    keysDirectory,
    clock,
    logger,
  });
  const sealingKeys = createSealingKeys({
    read: () => activeMixerKeys(pool),
    mixers: verificationKeys(publicKeys.mixers),
    clock,
    logger,
  });
  const casting = createCasting({
    elections,
    sealingKeys,
    clock,
    logger,
    store: (election, casts, onTrouble) => castBallots(castPool, election, casts, onTrouble),
    attestations: keys.attestations,
    receiptKey: signingKey(keys.receipts),
    metrics: createCastMetrics(metrics),
    ...(parts.bounds && { bounds: parts.bounds }),
  });
  const publishers = verificationKeys(publicKeys.publishers);
  const intake = createIntake({ pool, elections, keysDirectory, publishers });
  const { app } = await createHttp({
    logger,
    metrics,
    version: parts.version,
    checks: [
      { name: 'intake', required: true, check: () => databaseAnswers(pool) },
      { name: 'sealing-key', required: false, check: async () => (await sealingKeys.current()) !== null },
    ],
    ...(parts.tls && { tls: parts.tls }),
    ...(parts.shedAtLoopDelayMs !== undefined && { shedAtLoopDelayMs: parts.shedAtLoopDelayMs }),
  });
  registerCallGuard(app, createCallVerifier({ service: 'ballots', callers: publicKeys.callers, clock }));
  registerMetricsRoute(app, metrics);
  await app.register(castRoutes, { casting });
  await app.register(registeredElectionRoutes, { intake });
  await app.register(publicationRoutes, { intake });
  if (parts.report) await app.register(examinationRoutes, { report: parts.report });
  app.addHook('onClose', () => casting.drained());
  return app;
}
