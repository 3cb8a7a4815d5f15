// Every ballot accounted for: received = valid + invalid in each channel, written out as sums that anyone can add up.
import { Link } from 'wouter-preact';
import { reconciliationFacts } from '../../../domain/results/reconciliation-facts.ts';
import type { ResultsBody } from '../../../protocol/public-results.ts';
import { DataTable } from '../parts/data-table.tsx';
import { numberText, repeatedBallots } from '../words.ts';
import { counted } from './contest-view.ts';
import { reasonWords } from './invalid-reasons.ts';

export function ReconciliationTable({
  id,
  hasLog,
  results,
}: {
  readonly id: string;
  readonly hasLog: boolean;
  readonly results: ResultsBody;
}) {
  const { reconciliation, turnout } = results;
  const { online, batches } = reconciliation;
  const { total, paper, onlineAgrees } = reconciliationFacts(results);
  const rows = [{ channel: 'Online', ...online }];
  if (paper) rows.push({ channel: 'On paper', ...paper }, { channel: 'Together', ...total });
  const number = (head: string, key: 'received' | 'valid' | 'invalid') => ({
    head,
    number: true,
    cell: (row: (typeof rows)[number]) => numberText(row[key]),
  });
  return (
    <section aria-labelledby="accounts">
      <h2 id="accounts">Every ballot accounted for</h2>
      <p>
        {numberText(total.received)} received = {numberText(total.valid)} valid + {numberText(total.invalid)} invalid.
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
          Online: {counted(turnout.online, 'voter')}, {counted(online.received, 'ballot')}.{' '}
          {onlineAgrees ? 'They match.' : 'They must match: ask the operator of the databases to find the difference.'}
        </li>
        {online.invalid > 0 && <li>{repeatedBallots(online.invalid)}</li>}
        <LossItems hasLog={hasLog} results={results} />
        {batches.files > 0 && (
          <li>
            {counted(batches.files, 'file')} of paper ballots.
            {batches.missing > 0 &&
              ` ${counted(batches.missing, 'row')} never arrived, in files that were accepted incomplete.`}
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

function LossItems({ hasLog, results }: { readonly hasLog: boolean; readonly results: ResultsBody }) {
  return (
    <>
      {results.acceptedLosses?.map(({ votersMarked, votersFound }, index) => (
        <li key={index}>
          Recorded votes were lost, and the loss was accepted: at least {counted(votersMarked, 'voter')} had voted
          online, and at least {numberText(votersFound)} of these votes were found. See the audit log for the reason.
        </li>
      ))}
      {hasLog && !results.record && (
        <li>
          The public log has votes that were lost. This result cannot be checked with it, and verifiers reject it.
        </li>
      )}
    </>
  );
}
