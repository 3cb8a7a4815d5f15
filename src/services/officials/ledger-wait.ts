// The last step before a file is confirmed: the ledger of the box has its description. Whatever happens to the control
// Redis afterwards, the batch is shown, and missing rows are noticed.
import { setTimeout as pause } from 'node:timers/promises';
import type { Batch } from '../../protocol/control/officials-api.ts';
import { Problem } from '../../protocol/problem.ts';

/** Longest wait for the ledger, in milliseconds: far more than a worker needs that is not down. */
export const ledgerMsMax = 5_000;
/** The first pause between two looks, and the longest, in milliseconds. */
const firstLookMs = 10;
const lookMsMax = 200;
/** Retry-After while the ledger does not have a file, in seconds. */
const ledgerRetrySeconds = 10;

/** The batch, once the ledger has it and every row is stored or waits. Throws `change-unknown` otherwise. */
export async function untilInLedger(look: () => Promise<Batch | null>, msMax: number): Promise<Batch> {
  const deadlineMs = performance.now() + msMax;
  for (let ms = firstLookMs; ; ms = Math.min(ms * 2, lookMsMax)) {
    const batch = await look();
    if (batch && batch.state !== 'incomplete' && batch.state !== 'withdrawn') return batch;
    // Rows were lost meanwhile, or Redis did not know of a withdrawal: now it does.
    if (batch) throw unconfirmed(batch.advice ?? again);
    if (performance.now() >= deadlineMs)
      throw unconfirmed(`The file arrived, but the ledger does not have it yet. ${again}`);
    await pause(ms);
  }
}

const again =
  'Send the same file again after the time in Retry-After: nothing is counted twice. If this goes on, tell the operator.';
const unconfirmed = (detail: string): Problem =>
  new Problem('change-unknown', { retryAfterSeconds: ledgerRetrySeconds, detail });
