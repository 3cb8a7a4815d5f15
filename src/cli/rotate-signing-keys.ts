// Rotation of the keys that sign. Their public halves are in the file that all services share, so the new one is
// published there first, and used once every verifier has it. The old public half stays while its signatures are needed.
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { newSigningJwk, publicJwk } from '../platform/keys/new-keys.ts';
import { readKeyFile, replaceFile, replaceKeyFile } from '../platform/keys/key-directory.ts';
import { readTextFile } from '../platform/files.ts';
import { parseJson } from '../platform/json.ts';
import { mixerKeys } from '../protocol/key-files.ts';
import type { PrivateJwk, PublicKeys } from '../protocol/key-files.ts';
import type { Rotated } from './rotate-keys.ts';

type SigningKeyPlace = {
  readonly holder: 'api' | 'ballots' | 'mixer' | 'elections' | 'officials';
  /** The field of the holder's key file. */
  readonly member: 'caller' | 'publisher' | 'receipts' | 'identity' | 'batches';
  /** The list of the public file. */
  readonly list: keyof PublicKeys;
  readonly prefix: string;
  /** Services that verify its signatures. */
  readonly verifiers: string;
  readonly dropAfter: string;
};

const caller = (holder: 'api' | 'elections' | 'officials', verifiers: string): SigningKeyPlace => ({
  holder,
  member: 'caller',
  list: 'callers',
  // A caller is known by its name before the dot.
  prefix: `${holder}.`,
  verifiers,
  dropAfter: 'two minutes after the restart, when no call that it signed is still valid',
});

export const signingKeys = {
  publisher: {
    holder: 'elections',
    member: 'publisher',
    list: 'publishers',
    prefix: 'publisher-',
    verifiers: 'api, ballots, officials and worker',
    dropAfter: 'when no document that it signed is served or checked any more',
  },
  receipts: {
    holder: 'ballots',
    member: 'receipts',
    list: 'receipts',
    prefix: 'receipt-',
    verifiers: 'api, ballots, elections and mixer',
    dropAfter: 'when no receipt and no mark of the participation that it signed is needed any more',
  },
  mixer: {
    holder: 'mixer',
    member: 'identity',
    list: 'mixers',
    prefix: 'mixer-',
    verifiers: 'ballots',
    dropAfter: 'three hours after the restart, when no hourly key that it signed is in use',
  },
  batches: {
    holder: 'officials',
    member: 'batches',
    list: 'batches',
    prefix: 'batches-',
    verifiers: 'worker and elections',
    dropAfter: 'when every election is counted whose batches it signed',
  },
  'caller-api': caller('api', 'sms and ballots'),
  'caller-elections': caller('elections', 'ballots and access'),
  'caller-officials': caller('officials', 'access'),
} as const satisfies Record<string, SigningKeyPlace>;
export type SigningKeyName = keyof typeof signingKeys;

const nextPath = (directory: string, name: SigningKeyName): string => join(directory, `next-${name}.json`);

/** Publishes a new key, and keeps its private half beside the key files until it is used. */
export function announceSigningKey(directory: string, name: SigningKeyName): Rotated {
  const place: SigningKeyPlace = signingKeys[name];
  const path = nextPath(directory, name);
  if (existsSync(path)) return { ok: false, reason: `${path} is there already: use that key first (--use).` };
  const next = newSigningJwk(`${place.prefix}${randomBytes(4).toString('hex')}`);
  // The private half first: without it the public half would be of no use.
  replaceFile(path, `${JSON.stringify({ identity: next }, null, 2)}\n`, 0o600);
  const published = readKeyFile(directory, 'public');
  replaceKeyFile(directory, 'public', { ...published, [place.list]: [publicJwk(next), ...published[place.list]] });
  return { ok: true, kid: next.kid, keys: published[place.list].length + 1 };
}

/** Gives the holder the announced key. */
export function useSigningKey(directory: string, name: SigningKeyName, kid: string): Rotated {
  const { holder, member, list }: SigningKeyPlace = signingKeys[name];
  const path = nextPath(directory, name);
  const next = readNext(path);
  if (next?.kid !== kid) return { ok: false, reason: `${name} has no announced key ${kid}. Announce one first.` };
  replaceKeyFile(directory, holder, { ...readKeyFile(directory, holder), [member]: next });
  rmSync(path);
  return { ok: true, kid, keys: readKeyFile(directory, 'public')[list].length };
}

/** Removes the public halves of earlier keys: nothing that they signed is accepted any more. Returns how many. */
export function dropOldSigningKeys(directory: string, name: SigningKeyName): number {
  const { holder, member, list, prefix }: SigningKeyPlace = signingKeys[name];
  const file: Readonly<Record<string, unknown>> = readKeyFile(directory, holder);
  const current = file[member] as PrivateJwk;
  const published = readKeyFile(directory, 'public');
  // The list of callers has the keys of other services too.
  const isEarlier = (each: string): boolean =>
    each !== current.kid && (list !== 'callers' || `${each}.`.startsWith(prefix));
  const stays = published[list].filter((jwk) => !isEarlier(jwk.kid));
  replaceKeyFile(directory, 'public', { ...published, [list]: stays });
  return published[list].length - stays.length;
}

function readNext(path: string): PrivateJwk | null {
  if (!existsSync(path)) return null;
  return mixerKeys.safeParse(parseJson(readTextFile(path))).data?.identity ?? null;
}
