// Shows a decision about a batch in the control Redis before the answer, so that officials see it at once. If Redis is
// unavailable, `worker` shows it later.
import type { Redis } from '../../../platform/redis.ts';
import { batchPhase } from '../../../protocol/control/batch-entries.ts';
import { batchViewScript, batchViewStep } from '../../../protocol/control/batch-view-script.ts';
import type { LedgerBatchShown } from '../../../protocol/control/results-api.ts';
import type { StoredLedgerBatch } from '../../../store/ledger.ts';

export async function showBatch(
  redis: Redis,
  electionId: string,
  stored: StoredLedgerBatch,
  { acceptedAt, counted, invalid, withdrawn, confirmation }: LedgerBatchShown,
): Promise<void> {
  const { batchId, official, rows, checked, again, station, needsConfirmation } = stored;
  const view = {
    batchId,
    electionId,
    official,
    acceptedAt,
    rows,
    checked,
    valid: counted,
    invalid,
    duplicates: stored.duplicates,
    setApart: null,
    inLedger: true,
    phase: batchPhase(again, withdrawn !== null),
    withdrawal: withdrawn,
    station,
    needsConfirmation,
    confirmation: typeof confirmation === 'string' ? null : confirmation,
  };
  const { keys, values } = batchViewStep(view, 'view');
  await redis.eval(batchViewScript, keys.length, ...keys, ...values);
}
