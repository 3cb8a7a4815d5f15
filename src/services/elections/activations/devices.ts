// Devices of polling stations: a card is taken by those that are enrolled at its station when it is made (decision 0028). Each
// has a random secret, which is answered once. Its digest is sealed into the cards, so that `api` needs no list.
import { randomBytes, randomUUID } from 'node:crypto';
import { deviceDigest } from '../../../platform/keys/activations.ts';
import type { DeviceAnswer, DeviceCounts, DeviceList, DeviceRequest } from '../../../protocol/control/devices-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { devicesPerStationMax } from '../../../protocol/proofs/activation.ts';
import type { Pool } from '../../../store/database.ts';
import { enrolDevice, listDevices, revokeDevice } from '../../../store/elections/devices.ts';
import type { StoredDevice } from '../../../store/elections/devices.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import { announcedElection, cardElection, devicesByStation, namedStation } from './card-election.ts';

const secretBytes = 32;

export type Devices = {
  /**
   * Makes the secret of a device. Throws `election-not-found`, `activation-not-allowed`, `second-factor-missing`, `not-open` after
   * the end, `invalid-request` for the station, and `conflict` where the station has too many.
   */
  enrol(caller: Caller, electionId: string, request: DeviceRequest): Promise<DeviceAnswer>;
  /** Of a station. Throws `election-not-found`, and `invalid-request` for the station. */
  list(electionId: string, stationId: string | undefined): Promise<DeviceList>;
  /** How many each station has. Throws `election-not-found`. */
  counts(electionId: string): Promise<DeviceCounts>;
  /** Cards that are made from now on do not work there. Throws as `enrol`, and `device-not-found`. */
  revoke(caller: Caller, electionId: string, deviceId: string): Promise<void>;
};

export function createDevices({ pool, audit }: { readonly pool: Pool; readonly audit: Audit }): Devices {
  return {
    async enrol(caller, electionId, { name, stationId }) {
      return recorded(audit, caller, 'election.enrol-device', electionId, async (userId) => {
        const { definition, phase } = await cardElection(pool, electionId, caller);
        if (phase !== 'scheduled' && phase !== 'open') throw new Problem('not-open', { detail: isOver });
        const station = namedStation(definition, stationId);
        const secret = randomBytes(secretBytes).toString('base64url');
        const device = { id: randomUUID(), name, digest: deviceDigest(secret), enrolledBy: userId };
        const place = { electionId, station: station ?? '', most: devicesPerStationMax };
        const enrolledAt = await enrolDevice(pool, { ...device, ...place });
        if (enrolledAt === null) throw new Problem('conflict', { detail: tooMany });
        const result = { device: viewOf({ ...device, enrolledAt }), secret };
        return { result, changed: { device: { to: { id: device.id, name, station } } } };
      });
    },
    async list(electionId, stationId) {
      const { definition } = await announcedElection(pool, electionId);
      const station = namedStation(definition, stationId, 'querystring/stationId');
      return { devices: (await listDevices(pool, electionId, station ?? '')).map(viewOf) };
    },
    async counts(electionId) {
      const { definition } = await announcedElection(pool, electionId);
      const stations = await devicesByStation(pool, electionId, definition);
      return { stations: stations.map(({ stationId, devices }) => ({ stationId, devices })) };
    },
    async revoke(caller, electionId, deviceId) {
      await recorded(audit, caller, 'election.revoke-device', electionId, async (userId) => {
        await cardElection(pool, electionId, caller);
        const revoked = await revokeDevice(pool, { electionId, id: deviceId, by: userId });
        if (revoked === null) throw new Problem('device-not-found');
        const { name, station } = revoked;
        const device = { id: deviceId, name, station: station === '' ? null : station };
        return { result: null, changed: { device: { from: device } } };
      });
    },
  };
}

type Work<Result> = (userId: string) => Promise<{ readonly result: Result; readonly changed: Record<string, object> }>;

function recorded<Result>(
  audit: Audit,
  { actor, request }: Caller,
  act: string,
  electionId: string,
  work: Work<Result>,
): Promise<Result> {
  if (actor.kind !== 'user') throw new Problem('role-not-allowed');
  const { userId } = actor;
  return audit.record({ actor, request, act, object: { kind: 'election', id: electionId } }, () => work(userId));
}

const viewOf = ({ id, name, enrolledBy, enrolledAt }: Omit<StoredDevice, 'digest'>) => ({
  id,
  name,
  enrolledBy,
  enrolledAt: enrolledAt.toISOString(),
});

const isOver = 'Voting is over, so no device takes cards. Nothing was changed.';
const tooMany = `A station has at most ${devicesPerStationMax} devices. Revoke one that is not used. Nothing was changed.`;
