// Rotation of the rings: a new key in front makes, the old ones still open, until they are dropped. Where two services
// hold a ring, the one that only reads is written first, so that a crash in between leaves nothing unreadable. Where
// several processes of one service hold it, the new key is announced to all (it opens) before any of them makes with it.
import { newRing } from '../platform/new-keys.ts';
import { readKeyFile, replaceKeyFile } from '../platform/key-directory.ts';
import type { KeyRing } from '../protocol/key-files.ts';

/** Most keys in a ring; the schema of the key files says the same. */
const ringKeysMax = 8;

type Ring = {
  readonly holders: readonly ('api' | 'sms' | 'ballots')[];
  readonly restart: string;
  readonly dropAfter: string;
};

const lifeOfVerified =
  'once every session that was verified before the restart is over: the longest verifiedSecondsMax of your elections ' +
  '(15 minutes unless set)';

/** Holders: first who only reads what the ring made, last who makes with it. */
export const rings = {
  tokens: { holders: ['api'], restart: 'all api processes', dropAfter: lifeOfVerified },
  challenges: {
    holders: ['sms'],
    restart: 'all sms processes',
    dropAfter: '15 minutes after the restart, when no code is still valid',
  },
  attestations: {
    holders: ['ballots', 'sms'],
    restart: 'first all ballots processes, then all sms processes',
    dropAfter: lifeOfVerified,
  },
} as const satisfies Record<string, Ring>;
export type RingName = keyof typeof rings;

export type Rotated =
  { readonly ok: true; readonly kid: string; readonly keys: number } | { readonly ok: false; readonly reason: string };

/** Adds a new key to a ring, in the files of all who hold it: in front, where it makes, or announced behind. */
export function rotateRing(directory: string, name: RingName, announce = false): Rotated {
  const [added] = newRing();
  if (!added) throw new Error('No key was made.');
  const before = rings[name].holders.map((holder) => ringOf(directory, name, holder).length);
  if (before.some((keys) => keys >= ringKeysMax)) {
    return {
      ok: false,
      reason: `${name} has ${ringKeysMax} keys. Drop the old ones first (--drop). Nothing was changed.`,
    };
  }
  for (const holder of rings[name].holders) {
    const ring = ringOf(directory, name, holder);
    writeRing(directory, name, holder, announce ? [...ring, added] : [added, ...ring]);
  }
  return { ok: true, kid: added.kid, keys: Math.max(...before) + 1 };
}

/** Moves an announced key to the front, in the files of all who hold the ring: from the next restart on it makes. */
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

/** Keeps only the key that makes. Returns how many were dropped. */
export function dropOldKeys(directory: string, name: RingName): number {
  const { holders } = rings[name];
  const maker = holders.at(-1) ?? holders[0];
  const [newest] = ringOf(directory, name, maker);
  if (!newest) throw new Error('The key ring is empty.');
  let dropped = 0;
  for (const holder of [...holders].reverse()) {
    const ring = ringOf(directory, name, holder);
    dropped = Math.max(dropped, ring.length - 1);
    writeRing(directory, name, holder, [newest]);
  }
  return dropped;
}

function ringOf(directory: string, name: RingName, holder: 'api' | 'sms' | 'ballots'): KeyRing {
  if (name === 'tokens') return readKeyFile(directory, 'api').tokens;
  if (name === 'challenges') return readKeyFile(directory, 'sms').challenges;
  return readKeyFile(directory, holder === 'sms' ? 'sms' : 'ballots').attestations;
}

function writeRing(directory: string, name: RingName, holder: 'api' | 'sms' | 'ballots', ring: KeyRing): void {
  // The three files are of different kinds; each keeps its other members.
  if (holder === 'api') replaceKeyFile(directory, 'api', { ...readKeyFile(directory, 'api'), [name]: ring });
  else if (holder === 'sms') replaceKeyFile(directory, 'sms', { ...readKeyFile(directory, 'sms'), [name]: ring });
  else replaceKeyFile(directory, 'ballots', { ...readKeyFile(directory, 'ballots'), [name]: ring });
}
