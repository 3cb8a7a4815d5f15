// Rotation of key rings: a new first key is used for making, the old ones can still open until they are dropped. Where
// two services hold a ring, the reader's file is written first, so that a crash in between leaves nothing unreadable.
// Where several processes of one service hold it, the new key is announced to all (it can open) before any of them uses
// it for making.
import { randomBytes } from 'node:crypto';
import { newRing, newSecret, newSigningJwk } from '../platform/keys/new-keys.ts';
import { keyFilePath, readKeyFile, replaceKeyFile } from '../platform/keys/key-directory.ts';
import type { KeyRing, PrivateJwk } from '../protocol/key-files.ts';
import { overwritten } from './destroy-keys.ts';

/** Most keys in a ring; the schema of the key files says the same. */
const ringKeysMax = 8;

/** A service that has only the id of a key, to name it, has no secret. */
type Entry = KeyRing[number] | PrivateJwk | { readonly kid: string };
type Holder = 'api' | 'sms' | 'ballots' | 'elections' | 'access';
type Ring = {
  readonly holders: readonly Holder[];
  /** The holder that has the ids only. */
  readonly idsOnly?: Holder;
  /** The field of the holders' key files. */
  readonly member: 'tokens' | 'challenges' | 'attestations' | 'codes' | 'secrets' | 'refresh' | ElectionRing;
  readonly make: () => Entry;
  readonly restart: string;
  /** Null: elections name its keys, so they are destroyed one by one (`popvote keys destroy`). */
  readonly dropAfter: string | null;
};
/** Rings whose keys elections name. */
export type ElectionRing = 'identity' | 'phone';

const lifeOfVerified =
  'once every session that was verified before the restart is over: the longest verifiedSecondsMax of your elections ' +
  '(15 minutes unless set)';

const onceRenewed = 'when every access process has written keys.renewed to its log after the restart';

function newSecretEntry(): Entry {
  const [entry] = newRing();
  if (!entry) throw new Error('No key was made.');
  return entry;
}

/** Holders: first the services that only read, last the one that makes. */
export const rings = {
  tokens: {
    holders: ['api'],
    member: 'tokens',
    make: newSecretEntry,
    restart: 'all api processes',
    dropAfter: lifeOfVerified,
  },
  challenges: {
    holders: ['sms'],
    member: 'challenges',
    make: newSecretEntry,
    restart: 'all sms processes',
    dropAfter: '15 minutes after the restart, when no code is still valid',
  },
  attestations: {
    holders: ['ballots', 'sms'],
    member: 'attestations',
    make: newSecretEntry,
    restart: 'first all ballots processes, then all sms processes',
    dropAfter: lifeOfVerified,
  },
  codes: {
    holders: ['ballots', 'sms'],
    member: 'codes',
    make: newSecretEntry,
    restart: 'first all ballots processes, then all sms processes',
    dropAfter: lifeOfVerified,
  },
  // Both: the last holder names the first key in new elections.
  identity: {
    holders: ['api', 'elections'],
    member: 'identity',
    make: newSecretEntry,
    restart: 'first all api processes, then all elections processes',
    dropAfter: null,
  },
  phone: {
    holders: ['sms', 'api', 'elections'],
    idsOnly: 'elections',
    member: 'phone',
    make: newSecretEntry,
    restart: 'first all sms processes, then all api processes, then all elections processes',
    dropAfter: null,
  },
  'access-tokens': {
    // Their public halves are in no file: access publishes them, and verifiers of tokens fetch them.
    holders: ['access'],
    member: 'tokens',
    make: () => newSigningJwk(`access-${randomBytes(4).toString('hex')}`),
    restart: 'all access processes',
    dropAfter: '20 minutes after the restart, when no token that it signed still lives',
  },
  'access-secrets': {
    holders: ['access'],
    member: 'secrets',
    make: newSecretEntry,
    restart: 'all access processes',
    dropAfter: onceRenewed,
  },
  'access-refresh': {
    holders: ['access'],
    member: 'refresh',
    make: newSecretEntry,
    restart: 'all access processes',
    dropAfter:
      '30 days after the restart, when no session of before still lives. Recovery codes of before end with it: their ' +
      'owners make new ones',
  },
  'access-identity': {
    holders: ['access'],
    member: 'identity',
    make: newSecretEntry,
    restart: 'all access processes',
    dropAfter: onceRenewed,
  },
} as const satisfies Record<string, Ring>;
export type RingName = keyof typeof rings;

export type Rotated =
  { readonly ok: true; readonly kid: string; readonly keys: number } | { readonly ok: false; readonly reason: string };

/** Adds a new key to a ring, in the files of all holders: first, to be used, or announced at the end. */
export function rotateRing(directory: string, name: RingName, announce = false): Rotated {
  const added = rings[name].make();
  const before = rings[name].holders.map((holder) => ringOf(directory, name, holder).length);
  if (before.some((keys) => keys >= ringKeysMax)) {
    return {
      ok: false,
      reason: `${name} has ${ringKeysMax} keys. ${makeRoom(name)} Nothing was changed.`,
    };
  }
  for (const holder of rings[name].holders) {
    const ring = ringOf(directory, name, holder);
    const entry = isIdsOnly(name, holder) ? { kid: added.kid } : added;
    writeRing(directory, name, holder, announce ? [...ring, entry] : [entry, ...ring]);
  }
  return { ok: true, kid: added.kid, keys: Math.max(...before) + 1 };
}

/** Moves an announced key to the front, in the files of all holders: it is used from the next restart on. */
export function useKey(directory: string, name: RingName, kid: string): Rotated {
  const parts = rings[name].holders.map((holder) => ({ holder, ring: ringOf(directory, name, holder) }));
  if (!parts.every(({ ring }) => ring.some((entry) => entry.kid === kid))) {
    return { ok: false, reason: `${name} has no key ${kid} in every file. Announce one first (--announce).` };
  }
  for (const { holder, ring } of parts) {
    const used = ring.filter((entry) => entry.kid === kid);
    writeRing(directory, name, holder, [...used, ...ring.filter((entry) => entry.kid !== kid)]);
  }
  return { ok: true, kid, keys: Math.max(...parts.map(({ ring }) => ring.length)) };
}

/** Keeps only the key in use. Returns how many were dropped. */
export function dropOldKeys(directory: string, name: RingName): number {
  const holders: readonly Holder[] = [...rings[name].holders].reverse();
  const [maker] = holders;
  const [newest] = maker === undefined ? [] : ringOf(directory, name, maker);
  if (!newest) throw new Error('The key ring is empty.');
  let dropped = 0;
  for (const holder of holders) {
    const ring = ringOf(directory, name, holder);
    dropped = Math.max(dropped, ring.length - 1);
    writeRing(directory, name, holder, [newest]);
  }
  return dropped;
}

const isIdsOnly = (name: RingName, holder: Holder): boolean => (rings[name] as Ring).idsOnly === holder;
const makeRoom = (name: RingName): string =>
  rings[name].dropAfter === null
    ? 'Destroy one that no election needs (popvote keys destroy).'
    : 'Drop the old ones first (--drop).';

/** The ids of a ring, newest first. */
export const ringIds = (directory: string, name: ElectionRing): readonly string[] =>
  ringOf(directory, name, 'elections').map(({ kid }) => kid);

/** Removes a key from the files of all holders, and overwrites what the files were. Returns the paths. */
export function destroyRingKey(directory: string, name: ElectionRing, kid: string): readonly string[] {
  return rings[name].holders.map((holder) => {
    const rest = ringOf(directory, name, holder).filter((entry) => entry.kid !== kid);
    const path = keyFilePath(directory, holder);
    overwritten(path, () => writeRing(directory, name, holder, rest));
    return path;
  });
}

/** Each has a key `limits` of its own. */
export const limitsHolders = ['api', 'sms', 'access'] as const;
/** Makes a new key `limits` for each service that has one. Nothing that was made with an old one is read again. */
export function renewLimits(directory: string): readonly string[] {
  for (const holder of limitsHolders) {
    replaceKeyFile(directory, holder, { ...readKeyFile(directory, holder), limits: newSecret() });
  }
  return limitsHolders.map((holder) => keyFilePath(directory, holder));
}

// The files are of different kinds: the table says which have the field, and each write is validated on reading.
function ringOf(directory: string, name: RingName, holder: Holder): readonly Entry[] {
  const file: Readonly<Record<string, unknown>> = readKeyFile(directory, holder);
  return file[rings[name].member] as readonly Entry[];
}

function writeRing(directory: string, name: RingName, holder: Holder, ring: readonly Entry[]): void {
  // Each file keeps its other fields.
  replaceKeyFile(directory, holder, { ...readKeyFile(directory, holder), [rings[name].member]: ring });
}
