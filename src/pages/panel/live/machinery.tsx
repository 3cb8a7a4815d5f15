// The ballot check, the queues, and the state of the text message providers.
import type { ShownTurnout } from '../../../protocol/control/election-lifecycle-api.ts';
import type { Live, ShownProvider } from '../../../protocol/control/live-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { StateTag } from '../parts/state-tag.tsx';
import { countText, numberText, repeatedBallots } from '../words.ts';

export function Equality({ turnout: { reconciliation, step, final } }: { readonly turnout: ShownTurnout }) {
  if (reconciliation === null) {
    return (
      <section aria-labelledby="equality">
        <h2 id="equality">Ballot check</h2>
        <p>This check is not available while a part of the platform is unavailable. No ballot is lost.</p>
      </section>
    );
  }
  const { participation, outbox, box, repeated, difference } = reconciliation;
  return (
    <section aria-labelledby="equality">
      <h2 id="equality">Ballot check</h2>
      <p class="equality" aria-live="off">
        <span>
          <strong>{numberText(participation)}</strong> {participation === 1 ? 'voter' : 'voters'}
        </span>{' '}
        <span aria-hidden="true">=</span>
        <span class="unseen">must equal</span>{' '}
        <span>
          <strong>{numberText(outbox)}</strong> {outbox === 1 ? 'ballot' : 'ballots'} in transit
        </span>{' '}
        <span aria-hidden="true">+</span>
        <span class="unseen">plus</span>{' '}
        <span>
          <strong>{numberText(box)}</strong> in the ballot box
        </span>
        {repeated > 0 && (
          <>
            {' '}
            <span aria-hidden="true">+</span>
            <span class="unseen">plus</span>{' '}
            <span>
              <strong>{numberText(repeated)}</strong> repeated
            </span>
          </>
        )}
      </p>
      {repeated > 0 && <p>{repeatedBallots(repeated)}</p>}
      <p>
        <span class={`tag ${difference === 0 ? 'good' : 'warn'}`}>
          {difference === 0 ? '✓ ' : '! '}Difference: {numberText(difference)}
        </span>{' '}
        {differenceWords(difference, final)}
        {step > 1 &&
          ` The three numbers are rounded down to multiples of ${numberText(step)}. The difference is exact.`}
      </p>
    </section>
  );
}

function differenceWords(difference: number, final: boolean): string {
  if (difference === 0) return 'The numbers match. Every online ballot is accounted for.';
  if (final) return 'Voting has closed, so the difference must be 0. Ask your operator to check the databases.';
  return 'Ballots move while we read two databases. The difference must return to 0.';
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
      name: 'Sealed ballots in transit',
      waiting: outbox === null ? 'not known' : numberText(outbox),
      what: 'The mixer moves them in groups and keeps some until the end.',
    },
    ...(paper
      ? [
          {
            name: 'Files of paper ballots',
            waiting:
              batches === null ? 'not known' : `${numberText(batches.files)} (${countText(batches.rows, 'row')})`,
            what: 'The worker checks them row by row.',
          },
        ]
      : []),
  ];
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">Queues</h2>
      <DataTable
        caption="Queue lengths"
        hideCaption
        keyOf={({ name }) => name}
        rows={rows}
        columns={[
          { head: 'Queue', cell: ({ name }) => name },
          { head: 'Waiting', number: true, cell: ({ waiting }) => waiting },
          { head: 'How it empties', cell: ({ what }) => what },
        ]}
      />
      {step > 1 && <p class="muted">Numbers of ballots are rounded down to multiples of {numberText(step)}.</p>}
    </section>
  );
}

export function ProviderList({ providers }: { readonly providers: readonly ShownProvider[] | null }) {
  return (
    <section aria-labelledby="providers">
      <h2 id="providers">Text messages</h2>
      {providers === null ? (
        <p>This information is not available now.</p>
      ) : providers.length === 0 ? (
        <p>No service has reported a provider yet.</p>
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
      caption={`Providers in all elections, last ${countText(minutes, 'minute')}`}
      keyOf={({ name }) => name}
      rows={providers}
      columns={[
        { head: 'Provider', cell: ({ name }) => name },
        { head: 'State', cell: ({ state }) => <StateTag state={state} /> },
        {
          head: 'Task',
          cell: ({ receives, sends }) =>
            [receives && 'receives texts', sends && 'sends codes'].filter(Boolean).join(', ') || 'none',
        },
        { head: 'Texts sent', number: true, cell: ({ sends, sent: count }) => (sends ? numberText(count) : '–') },
        { head: 'Failed', number: true, cell: ({ sends, failed }) => (sends ? numberText(failed) : '–') },
      ]}
    />
  );
}
