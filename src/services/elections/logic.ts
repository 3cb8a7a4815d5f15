// Composes the parts of `elections` from its dependencies. Each route gets only the parts that it needs.
import { createAccessTokenVerifier, publishedTokenKeys } from '../../platform/keys/access-tokens.ts';
import type { AccessTokenVerifier } from '../../platform/keys/access-tokens.ts';
import type { Clock } from '../../platform/clock.ts';
import { signingKey, verificationKeys } from '../../platform/keys/signatures.ts';
import type { SigningKey, VerificationKeys } from '../../platform/keys/signatures.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Loop } from '../../platform/loop.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { PrivateClient } from '../../platform/private-calls/private-calls.ts';
import type { Redis } from '../../platform/redis.ts';
import { createSessionStatusLookup } from '../../platform/session-status.ts';
import type { SessionStatusLookup } from '../../platform/session-status.ts';
import { firstKeyId } from '../../protocol/key-files.ts';
import type { ElectionsKeys, PublicKeys } from '../../protocol/key-files.ts';
import type { ElectionKeyIds } from '../../protocol/public-document.ts';
import type { PageFiles } from '../../protocol/record/page-list.ts';
import { countBatchRows } from '../../store/batch-ledger.ts';
import type { Pool } from '../../store/database.ts';
import { releaseOpenings } from '../../store/record/log-admission.ts';
import { createActivations } from './activations/activations.ts';
import type { Activations } from './activations/activations.ts';
import { createDevices } from './activations/devices.ts';
import type { Devices } from './activations/devices.ts';
import { createPublicRecord } from './audit/public-record.ts';
import { createAuditLog } from './audit/audit-log.ts';
import type { AuditLog } from './audit/audit-log.ts';
import { createAudit } from './audit/audit.ts';
import { readRecordState, registerRecordMetrics } from './audit/record-metrics.ts';
import type { Audit } from './audit/audit.ts';
import { createElectionSettings } from './drafts/election-settings.ts';
import type { ElectionSettings } from './drafts/election-settings.ts';
import { createElections } from './drafts/elections.ts';
import type { Elections } from './drafts/elections.ts';
import { createLoadElection } from './drafts/load-election.ts';
import type { LoadElection } from './drafts/load-election.ts';
import { createParticipants } from './drafts/participants.ts';
import type { Participants } from './drafts/participants.ts';
import { createAnnotations } from './lifecycle/annotations.ts';
import { createLifecycle } from './lifecycle/lifecycle.ts';
import type { Lifecycle } from './lifecycle/lifecycle.ts';
import { createLosses } from './lifecycle/losses.ts';
import { createScheduledActs } from './lifecycle/scheduled-acts.ts';
import { createIsSimulating, rejectSimulatedPhones } from './lifecycle/simulated-phones.ts';
import type { IsSimulating } from './lifecycle/simulated-phones.ts';
import type { ScheduledActs } from './lifecycle/scheduled-acts.ts';
import { createSchedule } from './lifecycle/schedule.ts';
import type { Schedule } from './lifecycle/schedule.ts';
import { createPendingChanges } from './lifecycle/pending-changes.ts';
import { createElectionActs } from './proposals/election-acts.ts';
import { createProposals } from './proposals/proposals.ts';
import type { Proposals } from './proposals/proposals.ts';
import { createRollProposals } from './proposals/roll-proposals.ts';
import type { ImportOrProposeRoll } from './proposals/roll-proposals.ts';
import { createSecondPerson } from './proposals/second-person.ts';
import type { SecondPerson } from './proposals/second-person.ts';
import { registerCapacityMetrics } from './monitoring/capacity.ts';
import { createClockDifferences } from './monitoring/clock-differences.ts';
import { registerDoctorMetrics } from './monitoring/doctor-metrics.ts';
import { createLive } from './monitoring/live.ts';
import type { ShowLive } from './monitoring/live.ts';
import { createReadiness } from './monitoring/readiness.ts';
import type { ShowReadiness } from './monitoring/readiness.ts';
import { createSystem } from './monitoring/system.ts';
import type { System } from './monitoring/system.ts';
import { createBallotsCalls } from './publishing/ballots-calls.ts';
import type { BallotsCalls } from './publishing/ballots-calls.ts';
import { createPublishing } from './publishing/publishing.ts';
import type { Publishing } from './publishing/publishing.ts';
import { publishingPlaces } from './publishing/publishing-places.ts';
import { createPublishedLog } from './record/published-log.ts';
import { publisherKeysOf } from './record/manifest.ts';
import type { LogSettings } from './record/manifest.ts';
import { createResultsLogic } from './results/results-logic.ts';
import type { ResultsLogic } from './results/results-logic.ts';
import { createRollImport } from './roll/roll-import.ts';
import type { RollImport } from './roll/roll-import.ts';
import { createRollPeople } from './roll/roll-people.ts';
import type { RollPeople } from './roll/roll-people.ts';
import { createRollSeals } from './roll/roll-seals.ts';
import { createRollSettling } from './roll/roll-settling.ts';
import type { RollSettling } from './roll/roll-settling.ts';
import { createKeptMarks } from './turnout/marks.ts';
import type { KeptMarks } from './turnout/marks.ts';
import { createTurnouts } from './turnout/turnout.ts';
import type { Turnouts } from './turnout/turnout.ts';

export type ElectionsDependencies = {
  /** Database `elections`. */
  readonly pool: Pool;
  /** Database `box`, read after the box is closed. */
  readonly boxPool: Pool;
  readonly ballots: PrivateClient;
  readonly access: PrivateClient;
  /** Address of the control API of `access`, which publishes its keys. */
  readonly accessOrigin: string;
  /** For events of ended sessions and for publications. Never authoritative. */
  readonly controlRedis: Redis;
  /** For publications. Never authoritative. */
  readonly edgeRedis: Redis;
  readonly keys: ElectionsKeys;
  /** Country whose phones may take part in a new election that names no countries. */
  readonly phoneRegion: string;
  readonly publicKeys: PublicKeys;
  /** Null where the installation has no public log. */
  readonly logSettings: LogSettings | null;
  /** The folder of `herald` or a copy of it; null where there is none. */
  readonly logDirectory: string | null;
  /** The files of the voters' page in this build; null without one. */
  readonly pageFiles: PageFiles | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** By default from the reports of `sms`; given by tests that share their edge Redis with others. */
  readonly isSimulating?: IsSimulating;
};

export type ElectionsLogic = ResultsLogic & {
  readonly verify: AccessTokenVerifier;
  readonly sessionStatus: SessionStatusLookup;
  readonly audit: Audit;
  readonly auditLog: AuditLog;
  readonly participants: Participants;
  readonly settings: ElectionSettings;
  readonly elections: Elections;
  readonly load: LoadElection;
  readonly lifecycle: Lifecycle;
  readonly scheduledActs: ScheduledActs;
  readonly proposals: Proposals;
  readonly turnouts: Turnouts;
  readonly rolls: RollImport;
  readonly importRoll: ImportOrProposeRoll;
  readonly rollPeople: RollPeople;
  readonly activations: Activations;
  readonly devices: Devices;
  readonly system: System;
  readonly live: ShowLive;
  readonly readiness: ShowReadiness;
  readonly ballots: BallotsCalls;
  /** Background work, started and stopped with the control API. */
  readonly schedule: Schedule;
  readonly rollSettling: RollSettling;
  readonly recordUpkeep: Loop;
};

export function createElectionsLogic(dependencies: ElectionsDependencies): ElectionsLogic {
  const { pool, access, accessOrigin, controlRedis, edgeRedis, keys, clock, logger, metrics } = dependencies;
  const publishers = verificationKeys(dependencies.publicKeys.publishers);
  const publisher = signingKey(keys.publisher);
  const { heads, recordUpkeep } = createPublicRecord({ ...dependencies, publisher, publishers });
  const audit = createAudit({ pool, heads, logger, metrics });
  const ballots = createBallotsCalls(dependencies.ballots);
  const publishing = publishingOf(dependencies, ballots, publishers);
  const pendingChanges = createPendingChanges({ ...dependencies, ballots, publishing, publisher });
  const isSimulating = dependencies.isSimulating ?? createIsSimulating(edgeRedis, clock);
  const elections = createElections({ ...dependencies, audit, pendingChanges, keyIds: newestKeyIds(keys) });
  const seals = createRollSeals(pool, keys.identity);
  const rollSettling = createRollSettling({ pool, ballots, seals, logger });
  const lifecycle = createLifecycle({
    pool,
    audit,
    ballots,
    pendingChanges,
    announceable: announceableBy(elections, isSimulating),
    sendRoll: (id) => rollSettling.announced(id),
  });
  const { marks, turnouts } = turnoutLogic({ ...dependencies, ballots, publishing, publisher });
  const system = createSystem(dependencies);
  registerStateMetrics(dependencies, system);
  const secondPerson = createSecondPerson(access);
  const batchSigners = verificationKeys(dependencies.publicKeys.batches);
  const signing = { publisher, publisherOf: publisherKeysOf(dependencies), publishers, batchSigners };
  const published = createPublishedLog(dependencies.logDirectory, clock);
  const moreParts = { audit, heads, ballots, marks, lifecycle, publishing, ...published, ...signing };
  const resultParts = createResultsLogic({ ...dependencies, ...moreParts });
  const rollLogic = rollLogicOf({ ...dependencies, audit, ballots, settling: rollSettling, seals });
  const acting = {
    audit,
    ...published,
    secondPerson,
    elections,
    lifecycle,
    annotations: createAnnotations({ pool, audit, pendingChanges }),
    losses: createLosses({ pool, audit, ballots, marks, turnouts, logger }),
  };
  return {
    verify: createAccessTokenVerifier(publishedTokenKeys(accessOrigin, clock), clock),
    sessionStatus: createSessionStatusLookup({ redis: controlRedis, access, logger }),
    audit,
    auditLog: createAuditLog({ pool, audit, heads, clock }),
    participants: createParticipants({ pool, audit }),
    settings: createElectionSettings({ pool, audit }),
    elections,
    load: createLoadElection({ pool, elections, lifecycle }),
    lifecycle,
    ...proposalLogic({ ...dependencies, ...resultParts, ...acting, ...rollLogic, seals }),
    turnouts,
    ...rollLogic,
    ...resultParts,
    system,
    live: createLive({ ...dependencies, turnouts, clocks: createClockDifferences(system, clock) }),
    readiness: createReadiness({
      ...dependencies,
      ...acting,
      ballots,
      ballotsClient: dependencies.ballots,
      publishing,
      system,
    }),
    ballots,
    recordUpkeep,
    schedule: createSchedule({ pool, audit, ballots, pendingChanges, lifecycle, turnouts, publishing, logger }),
  };
}

function registerStateMetrics({ pool, clock, metrics }: ElectionsDependencies, system: System): void {
  registerCapacityMetrics(metrics, pool);
  registerRecordMetrics(metrics, () => readRecordState(pool), clock);
  registerDoctorMetrics(metrics, system, clock);
}

const newestKeyIds = ({ identity, phone }: ElectionsKeys): ElectionKeyIds => ({
  identity: identity[0]?.kid ?? firstKeyId,
  phone: phone[0]?.kid ?? firstKeyId,
});

const announceableBy =
  (elections: Elections, isSimulating: IsSimulating): Elections['announceable'] =>
  async (id) => {
    const draft = await elections.announceable(id);
    await rejectSimulatedPhones(isSimulating, draft.definition);
    return draft;
  };

function publishingOf(
  { pool, boxPool, edgeRedis, controlRedis, logger }: ElectionsDependencies,
  ballots: BallotsCalls,
  publishers: VerificationKeys,
): Publishing {
  const places = publishingPlaces(edgeRedis, controlRedis);
  const release = (id: string): Promise<void> => releaseOpenings(boxPool, id);
  return createPublishing({ pool, ballots, places, publishers, releaseOpenings: release, logger });
}

function rollLogicOf(
  parts: Parameters<typeof createRollImport>[0] &
    Parameters<typeof createRollPeople>[0] &
    Parameters<typeof createActivations>[0] & { readonly settling: RollSettling },
): Pick<ElectionsLogic, 'rolls' | 'rollPeople' | 'rollSettling' | 'activations' | 'devices'> {
  return {
    rolls: createRollImport(parts),
    rollPeople: createRollPeople(parts),
    rollSettling: parts.settling,
    activations: createActivations(parts),
    devices: createDevices(parts),
  };
}

type ProposalParts = Parameters<typeof createElectionActs>[0] &
  Omit<Parameters<typeof createScheduledActs>[0], 'acts' | 'secondPerson'> & {
    readonly secondPerson: SecondPerson;
    readonly rolls: RollImport;
  };

function proposalLogic(parts: ProposalParts): Pick<ElectionsLogic, 'scheduledActs' | 'proposals' | 'importRoll'> {
  const acts = createElectionActs(parts);
  const { secondPerson } = parts;
  const scheduledActs = createScheduledActs({ ...parts, acts, secondPerson });
  const proposals = createProposals({ ...parts, acts, secondPerson, scheduledActs });
  return { scheduledActs, proposals, importRoll: createRollProposals({ ...parts, proposals }) };
}

function turnoutLogic(
  parts: Omit<ElectionsDependencies, 'ballots'> & {
    readonly ballots: BallotsCalls;
    readonly publishing: Publishing;
    readonly publisher: SigningKey;
  },
): { readonly marks: KeptMarks; readonly turnouts: Turnouts } {
  const { pool, boxPool, ballots, publishing, publisher, logger } = parts;
  const marks = createKeptMarks({ pool, ballots, signers: verificationKeys(parts.publicKeys.receipts), logger });
  const countRows = async (electionId: string): Promise<number> => (await countBatchRows(boxPool, electionId)).received;
  const turnouts = createTurnouts({ pool, marks, boxPool, ballots, publishing, publisher, countBatchRows: countRows });
  return { marks, turnouts };
}
