// The keyed names of phones and messages, the only forms in which Redis stores them. `api` makes the same names of phones
// under a key that both services have. The key for limits and messages is in this service only.
import { hashKey, keyedHash } from '../../platform/keys/keyed-hash.ts';
import type { SmsKeys } from '../../protocol/key-files.ts';
import type { Attestation } from '../../protocol/proofs/attestation.ts';
import { phoneKeyText, shortCheck, textCheckText } from '../../protocol/verification-events.ts';

/** Characters of a message's name (132 bits). A day of a national vote has a million of them in memory. */
const messageNameCharacters = 22;

export type PhoneNames = {
  phoneKey(e164: string): string;
  /** By which `api` sees that a text in Redis is of this phone and code. */
  textCheck(phoneKey: string, attestation: Attestation): string;
  /** The name of a phone, a block of numbers, a challenge, the notice of a session or the overall limit. `kind` keeps their names distinct. */
  limitName(kind: 'phone' | 'prefix' | 'challenge' | 'notice' | 'overall', value: string): string;
  /** `index` tells the tags of one message's code apart. */
  messageName(provider: string, messageId: string, index: number): string;
};

export function createPhoneNames(keys: Pick<SmsKeys, 'phone' | 'limits'>): PhoneNames {
  const phone = hashKey(keys.phone);
  const limits = hashKey(keys.limits);
  return {
    phoneKey: (e164) => keyedHash(phone, phoneKeyText(e164)),
    textCheck: (phoneKey, attestation) => shortCheck(keyedHash(phone, textCheckText(phoneKey, attestation))),
    limitName: (kind, value) => keyedHash(limits, `popvote/limit/v1|${kind}|${value}`),
    messageName: (provider, messageId, index) =>
      keyedHash(limits, `popvote/message/v2|${index}|${provider}|${messageId}`).slice(0, messageNameCharacters),
  };
}
