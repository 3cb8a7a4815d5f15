// Passkeys, their challenges, and which second factors a user has. The database decides whether a challenge and a
// counter are accepted, so that each challenge works once.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type Factors = { readonly authenticator: boolean; readonly passkeys: number };

export async function findFactors(pool: Pool, user: string): Promise<Factors> {
  const { rows } = await pool.query<Factors>('select authenticator, passkeys from pv.find_factors($1)', [user]);
  return rows[0] ?? { authenticator: false, passkeys: 0 };
}

export type StoredPasskey = {
  readonly id: string;
  readonly credential: string;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
  readonly addedAtMs: number;
  readonly usedAtMs: number | null;
};

/** In the order in which they were added. */
export async function listPasskeys(pool: Pool, user: string): Promise<StoredPasskey[]> {
  const { rows } = await pool.query<StoredPasskey>(
    `select passkey_id as id, credential, public_key as "publicKey", counter, transports, name,
      added_at_ms as "addedAtMs", used_at_ms as "usedAtMs" from pv.list_passkeys($1)`,
    [user],
  );
  return rows;
}

/** `login`: for a login. `proof`: before an action on one's own account. `add`: for a new passkey. */
export type ChallengePurpose = 'login' | 'proof' | 'add';

/** Replaces the challenge that the user had for this purpose. */
export async function setChallenge(
  pool: Pool,
  user: string,
  challenge: { readonly purpose: ChallengePurpose; readonly challenge: string; readonly seconds: number },
): Promise<void> {
  await certainRows(pool, {
    text: 'select pv.set_challenge($1, $2, $3, $4)',
    values: [user, challenge.purpose, challenge.challenge, challenge.seconds],
  });
}

/** Whether it was the user's challenge. It is used up by this. */
export const takeChallenge = (
  pool: Pool,
  user: string,
  purpose: ChallengePurpose,
  challenge: string,
): Promise<boolean> => accepted(pool, 'select pv.take_challenge($1, $2, $3) as accepted', [user, purpose, challenge]);

export type PasskeyOutcome = {
  readonly outcome: 'added' | 'full' | 'known';
  /** Whether it is the first second factor of the user. */
  readonly first: boolean;
  /** Sessions that began without a second factor. */
  readonly ended: readonly string[];
};

export async function addPasskey(
  pool: Pool,
  passkey: {
    readonly user: string;
    readonly id: string;
    readonly credential: string;
    readonly publicKey: Buffer;
    readonly counter: number;
    readonly transports: readonly string[];
    readonly name: string;
    readonly recovery: readonly Buffer[];
    /** The session that continues. */
    readonly keep: string;
    readonly passkeysMax: number;
  },
): Promise<PasskeyOutcome> {
  const { user, id, credential, publicKey, counter, transports, name, recovery, keep, passkeysMax } = passkey;
  const [row] = await certainRows<PasskeyOutcome>(pool, {
    text: 'select outcome, first, ended from pv.add_passkey($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    values: [user, id, credential, publicKey, counter, [...transports], name, [...recovery], keep, passkeysMax],
  });
  return row ?? { outcome: 'known', first: false, ended: [] };
}

/** Whether the counter of a correct signature is accepted. */
export const takePasskey = (pool: Pool, user: string, credential: string, counter: number): Promise<boolean> =>
  accepted(pool, 'select pv.take_passkey($1, $2, $3) as accepted', [user, credential, counter]);

export const removePasskey = (pool: Pool, user: string, passkey: string): Promise<boolean> =>
  accepted(pool, 'select pv.remove_passkey($1, $2) as accepted', [user, passkey]);

async function accepted(pool: Pool, text: string, values: unknown[]): Promise<boolean> {
  const [row] = await certainRows<{ accepted: boolean }>(pool, { text, values });
  return row?.accepted === true;
}
