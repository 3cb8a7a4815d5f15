// The state in Redis of the texts for a pending session. Events may be lost, so long-polls read this state at the
// start, after every reconnection and from time to time. Only keyed names are read. After the cast the text is removed.
import { isWithin } from '../../../platform/clock.ts';
import type { Clock } from '../../../platform/clock.ts';
import { resultsOf } from '../../../platform/redis.ts';
import type { Redis } from '../../../platform/redis.ts';
import type { Attestation } from '../../../protocol/attestation.ts';
import { promisedVotesPerSecond } from '../../../protocol/edge-memory.ts';
import { clockSkewSeconds } from '../../../protocol/private-calls.ts';
import { pendingSecondsMax } from '../../../protocol/tokens.ts';
import {
  attestationOf,
  createSenderFold,
  senderOf,
  senderPhone,
  textField,
  textsCompleteKey,
  textsKey,
} from '../../../protocol/verification-events.ts';

/** How long before the session's start a text may be dated, because two clocks differ, in milliseconds. */
const skewMs = clockSkewSeconds * 1_000;
/** The same for hints, in milliseconds. A text for the previous session must not confuse this one. */
const hintSkewMs = 2_000;

export type Watched = { readonly phoneKey: string; readonly codeTag: string; readonly startedAtMs: number };
/** `send-again`: a text of this session may be lost. */
export type Hint = 'wrong-sender' | 'send-again';
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

export type TextReader = {
  /** Reads the states of several sessions in one round trip, in their order. Rejects if Redis cannot be read. */
  read(watched: readonly Watched[]): Promise<VerificationState[]>;
  /** Removes the text of a ballot that was cast, to save memory. Never rejects: it expires by itself. */
  forget(text: Pick<Watched, 'phoneKey' | 'codeTag'>): Promise<void>;
};

export function createTextReader(redis: Redis, clock: Clock, votesPerSecond = promisedVotesPerSecond): TextReader {
  const senders = createSenderFold(votesPerSecond);
  return {
    async read(watched) {
      const pipeline = redis.pipeline();
      const now = clock();
      const slots = watched.map(({ codeTag }) => senders.keysOf(codeTag, now));
      for (const [index, { phoneKey, codeTag }] of watched.entries()) {
        // Only its own text: what else the phone sent is not this session's to know.
        pipeline.hget(textsKey(phoneKey), textField(codeTag));
        for (const key of slots[index] ?? []) pipeline.hget(key, senders.fieldOf(codeTag));
      }
      // Last: what this read does not see arrived after it, and not before the texts were complete.
      pipeline.get(textsCompleteKey);
      const results = resultsOf(await pipeline.exec());
      const completeSinceMs = Number(results.at(-1) ?? 0);
      const each = (results.length - 1) / watched.length;
      return watched.map((one, index) => {
        const [text, ...lastSenders] = results.slice(index * each, (index + 1) * each) as (string | null)[];
        const state = judge(one, text ?? undefined, lastSenders);
        const isLost = state.state === 'pending' && one.startedAtMs < completeSinceMs;
        return isLost ? { state: 'send-again', atMs: completeSinceMs } : state;
      });
    },
    async forget({ phoneKey, codeTag }) {
      await redis.hdel(textsKey(phoneKey), textField(codeTag)).catch(() => undefined);
    },
  };
}

function judge(watched: Watched, text: string | undefined, lastSenders: readonly (string | null)[]): VerificationState {
  const proof = attestationOf(watched.codeTag, text);
  if (proof && countsAsProof(watched, proof.verifiedAtMs)) return { state: 'verified', attestation: proof };
  // Newest first.
  const from = senderOf(lastSenders.find((value) => value !== null) ?? null);
  if (from && from.phone !== senderPhone(watched.phoneKey) && countsAsHint(watched, from.atMs)) {
    return { state: 'wrong-sender', atMs: from.atMs };
  }
  return { state: 'pending' };
}
