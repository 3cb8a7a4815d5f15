// The devices of a station that take its cards: who administers the election enrols them, and also officials revoke one.
import { useState } from 'preact/hooks';
import type { DeviceList } from '../../../protocol/control/devices-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { callPanel } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loaded } from '../parts/page.tsx';
import { PersonName } from '../people/person-name.tsx';
import { useAct, useRefresh, useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { EnrolDevice } from './enrol-device.tsx';
import { DevicesByStation } from './station-devices.tsx';

/** Time between two readings, in milliseconds: others enrol and revoke too. */
const everyMs = 15_000;

type Device = DeviceList['devices'][number];
type Props = {
  readonly election: PublicElection;
  /** Empty in an election without stations, and where none is chosen. */
  readonly stationId: string;
};

export function DeviceSection({ election, stationId }: Props) {
  const me = useMe();
  const [open, setOpen] = useState<'new' | Device | null>(null);
  const needsStation = (election.paper?.stations ?? []).length > 0 && stationId === '';
  const path = `/v1/elections/${encodeURIComponent(election.id)}/devices`;
  const query = stationId === '' ? '' : `?stationId=${encodeURIComponent(stationId)}`;
  const reading = useRemote<DeviceList>('elections', needsStation ? null : path + query, { everyMs });
  const isOver = election.phase === 'closed' || election.phase === 'published';
  return (
    <section class="no-print" aria-labelledby="devices">
      <h2 id="devices">Devices</h2>
      <p>A card works only at the devices that are enrolled at its station when it is made.</p>
      {needsStation ? (
        <DevicesByStation election={election} isOver={isOver} />
      ) : (
        <Loaded of={reading}>{({ devices }) => <DeviceTable devices={devices} onRevoke={setOpen} />}</Loaded>
      )}
      {!needsStation && !isOver && hasRole(me, 'administrator') && (
        <div class="acts">
          <button type="button" onClick={() => setOpen('new')}>
            Enrol a device
          </button>
        </div>
      )}
      {open === 'new' && <EnrolDevice electionId={election.id} stationId={stationId} onClose={() => setOpen(null)} />}
      {open !== null && open !== 'new' && (
        <RevokeDevice path={`${path}/${open.id}`} name={open.name} onClose={() => setOpen(null)} />
      )}
    </section>
  );
}

function DeviceTable(props: { readonly devices: readonly Device[]; readonly onRevoke: (device: Device) => void }) {
  const me = useMe();
  const mayRevoke = hasRole(me, 'administrator', 'official');
  const enroller = { head: 'By', cell: ({ enrolledBy }: Device) => <PersonName userId={enrolledBy} /> };
  const revokeButton = (device: Device) => (
    <button type="button" class="small" onClick={() => props.onRevoke(device)}>
      Revoke
    </button>
  );
  if (props.devices.length === 0) return <p>None. An administrator enrols the first one.</p>;
  return (
    <DataTable
      caption="Enrolled devices"
      hideCaption
      rows={props.devices}
      keyOf={({ id }) => id}
      columns={[
        { head: 'Name', cell: ({ name }) => <bdi>{name}</bdi> },
        { head: 'Enrolled', cell: ({ enrolledAt }) => <Moment at={enrolledAt} /> },
        // Officials cannot read names.
        ...(hasRole(me, 'official') ? [] : [enroller]),
        ...(mayRevoke ? [{ head: 'Action', cell: revokeButton }] : []),
      ]}
    />
  );
}

type RevokeProps = { readonly path: string; readonly name: string; readonly onClose: () => void };

function RevokeDevice({ path, name, onClose }: RevokeProps) {
  const refresh = useRefresh();
  const act = useAct(async () => {
    await callPanel('elections', path, { method: 'DELETE' });
    await refresh('elections');
  });
  return (
    <ConfirmDialog title="Revoke a device" act={act} actLabel="Revoke" danger onClose={onClose}>
      <p>
        New cards will not work at <bdi>{name}</bdi>. Cards that are already made work there for ten minutes at most.
      </p>
    </ConfirmDialog>
  );
}
