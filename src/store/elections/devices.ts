// The devices of polling stations that take cards. Of the secret of a device only the digest is stored.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type StoredDevice = {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of its secret. */
  readonly digest: Buffer;
  readonly enrolledBy: string;
  readonly enrolledAt: Date;
};

/** Stores a device, unless its station has `most`. Returns when, or null. `station` is empty in an election without stations. */
export async function enrolDevice(
  pool: Pool,
  device: Omit<StoredDevice, 'enrolledAt'> & {
    readonly electionId: string;
    readonly station: string;
    readonly most: number;
  },
): Promise<Date | null> {
  const { id, electionId, station, name, digest, enrolledBy, most } = device;
  const [row] = await certainRows<{ at: Date | null }>(pool, {
    text: 'select pv.enrol_device($1, $2, $3, $4, $5, $6, $7) as at',
    values: [id, electionId, station, name, digest, enrolledBy, most],
  });
  if (!row) throw new Error('The database answered without a row.');
  return row.at;
}

/** Those of a station that are not revoked, the first enrolled first. */
export async function listDevices(pool: Pool, electionId: string, station: string): Promise<StoredDevice[]> {
  const { rows } = await pool.query<StoredDevice>(
    `select device_id as id, name, digest, enrolled_by as "enrolledBy", enrolled_at as "enrolledAt"
     from pv.list_devices($1, $2)`,
    [electionId, station],
  );
  return rows;
}

/** How many there are at each station that are not revoked, in the order of `stations`. */
export async function countDevices(pool: Pool, electionId: string, stations: readonly string[]): Promise<number[]> {
  const { rows } = await pool.query<{ devices: number }>(
    `select (select count(*)::integer from pv.list_devices($1, s.station)) as devices
     from unnest($2::text[]) with ordinality as s (station, place) order by s.place`,
    [electionId, stations],
  );
  return rows.map(({ devices }) => devices);
}

/** Null where there is no such device, or it is revoked. */
export async function revokeDevice(
  pool: Pool,
  of: { readonly electionId: string; readonly id: string; readonly by: string },
): Promise<{ readonly station: string; readonly name: string } | null> {
  const [row] = await certainRows<{ station: string; name: string }>(pool, {
    text: 'select station, name from pv.revoke_device($1, $2, $3)',
    values: [of.electionId, of.id, of.by],
  });
  return row ?? null;
}
