// The keyed names of phones, codes and messages, the only forms in which Redis stores them. `api` makes the same names
// of phones and codes under a key that both services have. The key for limits and messages is in this service only.
import { hashKey, keyedHash } from '../../platform/keys/keyed-hash.ts';
import type { SmsKeys } from '../../protocol/key-files.ts';
import { codeTagText, phoneKeyText } from '../../protocol/verification-events.ts';

/** Characters of a message's name (132 bits). A day of a national vote has a million of them in memory. */
const messageNameCharacters = 22;

export type PhoneNames = {
  phoneKey(e164: string): string;
  codeTag(code: string): string;
  /** The name of a phone, a block of numbers, a challenge or the overall limit. `kind` keeps their names distinct. */
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
