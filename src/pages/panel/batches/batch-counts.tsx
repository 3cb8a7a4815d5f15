// The counts of a batch as they add up: received is checked and waiting, checked is counted and invalid. They are of one
// moment, and what ticks is not announced.
import type { Batch } from '../../../protocol/control/officials-api.ts';
import { numberText } from '../words.ts';

type Counts = Batch['rows'];

export function BatchCountList({ rows }: { readonly rows: Counts }) {
  const { received, checked, waiting, counted, invalid, duplicates } = rows;
  return (
    <dl class="batch-counts" aria-live="off">
      <Count name="Received" value={received} of={`${numberText(checked)} checked + ${numberText(waiting)} waiting`} />
      <Count name="Checked" value={checked} of={`${numberText(counted)} counted + ${numberText(invalid)} invalid`} />
      <Count name="Counted" value={counted} of="in the ballot box" />
      <Count name="Invalid" value={invalid} of={`${numberText(duplicates)} duplicates among them`} />
    </dl>
  );
}

function Count({ name, value, of }: { readonly name: string; readonly value: number; readonly of: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{numberText(value)}</strong>
        <span class="muted">{of}</span>
      </dd>
    </div>
  );
}

/** The counts of several batches in one. */
export function sumCounts(batches: readonly Batch[]): Counts {
  const sum: Counts = { received: 0, checked: 0, waiting: 0, counted: 0, invalid: 0, duplicates: 0 };
  for (const { rows } of batches) {
    for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += rows[name];
  }
  return sum;
}
