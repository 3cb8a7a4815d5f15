// The voter funnel in rounded sums: sessions started, phones verified, ballots recorded, by verification method. Each
// number in the table has its bar.
import type { Funnel as FunnelNow } from '../../../protocol/control/live-api.ts';
import { ShareBar } from '../charts/share-bar.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { numberText } from '../words.ts';

type Method = keyof FunnelNow['byMethod'];
type Row = { readonly name: string; readonly sessions: number; readonly of: number; readonly mark: string };

const methodNames: Readonly<Record<Method, string>> = {
  'text-in': 'Text to us',
  code: 'Code by text',
  'text-in-confirmed': 'Text to us, code back',
};

export function FunnelList({
  funnel,
  methods,
}: {
  readonly funnel: FunnelNow | null;
  readonly methods: readonly Method[];
}) {
  return (
    <section aria-labelledby="funnel">
      <h2 id="funnel">Voter funnel</h2>
      {funnel === null ? (
        <p>No data yet. If voting is open, check the system page.</p>
      ) : (
        <>
          <DataTable
            caption="Sessions by step"
            hideCaption
            keyOf={({ name }) => name}
            rows={rowsOf(funnel, methods)}
            columns={[
              {
                head: 'Step',
                cell: ({ name, sessions, of, mark }) => (
                  <>
                    {name}
                    {of > 0 && <ShareBar share={{ numerator: sessions, denominator: of }} mark={mark} />}
                  </>
                ),
              },
              { head: 'Sessions', number: true, cell: ({ sessions }) => numberText(sessions) },
            ]}
          />
          <p class="muted">
            A person who starts twice counts as two sessions.
            {funnel.step > 1 && ` Numbers are rounded down to multiples of ${numberText(funnel.step)}.`}
          </p>
        </>
      )}
    </section>
  );
}

function rowsOf({ started, confirmed, cast, byMethod }: FunnelNow, methods: readonly Method[]): readonly Row[] {
  const rows: Row[] = [
    { name: 'Started', sessions: started, of: started, mark: 'c1' },
    { name: 'Phone verified', sessions: confirmed, of: started, mark: 'c1' },
    { name: 'Ballot recorded', sessions: cast, of: started, mark: 'c1' },
  ];
  if (methods.length < 2) return rows;
  for (const method of methods) {
    const own = byMethod[method];
    rows.push(
      { name: `${methodNames[method]}: started`, sessions: own.started, of: started, mark: 'c5' },
      { name: `${methodNames[method]}: verified`, sessions: own.confirmed, of: started, mark: 'c5' },
    );
  }
  return rows;
}
