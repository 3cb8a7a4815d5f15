// Confirms a batch: a second official gives the number of ballots on the protocol of its station, and only then do its
// rows count. The ledger decides.
import type { Logger } from '../../../platform/logger.ts';
import type { Redis } from '../../../platform/redis.ts';
import type { LedgerBatchShown } from '../../../protocol/control/results-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { confirmBatch } from '../../../store/batch-confirmations.ts';
import type { Confirmation, ConflictingBatch } from '../../../store/batch-confirmations.ts';
import type { Pool } from '../../../store/database.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import { listLedger } from '../../../store/ledger.ts';
import type { StoredLedgerBatch } from '../../../store/ledger.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import { requireSecondFactor } from '../proposals/second-factor.ts';
import { shownBatch } from './ledger-batch.ts';
import { showBatch } from './show-batch.ts';

/**
 * Confirms a batch for another official than its sender, and returns it. May be repeated. Throws `election-not-found`,
 * `batch-not-found`, `role-not-allowed` for the sender, and `conflict` if the number differs, rows are missing, other
 * batches have its ballot ids (`errors` names these), it is withdrawn or needs no confirmation, or the box is closed.
 */
export type ConfirmBatch = (
  caller: Caller,
  batch: { readonly electionId: string; readonly batchId: string },
  ballots: number,
) => Promise<LedgerBatchShown>;

type Parts = {
  readonly pool: Pool;
  readonly boxPool: Pool;
  readonly controlRedis: Redis;
  readonly audit: Audit;
  readonly logger: Logger;
};

export function createConfirmBatch({ pool, boxPool, controlRedis, audit, logger }: Parts): ConfirmBatch {
  return async (caller, { electionId, batchId }, ballots) => {
    const { actor, request } = caller;
    if (actor.kind !== 'user') throw new Problem('role-not-allowed');
    const object = { kind: 'election', id: electionId } as const;
    return audit.record({ actor, request, act: 'election.confirm-batch', object }, async () => {
      const election = await findLifecycle(pool, electionId);
      if (!election) throw new Problem('election-not-found');
      if (election.announced !== null)
        requireSecondFactor(caller, { announced: election.announced, definition: election.announced });
      const confirmation = await confirmBatch(boxPool, { electionId, batchId, official: actor.userId, ballots });
      const [batch] = await listLedger(boxPool, electionId, { batchId, after: 0, limit: 1 });
      if (!batch) throw new Problem('batch-not-found', { detail: noBatch });
      if (confirmation.outcome !== 'confirmed' && confirmation.outcome !== 'already')
        throw rejectionOf(confirmation, batch, ballots);
      const result = shownBatch(batch);
      await showBatch(controlRedis, electionId, batch, result).catch((error: unknown) =>
        logger.error({ err: error, electionId, batchId }, 'confirmation.not-shown'),
      );
      const changed = { confirmed: { to: { batchId, number: batch.number, station: batch.station, ballots } } };
      return { result, ...(confirmation.outcome === 'confirmed' && { changed }) };
    });
  };
}

function rejectionOf(confirmation: Confirmation, { rows }: StoredLedgerBatch, ballots: number): Problem {
  const { outcome } = confirmation;
  if (outcome === 'own') return new Problem('role-not-allowed', { detail: own });
  if (outcome === 'conflict')
    return new Problem('conflict', { detail: conflict, errors: errorsOf(confirmation.others) });
  if (outcome === 'differs') return new Problem('conflict', { detail: differs(rows, ballots) });
  return new Problem('conflict', { detail: details[outcome as keyof typeof details] });
}

const errorsOf = (others: readonly ConflictingBatch[]) =>
  others.map(({ batchId, rows }) => ({
    path: `batches/${batchId}`,
    detail: `Ballot IDs that are also in this batch: ${rows}.`,
  }));

const noBatch =
  'This election has no such batch in its ledger. A batch is there a few moments after its upload: try again then.';
const own = 'You sent this batch, so another official has to confirm it. Nothing was changed.';
const conflict =
  'Other batches have ballot ids of this one, so none of them is confirmed. Compare the papers of both, withdraw the wrong ' +
  'batch, and confirm the other. Nothing was changed.';
const differs = (rows: number, ballots: number): string =>
  `You gave ${ballots} ballots, and the batch has ${rows}. Count the protocol again. If the batch is wrong, its sender or ` +
  'an administrator withdraws it. Nothing was changed.';
const details = {
  incomplete: 'Rows of this batch are missing. Its sender has to send the same file again. Nothing was changed.',
  'not-needed': 'Batches of this election are not confirmed. Nothing was changed.',
  withdrawn: 'This batch was withdrawn. Nothing was changed.',
  closed: 'The box of this election is closed, so its batches cannot change. Nothing was changed.',
};
