// How many cards each station gave, and who gave them. For comparison with the list of the table.
import type { ActivationCounts } from '../../../protocol/control/activations-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Loaded } from '../parts/page.tsx';
import { PersonName } from '../people/person-name.tsx';
import { useRemote } from '../remote.ts';
import { numberText } from '../words.ts';

/** Time between two readings, in milliseconds. */
const everyMs = 15_000;

export const stationNameIn = ({ paper }: PublicElection, id: string | null): string =>
  paper?.stations?.find((station) => station.id === id)?.name ?? id ?? 'The only station';

export function ActivationCountsTable({ election }: { readonly election: PublicElection }) {
  const path = `/v1/elections/${encodeURIComponent(election.id)}/activations`;
  const reading = useRemote<ActivationCounts>('elections', path, { everyMs });
  return (
    <section class="no-print" aria-labelledby="counts">
      <h2 id="counts">Cards so far</h2>
      <Loaded of={reading}>
        {({ stations, total }) =>
          total === 0 ? (
            <p>None.</p>
          ) : (
            <DataTable
              caption="Cards by station"
              hideCaption
              rows={stations.flatMap(({ stationId, officials }) => officials.map((each) => ({ stationId, ...each })))}
              keyOf={({ stationId, userId }) => `${stationId ?? ''}/${userId}`}
              columns={[
                { head: 'Station', cell: ({ stationId }) => stationNameIn(election, stationId) },
                { head: 'Official', cell: ({ userId }) => <PersonName userId={userId} /> },
                { head: 'Cards', number: true, cell: ({ activations }) => numberText(activations) },
              ]}
            />
          )
        }
      </Loaded>
      <p class="hint">A card is not a vote: not everyone casts. The audit log has each card, without the voter.</p>
    </section>
  );
}
