// The state in Redis of the texts for a pending session. Events may be lost, so long-polls read this state at the
// start, after every reconnection and from time to time. Only keyed names are read. Nothing is written.
import { z } from 'zod';
import { isWithin } from '../../../platform/clock.ts';
import { parseJson } from '../../../platform/json.ts';
import { resultsOf } from '../../../platform/redis.ts';
import type { Redis } from '../../../platform/redis.ts';
import { attestation } from '../../../protocol/attestation.ts';
import type { Attestation } from '../../../protocol/attestation.ts';
import { clockSkewSeconds } from '../../../protocol/private-calls.ts';
import { pendingSecondsMax } from '../../../protocol/tokens.ts';
import { sender, senderKey, verifiedKey } from '../../../protocol/verification-events.ts';

/** How long before the session's start a text may be dated, because two clocks differ, in milliseconds. */
const skewMs = clockSkewSeconds * 1_000;
/** The same for hints, in milliseconds. A text for the previous session must not confuse this one. */
const hintSkewMs = 2_000;

export type Watched = { readonly phoneKey: string; readonly codeTag: string; readonly startedAtMs: number };
export type Hint = 'wrong-sender' | 'wrong-code';
export type VerificationState =
  | { readonly state: 'pending' }
  | { readonly state: Hint; readonly atMs: number }
  | { readonly state: 'verified'; readonly attestation: Attestation };

// Within the life of the session: a text that a wrong clock dated after it is of no use to the voter.
const sessionMs = pendingSecondsMax * 1_000 + skewMs;
export const countsAsProof = (watched: Watched, atMs: number): boolean =>
  isWithin(atMs, watched.startedAtMs, sessionMs, skewMs);
export const countsAsHint = (watched: Watched, atMs: number): boolean =>
  isWithin(atMs, watched.startedAtMs, sessionMs, hintSkewMs);
/** Whether a text of this time arrived less than `msMax` milliseconds ago, and not in the future beyond the skew. */
export const isRecentHint = (atMs: number, nowMs: number, msMax: number): boolean =>
  isWithin(nowMs, atMs, msMax, skewMs);

/** Reads the states of several sessions in one round trip, in their order. Rejects if Redis cannot be read. */
export async function readVerificationStates(redis: Redis, watched: readonly Watched[]): Promise<VerificationState[]> {
  const pipeline = redis.pipeline();
  for (const { phoneKey, codeTag } of watched) pipeline.hgetall(verifiedKey(phoneKey)).get(senderKey(codeTag));
  const results = resultsOf(await pipeline.exec());
  return watched.map((one, index) => {
    const texts = results[2 * index] as Record<string, string>;
    return judge(one, texts, results[2 * index + 1] as string | null);
  });
}

function judge(watched: Watched, texts: Record<string, string>, lastSender: string | null): VerificationState {
  const proof = parsed(attestation, texts[watched.codeTag]);
  if (proof && countsAsProof(watched, proof.verifiedAtMs)) return { state: 'verified', attestation: proof };
  const others = Object.values(texts).map((text) => parsed(attestation, text)?.verifiedAtMs ?? -Infinity);
  const latest = Math.max(-Infinity, ...others);
  if (countsAsHint(watched, latest)) return { state: 'wrong-code', atMs: latest };
  const from = parsed(sender, lastSender ?? undefined);
  if (from && from.phoneKey !== watched.phoneKey && countsAsHint(watched, from.atMs)) {
    return { state: 'wrong-sender', atMs: from.atMs };
  }
  return { state: 'pending' };
}

function parsed<Schema extends z.ZodType>(schema: Schema, text: string | undefined): z.infer<Schema> | null {
  if (text === undefined) return null;
  return schema.safeParse(parseJson(text)).data ?? null;
}
