// The control API's view of a batch in the ledger.
import type { LedgerBatchShown } from '../../../protocol/control/results-api.ts';
import type { StoredLedgerBatch } from '../../../store/ledger.ts';

export function shownBatch(batch: StoredLedgerBatch): LedgerBatchShown {
  const { number, batchId, official, rows, checked, valid, duplicates, invalidNumbers } = batch;
  const setAside = actOf(batch.setAsideReason, batch.setAsideBy, batch.setAsideAtMs);
  const { station, needsConfirmation, confirmedBy, confirmedAtMs } = batch;
  const confirmation =
    confirmedBy === null || confirmedAtMs === null
      ? null
      : { by: confirmedBy, at: new Date(confirmedAtMs).toISOString() };
  const unconfirmed = needsConfirmation && confirmation === null;
  const withdrawn = actOf(batch.withdrawnReason, batch.withdrawnBy, batch.withdrawnAtMs);
  return {
    number,
    batchId,
    official,
    acceptedAt: new Date(batch.acceptedAtMs).toISOString(),
    received: rows,
    checked,
    counted: valid,
    invalid: duplicates + invalidNumbers + batch.withdrawn,
    unconfirmed: checked - valid - duplicates - invalidNumbers - batch.withdrawn,
    station,
    confirmation: needsConfirmation ? (confirmation ?? 'waiting') : 'not-needed',
    state: withdrawn
      ? 'withdrawn'
      : checked === rows
        ? unconfirmed
          ? 'received'
          : 'whole'
        : setAside
          ? 'set-aside'
          : 'incomplete',
    setAside,
    withdrawn,
  };
}

const actOf = (reason: string | null, by: string | null, atMs: number | null): LedgerBatchShown['setAside'] =>
  reason === null || by === null || atMs === null ? null : { reason, by, at: new Date(atMs).toISOString() };
