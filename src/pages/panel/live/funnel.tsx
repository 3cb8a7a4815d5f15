// How far sessions come, as sums in whole steps: begun, phone verified, ballot recorded; and by the way to verify. The table
// is the drawing: each number carries its bar.
import type { Funnel as FunnelNow } from '../../../protocol/control/live-api.ts';
import { ShareBar } from '../charts/share-bar.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { numberText } from '../words.ts';

type Method = keyof FunnelNow['byMethod'];
type Row = { readonly name: string; readonly sessions: number; readonly of: number; readonly mark: string };

const methodNames: Readonly<Record<Method, string>> = { 'text-in': 'Text-in', code: 'Code sent' };

export function FunnelList({
  funnel,
  methods,
}: {
  readonly funnel: FunnelNow | null;
  readonly methods: readonly Method[];
}) {
  return (
    <section aria-labelledby="funnel">
      <h2 id="funnel">From the first page to a ballot</h2>
      {funnel === null ? (
        <p>Nobody has begun a session yet, or the edge Redis that keeps these sums is away.</p>
      ) : (
        <>
          <DataTable
            caption="Sessions, by how far they came"
            hideCaption
            keyOf={({ name }) => name}
            rows={rowsOf(funnel, methods)}
            columns={[
              {
                head: 'Sessions that',
                cell: ({ name, sessions, of, mark }) => (
                  <>
                    {name}
                    {of > 0 && <ShareBar share={{ numerator: sessions, denominator: of }} mark={mark} />}
                  </>
                ),
              },
              { head: 'How many', number: true, cell: ({ sessions }) => numberText(sessions) },
            ]}
          />
          <p class="muted">
            A person who begins twice is two sessions.
            {funnel.step > 1 && ` Numbers are rounded down to whole steps of ${numberText(funnel.step)}.`}
          </p>
        </>
      )}
    </section>
  );
}

function rowsOf({ started, confirmed, cast, byMethod }: FunnelNow, methods: readonly Method[]): readonly Row[] {
  const rows: Row[] = [
    { name: 'began', sessions: started, of: started, mark: 'c1' },
    { name: 'had their phone verified', sessions: confirmed, of: started, mark: 'c1' },
    { name: 'had a ballot recorded', sessions: cast, of: started, mark: 'c1' },
  ];
  if (methods.length < 2) return rows;
  for (const method of methods) {
    const own = byMethod[method];
    rows.push(
      { name: `${methodNames[method]}: began`, sessions: own.started, of: started, mark: 'c5' },
      { name: `${methodNames[method]}: verified`, sessions: own.confirmed, of: started, mark: 'c5' },
    );
  }
  return rows;
}
