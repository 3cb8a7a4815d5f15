// Every ballot accounted for: received = valid + invalid in each channel, written out as sums that anybody can add up.
import { Link } from 'wouter-preact';
import type { ResultsBody } from '../../../protocol/public-results.ts';
import { DataTable } from '../parts/data-table.tsx';
import { numberText } from '../words.ts';
import { counted } from './contest-view.ts';
import { reasonWords } from './invalid-reasons.ts';

export function ReconciliationTable({ id, results }: { readonly id: string; readonly results: ResultsBody }) {
  const { reconciliation, turnout } = results;
  const { online, batches } = reconciliation;
  const paper = batches.received > 0 || batches.files > 0;
  const sum = (key: 'received' | 'valid' | 'invalid'): number => online[key] + batches[key];
  const together = { channel: 'Together', received: sum('received'), valid: sum('valid'), invalid: sum('invalid') };
  const rows = [{ channel: 'Online', ...online }, ...(paper ? [{ ...batches, channel: 'On paper' }, together] : [])];
  const number = (head: string, key: 'received' | 'valid' | 'invalid') => ({
    head,
    number: true,
    cell: (row: (typeof rows)[number]) => numberText(row[key]),
  });
  const agrees = turnout.online === online.received;
  return (
    <section aria-labelledby="accounts">
      <h2 id="accounts">Every ballot accounted for</h2>
      <p>
        {numberText(together.received)} received = {numberText(together.valid)} valid + {numberText(together.invalid)}{' '}
        invalid.
        {turnout.eligible !== null && ` ${numberText(turnout.eligible)} people are on the roll.`}
      </p>
      <DataTable
        caption="Ballots by channel"
        hideCaption
        keyOf={({ channel }) => channel}
        rows={rows}
        columns={[
          { head: 'Channel', cell: ({ channel }) => channel },
          number('Received', 'received'),
          number('Valid', 'valid'),
          number('Invalid', 'invalid'),
        ]}
      />
      <ul>
        <li>
          Online {numberText(turnout.online)} took part, and the box holds {counted(online.received, 'ballot')} of them
          {agrees ? ': as many.' : '. They must be as many: have whoever runs the databases look into it.'}
        </li>
        {batches.files > 0 && (
          <li>
            {counted(batches.files, 'file')} of paper ballots.
            {batches.missing > 0 && ` ${counted(batches.missing, 'row')} never arrived and were set aside.`}
          </li>
        )}
        {batches.invalidByReason.map(({ reason, rows: n }) => (
          <li key={reason}>
            {counted(n, 'row')}: {reasonWords[reason]}
          </li>
        ))}
        {batches.invalid > 0 && (
          <li class="no-print">
            <Link href={`/elections/${id}/invalid`}>See each invalid ballot</Link>
          </li>
        )}
      </ul>
    </section>
  );
}
