// How many devices each station has, before one is chosen: those without a device first, because no cards are made there.
import type { DeviceCounts } from '../../../protocol/control/devices-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Loaded } from '../parts/page.tsx';
import { useRemote } from '../remote.ts';
import { countText, numberText } from '../words.ts';
import { stationNameIn } from './activation-counts.tsx';

/** Time between two readings, in milliseconds. */
const everyMs = 15_000;

type Props = { readonly election: PublicElection; readonly isOver: boolean };

export function DevicesByStation({ election, isOver }: Props) {
  const path = `/v1/elections/${encodeURIComponent(election.id)}/device-counts`;
  const reading = useRemote<DeviceCounts>('elections', path, { everyMs });
  return (
    <>
      <p>Choose a station to see its devices.</p>
      <Loaded of={reading}>
        {({ stations }) => <Counts election={election} stations={stations} isOver={isOver} />}
      </Loaded>
    </>
  );
}

function Counts({ election, stations, isOver }: Props & DeviceCounts) {
  const missing = stations.filter(({ devices }) => devices === 0);
  return (
    <>
      {missing.length > 0 && !isOver && (
        <p class="note warn">
          {missing.length} of {countText(stations.length, 'station')} {missing.length === 1 ? 'has' : 'have'} no device.
          No cards can be made there.
        </p>
      )}
      <DataTable
        caption="Devices by station"
        hideCaption
        rows={[...missing, ...stations.filter(({ devices }) => devices > 0)]}
        keyOf={({ stationId }) => stationId ?? ''}
        columns={[
          { head: 'Station', cell: ({ stationId }) => <bdi>{stationNameIn(election, stationId)}</bdi> },
          { head: 'Devices', number: true, cell: ({ devices }) => (devices === 0 ? 'None' : numberText(devices)) },
        ]}
      />
    </>
  );
}
