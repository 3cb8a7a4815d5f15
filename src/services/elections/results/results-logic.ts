// Counting and results, put together from what the service reaches. No decision is made here.
import type { Clock } from '../../../platform/clock.ts';
import type { Logger } from '../../../platform/logger.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import type { Redis } from '../../../platform/redis.ts';
import type { SigningKey, VerificationKeys } from '../../../platform/keys/signatures.ts';
import type { Pool } from '../../../store/database.ts';
import type { Audit } from '../audit/audit.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { createCounting } from './counting.ts';
import { createDecideByLot } from './lots.ts';
import { createPaperBallots } from './paper-ballots.ts';
import type { PaperBallots } from './paper-ballots.ts';
import { createPublishResults } from './publish-results.ts';
import type { Publishing } from '../publishing/publishing.ts';
import { createRecount } from './recount.ts';
import type { Recount } from './recount.ts';
import { createResults } from './results.ts';
import type { Results } from './results.ts';

export type ResultsLogic = {
  readonly results: Results;
  readonly paperBallots: PaperBallots;
  readonly recount: Recount;
};

type Parts = {
  readonly pool: Pool;
  readonly boxPool: Pool;
  readonly controlRedis: Redis;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly audit: Audit;
  readonly ballots: BallotsCalls;
  readonly publishing: Publishing;
  readonly publisher: SigningKey;
  readonly publishers: VerificationKeys;
};

export function createResultsLogic(parts: Parts): ResultsLogic {
  const counting = createCounting(parts);
  return {
    results: createResults({
      pool: parts.pool,
      counting,
      decideByLot: createDecideByLot(parts),
      publishResults: createPublishResults(parts),
    }),
    paperBallots: createPaperBallots(parts),
    recount: createRecount({ ...parts, counting }),
  };
}
