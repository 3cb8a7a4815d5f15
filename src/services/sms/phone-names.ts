// The keyed names of phones and messages, the only forms in which Redis stores them. `api` makes the same names of phones
// under keys that both services have: under that of the election, which this service does not know. So a phone has a name
// under each key. The key for limits and messages is in this service only.
import { hashKey, hashKeys, keyedHash, sameText } from '../../platform/keys/keyed-hash.ts';
import type { SmsKeys } from '../../protocol/key-files.ts';
import type { Attestation } from '../../protocol/proofs/attestation.ts';
import { phoneKeyText, shortCheck, textCheckText } from '../../protocol/verification-events.ts';

/** Characters of a message's name (132 bits). A day of a national vote has a million of them in memory. */
const messageNameCharacters = 22;

export type PhoneKey = {
  readonly phoneKey: string;
  /** By which `api` sees that a text in Redis is of this phone and code. */
  textCheck(attestation: Attestation): string;
};
export type PhoneNames = {
  /** The names of a phone, newest key first: one, unless elections have different keys. */
  phoneKeys(e164: string): readonly PhoneKey[];
  isKeyOf(phoneKey: string, e164: string): boolean;
  /** Whether one of the names of a phone is proven. */
  isProven(e164: string, proves: (phoneKey: string) => boolean): boolean;
  /** The name of a phone, a block of numbers, a challenge, the notice of a session or the overall limit. `kind` keeps their names distinct. */
  limitName(kind: 'phone' | 'prefix' | 'challenge' | 'notice' | 'overall', value: string): string;
  /** `index` tells the tags of one message's code apart. */
  messageName(provider: string, messageId: string, index: number): string;
};

export function createPhoneNames(keys: Pick<SmsKeys, 'phone' | 'limits'>): PhoneNames {
  const phones = [...hashKeys(keys.phone).values()];
  const limits = hashKey(keys.limits);
  return {
    phoneKeys: (e164) =>
      phones.map((key) => {
        const phoneKey = keyedHash(key, phoneKeyText(e164));
        return {
          phoneKey,
          textCheck: (attestation) => shortCheck(keyedHash(key, textCheckText(phoneKey, attestation))),
        };
      }),
    isProven: (e164, proves) => phones.some((key) => proves(keyedHash(key, phoneKeyText(e164)))),
    isKeyOf: (phoneKey, e164) => phones.some((key) => sameText(keyedHash(key, phoneKeyText(e164)), phoneKey)),
    limitName: (kind, value) => keyedHash(limits, `popvote/limit/v1|${kind}|${value}`),
    messageName: (provider, messageId, index) =>
      keyedHash(limits, `popvote/message/v2|${index}|${provider}|${messageId}`).slice(0, messageNameCharacters),
  };
}
