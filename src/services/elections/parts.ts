// The logic of `elections`, put together from what it reaches. No decision is made here.
import { createAccessTokenVerifier, publishedTokenKeys } from '../../platform/keys/access-tokens.ts';
import type { AccessTokenVerifier } from '../../platform/keys/access-tokens.ts';
import { createSessionStanding } from '../../platform/session-standing.ts';
import type { SessionStanding } from '../../platform/session-standing.ts';
import { signingKey, verificationKeys } from '../../platform/keys/signatures.ts';
import { createAudit } from './audit/audit.ts';
import type { Audit } from './audit/audit.ts';
import { createAuditLog } from './audit/audit-log.ts';
import type { AuditLog } from './audit/audit-log.ts';
import { createBallotsCalls } from './publishing/ballots-calls.ts';
import { createElectionSettings } from './drafts/election-settings.ts';
import type { ElectionSettings } from './drafts/election-settings.ts';
import { createElections } from './drafts/elections.ts';
import type { Elections } from './drafts/elections.ts';
import { createLive } from './monitoring/live.ts';
import type { ShowLive } from './monitoring/live.ts';
import type { Background, ElectionsDependencies } from './outside.ts';
import { createParticipants } from './drafts/participants.ts';
import type { Participants } from './drafts/participants.ts';
import { createPublishing } from './publishing/publishing.ts';
import { createReadiness } from './monitoring/readiness.ts';
import type { ShowReadiness } from './monitoring/readiness.ts';
import { createResultsLogic } from './results/results-logic.ts';
import type { ResultsLogic } from './results/results-logic.ts';
import { createSettling } from './lifecycle/settling.ts';
import { createSystem } from './monitoring/system.ts';
import type { System } from './monitoring/system.ts';
import { createVoting } from './lifecycle/voting.ts';
import type { Voting } from './lifecycle/voting.ts';

/** Each part of the service adds its logic here; routes are given what they need of it. */
export type ElectionsLogic = {
  readonly verify: AccessTokenVerifier;
  readonly standing: SessionStanding;
  readonly audit: Audit;
  readonly auditLog: AuditLog;
  readonly participants: Participants;
  readonly elections: Elections;
  readonly settings: ElectionSettings;
  readonly voting: Voting;
  readonly counted: ResultsLogic;
  readonly system: System;
  readonly live: ShowLive;
  readonly readiness: ShowReadiness;
  /** Started with the control API, and stopped before it. */
  readonly background: readonly Background[];
};

export function createElectionsLogic(outside: ElectionsDependencies): ElectionsLogic {
  const { pool, access, accessOrigin, controlRedis, edgeRedis, keys, publicKeys, clock, logger, metrics } = outside;
  const audit = createAudit({ pool, logger, metrics });
  const ballots = createBallotsCalls(outside.ballots);
  const publishers = verificationKeys(publicKeys.publishers);
  const publishing = createPublishing({ pool, ballots, redises: [edgeRedis, controlRedis], publishers, logger });
  const publisher = signingKey(keys.publisher);
  const settling = createSettling({ pool, ballots, publishing, publisher, logger });
  const elections = createElections({ pool, audit, settling, clock });
  const voting = createVoting({
    ...outside,
    audit,
    elections,
    publishing,
    settling,
    publisher,
    identity: keys.identity,
  });
  const system = createSystem(outside);
  return {
    verify: createAccessTokenVerifier(publishedTokenKeys(accessOrigin, clock), clock),
    standing: createSessionStanding({ redis: controlRedis, access, logger }),
    audit,
    auditLog: createAuditLog({ pool, audit, clock }),
    participants: createParticipants({ pool, audit }),
    elections,
    settings: createElectionSettings({ pool, audit }),
    voting,
    counted: createResultsLogic({ ...outside, audit, ballots, publishing, publisher, publishers }),
    system,
    live: createLive({ ...outside, turnouts: voting.turnouts }),
    readiness: createReadiness({ ...outside, ballots, ballotsClient: outside.ballots, elections, publishing, system }),
    background: [voting.schedule],
  };
}
