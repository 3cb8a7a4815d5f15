// Whether every ballot is where it must be, what waits, and how those who carry texts fare.
import type { ShownTurnout } from '../../../protocol/control/election-lifecycle-api.ts';
import type { Live, ShownProvider } from '../../../protocol/control/live-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { StateTag } from '../parts/state-tag.tsx';
import { numberText } from '../words.ts';

export function Equality({ turnout: { reconciliation, step, final } }: { readonly turnout: ShownTurnout }) {
  if (reconciliation === null) {
    return (
      <section aria-labelledby="equality">
        <h2 id="equality">Is every ballot there?</h2>
        <p>It cannot be said while a part is away. Nothing is lost by that.</p>
      </section>
    );
  }
  const { participation, outbox, box, difference } = reconciliation;
  return (
    <section aria-labelledby="equality">
      <h2 id="equality">Is every ballot there?</h2>
      <p class="equality" aria-live="off">
        <span>
          <strong>{numberText(participation)}</strong> took part
        </span>{' '}
        <span aria-hidden="true">=</span>
        <span class="unseen">must equal</span>{' '}
        <span>
          <strong>{numberText(outbox)}</strong> on their way
        </span>{' '}
        <span aria-hidden="true">+</span>
        <span class="unseen">plus</span>{' '}
        <span>
          <strong>{numberText(box)}</strong> in the box
        </span>
      </p>
      <p>
        <span class={`tag ${difference === 0 ? 'good' : 'warn'}`}>
          {difference === 0 ? '✓ ' : '! '}Difference: {numberText(difference)}
        </span>{' '}
        {differenceWords(difference, final)}
        {step > 1 && ` The three numbers are rounded down to steps of ${numberText(step)}; the difference is exact.`}
      </p>
    </section>
  );
}

function differenceWords(difference: number, final: boolean): string {
  if (difference === 0) return 'Every ballot cast online is where it must be.';
  if (final) return 'Voting is over, so it must be 0: have whoever runs the databases look into it.';
  return 'Ballots are moving while two databases are asked one after the other. It must come back to 0.';
}

export function Queues({
  queues: { outbox, batches },
  step,
  paper,
}: {
  readonly queues: Live['queues'];
  readonly step: number;
  readonly paper: boolean;
}) {
  const rows = [
    {
      name: 'Sealed ballots on their way to the box',
      waiting: outbox === null ? 'not known' : numberText(outbox),
      what: 'The mixer moves them together, and keeps a few back until the end.',
    },
    ...(paper
      ? [
          {
            name: 'Files of paper ballots to be checked',
            waiting: batches === null ? 'not known' : `${numberText(batches.files)} (${numberText(batches.rows)} rows)`,
            what: 'The worker checks them one row after the other.',
          },
        ]
      : []),
  ];
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">What waits</h2>
      <DataTable
        caption="Queues"
        hideCaption
        keyOf={({ name }) => name}
        rows={rows}
        columns={[
          { head: 'Queue', cell: ({ name }) => name },
          { head: 'Waiting', number: true, cell: ({ waiting }) => waiting },
          { head: 'What moves it', cell: ({ what }) => what },
        ]}
      />
      {step > 1 && <p class="muted">Ballots are told in whole steps of {numberText(step)}, rounded down.</p>}
    </section>
  );
}

export function ProviderList({ providers }: { readonly providers: readonly ShownProvider[] | null }) {
  return (
    <section aria-labelledby="providers">
      <h2 id="providers">Text messages</h2>
      {providers === null ? (
        <p>It cannot be said: the edge Redis is away.</p>
      ) : providers.length === 0 ? (
        <p>No service has spoken of a provider yet.</p>
      ) : (
        <ProviderTable providers={providers} />
      )}
    </section>
  );
}

function ProviderTable({ providers }: { readonly providers: readonly ShownProvider[] }) {
  const minutes = providers[0]?.windowMinutes ?? 0;
  return (
    <DataTable
      caption={`Providers, all elections, last ${numberText(minutes)} minutes`}
      keyOf={({ name }) => name}
      rows={providers}
      columns={[
        { head: 'Provider', cell: ({ name }) => name },
        { head: 'State', cell: ({ state }) => <StateTag state={state} /> },
        {
          head: 'Does',
          cell: ({ receives, sends }) =>
            [receives && 'takes texts in', sends && 'sends codes'].filter(Boolean).join(', ') || 'nothing',
        },
        { head: 'Texts sent', number: true, cell: ({ sends, sent }) => (sends ? numberText(sent) : '–') },
        { head: 'Failed', number: true, cell: ({ sends, failed }) => (sends ? numberText(failed) : '–') },
      ]}
    />
  );
}
