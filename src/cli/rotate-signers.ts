// Rotation of signing pairs. The private half is in the file of one service and the public half in public.json, which every
// verifier reads at its start. So a new pair is announced first, and used when all verifiers know it. The old private half
// is gone from then on. Old public halves stay while their signatures matter.
import { randomBytes } from 'node:crypto';
import { readKeyFile, replaceKeyFile } from '../platform/keys/key-directory.ts';
import { newSigningJwk, publicJwk } from '../platform/keys/new-keys.ts';
import type { KeyFiles } from '../platform/keys/new-keys.ts';
import { earlierKeysMax } from '../protocol/key-files.ts';
import type { PrivateJwk, PublicJwk, PublicKeys } from '../protocol/key-files.ts';
import type { Rotated } from './rotate-keys.ts';

type Signer = {
  readonly holder: Exclude<keyof KeyFiles, 'public' | 'access' | 'sms'>;
  /** The field of the holder's file. */
  readonly member: string;
  /** The list of the public file. */
  readonly published: keyof PublicKeys;
  /** The key's name begins with it. */
  readonly name: string;
  /** Between the name and its random part. A caller's name ends at the dot. */
  readonly separator: '-' | '.';
  /** What verifies its signatures, and is restarted after each change of public.json. */
  readonly verifiers: string;
  /** When the old public halves may be dropped. */
  readonly dropAfter: string;
  /** Elections name the key in their manifest: the old private half stays in the file, as `earlier`, until it is dropped. */
  readonly isNamedByElections?: true;
};

const callerOf = (holder: 'api' | 'elections' | 'officials', verifiers: string): Signer => ({
  holder,
  member: 'caller',
  published: 'callers',
  name: holder,
  separator: '.',
  verifiers,
  dropAfter: `as soon as all processes of ${holder} use the new key`,
});
const whileNeeded = (what: string): string =>
  `only if ${what} need no longer be verified, or if the old key has leaked: none of its signatures verifies then`;

export const signers = {
  receipts: {
    holder: 'ballots',
    member: 'receipts',
    published: 'receipts',
    name: 'receipt',
    separator: '-',
    isNamedByElections: true,
    verifiers: 'api, ballots and elections',
    dropAfter: whileNeeded('receipts and marks of its elections'),
  },
  publisher: {
    holder: 'elections',
    member: 'publisher',
    published: 'publishers',
    name: 'publisher',
    separator: '-',
    isNamedByElections: true,
    verifiers: 'api, ballots, officials, worker and elections',
    dropAfter: whileNeeded('documents and results of its elections'),
  },
  deposits: {
    holder: 'worker',
    member: 'deposits',
    published: 'deposits',
    name: 'deposits',
    separator: '-',
    isNamedByElections: true,
    verifiers: 'elections and worker',
    dropAfter: whileNeeded('entries of paper ballots of its elections'),
  },
  batches: {
    holder: 'officials',
    member: 'batches',
    published: 'batches',
    name: 'batches',
    separator: '-',
    verifiers: 'worker and elections',
    dropAfter: whileNeeded('batches of its elections'),
  },
  mixer: {
    holder: 'mixer',
    member: 'identity',
    published: 'mixers',
    name: 'mixer',
    separator: '-',
    verifiers: 'ballots',
    dropAfter: 'a minute after the restart of mixer, which then signs an hourly key with it',
  },
  checkpoints: {
    holder: 'log',
    member: 'checkpoints',
    published: 'logs',
    name: 'log',
    separator: '-',
    verifiers: 'elections',
    dropAfter: 'when every election whose manifest names the old key is over',
    isNamedByElections: true,
  },
  'caller-api': callerOf('api', 'sms and ballots'),
  'caller-elections': callerOf('elections', 'ballots, access and elections'),
  'caller-officials': callerOf('officials', 'access'),
} as const satisfies Record<string, Signer>;
export type SignerName = keyof typeof signers;

/** Makes a new pair and adds its public half to the public file, behind the others. */
export function announceSigner(directory: string, name: SignerName): Rotated {
  const signer: Signer = signers[name];
  const own = readOwn(directory, signer);
  const waiting = own.next?.[signer.member];
  if (waiting) return { ok: false, reason: `${name} has an announced key already: --use ${waiting.kid}` };
  const pair = newSigningJwk(`${signer.name}${signer.separator}${randomBytes(4).toString('hex')}`);
  // First, so that a crash in between leaves a public half without use, and never a signature that no one can verify.
  const keys = publicKeysOf(directory, signer);
  writePublicKeys(directory, signer, [...keys, publicJwk(pair)]);
  writeOwn(directory, signer, { ...own, next: { ...own.next, [signer.member]: pair } });
  return { ok: true, kid: pair.kid, keys: keys.length + 1 };
}

/**
 * Puts the announced pair in the place of the one in use, which is gone, or goes on for the elections that name it. The
 * service signs with the new one after a restart.
 */
export function useSigner(directory: string, name: SignerName, kid: string): Rotated {
  const signer: Signer = signers[name];
  const own = readOwn(directory, signer);
  const pair = own.next?.[signer.member];
  const keys = publicKeysOf(directory, signer);
  if (pair?.kid !== kid || !keys.some((key) => key.kid === kid)) {
    return { ok: false, reason: `${name} has no announced key ${kid}. Announce one first (--announce).` };
  }
  const before = own.earlier ?? [];
  if (signer.isNamedByElections && before.length >= earlierKeysMax) {
    return {
      ok: false,
      reason: `${name} has ${before.length} old keys, which elections may name. Drop them first (--drop).`,
    };
  }
  const { [signer.member]: _used, ...next } = own.next ?? {};
  const rest = Object.keys(next).length > 0 ? { next } : {};
  const { next: _waiting, ...others } = own;
  const { [signer.member]: pairBefore } = own as unknown as Record<string, PrivateJwk>;
  const earlier = signer.isNamedByElections && pairBefore ? { earlier: [pairBefore, ...before] } : {};
  // The newest first, for readers who take one.
  writePublicKeys(directory, signer, [publicJwk(pair), ...keys.filter((key) => key.kid !== kid)]);
  writeOwn(directory, signer, { ...others, ...earlier, [signer.member]: pair, ...rest });
  return { ok: true, kid, keys: keys.length };
}

/** Removes the public halves that are neither in use nor announced, and the old private halves. Returns how many. */
export function dropOldSigners(directory: string, name: SignerName): number {
  const signer: Signer = signers[name];
  const own = readOwn(directory, signer);
  const needed = [(own as unknown as Record<string, PrivateJwk>)[signer.member], own.next?.[signer.member]];
  const keys = publicKeysOf(directory, signer);
  const remaining = keys.filter((key) => needed.some((pair) => pair?.kid === key.kid) || !isOf(signer, key));
  if (remaining.length < keys.length) writePublicKeys(directory, signer, remaining);
  const { earlier: dropped, ...others } = own;
  // A file may have two signers, and only one of them has earlier keys.
  if (signer.isNamedByElections && dropped !== undefined) writeOwn(directory, signer, others);
  return keys.length - remaining.length;
}

// Callers of all services are in one list.
const isOf = ({ published, name }: Signer, { kid }: PublicJwk): boolean =>
  published !== 'callers' || kid.split('.')[0] === name;

type Own = {
  readonly next?: Readonly<Record<string, PrivateJwk | undefined>>;
  readonly earlier?: readonly PrivateJwk[];
};

// The files are of different kinds: the table says which have the field, and each write is validated on reading.
const readOwn = (directory: string, { holder }: Signer): Own => readKeyFile(directory, holder) as Own;
const writeOwn = (directory: string, { holder }: Signer, own: Own): void =>
  replaceKeyFile(directory, holder, own as unknown as KeyFiles[typeof holder]);

const publicKeysOf = (directory: string, { published }: Signer): readonly PublicJwk[] =>
  readKeyFile(directory, 'public')[published];
const writePublicKeys = (directory: string, { published }: Signer, keys: readonly PublicJwk[]): void =>
  replaceKeyFile(directory, 'public', { ...readKeyFile(directory, 'public'), [published]: [...keys] });
