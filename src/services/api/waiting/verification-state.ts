// The state in Redis of the text for a pending session. Events may be lost, so long-polls read this state at the start,
// after every reconnection and from time to time. Only keyed names are read. After the cast the text is removed.
import type { Clock } from '../../../platform/clock.ts';
import { createScript } from '../../../platform/redis.ts';
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

// For each session its own text, and who sent its code last, newest first: what else the phone sent is not this session's to
// know. Then since when the texts are complete. ARGV has the number of keys of a session, and its two fields.
const readTexts = `
local each = tonumber(ARGV[1])
local found = {}
for key = 1, #KEYS - 1 do
  local session = math.floor((key - 1) / each)
  local field = 2 * session + ((key - 1) % each == 0 and 2 or 3)
  found[key] = redis.call('hget', KEYS[key], ARGV[field])
end
found[#KEYS] = redis.call('get', KEYS[#KEYS])
return found`;

export type TextReader = {
  /** Reads the states of several sessions in one command, in their order. Rejects if Redis cannot be read. */
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
  const readAll = createScript(redis, readTexts, 'reads');

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
      const now = clock();
      const keys = watched.map(({ phoneKey, codeTag }) => [textsKey(phoneKey), ...senders.keysOf(codeTag, now)]);
      const fields = watched.flatMap(({ codeTag }) => [textField(codeTag), senders.fieldOf(codeTag)]);
      const each = keys[0]?.length ?? 0;
      const results = (await readAll([...keys.flat(), textsCompleteKey], [each, ...fields])) as (string | null)[];
      const completeSinceMs = Number(results.at(-1) ?? 0);
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
