// Stores in Redis that a phone sent a code, and notifies `api`. One script does all of it, so that a text is stored,
// published and marked as seen, or none of these. A webhook that failed half-way is sent again and then succeeds.
import { createScript, serverRunOf } from '../../../platform/redis.ts';
import type { Redis } from '../../../platform/redis.ts';
import { promisedVotesPerSecond } from '../../../protocol/edge-memory.ts';
import { createFold } from '../../../protocol/folded-keys.ts';
import {
  createSenderFold,
  senderValue,
  textField,
  textMessage,
  textSecondsMax,
  textValue,
  textsChannel,
  textsCompleteKey,
  textsKey,
  textsPerPhoneMax,
  textsServerKey,
} from '../../../protocol/verification-events.ts';
import type { TextEvent } from '../../../protocol/verification-events.ts';

/** How long a message's name is stored, in seconds. By then providers have stopped retrying, and replays are stale. */
const messageSecondsMax = 86_400;
/** Names of messages of this time share hashes, in seconds, and at the promised rate as many as in this time. */
const messageSlotSeconds = 43_200;
const busySlotSeconds = 5_000;

// The mark is set last: if Redis rejects a command midway, the message must not count as seen.
const storeText = `
local texts = #ARGV - 10
for slot = texts + 2, #KEYS do
  if redis.call('hget', KEYS[slot], ARGV[1]) then return 0 end
end
for text = 1, texts do
  if redis.call('hlen', KEYS[text]) >= tonumber(ARGV[3]) and not redis.call('hget', KEYS[text], ARGV[2]) then
    redis.call('del', KEYS[text])
  end
  redis.call('hset', KEYS[text], ARGV[2], ARGV[10 + text])
  redis.call('expire', KEYS[text], ARGV[4])
end
redis.call('hset', KEYS[texts + 1], ARGV[5], ARGV[6])
redis.call('expire', KEYS[texts + 1], ARGV[7])
redis.call('hset', KEYS[texts + 2], ARGV[1], '1')
redis.call('expire', KEYS[texts + 2], ARGV[8])
redis.call('publish', ARGV[9], ARGV[10])
return 1`;

// A mark of an earlier release names no server, and holds.
const markTexts = `
local since, server = redis.call('get', KEYS[1]), redis.call('get', KEYS[2])
if ARGV[3] == 'again' or not since or (server and server ~= ARGV[2]) then redis.call('set', KEYS[1], ARGV[1]) end
redis.call('set', KEYS[2], ARGV[2])
return 1`;

export type TextStored = 'remembered' | 'seen-before';
export type TextMemory = {
  /**
   * Stores a text under each name of its phone: `events` differ in it alone. Rejects while Redis is unavailable. The same
   * message is then processed as new when it is sent again.
   */
  remember(messageName: string, events: readonly TextEvent[]): Promise<TextStored>;
  /**
   * Stores that Redis has every text from `atMs` on: where nothing is said, because it came back empty; where it is said of
   * another server, which this one replaced; or `again`, because texts were lost. Rejects while Redis is unavailable.
   */
  markComplete(atMs: number, again: boolean): Promise<void>;
};

export function createTextMemory(redis: Redis, votesPerSecond = promisedVotesPerSecond): TextMemory {
  const store = createScript(redis, storeText, 'writes');
  const mark = createScript(redis, markTexts, 'writes');
  const senders = createSenderFold(votesPerSecond);
  const messages = createFold({
    prefix: 'sms:m:',
    slotSeconds: messageSlotSeconds,
    keptSeconds: messageSecondsMax,
    fieldsPerSlot: votesPerSecond * busySlotSeconds,
  });
  return {
    async remember(messageName, events) {
      const [first] = events;
      if (!first) throw new Error('A text has no phone.');
      const { binding: codeTag, verifiedAtMs } = first.attestation;
      const phoneKeys = events.map(({ phoneKey }) => phoneKey);
      const [senderKey = ''] = senders.keysOf(codeTag, verifiedAtMs);
      const keys = [...phoneKeys.map(textsKey), senderKey, ...messages.keysOf(messageName, verifiedAtMs)];
      const values = [
        messages.fieldOf(messageName),
        textField(codeTag),
        textsPerPhoneMax,
        textSecondsMax,
        senders.fieldOf(codeTag),
        senderValue(phoneKeys, verifiedAtMs),
        senders.secondsMax,
        messages.secondsMax,
        textsChannel,
        textMessage(events),
        ...events.map(textValue),
      ];
      return (await store(keys, values)) === 1 ? 'remembered' : 'seen-before';
    },
    async markComplete(atMs, again) {
      const server = serverRunOf(await redis.info('server'));
      await mark([textsCompleteKey, textsServerKey], [atMs, server, again ? 'again' : '']);
    },
  };
}
