// The state in Redis of the text for a pending session. Events may be lost, so long-polls read this state at the start,
// after every reconnection and from time to time. Only keyed names are read. After the cast the text is removed.
import type { Clock } from '../../../platform/clock.ts';
import { resultsOf } from '../../../platform/redis.ts';
import type { Redis } from '../../../platform/redis.ts';
import type { Attestation } from '../../../protocol/proofs/attestation.ts';
import { promisedVotesPerSecond } from '../../../protocol/edge-memory.ts';
import {
  createSenderFold,
  senderOf,
  senderPhone,
  textField,
  storedTextOf,
  textsCompleteKey,
  textsKey,
} from '../../../protocol/verification-events.ts';
import { isOfSession } from './text-proof.ts';
import type { ProvesPhone, Watched } from './text-proof.ts';

/** `send-again`: a text of this session may be lost. */
export type Hint = 'wrong-sender' | 'send-again';
export type VerificationState =
  | { readonly state: 'pending' }
  | { readonly state: Hint }
  | { readonly state: 'texted'; readonly attestation: Attestation };

export type TextReader = {
  /** Reads the states of several sessions in one round trip, in their order. Rejects if Redis cannot be read. */
  read(watched: readonly Watched[]): Promise<VerificationState[]>;
  /** Removes the text of a ballot that was cast, to save memory. Never rejects: it expires by itself. */
  forget(text: Pick<Watched, 'phoneKey' | 'codeTag'>): Promise<void>;
};

export function createTextReader(parts: {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly provesPhone: ProvesPhone;
  readonly votesPerSecond?: number | undefined;
}): TextReader {
  const { redis, clock, provesPhone, votesPerSecond = promisedVotesPerSecond } = parts;
  const senders = createSenderFold(votesPerSecond);

  const judge = (
    watched: Watched,
    value: string | null,
    lastSenders: readonly (string | null)[],
  ): VerificationState => {
    const text = storedTextOf(watched.phoneKey, watched.codeTag, value);
    if (text && provesPhone(watched, text)) return { state: 'texted', attestation: text.attestation };
    // Newest first.
    const from = senderOf(lastSenders.find((sender) => sender !== null) ?? null);
    const isOther = from !== null && !from.phones.includes(senderPhone(watched.phoneKey));
    return { state: isOther && isOfSession(watched, from.atMs) ? 'wrong-sender' : 'pending' };
  };

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
      const results = resultsOf(await pipeline.exec()) as (string | null)[];
      const completeSinceMs = Number(results.at(-1) ?? 0);
      const each = (results.length - 1) / watched.length;
      return watched.map((one, index) => {
        const [value = null, ...lastSenders] = results.slice(index * each, (index + 1) * each);
        const state = judge(one, value, lastSenders);
        const isLost = state.state === 'pending' && one.startedAtMs < completeSinceMs;
        return isLost ? { state: 'send-again' } : state;
      });
    },
    async forget({ phoneKey, codeTag }) {
      await redis.hdel(textsKey(phoneKey), textField(codeTag)).catch(() => undefined);
    },
  };
}
