// The keyed names of phones, codes and messages: the only forms in which they may stand in Redis. `api` makes the same
// names of phones and codes under the key that both hold; names in limits and of messages are this service's own.
import { hashKey, keyedHash } from '../../platform/keys/keyed-hash.ts';
import type { SmsKeys } from '../../protocol/key-files.ts';
import { codeTagText, phoneKeyText } from '../../protocol/verification-events.ts';

/** Characters of a message's name (132 bits): a day of a national vote is a million of them in memory. */
const messageNameCharacters = 22;

export type PhoneNames = {
  phoneKey(e164: string): string;
  codeTag(code: string): string;
  /** Name in a limit of a phone, a block of numbers, a challenge or of all together; `kind` keeps them apart. */
  limitName(kind: 'phone' | 'prefix' | 'challenge' | 'overall', value: string): string;
  messageName(provider: string, messageId: string): string;
};

export function createPhoneNames(keys: Pick<SmsKeys, 'phone' | 'limits'>): PhoneNames {
  const phone = hashKey(keys.phone);
  const limits = hashKey(keys.limits);
  return {
    phoneKey: (e164) => keyedHash(phone, phoneKeyText(e164)),
    codeTag: (code) => keyedHash(phone, codeTagText(code)),
    limitName: (kind, value) => keyedHash(limits, `popvote/limit/v1|${kind}|${value}`),
    messageName: (provider, messageId) =>
      keyedHash(limits, `popvote/message/v1|${provider}|${messageId}`).slice(0, messageNameCharacters),
  };
}
