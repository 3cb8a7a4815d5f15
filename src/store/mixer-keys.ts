// The mixer's public keys, in the intake: created, active, retired, destroyed. The private halves are never here.
import { byteaArray } from './binary-array.ts';
import { certainRows } from './certain-query.ts';
import { databaseMs } from './database.ts';
import type { Pool } from './database.ts';

export type MixerKey = {
  readonly epoch: Buffer;
  readonly createdAtMs: number;
  readonly publicKey: Buffer;
  readonly kid: string;
  readonly signature: Buffer;
};
export type MixerKeyState = {
  readonly epoch: Buffer;
  readonly createdAtMs: number;
  readonly state: 'active' | 'retired';
  /** Ballots may still be sealed to it, or a waiting one is. */
  readonly needed: boolean;
};

export type DatedMixerKeys = {
  /** The database's clock, in milliseconds since the epoch. */
  readonly nowMs: number;
  readonly keys: readonly MixerKey[];
};

/** The keys that ballots may be sealed to, newest first. The reader verifies that they are the mixer's. */
export async function activeMixerKeys(pool: Pool): Promise<DatedMixerKeys> {
  const { rows: keys } = await pool.query<MixerKey>(
    `select epoch, created_at_ms as "createdAtMs", public_key as "publicKey", kid, signature
     from pv.active_mixer_keys()`,
  );
  // Afterwards: a key that was made a moment ago is then not from the future.
  return { nowMs: await databaseMs(pool), keys };
}

export async function addMixerKey(pool: Pool, key: MixerKey): Promise<void> {
  await certainRows(pool, {
    text: 'select pv.add_mixer_key($1, $2, $3, $4, $5)',
    values: [key.epoch, key.createdAtMs, key.publicKey, key.kid, key.signature],
  });
}

/** The keys that could be in use while an election was open, and those of them that are not destroyed. Null: no such election. */
export async function countHourlyKeys(
  pool: Pool,
  electionId: string,
): Promise<{ readonly made: number; readonly remaining: number } | null> {
  const { rows } = await pool.query<{ made: number; remaining: number }>(
    'select made, remaining from pv.count_hourly_keys($1)',
    [electionId],
  );
  return rows[0] ?? null;
}

/** All keys that are not destroyed, newest first. */
export async function mixerKeyStates(pool: Pool): Promise<MixerKeyState[]> {
  const { rows } = await pool.query<MixerKeyState>(
    'select epoch, created_at_ms as "createdAtMs", state, needed from pv.mixer_keys()',
  );
  return rows;
}

/** Those of these keys of which the database says that they are destroyed. */
export async function destroyedMixerKeys(pool: Pool, epochs: readonly Buffer[]): Promise<Buffer[]> {
  const { rows } = await pool.query<{ epoch: Buffer }>('select epoch from pv.destroyed_mixer_keys($1)', [
    byteaArray(epochs),
  ]);
  return rows.map(({ epoch }) => epoch);
}

/** Waits until every cast that was in flight is over. Later casts seal nothing to a key that was retired before. */
export async function waitForCasts(pool: Pool): Promise<void> {
  await certainRows(pool, { text: 'select pv.wait_for_casts()' });
}

/** A cast that begins after this seals no ballot to the key. */
export async function retireMixerKey(pool: Pool, epoch: Buffer): Promise<void> {
  await certainRows(pool, { text: 'select pv.retire_mixer_key($1)', values: [epoch] });
}

/** Records that the private half is destroyed; false while a sealed ballot needs it. */
export async function noteShredded(pool: Pool, epoch: Buffer): Promise<boolean> {
  const [row] = await certainRows<{ noted: boolean }>(pool, {
    text: 'select pv.note_shredded($1) as noted',
    values: [epoch],
  });
  return row?.noted ?? false;
}
