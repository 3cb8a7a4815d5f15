// The challenge of a sent code: phone and code, sealed by `sms` for itself, carried by `api` in the voter's token. The
// server keeps no list of codes, so any process can check any of them and a dump of Redis holds none.
import { z } from 'zod';
import type { Clock } from '../../../platform/clock.ts';
import { createSealedTokens } from '../../../platform/keys/sealed-tokens.ts';
import type { SealedTokens } from '../../../platform/keys/sealed-tokens.ts';
import type { KeyRing } from '../../../protocol/key-files.ts';
import { titleCharactersMax } from './message-texts.ts';

/** Life of a code, in seconds. */
export const codeSecondsMax = 600;

// A grapheme can be many code units: the bound only keeps a challenge within what `api` carries.
const titleUnitsMax = titleCharactersMax * 4;

const challengeClaims = z.object({
  cid: z.string().length(22),
  phone: z.string().max(16),
  phoneKey: z.string().length(43),
  code: z.string().regex(/^\d{8}$/),
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

/** A title short enough for a challenge, whole characters only as far as code points go. */
export function boundedTitle(title: string): string {
  let bounded = '';
  for (const character of title) {
    if (bounded.length + character.length > titleUnitsMax) break;
    bounded += character;
  }
  return bounded;
}
