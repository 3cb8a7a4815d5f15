// The parts of `elections` about paper ballots, counting, results and what follows their publication.
import { createDestruction } from '../destruction/destruction.ts';
import type { Destruction, DestructionParts } from '../destruction/destruction.ts';
import { createConfirmBatch } from './confirm-batch.ts';
import type { ConfirmBatch } from './confirm-batch.ts';
import { createCounting } from './counting.ts';
import { createDecideByLot } from './lots.ts';
import { createPaperBallots } from './paper-ballots.ts';
import type { PaperBallots } from './paper-ballots.ts';
import { createPublishResults } from './publish-results.ts';
import { createRecount } from './recount.ts';
import type { Recount } from './recount.ts';
import { createResults } from './results.ts';
import type { Results } from './results.ts';
import { createWithdrawBatch } from './withdraw-batch.ts';
import type { WithdrawBatch } from './withdraw-batch.ts';

export type ResultsLogic = {
  readonly results: Results;
  readonly paperBallots: PaperBallots;
  readonly confirmBatch: ConfirmBatch;
  readonly withdrawBatch: WithdrawBatch;
  readonly recount: Recount;
  readonly destruction: Destruction;
};

type ResultsParts = Parameters<typeof createCounting>[0] &
  Parameters<typeof createDecideByLot>[0] &
  Parameters<typeof createPublishResults>[0] &
  Parameters<typeof createPaperBallots>[0] &
  Parameters<typeof createWithdrawBatch>[0] &
  Omit<Parameters<typeof createRecount>[0], 'counting'> &
  DestructionParts;

export function createResultsLogic(parts: ResultsParts): ResultsLogic {
  const counting = createCounting(parts);
  return {
    results: createResults({
      ...parts,
      counting,
      decideByLot: createDecideByLot(parts),
      publishResults: createPublishResults(parts),
    }),
    paperBallots: createPaperBallots(parts),
    confirmBatch: createConfirmBatch(parts),
    withdrawBatch: createWithdrawBatch(parts),
    recount: createRecount({ ...parts, counting }),
    destruction: createDestruction(parts),
  };
}
