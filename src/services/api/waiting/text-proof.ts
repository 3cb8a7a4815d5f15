// Whether a text proves a session's phone. Texts come from Redis, where they are found by their place, and from a channel.
// Both are judged by this one function: by the phone, the tag of the code, the time, and the check that only `sms` can make.
import { isWithin } from '../../../platform/clock.ts';
import { keyedHash, sameText } from '../../../platform/keys/keyed-hash.ts';
import type { HashKey } from '../../../platform/keys/keyed-hash.ts';
import { attestedMs } from '../../../protocol/proofs/attestation.ts';
import { clockSkewSeconds } from '../../../protocol/private-calls.ts';
import { pendingSecondsMax } from '../../../protocol/tokens.ts';
import { shortCheck, textCheckText } from '../../../protocol/verification-events.ts';
import type { TextEvent } from '../../../protocol/verification-events.ts';

export type Watched = { readonly phoneKey: string; readonly codeTag: string; readonly startedAtMs: number };
export type ProvesPhone = (watched: Watched, text: TextEvent) => boolean;

/** `phoneHashKeys` are the keys that `api` and `sms` share. */
export function createProvesPhone(phoneHashKeys: readonly HashKey[]): ProvesPhone {
  return (watched, { phoneKey, attestation, check }) =>
    sameText(phoneKey, watched.phoneKey) &&
    attestation.method === 'text-in' &&
    sameText(attestation.binding, watched.codeTag) &&
    isOfSession(watched, attestation.verifiedAtMs) &&
    phoneHashKeys.some((key) => sameText(shortCheck(keyedHash(key, textCheckText(phoneKey, attestation))), check));
}

// How long before the session's start a text may be dated, because two clocks differ and times are whole minutes.
const earlyMs = clockSkewSeconds * 1_000 + attestedMs;
const sessionMs = pendingSecondsMax * 1_000 + clockSkewSeconds * 1_000;

/** Whether a text of this whole minute may have come in the life of the session. */
export const isOfSession = ({ startedAtMs }: Watched, atMs: number): boolean =>
  isWithin(atMs, startedAtMs, sessionMs, earlyMs);
