// The logic of `elections`, put together from what it reaches. No decision is made here.
import { createAccessTokenVerifier, publishedTokenKeys } from '../platform/access-tokens.ts';
import type { AccessTokenVerifier } from '../platform/access-tokens.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { PrivateClient } from '../platform/private-calls.ts';
import type { Redis } from '../platform/redis.ts';
import { createSessionStanding } from '../platform/session-standing.ts';
import type { SessionStanding } from '../platform/session-standing.ts';
import { signingKey, verificationKeys } from '../platform/signatures.ts';
import type { ElectionsKeys, PublicKeys } from '../protocol/key-files.ts';
import type { Pool } from '../store/database.ts';
import { createAudit } from './audit.ts';
import type { Audit } from './audit.ts';
import { createAuditLog } from './audit-log.ts';
import type { AuditLog } from './audit-log.ts';
import { createBallotsCalls } from './ballots-calls.ts';
import { createElectionSettings } from './election-settings.ts';
import type { ElectionSettings } from './election-settings.ts';
import { createElections } from './elections.ts';
import type { Elections } from './elections.ts';
import { createParticipants } from './participants.ts';
import type { Participants } from './participants.ts';
import { createPublishing } from './publishing.ts';
import { createResultsLogic } from './results-logic.ts';
import type { ResultsLogic } from './results-logic.ts';
import { createSettling } from './settling.ts';
import { createVoting } from './voting.ts';
import type { Voting } from './voting.ts';

export type Outside = {
  /** Database `elections`. */
  readonly pool: Pool;
  /** Database `box`: reading, after closing. */
  readonly boxPool: Pool;
  readonly ballots: PrivateClient;
  readonly access: PrivateClient;
  /** Address of the control API of `access`: its published keys. */
  readonly accessOrigin: string;
  /** For news of ended sessions, and to publish in; never for the truth. */
  readonly controlRedis: Redis;
  /** To publish in; never for the truth. */
  readonly edgeRedis: Redis;
  readonly keys: ElectionsKeys;
  readonly publicKeys: PublicKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

/** Work that goes on beside requests while the service runs. */
export type Background = {
  start(): void;
  /** Ends it; resolves when nothing of it is under way. */
  stop(): Promise<void>;
};

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
  /** Started with the control API, and stopped before it. */
  readonly background: readonly Background[];
};

export function createElectionsLogic(outside: Outside): ElectionsLogic {
  const { pool, access, accessOrigin, controlRedis, edgeRedis, keys, publicKeys, clock, logger, metrics } = outside;
  const audit = createAudit({ pool, logger, metrics });
  const ballots = createBallotsCalls(outside.ballots);
  const publishers = verificationKeys(publicKeys.publishers);
  const publishing = createPublishing({ pool, ballots, redises: [edgeRedis, controlRedis], publishers, logger });
  const publisher = signingKey(keys.publisher);
  const settling = createSettling({ pool, ballots, publishing, publisher, logger });
  const elections = createElections({ pool, audit, settling, clock });
  const voting = createVoting({
    ...{ ...outside, audit, elections, publishing, settling, publisher },
    identity: keys.identity,
  });
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
    background: [voting.schedule],
  };
}
