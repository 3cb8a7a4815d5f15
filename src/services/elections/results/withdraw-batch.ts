// Withdraws a batch that was uploaded wrongly, with a reason, until the box is closed. The ledger decides and keeps every
// row. The control Redis shows it before the answer, so that the file can be sent again at once.
import type { Logger } from '../../../platform/logger.ts';
import type { Redis } from '../../../platform/redis.ts';
import type { LedgerBatchShown } from '../../../protocol/control/results-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import { listLedger, withdrawBatch } from '../../../store/ledger.ts';
import type { Withdrawal } from '../../../store/ledger.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import { shownBatch } from './ledger-batch.ts';
import { storedActor } from './results-view.ts';
import { showBatch } from './show-batch.ts';

/**
 * Withdraws a batch, for the official who uploaded it or for an administrator, and returns it. May be repeated. Throws
 * `election-not-found`, `batch-not-found`, `role-not-allowed` for another official and for the
 * official of a confirmed batch, and `conflict` if the box is closed
 * or rows of other batches are duplicates of its rows: `errors` names these.
 */
export type WithdrawBatch = (
  caller: Caller,
  batch: { readonly electionId: string; readonly batchId: string },
  reason: string,
) => Promise<LedgerBatchShown>;

type Parts = {
  readonly pool: Pool;
  readonly boxPool: Pool;
  readonly controlRedis: Redis;
  readonly audit: Audit;
  readonly logger: Logger;
};

export function createWithdrawBatch({ pool, boxPool, controlRedis, audit, logger }: Parts): WithdrawBatch {
  return async ({ actor, request }, { electionId, batchId }, reason) => {
    const object = { kind: 'election', id: electionId } as const;
    const official = actor.kind === 'user' && actor.role === 'official' ? actor.userId : null;
    return audit.record({ actor, request, act: 'election.withdraw-batch', object, reason }, async () => {
      if (!(await findLifecycle(pool, electionId))) throw new Problem('election-not-found');
      const by = storedActor(actor);
      const withdrawal = await withdrawBatch(boxPool, { electionId, batchId, official, reason, by });
      if (withdrawal.outcome !== 'withdrawn' && withdrawal.outcome !== 'already') throw rejectionOf(withdrawal);
      const [batch] = await listLedger(boxPool, electionId, { batchId, after: 0, limit: 1 });
      if (!batch) throw new Problem('batch-not-found');
      const result = shownBatch(batch);
      await showBatch(controlRedis, electionId, batch, result).catch((error: unknown) =>
        logger.error({ err: error, electionId, batchId }, 'withdrawal.not-shown'),
      );
      const changed = {
        withdrawn: { to: { batchId, number: batch.number, rows: batch.rows, checked: batch.checked } },
      };
      return { result, ...(withdrawal.outcome === 'withdrawn' && { changed }) };
    });
  };
}

function rejectionOf(withdrawal: Withdrawal): Problem {
  if (withdrawal.outcome === 'not-found') return new Problem('batch-not-found', { detail: noBatch });
  if (withdrawal.outcome === 'confirmed') return new Problem('role-not-allowed', { detail: confirmed });
  if (withdrawal.outcome === 'not-own') return new Problem('role-not-allowed', { detail: notOwn });
  if (withdrawal.outcome !== 'needed') return new Problem('conflict', { detail: closed });
  const errors = withdrawal.by.map(({ batchId, electionId, rows }) => ({
    path: `batches/${batchId}`,
    detail: `Duplicates of rows of this batch: ${rows}, in the election ${electionId}.`,
  }));
  return new Problem('conflict', { detail: needed, errors });
}
const noBatch =
  'This election has no such batch in its ledger. A batch is there a few moments after its upload: try again then.';
const notOwn = 'Only the official who uploaded this batch, or an administrator, may withdraw it. Nothing was changed.';
const confirmed =
  'Another official confirmed this batch, so only an administrator may withdraw it. Nothing was changed.';
const closed = 'The box of this election is closed, so its batches cannot change. Nothing was changed.';
const needed =
  'Rows of other batches are duplicates of rows of this batch, so their ballots would not count at all. Withdraw the ' +
  'batches in "errors" first, then this one, and upload those again whose ballots are to count. Nothing was changed.';
