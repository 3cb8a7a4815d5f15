// Stores in Redis that a phone sent a code, and notifies `api`. One script does all of it, so that a text is stored,
// published and marked as seen, or none of these. A webhook that failed half-way is sent again and then succeeds.
import type { Redis } from '../../../platform/redis.ts';
import {
  senderKey,
  textSecondsMax,
  textsChannel,
  textsCompleteKey,
  textsPerPhoneMax,
  verifiedKey,
} from '../../../protocol/verification-events.ts';
import type { TextEvent } from '../../../protocol/verification-events.ts';

/** How long a message's name is stored, in seconds. By then providers have stopped retrying, and replays are stale. */
const messageSecondsMax = 86_400;

const messageKey = (messageName: string): string => `sms:text:${messageName}`;

// The mark is set last: if Redis rejects a command midway, the message must not count as seen.
const script = `
if redis.call('get', KEYS[1]) then return 0 end
if redis.call('hlen', KEYS[2]) >= tonumber(ARGV[3]) and not redis.call('hget', KEYS[2], ARGV[1]) then
  redis.call('del', KEYS[2])
end
redis.call('hset', KEYS[2], ARGV[1], ARGV[2])
redis.call('expire', KEYS[2], ARGV[4])
redis.call('set', KEYS[3], ARGV[5], 'EX', ARGV[4])
redis.call('set', KEYS[1], '1', 'EX', ARGV[6])
redis.call('publish', ARGV[7], ARGV[8])
return 1`;

export type TextStored = 'remembered' | 'seen-before';
export type TextMemory = {
  /** Rejects while Redis is unavailable. The same message is then processed as new when it is sent again. */
  remember(messageName: string, event: TextEvent): Promise<TextStored>;
  /**
   * Stores that Redis has every text from `atMs` on: where nothing is said, because it came back empty, or `again`, because
   * texts were lost. Rejects while Redis is unavailable.
   */
  markComplete(atMs: number, again: boolean): Promise<void>;
};

export function createTextMemory(redis: Redis): TextMemory {
  return {
    async remember(messageName, event) {
      const { phoneKey, attestation } = event;
      const sender = { phoneKey, atMs: attestation.verifiedAtMs };
      const keys = [messageKey(messageName), verifiedKey(phoneKey), senderKey(attestation.codeTag)];
      const values = [
        attestation.codeTag,
        JSON.stringify(attestation),
        textsPerPhoneMax,
        textSecondsMax,
        JSON.stringify(sender),
        messageSecondsMax,
        textsChannel,
        JSON.stringify(event),
      ];
      const fresh = await redis.eval(script, keys.length, ...keys, ...values);
      return fresh === 1 ? 'remembered' : 'seen-before';
    },
    async markComplete(atMs, again) {
      await (again ? redis.set(textsCompleteKey, atMs) : redis.set(textsCompleteKey, atMs, 'NX'));
    },
  };
}
