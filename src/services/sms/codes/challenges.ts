// The challenge of a one-time code: phone and code, sealed by `sms` and carried by `api` in the voter's token. The
// server stores no codes, so any process can check any code, and a dump of Redis contains none.
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../../platform/clock.ts';
import { hashKey } from '../../../platform/keys/keyed-hash.ts';
import { createSealedTokens } from '../../../platform/keys/sealed-tokens.ts';
import type { SealedTokens } from '../../../platform/keys/sealed-tokens.ts';
import type { KeyRing } from '../../../protocol/key-files.ts';
import { attestedMs } from '../../../protocol/proofs/attestation.ts';
import type { Attestation } from '../../../protocol/proofs/attestation.ts';
import { sentCodeDigits } from '../../../protocol/sms-service.ts';
import { titleCharactersMax } from './message-texts.ts';

/** Life of a code, in seconds. */
export const codeSecondsMax = 600;

// A grapheme can be many code units. The limit only ensures that `api` can carry the challenge.
const titleUnitsMax = titleCharactersMax * 4;

const challengeClaims = z.object({
  cid: z.string().length(22),
  phone: z.string().max(16),
  code: z.string().regex(/^\d{8}$/),
  /** What the code proves when it comes back. Absent in challenges of an older version: `code`. */
  method: z.enum(['code', 'text-in-confirmed']).default('code'),
  /** Of the session: the code proves no other. */
  binding: z.string().length(43),
  title: z.string().max(titleUnitsMax),
  locale: z.string().max(35).optional(),
  rehearsal: z.boolean(),
  expiresAtMs: z.int(),
});
export type ChallengeClaims = z.infer<typeof challengeClaims>;

const kind = { typ: 'popvote-challenge+jwe', audience: 'popvote:challenge' } as const;

export function createChallenges(ring: KeyRing, clock: Clock): SealedTokens<ChallengeClaims> {
  return createSealedTokens({ ring, kind, claims: challengeClaims, secondsMax: codeSecondsMax, clock });
}

export type CodeBack = Pick<ChallengeClaims, 'cid' | 'code' | 'expiresAtMs'>;

/**
 * Makes the code back for a session whose text came: the same in every process and for every call, so that a voter whose
 * answer was lost gets no second text, and tries are counted together. It lives from the text on.
 */
export function createCodeBack(ring: KeyRing): (binding: string, text: Attestation) => CodeBack {
  const [newest] = ring;
  if (!newest) throw new Error('The ring of keys for challenges is empty.');
  const key = hashKey(newest.key);
  return (binding, { verifiedAtMs }) => {
    const hash = createHmac('sha256', key).update(`popvote/code-back/v1|${binding}`).digest();
    const number = hash.readBigUInt64BE(16) % 10n ** BigInt(sentCodeDigits);
    return {
      cid: hash.subarray(0, 16).toString('base64url'),
      code: number.toString().padStart(sentCodeDigits, '0'),
      expiresAtMs: verifiedAtMs + attestedMs + codeSecondsMax * 1_000,
    };
  };
}

/** Seconds until the code is over, at least one. */
export const secondsLeftOf = ({ expiresAtMs }: ChallengeClaims, nowMs: number): number =>
  Math.max(1, Math.ceil((expiresAtMs - nowMs) / 1_000));

/** A title short enough for a challenge. It is cut between code points, not between graphemes. */
export function boundedTitle(title: string): string {
  let bounded = '';
  for (const character of title) {
    if (bounded.length + character.length > titleUnitsMax) break;
    bounded += character;
  }
  return bounded;
}
