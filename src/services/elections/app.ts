// Builds the two applications of `elections`, without listening: the control API, and the private port for operators
// with the key file of elections. The private port must not be reachable from outside.
import { createControlHttp } from '../../platform/http/control-http.ts';
import { documentationRoutes } from '../../platform/http/documentation.ts';
import type { HealthCheck, Version } from '../../platform/health/health.ts';
import { createHttp } from '../../platform/http/http.ts';
import type { App, HttpOptions } from '../../platform/http/http.ts';
import { createCallVerifier, registerCallGuard } from '../../platform/private-calls/private-calls.ts';
import { registerMetricsRoute } from '../../platform/http/private-port.ts';
import { databaseAnswers } from '../../store/database.ts';
import { electionsDescription } from './api-docs/description.ts';
import type { ElectionsDependencies, ElectionsLogic } from './logic.ts';
import { activationRoutes } from './routes/activations.ts';
import { annotationRoutes } from './routes/annotations.ts';
import { auditLogRoutes } from './routes/audit-log.ts';
import { destructionRoutes } from './routes/destruction.ts';
import { deviceRoutes } from './routes/devices.ts';
import { electionRoutes } from './routes/elections.ts';
import { lifecycleRoutes } from './routes/lifecycle.ts';
import { liveRoutes } from './routes/live.ts';
import { participantRoutes } from './routes/participants.ts';
import { privateElectionRoutes } from './routes/private-elections.ts';
import { lossRoutes } from './routes/losses.ts';
import { paperBallotRoutes } from './routes/paper-ballots.ts';
import { proposalRoutes } from './routes/proposals.ts';
import { recountRoutes } from './routes/recount.ts';
import { resultRoutes } from './routes/results.ts';
import { rollPeopleRoutes } from './routes/roll-people.ts';
import { rollRoutes } from './routes/roll.ts';
import { scheduledActRoutes } from './routes/scheduled-acts.ts';
import { settingsRoutes } from './routes/settings.ts';
import { systemRoutes } from './routes/system.ts';
import { turnoutRoutes } from './routes/turnout.ts';

/** Longest upload of a roll, in milliseconds. The file is read only as fast as it is stored. */
const uploadMsMax = 1_800_000;

export type ElectionsAppOptions = ElectionsDependencies & {
  readonly logic: ElectionsLogic;
  readonly version: Version;
  readonly http?: Pick<HttpOptions, 'trustedProxies' | 'shedAtLoopDelayMs' | 'tls' | 'time' | 'lifecycle' | 'tracing'>;
};

/** Builds the control API, which also runs the schedule. */
export async function buildElectionsApp(options: ElectionsAppOptions): Promise<App> {
  const { logic, logger, metrics, version } = options;
  const checks = checksOf(options);
  const { app, guard } = await createControlHttp(
    { logger, metrics, version, checks, requestMsMax: uploadMsMax, ...options.http },
    electionsDescription,
    logic,
  );
  const { proposals } = logic;
  await app.register(participantRoutes, { participants: logic.participants, guard });
  await app.register(electionRoutes, { elections: logic.elections, proposals, guard });
  await app.register(lifecycleRoutes, { elections: logic.elections, proposals, guard });
  await app.register(annotationRoutes, { elections: logic.elections, proposals, guard });
  await app.register(lossRoutes, { proposals, guard });
  await app.register(scheduledActRoutes, { scheduledActs: logic.scheduledActs, proposals, guard });
  await app.register(proposalRoutes, { proposals, guard });
  await app.register(turnoutRoutes, { turnouts: logic.turnouts });
  await app.register(liveRoutes, { live: logic.live, readiness: logic.readiness });
  await app.register(rollRoutes, { importRoll: logic.importRoll, guard });
  await app.register(rollPeopleRoutes, { people: logic.rollPeople, proposals, guard });
  await app.register(activationRoutes, { activations: logic.activations, guard });
  await app.register(deviceRoutes, { devices: logic.devices, guard });
  await app.register(resultRoutes, { results: logic.results, proposals, guard });
  await app.register(destructionRoutes, { destruction: logic.destruction, proposals, guard });
  await app.register(paperBallotRoutes, {
    paperBallots: logic.paperBallots,
    confirmBatch: logic.confirmBatch,
    proposals,
    guard,
  });
  await app.register(settingsRoutes, { settings: logic.settings, guard });
  await app.register(auditLogRoutes, { auditLog: logic.auditLog, guard });
  await app.register(systemRoutes, { system: logic.system });
  await app.register(documentationRoutes, { title: electionsDescription.title });
  app.addHook('onReady', (done) => {
    logic.schedule.start();
    logic.scheduledActs.start();
    logic.rollSettling.start();
    logic.recordUpkeep.start();
    done();
  });
  app.addHook('onClose', async () => {
    const { schedule, scheduledActs, rollSettling, recordUpkeep } = logic;
    await Promise.all([schedule.stop(), scheduledActs.stop(), rollSettling.stop(), recordUpkeep.stop()]);
  });
  return app;
}

/** Builds the private port: calls of operators under /private, metrics and health. */
export async function buildElectionsPrivateApp(options: ElectionsAppOptions): Promise<App> {
  const { logic, logger, metrics, version, clock, publicKeys } = options;
  const checks = checksOf(options);
  const { app } = await createHttp({ logger, metrics, version, checks, requestMsMax: uploadMsMax, ...options.http });
  registerCallGuard(app, createCallVerifier({ service: 'elections', callers: publicKeys.callers, clock }));
  registerMetricsRoute(app, metrics);
  await app.register(privateElectionRoutes, logic);
  await app.register(recountRoutes, { recount: logic.recount });
  return app;
}

// Only the database is required. Operations that need another dependency reject while it is unavailable.
const checksOf = ({ pool, boxPool, controlRedis, edgeRedis }: ElectionsAppOptions): readonly HealthCheck[] => [
  { name: 'database', required: true, check: () => databaseAnswers(pool) },
  { name: 'box', required: false, check: () => databaseAnswers(boxPool) },
  { name: 'control-redis', required: false, check: () => controlRedis.ping().then(() => true) },
  { name: 'edge-redis', required: false, check: () => edgeRedis.ping().then(() => true) },
];
