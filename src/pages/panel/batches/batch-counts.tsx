// The counts of a batch. Received is checked plus waiting; checked is counted plus invalid plus not confirmed. Screen readers do not
// announce the changes.
import type { Batch } from '../../../protocol/control/officials-api.ts';
import { countText, numberText } from '../words.ts';

type Counts = Batch['rows'];

export function BatchCountList({ rows }: { readonly rows: Counts }) {
  const { received, checked, waiting, counted, invalid, unconfirmed, duplicates } = rows;
  const notConfirmed = unconfirmed > 0 ? ` + ${numberText(unconfirmed)} not confirmed` : '';
  return (
    <dl class="batch-counts" aria-live="off">
      <Count name="Received" value={received} of={`${numberText(checked)} checked + ${numberText(waiting)} waiting`} />
      <Count
        name="Checked"
        value={checked}
        of={`${numberText(counted)} counted + ${numberText(invalid)} invalid${notConfirmed}`}
      />
      <Count name="Counted" value={counted} of="in the ballot box" />
      <Count name="Invalid" value={invalid} of={`including ${countText(duplicates, 'duplicate')}`} />
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

/** The sum of the counts of several batches. */
export function sumCounts(batches: readonly Batch[]): Counts {
  const sum: Counts = { received: 0, checked: 0, waiting: 0, counted: 0, invalid: 0, unconfirmed: 0, duplicates: 0 };
  for (const { rows } of batches) {
    for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += rows[name];
  }
  return sum;
}
