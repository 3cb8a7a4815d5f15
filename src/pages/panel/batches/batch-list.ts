// What the lists of batches are searched by, and their orders.
import type { Batch } from '../../../protocol/control/officials-api.ts';
import type { LedgerBatchShown } from '../../../protocol/control/results-api.ts';
import { byLargest, byText } from '../parts/list-order.ts';
import type { ListOrder } from '../parts/list-order.ts';

export const batchOrders: readonly [ListOrder<Batch>, ...ListOrder<Batch>[]] = [
  { value: '', name: 'Newest first', compare: null },
  { value: 'rows', name: 'Rows, most first', compare: byLargest(({ rows }) => rows.received) },
  { value: 'invalid', name: 'Invalid rows, most first', compare: byLargest(({ rows }) => rows.invalid) },
  { value: 'station', name: 'Station', compare: byText(({ station }) => station ?? '') },
];

export const ledgerOrders: readonly [ListOrder<LedgerBatchShown>, ...ListOrder<LedgerBatchShown>[]] = [
  { value: '', name: 'Order of arrival', compare: null },
  {
    value: 'missing',
    name: 'Missing rows, most first',
    compare: byLargest(({ received, checked }) => received - checked),
  },
  { value: 'invalid', name: 'Invalid rows, most first', compare: byLargest(({ invalid }) => invalid) },
  { value: 'station', name: 'Station', compare: byText(({ station }) => station ?? '') },
];

/** Of batches that wait for a confirmation, which has no counts of rows. */
export const waitingOrders: readonly [ListOrder<LedgerBatchShown>, ...ListOrder<LedgerBatchShown>[]] = [
  { value: '', name: 'Order of arrival', compare: null },
  { value: 'station', name: 'Station', compare: byText(({ station }) => station ?? '') },
];

/** The words of a batch that a search finds: its ID, its station, and the names of who sent and confirmed it. */
export function batchText(
  { id, station, official, confirmation }: Pick<Batch, 'id' | 'station' | 'official' | 'confirmation'>,
  userName: (userId: string) => string | null,
): string {
  const people = typeof confirmation === 'object' ? [official, confirmation.by] : [official];
  return [id, station ?? '', ...people.map((userId) => userName(userId) ?? '')].join('\n');
}
