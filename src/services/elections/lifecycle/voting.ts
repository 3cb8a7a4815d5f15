// What an election's life after its draft is made of, put together: no decision is made here.
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import { hashKey } from '../../../platform/keys/keyed-hash.ts';
import type { Logger } from '../../../platform/logger.ts';
import type { SigningKey } from '../../../platform/keys/signatures.ts';
import { countBatchRows } from '../../../store/batch-ledger.ts';
import type { Pool } from '../../../store/database.ts';
import type { Audit } from '../audit/audit.ts';
import { createBallotsCalls } from '../publishing/ballots-calls.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import type { Elections } from '../drafts/elections.ts';
import { createLifecycle } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { createLoadElection } from '../drafts/loading.ts';
import type { LoadElection } from '../drafts/loading.ts';
import type { Publishing } from '../publishing/publishing.ts';
import { createRollImport } from '../roll/roll-import.ts';
import type { RollImport } from '../roll/roll-import.ts';
import { createSchedule } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import type { Settling } from './settling.ts';
import { createTurnouts } from '../turnout/turnout.ts';
import type { Turnouts } from '../turnout/turnout.ts';

export type Voting = {
  readonly lifecycle: Lifecycle;
  readonly turnouts: Turnouts;
  readonly rolls: RollImport;
  readonly load: LoadElection;
  readonly schedule: Schedule;
  readonly ballots: BallotsCalls;
};

export function createVoting(parts: {
  readonly pool: Pool;
  readonly boxPool: Pool;
  readonly audit: Audit;
  readonly ballots: PrivateClient;
  readonly elections: Elections;
  readonly publishing: Publishing;
  readonly settling: Settling;
  readonly publisher: SigningKey;
  /** Secret of the first keyed hash of an identity. */
  readonly identity: string;
  readonly logger: Logger;
}): Voting {
  const { pool, boxPool, audit, elections, publishing, settling, publisher, logger } = parts;
  const ballots = createBallotsCalls(parts.ballots);
  const countRows = async (electionId: string): Promise<number> => (await countBatchRows(boxPool, electionId)).received;
  const turnouts = createTurnouts({ pool, boxPool, ballots, publishing, publisher, countBatchRows: countRows });
  const lifecycle = createLifecycle({
    pool,
    audit,
    ballots,
    settling,
    announceable: (id) => elections.announceable(id),
  });
  return {
    lifecycle,
    turnouts,
    ballots,
    rolls: createRollImport({ pool, audit, ballots, identityKey: hashKey(parts.identity) }),
    load: createLoadElection({ pool, elections, lifecycle }),
    schedule: createSchedule({ pool, audit, ballots, settling, lifecycle, turnouts, publishing, logger }),
  };
}
