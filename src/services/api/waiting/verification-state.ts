// The state in Redis of the texts for a pending session. Events may be lost, so long-polls read this state at the
// start, after every reconnection and from time to time. Only keyed names are read. Nothing is written.
import { z } from 'zod';
import { parseJson } from '../../../platform/json.ts';
import { resultsOf } from '../../../platform/redis.ts';
import type { Redis } from '../../../platform/redis.ts';
import { attestation } from '../../../protocol/attestation.ts';
import type { Attestation } from '../../../protocol/attestation.ts';
import { clockSkewSeconds } from '../../../protocol/private-calls.ts';
import { sender, senderKey, textsCompleteKey, verifiedKey } from '../../../protocol/verification-events.ts';

/** How long before the session's start a text may be dated, because two clocks differ, in milliseconds. */
const skewMs = clockSkewSeconds * 1_000;
/** The same for hints, in milliseconds. A text for the previous session must not confuse this one. */
const hintSkewMs = 2_000;

export type Watched = { readonly phoneKey: string; readonly codeTag: string; readonly startedAtMs: number };
/** `send-again`: a text of this session may be lost. */
export type Hint = 'wrong-sender' | 'wrong-code' | 'send-again';
export type VerificationState =
  | { readonly state: 'pending' }
  | { readonly state: Hint; readonly atMs: number }
  | { readonly state: 'verified'; readonly attestation: Attestation };

export const countsAsProof = (watched: Watched, atMs: number): boolean => atMs >= watched.startedAtMs - skewMs;
export const countsAsHint = (watched: Watched, atMs: number): boolean => atMs >= watched.startedAtMs - hintSkewMs;

/** Reads the states of several sessions in one round trip, in their order. Rejects if Redis cannot be read. */
export async function readVerificationStates(redis: Redis, watched: readonly Watched[]): Promise<VerificationState[]> {
  const pipeline = redis.pipeline();
  for (const { phoneKey, codeTag } of watched) pipeline.hgetall(verifiedKey(phoneKey)).get(senderKey(codeTag));
  // Last: what this read does not see arrived after it, and not before the texts were complete.
  pipeline.get(textsCompleteKey);
  const results = resultsOf(await pipeline.exec());
  const completeSinceMs = Number(results.at(-1) ?? 0);
  return watched.map((one, index) => {
    const texts = results[2 * index] as Record<string, string>;
    const state = judge(one, texts, results[2 * index + 1] as string | null);
    const isLost = state.state === 'pending' && one.startedAtMs < completeSinceMs;
    return isLost ? { state: 'send-again', atMs: completeSinceMs } : state;
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
